"""The actuators of all groups at one centre: driven when the agent asks, looked at all the time.

What a look shows becomes perceptions: how far the group's log is, whether the other centre confirms
it, whether it could be served here. What was done and has come undone is done again: a copy that
follows nobody finds its owner, a server that has died is started. All of it on a thread of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from failover.actuators.bgp import BgpActuator, bgp_actuators
from failover.actuators.frr import Frr, FrrAccess
from failover.actuators.group import GroupActuators
from failover.actuators.hook import Hook, HookActuator
from failover.actuators.port import Actuator, Observation, Result, Role
from failover.core.cells import Term
from failover.core.effects import Actuate, Event, Mirrored, Positioned, Probed, Shut, Verb
from failover.plan_file.content import MoveGroup, PlanFile
from failover.processes.beside import Beside
from failover.processes.places import Place
from failover.processes.probing import probe_of
from failover.processes.problem import CannotRun

LOOK_S = 1.0  # between two looks by a hook, which is a process each time
DATABASE_LOOK_S = 0.5  # by a statement; or the profile's beat, where that is longer
HURRY_LOOK_S = 0.1  # while a group is handed over: each look that it waits for is an outage
HURRY_S = 3.0  # longer than the core gives a planned move
AGAIN_S = 5.0  # before what has come undone is done once more
SILENT_LOOKS = 2  # so many without an answer in a row: what was fit is so no longer
ROLES = (Verb.TAKE, Verb.RELEASE, Verb.PREPARE)

_log = logging.getLogger("telemed.agent.movers")


class Watched(NamedTuple):
    """An actuator, and how often it is looked at."""

    actuator: Actuator
    look_s: float
    cheap: bool = False  # also when something was done, and all the time while it is handed over
    mends: bool = True  # what it finds undone is done again; False: it looks, and others move
    tells_term: bool = False  # whoever serves shows a term; without one it has forgotten the take


class Movers:
    """Drives and observes. `tell` gets the events, in the loop that made this."""

    def __init__(
        self,
        groups: Mapping[str, Sequence[Watched]],
        tell: Callable[[Event], None],
        group_of: Mapping[str, str] | None = None,
    ) -> None:
        """`group_of`: each instance's."""
        self._tell = tell
        self._group_of = group_of or {}
        self._beside = Beside("movers")
        self._groups = {name: _Group(name, watched, self._saw) for name, watched in groups.items()}
        self._silent: dict[tuple[str, str], int] = {}
        self._fit: dict[tuple[str, str], bool] = {}
        self._expected = {
            name: {each.actuator.name for each in watched} for name, watched in groups.items()
        }
        self._seen: dict[str, dict[str, Observation]] = {}

    def drive(self, effect: Actuate) -> None:
        """Carry a verb out; answered by `Actuated`, whatever becomes of it."""
        self._beside.begin(self._drive(effect))

    def shut(self, effect: object) -> None:
        """What the guard is asked: whoever shuts a group's doors may be handing it over."""
        if isinstance(effect, Shut):
            for name in {self._group_of[each] for each in effect.instances}:
                self._beside.call(self._groups[name].hurry)

    async def run(self) -> None:
        """Look at every group again and again, until it is cancelled."""
        await asyncio.wrap_future(self._beside.begin(self._watch()))

    async def close(self) -> None:
        """Let go of what is under way and of every connection."""
        await self._beside.close(self._end())

    def shown(
        self, problems: Callable[[], Mapping[str, str]]
    ) -> dict[str, dict[str, dict[str, object]]]:
        """The last looks, for the status; `problems`: of writing a group's lease, if any."""
        document = {
            group: {name: _shown(each) for name, each in looks.items()}
            for group, looks in self._seen.items()
        }
        for group, why in problems().items():
            if why:
                lease = {"role": Role.UNKNOWN.value, "fit": False, "why": why}
                document.setdefault(group, {})["lease"] = lease
        return document

    # --- on the agent's loop ---------------------------------------------------------------

    def _saw(self, group: str, actuator: str, seen: Observation) -> None:
        self._beside.tell_home(self._perceive, group, actuator, seen)

    def _perceive(self, group: str, actuator: str, seen: Observation) -> None:
        looks = self._seen.setdefault(group, {})
        looks[actuator] = seen
        self._weigh((group, actuator), seen)
        for event in perceptions(group, seen):
            self._tell(event)
        if looks.keys() == self._expected[group]:
            self._tell(Probed(group, all(self._fit[group, name] for name in looks)))

    def _weigh(self, key: tuple[str, str], seen: Observation) -> None:
        """One look without an answer does not move what was fit."""
        silent = self._silent[key] = self._silent.get(key, 0) + 1 if _says_nothing(seen) else 0
        if not 0 < silent < SILENT_LOOKS:
            self._fit[key] = seen.fit
        self._fit.setdefault(key, False)

    # --- over there ------------------------------------------------------------------------

    async def _drive(self, effect: Actuate) -> None:
        result = await self._groups[effect.group].drive(effect.verb, effect.term)
        event = effect.answered(done=result.done, why=result.why)
        self._beside.tell_home(self._tell, event)

    async def _watch(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for group in self._groups.values():
                for watched in group.watched:
                    tasks.create_task(group.watch(watched))

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(group.close() for group in self._groups.values()))


class _Group:
    """One group's actuators. Everything here runs on the movers' own loop."""

    def __init__(
        self, name: str, watched: Sequence[Watched], saw: Callable[[str, str, Observation], None]
    ) -> None:
        self.watched = tuple(watched)
        self._name = name
        self._saw = saw
        self._actuators = GroupActuators(name, [each.actuator for each in watched])
        self._changed = {each.actuator.name: asyncio.Event() for each in watched}
        self._role: tuple[Verb, Term] | None = None  # what it was last asked to be, and is
        self._driving = 0
        self._tried_s = float("-inf")
        self._again: asyncio.Task[None] | None = None
        self._hurried_until_s = float("-inf")
        self._said = ""

    async def drive(self, verb: Verb, term: Term) -> Result:
        """The agent's word: it comes before anything that is done again by itself."""
        await self._stop()
        if verb in ROLES:
            self._role = None
        self._driving += 1
        try:
            result = await self._actuators.drive(verb, term)
        finally:
            self._driving -= 1
        if verb in ROLES and result.done:
            self._role = verb, term
        self._tried_s = asyncio.get_running_loop().time()
        if verb is Verb.PREPARE:
            self.hurry()
        self._look_now()
        return result

    def hurry(self) -> None:
        """Looks often for a while."""
        self._hurried_until_s = asyncio.get_running_loop().time() + HURRY_S
        self._look_now()

    async def watch(self, watched: Watched) -> None:
        """Looks again and again."""
        changed = self._changed[watched.actuator.name]
        while True:
            changed.clear()
            seen = await watched.actuator.observe()
            self._saw(self._name, watched.actuator.name, seen)
            self._mend(watched, seen)
            hurries = watched.cheap and asyncio.get_running_loop().time() < self._hurried_until_s
            with suppress(TimeoutError):
                async with asyncio.timeout(HURRY_LOOK_S if hurries else watched.look_s):
                    await changed.wait()

    async def close(self) -> None:
        """Lets go of everything."""
        await self._actuators.close()

    def _look_now(self) -> None:
        for each in self.watched:
            if each.cheap:
                self._changed[each.actuator.name].set()

    def _mend(self, watched: Watched, seen: Observation) -> None:
        """What the agent had done, it does not ask for twice; the world may have undone it."""
        now_s = asyncio.get_running_loop().time()
        if not watched.mends or self._role is None or self._driving:
            return
        if now_s < self._tried_s + AGAIN_S:
            return
        verb = self._role[0]
        if not (_has_come_undone(verb, seen) or _has_forgotten(watched, verb, seen)):
            return
        self._tried_s = now_s
        if self._again is None or self._again.done():
            self._again = asyncio.create_task(self._once_more(*self._role))

    async def _once_more(self, verb: Verb, term: Term) -> None:
        result = await self._actuators.drive(verb, term)
        words = f"{self._name}: {verb.value} once more: {result.why or 'done'}"
        if words != self._said:
            self._said = words
            _log.info("%s", words)

    async def _stop(self) -> None:
        again = self._again
        if again is not None and not again.done():
            again.cancel()
            await asyncio.wait([again])


def _has_come_undone(verb: Verb, seen: Observation) -> bool:
    """A server that is down; a standby whose owner has gone, or come back with another history."""
    if verb is Verb.TAKE:
        return seen.role is Role.DOWN
    return verb is Verb.RELEASE and (seen.role is Role.DOWN or seen.following is False)


def _has_forgotten(watched: Watched, verb: Verb, seen: Observation) -> bool:
    """A routing daemon that was restarted announces with less than its term's preference."""
    shows = seen.role in {Role.SERVES, Role.STANDS_BY}
    return watched.tells_term and verb is Verb.TAKE and shows and seen.term is None


def _says_nothing(seen: Observation) -> bool:
    return seen.role is Role.UNKNOWN and not seen.fit


def perceptions(group: str, seen: Observation) -> Iterator[Event]:
    """What a look at one of a group's actuators says to the agent, beside whether it is fit."""
    if seen.position is not None:
        yield Positioned(group, seen.position)
    if seen.mirrored is not None:
        yield Mirrored(group, seen.mirrored)


def actuators_of(place: Place) -> dict[str, list[Watched]]:
    """What moves with each group here.

    Raises:
        CannotRun: the node file lacks a hook or a cluster, names a group that the plan has not, or
            a group moves what this agent cannot move. An agent that opened the doors of such a
            group would serve what nobody has promoted.
    """
    _refuse_unknown(place)
    reached = place.node.bgp
    access = FrrAccess(vtysh=reached.vtysh, sockets=reached.sockets, limit_s=reached.limit_s)
    routes = bgp_actuators(place.plan.groups, Frr(access))
    return {
        each.group.name: list(_actuators(place, each, routes.get(each.group.name)))
        for each in place.plan.groups
    }


def _actuators(place: Place, group: MoveGroup, routes: BgpActuator | None) -> Iterator[Watched]:
    """The database first: a hook may need it. Then what calls users; last what looks at it all."""
    where, wants = f"{place.node.plan}: group `{group.group.name}`", group.actuators
    if wants.postgresql is not None:
        # psycopg is an extra: only who moves a database needs it.
        from failover.processes.databases import actuator_of  # noqa: PLC0415

        look_s = max(DATABASE_LOOK_S, place.plan.plan.profile.beat_s)
        yield Watched(actuator_of(place, group), look_s, cheap=True)
    for name in wants.hooks:
        hook = place.node.hooks.get(name)
        if hook is None:
            raise CannotRun(
                f"{place.node.name}: node.toml has no hook `{name}`, which {where} needs",
                f"add [hooks.{name}] with its program",
            )
        made = Hook(name=name, program=hook.program, limit_s=hook.timeout_s)
        yield Watched(HookActuator(made, group, place.node.name), LOOK_S)
    if routes is not None:
        yield Watched(routes, LOOK_S, tells_term=True)
    names = place.node.dns.get(group.group.name)
    if names is not None:
        # dnspython is an extra: only who moves names needs it.
        from failover.processes.names import names_of  # noqa: PLC0415

        yield Watched(names_of(place, group.group.name, names), LOOK_S)
    probe = probe_of(place, group)
    if probe is not None:
        every_s = place.node.probes[group.group.name].every_s
        yield Watched(probe, every_s, mends=False)


def _refuse_unknown(place: Place) -> None:
    """A name that is written wrongly would look after nothing, and nobody would know."""
    known = [each.group.name for each in place.plan.groups]
    for table, names in (("probes", place.node.probes), ("dns", place.node.dns)):
        for name in names:
            if name not in known:
                raise CannotRun(
                    f"{place.node.name}: node.toml: {table}.{name}: "
                    f"{place.node.plan} has no group `{name}`",
                    f"groups there: {', '.join(known)}",
                )


def groups_of(plan: PlanFile) -> dict[str, str]:
    """The group of each instance."""
    return {one: each.group.name for each in plan.groups for one in each.group.instances}


def _shown(seen: Observation) -> dict[str, object]:
    return {
        "role": seen.role.value,
        "fit": seen.fit,
        "following": seen.following,
        "mirrored": seen.mirrored,
        "position": list(seen.position) if seen.position else None,
        "why": seen.why,
    }
