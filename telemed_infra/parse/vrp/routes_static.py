"""What a VRP text says of static routes in its own words, and of what they follow.

Source: Huawei command references, `ip route-static`, `bfd bind peer-ip`, `nqa test-instance`;
see docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.route_lines.process import peer_name
from telemed_infra.parse.route_lines.state import (
    BFD,
    BFD_SESSION,
    IP_LINK,
    NQA,
    Routes,
    Setting,
)
from telemed_infra.parse.route_lines.static import (
    PREFERENCE_MAX,
    TAG_MAX,
    Options,
    Spelling,
    opens,
)
from telemed_infra.parse.vrp.arguments import address, interface, name, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

TRACKED = {BFD_SESSION: 1, NQA: 2, IP_LINK: 1}
"""What a route may follow, and with how many words."""
BIND_OPTIONS = ("interface", "source-ip", "source-ipv6", "vpn-instance")


def options(words: Words) -> Options:
    """What follows the way of a static route, in any order; a description comes last."""
    found, rest = Options(), words
    while rest:
        match rest:
            case ("description", *_):
                break
            case ("preference", value, *_):
                found, used = found._replace(preference=number(value, 1, PREFERENCE_MAX)), 2
            case ("tag", value, *_):
                found, used = found._replace(tag=number(value, 1, TAG_MAX)), 2
            case ("bfd", "enable", *_):
                found, used = found._replace(watch=(BFD, "")), 2
            case ("track", kind, *_) if kind in TRACKED and len(rest) > 1 + TRACKED[kind]:
                used = 2 + TRACKED[kind]
                found = found._replace(watch=(kind, " ".join(rest[2:used])))
            case ("permanent", *_):
                found, used = found._replace(permanent=True), 1
            case _:
                raise Unreadable(f"{rest[0]} is not expected here")
        rest = rest[used:]
    return found


STATIC = Spelling(
    interface=interface, options=options, uses=frozenset({BFD, BFD_SESSION, NQA, IP_LINK})
)


def bfd(words: Words) -> Effect[Routes]:
    """`bfd` switches it on; `bfd <name> [bind peer-ip <ip> …]` opens a session."""
    if not words:

        def switch(state: Routes, line: int) -> None:
            state.bfd_line, state.watch = line, None

        return switch
    return opens(BFD_SESSION, name(words[0]), _bound(words[1:]))


def undo_bfd(words: Words) -> Effect[Routes]:
    """`undo bfd` switches it off; with a name it removes a session."""
    session = name(one(words)) if words else ""

    def effect(state: Routes, _line: int) -> None:
        if not session:
            state.bfd_line = 0
            state.watches = {k: v for k, v in state.watches.items() if k[0] != BFD_SESSION}
        elif state.watches.pop((BFD_SESSION, session), None) is None:
            raise Unreadable("there is no such session")

    return effect


def _bound(words: Words) -> str:
    """The far end of `bind peer-ip <ip> [interface i] [source-ip a] [vpn-instance v] [auto]`."""
    if not words:
        return ""
    if len(words) < 3 or words[0] != "bind" or words[1] not in ("peer-ip", "peer-ipv6"):
        raise Unreadable("`bind peer-ip <ip>` is expected")
    peer, rest = peer_name(words[2]), words[3:]
    address(words[2])
    while rest:
        if rest[0] == "auto":
            rest = rest[1:]
        elif rest[0] in BIND_OPTIONS and len(rest) > 1:
            rest = rest[3:] if rest[2:3] and rest[2][:1].isdigit() else rest[2:]
        else:
            raise Unreadable(f"{rest[0]} is not expected here")
    return peer


def nqa(words: Words) -> Effect[Routes]:
    """`nqa test-instance <admin> <test>`."""
    if len(words) != 2:
        raise Unreadable("an administrator and a test are expected")
    return opens(NQA, f"{name(words[0])} {name(words[1])}", "")


def undo_nqa(words: Words) -> Effect[Routes]:
    """`undo nqa test-instance <admin> <test>`."""
    test = " ".join(words)

    def effect(state: Routes, _line: int) -> None:
        if state.watches.pop((NQA, test), None) is None:
            raise Unreadable("there is no such test")

    return effect


def ip_link(words: Words) -> Effect[Routes]:
    """`ip-link name <n>` of a firewall; another reader judges the line."""
    return opens(IP_LINK, name(words[0]) if len(words) == 1 else "", "", runs=True)


def watch_time(key: str, low: int, high: int) -> Reader[Routes]:
    """`min-rx-interval 300` of a BFD session, in milliseconds; `detect-multiplier 3`."""

    def reader(words: Words) -> Effect[Routes]:
        value = str(number(one(words), low, high))

        def effect(state: Routes, line: int) -> None:
            state.open_watch().settings[key] = Setting((value,), line)

        return effect

    return reader


def runs(words: Words, *, on: bool) -> Effect[Routes]:
    """`commit`, `start now`, `undo start`, `stop`."""
    if words not in ((), ("now",)):
        raise Unreadable("only a start at once is modelled")

    def effect(state: Routes, _line: int) -> None:
        state.open_watch().runs = on

    return effect


def watched(words: Words) -> Effect[Routes]:
    """`destination-address ipv4 <ip>`, `destination <ip> …`: the far end."""
    words = words[1:] if words[:1] in (("ipv4",), ("ipv6",)) else words
    if not words:
        raise Unreadable("an address is expected")
    address(words[0])
    peer = peer_name(words[0])

    def effect(state: Routes, _line: int) -> None:
        state.open_watch().peer = peer

    return effect
