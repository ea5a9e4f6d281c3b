"""The agent's end: what an earlier life left open is asked for, and told, once in a life."""

from __future__ import annotations

from pathlib import Path

from failover.core.effects import Adopted
from failover.guard.wire import Hello, Ready
from tests.failover.guard.processes import PLAN
from tests.failover.guard.test_client import BACK, GONE, PATIENT_S, Agent, PlayedGuard
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
