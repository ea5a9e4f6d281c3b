"""The plan of the small province that is simulated, and its two centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from failover.core.effects import Memory
from failover.core.plan import Durability, Group, Lease, Panel, Plan, Profile
from failover.simulator.links import SITES, WITNESS
from failover.simulator.machine import Machine

if TYPE_CHECKING:
    from failover.simulator.world import World

RATE_BYTES_S = 1_000_000.0

# As slow as a plan may be about renewals and beats (`plan_file/rules.py`): the least slack that a
# lease can have, and the fewest words of the other centre within a silence.
PROFILES = {
    "default": Profile(
        lease=Lease(length_s=2.0, drift=0.01, margin_s=0.15),
        renewal_s=0.5,
        beat_s=0.5,
        silence_s=1.5,
        patience_s=10.0,
    ),
    "fast": Profile(
        lease=Lease(length_s=1.0, drift=0.01, margin_s=0.15),
        renewal_s=0.25,
        beat_s=0.25,
        silence_s=0.8,
        patience_s=3.0,
    ),
}


def plan_of(profile: str, durability: Durability) -> Plan:
    """Three groups: the green channel and a busy one at home in A, one in B."""
    groups = (
        _group("dispatch", ("dispatch",), "A", 1, (), Durability.SYNCHRONOUS),
        _group("consult-a", ("consult-a1", "consult-a2"), "A", 2, ("dispatch",),
               Durability.ASYNCHRONOUS),
        _group("consult-b", ("consult-b",), "B", 2, (), durability),
    )  # fmt: skip
    return Plan(
        hash="plan-1",
        sites=SITES,
        witness=WITNESS,
        profile=PROFILES[profile],
        groups=groups,
        panel=Panel(observers_min=3),
    )


def next_plan(plan: Plan) -> Plan:
    """The plan that is deployed later: another hash, a longer lease."""
    lease = replace(plan.profile.lease, length_s=plan.profile.lease.length_s * 1.4)
    return replace(plan, hash="plan-2", profile=replace(plan.profile, lease=lease))


class Site:
    """One centre: its machines, newest last, and what is broken in it."""

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        groups = [group.name for group in world.plan.groups]
        self.name = name
        self.failed: dict[str, int] = dict.fromkeys(groups, 0)  # the service does not run
        self.failing: dict[str, int] = dict.fromkeys(groups, 0)  # its actuator fails
        self.hanging: dict[str, int] = dict.fromkeys(groups, 0)
        self.machines = [Machine(world, name, name, Memory())]

    @property
    def first(self) -> Machine:
        """The machine that was there from the beginning."""
        return self.machines[0]

    @property
    def newest(self) -> Machine:
        """Whose the centre's addresses are."""
        return next(each for each in reversed(self.machines) if not each.scrapped)

    @property
    def running(self) -> bool:
        """Whether anything moves here."""
        first = self.machines[0]  # asked often, and nearly always enough
        if not first.down and not first.paused:
            return True
        return any(machine.running for machine in self.machines)

    def share(self, group: Group) -> float:
        """Which part of a group's writes is let in here; a clone has a database of its own."""
        first = self.machines[0]
        if self.failed[group.name] or first.down or first.paused:
            return 0.0
        return first.share(group)

    def clone(self) -> Machine:
        """A second machine of the same name: another boot, the same disk."""
        name = f"{self.name}{len(self.machines) + 1}"
        clone = Machine(self._world, self.name, name, self.first.disk.kept)
        self.machines.append(clone)
        return clone


def _group(
    name: str,
    instances: tuple[str, ...],
    home: str,
    priority: int,
    after: tuple[str, ...],
    durability: Durability,
) -> Group:
    return Group(
        name=name,
        instances=instances,
        home=home,
        priority=priority,
        after=after,
        rto_s=30.0,
        rpo_s=6.0,
        rate_bytes_s=RATE_BYTES_S,
        durability=durability,
    )
