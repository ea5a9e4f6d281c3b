"""Sensors of the shipped inventory, one of each kind, as their configurations and their files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader

from telemed_infra.compile.ids import SensorConfig, sensor_config
from telemed_infra.model.load import load
from telemed_infra.model.network import Device, Network
from telemed_infra.native.report import NativeFile
from telemed_infra.plan.network import NetworkPlan, network_plan
from telemed_infra.render.suricata import sensor_files
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

KINDS = (
    "data-center",
    "city-aggregation",
    "provincial-hospital",
    "city-hospital",
    "county-center",
)
TEMPLATES = shipped("templates")
RULES = TEMPLATES / "suricata" / "rules"


@cache
def network() -> Network:
    return load(shipped("inventory"), as_of=None)


@cache
def plan() -> NetworkPlan:
    return network_plan(network())


@cache
def sensors() -> dict[str, Device]:
    """The first sensor of each kind."""
    found: dict[str, Device] = {}
    for device in network().devices:
        if device.platform == "suricata":
            found.setdefault(device.blueprint.kind, device)
    return found


@cache
def config_of(kind: str) -> SensorConfig:
    return sensor_config(network(), plan(), sensors()[kind])


@cache
def files_of(kind: str) -> tuple[NativeFile, ...]:
    device = sensors()[kind]
    templates = environment(FileSystemLoader(TEMPLATES))
    return tuple(
        NativeFile(
            path=Path("configs", f"{device.name}.suricata", name),
            platform="suricata",
            device=device.name,
            text=rendered.text,
        )
        for name, rendered in sensor_files(templates, config_of(kind))
    )
