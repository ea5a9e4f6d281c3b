"""A service's database is tried as a node file says, against a real server."""

from __future__ import annotations

import asyncio

from failover.core.cells import Term
from failover.node_file.content import Probe
from failover.processes.movers import actuators_of
from tests.failover.actuators.clusters import Site
from tests.failover.processes.nodes import place_with
from tests.failover.register.loops import on_loop

TRIES = 3


def test_a_database_that_stops_makes_its_group_unfit_and_is_found_again(one: Site) -> None:
    @on_loop
    async def test() -> None:
        sql = {"host": str(one.base), "port": str(one.port), "user": "postgres"}
        asked = Probe(sql=sql | {"dbname": "postgres"}, failures=TRIES, timeout_s=4.0)
        (watched,) = actuators_of(place_with(probes={"portal": asked}))["portal"]
        asking = watched.actuator
        await asking.take(Term(1, 2))
        assert (await asking.observe()).why == "answers"
        await asyncio.to_thread(one.stop)
        while (seen := await asking.observe()).fit:
            pass
        assert seen.why.startswith("its database: ")
        await asyncio.to_thread(one.start)
        while not (seen := await asking.observe()).fit:
            pass
        assert seen.why == "answers"
        await asking.close()

    test()
