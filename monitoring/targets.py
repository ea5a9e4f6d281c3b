"""What Prometheus watches, out of the inventory: one file for its file-based discovery.

Exporters of our own on the service edges and the witnesses (`probe="exporter"`), and an echo
request to each gateway and firewall (`probe="icmp"`), all by management address. The same inventory
gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import mkstemp

from telemed_infra.model.network import Device, Network
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import address_text, prefix

EXPORTER_PORT = 9742
SERVICE_EDGE = "SE"
WITNESS = "witness"
PROVINCE = "province"
FILE_MODE = 0o644
TIERS: Mapping[str, str] = {
    "data-center": PROVINCE,
    "provincial-hospital": PROVINCE,
    "city-hospital": "city",
    "county-hospital": "county",
    "county-center": "county",
    "township": "township",
}


class Probe(Enum):
    """How a target is watched: Prometheus' configuration keeps one of them for each job."""

    EXPORTER = "exporter"  # scraped
    ICMP = "icmp"  # an echo request, by blackbox_exporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to watch."""

    address: str  # with a port, if it is scraped
    probe: Probe
    device: str
    site: str
    role: str
    tier: str
    prefecture: str = ""  # a data centre and a witness have none


def targets_of(network: Network, plan: NetworkPlan) -> tuple[Target, ...]:
    """Everything to watch: exporters first, then devices by site."""
    return (*_exporters(network, plan), *_gateways(network, plan))


def targets_text(targets: Iterable[Target]) -> str:
    """The file's content: one entry for each target, sorted keys, an empty label left out."""
    entries = [
        {
            "labels": {
                name: value
                for name, value in (
                    ("device", target.device),
                    ("prefecture", target.prefecture),
                    ("probe", target.probe.value),
                    ("role", target.role),
                    ("site", target.site),
                    ("tier", target.tier),
                )
                if value
            },
            "targets": [target.address],
        }
        for target in targets
    ]
    return json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_targets(path: Path, text: str) -> bool:
    """Replace the file at once, as Prometheus reads it when it changes. False: it said the same.

    Raises:
        OSError: it cannot be written; what stood there is untouched.
    """
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    # A dot before the name: Prometheus' `*.json` does not see it.
    descriptor, part = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(descriptor, FILE_MODE)
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise
    return True


def _exporters(network: Network, plan: NetworkPlan) -> Iterator[Target]:
    for device in network.devices:
        if device.role == SERVICE_EDGE:
            yield _of_device(device, plan, Probe.EXPORTER)
    for name, witness in network.witnesses.items():
        host = prefix(witness.v4)
        yield Target(
            address=_scraped(address_text(host.family, host.first)),
            probe=Probe.EXPORTER,
            device=name,
            site=name,
            role=WITNESS,
            tier=PROVINCE,
        )


def _gateways(network: Network, plan: NetworkPlan) -> Iterator[Target]:
    """The devices of all enforcement points: firewalls and gateways."""
    for device in network.devices:
        if device.role == device.site.blueprint.enforcing:
            yield _of_device(device, plan, Probe.ICMP)


def _of_device(device: Device, plan: NetworkPlan, probe: Probe) -> Target:
    _, host, _ = plan.management[device.name]
    address = address_text(host.family, host.first)
    site = device.site
    return Target(
        address=_scraped(address) if probe is Probe.EXPORTER else address,
        probe=probe,
        device=device.name,
        site=site.id,
        role=device.role,
        tier=TIERS[site.kind],
        prefecture=site.prefecture.id if site.prefecture else "",
    )


def _scraped(address: str) -> str:
    return f"{address}:{EXPORTER_PORT}"
