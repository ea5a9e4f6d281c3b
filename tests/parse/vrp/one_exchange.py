"""One session of a VRP router, and what of a handful of networks it lets through."""

from __future__ import annotations

from ipaddress import IPv4Network

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, prefixes_within
from telemed_infra.parse.routes import Exchange
from telemed_infra.parse.vrp import parse_vrp_routes

PEER = "192.0.2.2"
MEMBERS = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/0", "0.0.0.0/8", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/10",
        "10.64.0.0/10", "10.0.0.0/12", "10.16.0.0/12", "10.16.0.0/16", "10.16.1.0/24",
        "10.16.1.1/32", "10.16.1.2/32", "11.0.0.0/8", "192.0.2.0/24", "255.255.255.255/32",
    )
]  # fmt: skip


def exchange(*bgp: str, tail: str) -> Exchange:
    """What a session carries in IPv4; its text is read whole."""
    lines = "\n ".join([f"bgp 65001\n peer {PEER} as-number 65002", *bgp])
    read = parse_vrp_routes(f"{lines}\n{tail}\n")
    assert read.unread == ()
    return next(one for one in read.sessions[0].exchanges if one.family is Family.V4)


def members(prefixes: PrefixSet) -> set[IPv4Network]:
    return {one for one in MEMBERS if prefixes & prefixes_within(str(one))}


def nets(*texts: str) -> set[IPv4Network]:
    return {IPv4Network(text) for text in texts}
