"""The routing of every device of a network, read from the texts that a build would write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telemed_infra.model.network import Device, Network
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.pipeline.device import ROUTE_READERS
from telemed_infra.pipeline.layout import ConfigFile, Part, config_files
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.links import LineKind
from telemed_infra.plan.routing import RoutingPlan, joins_sites
from telemed_infra.plan.service_edge import is_service_edge
from telemed_infra.prove.propagation import NO_LOSS, Loss
from telemed_infra.prove.reachability import Scene, Services
from tests.plan.building import texts


def routing_file(device: Device) -> ConfigFile | None:
    """The file in which a device's routing stands; None: nobody writes or reads it."""
    for file in config_files(device):
        if file.platform == "frr":
            return file
        if file.part is Part.DEVICE and joins_sites(device) and file.platform in ROUTE_READERS:
            return file
    return None


def read(device: Device, text: str) -> RouteBehaviour:
    return ROUTE_READERS.get(device.platform, parse_frr)(text)


def behaviours(meaning: Meaning) -> dict[str, RouteBehaviour]:
    return {
        device.name: read(device, text)
        for device, name, text in texts(meaning)
        if (file := routing_file(device)) and file.name == name
    }


def services(meaning: Meaning, *, instead_of: str = "") -> Services:
    """Each instance at its home, or at its refuge while its home is lost, on the first edge."""
    network = meaning.network
    edges = {
        device.site.id: device.name
        for device in network.devices
        if is_service_edge(device) and device.number == 1
    }
    found: dict[str, list[str]] = {name: [] for name in edges.values()}
    for one in meaning.plan.instances:
        owner = one.refuge if one.home == instead_of else one.home
        found[edges[owner]] += [one.v4.text, one.v6.text]
    return found


def lines(routing: RoutingPlan, *kinds: LineKind) -> Iterator[tuple[str, str, str]]:
    """Name and both ends of each line of some kinds."""
    for line in routing.lines:
        if line.kind in kinds:
            ends = (line.upper.device.name, line.lower.device.name)
            yield f"{line.circuit or line.kind.value}: {' – '.join(ends)}", *ends


def without_lines(*some: Iterable[str]) -> Loss:
    return Loss(lines=frozenset(frozenset(one) for one in some))


def without(*devices: str) -> Loss:
    return Loss(devices=frozenset(devices))


def of_site(network: Network, site: str) -> tuple[str, ...]:
    return tuple(one.name for one in network.devices_of(network.sites[site]))


def single_losses(meaning: Meaning) -> Iterator[Scene]:
    """Nothing; each circuit, cable and pair of the fibre; each speaker; each centre."""
    network, routing = meaning.network, meaning.routing
    here = services(meaning)
    yield Scene(name="nothing is lost", loss=NO_LOSS, services=here)
    for name, *ends in lines(routing, *LineKind):
        yield Scene(name=name, loss=without_lines(ends), services=here)
    yield Scene(
        name="the fibre",
        loss=without_lines(*(ends for _, *ends in lines(routing, LineKind.FIBRE))),
        services=here,
    )
    for device in network.devices:
        if routing.speaks(device) and not is_service_edge(device):
            yield Scene(name=device.name, loss=without(device.name), services=here)
    for site in network.data_centers:
        yield Scene(
            name=f"all of {site}",
            loss=without(*of_site(network, site)),
            services=services(meaning, instead_of=site),
        )


def without_access(meaning: Meaning, site: str) -> Scene:
    """Every circuit to a centre, and not the fibre."""
    circuits = [
        ends
        for _, *ends in lines(meaning.routing, LineKind.CORE_AGGREGATION, LineKind.CORE_HOSPITAL)
        if ends[0] in of_site(meaning.network, site)
    ]
    return Scene(
        name=f"{site} has lost its access",
        loss=without_lines(*circuits),
        services=services(meaning),
    )
