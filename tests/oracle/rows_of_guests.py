"""Verdicts about guests, worked out by hand: rows of `test_oracle.py`."""

from __future__ import annotations

EVERY_GUEST = ", ".join(
    f"{site} GUEST LINE"
    for site in ("guiyang-h1", "guiyang-h2", "zunyi-h1", "xiuwen-t1", "kaiyang-t1", "kaiyang-t3",
                 "renhuai-t2")
)  # fmt: skip
GUESTS = [
    # at every site that the policy names, and at its own line alone
    ("172.31.0.9", "1.2.3.4", "tcp 443", "P0014", EVERY_GUEST),
    ("172.31.1.255", "223.255.255.255", "tcp 443", "P0014", EVERY_GUEST),
    ("172.31.2.0", "1.2.3.4", "tcp 443", "", ""),        # one after them
    ("172.31.0.9", "1.2.3.4", "udp 443", "", ""),
    ("172.31.0.9", "9.255.255.255", "tcp 443", "P0014", EVERY_GUEST),
    ("172.31.0.9", "10.0.0.0", "tcp 443", "", ""),       # what is not public, from edge to edge
    ("172.31.0.9", "10.255.255.255", "tcp 443", "", ""),
    ("172.31.0.9", "11.0.0.0", "tcp 443", "P0014", EVERY_GUEST),
    ("172.31.0.9", "172.31.0.1", "tcp 443", "", ""),
    ("1.2.3.4", "172.31.0.9", "tcp 443", "", ""),        # nobody reaches them
    ("10.23.16.70", "1.2.3.4", "tcp 443", "", ""),       # and nobody else goes there
]  # fmt: skip
