"""The witness: it watches both centres, tells each of the other, and keeps the register's lead.

It owns nothing and decides nothing. That its own member of etcd leads keeps a cut of the fibre
from costing an election.
"""

from __future__ import annotations

import asyncio
import logging

from failover.processes.notify import Supervisor
from failover.processes.places import Place, RegisterClient, register_of
from failover.processes.problem import CannotRun
from failover.processes.serving import serve
from failover.register.etcd_cluster import EtcdCluster
from failover.register.etcd_leader import Handed, hand_leadership_to
from failover.wire.problem import WireProblem
from failover.wire.witness import WitnessEndpoint

HOMING_S = 10.0  # between two looks at who leads

_log = logging.getLogger("telemed.witness")


def run(place: Place, supervisor: Supervisor) -> None:
    """Watch until a signal. Raises CannotRun."""
    if place.node.name != place.plan.witness.name:
        raise CannotRun(
            f"{place.node.plan}: `{place.node.name}` is not its witness",
            f"the witness runs at {place.plan.witness.name}",
        )
    asyncio.run(_watch(place, supervisor))


async def _watch(place: Place, supervisor: Supervisor) -> None:
    client = register_of(place)
    try:
        endpoint = WitnessEndpoint(place.plan, place.node.name, place.keyring(), place.outside())
    except WireProblem as problem:
        raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem
    try:
        await serve(
            endpoint.post, [endpoint.run, lambda: _home(client, place.node.name)], supervisor
        )
    finally:
        await client.register.close()


async def _home(client: RegisterClient, witness: str) -> None:
    """Bring the lead to this place's member, whenever it is elsewhere and both are well."""
    while True:
        if client.cluster is not None:
            await _home_once(client.cluster, witness)
        await asyncio.sleep(HOMING_S)


async def _home_once(cluster: EtcdCluster, witness: str) -> None:
    done = await hand_leadership_to(cluster, witness)
    if isinstance(done, Handed):
        _log.info("the register's lead came from %s to here", done.leader_before)
