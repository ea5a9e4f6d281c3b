"""How the members of a pair stand in for each other: facts in words of no platform.

The plan says them, renderers write them, parsers read them back, and the proof compares the two.
A parser fills in what the platform does where the text says nothing.

Source: docs/concepts/redundancy.md; RFC 5798 (VRRP).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from telemed_infra.packets import Family


class Rank(Enum):
    """How a member stands in a virtual router."""

    BY_PRIORITY = "by priority"  # the higher number has the address
    ACTIVE = "active"  # the pair's state decides for all virtual routers together: HRP, RBM
    STANDBY = "standby"


class Tracked(NamedTuple):
    """What lowers a member's claim while it is down."""

    interface: str
    reduced_by: int  # of the priority; 0: the pair's state is judged, not a number


class VirtualRouter(NamedTuple):
    """Addresses that one member of a pair has at a time."""

    interface: str
    family: Family
    number: int  # VRID, 1–255, one for each family of an interface
    addresses: tuple[int, ...]  # of IPv6 a link-local one first
    rank: Rank
    priority: int = 100  # of BY_PRIORITY; 1–254
    preempt_s: int | None = 0  # waits so long before it takes the address back; None: never
    advertised_ms: int = 1000
    tracked: frozenset[Tracked] = frozenset()


class SyncKind(Enum):
    """What keeps the members' states equal."""

    HRP = "HRP"  # Huawei USG
    RBM = "RBM"  # H3C SecPath
    CONNTRACKD = "conntrackd"  # Linux


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSync:
    """One member's side of the synchronisation."""

    kind: SyncKind
    interface: str  # by which it speaks with the other member
    own: int | None  # its IPv4 address there, where the text tells it
    remote: int  # the other member's
    first: bool | None  # preferred while both are well; None: what the platform chooses by itself
    sessions: bool  # connections are known to both, so that they outlive a change
    configuration: bool  # shared lines are carried over to the other member
    preempt_s: int | None  # the preferred one takes over again after so long; None: never
    tracked: frozenset[str] = frozenset()  # interfaces whose loss changes the pair's state
    routes_follow: bool = False  # the standby's routes are told as the worse ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """One member's part in its pair."""

    routers: frozenset[VirtualRouter] = frozenset()
    sync: StateSync | None = None


ALONE = Redundancy()
