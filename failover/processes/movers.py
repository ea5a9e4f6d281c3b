"""The actuators of all groups at one centre: driven when the agent asks, looked at all the time.

What a look shows becomes perceptions: how far the group's log is, whether the other centre confirms
it, whether it could be served here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping

from failover.actuators.group import GroupActuators
from failover.actuators.hook import Hook, HookActuator
from failover.actuators.port import Actuator, Observation
from failover.core.effects import Actuate, Actuated, Event, Mirrored, Positioned, Probed
from failover.plan_file.content import MoveGroup
from failover.processes.places import Place
from failover.processes.problem import CannotRun

LOOK_S = 1.0  # between two looks at a group: a hook is a process each time


class Movers:
    """Drives and observes. `tell` gets the events, in the loop."""

    def __init__(self, groups: Mapping[str, GroupActuators], tell: Callable[[Event], None]) -> None:
        self._groups = groups
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()
        self.seen: dict[str, Mapping[str, Observation]] = {}  # the last look, for the status

    def drive(self, effect: Actuate) -> None:
        """Carry a verb out; answered by `Actuated`, whatever becomes of it."""
        task = asyncio.get_running_loop().create_task(self._drive(effect))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Look at every group again and again, until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name in self._groups:
                tasks.create_task(self._watch(name))

    async def close(self) -> None:
        """Let go of what is under way and of every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(group.close() for group in self._groups.values()))

    async def _drive(self, effect: Actuate) -> None:
        result = await self._groups[effect.group].drive(effect.verb, effect.term)
        self._tell(Actuated(*effect, done=result.done, why=result.why))

    async def _watch(self, name: str) -> None:
        while True:
            seen = self.seen[name] = await self._groups[name].observe()
            for event in perceptions(name, seen):
                self._tell(event)
            await asyncio.sleep(LOOK_S)


def perceptions(group: str, seen: Mapping[str, Observation]) -> Iterator[Event]:
    """What a look at a group's actuators says to the agent."""
    for each in seen.values():
        if each.position is not None:
            yield Positioned(group, each.position)
        if each.mirrored is not None:
            yield Mirrored(group, each.mirrored)
    if seen:
        yield Probed(group, all(each.fit for each in seen.values()))


def actuators_of(place: Place) -> dict[str, GroupActuators]:
    """What moves with each group here.

    Raises:
        CannotRun: the node file lacks a hook, or a group moves what this agent cannot move. An
            agent that opened the doors of such a group would serve what nobody has promoted.
    """
    return {
        each.group.name: GroupActuators(each.group.name, list(_hooks(place, each)))
        for each in place.plan.groups
    }


def _hooks(place: Place, group: MoveGroup) -> Iterator[Actuator]:
    where, wants = f"{place.node.plan}: group `{group.group.name}`", group.actuators
    if wants.postgresql or group.resource_check:
        raise CannotRun(f"{where} moves a database", "this version's agent does not drive one yet")
    if wants.bgp:
        raise CannotRun(f"{where} is announced by BGP", "this version's agent does not do so yet")
    for name in wants.hooks:
        hook = place.node.hooks.get(name)
        if hook is None:
            raise CannotRun(
                f"{place.node.name}: node.toml has no hook `{name}`, which {where} needs",
                f"add [hooks.{name}] with its program",
            )
        made = Hook(name=name, program=hook.program, limit_s=hook.timeout_s)
        yield HookActuator(made, group, place.node.name)
