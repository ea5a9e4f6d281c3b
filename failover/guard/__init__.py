"""The guard: a process that keeps service addresses open for as long as kernel time was armed.

    process   the guard's own process        client    the agent's end of it
    wire      what they say to each other    door      the socket where they meet
    guard     wishes in their order          kernel    nf_tables: what passes
    address   `lo`: what is announced        ruleset   the table, as text and as places

It must not die with its neighbours: the standard library, the core's slots and the plan's
instances; netlink by hand. Source: ADR-0015, ADR-0017.
"""
