"""The agent's end: what an earlier life left open is asked for, and told, once in a life."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from failover.core.effects import Adopted, Arm, Armed, Grant, Leave
from failover.guard.wire import Hello, Ready
from tests.failover.guard.kernels import SERVICES
from tests.failover.guard.namespaces import Lab
from tests.failover.guard.processes import ALL, LEASE_S, PLAN, Guards
from tests.failover.guard.test_client import (
    BACK,
    GONE,
    HASTY_S,
    PATIENT_S,
    Agent,
    PlayedGuard,
    played,
)
from tests.failover.guard.traffic import probing
from tests.failover.register.loops import on_loop


@on_loop
async def test_what_an_earlier_life_left_open_is_told_once(tmp_path: Path) -> None:
    guard = PlayedGuard(tmp_path)
    agent = Agent(tmp_path, PATIENT_S)
    await guard.accepts()
    assert await guard.reads() == Hello(PLAN, adopts=True)
    guard.says(Ready({"consultation-1": 1.25}))
    await agent.hears(Adopted({"consultation-1": 1.25}))
    guard.leaves()
    await agent.hears(GONE)
    await guard.greets()
    await agent.hears(BACK)
    agent.client.close()
    guard.close()


@on_loop
async def test_who_leaves_waits_until_the_guard_has_closed_and_does_not_come_back(
    tmp_path: Path,
) -> None:
    async with played(tmp_path) as (guard, agent):
        agent.client.carry_out(Leave())
        waits = asyncio.create_task(agent.client.left())
        assert await guard.reads() == Leave()
        await asyncio.sleep(0)
        assert not waits.done()
        guard.leaves()
        await waits
        await agent.client.left()
        assert agent.heard == []


@on_loop
async def test_a_guard_that_is_silent_is_not_waited_for_for_long(tmp_path: Path) -> None:
    async with played(tmp_path, HASTY_S) as (_guard, agent):
        agent.client.carry_out(Leave())
        await agent.client.left()


@pytest.mark.root
@pytest.mark.debian("ip")
@on_loop
async def test_with_the_real_guard_from_one_life_to_the_next(
    lab: Lab, start: Guards, tmp_path: Path
) -> None:
    start().wait_until_ready()
    with probing(lab, SERVICES) as prober:
        agent = Agent(tmp_path, PATIENT_S)
        await agent.hears(Adopted({}))
        agent.client.carry_out(Arm("renewal 1", ALL, LEASE_S))
        await agent.hears(Armed("renewal 1"))
        agent.client.carry_out(Grant("renewal 1", ALL))
        agent.client.carry_out(Arm("renewal 2", ALL, LEASE_S))  # its answer is left unread
        agent.client.carry_out(Leave())
        await agent.client.left()
        agent.client.close()
        assert prober.opened() == ALL
        agent = Agent(tmp_path, PATIENT_S)
        while not agent.heard:
            await asyncio.sleep(0)
        (adopted,) = agent.heard
        assert isinstance(adopted, Adopted)
        assert adopted.left_s.keys() == ALL
        assert prober.opened() == ALL
        agent.client.close()
