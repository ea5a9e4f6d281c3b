"""From what an IOS text says to sessions: groups and defaults put in, filters bound.

Defaults: timers 60/180 s, connect retry 35 s at most (no line sets it), advertisement interval 30 s
to eBGP neighbours of the main table, 0 s to iBGP ones and within a VRF, every neighbour active in
IPv4 unicast, no filter lets everything through, communities are not sent, BFD only where an
interface or a map gives it times, a session over its limit of prefixes stays down until somebody
says so.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.frr.sessions import FILTERS, Resolved
from telemed_infra.parse.frr.state import Bgp, Redistribution, Setting
from telemed_infra.parse.ios.routes_bfd import bfd_to
from telemed_infra.parse.ios.routes_filters import Filters
from telemed_infra.parse.ios.routes_state import AggregateMaps, Routes
from telemed_infra.parse.prefixes import (
    PrefixSet,
    every_prefix,
    joined,
    prefixes_within,
)
from telemed_infra.parse.route_exchange import (
    EVERYWHERE,
    Heard,
    announcements,
    everything,
    hears,
)
from telemed_infra.parse.route_filter import RouteFilter, passing
from telemed_infra.parse.routes import (
    Bfd,
    DefaultRoute,
    Exchange,
    MaximumPrefix,
    Missing,
    Origin,
    Router,
    Session,
    key,
)

KEEPALIVE_S, HOLD_S = 60, 180
CONNECT_S = 35
"""The longest wait before a lost session is tried again; each time it is a random part of it."""
EXTERNAL_INTERVAL_S = 30
ANY_INTERFACE = ""
_CONDITIONS_MAX = 64
"""How many prefixes a condition may name; one with more is taken as depending on BGP's routes."""


class SessionReader:
    """Makes the router and the sessions of one process: of the main table, or of a VRF."""

    def __init__(self, state: Routes, bgp: Bgp, filters: Filters) -> None:
        self.state = state
        self.bgp = bgp
        self.filters = filters
        self.missing: list[Missing] = []
        self.router = self._router()

    def _router(self) -> Router:
        router_id = self.bgp.settings.get("router-id")
        return Router(
            line=self.bgp.line,
            as_number=self.bgp.as_number,
            vrf=self.bgp.vrf,
            router_id=router_id.args[0] if router_id else "",
            always_compare_med=self._is_on("always-compare-med"),
            requires_policy=False,
            origins=tuple(
                self._origin(one, family) for family in FAMILIES for one in self.bgp.origins[family]
            ),
        )

    def sessions(self) -> Iterator[Session]:
        """Every neighbour; what one is told may have been learned from any other."""
        peers = [
            Resolved(self.bgp, peer, self.bgp.peers.get(peer.group))
            for peer in self.bgp.peers.values()
            if not peer.is_group
        ]
        bare = [self._session(one) for one in peers]
        heard = {
            family: [
                Heard(session, hears(session, exchange, [everything(family)]))
                for session in bare
                for exchange in session.exchanges
                if exchange.family is family
            ]
            for family in FAMILIES
        }
        interfaces = self._interfaces()
        for session in bare:
            exchanges = (
                replace(one, announces=announcements(
                    self.router, session, one, heard[one.family], interfaces))
                for one in session.exchanges
            )  # fmt: skip
            yield replace(session, exchanges=tuple(exchanges))

    def _is_on(self, name: str, *, default: bool = False) -> bool:
        found = self.bgp.settings.get(name)
        return default if found is None else found.on

    def _session(self, one: Resolved) -> Session:
        keepalive, hold = self._timers(one)
        secret, multihop = one.setting("password"), one.setting("multihop")
        hops = one.number("ttl-security", 0)
        return Session(
            line=one.peer.line,
            peer=one.peer.name,
            dynamic=one.peer.dynamic,
            vrf=self.bgp.vrf,
            local_as=one.number("local-as", self.bgp.as_number),
            remote_as=one.remote_as,
            description=one.word("description"),
            shut=one.setting("shutdown") is not None,
            key=key(secret.args[0]) if secret else None,
            bfd=self._bfd(one, far=multihop is not None),
            keepalive_s=keepalive,
            hold_s=hold,
            connect_s=CONNECT_S,
            advertisement_s=one.number("advertisement-interval", self._interval(one)),
            multihop=one.number("multihop", 255 if multihop else 1),
            ttl_security=hops or None,
            update_source=one.word("update-source"),
            restarts_gracefully=self._restarts(one),
            exchanges=tuple(
                self._exchange(one, family) for family in FAMILIES if self._active(one, family)
            ),
        )

    def _interval(self, one: Resolved) -> int:
        return EXTERNAL_INTERVAL_S if one.external and not self.bgp.vrf else 0

    def _timers(self, one: Resolved) -> tuple[int, int]:
        block = self.bgp.settings.get("timers")
        found = one.setting("timers") or (block if block and block.on else None)
        return (int(found.args[0]), int(found.args[1])) if found else (KEEPALIVE_S, HOLD_S)

    def _restarts(self, one: Resolved) -> bool:
        for peer in filter(None, (one.peer, one.group)):
            found = peer.settings.get("graceful-restart")
            if found is not None:
                return found.on
        return self._is_on("graceful-restart")

    def _bfd(self, one: Resolved, *, far: bool) -> Bfd | None:
        """The session's BFD; asked for without times, none is made, which is told."""
        found = one.setting("bfd")
        if found is None:
            return None
        far = far if not found.args[0] else found.args[0] == "multi-hop"
        made = bfd_to(self.state, one.peer.name, self.bgp.vrf, multihop=far)
        if made is None:
            what = "bfd map" if far else "bfd interval"
            self.missing.append(Missing(line=found.line, name=f"{what} for {one.peer.name}"))
        return made

    def _active(self, one: Resolved, family: Family) -> bool:
        said = one.said(family, "activate")
        if said is not None:
            return said.on
        main = self.state.bgp.routers[""].settings.get("ipv4-unicast")
        return family is Family.V4 and (main is None or main.on)

    def _exchange(self, one: Resolved, family: Family) -> Exchange:
        activated = one.in_family(family, "activate")
        maximum = one.in_family(family, "maximum-prefix")
        default = one.in_family(family, "default-originate")
        inward = self._bound(one, family, "in")
        outward = self._bound(one, family, "out")
        accepted = passing(inward, [everything(family)])
        return Exchange(
            family=family,
            line=activated.line if activated else one.peer.line,
            filtered_in=bool(inward),
            filtered_out=bool(outward),
            accepts=joined(family, (part.prefixes for part in accepted)),
            announces=(),
            maximum_prefix=_maximum(maximum) if maximum else None,
            inward=inward,
            outward=outward,
            default_route=self._default(default, family) if default else None,
            next_hop=_next_hop(one, family),
            sends_communities=_sends_communities(one.in_family(family, "send-community")),
        )

    def _bound(self, one: Resolved, family: Family, direction: str) -> RouteFilter:
        found = ((kind, one.in_family(family, f"{kind} {direction}")) for kind in FILTERS)
        return tuple(
            self.filters.bound(kind, setting.args[0], family) for kind, setting in found if setting
        )

    def _default(self, found: Setting, family: Family) -> DefaultRoute:
        """Told always; with a map, while the routing table has a route that the map permits."""
        if not found.args:
            return DefaultRoute(line=found.line)
        stage = self.filters.map(found.args[0], family)
        changes = tuple(replace(node, prefixes=every_prefix(family), conditions=())
                        for node in stage if node.permits)[:1]  # fmt: skip
        names = [] if any(node.conditions or not node.permits for node in stage) else [
            name for node in stage for name in _named(node.prefixes)
        ]  # fmt: skip
        if names and all(_few(node.prefixes) for node in stage):
            return DefaultRoute(line=found.line, filters=(changes,), any_of=tuple(names))
        return DefaultRoute(line=found.line, filters=(stage,), tests_routes=True)

    def _origin(self, one: Redistribution, family: Family) -> Origin:
        """What is taken into BGP here, behind its route map."""
        maps = self.state.aggregate_maps.get(one.line, AggregateMaps("", ""))
        named = {
            field: (self.filters.map(name, family),) if name else ()
            for field, name in (
                ("filters", one.route_map),
                ("suppresses", maps.suppress),
                ("made_of", maps.advertise),
            )
        }
        return Origin(
            line=one.line,
            family=family,
            source=one.source,
            prefixes=self._taken(one, family),
            filters=named["filters"],
            med={"network": 0, "aggregate": None}.get(one.source, int(one.metric or 0)),
            suppresses=() if one.suppresses else (named["suppresses"] or None),
            made_of=named["made_of"],
        )

    def _taken(self, one: Redistribution, family: Family) -> PrefixSet:
        """The one prefix; of a protocol all, but default routes only if a line says so."""
        if one.prefix:
            return prefixes_within(one.prefix)
        every = every_prefix(family)
        with_default = self._is_on(f"default-information {int(family)}")
        return every if with_default else every - prefixes_within(EVERYWHERE[family])

    def _interfaces(self) -> tuple[str, ...]:
        """The interfaces that some route map asks for, and one for all others."""
        named = {
            name
            for entries in self.state.bgp.route_maps.values()
            for entry in entries.values()
            if "interface" in entry.matches
            for name in entry.matches["interface"].args
        }
        return (*sorted(named), ANY_INTERFACE)


def _few(prefixes: PrefixSet) -> bool:
    return prefixes.count() <= _CONDITIONS_MAX


def _named(prefixes: PrefixSet) -> Iterator[str]:
    """Every prefix of a small set, the shortest first."""
    if not _few(prefixes):
        return
    while prefixes:
        name = prefixes.witness()
        yield name
        prefixes -= prefixes_within(name)


def _next_hop(one: Resolved, family: Family) -> str:
    if one.in_family(family, "next-hop-self"):
        return "self"
    return "unchanged" if one.in_family(family, "next-hop-unchanged") else ""


def _sends_communities(found: Setting | None) -> bool:
    """`send-community extended` sends none of the standard ones."""
    return found is not None and found.args[0] != "extended"


def _maximum(found: Setting) -> MaximumPrefix:
    """`maximum-prefix 10 [80] [warning-only|restart 5]`; a restart is in minutes."""
    percent, *rest = found.args[1:]
    minutes = rest[0] if rest and rest[0].isdecimal() else ""
    return MaximumPrefix(
        count=int(found.args[0]),
        closes="warning-only" not in rest,
        reopens_s=int(minutes) * 60 if minutes else None,
        warns_percent=int(percent or 75),
    )
