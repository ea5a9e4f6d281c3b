"""What lines about routes do on Huawei's VRP and H3C's Comware, which say most of them alike.

The two readers, `parse_vrp_routes` and `parse_comware_routes`, bring the tables of heads and views,
the words that are each one's own, and what a text leaves unsaid (`dialect.Dialect`).
"""
