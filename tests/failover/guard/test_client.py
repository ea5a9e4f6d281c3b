"""The agent's end of the socket: with a guard that is played here, and with the real one."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from failover.core.effects import (
    Adopted,
    Arm,
    Armed,
    Closed,
    Event,
    Flush,
    Grant,
    GuardState,
    Leave,
    Shut,
)
from failover.guard.client import (
    LIFE_S,
    WAITING_MAX,
    ClientSettings,
    GuardClient,
    Wanted,
    client_settings_of,
)
from failover.guard.door import SOCKET_NAME
from failover.guard.process import settings_of
from failover.guard.wire import (
    PACKET_BYTES_MAX,
    Alive,
    Answer,
    Ended,
    Hello,
    Ready,
    Terms,
    Wish,
    packet_of,
    wish_of,
)
from failover.plan_file import plan_file_of
from tests.failover.guard.kernels import SERVICES, names, numbers
from tests.failover.guard.namespaces import Lab
from tests.failover.guard.processes import ALL, LEASE_S, PLAN, Guards
from tests.failover.guard.traffic import probing
from tests.failover.plans import bytes_of, sealed, small_plan
from tests.failover.register.loops import on_loop

FIRST = Adopted({})
GONE, BACK = GuardState(alive=False), GuardState(alive=True)
TERMS = Terms(ALL, 0.02, LEASE_S)
ARM = Arm("renewal 1", ALL, 2.0)
PATIENT_S, HASTY_S = 20.0, 0.2


class Agent:
    """A client, and what the agent hears of it."""

    def __init__(self, folder: Path, answer_s_max: float) -> None:
        self.heard: list[Event] = []
        self._news = asyncio.Event()
        settings = ClientSettings(plan=PLAN, folder=folder, answer_s_max=answer_s_max)
        self.client = GuardClient(settings, self._hear)
        self.client.start()

    async def hears(self, *events: Event) -> None:
        """Wait until it has heard these and no others; forget them."""
        while len(self.heard) < len(events):
            self._news.clear()
            await self._news.wait()
        assert self.heard == list(events)
        self.heard.clear()

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        self._news.set()


class PlayedGuard:
    """Listens as a guard does, and says what a test wants it to."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SOCKET_NAME
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(self._path))
        self._listener.listen(4)
        self._listener.settimeout(0)
        self._connected: socket.socket | None = None

    async def accepts(self) -> None:
        if self._connected is not None:
            self._connected.close()
        self._connected, _ = await asyncio.get_running_loop().sock_accept(self._listener)
        self._connected.settimeout(0)

    async def greets(self, *, adopts: bool = False) -> None:
        await self.accepts()
        assert await self.reads() == Hello(PLAN, adopts)
        self.says(Ready({}))

    async def reads(self) -> Wish:
        assert self._connected is not None
        packet = await asyncio.get_running_loop().sock_recv(self._connected, PACKET_BYTES_MAX)
        return wish_of(packet, TERMS)

    def says(self, answer: Answer | bytes) -> None:
        assert self._connected is not None
        self._connected.send(answer if isinstance(answer, bytes) else packet_of(answer))

    def leaves(self) -> None:
        if self._connected is not None:
            self._connected.close()

    def close(self) -> None:
        self.leaves()
        self._listener.close()
        self._path.unlink()


@asynccontextmanager
async def played(
    folder: Path, answer_s_max: float = PATIENT_S
) -> AsyncIterator[tuple[PlayedGuard, Agent]]:
    """A guard that obeys, and an agent that has heard so."""
    guard = PlayedGuard(folder)
    agent = Agent(folder, answer_s_max)
    try:
        await guard.greets(adopts=True)
        await agent.hears(FIRST)
        yield guard, agent
    finally:
        agent.client.close()
        guard.close()


@on_loop
async def test_without_a_guard_it_says_so_once_and_again_for_each_effect(tmp_path: Path) -> None:
    agent = Agent(tmp_path, PATIENT_S)
    await agent.hears(GONE)
    agent.client.carry_out(ARM)
    assert agent.heard == []  # never from inside
    await agent.hears(GONE)
    agent.client.carry_out(Flush())
    agent.client.sign_of_life()
    await agent.hears(GONE)
    guard = PlayedGuard(tmp_path)
    await guard.greets(adopts=True)
    await agent.hears(FIRST)
    assert agent.client.obeys
    agent.client.close()
    guard.close()


@on_loop
async def test_effects_go_out_in_order_and_answers_come_in_as_events(tmp_path: Path) -> None:
    async with played(tmp_path) as (guard, agent):
        effects: list[Wanted] = [ARM, Grant("renewal 1", ALL), Shut(names(1)), Flush(), Leave()]
        for effect in effects:
            agent.client.carry_out(effect)
        read = [await guard.reads() for _ in effects]
        assert read == effects
        assert [type(each) for each in read] == [type(each) for each in effects]
        guard.says(Armed("renewal 1"))
        await agent.hears(Armed("renewal 1"))
        guard.says(Closed(names(1)))
        await agent.hears(Closed(names(1)))


@on_loop
async def test_a_length_is_never_longer_than_it_was(tmp_path: Path) -> None:
    async with played(tmp_path) as (guard, agent):
        agent.client.carry_out(Arm("renewal 1", ALL, 1.9999))
        assert await guard.reads() == Arm("renewal 1", ALL, 1.999)


@on_loop
async def test_signs_of_life_are_not_said_more_often_than_they_are_worth(tmp_path: Path) -> None:
    async with played(tmp_path) as (guard, agent):
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while loop.time() < began_s + 2.5 * LIFE_S:
            agent.client.sign_of_life()
            await asyncio.sleep(0)
        agent.client.carry_out(Flush())
        signs = 0
        while isinstance(await guard.reads(), Alive):
            signs += 1
        assert 1 <= signs <= (loop.time() - began_s) / LIFE_S


@pytest.mark.parametrize(
    "break_it",
    [
        lambda guard: guard.leaves(),
        lambda guard: guard.says(Ended("no sign of life")),
        lambda guard: guard.says(Armed("renewal 7")),
        lambda guard: guard.says(Closed(ALL)),
        lambda guard: guard.says(Ready({})),
        lambda guard: guard.says(b"[]"),
        lambda guard: guard.says(b"\xff"),
        lambda guard: guard.says(b'{"say":"open"}'),
        lambda guard: guard.says(b'{"say":"armed"}'),
    ],
    ids=["closes", "ends", "other arm", "closed", "ready twice", "list", "bytes", "word", "bare"],
)
def test_a_guard_that_breaks_off_is_gone_and_comes_back_with_nothing_of_before(
    tmp_path: Path, break_it: Callable[[PlayedGuard], None]
) -> None:
    @on_loop
    async def breaks() -> None:
        async with played(tmp_path) as (guard, agent):
            agent.client.carry_out(ARM)
            await guard.reads()
            break_it(guard)
            await agent.hears(GONE)
            assert not agent.client.obeys
            await guard.greets()
            await agent.hears(BACK)
            agent.client.carry_out(Arm("renewal 2", ALL, 2.0))
            assert await guard.reads() == Arm("renewal 2", ALL, 2.0)
            guard.says(Armed("renewal 2"))
            await agent.hears(Armed("renewal 2"))

    breaks()


@on_loop
async def test_a_guard_that_does_not_answer_is_gone(tmp_path: Path) -> None:
    async with played(tmp_path, HASTY_S) as (guard, agent):
        agent.client.carry_out(ARM)
        await guard.reads()
        await agent.hears(GONE)
        await guard.accepts()  # and does not even greet
        await guard.greets()
        await agent.hears(BACK)


@on_loop
async def test_a_guard_that_reads_nothing_never_blocks_the_agent(tmp_path: Path) -> None:
    async with played(tmp_path) as (_, agent):
        for _ in range(10_000):
            agent.client.carry_out(Grant("renewal 1", ALL))
            if agent.heard:
                break
            await asyncio.sleep(0)
        await agent.hears(GONE)


@on_loop
async def test_a_guard_that_owes_too_many_answers_is_gone(tmp_path: Path) -> None:
    async with played(tmp_path) as (_, agent):
        for _ in range(WAITING_MAX):
            agent.client.carry_out(Shut(names(0)))
        assert agent.client.obeys
        agent.client.carry_out(Shut(names(0)))
        await agent.hears(GONE)


@pytest.mark.parametrize(
    ("same_turn", "heard"), [(False, [GONE, FIRST]), (True, [FIRST, GONE, BACK])]
)
def test_an_effect_that_was_lost_is_told_even_when_the_guard_is_back_by_then(
    tmp_path: Path, same_turn: bool, heard: list[Event]
) -> None:
    @on_loop
    async def lost() -> None:
        guard = PlayedGuard(tmp_path)
        agent = Agent(tmp_path, PATIENT_S)
        await guard.accepts()
        await guard.reads()
        guard.says(Ready({}))
        # Before the client has read that; or in the turn of the loop in which it does.
        if same_turn:
            asyncio.get_running_loop().call_soon(agent.client.carry_out, ARM)
        else:
            agent.client.carry_out(ARM)
        await agent.hears(*heard)
        agent.client.close()
        guard.close()

    lost()


@on_loop
async def test_after_closing_nothing_is_heard_any_more(tmp_path: Path) -> None:
    async with played(tmp_path) as (guard, agent):
        agent.client.carry_out(ARM)
        agent.client.close()
        agent.client.carry_out(ARM)
        await guard.reads()
        await asyncio.sleep(0)
        assert agent.heard == []


@on_loop
async def test_why_a_guard_is_gone_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "telemed.agent.guard")
    async with played(tmp_path, HASTY_S) as (guard, agent):
        for _ in range(3):
            agent.client.carry_out(ARM)  # left unread: the connection is reset
            guard.says(Ended("the kernel refuses"))
            guard.leaves()
            await agent.hears(GONE)
            await guard.accepts()
            guard.says(Ready({}))
            await agent.hears(BACK)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "the guard obeys",
        *["the guard does not obey: the kernel refuses", "the guard obeys"] * 3,
    ]


@on_loop
async def test_a_last_word_is_heard_by_who_speaks_before_he_listens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with played(tmp_path) as (guard, agent):
        agent.client.carry_out(ARM)
        guard.says(Armed("renewal 1"))
        guard.says(Ended("the kernel refuses"))
        guard.leaves()
        agent.client.carry_out(Grant("renewal 1", ALL))
        await agent.hears(GONE)
    assert [record.getMessage() for record in caplog.records] == [
        "the guard does not obey: the kernel refuses"
    ]


@pytest.mark.root
@pytest.mark.debian("ip")
@on_loop
async def test_with_the_real_guard_through_its_restart(
    lab: Lab, start: Guards, tmp_path: Path
) -> None:
    guard = start().wait_until_ready()
    agent = Agent(tmp_path, PATIENT_S)
    await agent.hears(FIRST)
    with probing(lab, SERVICES) as prober:
        for name in ("renewal 1", "renewal 2"):
            agent.client.carry_out(Arm(name, ALL, LEASE_S))
            await agent.hears(Armed(name))
            agent.client.carry_out(Grant(name, ALL))
        agent.client.carry_out(Shut(names(0)))
        await agent.hears(Closed(names(0)))
        assert numbers(prober.opened()) == {1, 2}
        guard.send(signal.SIGTERM)
        await agent.hears(GONE)
        guard.ends()
        assert prober.opened() == set()
        start().wait_until_ready()
        await agent.hears(BACK)
        agent.client.carry_out(Grant("renewal 2", ALL))  # of before: it opens nothing
        agent.client.carry_out(Shut(names(2)))
        await agent.hears(Closed(names(2)))
        assert prober.opened() == set()
    agent.client.close()


def test_what_guard_and_agent_must_know_follows_from_the_plan(tmp_path: Path) -> None:
    plan = plan_file_of("plan.json", bytes_of(small_plan()))
    guard = settings_of(plan, tmp_path, 0)
    client = client_settings_of(plan, tmp_path)
    assert guard.plan == client.plan == plan.plan.hash
    assert [each.name for each in guard.services] == [
        each for group in plan.plan.groups for each in group.instances
    ]
    assert guard.length_s_max == plan.plan.profile.lease.length_s
    assert client.answer_s_max == plan.plan.profile.renewal_s
    assert guard.installs


@pytest.mark.parametrize(
    ("lease_s", "beat_s", "watchdog_s"), [(2.0, 0.2, 1.0), (1.0, 0.1, 0.5), (10.0, 1.0, 3.0)]
)
def test_the_watchdog_waits_for_some_beats_and_never_for_half_a_lease(
    tmp_path: Path, lease_s: float, beat_s: float, watchdog_s: float
) -> None:
    document = small_plan()
    profile = document["profile"]
    profile["lease"]["length_s"] = lease_s
    profile |= {"renewal_s": lease_s / 5, "beat_s": beat_s, "silence_s": 5 * beat_s}
    document["register"]["election_ms"] = 400
    plan = plan_file_of("plan.json", bytes_of(sealed(document)))
    assert settings_of(plan, tmp_path, 0).watchdog_s == watchdog_s
