"""Routed lines between devices: circuits, cables of a pair, the fibre. Both ends of each.

An uplink of a blueprint is one line. Which data centre it leads to is the circuit's word: uplinks
of a device to the core take its circuits one after the other, in the order of the data centres.

Source: docs/concepts/routing.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from telemed_infra.model.downlinks import downlinks
from telemed_infra.model.network import Device, Network, Site
from telemed_infra.model.schema.blueprint_file import BlueprintFile, Link, Uplink
from telemed_infra.plan.devices import WAN_ZONE
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.sites import FIRST_CITY_HOSPITAL


class LineKind(Enum):
    """Who is joined to whom, the upper one first."""

    FIREWALL = "core router and its centre's firewall"
    CORE_PAIR = "core routers of one centre"
    FIBRE = "core routers of the two centres"
    CORE_AGGREGATION = "core and a prefecture's aggregation router"
    CORE_HOSPITAL = "core and a provincial hospital"
    HOSPITAL_PAIR = "members of a provincial hospital's firewall pair"
    AGGREGATION_PAIR = "aggregation routers of one prefecture"
    AGGREGATION_COUNTY = "aggregation and a county head"
    AGGREGATION_HOSPITAL = "aggregation and a city hospital"
    COUNTY_HOSPITAL = "county head and a county hospital"


ROUTERS = {"data-center": LineKind.CORE_PAIR, "city-aggregation": LineKind.AGGREGATION_PAIR}
MEMBERS = {"provincial-hospital": LineKind.HOSPITAL_PAIR}  # of a firewall pair


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEnd:
    """One end: a port and its addresses, with the length of the line's network."""

    device: Device
    port: int
    v4: Prefix
    v6: Prefix | None
    outer4: Prefix | None = None  # of the port itself, where the line is a tunnel over a circuit

    @property
    def carrier(self) -> str:
        """The port by which the line's packets leave, encrypted or not."""
        return PLATFORMS[self.device.platform].port.format(self.port)

    @property
    def interface(self) -> str:
        """The routed interface of the line: the port, or the tunnel over it."""
        if self.outer4 is None:
            return self.carrier
        return PLATFORMS[self.device.platform].circuit.format(self.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One routed line."""

    kind: LineKind
    upper: LineEnd
    lower: LineEnd
    circuit: str  # id of the carrier's circuit; "" for a cable or the fibre
    origin: str


def pair_kind(blueprint: BlueprintFile, link: Link) -> LineKind | None:
    """What a cable between two devices of one role is; None: no line, or one that nobody routes."""
    roles = {end.partition(":")[0][:-2] for end in (link.a, link.b)}
    if link.link is None or link.zone != WAN_ZONE:
        return None
    if roles == {blueprint.router}:
        return ROUTERS[blueprint.kind]
    return MEMBERS.get(blueprint.kind) if roles == {blueprint.enforcing} else None


class Lines:
    """Finds all lines of a network, in the order of its sites."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._network = network
        self._plan = plan
        self._devices = {
            f"{device.site.id}.{device.role}{device.number:02d}": device
            for device in network.devices
        }
        self._circuits: dict[str, list[tuple[int, str, str]]] = {}
        for circuit in network.circuits:
            lower, upper = circuit.ends
            center = network.data_centers.get(upper.partition(".")[0])
            if center is not None:
                row = (center.num, upper, circuit.id)
                self._circuits.setdefault(lower, []).append(row)
        for found in self._circuits.values():
            found.sort()
        self._houses = {
            site.prefecture.id: site.id
            for site in network.sites.values()
            if site.prefecture and site.aggregation
        }

    def all(self) -> Iterator[Line]:
        """Every line once."""
        for site in self._network.sites.values():
            for blueprint in (site.blueprint, site.aggregation):
                if blueprint is not None:
                    yield from self._of(site, blueprint)

    def _of(self, site: Site, blueprint: BlueprintFile) -> Iterator[Line]:
        for link in blueprint.links:
            kind = pair_kind(blueprint, link)
            if kind is not None:
                yield self._pair(site, link, kind)
        taken: dict[str, int] = {}  # uplinks to the core so far, by device
        for uplink in blueprint.uplinks:
            if uplink.link is None or uplink.to == "tunnel":
                continue
            label, _, port = uplink.port.partition(":")
            found = self._upper(site, label, uplink, taken.get(label, 0))
            if found is not None:
                taken[label] = taken.get(label, 0) + (uplink.to == "core")
                kind, device, number, circuit = found
                yield Line(
                    kind=kind,
                    upper=self._end(site, uplink, 0, device, number),
                    lower=self._end(site, uplink, 1, self._lower(site, label, uplink), port),
                    circuit=circuit,
                    origin=self._origin(circuit) or uplink.origin,
                )

    def _pair(self, site: Site, link: Link, kind: LineKind) -> Line:
        assert link.link is not None
        ends = []
        for number, text in enumerate((link.a, link.b)):
            label, _, port = text.partition(":")
            ends.append(self._end(site, link, number, self._devices[f"{site.id}.{label}"], port))
        return Line(kind=kind, upper=ends[0], lower=ends[1], circuit="", origin=link.origin)

    def _upper(
        self, site: Site, label: str, uplink: Uplink, place: int
    ) -> tuple[LineKind, Device, int, str] | None:
        """Kind, upper device, its port, circuit. Of the fibre, the first end tells both."""
        if uplink.to == "fibre":
            return self._fibre(site, label, uplink)
        if uplink.to == "core":
            if site.kind == "data-center":
                device = self._devices[f"{site.id}.{uplink.peer}"]
                return LineKind.FIREWALL, device, device.blueprint.downlinks["firewall"], ""
            return self._core(site, label, place)
        if uplink.to == "aggregation":
            return self._aggregation(site, uplink)
        assert site.county is not None
        head = self._devices[f"{site.county.center.id}.{uplink.peer}"]
        ports = downlinks(head.blueprint, site.blueprint, site.num)
        (port,) = (one.port for one in ports if one.uplink is uplink)
        return LineKind.COUNTY_HOSPITAL, head, port, ""

    def _fibre(
        self, site: Site, label: str, uplink: Uplink
    ) -> tuple[LineKind, Device, int, str] | None:
        if site.id != self._network.fibre.ends[0]:
            return None
        port = int(uplink.port.partition(":")[2])
        return LineKind.FIBRE, self._devices[f"{site.id}.{label}"], port, ""

    def _core(self, site: Site, label: str, place: int) -> tuple[LineKind, Device, int, str] | None:
        circuits = self._circuits.get(f"{site.id}.{label}", [])
        if place >= len(circuits):
            return None  # the model's rules have told it
        _, upper, circuit = circuits[place]
        device = self._devices[upper]
        first = device.blueprint.downlinks
        if site.kind == "provincial-hospital":
            return LineKind.CORE_HOSPITAL, device, first["hospital"] + site.num, circuit
        assert site.prefecture is not None
        return LineKind.CORE_AGGREGATION, device, first["prefecture"] + site.prefecture.num, circuit

    def _aggregation(self, site: Site, uplink: Uplink) -> tuple[LineKind, Device, int, str] | None:
        assert site.prefecture is not None
        house = self._houses.get(site.prefecture.id)
        if house is None:
            return None
        device = self._devices[f"{house}.{uplink.peer}"]
        first = device.blueprint.downlinks
        if site.county is not None:
            return LineKind.AGGREGATION_COUNTY, device, first["county"] + site.county.num, ""
        number = site.num - FIRST_CITY_HOSPITAL
        return LineKind.AGGREGATION_HOSPITAL, device, first["hospital"] + number, ""

    def _lower(self, site: Site, label: str, uplink: Uplink) -> Device:
        place = self._network.fibre.ends[1] if uplink.to == "fibre" else site.id
        return self._devices[f"{place}.{uplink.peer if uplink.to == 'fibre' else label}"]

    def _end(
        self, site: Site, cable: Link | Uplink, end: int, device: Device, port: int | str
    ) -> LineEnd:
        plan = self._plan.sites[site.id]
        assert cable.link is not None
        v4, v6 = plan.link_address(cable.link, end)
        outer = plan.circuit_address(cable.over, end) if isinstance(cable, Uplink) else None
        return LineEnd(device=device, port=int(port), v4=v4, v6=v6, outer4=outer)

    def _origin(self, circuit: str) -> str:
        return next((one.origin for one in self._network.circuits if one.id == circuit), "")
