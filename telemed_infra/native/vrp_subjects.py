"""Leaves out what vrp-ir knows nothing of: BGP, BFD, their lists, other ways; IKE and IPsec.

It has no model of routing nor of tunnels, so each such line would be one that it does not know;
lines that a program cannot judge are no check. The rest is asked about at its own lines.
"""

from __future__ import annotations

FOREIGN = (
    "bgp", "bfd", "route-policy", "ip ip-prefix", "ip ipv6-prefix", "policy-based-route",
    "ike", "ipsec",
)  # fmt: skip


def without_foreign_subjects(text: str) -> str:
    """The text with those stanzas empty; every other line stays where it is."""
    kept = []
    inside = False
    for line in text.split("\n"):
        if not line.startswith(" "):
            inside = any(line == head or line.startswith(f"{head} ") for head in FOREIGN)
        kept.append("" if inside else line)
    return "\n".join(kept)
