"""Between the agent and its guard: what opens and shuts a door also writes its services' leases.

A lease is a row in the group's database, or a file that a service reads; both are called rows here.
A row's time runs from the moment before the guard was asked to arm: earlier than the first send
of the renewal that the grant stands for. A row that shall end is waited for, up to its own end: a
local client of the service does not come through the door. Nothing else here waits for anything.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from failover.actuators.port import Result
from failover.actuators.postgresql.wish import Wish
from failover.core.cells import Term
from failover.core.effects import (
    Actuate,
    Adopted,
    Arm,
    Closed,
    Event,
    Flush,
    Grant,
    Leave,
    Shut,
    Verb,
)
from failover.core.groups import NO_TERM
from failover.disk.lock import boot_id
from failover.processes.beside import Beside
from failover.processes.lease_files import LeaseFile, lease_folder
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.processes.shell import Guarding
from failover.wire.post import boot_time_s

Wanted: TypeAlias = Arm | Grant | Shut | Flush | Leave
Told: TypeAlias = Callable[[Wish, Result], None]
ARMED_MAX = 2  # as the guard has two slots
NOTHING: frozenset[str] = frozenset()

_log = logging.getLogger("telemed.agent.leases")


class Rows(Protocol):
    """One database's lease rows."""

    def wish(self, wish: Wish | None) -> None:
        """The newest counts; None: nothing is wished any more. Never waits."""
        ...


class _Armed(NamedTuple):
    """Kernel time that runs for a value of the session."""

    name: str
    begun_s: float
    length_s: float


class _Lease:
    """The lease rows of one group's database, as they were last wished."""

    def __init__(self, instances: frozenset[str]) -> None:
        self.instances = instances
        self.rows: Rows
        self.term: Term | None = None  # the newest that the group was taken for, in this life
        self.until_s = float("-inf")  # no row is good for longer, of this life or adopted
        self.ending: Wish | None = None  # to end, and not told to have ended
        self.held = NOTHING  # shut by the guard, while their rows end
        self.timer: asyncio.TimerHandle | None = None
        self.problem = ""  # why the rows were not written last


async def _nothing() -> None:
    """Nothing to close."""


class Leases:
    """The lease rows of this place. Made and used on the agent's loop."""

    def __init__(
        self,
        groups: Mapping[str, frozenset[str]],
        rows_of: Callable[[str, Told], Rows],
        tell: Callable[[Event], None],
        *,
        unchecked: frozenset[str] = NOTHING,
        clock: Callable[[], float] = boot_time_s,
        close: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        """`groups`: the instances of each that has a database; `unchecked`: has no check.

        `rows_of`: makes the writer of a group's rows, which tells on this loop; `close` ends all.
        """
        self._unchecked = unchecked
        self._close = close
        self._tell = tell
        self._clock = clock
        self._armed: deque[_Armed] = deque(maxlen=ARMED_MAX)
        self._leases = {group: _Lease(instances) for group, instances in groups.items()}
        for group, lease in self._leases.items():
            lease.rows = rows_of(group, self._teller(group))

    def problems(self) -> Mapping[str, str]:
        """By group: why its database's lease could not be written last; empty: it could."""
        checked = self._leases.keys() - self._unchecked
        return {group: self._leases[group].problem for group in sorted(checked)}

    def before(self, drive: Callable[[Actuate], None]) -> Callable[[Actuate], None]:
        """Hears what the actuators are asked: leases are for the newest term of a take."""

        def actuate(effect: Actuate) -> None:
            lease = self._leases.get(effect.group)
            if lease is not None and effect.verb is Verb.TAKE:
                lease.term = max(lease.term or effect.term, effect.term)
            drive(effect)

        return actuate

    def carry_out(self, effect: Wanted) -> None:
        """What the guard is asked, just before it is."""
        match effect:
            case Arm(name, _, length_s):
                self._armed.append(_Armed(name, self._clock(), length_s))
            case Grant(name, instances):
                self._grant(name, instances)
            case Shut(instances):
                for lease in self._leases.values():
                    self._end(lease, instances & lease.instances)
            case Flush():
                for lease in self._leases.values():
                    self._end(lease, lease.instances)

    def hear(self, event: Event) -> None:
        """What the guard answers. `Closed` goes on to the agent once the rows have ended too."""
        if isinstance(event, Adopted):
            self._adopt(event.left_s)
        if not isinstance(event, Closed):
            self._tell(event)
            return
        closed = event.instances
        for group, lease in self._leases.items():
            if group in self._unchecked:
                continue  # its row tells how old records are, and keeps nobody from writing
            if lease.ending is not None and self._clock() < lease.until_s:
                held = closed.intersection(lease.ending.instances)
                lease.held |= held
                closed -= held
        if closed or not event.instances:
            self._tell(Closed(closed))

    async def close(self) -> None:
        """No row is written any more: what stands ends by itself."""
        await self._close()

    # --- rows ------------------------------------------------------------------------------

    def _adopt(self, left_s: Mapping[str, float]) -> None:
        """Of a door that the last life left open the row is good for no longer than the door."""
        for lease in self._leases.values():
            for instance in lease.instances & left_s.keys():
                lease.until_s = max(lease.until_s, self._clock() + left_s[instance])

    def _grant(self, name: str, instances: frozenset[str]) -> None:
        armed = next((each for each in reversed(self._armed) if each.name == name), None)
        if armed is None:
            return
        for lease in self._leases.values():
            granted = instances & lease.instances
            if not granted or lease.term is None:
                continue
            if lease.ending is not None:
                if not granted.issuperset(lease.ending.instances):
                    continue  # the newest wish counts: first the end must be told
                self._drop_ending(lease)
            lease.until_s = max(lease.until_s, armed.begun_s + armed.length_s)
            wish = Wish(tuple(sorted(granted)), lease.term, armed.begun_s, armed.length_s)
            lease.rows.wish(wish)

    def _end(self, lease: _Lease, instances: frozenset[str]) -> None:
        """An end is not told of a row that is over by itself: nobody waits for it.

        Before a take this life has no term to write it with: an adopted row is waited for.
        """
        now_s = self._clock()
        if not instances or lease.until_s <= now_s:
            return
        if lease.ending is not None:
            instances |= frozenset(lease.ending.instances)
        lease.ending = Wish(tuple(sorted(instances)), lease.term or NO_TERM, now_s, 0.0)
        if lease.term is not None:
            lease.rows.wish(lease.ending)
        if lease.timer is None:
            self._watch(lease)

    def _watch(self, lease: _Lease) -> None:
        """Its own deadline ends a row that nobody could write."""
        left_s = lease.until_s - self._clock()
        if left_s > 0:
            loop = asyncio.get_running_loop()
            lease.timer = loop.call_later(left_s, self._watch, lease)
        else:
            lease.rows.wish(None)
            lease.problem = ""  # it does not matter any more
            self._ended(lease)

    def _ended(self, lease: _Lease) -> None:
        held = lease.held
        self._drop_ending(lease)
        if held:
            self._tell(Closed(held))

    def _drop_ending(self, lease: _Lease) -> None:
        lease.ending, lease.held = None, NOTHING
        if lease.timer is not None:
            lease.timer.cancel()
            lease.timer = None

    def _teller(self, group: str) -> Told:
        lease = self._leases[group]

        def told(wish: Wish, result: Result) -> None:
            if result.why != lease.problem:
                lease.problem = result.why
                words = result.why or "written again"
                _log.log(logging.WARNING if result.why else logging.INFO, "%s: %s", group, words)
            if result.done and wish == lease.ending:
                self._ended(lease)

        return told


class Guarded:
    """The guard's client, and whoever else hears first what it is asked."""

    def __init__(self, guard: Guarding, *others: Callable[[Wanted], None]) -> None:
        self._guard = guard
        self._others = others

    def carry_out(self, effect: Wanted) -> None:
        """See `Guarding.carry_out`."""
        for other in self._others:
            other(effect)
        self._guard.carry_out(effect)

    def sign_of_life(self) -> None:
        """See `Guarding.sign_of_life`."""
        self._guard.sign_of_life()


class AllLeases:
    """Leases of several kinds. `Closed` goes from each to the next, and then to the agent."""

    def __init__(self, *kinds: Leases) -> None:
        """The first hears the guard; each tells the one behind it."""
        self._kinds = kinds

    def problems(self) -> Mapping[str, str]:
        """See `Leases.problems`. Of a group with several, the first that has one."""
        found: dict[str, str] = {}
        for kind in self._kinds:
            for group, why in kind.problems().items():
                found[group] = found.get(group) or why
        return found

    def before(self, drive: Callable[[Actuate], None]) -> Callable[[Actuate], None]:
        """See `Leases.before`."""
        for kind in self._kinds:
            drive = kind.before(drive)
        return drive

    def carry_out(self, effect: Wanted) -> None:
        """See `Leases.carry_out`."""
        for kind in self._kinds:
            kind.carry_out(effect)

    def hear(self, event: Event) -> None:
        """See `Leases.hear`."""
        self._kinds[0].hear(event)

    async def close(self) -> None:
        """See `Leases.close`."""
        await asyncio.gather(*(kind.close() for kind in self._kinds))


def leases_of(place: Place, tell: Callable[[Event], None]) -> AllLeases:
    """The leases of a place; one thread writes all rows, one all files. Raises CannotRun."""
    files = _files(place, tell)
    return AllLeases(_databases(place, files.hear), files)


def _files(place: Place, tell: Callable[[Event], None]) -> Leases:
    if place.node.leases is None:
        _refuse_unchecked(place)
        return Leases({}, _none, tell)
    folder, beside, boot = lease_folder(place.node.leases), Beside("lease files"), boot_id()

    def file_of(group: str, told: Told) -> Rows:
        whose: dict[str, object] = {"group": group, "centre": place.node.name, "boot": boot}
        return LeaseFile(folder / f"{group}.json", whose, beside, told)

    def close() -> Awaitable[None]:
        return beside.close(_cancel_all())

    instances = {each.group.name: frozenset(each.group.instances) for each in place.plan.groups}
    return Leases(instances, file_of, tell, close=close)


def _refuse_unchecked(place: Place) -> None:
    """A service that checks its lease finds it in PostgreSQL or in a file."""
    for each in place.plan.groups:
        if each.resource_check and each.actuators.postgresql is None:
            raise CannotRun(
                f"{place.node.name}: node.toml: `leases.folder` is missing, and the plan says that "
                f"{each.group.name} checks its lease, without PostgreSQL",
                "name a folder for the files of the leases",
            )


def _databases(place: Place, tell: Callable[[Event], None]) -> Leases:
    with_rows = {
        each.group.name: each for each in place.plan.groups if each.actuators.postgresql is not None
    }
    instances = {name: frozenset(each.group.instances) for name, each in with_rows.items()}
    if not with_rows:
        return Leases({}, _none, tell)
    # psycopg is an extra: only who has a database needs it.
    from failover.processes.databases import LeaseRows, cluster_of  # noqa: PLC0415

    clusters = {name: cluster_of(place, each) for name, each in with_rows.items()}
    unchecked = frozenset(name for name, each in with_rows.items() if not each.resource_check)
    beside = Beside("leases")

    def rows_of(group: str, told: Told) -> Rows:
        return LeaseRows(clusters[group], beside, told)

    def close() -> Awaitable[None]:
        return beside.close(_cancel_all())

    return Leases(instances, rows_of, tell, unchecked=unchecked, close=close)


def _none(group: str, _told: Told) -> Rows:
    raise KeyError(group)


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
