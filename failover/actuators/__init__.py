"""What moves a group in the field: databases, hooks, names. The port is `port`, a group's `group`.

Standard library, psycopg and dnspython; no shell is run and no secret is an argument.
"""
