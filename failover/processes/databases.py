"""The databases of this place: which cluster moves with which group, and who writes its leases.

Imported only where the plan has one: psycopg comes with the extra `failover`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from failover.actuators.port import Result
from failover.actuators.postgresql.actuator import PostgresqlActuator
from failover.actuators.postgresql.lease import LeaseWriter
from failover.actuators.postgresql.pulse import PulseWriter
from failover.actuators.postgresql.settings import Cluster, Limits
from failover.actuators.postgresql.wish import Wish
from failover.core.plan import Durability
from failover.plan_file.content import MoveGroup
from failover.processes.beside import Beside
from failover.processes.places import Place
from failover.processes.problem import CannotRun

MIB = 1 << 20

_log = logging.getLogger("telemed.agent.databases")


def actuator_of(place: Place, group: MoveGroup) -> PostgresqlActuator:
    """What promotes and demotes a group's cluster here. Raises CannotRun."""
    return PostgresqlActuator(cluster_of(place, group))


def cluster_of(place: Place, group: MoveGroup) -> Cluster:
    """The cluster that a group's plan names, as the node file describes it.

    Raises:
        CannotRun: The node file lacks it or describes it wrongly, or two groups share it.
    """
    name = group.actuators.postgresql
    if name is None:
        raise ValueError(f"{group.group.name} moves no database")
    _refuse_sharing(place, name)
    found = place.node.postgresql.get(name)
    where = f"{place.node.name}: node.toml"
    if found is None:
        raise CannotRun(
            f"{where} has no cluster `{name}`, which group `{group.group.name}` moves",
            f"add [postgresql.{name}] with version, database and the other centre as peer",
        )
    try:
        return Cluster(
            name=name,
            site=place.node.name,
            peer_site=place.plan.plan.other(place.node.name),
            programs=found.programs,
            data=found.data,
            config_file=found.config_file,
            managed_file=found.managed_file,
            log_file=found.log_file,
            local=found.local,
            peer=found.peer,
            synchronous=group.group.durability is Durability.SYNCHRONOUS,
            slot_mib_max=found.slot_mib_max,
            reserve_bytes=found.reserve_mib * MIB,
            kept_max=found.kept_max,
            prepare_bytes_max=found.prepare_mib_max * MIB,
            run_as=found.run_as,
            start_command=found.start_command,
            environment=found.environment,
            limits=replace(Limits(), **found.limits),
        )
    except ValueError as error:
        hint = f"mend [postgresql.{name}] there"
        raise CannotRun(f"{where}: postgresql.{error}", hint) from error


def _refuse_sharing(place: Place, name: str) -> None:
    """A cluster is promoted as a whole, and its lease rows bear one term."""
    sharing = [each for each in place.plan.groups if each.actuators.postgresql == name]
    if len(sharing) > 1:
        names = " and ".join(f"`{each.group.name}`" for each in sharing)
        raise CannotRun(
            f"{place.node.plan}: groups {names} share the cluster `{name}`",
            "instances that share a cluster are one move group",
        )


class LeaseRows:
    """One database's lease rows and its pulse, written on a loop of their own."""

    def __init__(
        self, cluster: Cluster, beside: Beside, told: Callable[[Wish, Result], None]
    ) -> None:
        """`told`: called on the agent's loop."""
        self._beside = beside
        self._name = cluster.name
        conninfo, limits = cluster.local_conninfo, cluster.limits

        def tell(wish: Wish, result: Result) -> None:
            self._pulse.written(wish if result.done else None)
            beside.tell_home(told, wish, result)

        self._writer = LeaseWriter(conninfo, limits, tell)
        self._pulse = PulseWriter(conninfo, limits, self._pulsed)
        self._newest: Wish | None = None
        self._on_its_way = False
        self._problem = ""  # why no pulse was written last
        beside.begin(self._writer.run())
        beside.begin(self._pulse.run())

    def wish(self, wish: Wish | None) -> None:
        """The newest counts; None: nothing is wished any more. Never waits, and queues one."""
        self._newest = wish
        if not self._on_its_way:
            self._on_its_way = True
            self._beside.call(self._pass_on)

    def _pass_on(self) -> None:
        self._on_its_way = False
        self._writer.put(self._newest)

    def _pulsed(self, result: Result) -> None:
        """Said once a change: nothing depends on it but the age that readers are told."""
        if result.why != self._problem:
            self._problem = result.why
            words = f"no pulse: {result.why}" if result.why else "the pulse is written again"
            _log.log(logging.WARNING if result.why else logging.INFO, "%s: %s", self._name, words)
