"""Guests' break-out of an IOS router: a route map on their interface, `overload` on the line.

Read are maps whose entries permit, match one access list and set one next hop; and translations of
an access list, or of such a map without the hop, to the address of an interface. They act on what
comes from an interface that is `ip nat inside` and leaves by one that is `ip nat outside`. A list
that takes some packets out, or wants more than a source, makes neither. Zones judge the addresses
inside. Lines of maps are routing's to judge; here they are only noted.
Source: docs/reference/platforms.md, "Guests' break-out, as it is read".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.packets import ANY_SERVICE, Family, Ranges, intersect, union
from telemed_infra.parse.break_out import (
    NO_NEIGHBOUR,
    BreakOuts,
    Cover,
    Way,
    earlier,
    towards,
    whole,
)
from telemed_infra.parse.frr.engine import Args, Row, Unreadable, says
from telemed_infra.parse.ios.management import ROUTES
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Binding, CoverLine, Does, Ios, WayEntry
from telemed_infra.parse.ios.translations import INSIDE, OUTER_LIST, OUTSIDE
from telemed_infra.parse.ios.values import interface, ipv4

LIST, MAP = "list", "route-map"
_OVERLOAD = "overload"
_FORM = "a translation to an interface is read with `overload` at its end, and nothing more"
_NOT_SENT = "an entry that sends packets nowhere keeps them from those behind it"
_OTHER = "packets are chosen, or sent, by this line too, which is not modelled"
_PART = "it takes only some packets of its sources, or some of them out"
_TAKEN = "an entry before it sends these packets already"
_STATIC = "a static network changes these addresses already"
_NO_SIDE = "the interface is not `ip nat outside`"
_EMPTY = "it takes"
_KINDS = ("match ip address", "match interface", "set ip next-hop")


# Commands ----------------------------------------------------------------------------------------


def enter_map(state: Ios, args: Args, line: int) -> None:
    """`route-map WORD [permit|deny] [N]`."""
    name, verdict, place = args
    entries = state.way_maps.setdefault(name, {})
    state.open_entry = entries.setdefault(int(place or 10), WayEntry(line))
    state.open_entry.permits = verdict != "deny"


def remove_map(state: Ios, args: Args, _line: int) -> None:
    """`no route-map WORD [permit|deny] [N]`."""
    name, _, place = args
    if not place:
        state.way_maps.pop(name, None)
        return
    state.way_maps.get(name, {}).pop(int(place), None)


def says_in_map(state: Ios, args: Args, line: int) -> None:
    """Whatever an entry says; the same words again say nothing new."""
    state.open_entry.said.setdefault(" ".join(" ".join(args).split()), line)


def unsays_in_map(state: Ios, args: Args, _line: int) -> None:
    """`no …` of it, also of the first words alone."""
    gone = " ".join(" ".join(args).split())
    said = state.open_entry.said
    for one in [one for one in said if one == gone or one.startswith(f"{gone} ")]:
        del said[one]


def bind(state: Ios, args: Args, line: int) -> None:
    """`ip policy route-map WORD`: an interface has one."""
    for port in state.open_ports:
        port.way_map = Binding(args[0], line)


def unbind(state: Ios, _args: Args, _line: int) -> None:
    """`no ip policy route-map [WORD]`."""
    for port in state.open_ports:
        port.way_map = None


def cover(kind: str, *, on: bool) -> Does:
    """`[no] ip nat inside source {list|route-map} WORD interface PORT overload`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        name, words = args
        port, _, last = words.rpartition(" ")
        if last != _OVERLOAD or not port:
            raise Unreadable(_FORM)
        one = CoverLine(kind, name, interface(port))
        if on:
            state.covers.setdefault(one, line)
        elif state.covers.pop(one, None) is None:
            raise Unreadable("there is no such translation to remove")

    return effect


_COVER = "ip nat inside source {} WORD interface LINE"
_HEAD = "route-map WORD [<permit|deny>] [(0-65535)]"
COVERS: tuple[Row[Ios], ...] = tuple(
    says(f"{no}{_COVER.format(kind)}", cover(kind, on=not no))
    for kind in (LIST, MAP)
    for no in ("", "no ")
)
MAPS: tuple[Row[Ios], ...] = (
    Row(_HEAD, enter_map, "route-map", inert=True, why=ROUTES),
    Row(f"no {_HEAD}", remove_map, inert=True, why=ROUTES),
)
IN_MAP: tuple[Row[Ios], ...] = (
    Row("description LINE", inert=True, why=ROUTES),
    Row("no <match|set|continue> [LINE]", unsays_in_map, inert=True, why=ROUTES),
    Row("<match|set|continue> [LINE]", says_in_map, inert=True, why=ROUTES),
)
ON_PORT: tuple[Row[Ios], ...] = (
    says("ip policy route-map WORD", bind),
    says("no ip policy route-map [WORD]", unbind),
)


# The whole text ----------------------------------------------------------------------------------


class _Taken(NamedTuple):
    """What an entry of a map says, of what is modelled."""

    list: Binding
    port: str  # by which packets leave, or ""
    next_hop: int | None


def break_outs_of(state: Ios, resolver: Resolver) -> BreakOuts:
    """The break-outs of a text read through; what makes none is refused."""
    reader = _Reader(state, resolver)
    return whole(reader.ways(), list(reader.covers()), resolver.reading.refuse)


class _Reader:
    def __init__(self, state: Ios, resolver: Resolver) -> None:
        self.state = state
        self.resolver = resolver
        self.refuse = resolver.reading.refuse

    def ways(self) -> list[Way]:
        """What route maps on interfaces send."""
        found: list[Way] = []
        for ingress, port in self.state.ports.items():
            if port.way_map is None:
                continue
            for entry in self._entries(port.way_map):
                way = self._way(ingress, entry, port.way_map.line)
                if way is not None and earlier(found, ingress, way.sources):
                    self.refuse(port.way_map.line, _TAKEN)
                elif way is not None:
                    found.append(way)
        return found

    def covers(self) -> Iterator[Cover]:
        """What translations hide."""
        inside = frozenset(
            name for name, port in self.state.ports.items() if port.nat_side == INSIDE
        )
        for one, line in self.state.covers.items():
            port = self.state.ports.get(one.port)
            sources = self._hidden(one, line)
            if port is None or port.nat_side != OUTSIDE:
                self.refuse(line, f"{one.port}: {_NO_SIDE}")
            elif any(intersect(sources, (static,)) for static in self.state.statics):
                self.refuse(line, _STATIC)
            elif sources:
                for (family, _), bound in port.filters.items():
                    if family is Family.V4:
                        self.refuse(bound.line, OUTER_LIST)
                yield Cover(one.port, sources, line, inside)

    def _hidden(self, one: CoverLine, line: int) -> Ranges:
        binding = Binding(one.name, line)
        if one.kind == LIST:
            return self._sources(binding)
        found: list[tuple[int, int]] = []
        for entry in self._entries(binding):
            taken = self._taken(entry, line)
            if taken is None:
                return ()
            if taken.port not in ("", one.port) or taken.next_hop is not None:
                self.refuse(line, _OTHER)
                return ()
            found += self._sources(taken.list)
        return union(found)

    def _entries(self, binding: Binding) -> list[WayEntry]:
        found = self.state.way_maps.get(binding.name, {})
        if not found:
            self.refuse(binding.line, f"there is no route map {binding.name}")
        return [found[place] for place in sorted(found)]

    def _way(self, ingress: str, entry: WayEntry, line: int) -> Way | None:
        taken = self._taken(entry, line)
        if taken is None:
            return None
        if taken.next_hop is None or taken.port:
            self.refuse(line, _NOT_SENT if taken.next_hop is None else _OTHER)
            return None
        sources = self._sources(taken.list)
        addresses = {name: port.addresses for name, port in self.state.ports.items()}
        egress = towards(taken.next_hop, addresses)
        if egress is None:
            self.refuse(line, NO_NEIGHBOUR)
        if egress is None or not sources:
            return None
        works = not (self._shut(ingress) or self._shut(egress))
        return Way(ingress, egress, sources, taken.next_hop, line, works)

    def _taken(self, entry: WayEntry, line: int) -> _Taken | None:
        """None if an entry says something else, or less; refused where the map is bound.

        Lines of maps are routing's own, so that what is wrong with one is told of who binds it.
        """
        held: dict[str, str] = {}
        for words in entry.said:
            kind = next((one for one in _KINDS if words.lower().startswith(f"{one} ")), "")
            value = words[len(kind) + 1 :]
            if not kind or " " in value or kind in held:
                self.refuse(line, f"`{words}`: {_OTHER}")
                return None
            held[kind] = value
        if not entry.permits or "match ip address" not in held:
            self.refuse(line, _NOT_SENT if not entry.permits else f"no access list: {_OTHER}")
            return None
        try:
            port = interface(held["match interface"]) if "match interface" in held else ""
            next_hop = ipv4(held["set ip next-hop"]) if "set ip next-hop" in held else None
        except Unreadable as error:
            self.refuse(line, str(error))
            return None
        return _Taken(Binding(held["match ip address"], line), port, next_hop)

    def _shut(self, name: str) -> bool:
        held = (self.state.ports.get(name), self.state.ports.get(name.partition(".")[0]))
        return any(port is not None and port.shut for port in held)

    def _sources(self, binding: Binding) -> Ranges:
        """The sources that a list permits; () if it wants more, or takes some out: refused."""
        steps = self.resolver.bound(binding, Family.V4, _EMPTY) or ()
        every = Family.V4.every_address
        found: list[tuple[int, int]] = []
        for permits, box, established in steps:
            all_of_them = box.destinations == every and box.services == (ANY_SERVICE,)
            if not permits and all_of_them and box.sources == every:
                break  # as at the end of each list
            if not permits or established or not all_of_them:
                self.refuse(box.line, _PART)
                return ()
            found += box.sources
        return union(found)
