"""From what a text says to sessions: groups and defaults put in, filters worked out.

Defaults of FRR 8.4: timers 60/180 and connect 120 s (3/9 and 10 in profile `datacenter`),
advertisement interval 0 s to eBGP neighbours as to others, every neighbour active in IPv4 unicast,
eBGP without any filter carries nothing, what a name points to and does not exist denies.
Source: FRR 8.4, bgpd/bgpd.c, bgp_route.c (`bgp_inbound_policy_exists`, `bgp_output_filter`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.frr.filters import NOTHING, Filters
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    PREFIX_LIST,
    BfdText,
    Bgp,
    Peer,
    Redistribution,
    Setting,
    Text,
)
from telemed_infra.parse.prefixes import every_prefix, joined, prefixes_within
from telemed_infra.parse.route_exchange import Heard, announcements, everything, hears
from telemed_infra.parse.route_filter import RouteFilter, Stage, passing
from telemed_infra.parse.routes import (
    Bfd,
    DefaultRoute,
    Exchange,
    MaximumPrefix,
    Origin,
    Router,
    Session,
    key,
)

FILTERS = ("route-map", "prefix-list", "filter-list", "distribute-list")
ANY_INTERFACE = ""
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


def routers_and_sessions(text: Text) -> tuple[tuple[Router, ...], tuple[Session, ...]]:
    """The `router bgp` blocks, and every neighbour of every block."""
    filters = Filters(text)
    readers = [_BlockReader(text, bgp, filters) for bgp in text.routers.values()]
    return (
        tuple(reader.router for reader in readers),
        tuple(session for reader in readers for session in reader.sessions()),
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
        self.router = self._router()

    def _router(self) -> Router:
        router_id = self.bgp.settings.get("router-id")
        return Router(
            line=self.bgp.line,
            as_number=self.bgp.as_number,
            vrf=self.bgp.vrf,
            router_id=router_id.args[0] if router_id else "",
            always_compare_med=_is_on(self.bgp, "always-compare-med", default=False),
            requires_policy=self.requires_policy,
            origins=tuple(
                self.origin(one, family) for family in FAMILIES for one in self.bgp.origins[family]
            ),
        )

    def sessions(self) -> Iterator[Session]:
        """Every neighbour; what one is told may have been learned from any other."""
        bare = [self.session(one) for one in self.peers]
        heard = {
            family: [
                Heard(session, hears(session, exchange, [everything(family)]))
                for session in bare
                for exchange in session.exchanges
                if exchange.family is family
            ]
            for family in FAMILIES
        }
        interfaces = self.interfaces()
        for session in bare:
            exchanges = (
                replace(one, announces=announcements(
                    self.router, session, one, heard[one.family], interfaces))
                for one in session.exchanges
            )  # fmt: skip
            yield replace(session, exchanges=tuple(exchanges))

    def session(self, one: Resolved) -> Session:
        keepalive, hold = self.timers(one)
        secret, multihop = one.setting("password"), one.setting("multihop")
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
            key=key(secret.args[0]) if secret else None,
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
        default = one.in_family(family, "default-originate")
        inward = self.bound(one, family, "in")
        accepted = passing(inward, [everything(family)])
        return Exchange(
            family=family,
            line=activated.line if activated else one.peer.line,
            filtered_in=self.filtered(one, family, "in"),
            filtered_out=self.filtered(one, family, "out"),
            accepts=joined(family, (part.prefixes for part in accepted)),
            announces=(),
            maximum_prefix=_maximum(maximum) if maximum else None,
            inward=inward,
            outward=self.bound(one, family, "out"),
            default_route=self.default_route(default, family) if default else None,
            next_hop="self" if one.in_family(family, "next-hop-self") else "",
            sends_communities=self.sends_communities(one, family),
        )

    def sends_communities(self, one: Resolved, family: Family) -> bool:
        """By default all of them; `no … send-community extended` leaves the standard ones."""
        said = one.said(family, "send-community")
        return said is None or said.on or said.args[0] in ("extended", "large")

    def filtered(self, one: Resolved, family: Family, direction: str) -> bool:
        return any(one.in_family(family, f"{kind} {direction}") for kind in FILTERS)

    def bound(self, one: Resolved, family: Family, direction: str) -> RouteFilter:
        """All filters of a session in one direction; without any, eBGP may carry nothing.

        Source: RFC 8212.
        """
        if one.external and self.requires_policy and not self.filtered(one, family, direction):
            return (NOTHING,)
        filters = self.filters
        makers: Mapping[str, Callable[[str], Stage]] = {
            "prefix-list": lambda name: filters.prefixes(PREFIX_LIST, family, name),
            "distribute-list": lambda name: filters.prefixes(ACCESS_LIST, family, name),
            "filter-list": lambda name: filters.as_path_list(family, name),
            "route-map": lambda name: filters.map(family, name),
        }
        found = ((make, one.in_family(family, f"{kind} {direction}"))
                 for kind, make in makers.items())  # fmt: skip
        return tuple(make(setting.args[0]) for make, setting in found if setting)

    def default_route(self, found: Setting, family: Family) -> DefaultRoute:
        """Told always, or while some route passes a route map."""
        if not found.args:
            return DefaultRoute(line=found.line, past_outward=True)
        filters = (self.filters.map(family, found.args[0]),)
        return DefaultRoute(line=found.line, filters=filters, tests_routes=True, past_outward=True)

    def origin(self, one: Redistribution, family: Family) -> Origin:
        """What is taken into BGP here, behind its route map."""
        med = {"network": 0, "aggregate": None}.get(one.source, int(one.metric or 0))
        return Origin(
            line=one.line,
            family=family,
            source=one.source,
            prefixes=prefixes_within(one.prefix) if one.prefix else every_prefix(family),
            filters=(self.filters.map(family, one.route_map),) if one.route_map else (),
            med=med,
            always=not _is_on(self.bgp, "network-import-check", default=True),
            suppresses=() if one.suppresses else None,
        )

    def interfaces(self) -> tuple[str, ...]:
        """The loopback, the interfaces that some route map asks for, and one for all others."""
        named = {LOOPBACK} | {
            entry.matches["interface"].args[0]
            for entries in self.text.route_maps.values()
            for entry in entries.values()
            if "interface" in entry.matches
        }
        return (*sorted(named), ANY_INTERFACE)


def _maximum(found: Setting) -> MaximumPrefix:
    """`maximum-prefix 10 [80] [warning-only|restart 5]`; a restart is in minutes."""
    percent, *rest = found.args[1:]
    closes = "warning-only" not in rest
    minutes = rest[0] if rest and rest[0].isdecimal() else ""
    return MaximumPrefix(
        count=int(found.args[0]),
        closes=closes,
        reopens_s=int(minutes) * 60 if minutes else None,
        warns_percent=int(percent or 75),
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
    multiplier, receive, transmit = values.values()
    if shut:
        return None
    return Bfd(multiplier=multiplier, receive_ms=receive, transmit_ms=transmit)
