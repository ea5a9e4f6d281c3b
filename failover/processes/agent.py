"""A centre's agent: the core's logic with the real register, guard, network, actuators and disk.

    run(place, supervisor)     until SIGTERM or SIGINT, or until the agent wants another life;
                               until SIGUSR1, which leaves its doors to the next one

On the way of a renewal there is no disk, no name server and no other process: the guard's socket,
the register's, and back. What the agent remembers and records is written by threads.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from failover.core.agent import Agent
from failover.core.cells import Incarnation, keys_of
from failover.core.effects import Event, Looked, Memory, Page, Remembered, Start
from failover.disk.journal import JournalFiles
from failover.disk.lock import NameLock, NameTaken, boot_id
from failover.disk.memory import MemoryDamaged, read_memory, write_memory
from failover.guard.client import GuardClient, client_settings_of
from failover.processes.account import Account, Part
from failover.processes.aside import Aside
from failover.processes.asking import Asking
from failover.processes.dead_man import SILENT_AFTER_S
from failover.processes.departing import departing
from failover.processes.leases import Guarded, leases_of
from failover.processes.local_socket import CannotListen, LocalSocket
from failover.processes.movers import Movers, actuators_of, groups_of
from failover.processes.notify import ALIVE, READY, STOPPING, Supervisor
from failover.processes.pager import Pager
from failover.processes.places import Place, RegisterClient, refusals, register_of
from failover.processes.problem import CannotRun
from failover.processes.rekeying import rekeying
from failover.processes.shell import Ports, Shell
from failover.processes.status import EVERY_S as STATUS_EVERY_S
from failover.processes.status import StatusFile, counted
from failover.wire.centre import CentreEndpoint
from failover.wire.post import boot_time_s
from failover.wire.problem import WireProblem

GUARD_FOLDER = "guard"
MEMORY, JOURNAL, LOCK = "memory", "journal", "agent.lock"
LIFE_BYTES = 8
REMEMBER_AGAIN_S = 1.0

_log = logging.getLogger("telemed.agent")


def run(place: Place, supervisor: Supervisor, silent_after_s: float = SILENT_AFTER_S) -> None:
    """Serve until a signal. Raises CannotRun: it cannot start, or must start anew.

    `silent_after_s`: people are told of a witness that is silent for longer.
    """
    if place.node.name not in place.plan.plan.sites:
        raise CannotRun(
            f"{place.node.plan}: `{place.node.name}` is none of its data centres",
            f"an agent runs at {' and '.join(place.plan.plan.sites)}",
        )
    # Who asks for a planned restart while it still starts must not kill it.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    place.folder(place.node.run)
    place.folder(place.node.state)
    try:
        lock = NameLock(place.node.run / LOCK)
    except NameTaken as taken:
        raise CannotRun(taken.problem, taken.hint) from taken
    try:
        asyncio.run(_Process(place, supervisor, silent_after_s).run())
    finally:
        lock.close()


class _Process:
    """Everything around one agent's life."""

    def __init__(self, place: Place, supervisor: Supervisor, silent_after_s: float) -> None:
        self._place = place
        self._supervisor = supervisor
        self._ended: asyncio.Future[str]
        self._shell: Shell
        self._journal: JournalFiles
        self._pager: Pager
        self._aside: Aside
        self._silent_after_s = silent_after_s
        self._looked_s: float | None = None  # when the register last showed its cells
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """One life."""
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave, "")
        loop.set_exception_handler(self._failed)
        async with AsyncExitStack() as stack:
            why = await self._live(stack)
        if why:
            raise CannotRun(why, "another life begins")

    async def _live(self, stack: AsyncExitStack) -> str:
        place, node, plan = self._place, self._place.node, self._place.plan
        incarnation = Incarnation(node.name, boot_id(), secrets.token_hex(LIFE_BYTES))
        self._open_disk(stack, node.state)
        wall = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._note(life=incarnation.life, boot=incarnation.boot, plan=plan.plan.hash, wall=wall)
        client = register_of(place)
        stack.push_async_callback(client.register.close)
        await self._check_register(client)
        centre = CentreEndpoint(plan, node.name, place.keyring(), self._tell, place.outside())
        leases = leases_of(place, self._tell)
        stack.push_async_callback(leases.close)
        guard = GuardClient(client_settings_of(plan, node.run / GUARD_FOLDER), leases.hear)
        stack.callback(guard.close)
        keys, look_s = keys_of(plan.plan), plan.plan.profile.renewal_s
        asking = Asking(client.register, keys, self._tell, look_s=look_s)
        stack.push_async_callback(asking.close)
        movers = Movers(actuators_of(place), self._tell, groups_of(plan))
        stack.push_async_callback(movers.close)
        agent = Agent(plan.plan, Start(incarnation, self._memory(), boot_time_s()))
        ports = Ports(
            register=asking,
            guard=Guarded(guard, leases.carry_out, movers.shut),
            speak=centre.send,
            actuate=leases.before(movers.drive),
            remember=lambda memory: self._begin(self._remember(memory)),
            page=self._page,
            record=self._journal.append,
            leave=self._leave,
        )
        self._shell = Shell(agent, ports, boot_time_s)
        stack.callback(self._shell.close)
        self._open_post(stack, centre)
        guard.start()
        self._shell.begin()
        self._show(
            stack,
            lambda: {"guard": guard.obeys, "actuators": movers.shown(leases.problems)},
            lambda: {"wire": counted(centre.post.counts)},
        )
        goes = departing(agent.state, partial(self._depart, guard))
        for work in (movers.run(), rekeying(place, centre.post), goes):
            self._begin(work)
        stack.push_async_callback(self._stop_tasks)
        self._supervisor.say(READY)
        _log.info("lives as %s on boot %s", incarnation.life, incarnation.boot)
        why = await self._ended
        self._supervisor.say(STOPPING)
        return why

    # --- opening ---------------------------------------------------------------------------

    def _open_disk(self, stack: AsyncExitStack, state: Path) -> None:
        try:
            self._journal = JournalFiles(state / JOURNAL, self._place.node.name)
        except OSError as error:
            raise CannotRun(f"{state / JOURNAL}: {error.strerror}") from error
        stack.callback(self._journal.close)
        self._pager = Pager(self._place.node.page, self._not_said)
        stack.callback(self._pager.close)

    def _memory(self) -> Memory:
        try:
            return read_memory(self._place.node.state / MEMORY)
        except MemoryDamaged as damaged:
            raise CannotRun(damaged.problem, damaged.hint) from damaged

    async def _check_register(self, client: RegisterClient) -> None:
        findings = await client.findings(self._place)
        for finding in findings:
            _log.warning("register: %s", finding)
        refused = refusals(findings)
        if refused:
            raise CannotRun(f"{refused[0].place}: {refused[0].sentence}", refused[0].mend)

    def _open_post(self, stack: AsyncExitStack, centre: CentreEndpoint) -> None:
        try:
            centre.post.open()
        except WireProblem as problem:
            raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem
        stack.callback(centre.post.close)
        journal, tell = self._place.node.state / JOURNAL, (self._page, self._note)
        self._aside = Aside(self._place, centre, journal, tell, self._silent_after_s)
        for work in self._aside.works(self._shell.agent):
            self._begin(work)

    def _show(self, stack: AsyncExitStack, *parts: Part) -> None:
        """Begin to tell what it knows, in the file and at the socket."""
        folder, own = self._place.node.run, (self._told, self._aside.document)
        account = Account(self._shell.agent, lambda: self._looked_s, (*parts, *own))
        try:
            telling = LocalSocket(folder)
        except CannotListen as cannot:
            _log.warning("%s; who asks is told by the status file alone", cannot)
        else:
            stack.callback(telling.close)
            self._begin(telling.run(account.line))
        self._begin(self._pulse(StatusFile(folder), account))

    # --- living ----------------------------------------------------------------------------

    def _tell(self, event: Event) -> None:
        if type(event) is Looked and event.cells is not None:
            self._looked_s = boot_time_s()
        self._shell.tell(event)

    async def _remember(self, memory: Memory) -> None:
        """Write the memory in a thread; a disk that fails is asked again."""
        path = self._place.node.state / MEMORY
        while True:
            try:
                await asyncio.to_thread(write_memory, path, memory)
            except OSError as error:
                _log.error("%s: %s", path, error.strerror)
                await asyncio.sleep(REMEMBER_AGAIN_S)
            else:
                self._tell(Remembered())
                return

    def _page(self, page: Page) -> None:
        if self._pager.page(page):
            _log.warning("pages [%s]: %s", page.key, page.text)
            self._note(page=page.key, text=page.text)

    def _not_said(self, why: str) -> None:
        _log.error("%s", why)

    def _note(self, **content: object) -> None:
        document = {"at_s": boot_time_s(), "by": self._place.node.name, **content}
        self._journal.append(json.dumps(document, sort_keys=True, separators=(",", ":")))

    def _told(self) -> dict[str, Any]:
        """What became of what it told the disk and people."""
        journal = {"waiting": self._journal.waiting, "problem": self._journal.problem}
        return {"journal": journal, "paging": self._pager.document()}

    async def _pulse(self, status: StatusFile, account: Account) -> None:
        """Status for people and a sign of life for the supervisor."""
        while True:
            status.write(account.document())
            self._supervisor.say(ALIVE)
            await asyncio.sleep(STATUS_EVERY_S)

    # --- ending ----------------------------------------------------------------------------

    def _leave(self, why: str) -> None:
        if not self._ended.done():
            self._ended.set_result(why)

    async def _depart(self, guard: GuardClient) -> None:
        _log.info("leaves its doors to its next life")
        self._shell.leave()
        await guard.left()
        self._leave("")

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """A mistake of ours: say it, and let the supervisor start another life."""
        loop.default_exception_handler(context)
        self._leave(f"agent: {context.get('exception') or context.get('message')}")

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a task of the agent failed", exc_info=error)
            self._leave(f"agent: {type(error).__name__}: {error}")

    async def _stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
