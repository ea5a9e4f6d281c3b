"""Makes a cluster ready to be moved: our settings, roles, the schema, tables under the check.

Every step looks first, and says what it did. Nothing is restarted, and nothing is taken away.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import LiteralString, NamedTuple

from failover.actuators.postgresql.checks import INSTANCES, UNGUARDED
from failover.actuators.postgresql.files import Files, NotDone
from failover.actuators.postgresql.schema import ROLE, NotInstallable, install
from failover.actuators.postgresql.settings import Cluster, Limits
from failover.actuators.postgresql.sql import NotAnswered, NotInstalled, Server
from failover.actuators.postgresql.waiting import until

STATEMENT_S = 60.0  # a table's triggers wait for those who use it
RULE_S = 3.0
BOUND: LiteralString = """
SELECT coalesce(sourcefile, '') FROM pg_settings WHERE name = 'max_slot_wal_keep_size'
"""
PENDING: LiteralString = "SELECT name FROM pg_settings WHERE pending_restart ORDER BY name"
THERE: LiteralString = "SELECT count(*) FROM pg_roles WHERE rolname = %s"
TABLE: LiteralString = "SELECT to_regclass(%s)::text"
GUARD: LiteralString = "SELECT telemed_failover.guard_table(%s::regclass, %s)"


class InForce(NamedTuple):
    """What the server makes of our settings."""

    source: str  # of the one that is looked at; empty: no file sets it
    pending: tuple[str, ...]  # in force after a restart
    recovering: bool


async def set_up(
    cluster: Cluster,
    conninfo: str,
    instances: Collection[str],
    *,
    guard: Sequence[str] = (),
    guard_all: bool = False,
) -> list[str]:
    """Everything that can be done here; sentences about what was done. At a standby: settings.

    `conninfo`: of a superuser. `guard`: tables that are put under the check; `guard_all`: all.

    Raises:
        NotInstallable: Another file has the last word, a table is not there, or as in `install`.
        NotAnswered: The server did not answer, or refused.
        OSError: A file of the configuration could not be written.
    """
    did = _write_settings(cluster)
    if not (cluster.data / "PG_VERSION").exists():
        peer = cluster.peer_site
        return [*did, f"{cluster.data}: holds no data yet; the agent fetches it from {peer}"]
    force = await _reloaded(conninfo, cluster)
    if force.source != str(cluster.managed_file):
        did += _include_settings(cluster)
        force = await _reloaded(conninfo, cluster)
        if force.source != str(cluster.managed_file):
            raise NotInstallable(
                f"max_slot_wal_keep_size is set in {force.source or 'no file'}, which comes after "
                f"{cluster.managed_file}: remove it there"
            )
    if force.pending:
        did.append(f"in force after a restart of PostgreSQL: {', '.join(force.pending)}")
    if force.recovering:
        return [*did, "a standby: roles, schema and triggers come from its owner"]
    return did + await _install(conninfo, cluster, instances, guard, guard_all=guard_all)


def _write_settings(cluster: Cluster) -> list[str]:
    files = Files(cluster)
    if files.settings_are(relaxed=False) or files.settings_are(relaxed=True):
        return [f"{cluster.managed_file}: is as it should be"]
    cluster.managed_file.parent.mkdir(exist_ok=True)
    files.write_settings()
    did = [f"{cluster.managed_file}: written"]
    if cluster.synchronous:
        peer = cluster.peer_site
        did.append(f"a write waits for {peer} from now on, until an agent relaxes that")
    return did


def _include_settings(cluster: Cluster) -> list[str]:
    """A last line in postgresql.conf."""
    text = cluster.config_file.read_text("utf-8")
    line = f"include_if_exists = '{cluster.managed_file}'"
    if line in text.splitlines():
        return []
    end = "" if text.endswith("\n") or not text else "\n"
    with cluster.config_file.open("a", encoding="utf-8") as file:
        file.write(f"{end}{line}\n")
        file.flush()
        os.fsync(file.fileno())
    return [f"{cluster.config_file}: includes {cluster.managed_file} from now on"]


async def _reloaded(conninfo: str, cluster: Cluster) -> InForce:
    """Has the server read its settings again, and looks what is in force."""
    managed, source = str(cluster.managed_file), ""
    async with _Connected(conninfo) as server:
        await server.ask("SELECT pg_reload_conf()")

        async def from_ours() -> bool:
            nonlocal source
            ((source,),) = await server.ask(BOUND)
            return bool(source == managed)

        with suppress(NotDone):  # `source` tells
            await until(from_ours, RULE_S, "not in force", poll_s=0.05)
        pending = await server.ask(PENDING)
        ((recovering,),) = await server.ask("SELECT pg_is_in_recovery()")
    return InForce(source, tuple(row[0] for row in pending), recovering)


async def _install(
    conninfo: str,
    cluster: Cluster,
    instances: Collection[str],
    guard: Sequence[str],
    *,
    guard_all: bool,
) -> list[str]:
    agent, rejoin = cluster.local["user"], cluster.peer["user"]
    did: list[str] = []
    async with _Connected(conninfo) as server:
        did += [await _role(server, role) for role in (agent, rejoin)]
        known = await _instances(server)
        ran = await install(conninfo, instances=instances, agent=agent, rejoin=rejoin)
        numbers = ", ".join(map(str, ran))
        did.append(f"schema telemed_failover: {f'ran scripts {numbers}' if ran else 'is complete'}")
        added = sorted(set(instances) - known)
        did.append(f"lease rows: {', '.join(added) + ' added' if added else 'all there'}")
        tables = [*guard, *([row[0] for row in await server.ask(UNGUARDED)] if guard_all else [])]
        did += [await _guard(server, table, instances) for table in dict.fromkeys(tables)]
        left = len(await server.ask(UNGUARDED))
    if left:
        did.append(f"{left} tables are written to without a lease: --guard TABLE, or --guard-all")
    return did


class _Connected:
    """A superuser's connection, closed at the end."""

    def __init__(self, conninfo: str) -> None:
        limits = Limits(connect_s=5.0, statement_s=STATEMENT_S)
        self._server = Server(conninfo, limits, called="PostgreSQL")

    async def __aenter__(self) -> Server:
        return self._server

    async def __aexit__(self, *_error: object) -> None:
        await self._server.close()


async def _role(server: Server, role: str) -> str:
    if not ROLE.match(role):
        raise NotInstallable(f"`{role}` is no plain name of a role")
    if await server.ask(THERE, (role,)) != [(0,)]:
        return f"role {role}: is there"
    await server.ask(f'CREATE ROLE "{role}" LOGIN'.encode())
    return f"role {role}: made, without a password"


async def _instances(server: Server) -> set[str]:
    try:
        return {row[0] for row in await server.ask(INSTANCES)}
    except NotInstalled:
        return set()


async def _guard(server: Server, table: str, instances: Collection[str]) -> str:
    try:
        ((found,),) = await server.ask(TABLE, (table,))
        if found is None:
            raise NotInstallable(f"there is no table `{table}` in this database")
        await server.ask(GUARD, (found, sorted(instances)))
    except NotAnswered as error:
        raise NotInstallable(f"{table}: {error}") from error
    return f"table {table}: is under the check"
