"""Servers that hang: every verb comes back, with words that say what is the matter."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest

from failover.actuators.group import GroupActuators
from failover.actuators.port import DONE, Result, Role
from failover.actuators.postgresql.actuator import PostgresqlActuator
from failover.core.effects import Verb
from tests.failover.actuators.acting import SECOND, STREAMS, acting
from tests.failover.actuators.clusters import FIRST, HASTY, LIMITS, Pair, until
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")
Ask = Callable[[PostgresqlActuator], Coroutine[None, None, Result]]
ASKS: tuple[Ask, ...] = (
    lambda actuator: actuator.prepare(SECOND),
    lambda actuator: actuator.take(SECOND),
    lambda actuator: actuator.relax(SECOND),
    lambda actuator: actuator.tighten(SECOND),
)
SILENT = re.compile(
    r"PostgreSQL imaging@dc-a in dc-a (takes no connection|gives no answer) within 0.5 s"
)


@on_loop
async def test_a_frozen_server_is_told_of_and_serves_again_when_it_thaws(pair: Pair) -> None:
    async with acting(pair, pair.a, limits=HASTY, synchronous=True) as actuator:
        await actuator.observe()  # connections stand, and others have to be made
        pair.a.freeze()
        for ask in ASKS * 2:
            result = await ask(actuator)
            assert not result.done
            assert SILENT.fullmatch(result.why)
        seen = await actuator.observe()
        assert (seen.role, seen.fit, seen.position) == (Role.UNKNOWN, False, None)
        assert SILENT.fullmatch(seen.why)
        pair.a.thaw()
        until(lambda: pair.a.sql("SELECT 1"))
    async with acting(pair, pair.a) as actuator:
        assert await actuator.take(SECOND) == DONE


@on_loop
async def test_a_frozen_primary_that_does_not_stop_is_named(pair: Pair) -> None:
    async with acting(pair, pair.a, limits=HASTY) as actuator:
        pair.a.freeze()
        released = await actuator.release(SECOND)
        assert not released.done
        assert re.fullmatch(
            r"the server does not stop: process \d+ is in state T \(stopped\)", released.why
        )
        # Whatever happens to it now, it does not come up as a primary.
        assert (pair.a.data / "standby.signal").exists()
        pair.a.thaw()
        until(lambda: not pair.a.running)
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS


@on_loop
async def test_a_frozen_owner_is_nobody_to_follow(pair: Pair) -> None:
    pair.b.stop()
    pair.a.freeze()
    async with acting(pair, pair.b, limits=replace(LIMITS, connect_s=0.5)) as actuator:
        alone = await actuator.release(FIRST)
        who = "PostgreSQL imaging@dc-a in dc-a"
        words = f"standby, follows nobody: {who} takes no connection within 0.5 s"
        assert alone == (True, words)
        pair.a.thaw()
        assert await actuator.release(FIRST) == STREAMS


@on_loop
async def test_the_group_answers_in_time_whatever_hangs(pair: Pair) -> None:
    async with acting(pair, pair.a) as actuator:  # patient: longer than the group
        group = GroupActuators("imaging@dc-a", [actuator], limit_s=0.3)
        pair.a.freeze()
        taking, waiting = (asyncio.create_task(group.drive(Verb.TAKE, SECOND)) for _ in range(2))
        assert await taking == (False, "take: no end after 0.3 s")
        assert not (await waiting).done
        pair.a.thaw()
        assert (await GroupActuators("imaging@dc-a", [actuator]).drive(Verb.TAKE, SECOND)).done
