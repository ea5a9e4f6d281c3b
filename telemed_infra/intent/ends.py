"""Selectors become ends: prefixes with a zone, the places where they stand, and their groups.

Source: docs/concepts/policies.md, "Ends" and "Who reaches whom".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from telemed_infra.intent.openings import AddressGroup, Member
from telemed_infra.model.matching import matches
from telemed_infra.model.network import Network, Site
from telemed_infra.model.observers import observing
from telemed_infra.model.schema.base import Origin
from telemed_infra.model.schema.failover_file import Host, Observers, Register
from telemed_infra.model.schema.network_file import Server
from telemed_infra.model.schema.policy_file import FailoverHost, Selector
from telemed_infra.packets import Family
from telemed_infra.plan.internet import public
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix, parts, prefix

Place = tuple[str, str]  # site id, zone there


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of a policy. Compared by identity: `Ends` makes each end once."""

    name: str  # what an engineer calls it: `weining-caohai IMAGING`
    v4: Prefix | None
    v6: Prefix | None
    places: tuple[Place, ...]
    site: str | None  # None: an instance or a partner
    county: str | None
    prefecture: str | None  # its tenants' group; None: reaches every instance
    origin: Origin
    instance: bool = False
    shared: bool = False  # an instance of a service by province: everybody's

    alone: AddressGroup = field(init=False, repr=False)  # the group of this end only

    def __post_init__(self) -> None:
        """A single end goes by its own name, whoever speaks of it."""
        member = Member(self.name, self.v4, self.v6, self.origin)
        object.__setattr__(self, "alone", AddressGroup(self.name.replace(" ", "-"), (member,)))

    def within(self, scope: str) -> str | None:
        """The site, county or prefecture it lies in; an instance or a partner lies in none."""
        if self.site is None:
            return None
        if scope == "site":
            return self.site
        return self.county if scope == "county" else self.prefecture


class Ends:
    """All ends of a network, each made once, by selector."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._network = network
        self._plan = plan
        self._zones: dict[Place, End] = {}
        self._servers: dict[tuple[str, Server], End] = {}
        self._selected: dict[str, tuple[End, ...]] = {}

    def of(self, selector: Selector) -> tuple[End, ...]:
        """The ends that a selector names, in the inventory's order."""
        key = selector.model_dump_json(exclude={"within"}, exclude_none=True)
        if key not in self._selected:
            self._selected[key] = tuple(self._find(selector))
        return self._selected[key]

    def _find(self, selector: Selector) -> Iterable[End]:
        if selector.service:
            return self._instances[selector.service]
        if selector.partner:
            return self._partners[selector.partner]
        if selector.internet:
            return self._internet
        if selector.failover:
            return [end for host in selector.failover for end in self._failover[host]]
        sites = (site for site in self._network.sites.values() if matches(site, selector))
        return self._at(sites, selector)

    def _at(self, sites: Iterable[Site], selector: Selector) -> Iterable[End]:
        """What stands at these sites."""
        if selector.multicast:
            return [self._groups(sites)]
        if selector.devices:
            return self._devices(sites, selector.devices)
        if selector.management:
            return self._management_servers(sites, selector.management)
        zone = selector.zone
        assert zone is not None  # the model's rules see to it
        if not self._network.zones[zone].selectable:
            return [self._guests(sites, zone)]
        return [self._zone(site, zone) for site in sites if zone in site.blueprint.zones]

    def _zone(self, site: Site, zone: str) -> End:
        place = (site.id, zone)
        if place not in self._zones:
            numbers = self._plan.sites[site.id].zones[zone]
            self._zones[place] = _site_end(
                site, zone, f"{site.id} {zone}", numbers.v4, numbers.v6, site.origin
            )
        return self._zones[place]

    def _guests(self, sites: Iterable[Site], zone: str) -> End:
        """One end that stands at many sites: the network is the same everywhere."""
        plan = self._network.addresses
        places = tuple((site.id, zone) for site in sites if zone in site.blueprint.zones)
        return End("guests", prefix(plan.guest), None, places, None, None, None, plan.origin)

    def _groups(self, sites: Iterable[Site]) -> End:
        """The groups of the network, at every site that may ask for them."""
        rule = self._network.multicast
        assert rule is not None  # the model's rules see to it
        places = tuple((site.id, rule.zone) for site in sites if rule.zone in site.blueprint.zones)
        return End("multicast", prefix(rule.groups), None, places, None, None, None, rule.origin)

    def _devices(self, sites: Iterable[Site], role: str) -> Iterator[End]:
        for site in sites:
            for device in self._network.devices_of(site):
                if role in ("all", device.role):
                    yield self._management[device.name]

    def _management_servers(self, sites: Iterable[Site], names: tuple[Server, ...]) -> list[End]:
        centers = [site for site in sites if site.id in self._network.data_centers]
        return [self._server(site, name) for site in centers for name in names]

    def _server(self, site: Site, name: Server) -> End:
        if (site.id, name) not in self._servers:
            management = self._network.management
            zone = self._plan.sites[site.id].zones[management.zone]
            v4, v6 = zone.host(management.hosts[name])
            self._servers[site.id, name] = _site_end(
                site, management.zone, f"{site.id} {name}", v4, v6, management.origin
            )
        return self._servers[site.id, name]

    @cached_property
    def _management(self) -> dict[str, End]:
        found = {}
        for site in self._network.sites.values():
            for device in self._network.devices_of(site):
                zone, v4, v6 = self._plan.management[device.name]
                found[device.name] = _site_end(site, zone, device.name, v4, v6, device.origin)
        return found

    @cached_property
    def _instances(self) -> dict[str, list[End]]:
        found: dict[str, list[End]] = {name: [] for name in self._network.services}
        for instance in self._plan.instances:
            service = self._network.services[instance.service]
            places = tuple((center, service.zone) for center in self._network.data_centers)
            found[instance.service].append(
                End(
                    instance.name,
                    instance.v4,
                    instance.v6,
                    places,
                    None,
                    None,
                    instance.group,
                    service.origin,
                    instance=True,
                    shared=service.instances.by == "province",
                )
            )
        return found

    @cached_property
    def _internet(self) -> list[End]:
        """What is public; it stands behind each site's own line, and nowhere inside."""
        plan = self._network.addresses
        return [
            End(f"internet {one.text}", one, None, (), None, None, None, plan.origin)
            for span in public(plan)
            for one in parts(span)
        ]

    @cached_property
    def _partners(self) -> dict[str, list[End]]:
        places = tuple((center, "PARTNER") for center in self._network.data_centers)
        return {
            name: [
                End(
                    f"{name} {text}",
                    *_families(prefix(text)),
                    places,
                    None,
                    None,
                    None,
                    partner.origin,
                )
                for text in partner.prefixes
            ]
            for name, partner in self._network.partners.items()
        }

    @cached_property
    def _failover(self) -> dict[FailoverHost, list[End]]:
        """The hosts of failover.yml; IPv4 alone, as agents speak it. The witness is elsewhere."""
        failover, sites = self._network.failover, self._network.sites.values()
        centers = [site for site in sites if site.id in self._network.data_centers]
        hospitals = observing(self._network)
        beats, register, observers = failover.heartbeats, failover.register_, failover.observers
        witness = self._network.witnesses[failover.witness]
        return {
            "fibre": [self._host(site, "fibre", beats.fibre) for site in centers],
            "health": [self._host(site, "health", beats.health) for site in centers],
            "register": [self._host(site, "register", register) for site in centers],
            "observers": [self._host(site, "observer", observers) for site in hospitals],
            "witness": [
                End(
                    failover.witness,
                    prefix(witness.v4),
                    None,
                    (),
                    None,
                    None,
                    None,
                    witness.origin,
                )
            ],
        }

    def _host(self, site: Site, name: str, place: Host | Register | Observers) -> End:
        v4, _ = self._plan.sites[site.id].zones[place.zone].host(place.host)
        return _site_end(site, place.zone, f"{site.id} {name}", v4, None, place.origin)


def _families(one: Prefix) -> tuple[Prefix | None, Prefix | None]:
    return (one, None) if one.family is Family.V4 else (None, one)


def _site_end(
    site: Site, zone: str, name: str, v4: Prefix, v6: Prefix | None, origin: Origin
) -> End:
    return End(
        name,
        v4,
        v6,
        ((site.id, zone),),
        site.id,
        site.county_id,
        site.prefecture.id if site.prefecture else None,
        origin,
    )
