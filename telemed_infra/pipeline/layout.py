"""Where the files of a build stand, and which sites are done together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.plan.platforms import PLATFORMS

FAILOVER_PLAN = "failover/plan.json"  # all that agents know of the inventory
PROVINCE = "province"  # folder of what belongs to no prefecture
BATCH_DEVICES = 48


def site_folder(site: Site) -> str:
    """Where a site's files stand below the build."""
    prefecture = site.prefecture.id if site.prefecture and site.prefecture.num else PROVINCE
    return f"configs/{prefecture}/{site.id}"


def config_path(device: Device) -> str:
    """Where a device's configuration, or the folder of its files, stands below the build."""
    extension = PLATFORMS[device.platform].extension
    return f"{site_folder(device.site)}/{device.name}.{extension}"


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
