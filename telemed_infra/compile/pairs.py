"""What a machine that runs other people's programs needs to stand by the other one of its pair."""

from __future__ import annotations

from dataclasses import dataclass

from telemed_infra.compile.config import Origins
from telemed_infra.model.network import Device
from telemed_infra.plan.devices import Interface
from telemed_infra.redundancy import Redundancy


@dataclass(frozen=True, slots=True, kw_only=True)
class PairConfig:
    """One member: its part, and the interfaces that the part names."""

    hostname: str
    interfaces: tuple[Interface, ...]
    redundancy: Redundancy
    origins: Origins


def pair_config(
    device: Device, interfaces: tuple[Interface, ...], redundancy: Redundancy
) -> PairConfig:
    """How one member of a pair stands by the other."""
    return PairConfig(
        hostname=device.name,
        interfaces=interfaces,
        redundancy=redundancy,
        origins=(device.origin,),
    )
