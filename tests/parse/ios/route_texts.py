"""Reads the routing of texts typed with the indent of their test."""

from __future__ import annotations

from ipaddress import IPv4Network
from textwrap import dedent

from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes
from telemed_infra.parse.prefixes import PrefixSet, prefixes_within
from telemed_infra.parse.routes import Exchange, RouteBehaviour, Session, StaticRoute
from telemed_infra.parse.vrp.routes import unread_of_both

PEER = "192.0.2.2"
MEMBERS = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.16.0.0/12", "10.16.0.0/16",
        "10.16.1.0/24", "10.16.1.1/32", "11.0.0.0/8", "192.0.2.0/24",
    )
]  # fmt: skip


def routes(*texts: str, routes_by_default: bool | None = True) -> RouteBehaviour:
    """The routing of texts, one after the other."""
    text = "\n".join(dedent(one) for one in texts)
    return parse_ios_routes(text, routes_by_default=routes_by_default)


def whole(*texts: str, routes_by_default: bool | None = True) -> RouteBehaviour:
    """The same of a text of which nothing is unread."""
    read = routes(*texts, routes_by_default=routes_by_default)
    assert read.unread == ()
    return read


def static(*texts: str) -> list[StaticRoute]:
    """The static routes of a text that is read whole."""
    return list(whole(*texts).static_routes)


def refused(*texts: str) -> list[str]:
    """The lines that routing does not read."""
    return [one.text for one in routes(*texts).unread]


def of_both(text: str) -> tuple[Unread, ...]:
    """What neither the reader of routing nor that of a router has read."""
    text = dedent(text)
    return unread_of_both(parse_ios_routes(text), parse_ios_firewall(text).unread)


def members(prefixes: PrefixSet) -> set[str]:
    """Which of a handful of networks a set holds."""
    return {str(one) for one in MEMBERS if prefixes & prefixes_within(str(one))}


def text(*lines: str, head: str = "", tail: str = "") -> str:
    """A router with one eBGP neighbour and these lines in its BGP view."""
    bgp = ["router bgp 65001", f" neighbor {PEER} remote-as 65002"]
    return "\n".join([*head.splitlines(), *bgp, *(f" {line}" for line in lines), "!", dedent(tail)])


def router(*lines: str, head: str = "", tail: str = "") -> RouteBehaviour:
    """That router, read whole."""
    return whole(text(*lines, head=head, tail=tail))


def session(*lines: str, head: str = "") -> Session:
    """Its only session."""
    (found,) = router(*lines, head=head).sessions
    return found


def exchange(*lines: str, tail: str = "") -> Exchange:
    """The only family of its only session."""
    (found,) = router(*lines, tail=tail).sessions[0].exchanges
    return found


def peer(read: RouteBehaviour, name: str) -> Session:
    """The session with one neighbour."""
    (found,) = (one for one in read.sessions if one.peer == name)
    return found
