"""A group's service is tried: when it must answer, when it cannot, and what follows."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from failover.actuators.port import DONE, Actuator, Role
from failover.core.cells import Term
from failover.core.effects import Actuate, Event, Probed, Verb
from failover.laboratory.places import SERVICES
from failover.node_file.content import HttpTarget, Probe, Target
from failover.processes import probing
from failover.processes.movers import Movers, actuators_of
from failover.processes.probing import stands_here
from failover.processes.problem import CannotRun
from failover.wire.post import boot_time_s
from tests.failover.actuators.clusters import LOOPBACK, free_port
from tests.failover.processes.nodes import place_with
from tests.failover.register.loops import on_loop

FIRST, SECOND = Term(1, 2), Term(1, 4)
TRIES = 3
STANDS = f"dc-a: node.toml: probes.portal: {SERVICES['portal']}"


class Clock:
    """The boot-time clock, which a test may put forward between two tries."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self._real = boot_time_s

    def __call__(self) -> float:
        return self._real() + self.ahead_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(probing, "boot_time_s", found)
    return found


@asynccontextmanager
async def service(port: int, status: int = 200) -> AsyncIterator[None]:
    """An HTTP server that answers every request the same."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok".encode())
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, LOOPBACK, port)
    try:
        yield
    finally:
        server.close()


def page(port: int, address: str = LOOPBACK) -> HttpTarget:
    return HttpTarget(address=address, port=port, path="/health", tls=False)


def probe(asked: Probe) -> Actuator:
    (watched,) = actuators_of(place_with(probes={"portal": asked}))["portal"]
    return watched.actuator


async def tried(one: Actuator, times: int = TRIES) -> tuple[bool, Role]:
    """What the last of several looks says. A failure of a late process does not count."""
    for _ in range(times):
        seen = await one.observe()
    return seen.fit, seen.role


async def until_unfit(one: Actuator) -> None:
    while (await one.observe()).fit:
        pass


@on_loop
async def test_an_owned_service_that_dies_makes_its_group_unfit_until_it_is_back() -> None:
    port = free_port()
    one = probe(Probe(http=(page(port),), failures=TRIES))
    async with service(port):
        assert await one.take(FIRST) == DONE
        assert await tried(one) == (True, Role.SERVES)
    assert await tried(one, TRIES - 1) == (True, Role.SERVES), "two in a row do not count"
    await until_unfit(one)
    seen = await one.observe()
    assert (seen.fit, seen.role) == (False, Role.DOWN)
    assert seen.why.startswith(f"http://{LOOPBACK}:{port}/health: ")
    async with service(port):
        assert (await one.observe()).why == "answers again, and must 3 times in a row"
        assert await tried(one, TRIES - 1) == (True, Role.SERVES)
    async with service(port, 503):
        await until_unfit(one)
        assert (await one.observe()).why.endswith("/health: HTTP 503")


@on_loop
async def test_a_service_that_starts_with_a_take_may_be_away_in_standby(clock: Clock) -> None:
    port = free_port()
    one = probe(Probe(tcp=(Target(address=LOOPBACK, port=port),), failures=TRIES))
    seen = await one.observe()
    assert (seen.fit, seen.role) == (True, Role.STANDS_BY)
    assert seen.why == "is not asked: the service starts when the group is taken"
    await one.take(FIRST)
    assert await tried(one, 2 * TRIES) == (True, Role.SERVES)
    assert (await one.observe()).why.startswith("is given time to start: tcp ")
    clock.ahead_s += 11.0
    await until_unfit(one)
    await one.release(SECOND)
    seen = await one.observe()
    assert (seen.fit, seen.role) == (False, Role.STANDS_BY)
    assert seen.why.startswith(f"failed here (tcp {LOOPBACK}:{port}: ")
    assert seen.why.endswith("), and is not fit for 300 s")
    clock.ahead_s += 301.0
    assert (await one.observe()).fit, "else it could never be taken here again"


@on_loop
async def test_a_service_that_has_come_up_must_stay_up(clock: Clock) -> None:
    port = free_port()
    one = probe(Probe(http=(page(port),), failures=TRIES))
    await one.take(FIRST)
    async with service(port):
        assert (await one.observe()).fit
    await until_unfit(one)
    assert clock.ahead_s == 0, "the time to start was over when it answered"
    await one.take(FIRST)  # done once more, for the same ownership
    assert not (await one.observe()).fit
    await one.take(SECOND)
    assert (await one.observe()).why.startswith("is given time to start")


@on_loop
async def test_a_service_that_runs_in_standby_must_answer_there() -> None:
    port = free_port()
    one = probe(Probe(http=(page(port),), failures=TRIES, runs_in_standby=True))
    await until_unfit(one)
    assert await tried(one, 1) == (False, Role.STANDS_BY)
    async with service(port):
        assert await tried(one) == (True, Role.STANDS_BY)
    await one.take(FIRST)
    await until_unfit(one)
    await one.release(SECOND)
    async with service(port):
        assert await tried(one) == (True, Role.STANDS_BY), "it is back: nothing is waited for"


@on_loop
async def test_a_service_address_that_is_not_here_is_not_asked(clock: Clock) -> None:
    one = probe(Probe(http=(page(80, SERVICES["portal"]),), failures=1))
    await one.take(FIRST)
    clock.ahead_s += 60.0
    seen = await one.observe()
    assert seen.fit
    assert seen.why == f"is not asked: {SERVICES['portal']} does not stand here, its door is shut"


def test_what_stands_here() -> None:
    assert stands_here(LOOPBACK)
    assert not stands_here(SERVICES["portal"])
    assert not stands_here("2001:db8::1")


@on_loop
async def test_a_silent_service_ends_a_look_in_time() -> None:
    with socket.create_server((LOOPBACK, 0)) as listening:  # it takes no connection up
        port = listening.getsockname()[1]
        one = probe(Probe(http=(page(port),), failures=1, timeout_s=0.05, start_s=0.0))
        await one.take(FIRST)
        await until_unfit(one)
        seen = await one.observe()
        assert seen.why == f"http://{LOOPBACK}:{port}/health: no answer in 0.05 s"


def test_the_agent_is_told_of_a_dead_service() -> None:
    """Through the movers, as the agent has it: what is watched, driven and shown."""
    port, heard = free_port(), list[Event]()

    async def work() -> None:
        asked = Probe(http=(page(port),), failures=2, every_s=0.1)
        movers = Movers(actuators_of(place_with(probes={"portal": asked})), heard.append)
        looking = asyncio.create_task(movers.run())
        async with service(port):
            movers.drive(Actuate("portal", Verb.TAKE, FIRST, 1))
            await until(lambda: shown(movers).get("why") == "answers")
        await until(lambda: Probed("portal", fit=False) in heard)
        await until(lambda: shown(movers)["role"] == "down")
        assert str(shown(movers)["why"]).startswith(f"http://{LOOPBACK}:{port}/health: ")
        looking.cancel()
        await movers.close()

    asyncio.run(asyncio.wait_for(work(), 20))
    fits = [each.fit for each in heard if isinstance(each, Probed)]
    assert fits == sorted(fits, reverse=True), "fit until it was dead"


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def shown(movers: Movers) -> dict[str, object]:
    return movers.shown(dict).get("portal", {}).get("probe", {})


@pytest.mark.parametrize(
    ("group", "asked", "says", "hint"),
    [
        (
            "portals",
            Probe(),
            "dc-a: node.toml: probes.portals: /nowhere/plan.json has no group `portals`",
            "groups there: portal, archive",
        ),
        (
            "portal",
            Probe(http=(page(80, SERVICES["portal"]),), runs_in_standby=True),
            f"{STANDS} is a service address, which stands here only while the group is owned",
            'write `standby = "starts"`, or ask an address that is always here',
        ),
        (
            "portal",
            Probe(http=(replace(page(443), tls=True),), authority=Path("/nowhere/ca")),
            "dc-a: node.toml: probes.portal.authority: /nowhere/ca: No such file or directory",
            "name the certificate of the authority that signed the service's",
        ),
    ],
)
def test_a_probe_that_could_not_tell_keeps_the_agent_from_starting(
    group: str, asked: Probe, says: str, hint: str
) -> None:
    with pytest.raises(CannotRun) as refused:
        actuators_of(place_with(probes={group: asked}))
    assert (refused.value.problem, refused.value.hint) == (says, hint)
