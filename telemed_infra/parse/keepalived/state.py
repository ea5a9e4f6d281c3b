"""What a keepalived.conf builds up."""

from __future__ import annotations

from dataclasses import dataclass, field

from telemed_infra.packets import Family


@dataclass(slots=True)
class Instance:
    """`vrrp_instance` as it is being read."""

    name: str
    line: int
    interface: str = ""
    number: int = 0
    master: bool = False  # its first state; a delay then has no effect
    priority: int = 100
    preempts: bool = True
    preempt_s: int = 0
    advertised_ms: int | None = None  # None: the default
    version: int | None = None
    tracked: dict[str, int] = field(default_factory=dict)
    """By interface, the weight: 0 is a fault, less lowers the priority, more raises it while up."""
    addresses: dict[Family, list[int]] = field(default_factory=dict)
    told: Family | None = None  # that of the addresses that its packets name
    devices: dict[int, str] = field(default_factory=dict)  # that lines of addresses name


@dataclass(slots=True)
class SyncGroup:
    """`vrrp_sync_group`: instances that change their state together."""

    name: str
    line: int
    members: dict[str, int] = field(default_factory=dict)
    tracked: dict[str, int] = field(default_factory=dict)
    weighted: bool = False  # `sync_group_tracking_weight`


@dataclass(slots=True)
class Keepalived:
    """The whole text."""

    version: int = 2
    instances: dict[str, Instance] = field(default_factory=dict)
    groups: dict[str, SyncGroup] = field(default_factory=dict)
