"""What the lines of the `bgp` block do on Comware 7, beside those of peers.

Source: H3C command references, BGP; see docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.spelling import options, spelled, split_address
from telemed_infra.parse.route_lines import origins, process
from telemed_infra.parse.route_lines.origins import IMPORTED
from telemed_infra.parse.route_lines.state import PREFIX_LISTS, Routes
from telemed_infra.parse.vrp.arguments import nothing
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

PROTOCOLS = (*IMPORTED, "ospf", "ospfv3", "isis", "isisv6", "rip", "ripng", "eigrp", "bgp")


def enter_bgp(words: Words) -> Effect[Routes]:
    """`bgp <as>`."""
    if len(words) > 1:
        raise Unreadable("several instances of BGP are not modelled")
    return process.enter_bgp(words)


def undo_bgp(words: Words) -> Effect[Routes]:
    """`undo bgp [<as>]`."""
    return process.undo_bgp(words)


def add_group(words: Words) -> Effect[Routes]:
    """`group <name> [internal|external]`; without a word it is internal."""
    return process.add_group(spelled(words, "*", "* internal|external"))


def timer(words: Words) -> Effect[Routes]:
    """`timer keepalive 60 hold 180`, `timer connect-retry 120`."""
    return process.timer(spelled(words, "keepalive * hold *", "connect-retry *"))


def undo_timer(words: Words) -> Effect[Routes]:
    """Back to the defaults."""
    if not words:
        return process.undo_timer(words)
    return process.undo_timer(spelled(words, "connect-retry ...", "keepalive ..."))


def enter_family(family: Family) -> Reader[Routes]:
    """`address-family {ipv4|ipv6} [unicast]`."""

    def reader(words: Words) -> Effect[Routes]:
        if words:
            raise Unreadable(f"only unicast of IPv{family.value} is modelled")

        def effect(state: Routes, _line: int) -> None:
            state.process()

        return effect

    return reader


def undo_family(family: Family) -> Reader[Routes]:
    """`undo address-family {ipv4|ipv6} [unicast]`: all that stands in it goes."""

    def reader(words: Words) -> Effect[Routes]:
        nothing(words)

        def effect(state: Routes, _line: int) -> None:
            bgp = state.process()
            bgp.families[family].clear()
            bgp.sources[family].clear()
            for peer in bgp.peers.values():
                peer.families[family].clear()

        return effect

    return reader


# What begins here.


def network(family: Family) -> Reader[Routes]:
    """`network <ip> [<mask>|<len>] [route-policy <p>]`."""
    read = origins.network(family)

    def reader(words: Words) -> Effect[Routes]:
        place, rest = split_address(words)
        return read((*place, *options(rest, {"route-policy": 1})))

    return reader


def aggregate(family: Family) -> Reader[Routes]:
    """`aggregate <ip> {<mask>|<len>} …`."""
    read = origins.aggregate(family)
    known = {"as-set": 0, "detail-suppressed": 0}
    known |= {f"{kind}-policy": 1 for kind in ("attribute", "origin", "suppress")}

    def reader(words: Words) -> Effect[Routes]:
        place, rest = split_address(words)
        return read((*place, *options(rest, known)))

    return reader


def import_route(family: Family) -> Reader[Routes]:
    """`import-route {direct|static} [med <m>] [route-policy <p>]`."""
    read = origins.import_route(family)

    def reader(words: Words) -> Effect[Routes]:
        protocol = _protocol(words)
        return read((protocol, *options(words[1:], {"med": 1, "route-policy": 1})))

    return reader


def undo_import_route(family: Family) -> Reader[Routes]:
    """`undo import-route {direct|static}`."""
    undo = origins.undo_import_route(family)
    return lambda words: undo((_protocol(words),))


def _protocol(words: Words) -> str:
    return keyword(words[0] if words else "", PROTOCOLS)


# Filters of the whole process.


def filter_policy(family: Family) -> Reader[Routes]:
    """`filter-policy {<acl>|name <n>|prefix-list <n>} {import|export [direct|static]}`."""
    read = origins.filter_policy(family)
    forms = tuple(
        f"{kind} {direction}"
        for kind in ("prefix-list|name *", "*")
        for direction in ("import|export", f"export {'|'.join(PROTOCOLS)}")
    )

    def reader(words: Words) -> Effect[Routes]:
        words = spelled(words, *forms)
        named = {"prefix-list": PREFIX_LISTS[family], "name": "acl-name"}
        if words[0] in named and words[1] not in ("import", "export"):
            words = (named[words[0]], *words[1:])
        return read(words)

    return reader


def undo_filter_policy(family: Family) -> Reader[Routes]:
    """`undo filter-policy [<acl>|name <n>|prefix-list <n>] {import|export [direct|static]}`."""
    undo = origins.undo_filter_policy(family)
    directions = ("import|export", f"export {'|'.join(PROTOCOLS)}")
    kinds = ("prefix-list|name * ", "* ", "")
    forms = tuple(f"{kind}{direction}" for kind in kinds for direction in directions)
    return lambda words: undo(spelled(words, *forms))
