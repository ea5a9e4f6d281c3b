"""`nat server` of whole ranges: addresses of a USG's own hosts, changed one to one in both ways.

Without `no-reverse` the device also makes an entry for what the hosts begin themselves, so a line
without protocol and ports is a map of both directions. With `zone` it acts on what comes from and
goes to that zone; without, everywhere but where the inside addresses themselves are. The policy
judges the addresses inside. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_interface
from typing import NamedTuple

from telemed_infra.packets import Family, Range, network_range
from telemed_infra.parse.virtual_routers import Refuse
from telemed_infra.parse.vrp.arguments import ipv4, name, without_description
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.parse.vrp.usg_state import LOCAL_ZONE, NatServer, Usg
from telemed_infra.translation import Translation, joined

_NOT_WHOLE = (
    "a translation that is no change of a whole range, one to one and both ways: "
    "`nat server NAME [zone Z] global FIRST [LAST] inside FIRST [LAST]`"
)


class Translated(NamedTuple):
    """What a text changes, and where it speaks of it."""

    translations: tuple[Translation, ...]
    lines: Mapping[Range, int]


def nat_server(words: Words) -> Effect[Usg]:
    """`nat server NAME [ID] [zone Z] global A [B] inside C [D]`, and nothing more."""
    words = without_description(words)
    title, said = name(words[0] if words else ""), list(words[1:])
    if said and said[0].isdecimal():
        del said[0]  # older versions number them
    zone = None
    if said[:1] == ["zone"] and len(said) > 1:
        zone = said[1]
        del said[:2]
    if said[:1] != ["global"] or "inside" not in said:
        raise Unreadable(_NOT_WHOLE)
    place = said.index("inside")
    outside, inside = _range(said[1:place]), _range(said[place + 1 :])
    if outside[1] - outside[0] != inside[1] - inside[0]:
        raise Unreadable("ranges of unlike size, which are not one to one")

    def effect(state: Usg, line: int) -> None:
        new = NatServer(zone, inside, outside, line)
        held = state.nat_servers.get(title)
        if held is None:
            _refuse_a_second(state, new)
            state.nat_servers[title] = new
        elif held._replace(line=line) != new:
            raise Unreadable(f"there is a server {title} already, which differs")

    return effect


def _refuse_a_second(state: Usg, new: NatServer) -> None:
    """What a device refuses: addresses that stand for others already, but for zones apart."""
    for title, held in state.nat_servers.items():
        together = held.zone == new.zone or None in (held.zone, new.zone)
        if together and (_meet(held.inside, new.inside) or _meet(held.outside, new.outside)):
            raise Unreadable(f"these addresses are used by server {title} already")


def _meet(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def undo_nat_server(words: Words) -> Effect[Usg]:
    """`undo nat server {name NAME|all}`."""
    everything = words == ("all",)
    title = words[-1] if words else ""
    if not everything and words != ("name", title):
        raise Unreadable("`undo nat server` wants `name NAME` or `all`")

    def effect(state: Usg, _line: int) -> None:
        if everything:
            state.nat_servers.clear()
        elif state.nat_servers.pop(title, None) is None:
            raise Unreadable(f"there is no server {title} to remove")

    return effect


def translated(state: Usg, refuse: Refuse) -> Translated:
    """All servers of a text read through; the lines for several zones are one translation."""
    parts: list[Translation] = []
    lines: dict[Range, int] = {}
    for server in state.nat_servers.values():
        if server.zone is not None and server.zone not in state.zones:
            refuse(server.line, f"there is no zone {server.zone}")
            continue
        boundary = frozenset(_boundary(state, server))
        parts.append(Translation(server.inside, server.outside, boundary))
        lines.setdefault(server.outside, server.line)
    return Translated(joined(parts), lines)


def _boundary(state: Usg, server: NatServer) -> Iterator[str]:
    """The interfaces of its zone; without a zone all that lead elsewhere than to its hosts."""
    zones = state.zones.values() if server.zone is None else [state.zones[server.zone]]
    for zone in zones:
        for port in zone.interfaces if zone.name != LOCAL_ZONE else ():
            if server.zone is not None or not _leads_to(state, port, server.inside):
                yield port


def _leads_to(state: Usg, port: str, inside: Range) -> bool:
    """Whether the inside addresses, or some, are neighbours of an interface."""
    held = state.ports.get(port)
    networks = [network_range(ip_interface(one).network) for one in held.addresses] if held else []
    return any(family is Family.V4 and _meet(found, inside) for family, found in networks)


def _range(words: Sequence[str]) -> Range:
    """`A` or `A B`."""
    if not words or len(words) > 2:
        raise Unreadable(_NOT_WHOLE)
    try:
        first, last = ipv4(words[0]), ipv4(words[-1])
    except Unreadable:
        raise Unreadable(_NOT_WHOLE) from None
    if last < first:
        raise Unreadable("a range that ends before it begins")
    return first, last
