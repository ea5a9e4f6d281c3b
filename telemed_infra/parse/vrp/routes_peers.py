"""`peer …` and `undo peer …`: which words are known in which view.

Source: Huawei command references, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.peers import DIRECTIONS, removes
from telemed_infra.parse.route_lines.process import drops, known, peer_name, sets
from telemed_infra.parse.route_lines.state import Routes
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.routes_peer_family import OF_FAMILY
from telemed_infra.parse.vrp.routes_peer_session import BFD_TIMES, OF_SESSION

INERT_OF_SESSION = frozenset({"log-change", "listen-only", "path-mtu", "tracking"})
INERT_OF_FAMILY = frozenset({"keep-all-routes", "advertise-ext-community", "preferred-value"})
CAPABILITIES = frozenset({"route-refresh", "4-byte-as"})


def peer(family: Family, *, in_bgp_view: bool) -> Reader[Routes]:
    """`peer {<ip>|<group>} <keyword> …`."""

    def reader(words: Words) -> Effect[Routes]:
        if len(words) < 2:
            raise Unreadable("a peer and a command are expected")
        who, keyword, args = peer_name(words[0]), words[1], words[2:]
        if in_bgp_view and keyword in OF_SESSION:
            return OF_SESSION[keyword](who, args)
        if keyword in OF_FAMILY:
            return OF_FAMILY[keyword](who, args, family)
        if in_bgp_view and keyword == "capability-advertise" and set(args) <= CAPABILITIES:
            return known(who)
        if keyword in INERT_OF_FAMILY or (in_bgp_view and keyword in INERT_OF_SESSION):
            return known(who)
        raise Unreadable(f"`peer … {keyword}` is not modelled in this view")

    return reader


def undo_peer(family: Family, *, in_bgp_view: bool) -> Reader[Routes]:
    """`undo peer {<ip>|<group>} …`; alone, or with `as-number`, it removes the peer."""

    def reader(words: Words) -> Effect[Routes]:
        if not words:
            raise Unreadable("a peer is expected")
        who, rest = peer_name(words[0]), words[1:]
        if in_bgp_view and rest[:1] in ((), ("as-number",)):
            return removes(who)
        if not rest:
            raise Unreadable("a command is expected")
        return _undo(who, rest, family, in_bgp_view=in_bgp_view)

    return reader


def _undo(who: str, words: Words, family: Family, *, in_bgp_view: bool) -> Effect[Routes]:
    keyword, args = words[0], words[1:]
    if words == ("enable",):
        return sets(who, "enable", (), family, on=False)
    if keyword in INERT_OF_FAMILY or (in_bgp_view and keyword in INERT_OF_SESSION):
        return known(who)
    keys = _undone(keyword, args)
    named = args[0] if len(args) == 2 and args[1] in DIRECTIONS else ""
    if in_bgp_view and keyword in OF_SESSION and keyword != "group":
        return drops(who, keys, None)
    if keyword in OF_FAMILY and keyword != "group":
        return drops(who, keys, family, named=named)
    raise Unreadable("what this undo leaves behind is not modelled")


def _undone(keyword: str, args: Words) -> tuple[str, ...]:
    """Under which names the settings are kept that an `undo` takes back."""
    if args and args[-1] in DIRECTIONS:
        return (f"{keyword} {args[-1]}",)
    if keyword == "bfd":
        named = tuple(f"bfd {word}" for word in args if word in (*BFD_TIMES, "block"))
        return named or ("bfd",)
    if keyword == "timer":
        return ("connect",) if args[:1] == ("connect-retry",) else ("timers",)
    if keyword in ("password", "keychain"):
        return ("key",)
    if keyword in ("next-hop-local", "next-hop-invariable"):
        return ("next-hop",)
    return (keyword,)
