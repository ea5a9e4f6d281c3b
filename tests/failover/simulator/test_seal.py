"""Rule S5: a sealed cell is never renewed over."""

from __future__ import annotations

from failover.core.cells import owner_key
from failover.core.guard import Slots
from failover.core.plan import Durability
from failover.core.transaction import Compare, Put, Transaction
from failover.simulator.schedule import END_S, Schedule
from failover.simulator.world import Options, World
from tests.failover.simulator.planted_agents import SealBlind, sealed

QUIET = Schedule("mixed", "default", Durability.STATELESS, 1.0, ())


def test_a_renewal_over_a_seal_is_seen() -> None:
    world = World(1, QUIET, SealBlind, Slots, Options())
    world.begin()
    world.queue.at(10.0, seal, world, "dispatch")
    world.queue.run(12.0)
    assert {violation.rule for violation in world.violations} == {"S5"}
    assert all(violation.at_s > 10.0 for violation in world.violations)


def test_without_a_seal_the_same_agent_breaks_nothing() -> None:
    world = World(1, QUIET, SealBlind, Slots, Options())
    world.begin()
    world.queue.run(END_S)
    assert world.violations == []
    assert world.doors.where("dispatch") == ["A"]


def seal(world: World, instance: str) -> None:
    key = owner_key(instance)
    cell = world.register.cells[key]
    put = Put(key, sealed(cell.value, instance))
    world.register.apply(Transaction((Compare(key, cell.revision),), (put,)))
