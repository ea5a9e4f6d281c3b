"""Where the files of a build stand, and which sites are done together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.routing import is_router, joins_sites
from telemed_infra.plan.service_edge import is_service_edge

FAILOVER_PLAN = "failover/plan.json"  # all that agents know of the inventory
PROVINCE = "province"  # folder of what belongs to no prefecture
BATCH_DEVICES = 48
BESIDE = (".guard.nft", ".frr", ".swanctl", ".keepalived", ".conntrackd")
"""Ends of files that stand beside a device's own, where it has another one."""


class Part(Enum):
    """What a file of a device is about; each is read back by a reader of its own."""

    DEVICE = "device"  # all of it, or its filter
    GUARD = "guard"  # the doors of its services
    ROUTING = "routing"
    SENSOR = "sensor"
    VIRTUAL = "virtual"  # the addresses that a pair has in common
    TUNNELS = "tunnels"  # IPsec to other sites
    STATE = "state"  # the connections that a pair knows together


class ConfigFile(NamedTuple):
    """A file of a device, or the folder of its files."""

    name: str  # below the site's folder
    platform: str  # whose words it speaks
    part: Part


def site_folder(site: Site) -> str:
    """Where a site's files stand below the build."""
    prefecture = site.prefecture.id if site.prefecture and site.prefecture.num else PROVINCE
    return f"configs/{prefecture}/{site.id}"


def config_path(device: Device) -> str:
    """Where a device's configuration, or the folder of its files, stands below the build."""
    extension = PLATFORMS[device.platform].extension
    return f"{site_folder(device.site)}/{device.name}.{extension}"


def config_files(device: Device) -> tuple[ConfigFile, ...]:
    """All files that a device may have; the first one is that of `config_path`."""
    part = Part.SENSOR if device.platform == "suricata" else Part.DEVICE
    first = ConfigFile(
        f"{device.name}.{PLATFORMS[device.platform].extension}", device.platform, part
    )
    files = [first]
    if device.platform in ("nftables", "frr") and _ends_tunnels(device):
        files.append(ConfigFile(f"{device.name}.swanctl", "swanctl", Part.TUNNELS))
    if is_service_edge(device):
        files.append(ConfigFile(f"{device.name}.guard.nft", "nftables", Part.GUARD))
    elif device.platform != "nftables" or not joins_sites(device):
        return tuple(files)
    files.append(ConfigFile(f"{device.name}.frr", "frr", Part.ROUTING))  # beside the filter
    return (*files, *_pair_files(device))


def written_files(meaning: Meaning, device: Device) -> tuple[ConfigFile, ...]:
    """The files of a device: one of tunnels only if it ends any."""
    return tuple(
        one
        for one in config_files(device)
        if one.part is not Part.TUNNELS or meaning.tunnels(device)
    )


def _ends_tunnels(device: Device) -> bool:
    """Whether tunnels of townships end there, or circuits that may be encrypted."""
    blueprint = device.site.blueprint
    return is_router(device) or (
        device.role == blueprint.enforcing
        and (
            blueprint.tunnels_from_below
            or blueprint.first_downlink_port is not None
            or any(one.to == "tunnel" or one.over is not None for one in blueprint.uplinks)
        )
    )


def _pair_files(device: Device) -> Iterator[ConfigFile]:
    """Of a Linux machine that has another one beside it."""
    role = device.blueprint.devices[device.role]
    enforcing = device.role == device.site.blueprint.enforcing
    if role.virtual is not None or (enforcing and role.count > 1):
        yield ConfigFile(f"{device.name}.keepalived", "keepalived", Part.VIRTUAL)
    if enforcing and role.count > 1:
        yield ConfigFile(f"{device.name}.conntrackd", "conntrackd", Part.STATE)


def batches_of(network: Network, limit: frozenset[str] | None) -> Iterator[list[str]]:
    """Sites in batches of about the same number of devices; data centres, the longest, first."""
    batch: list[str] = []
    size = 0
    for site in network.sites.values():
        devices: Sequence[Device] = network.devices_of(site)
        if limit is not None and not any(device.name in limit for device in devices):
            continue
        batch.append(site.id)
        size += BATCH_DEVICES if site.kind == "data-center" else len(devices)
        if size >= BATCH_DEVICES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
