"""An actuator at one centre of a pair, closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from failover.actuators.port import Result
from failover.actuators.postgresql.actuator import PostgresqlActuator
from failover.core.cells import Term
from tests.failover.actuators.clusters import Pair, Site

SECOND = Term(1, 2)
STREAMS = Result(done=True, why="standby, streams")


@asynccontextmanager
async def acting(pair: Pair, site: Site, **changes: Any) -> AsyncIterator[PostgresqlActuator]:
    """`changes`: of the cluster's settings."""
    actuator = PostgresqlActuator(pair.cluster(site, **changes))
    try:
        yield actuator
    finally:
        await actuator.close()
