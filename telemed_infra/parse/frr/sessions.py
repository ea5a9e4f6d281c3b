"""From what a text says to sessions: groups and defaults put in, filters worked out.

Defaults of FRR 8.4: timers 60/180 and connect 120 s (3/9 and 10 in profile `datacenter`),
advertisement interval 0 s to eBGP neighbours as to others, every neighbour active in IPv4 unicast,
eBGP without any filter carries nothing, what a name points to and does not exist denies.
Source: FRR 8.4, bgpd/bgpd.c, bgp_route.c (`bgp_inbound_policy_exists`, `bgp_output_filter`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.frr.behaviour import (
    Announcement,
    Bfd,
    Exchange,
    Key,
    MaximumPrefix,
    Router,
    Session,
)
from telemed_infra.parse.frr.evaluate import Filters, Part, Route
from telemed_infra.parse.frr.prefixes import (
    PrefixSet,
    every_prefix,
    joined,
    prefixes_within,
)
from telemed_infra.parse.frr.state import BfdText, Bgp, Peer, Redistribution, Setting, Text

FILTERS = ("route-map", "prefix-list", "filter-list", "distribute-list")
NOT_BEYOND = frozenset({"no-export", "no-advertise", "local-AS", "no-peer"})
"""Communities with which a route stays in this AS. Source: RFC 1997."""
NO_INTERFACE = ""
LOOPBACK = "lo"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A neighbour with its group's settings behind its own."""

    bgp: Bgp
    peer: Peer
    group: Peer | None

    def setting(self, name: str) -> Setting | None:
        """A setting of the session; None if it is not set or was taken back."""
        return self._of(name, None)

    def in_family(self, family: Family, name: str) -> Setting | None:
        """A setting of the session in one address family."""
        return self._of(name, family)

    def said(self, family: Family, name: str) -> Setting | None:
        """The same, its `no` form too."""
        for one in filter(None, (self.peer, self.group)):
            found = one.families[family].get(name)
            if found is not None:
                return found
        return None

    def _of(self, name: str, family: Family | None) -> Setting | None:
        for one in filter(None, (self.peer, self.group)):
            found = (one.settings if family is None else one.families[family]).get(name)
            if found is not None:
                return found if found.on else None
        return None

    def number(self, name: str, otherwise: int) -> int:
        """The one number of a setting."""
        found = self.setting(name)
        return int(found.args[0]) if found and found.args and found.args[0] else otherwise

    def word(self, name: str) -> str:
        """The one word of a setting, or ""."""
        found = self.setting(name)
        return found.args[0] if found else ""

    @property
    def remote_as(self) -> int | str:
        """The neighbour's AS; ours if it is `internal`."""
        word = self.word("remote-as")
        if word == "internal":
            return self.bgp.as_number
        return int(word) if word.isdecimal() else word

    @property
    def external(self) -> bool:
        """Whether it is eBGP."""
        return self.remote_as != self.bgp.as_number


def routers(text: Text) -> Iterator[Router]:
    """The `router bgp` blocks."""
    for one in text.routers.values():
        router_id = one.settings.get("router-id")
        yield Router(
            line=one.line,
            as_number=one.as_number,
            vrf=one.vrf,
            router_id=router_id.args[0] if router_id else "",
            always_compare_med=_is_on(one, "always-compare-med", default=False),
            requires_policy=_is_on(one, "requires-policy", default=text.requires_policy),
        )


def sessions(text: Text) -> tuple[Session, ...]:
    """Every neighbour of every block."""
    filters = Filters(text)
    return tuple(
        session
        for bgp in text.routers.values()
        for session in _BlockReader(text, bgp, filters).sessions()
    )


def _is_on(bgp: Bgp, name: str, *, default: bool) -> bool:
    found = bgp.settings.get(name)
    return default if found is None else found.on


class _BlockReader:
    """Makes the sessions of one `router bgp` block."""

    def __init__(self, text: Text, bgp: Bgp, filters: Filters) -> None:
        self.text = text
        self.bgp = bgp
        self.filters = filters
        self.requires_policy = _is_on(bgp, "requires-policy", default=text.requires_policy)
        self.peers = [
            Resolved(bgp, peer, bgp.peers.get(peer.group))
            for peer in bgp.peers.values()
            if not peer.is_group
        ]
        self.accepted = {
            family: [(one, self.accepts(one, family)) for one in self.peers] for family in FAMILIES
        }

    def sessions(self) -> Iterator[Session]:
        for one in self.peers:
            yield self.session(one)

    def session(self, one: Resolved) -> Session:
        keepalive, hold = self.timers(one)
        key, multihop = one.setting("password"), one.setting("multihop")
        quick = self.text.defaults == "datacenter"
        hops = one.number("ttl-security", 0)
        restarts = one.setting("graceful-restart")
        said = next((p.settings["graceful-restart"] for p in (one.peer, one.group)
                     if p and "graceful-restart" in p.settings), None)  # fmt: skip
        return Session(
            line=one.peer.line,
            peer=one.peer.name,
            dynamic=one.peer.dynamic,
            vrf=self.bgp.vrf,
            local_as=one.number("local-as", self.bgp.as_number),
            remote_as=one.remote_as,
            description=one.word("description"),
            shut=one.setting("shutdown") is not None or _is_on(self.bgp, "shutdown", default=False),
            key=Key(key.args[0]) if key else None,
            bfd=self.bfd(one),
            keepalive_s=keepalive,
            hold_s=hold,
            connect_s=one.number("connect", 10 if quick else 120),
            advertisement_s=one.number("advertisement-interval", 0),
            multihop=one.number("multihop", 255 if multihop else 1),
            ttl_security=hops or None,
            update_source=one.word("update-source"),
            restarts_gracefully=restarts is not None
            or (said is None and _is_on(self.bgp, "graceful-restart", default=False)),
            exchanges=tuple(
                self.exchange(one, family) for family in FAMILIES if self.active(one, family)
            ),
        )

    def timers(self, one: Resolved) -> tuple[int, int]:
        """Keepalive and hold time in seconds: the neighbour's, the block's, the profile's."""
        block = self.bgp.settings.get("timers")
        found = one.setting("timers") or (block if block and block.on else None)
        if found:
            return int(found.args[0]), int(found.args[1])
        return (3, 9) if self.text.defaults == "datacenter" else (60, 180)

    def bfd(self, one: Resolved) -> Bfd | None:
        """The session's BFD, of its profile, its own numbers, or the `bfd` block's peer."""
        found = one.setting("bfd")
        if found is None:
            return None
        if found.args and found.args[0]:
            multiplier, receive, transmit = map(int, found.args)
            return Bfd(multiplier=multiplier, receive_ms=receive, transmit_ms=transmit)
        profile = one.word("bfd-profile")
        peer = self.text.bfd_peers.get(one.peer.name)
        layers: list[BfdText] = []
        if peer:
            layers.append(peer)
            other = peer.settings.get("profile")
            profile = other.args[0] if other else profile
        if profile in self.text.profiles:
            layers.append(self.text.profiles[profile])
        return _bfd(layers)

    def active(self, one: Resolved, family: Family) -> bool:
        said = one.said(family, "activate")
        if said is not None:
            return said.on
        default = family is Family.V4
        return _is_on(self.bgp, f"ipv{int(family)}-unicast", default=default)

    def exchange(self, one: Resolved, family: Family) -> Exchange:
        activated = one.in_family(family, "activate")
        maximum = one.in_family(family, "maximum-prefix")
        return Exchange(
            family=family,
            line=activated.line if activated else one.peer.line,
            filtered_in=self.filtered(one, family, "in"),
            filtered_out=self.filtered(one, family, "out"),
            accepts=joined(family, (part.prefixes for part in self.accepts(one, family))),
            announces=tuple(self.announces(one, family)),
            maximum_prefix=MaximumPrefix(
                count=int(maximum.args[0]), closes="warning-only" not in maximum.args
            )
            if maximum
            else None,
        )

    def filtered(self, one: Resolved, family: Family, direction: str) -> bool:
        return any(one.in_family(family, f"{kind} {direction}") for kind in FILTERS)

    def accepts(self, one: Resolved, family: Family) -> list[Part]:
        """What the neighbour is believed, whatever it says."""
        if not self.active(one, family) or self.silent(one, family, "in"):
            return []
        route = Route(source="learned", own=False, known=False)
        every = Part(every_prefix(family), route, certain=False)
        return list(self.through(one, family, "in", [every]))

    def silent(self, one: Resolved, family: Family, direction: str) -> bool:
        """Whether nothing passes since no filter is bound. Source: RFC 8212."""
        return one.external and self.requires_policy and not self.filtered(one, family, direction)

    def announces(self, one: Resolved, family: Family) -> Iterator[Announcement]:
        """What the neighbour may be told."""
        if not self.silent(one, family, "out"):
            parts = [*self.originated(family), *self.passed_on(one, family)]
            if one.external:
                parts = [p for p in parts if not p.route.communities & NOT_BEYOND]
            for part in self.through(one, family, "out", parts):
                yield _announcement(part)
        default = one.in_family(family, "default-originate")
        if default:
            conditional = bool(default.args)
            yield _announcement(
                Part(
                    prefixes_within("0.0.0.0/0" if family is Family.V4 else "::/0"),
                    Route(source="default"),
                    certain=not conditional,
                )
            )

    def passed_on(self, one: Resolved, family: Family) -> Iterator[Part]:
        """Learned routes; none from one internal neighbour to another."""
        for other, parts in self.accepted[family]:
            if other.peer is not one.peer and (other.external or one.external):
                yield from parts

    def originated(self, family: Family) -> Iterator[Part]:
        """What is taken into BGP here, behind its route maps."""
        for one in self.bgp.origins[family]:
            parts = self.taken(one, family)
            yield from self.filters.map(one.route_map, parts) if one.route_map else parts

    def taken(self, one: Redistribution, family: Family) -> Iterator[Part]:
        if one.prefix:
            med = 0 if one.source == "network" else None
            # An aggregate needs parts; a network is checked against the routes by default.
            yield Part(
                prefixes_within(one.prefix), Route(source=one.source, med=med), certain=False
            )
            return
        med = int(one.metric) if one.metric else 0
        for interface in self.interfaces() if one.source == "connected" else (NO_INTERFACE,):
            route = Route(source=one.source, interface=interface, med=med)
            yield Part(every_prefix(family), route, certain=True)

    def interfaces(self) -> tuple[str, ...]:
        """The loopback, the interfaces that some route map asks for, and one for all others."""
        named = {LOOPBACK} | {
            entry.matches["interface"].args[0]
            for entries in self.text.route_maps.values()
            for entry in entries.values()
            if "interface" in entry.matches
        }
        return (*sorted(named), NO_INTERFACE)

    def through(
        self, one: Resolved, family: Family, direction: str, parts: Iterable[Part]
    ) -> Iterator[Part]:
        """What passes all filters of a session in one direction."""
        passing = self.lists(one, family, direction)
        paths = one.in_family(family, f"filter-list {direction}")
        found = _within(parts, passing)
        if paths:
            found = self.by_path(paths.args[0], found)
        route_map = one.in_family(family, f"route-map {direction}")
        return self.filters.map(route_map.args[0], found) if route_map else found

    def lists(self, one: Resolved, family: Family, direction: str) -> PrefixSet:
        passing = every_prefix(family)
        prefixes = one.in_family(family, f"prefix-list {direction}")
        if prefixes:
            passing &= self.filters.prefix_list(family, prefixes.args[0])
        accesses = one.in_family(family, f"distribute-list {direction}")
        if accesses:
            passing &= self.filters.access_list(family, accesses.args[0])
        return passing

    def by_path(self, name: str, parts: Iterable[Part]) -> Iterator[Part]:
        for part in parts:
            answer = self.filters.as_path_list(name, part.route)
            if answer is not False:
                yield part._replace(certain=part.certain and answer is True)


def _within(parts: Iterable[Part], prefixes: PrefixSet) -> Iterator[Part]:
    for part in parts:
        left = part.prefixes & prefixes
        if left:
            yield part._replace(prefixes=left)


def _announcement(part: Part) -> Announcement:
    route = part.route
    return Announcement(
        source=route.source,
        interface=route.interface,
        prefixes=part.prefixes,
        med=route.med,
        communities=route.communities,
        certain=part.certain,
    )


def _bfd(layers: Iterable[BfdText]) -> Bfd | None:
    """The first layer that says a thing decides it."""
    values = {"multiplier": 3, "receive_ms": 300, "transmit_ms": 300}
    shut = False
    for layer in reversed(list(layers)):
        for name, found in layer.settings.items():
            if name in values and found.on:
                values[name] = int(found.args[0])
            elif name == "shutdown":
                shut = found.on
    return None if shut else Bfd(**values)
