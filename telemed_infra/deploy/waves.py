"""In which order devices get their configurations, and when that stops by itself.

A wave is a tier: first a few devices of each kind, then townships, counties, hospitals, one data
centre, the other one. A round is a part of a wave whose devices may be changed at the same time:
never two of one role at one site, for these stand in for each other, and never a device beside
the one through which it is reached.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from operator import attrgetter

from telemed_infra.model.network import Device, Network

# What lies farthest from the bastion first: whoever loses its way then has not cut off another.
INWARDS = ("ASW", "IDS", "OOB", "CSW", "ADS", "SE", "FW", "GW", "AR", "CR")


class Tier(Enum):
    """What is done together, in this order."""

    CANARY = "canary"
    TOWNSHIP = "township"
    COUNTY = "county"
    HOSPITAL = "hospital"
    FIRST_CENTER = "first data centre"
    SECOND_CENTER = "second data centre"


TIER_OF_KIND: Mapping[str, Tier] = {
    "township": Tier.TOWNSHIP,
    "county-center": Tier.COUNTY,
    "county-hospital": Tier.HOSPITAL,
    "city-hospital": Tier.HOSPITAL,
    "provincial-hospital": Tier.HOSPITAL,
}


@dataclass(frozen=True, slots=True)
class Round:
    """Devices that may be changed at the same time."""

    tier: Tier
    name: str  # role and number: `FW02`
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class StopRule:
    """When the rest is left alone."""

    failed_share_max: float = 0.02  # of the devices of a round that have been tried
    failed_min: int = 3  # fewer failures than this never stop a round
    lost_max: int = 0  # devices that answered before their change and do not after

    def stops(self, tier: Tier, tried: int, failed: int, lost: int) -> str:
        """Why nothing more is to be begun; "": go on. Of a canary one failure is enough."""
        if lost > self.lost_max:
            return f"{lost} of {tried} devices cannot be reached any more"
        if tier is Tier.CANARY and failed:
            return f"{failed} of {tried} canaries failed"
        if failed >= self.failed_min and failed > self.failed_share_max * tried:
            return f"{failed} of {tried} devices failed, more than {self.failed_share_max:.0%}"
        return ""


def rounds(network: Network, chosen: Collection[str], first_center: str = "") -> tuple[Round, ...]:
    """The order of these devices, by name.

    `first_center`: which data centre goes first; "" is the last one of the inventory.

    Raises:
        KeyError: a device or the data centre is none of the network.
    """
    centers = list(network.data_centers)
    if first_center and first_center not in centers:
        raise KeyError(first_center)
    known = {device.name: device for device in network.devices}
    devices = [known[name] for name in chosen]
    first = first_center or centers[-1]
    canaries = _canaries(devices)
    rest = [one for one in devices if one not in canaries]
    found = list(_rounds(Tier.CANARY, canaries))
    for tier in list(Tier)[1:]:
        found += _rounds(tier, (one for one in rest if _tier(one, first) is tier))
    return tuple(found)


def _tier(device: Device, first_center: str) -> Tier:
    """An aggregation's devices go with the hospital that houses them."""
    if device.site.kind == "data-center":
        first = device.site.id == first_center
        return Tier.FIRST_CENTER if first else Tier.SECOND_CENTER
    return TIER_OF_KIND[device.site.kind]


def _canaries(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Of each platform in each role the last member at the lowest site, none of a data centre.

    The last member of a pair is the one that stands by.
    """
    chosen: dict[tuple[str, str], Device] = {}
    order = list(TIER_OF_KIND)
    below = (one for one in devices if one.site.kind in TIER_OF_KIND)
    for one in sorted(below, key=lambda one: (order.index(one.site.kind), one.site.id, -one.k)):
        chosen.setdefault((one.platform, one.role), one)
    return tuple(chosen.values())


def _rounds(tier: Tier, devices: Iterable[Device]) -> Iterator[Round]:
    """By role from the inside out, of each role the last number first."""
    ordered = sorted(devices, key=lambda one: (_depth(one), one.role, -one.number, one.name))
    for (role, number), some in groupby(ordered, key=attrgetter("role", "number")):
        yield Round(tier, f"{role}{number:02d}", tuple(some))


def _depth(device: Device) -> int:
    """A role that is not known is as far inside as can be."""
    return INWARDS.index(device.role) if device.role in INWARDS else -1
