"""What an intrusion sensor watches: addresses, ports and rule sets by name, each with its origins.

A county centre's sensor guards its own site and the hospitals and townships below it, a hospital's
its own site, a data centre's the centre with the service pool, an aggregation's its prefecture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct

from telemed_infra.compile.config import Origins
from telemed_infra.model.network import CountyRecord, Device, Network, Site
from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import Family
from telemed_infra.plan.devices import MANAGEMENT_ZONE
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import PREFECTURE, PREFECTURE6

HOME = "HOME_NET"
CENTER, AGGREGATION, COUNTY_CENTER = "data-center", "city-aggregation", "county-center"
PROVINCIAL, CITY, TOWNSHIP = "provincial-hospital", "city-hospital", "township"
SERVER_ZONES = ("DMZ", "APP")
DATABASE_ZONES = ("DB", "DRREPL")
DMZ = "DMZ"
TRUSTED_SERVERS = ("bastion", "nms")
# Offset from a county centre's block, and length: what follows its /20 in the county's /17.
TOWNSHIPS_OF_COUNTY = ((4096, 20), (8192, 19), (16384, 18))

# Ports that applications use where they are not encrypted or not ours: what the rules look for
# beside the inventory's own ports. Source: IANA; Oracle's, MySQL's and SQL Server's manuals.
PLAIN_PORTS: dict[str, tuple[int, ...]] = {
    "DICOM_PORTS": (104, 11112),
    "HL7_PORTS": (2575,),
    "SIP_PORTS": (5060,),
    "DB_PORTS": (1433, 1521, 3306),
}
APPS_OF_PORTS: dict[str, tuple[str, ...]] = {
    "DICOM_PORTS": ("dicom-tls",),
    "DICOM_TLS_PORTS": ("dicom-tls",),
    "HL7_PORTS": ("hl7-tls",),
    "HL7_TLS_PORTS": ("hl7-tls",),
    "SIP_PORTS": ("sips",),
    "SIP_TLS_PORTS": ("sips",),
    "DB_PORTS": ("postgresql", "db-replication"),
}


class VariableEntry(Struct, frozen=True):
    """One prefix of a variable."""

    prefix: Prefix
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressVariable:
    """Addresses under a name: the entries, without those of another variable.

    With a name in `without` and no entries: everything but that. With neither: nothing at all.
    """

    name: str
    entries: tuple[VariableEntry, ...]
    without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortVariable:
    """Port numbers and ranges under a name."""

    name: str
    ports: tuple[str, ...]
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRules:
    """A set of rules by name."""

    name: str
    title: str
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """One of our own machines, and for what it may look like an intruder."""

    server: str  # its name among the management servers
    address: Prefix
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorConfig:
    """An intrusion sensor."""

    hostname: str
    kind: str  # of blueprint: how much traffic to expect
    interfaces: tuple[str, ...]  # on which mirrored traffic comes in
    addresses: tuple[AddressVariable, ...]
    ports: tuple[PortVariable, ...]
    rule_sets: tuple[SensorRules, ...]
    trusted: tuple[Trusted, ...]
    origins: Origins


def sensor_config(network: Network, plan: NetworkPlan, device: Device) -> SensorConfig:
    """All of a sensor."""
    kind = device.blueprint.kind
    names = network.ids.sensors.get(kind, ())
    return SensorConfig(
        hostname=device.name,
        kind=kind,
        interfaces=_interfaces(device),
        addresses=tuple(_Addresses(network, plan, device).variables()),
        ports=tuple(_ports(network.apps, name) for name in APPS_OF_PORTS),
        rule_sets=tuple(
            SensorRules(
                name=name,
                title=network.ids.rule_sets[name].title,
                origins=(network.ids.rule_sets[name].origin,),
            )
            for name in names
        ),
        trusted=tuple(_trusted(network, plan)),
        origins=(device.origin,),
    )


def _interfaces(device: Device) -> tuple[str, ...]:
    label = f"{device.role}{device.number:02d}:"
    port = PLATFORMS[device.platform].port
    numbers = [
        int(link.b.removeprefix(label))
        for link in device.blueprint.links
        if link.mirror and link.b.startswith(label)
    ]
    return tuple(port.format(number) for number in sorted(numbers))


def _ports(apps: Mapping[str, App], name: str) -> PortVariable:
    found = [str(port) for port in PLAIN_PORTS.get(name, ())]
    known = [apps[app] for app in APPS_OF_PORTS[name] if app in apps]
    found += [str(port) for app in known for port in app.tcp or ()]
    return PortVariable(
        name=name,
        ports=tuple(dict.fromkeys(found)),
        origins=tuple(app.origin for app in known),
    )


def _trusted(network: Network, plan: NetworkPlan) -> Iterator[Trusted]:
    for server in TRUSTED_SERVERS:
        for entry in _servers(network, plan, server):
            yield Trusted(server=server, address=entry.prefix, origins=entry.origins)


def _servers(network: Network, plan: NetworkPlan, server: str) -> Iterator[VariableEntry]:
    """One of the management servers in every data centre."""
    management = network.management
    numbers = {str(name): number for name, number in management.hosts.items()}
    if server in numbers:
        for center in network.data_centers:
            host = plan.sites[center].zones[management.zone].host(numbers[server])
            yield from _entries(host, management.origin)


def _entries(prefixes: Iterable[Prefix | None], origin: str) -> Iterator[VariableEntry]:
    for one in prefixes:
        if one is not None:
            yield VariableEntry(prefix=one, origins=(origin,))


class _Addresses:
    """The addresses of one sensor's variables."""

    def __init__(self, network: Network, plan: NetworkPlan, device: Device) -> None:
        self._network = network
        self._plan = plan
        self._kind = device.blueprint.kind
        self._site = device.site
        self._guarded = tuple(self._guarded_sites())

    def variables(self) -> Iterator[AddressVariable]:
        """Every variable that a rule may use."""
        servers = [*self._zones(SERVER_ZONES), *self._pool()]
        yield _variable(HOME, self._home())
        yield AddressVariable(name="EXTERNAL_NET", entries=(), without=HOME)
        yield _variable("TELEMED_NET", self._everywhere())
        yield AddressVariable(name="WAN_NET", entries=tuple(self._everywhere()), without=HOME)
        yield _variable("DC_NET", self._centers())
        yield _variable("TOWNSHIP_NET", self._townships())
        yield _variable("SERVER_NET", servers)
        yield _variable("MGMT_NET", [*self._zones((MANAGEMENT_ZONE,)), *self._loopbacks()])
        yield _variable("LINK_NET", [*self._links(), *self._loopbacks()])
        yield _variable("BASTION", _servers(self._network, self._plan, "bastion"))
        yield _variable("DNS_SERVERS", self._center_servers("dns"))
        yield _variable("NTP_SERVERS", self._center_servers("ntp"))
        yield _variable("DICOM_CLIENTS", self._zones(("IMAGING",)))
        yield _variable("DICOM_SERVERS", [*self._zones(("IMAGING",)), *self._pool("dicom-tls")])
        yield _variable("HL7_SERVERS", [*self._zones((DMZ,)), *self._pool("hl7-tls")])
        yield _variable("SIP_SERVERS", self._pool("sips"))
        yield _variable("VIDEO_NET", self._zones(("VIDEO",)))
        yield _variable("IOMT_NET", self._zones(("IOMT",)))
        yield _variable("GUEST_NET", self._guests())
        yield _variable("APP_NET", self._center_zones(("APP",)))
        yield _variable("DB_NET", self._center_zones(DATABASE_ZONES))

    def _guarded_sites(self) -> Iterator[Site]:
        """Sites whose zones the variables name; under an aggregation, none of the townships."""
        if self._kind == AGGREGATION:
            for site in self._network.sites.values():
                if site.prefecture == self._site.prefecture and site.kind != TOWNSHIP:
                    yield site
            return
        yield self._site
        county = self._county
        if county is not None:
            yield from county.hospitals
            yield from county.townships

    @property
    def _county(self) -> CountyRecord | None:
        """The county whose head this is."""
        if self._kind != COUNTY_CENTER or self._site.county_id is None:
            return None
        return self._network.counties[self._site.county_id]

    def _home(self) -> Iterator[VariableEntry]:
        if self._kind == AGGREGATION:
            yield from self._prefecture(self._site)
            return
        for site in self._guarded:
            plan = self._plan.sites[site.id]
            yield from _entries((plan.block4, plan.block6 if plan.ipv6 else None), site.origin)
        own = self._plan.sites[self._site.id].zones.values()  # seen before they are translated
        yield from _entries((zone.local4 for zone in own), self._site.origin)
        if self._kind == CENTER:
            yield from self._pool()

    def _prefecture(self, site: Site) -> Iterator[VariableEntry]:
        assert site.prefecture is not None
        number = site.prefecture.num
        addresses = self._network.addresses
        v4, v6 = prefix(addresses.v4), prefix(addresses.v6)
        yield from _entries(
            (
                Prefix(Family.V4, v4.first + (number << 32 - PREFECTURE), PREFECTURE),
                Prefix(Family.V6, v6.first + (number << 128 - PREFECTURE6), PREFECTURE6),
            ),
            site.prefecture.origin,
        )

    def _everywhere(self) -> Iterator[VariableEntry]:
        """The whole telemedicine network."""
        addresses = self._network.addresses
        yield from _entries((prefix(addresses.v4), prefix(addresses.v6)), addresses.origin)
        numbers = [one for one in self._network.prefectures.values() if one.num > 0]
        base = prefix(addresses.v4).first
        for one in numbers:
            block = Prefix(Family.V4, base + (one.num << 32 - PREFECTURE), PREFECTURE)
            yield from _entries((block,), one.origin)

    def _guests(self) -> Iterator[VariableEntry]:
        addresses = self._network.addresses
        yield from _entries((prefix(addresses.guest),), addresses.origin)

    def _centers(self) -> Iterator[VariableEntry]:
        for center, item in self._network.data_centers.items():
            plan = self._plan.sites[center]
            yield from _entries((plan.block4, plan.block6 if plan.ipv6 else None), item.origin)
        yield from self._pool()

    def _pool(self, app: str = "") -> Iterator[VariableEntry]:
        """The service pool, or the part of it whose services speak an application."""
        pool = self._network.addresses.service_pool
        v4, v6 = prefix(pool.v4), prefix(pool.v6)
        if not app:
            yield from _entries((v4, v6), self._network.addresses.origin)
            return
        for service in self._network.services.values():
            if app in service.apps:
                at = 256 * service.num
                yield from _entries((v4.part(at, 24), v6.part(at, 120)), service.origin)

    def _townships(self) -> Iterator[VariableEntry]:
        """Those below a county centre one by one; further up, by county."""
        county = self._county
        if county is not None:
            for site in county.townships:
                plan = self._plan.sites[site.id]
                yield from _entries((plan.block4, plan.block6 if plan.ipv6 else None), site.origin)
            return
        for one in self._network.counties.values():
            if self._site.prefecture in (None, one.prefecture) or self._kind == PROVINCIAL:
                center = self._plan.sites[one.center.id].block4
                parts = (center.part(at, length) for at, length in TOWNSHIPS_OF_COUNTY)
                yield from _entries(parts, one.origin)

    def _zones(
        self, names: Iterable[str], sites: Iterable[Site] | None = None
    ) -> Iterator[VariableEntry]:
        for site in self._guarded if sites is None else sites:
            zones = self._plan.sites[site.id].zones
            for name in names:
                if name in zones:
                    v4 = zones[name].inside4 if site is self._site else zones[name].v4
                    yield from _entries((v4, zones[name].v6), site.origin)

    def _center_zones(self, names: Iterable[str]) -> Iterator[VariableEntry]:
        return self._zones(names, [self._network.sites[one] for one in self._network.data_centers])

    def _center_servers(self, server: str) -> Iterator[VariableEntry]:
        """The machine for devices, and the front-end servers for everybody else."""
        yield from _servers(self._network, self._plan, server)
        yield from self._center_zones((DMZ,))

    def _loopbacks(self) -> Iterator[VariableEntry]:
        for site in self._guarded:
            place = site.blueprint.loopbacks
            if place is not None:
                block = self._plan.sites[site.id].block4.part(place.at, place.length)
                yield from _entries((block,), site.origin)

    def _links(self) -> Iterator[VariableEntry]:
        """Point-to-point links of routers: at a data centre those of all who end there."""
        sites: Iterable[Site] = self._guarded
        if self._kind == CENTER:
            upper = (CENTER, PROVINCIAL, CITY)
            sites = (site for site in self._network.sites.values() if site.kind in upper)
        for site in sites:
            place = site.blueprint.links_block
            if place is not None:
                plan = self._plan.sites[site.id]
                v6 = plan.link_address(0, 0)[1]
                yield from _entries(
                    (
                        plan.block4.part(place.at, place.length),
                        v6._replace(length=64) if v6 else None,
                    ),
                    site.origin,
                )


def _variable(name: str, entries: Iterable[VariableEntry]) -> AddressVariable:
    """A variable whose prefixes stand there once each, in the order in which they were found."""
    found: dict[Prefix, Origins] = {}
    for one in entries:
        found[one.prefix] = tuple(dict.fromkeys((*found.get(one.prefix, ()), *one.origins)))
    return AddressVariable(
        name=name,
        entries=tuple(VariableEntry(prefix=key, origins=value) for key, value in found.items()),
    )
