"""Openings become rules, address sets and service sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from telemed_infra.compile.config import (
    AddressEntry,
    Addresses,
    AddressSet,
    FilterRule,
    FirewallConfig,
    Origins,
    Policy,
    Servers,
    ServiceSet,
    Verdict,
    ZoneBinding,
)
from telemed_infra.compile.naming import Names, rule_name, set_name
from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.model.network import Device, Network
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.boundary import crosses_boundary, leading_elsewhere
from telemed_infra.plan.devices import CIRCUIT_ZONE, LOCAL_ZONE, Interface
from telemed_infra.plan.management import ManagementPlan
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix, Span

DENY_ALL = "DENY-ALL"
LAST_RULE = FilterRule(
    name=DENY_ALL,
    zone_in=None,
    zone_out=None,
    sources=None,
    destinations=None,
    services=(),
    verdict=Verdict.DENY,
    logged=True,
)


def compile_policy(
    network: Network, openings: Sequence[Opening], zones: Sequence[str], *, ipv6: bool
) -> Policy:
    """The rules of one enforcement point, in the order of the policies, then the last deny.

    Where nothing speaks IPv6 no address of it is written; the last deny closes it.
    """
    families = FAMILIES if ipv6 else (Family.V4,)
    sets = _AddressSets(families)
    names = Names()
    rules: list[FilterRule] = []
    apps: dict[str, None] = {}
    elsewhere = leading_elsewhere(network)
    for number, opening in enumerate(openings):
        if not _meet(opening, families):
            continue
        name = names.take(rule_name(opening), number, (opening.sources, opening.destinations))
        apps.update(dict.fromkeys(opening.apps))
        inspected = crosses_boundary(opening.zone_in, opening.zone_out, elsewhere)
        rules.append(_permit(name, opening, sets, inspected=inspected))
    return Policy(
        zones=tuple(zones),
        address_sets=sets.all,
        service_sets=tuple(
            ServiceSet(name=app, app=network.apps[app], origins=(network.apps[app].origin,))
            for app in apps
        ),
        rules=(*rules, LAST_RULE),
    )


def _permit(name: str, opening: Opening, sets: _AddressSets, *, inspected: bool) -> FilterRule:
    return FilterRule(
        name=name,
        zone_in=opening.zone_in,
        zone_out=opening.zone_out,
        sources=sets.addresses(opening.sources),
        destinations=sets.addresses(opening.destinations),
        services=opening.apps,
        verdict=Verdict.PERMIT,
        limited=opening.tolerated,
        inspected=inspected and not opening.tolerated,
        origins=_origins(opening),
    )


def firewall_config(
    device: Device,
    interfaces: tuple[Interface, ...],
    policy: Policy,
    servers: Servers,
    administration: ManagementPlan,
) -> FirewallConfig:
    """One member of an enforcement point: the shared policy and its own interfaces."""
    return FirewallConfig(
        hostname=device.name,
        platform=device.platform,
        interfaces=interfaces,
        bindings=tuple(
            ZoneBinding(zone=zone, interfaces=tuple(one for one in interfaces if one.zone == zone))
            for zone in policy.zones
        ),
        policy=policy,
        servers=servers,
        ipv6=device.site.blueprint.ipv6,
        origins=(device.origin,),
        plane=administration.of(device),
        plane_origins=(administration.origin,),
    )


def zones_of(interfaces: Iterable[Interface]) -> tuple[str, ...]:
    """The zones that interfaces stand in, each once, without LOCAL.

    That of circuits comes last: encrypting them renumbers no zone that is there.
    """
    zones = dict.fromkeys(one.zone for one in interfaces if one.zone != LOCAL_ZONE)
    return tuple(sorted(zones, key=lambda zone: zone == CIRCUIT_ZONE))


def servers(network: Network, plan: NetworkPlan, home: str) -> Servers:
    """The management servers of every data centre, those of `home` first."""
    centers = sorted(network.data_centers, key=lambda center: center != home)
    zones = [plan.sites[center].zones[network.management.zone] for center in centers]
    hosts = network.management.hosts
    return Servers(
        ntp=tuple(zone.v4.host(hosts["ntp"]) for zone in zones),
        origins=(network.management.origin,),
        bastions=tuple(
            one for zone in zones for one in zone.host(hosts["bastion"]) if one is not None
        )
        if "bastion" in hosts
        else (),
    )


def _meet(opening: Opening, families: Sequence[Family]) -> bool:
    """Whether both sides have a family in common; otherwise nothing would ever match."""
    sources, destinations = opening.sources, opening.destinations
    return any(sources.ranges(family) and destinations.ranges(family) for family in families)


def _origins(opening: Opening) -> Origins:
    """The policy's line, and those of the single ends that stand in the rule itself."""
    singles = [
        side.members[0].origin
        for side in (opening.sources, opening.destinations)
        if len(side.members) == 1
    ]
    return tuple(dict.fromkeys((opening.origin, *singles)))


class _AddressSets:
    """Address groups by content: openings that speak of the same ends share a set."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self._names = Names()
        self._by_group: dict[int, Addresses] = {}
        self._sets: dict[str, AddressSet] = {}

    @property
    def all(self) -> tuple[AddressSet, ...]:
        return tuple(self._sets.values())

    def addresses(self, group: AddressGroup) -> Addresses:
        """The prefixes of a single end; the name of a set for more."""
        found = self._by_group.get(id(group))
        if found is not None:
            return found
        if len(group.members) == 1:
            written = tuple(self._written(group.members[0]))
            alone = tuple(one for one in written if isinstance(one, Prefix))
            if alone == written:  # a rule itself holds no row of addresses
                self._by_group[id(group)] = alone
                return alone
        name = self._names.take(set_name(group), group.key, (group,))
        self._by_group[id(group)] = name
        if name not in self._sets:
            self._sets[name] = self._address_set(name, group)
        return name

    def _address_set(self, name: str, group: AddressGroup) -> AddressSet:
        entries: dict[Prefix | Span, AddressEntry] = {}
        for member in group.members:
            for prefix in self._written(member):
                known = entries.get(prefix)
                origins = (*known.origins, member.origin) if known else (member.origin,)
                entries[prefix] = AddressEntry(prefix=prefix, origins=origins)
        return AddressSet(
            name=name,
            entries=tuple(entries.values()),
            origins=tuple(one.origin for one in group.members[:1]),
        )

    def _written(self, member: Member) -> Iterator[Prefix | Span]:
        for prefix in (member.v4, member.v6):
            if prefix and prefix.family in self._families:
                yield prefix
