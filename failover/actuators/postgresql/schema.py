"""The product's own tables and functions in a database: installed and upgraded by a superuser.

The scripts beside this file are numbered and never changed once released: an upgrade is a new one.
Each is carried out once, all that are missing in one transaction. It replicates to the standby.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

from failover.actuators.postgresql.look import VERSION_MIN
from failover.actuators.postgresql.settings import Limits
from failover.actuators.postgresql.sql import NotAnswered, Server

SCRIPT = re.compile(r"([0-9]{3})_[a-z]+\.sql\Z")
ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")
INSTALL_S = 60.0
CREATE = b"""
CREATE SCHEMA IF NOT EXISTS telemed_failover;
GRANT USAGE ON SCHEMA telemed_failover TO PUBLIC;
CREATE TABLE IF NOT EXISTS telemed_failover.script (
    number integer PRIMARY KEY, installed_at timestamptz NOT NULL DEFAULT clock_timestamp());
"""
BEGIN = b"BEGIN; SET LOCAL client_min_messages = warning; SELECT pg_advisory_xact_lock(1413825878);"
# Everybody's statements run the checks; who may do what is said by `_grants`.
CLOSE = b"""
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA telemed_failover FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemed_failover.first_change(),
    telemed_failover.refuse_without_lease(text[], text), telemed_failover.refuse_another_term(),
    telemed_failover.term(), telemed_failover.as_of()
    TO PUBLIC;
"""
AGENT_GRANTS = """
ALTER ROLE {role} REPLICATION;
GRANT pg_monitor TO {role};
GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer), pg_reload_conf(), pg_wal_replay_resume()
    TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA telemed_failover TO {role};
GRANT EXECUTE ON FUNCTION telemed_failover.boot_clock_s(), telemed_failover.server_life(),
    telemed_failover.record_take(bigint, bigint, text, xid8),
    telemed_failover.renew(text[], bigint, bigint, bigint, double precision, double precision),
    telemed_failover.prune_journal(interval, integer),
    telemed_failover.pulse(text[], bigint, bigint), telemed_failover.digest(regclass, boolean)
    TO {role};
GRANT SELECT ON ALL SEQUENCES IN SCHEMA telemed_failover TO {role};
"""
REJOIN_GRANTS = """
ALTER ROLE {role} REPLICATION;
GRANT pg_monitor, pg_checkpoint TO {role};
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
    pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO {role};
GRANT SELECT ON telemed_failover.take, telemed_failover.journal TO {role};
GRANT EXECUTE ON FUNCTION telemed_failover.digest(regclass, boolean) TO {role};
"""


class NotInstallable(Exception):
    """Why nothing was installed; in words for a person."""


@cache
def scripts() -> Mapping[int, bytes]:
    """The scripts by their number, in order."""
    found = {}
    for file in files("failover.actuators.postgresql").iterdir():
        match = SCRIPT.match(file.name)
        if match:
            found[int(match[1])] = file.read_bytes()
    return dict(sorted(found.items()))


async def install(
    conninfo: str, *, instances: Collection[str], agent: str, rejoin: str
) -> Sequence[int]:
    """Installs or upgrades, over a superuser's connection to the primary; gives what it ran.

    `agent`, `rejoin`: roles that exist; the one acts here, the other is used from the other centre.
    `instances` are added; none is removed.

    Raises:
        NotInstallable: The server is no primary of version 15 or newer on Linux, or knows more
            scripts than this program.
        NotAnswered: The server did not answer, or refused.
    """
    for role in (agent, rejoin):
        if not ROLE.match(role):
            raise NotInstallable(f"`{role}` is no plain name of a role")
    server = Server(conninfo, Limits(statement_s=INSTALL_S), called="PostgreSQL")
    try:
        await _refuse_unfit(server)
        await server.ask(CREATE)
        return await _run_missing(server, instances, (agent, rejoin))
    finally:
        await server.close()


async def _refuse_unfit(server: Server) -> None:
    recovering, version, superuser = await server.one(
        "SELECT pg_is_in_recovery(), current_setting('server_version_num')::int,"
        " current_setting('is_superuser') = 'on'"
    )
    if version < VERSION_MIN:
        raise NotInstallable(f"PostgreSQL {version // 10000} is too old: 15 or newer is needed")
    if recovering:
        raise NotInstallable("this is a standby: install at the primary, it comes by itself")
    if not superuser:
        raise NotInstallable("the role is no superuser")
    try:
        await server.ask("SELECT pg_read_file('/proc/uptime', 0, 64, false)")
    except NotAnswered as error:
        raise NotInstallable(f"there is no clock that nobody can set: {error}") from error


async def _run_missing(
    server: Server, instances: Collection[str], roles: tuple[str, str]
) -> Sequence[int]:
    known = scripts()
    rows = await server.ask("SELECT number FROM telemed_failover.script")
    there = {row[0] for row in rows}
    newer = sorted(there - known.keys())
    if newer:
        raise NotInstallable(
            f"the database has script {newer[-1]}, this program knows none after {max(known)}: "
            "use a program at least as new as the one that installed it"
        )
    missing = [number for number in known if number not in there]
    parts = [BEGIN]
    for number in missing:
        # Fails where somebody else has run it meanwhile, and takes everything back.
        parts.append(b"INSERT INTO telemed_failover.script VALUES (%d);" % number)
        parts.append(known[number])
    parts.append(CLOSE)
    for each in instances:
        quoted = each.replace("'", "''").encode()
        parts.append(b"SELECT telemed_failover.add_instance('%s');" % quoted)
    for grants, role in zip((AGENT_GRANTS, REJOIN_GRANTS), roles, strict=True):
        parts.append(grants.format(role=f'"{role}"').encode())
    parts.append(b"COMMIT;")
    try:
        await server.ask(b"\n".join(parts))
    except NotAnswered:
        await server.close()  # and with it the transaction
        raise
    return missing
