"""Reads the routing of texts typed with the indent of their test."""

from __future__ import annotations

from textwrap import dedent

from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes
from telemed_infra.parse.routes import RouteBehaviour, StaticRoute
from telemed_infra.parse.vrp.routes import unread_of_both


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
