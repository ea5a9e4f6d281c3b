"""Every BGP session of the province: who speaks with whom, and what each tells the other.

Facts of the design and of no platform: both ends with their addresses and AS numbers, the prefixes
that each end may give, how many those can be, where a default route begins and on what it depends.

Source: docs/concepts/routing.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeVar

from msgspec import structs

from telemed_infra.model.network import Device, Network
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import CIRCUIT_ZONE, LOCAL_ZONE, WAN_ZONE, Interface
from telemed_infra.plan.links import Line, LineEnd, LineKind, Lines
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.reach import Exchange, Reaches, how_many
from telemed_infra.plan.service_edge import HOPS_MAX, is_service_edge, service_edge_plan
from telemed_infra.plan.sites import aggregation_as_number

STANDBY_METRIC = 200  # of routes that lead to the second member of a firewall pair
One = TypeVar("One")
DEFAULT_BEGINS = frozenset({LineKind.AGGREGATION_COUNTY, LineKind.AGGREGATION_HOSPITAL})
FIREWALLS_BELOW = frozenset(
    {
        LineKind.CORE_HOSPITAL,
        LineKind.AGGREGATION_COUNTY,
        LineKind.AGGREGATION_HOSPITAL,
        LineKind.COUNTY_HOSPITAL,
    }
)
FIREWALLS_ABOVE = frozenset({LineKind.COUNTY_HOSPITAL})  # routers send to the first: so must these


class SessionKind(Enum):
    """How two speakers are joined."""

    CONNECTED = "over one line"
    THROUGH_FIREWALL = "a service edge and a core router, through the centre's firewall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One end of a session."""

    device: Device
    address: Prefix  # a host's
    as_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session in one family. `down` is what the upper end tells, `up` what the lower does."""

    kind: SessionKind
    line: LineKind | None  # None of a session through a firewall
    family: Family
    upper: Speaker
    lower: Speaker
    down: Exchange
    up: Exchange
    key: str  # a reference
    hops: int  # 1: the ends see each other
    circuit: str
    origin: str

    @property
    def internal(self) -> bool:
        """Whether both ends belong to one AS."""
        return self.upper.as_number == self.lower.as_number


class View(NamedTuple):
    """A session as one of its ends sees it."""

    session: Session
    own: Speaker
    other: Speaker
    gives: Exchange
    takes: Exchange
    begins_default: tuple[Prefix, ...]  # tells a default route while it knows one of these
    metric: int  # of what it gives; the lower one is chosen


class Source(Enum):
    """Where a prefix that a speaker gives begins."""

    LEARNED = "an aggregate, while some part of it is known"
    DISCARD = "its own block; what no interface has is thrown away"
    FIREWALL = "its centre's block, while the line to the firewall stands"
    MEMBER = "its own address, by which one of a pair is managed"


class Origination(NamedTuple):
    """A prefix that begins at a speaker."""

    prefix: Prefix
    source: Source
    origin: str


class RoutingPlan:
    """Sessions, lines and originations of a whole network, whatever the order of its files."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._network = network
        self._plan = plan
        self._reaches = Reaches(network, plan)
        self.lines: tuple[Line, ...] = tuple(Lines(network, plan).all())
        self.sessions: tuple[Session, ...] = tuple(self._all())
        self._lines = _by_device(
            (end.device.name, one) for one in self.lines for end in (one.upper, one.lower)
        )
        self._sessions = _by_device(
            (end.device.name, one) for one in self.sessions for end in (one.upper, one.lower)
        )

    def of(self, device: Device) -> tuple[View, ...]:
        """The sessions of a device, as it sees them."""
        return tuple(self._view(device, one) for one in self._sessions.get(device.name, ()))

    def lines_of(self, device: Device) -> tuple[tuple[Line, LineEnd, LineEnd], ...]:
        """The lines of a device, each with its own end and the other."""
        return tuple(
            (one, one.upper, one.lower)
            if one.upper.device == device
            else (one, one.lower, one.upper)
            for one in self._lines.get(device.name, ())
        )

    def speaks(self, device: Device) -> bool:
        """Whether a device has sessions."""
        return device.name in self._sessions

    def as_number(self, device: Device) -> int:
        """The AS to which a speaker belongs."""
        site, centers = device.site, self._network.data_centers
        if site.id in centers:
            center = centers[site.id]
            return center.service_edge_as if is_service_edge(device) else center.as_number
        if device.role != site.blueprint.enforcing:
            assert site.prefecture is not None
            return aggregation_as_number(self._network, site.prefecture.num)
        found = self._plan.sites[site.id].as_number
        assert found is not None
        return found

    def originates(self, device: Device) -> tuple[Origination, ...]:
        """The prefixes that begin at a device, beside the services of an edge."""
        if not self.speaks(device) or is_service_edge(device):
            return ()
        families = FAMILIES if self._plan.sites[device.site.id].ipv6 else (Family.V4,)
        source = Source.DISCARD
        if device.role != device.site.blueprint.enforcing:
            source = Source.FIREWALL if is_core(device) else Source.LEARNED
        return tuple(
            begun
            for family in families
            for begun in (
                *(
                    Origination(one.prefix, source, one.origin)
                    for one in self._reaches.own(device, family)
                ),
                *(
                    Origination(one.prefix, Source.MEMBER, one.origin)
                    for one in self._reaches.member(device, family)
                ),
            )
        )

    def _view(self, device: Device, session: Session) -> View:
        if session.upper.device == device:
            begins = self._conditions(session) if session.line in DEFAULT_BEGINS else ()
            standby = session.line in FIREWALLS_ABOVE and device.k > 0
            ends = (session.upper, session.lower, session.down, session.up)
            return View(session, *ends, begins, STANDBY_METRIC if standby else 0)
        standby = session.line in FIREWALLS_BELOW and device.k > 0
        ends = (session.lower, session.upper, session.up, session.down)
        return View(session, *ends, (), STANDBY_METRIC if standby else 0)

    def _conditions(self, session: Session) -> tuple[Prefix, ...]:
        return tuple(one.prefix for one in self._reaches.centers(session.family))

    def _all(self) -> Iterator[Session]:
        for line in self.lines:
            if line.kind is not LineKind.FIREWALL:
                yield from self._over(line)
        for device in self._network.devices:
            if is_service_edge(device):
                yield from self._edge(device)

    def _over(self, line: Line) -> Iterator[Session]:
        ends = zip((line.upper.v4, line.upper.v6), (line.lower.v4, line.lower.v6), strict=True)
        for upper, lower in ends:
            if upper is None or lower is None:
                continue
            family = upper.family
            down, up = self._reaches.over(line, family)
            yield Session(
                kind=SessionKind.CONNECTED,
                line=line.kind,
                family=family,
                upper=self._speaker(line.upper.device, upper),
                lower=self._speaker(line.lower.device, lower),
                down=down,
                up=up,
                key=f"{self._network.session_keys}-{_key(line)}",
                hops=1,
                circuit=line.circuit,
                origin=line.origin,
            )

    def _edge(self, device: Device) -> Iterator[Session]:
        own = service_edge_plan(self._network, self._plan, device)
        routers = {one.name: one for one in self._network.devices_of(device.site)}
        for family in FAMILIES:
            for router in own.routers:
                mine, other = (
                    (own.services.interface.v4, router.v4)
                    if family is Family.V4
                    else (own.services.interface.v6, router.v6)
                )
                if mine is None or other is None:
                    continue
                services = self._reaches.services(family)
                yield Session(
                    kind=SessionKind.THROUGH_FIREWALL,
                    line=None,
                    family=family,
                    upper=self._speaker(routers[router.name], other),
                    lower=self._speaker(device, mine),
                    down=Exchange("NOTHING", (), 0),
                    up=Exchange("SERVICES", services, how_many(services)),
                    key=self._network.data_centers[device.site.id].service_edge_key,
                    hops=HOPS_MAX,
                    circuit="",
                    origin=router.origin,
                )

    def _speaker(self, device: Device, address: Prefix) -> Speaker:
        host = address._replace(length=address.family.bits)
        return Speaker(device=device, address=host, as_number=self.as_number(device))


def is_core(device: Device) -> bool:
    """Whether a device is a core router."""
    return device.site.kind == "data-center" and device.role == device.blueprint.router


def is_router(device: Device) -> bool:
    """Whether a device routes between sites and filters nothing."""
    return device.role == device.blueprint.router


def joins_sites(device: Device) -> bool:
    """Whether a device routes between sites: a router, or a firewall with routed lines upwards."""
    blueprint = device.site.blueprint
    if is_router(device):
        return True
    return device.role == blueprint.enforcing and any(
        uplink.link is not None and uplink.to not in ("tunnel", "fibre")
        for uplink in blueprint.uplinks
    )


def router_id(plan: NetworkPlan, device: Device) -> Prefix:
    """What a speaker calls itself: its loopback, or its management address if it has none."""
    if is_core(device):
        return plan.sites[device.site.id].loopback(device.host)[0]
    return plan.management[device.name][1]


def router_interfaces(
    plan: NetworkPlan, routing: RoutingPlan, device: Device
) -> tuple[Interface, ...]:
    """The routed interfaces of a router: loopback of a core router, then its lines by port."""
    facts = PLATFORMS[device.platform]
    found = []
    if is_core(device):
        v4, v6 = plan.sites[device.site.id].loopback(device.host)
        found.append(
            Interface(
                name=facts.loopback,
                port="",
                zone=LOCAL_ZONE,
                v4=v4,
                v6=v6,
                description="router",
                origin=device.blueprint.origin,
            )
        )
    for line, own, other in sorted(routing.lines_of(device), key=lambda one: one[1].port):
        found += _line_interfaces(line, own, other)
    return tuple(found)


def _line_interfaces(line: Line, own: LineEnd, other: LineEnd) -> Iterator[Interface]:
    """A port; of an encrypted line the port and the tunnel over it."""
    says = f"to {other.device.name}"
    one = Interface(
        name=own.interface,
        port=own.carrier,
        zone=WAN_ZONE,
        v4=own.v4,
        v6=own.v6,
        peer4=other.v4,
        peer6=other.v6,
        description=says,
        origin=line.origin,
    )
    if own.outer4 is None:
        yield one
        return
    yield Interface(
        name=own.carrier,
        port=own.carrier,
        zone=CIRCUIT_ZONE,
        v4=own.outer4,
        peer4=other.outer4,
        description=f"circuit {says}",
        origin=line.origin,
    )
    yield structs.replace(one, port="")


def _key(line: Line) -> str:
    """The name of a session's key: what joins the two, and which of the lines it is."""
    lower = line.lower.device
    if line.kind is LineKind.FIBRE:
        return f"fibre-{lower.number}"
    if line.kind is LineKind.CORE_PAIR:
        return f"{lower.site.id}-core"
    prefecture = lower.site.prefecture
    if line.kind is LineKind.AGGREGATION_PAIR:
        assert prefecture is not None
        return f"{prefecture.id}-pair"
    if line.kind is LineKind.HOSPITAL_PAIR:
        return f"{lower.site.id}-pair"
    if line.kind is LineKind.CORE_AGGREGATION:
        return line.circuit
    crossed = line.kind is LineKind.COUNTY_HOSPITAL and line.upper.device.number != lower.number
    cable = f"-to-{line.upper.device.number}" if crossed else ""
    return f"{lower.site.id}-{lower.number}{cable}"


def _by_device(rows: Iterator[tuple[str, One]]) -> Mapping[str, list[One]]:
    found: dict[str, list[One]] = {}
    for name, one in rows:
        found.setdefault(name, []).append(one)
    return found
