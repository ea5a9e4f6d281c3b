"""The register: compare-and-set cells that both data centres and the witness agree on.

`port` says what the others may count on. `etcd` and `sqlite` keep it; they know nothing of each
other. What a cell means (session, ownership, hold) is the callers' business.
"""
