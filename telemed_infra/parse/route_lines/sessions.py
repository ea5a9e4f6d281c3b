"""From what a text says to sessions: groups and defaults put in, filters bound.

Defaults of VRP and Comware alike: timers 60/180 s, connect retry 32 s, advertisement interval 30 s
to eBGP peers and 15 s to iBGP ones, no filter lets everything through (unlike FRR), communities are
not sent. Where they differ, a `Dialect` says how. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from telemed_infra.packets import FAMILIES, Family
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
from telemed_infra.parse.route_lines.dialect import Dialect, Resolved
from telemed_infra.parse.route_lines.filters import Filters
from telemed_infra.parse.route_lines.process import is_address
from telemed_infra.parse.route_lines.state import (
    ACL,
    AS_PATH_FILTER,
    CLOSES,
    PREFIX_LISTS,
    ROUTE_POLICY,
    Bgp,
    Routes,
    Setting,
    Source,
)
from telemed_infra.parse.routes import (
    DefaultRoute,
    Exchange,
    MaximumPrefix,
    Origin,
    Router,
    Session,
    key,
)

KEEPALIVE_S, HOLD_S, CONNECT_S = 60, 180, 32
EXTERNAL_INTERVAL_S, INTERNAL_INTERVAL_S = 30, 15
ANY_INTERFACE = ""


class SessionReader:
    """Makes the router and the sessions of a text."""

    def __init__(self, text: Routes, bgp: Bgp, dialect: Dialect) -> None:
        self.text = text
        self.bgp = bgp
        self.dialect = dialect
        self.filters = Filters(text, missing_passes=dialect.missing_passes)

    @cached_property
    def router(self) -> Router:
        """The `bgp` block."""
        router_id = self.bgp.settings.get("router-id")
        med = self.bgp.settings.get("compare-different-as-med")
        return Router(
            line=self.bgp.line,
            as_number=self.bgp.as_number,
            vrf="",
            router_id=router_id.args[0] if router_id else self.text.router_id,
            always_compare_med=med is not None and med.on,
            requires_policy=False,
            origins=tuple(self._origins()),
        )

    def sessions(self) -> tuple[Session, ...]:
        """Every peer; what one is told may have been learned from any other."""
        peers = [
            Resolved(self.bgp, peer, self.bgp.peers.get(peer.group))
            for peer in self.bgp.peers.values()
            if is_address(peer.name)
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
        return tuple(self._with_announcements(session, heard) for session in bare)

    def _with_announcements(self, session: Session, heard: dict[Family, list[Heard]]) -> Session:
        interfaces = self._interfaces()
        exchanges = (
            replace(
                one,
                announces=announcements(self.router, session, one, heard[one.family], interfaces),
            )
            for one in session.exchanges
        )
        return replace(session, exchanges=tuple(exchanges))

    def _interfaces(self) -> tuple[str, ...]:
        """The interfaces that some policy asks for, and one for all others."""
        named = {
            name
            for nodes in self.text.policies.values()
            for node in nodes.values()
            if "interface" in node.matches
            for name in node.matches["interface"].args
        }
        return (*sorted(named), ANY_INTERFACE)

    def _session(self, one: Resolved) -> Session:
        keepalive, hold = self._timers(one)
        secret, hops = one.setting("key"), one.number("valid-ttl-hops", 0)
        exchanges = tuple(self._exchange(one, family) for family in self._families(one))
        return Session(
            line=one.peer.line,
            peer=one.peer.name,
            dynamic=False,
            vrf="",
            local_as=one.number("fake-as", self.bgp.as_number),
            remote_as=one.remote_as,
            description=one.word("description"),
            shut=one.setting("ignore") is not None or self._is_on("shutdown"),
            key=key(secret.args[0]) if secret else None,
            bfd=self.dialect.bfd(self.text, one),
            keepalive_s=keepalive,
            hold_s=hold,
            connect_s=one.number("connect", self._connect()),
            advertisement_s=self._interval(one),
            multihop=one.number("ebgp-max-hop", 1),
            ttl_security=hops or None,
            update_source=one.word("connect-interface"),
            restarts_gracefully=self._is_on("graceful-restart"),
            exchanges=exchanges,
        )

    def _families(self, one: Resolved) -> list[Family]:
        by_default = self.dialect.ipv4_by_default
        return [family for family in FAMILIES if one.enabled(family, ipv4_by_default=by_default)]

    def _is_on(self, name: str) -> bool:
        found = self.bgp.settings.get(name)
        return found is not None and found.on

    def _connect(self) -> int:
        found = self.bgp.settings.get("connect")
        return int(found.args[0]) if found else CONNECT_S

    def _timers(self, one: Resolved) -> tuple[int, int]:
        found = one.setting("timers") or self.bgp.settings.get("timers")
        return (int(found.args[0]), int(found.args[1])) if found else (KEEPALIVE_S, HOLD_S)

    def _interval(self, one: Resolved) -> int:
        """The longest that some family of the session holds changes back."""
        default = EXTERNAL_INTERVAL_S if one.external else INTERNAL_INTERVAL_S
        spoken = one.number("route-update-interval", default)
        found = (one.setting("route-update-interval", family) for family in self._families(one))
        return max((int(each.args[0]) if each else spoken for each in found), default=spoken)

    def _exchange(self, one: Resolved, family: Family) -> Exchange:
        enabled = one.setting("enable", family)
        hop = one.setting("next-hop", family)
        inward = self._bound(one, family, "import")
        outward = self._bound(one, family, "export")
        accepted = passing(inward, [everything(family)])
        return Exchange(
            family=family,
            line=enabled.line if enabled else one.peer.line,
            filtered_in=bool(inward),
            filtered_out=bool(outward),
            accepts=joined(family, (part.prefixes for part in accepted)),
            announces=(),
            maximum_prefix=_maximum(one.setting("route-limit", family)),
            inward=inward,
            outward=outward,
            default_route=self._default(one.setting("default-route-advertise", family), family),
            next_hop=hop.args[0] if hop else "",
            sends_communities=one.setting("advertise-community", family) is not None,
        )

    def _bound(self, one: Resolved, family: Family, direction: str) -> RouteFilter:
        """All filters of one direction; a route must pass each."""
        whole = self.bgp.families[family].get(f"filter-policy {direction}")
        stages = [self.filters.bound(whole.args[0], whole.args[1], family)] if whole else []
        for keyword, kind in (
            ("filter-policy", ACL),
            ("as-path-filter", AS_PATH_FILTER),
            (PREFIX_LISTS[family], PREFIX_LISTS[family]),
            ("route-policy", ROUTE_POLICY),
        ):
            found = one.setting(f"{keyword} {direction}", family)
            if found:
                stages.append(self.filters.bound(kind, found.args[0], family))
        return tuple(stages)

    def _default(self, found: Setting | None, family: Family) -> DefaultRoute | None:
        if found is None:
            return None
        policy, kind, *routes = found.args
        filters = (self.filters.bound(ROUTE_POLICY, policy, family),) if policy else ()
        return DefaultRoute(
            line=found.line,
            filters=filters,
            any_of=tuple(routes) if kind == "any" else (),
            all_of=tuple(routes) if kind == "all" else (),
        )

    def _origins(self) -> Iterator[Origin]:
        for family in FAMILIES:
            for source in self.bgp.sources[family].values():
                yield self._origin(source, family)

    def _origin(self, source: Source, family: Family) -> Origin:
        named = {
            field: (self.filters.bound(ROUTE_POLICY, policy, family),) if policy else ()
            for field, policy in (
                ("filters", source.policy),
                ("made_of", source.origin_policy),
                ("suppress", source.suppress_policy),
            )
        }
        suppresses = named["suppress"] or (() if source.suppresses else None)
        return Origin(
            line=source.line,
            family=family,
            source=source.source,
            prefixes=self._taken(source, family),
            filters=self._also(source, family) + named["filters"],
            med=_med(source),
            suppresses=suppresses,
            made_of=named["made_of"],
        )

    def _taken(self, source: Source, family: Family) -> PrefixSet:
        """The one prefix; of a whole protocol all, but default routes only if a line says so."""
        if source.prefix:
            return prefixes_within(source.prefix)
        every, default = every_prefix(family), prefixes_within(EVERYWHERE[family])
        return every if "default-route" in self.bgp.families[family] else every - default

    def _also(self, source: Source, family: Family) -> RouteFilter:
        """`filter-policy … export direct` filters what is imported of one protocol."""
        found = self.bgp.families[family].get(f"filter-policy export {source.source}")
        return (self.filters.bound(found.args[0], found.args[1], family),) if found else ()


def _med(source: Source) -> int | None:
    if source.source == "aggregate":
        return None
    return int(source.med) if source.med else 0


def _maximum(found: Setting | None) -> MaximumPrefix | None:
    if found is None:
        return None
    count, percent, closes, reopens = found.args
    return MaximumPrefix(
        count=int(count),
        closes=closes == CLOSES,
        reopens_s=int(reopens) if reopens else None,
        warns_percent=int(percent),
    )
