"""`peer …` and `undo peer …` of Comware 7: sessions in the BGP view, filters in an address family.

Source: H3C command references, BGP, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.interfaces import interface as port_name
from telemed_infra.parse.comware.spelling import options, spelled
from telemed_infra.parse.route_lines.origins import default_route
from telemed_infra.parse.route_lines.peers import (
    EBGP_MAX_HOP,
    TTL_SECURITY,
    InFamily,
    OfSession,
    binds,
    flag,
    hops,
    joins,
    makes,
    password,
    removes,
    simple,
    source,
    timer,
)
from telemed_infra.parse.route_lines.policy import as_number
from telemed_infra.parse.route_lines.process import (
    drops,
    known,
    none,
    peer_name,
    seconds,
    sets,
)
from telemed_infra.parse.route_lines.state import (
    ACL,
    AS_PATH_FILTER,
    CLOSES,
    PREFIX_LISTS,
    ROUTE_POLICY,
    Routes,
)
from telemed_infra.parse.secpath.arguments import interface as firewall_port_name
from telemed_infra.parse.vrp.arguments import nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

BFD_MODES = ("multi-hop", "single-hop")
_TIMERS = ("keepalive * hold *", "connect-retry *")
_BOUND = ("* import|export",)


def interface(words: Words) -> str:
    """An interface's full name, of a firewall or of a switch."""
    try:
        return firewall_port_name(words)
    except Unreadable:
        return port_name(words)


def _spelling(form: tuple[str, ...], then: OfSession) -> OfSession:
    return lambda who, args: then(who, spelled(args, *form))


def _joins(who: str, args: Words) -> Effect[Routes]:
    """`group <name> [as-number <n>]`."""
    args = spelled(args, "*", "* as-number *")
    join = joins(who, args[:1])
    if len(args) == 1:
        return join
    make = makes(who, args[2:])

    def effect(state: Routes, line: int) -> None:
        make(state, line)
        join(state, line)

    return effect


def _bfd(who: str, args: Words) -> Effect[Routes]:
    mode = keyword(one(args), BFD_MODES) if args else ""
    return sets(who, "bfd", (mode,), None)


def _from_address(who: str, args: Words) -> Effect[Routes]:
    return sets(who, "connect-interface", (peer_name(one(args)),), None)


OF_SESSION: Mapping[str, OfSession] = {
    "as-number": makes,
    "group": _joins,
    "description": simple("description", lambda words: (" ".join(words),)),
    "password": _spelling(("cipher|simple *",), password),
    "keychain": simple("key", lambda words: (one(words),)),
    "ignore": simple("ignore", none),
    "bfd": _bfd,
    "timer": _spelling(_TIMERS, timer),
    "ebgp-max-hop": hops(EBGP_MAX_HOP),
    "ttl-security": lambda who, args: hops(TTL_SECURITY)(who, spelled(args, "hops *")[1:]),
    "connect-interface": source(interface),
    "source-address": _from_address,
    "fake-as": simple("fake-as", lambda words: (str(as_number(one(words))),)),
    "route-update-interval": simple("route-update-interval", seconds(0, 600)),
}
INERT_OF_SESSION = ("log-change", "dscp", "low-memory-exempt", "tcp-mss")
CAPABILITIES = ("route-refresh", "4-byte-as")

_REFLECTION = "reflection is not modelled: it passes on what internal neighbours have told"
_PATHS = "paths that are let in or changed so are not modelled"
_TABLES = "routes that go from one table to another are not modelled"
NOT_OF_SESSION = {
    "capability-advertise": "a session with fewer capabilities is not modelled",
    "graceful-restart": "how long a dead neighbour's routes stay here is not modelled",
    "tracking": "sessions that end with a route are not modelled",
}
NOT_OF_FAMILY = {
    "reflect-client": _REFLECTION,
    "allow-as-loop": _PATHS,
    "substitute-as": _PATHS,
    "public-as-only": _PATHS,
    "additional-paths": _PATHS,
    "advertise": _PATHS,
    "capability-advertise": "lists that neighbours send each other are not modelled",
    "next-hop-vpn": _TABLES,
    "upe": _TABLES,
    "label-route-capability": "labels are not modelled",
    "soo": _TABLES,
}


# In an address family.


def _prefix_list(who: str, args: Words, family: Family) -> Effect[Routes]:
    kind = PREFIX_LISTS[family]
    return binds(kind, PREFIX_LISTS.__getitem__)(who, spelled(args, *_BOUND), family)


def _acl(who: str, args: Words, family: Family) -> Effect[Routes]:
    """`filter-policy {<acl>|name <n>} {import|export}`."""
    args = spelled(args, "name * import|export", *_BOUND)
    return binds("filter-policy", lambda _family: ACL)(who, args[-2:], family)


def _binds(kept: str, kind: str) -> InFamily:
    bind = binds(kept, lambda _family: kind)
    return lambda who, args, family: bind(who, spelled(args, *_BOUND), family)


def _route_limit(who: str, args: Words, family: Family) -> Effect[Routes]:
    """`route-limit <n> [[alert-only|discard|reconnect <s>] | <percent>]`, in any order.

    A session that is closed without `reconnect` comes back by `reset bgp` alone.
    """
    if not args:
        raise Unreadable("a number of routes is expected")
    count, rest = str(number(args[0], 1, 0xFFFFFFFF)), args[1:]
    percent, action, again = "", "", ""
    while rest:
        if rest[0].isdigit() and not percent:
            percent, rest = str(number(rest[0], 1, 100)), rest[1:]
            continue
        if action:
            raise Unreadable(f"{rest[0]} is not expected here")
        action = keyword(rest[0], ("alert-only", "discard", "reconnect"))
        if action == "reconnect":
            again, rest = str(number(one(rest[1:2]), 1, 65535)), rest[1:]
        rest = rest[1:]
    closes = "" if action in ("alert-only", "discard") else CLOSES
    return sets(who, "route-limit", (count, percent or "75", closes, again), family)


def _default(who: str, args: Words, family: Family) -> Effect[Routes]:
    return default_route(who, options(args, {"route-policy": 1}), family)


OF_FAMILY: Mapping[str, InFamily] = {
    "enable": flag("enable"),
    "prefix-list": _prefix_list,
    "route-policy": _binds("route-policy", ROUTE_POLICY),
    "filter-policy": _acl,
    "as-path-acl": _binds("as-path-filter", AS_PATH_FILTER),
    "route-limit": _route_limit,
    "default-route-advertise": _default,
    "next-hop-local": flag("next-hop", ("self",)),
    "next-hop-invariable": flag("next-hop", ("unchanged",)),
    "advertise-community": flag("advertise-community"),
}
INERT_OF_FAMILY = ("keep-all-routes", "advertise-ext-community", "preferred-value")
_SESSION_WORDS = (*OF_SESSION, *INERT_OF_SESSION, *NOT_OF_SESSION)
_FAMILY_WORDS = (*OF_FAMILY, *INERT_OF_FAMILY, *NOT_OF_FAMILY)


def session_peer(words: Words) -> Effect[Routes]:
    """`peer {<ip>|<group>} …` in the BGP view."""
    who, what, args = _said(words, _SESSION_WORDS)
    if what in OF_SESSION:
        return OF_SESSION[what](who, args)
    if what == "capability-advertise" and args:
        keyword(one(args), CAPABILITIES)
        return known(who)
    return _other(who, what, NOT_OF_SESSION)


def family_peer(family: Family) -> Reader[Routes]:
    """`peer {<ip>|<group>} …` in an address family."""

    def reader(words: Words) -> Effect[Routes]:
        who, what, args = _said(words, _FAMILY_WORDS)
        if what in OF_FAMILY:
            return OF_FAMILY[what](who, args, family)
        return _other(who, what, NOT_OF_FAMILY)

    return reader


def _said(words: Words, choices: tuple[str, ...]) -> tuple[str, str, Words]:
    """Who is spoken of, the keyword in full, and what follows it."""
    if len(words) < 2:
        raise Unreadable("a peer and a command are expected")
    if words[1].isdigit():
        raise Unreadable("peers that come from a network of addresses are not modelled")
    return peer_name(words[0]), keyword(words[1], choices), words[2:]


def _other(who: str, what: str, refused: Mapping[str, str]) -> Effect[Routes]:
    if what in refused:
        raise Unreadable(refused[what])
    return known(who)


# What is taken back.


def undo_session_peer(words: Words) -> Effect[Routes]:
    """`undo peer {<ip>|<group>} …`; alone, or with `as-number`, it removes the peer."""
    if len(words) == 1:
        return removes(peer_name(words[0]))
    who, what, args = _said(words, _SESSION_WORDS)
    if what == "as-number":
        return removes(who)
    if what in INERT_OF_SESSION or what == "capability-advertise":
        return known(who)
    if what in NOT_OF_SESSION or what == "group":
        raise Unreadable("what this undo leaves behind is not modelled")
    if what not in ("timer", "ttl-security"):
        nothing(args)
    return drops(who, _kept_of_session(what, args), None)


def _kept_of_session(what: str, args: Words) -> tuple[str, ...]:
    """Under which names the settings are kept that are taken back."""
    match what:
        case "timer":
            connect = args and keyword(args[0], ("connect-retry", "keepalive")) == "connect-retry"
            return ("connect",) if connect else ("timers",)
        case "password" | "keychain":
            return ("key",)
        case "ttl-security":
            return (TTL_SECURITY,)
        case "source-address":
            return ("connect-interface",)
    return (what,)


def undo_family_peer(family: Family) -> Reader[Routes]:
    """`undo peer {<ip>|<group>} …` in an address family."""

    def reader(words: Words) -> Effect[Routes]:
        who, what, args = _said(words, _FAMILY_WORDS)
        if what == "enable":
            nothing(args)
            return sets(who, "enable", (), family, on=False)
        if what in INERT_OF_FAMILY:
            return known(who)
        if what in NOT_OF_FAMILY:
            raise Unreadable("what this undo leaves behind is not modelled")
        if what not in _DIRECTED:
            nothing(args)
            return drops(who, (_KEPT.get(what, what),), family)
        args = spelled(args, "name * import|export", *_BOUND, "import|export")
        named = args[-2] if len(args) > 1 else ""
        return drops(who, (f"{_DIRECTED[what](family)} {args[-1]}",), family, named=named)

    return reader


_KEPT = {"next-hop-local": "next-hop", "next-hop-invariable": "next-hop"}
_DIRECTED: Mapping[str, Callable[[Family], str]] = {
    "prefix-list": PREFIX_LISTS.__getitem__,
    "route-policy": lambda _family: "route-policy",
    "filter-policy": lambda _family: "filter-policy",
    "as-path-acl": lambda _family: "as-path-filter",
}
