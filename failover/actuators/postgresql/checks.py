"""What keeps a cluster from being moved: files and disk here, the server's settings, roles, schema.

Looks only. Each finding says what is wrong and what a person can do.
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import LiteralString, NamedTuple

from failover.actuators.postgresql.files import Files
from failover.actuators.postgresql.kept import MIB, Kept
from failover.actuators.postgresql.look import VERSION_MIN
from failover.actuators.postgresql.schema import scripts
from failover.actuators.postgresql.settings import Cluster
from failover.actuators.postgresql.sql import NotAnswered, NotInstalled, Row, Server

INSTALL = "run `telemed-failover database install`"
PROGRAMS = ("pg_ctl", "pg_controldata", "pg_rewind", "pg_basebackup", "pg_waldump")
RESTART = "restart PostgreSQL when its service may pause; the agent starts no server anew for that"
LEAST = (
    ("max_wal_senders", 3),  # a standby, and a base backup with its log
    ("max_replication_slots", 2),
)
WRONG = (
    ("full_page_writes", ("off",), "on"),
    ("hot_standby", ("off",), "on"),
    ("wal_level", ("minimal",), "replica"),
    # Neither clients nor the other centre could come; the guard keeps the doors.
    ("listen_addresses", ("", "localhost", "127.0.0.1"), "'*'"),
)
SETTINGS: LiteralString = """
SELECT name, setting, coalesce(sourcefile, ''), pending_restart FROM pg_settings
"""
SERVER: LiteralString = """
SELECT current_setting('server_version_num')::int, pg_is_in_recovery(), (
    SELECT system_identifier::text FROM pg_control_system())
"""
ROLE: LiteralString = """
SELECT rolreplication, pg_has_role(oid, 'pg_monitor', 'MEMBER'),
       has_function_privilege(oid, 'pg_promote(boolean, integer)', 'EXECUTE'),
       has_function_privilege(oid, 'pg_reload_conf()', 'EXECUTE'),
       has_function_privilege(oid, 'pg_wal_replay_resume()', 'EXECUTE')
  FROM pg_roles WHERE rolname = current_user
"""
REJOIN_ROLE: LiteralString = """
SELECT rolreplication, pg_has_role(oid, 'pg_monitor', 'MEMBER'),
       pg_has_role(oid, 'pg_checkpoint', 'MEMBER'),
       has_function_privilege(oid, 'pg_ls_dir(text, boolean, boolean)', 'EXECUTE'),
       has_function_privilege(oid, 'pg_stat_file(text, boolean)', 'EXECUTE'),
       has_function_privilege(
           oid, 'pg_read_binary_file(text, bigint, bigint, boolean)', 'EXECUTE')
  FROM pg_roles WHERE rolname = %s
"""
SCRIPTS: LiteralString = "SELECT number FROM telemed_failover.script"
INSTANCES: LiteralString = "SELECT name FROM telemed_failover.instance"
HASTY: LiteralString = """
SELECT setting, concat_ws(' in ', 'role ' || rolname, 'database ' || datname)
  FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting
  LEFT JOIN pg_roles ON pg_roles.oid = setrole LEFT JOIN pg_database AS base
    ON base.oid = setdatabase
 WHERE setting ~ '^synchronous_commit=(off|local|false|no|0)$' ORDER BY 1, 2
"""
CLOCK: LiteralString = "SELECT telemed_failover.boot_clock_s()"
RECORDS: LiteralString = """
SELECT has_function_privilege('telemed_failover.pulse(text[], bigint, bigint)', 'EXECUTE')
   AND has_function_privilege('telemed_failover.as_of()', 'EXECUTE')
   AND has_function_privilege('telemed_failover.digest(regclass, boolean)', 'EXECUTE')
"""
UNGUARDED: LiteralString = """
SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace AS space
    ON space.oid = relnamespace
 WHERE relkind = 'r' AND relpersistence = 'p' AND nspname !~ '^(pg_|information_schema$)'
   AND nspname <> 'telemed_failover'
   AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid
                      AND tgname = 'telemed_statement' AND tgenabled IN ('O', 'A'))
 ORDER BY 1
"""
TABLES_SHOWN = 5


class Finding(NamedTuple):
    """What is wrong, and what a person can do."""

    problem: str
    mend: str


class Setting(NamedTuple):
    """One setting as it is in force."""

    value: str
    source: str  # the file that it is from
    pending: bool  # changed there, and in force after a restart


async def check(
    cluster: Cluster, instances: Collection[str], *, resource_check: bool
) -> list[Finding]:
    """All findings on this machine, and whether the other centre's server answers it."""
    files = Files(cluster)
    findings = list(_files(files))
    try:
        size_bytes = await files.size_bytes()
        findings += _disk(files, size_bytes)
    except OSError as error:
        findings.append(Finding(f"{error.filename}: {error.strerror}", "let the agent's user in"))
    server = Server(cluster.local_conninfo, cluster.limits, called=f"PostgreSQL in {cluster.site}")
    try:
        if (cluster.data / "PG_VERSION").exists():
            findings += await _server(cluster, server, instances, resource_check=resource_check)
    except PermissionError as error:
        words = "run it as root, or as the owner of the data"
        findings.append(Finding(f"{error.filename}: {error.strerror}", words))
    finally:
        await server.close()
    return findings


# --- this machine --------------------------------------------------------------------------


def _files(files: Files) -> Iterator[Finding]:
    cluster = files.cluster
    missing = [name for name in PROGRAMS if not (cluster.programs / name).exists()]
    if missing:
        words = "install Debian's `postgresql`, or mend `version` or `programs` in node.toml"
        yield Finding(f"{cluster.programs} has no {', '.join(missing)}", words)
    if not cluster.config_file.exists():
        words = "make the cluster with pg_createcluster, or mend `config_file` in node.toml"
        yield Finding(f"{cluster.config_file} is not there", words)
    if not (files.settings_are(relaxed=False) or files.settings_are(relaxed=True)):
        state = "is not as it should be" if cluster.managed_file.exists() else "is not there"
        yield Finding(f"{cluster.managed_file} {state}", INSTALL)
    if not cluster.data.parent.is_dir():
        yield Finding(f"{cluster.data.parent} is not there", "make it, for the owner of the data")
    words = files.unsupported()
    if words:
        yield Finding(f"{cluster.data}: {words}", "put everything into the data directory")
    if cluster.rewinding_mark.exists():
        mend = "leave it to the agent, which clones it as soon as the other centre serves"
        yield Finding(f"{cluster.data} is half rewound", mend)
    yield from _passfile(cluster)


def _passfile(cluster: Cluster) -> Iterator[Finding]:
    named = cluster.peer.get("passfile")
    if named is None:
        return
    try:
        found = Path(named).stat()
    except OSError as error:
        yield Finding(f"{named}: {error.strerror}", "write it: HOST:PORT:*:USER:PASSWORD")
        return
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(f"{named} may be read by others", f"chmod 600 {named}")


def _disk(files: Files, size_bytes: int) -> Iterator[Finding]:
    cluster, kept = files.cluster, Kept(files)
    if not cluster.data.parent.is_dir():
        return
    free_bytes = files.free_bytes()
    if free_bytes < size_bytes:
        yield Finding(
            f"the disk of {cluster.data} is too small: keeping a divergent tail takes "
            f"{size_bytes // MIB} MiB, and {max(0, free_bytes) // MIB} MiB may be used",
            "make room; the old owner could not come back by itself",
        )
    slot_bytes = cluster.slot_mib_max * MIB
    if free_bytes < slot_bytes:
        yield Finding(
            f"the disk of {cluster.data} is smaller than the log that a cut may pile up: "
            f"{slot_bytes // MIB} MiB",
            "make room, or lower `slot_mib_max` in node.toml",
        )
    if len(kept.entries()) >= cluster.kept_max:
        yield Finding(
            f"{cluster.kept_folder} holds {len(kept.entries())} divergent data directories, "
            f"as many as may be",
            "settle their rows, then move the oldest away",
        )


# --- the server ----------------------------------------------------------------------------


async def _server(
    cluster: Cluster, server: Server, instances: Collection[str], *, resource_check: bool
) -> list[Finding]:
    try:
        version, recovering, system = await server.one(SERVER)
        rows = await server.ask(SETTINGS)
        settings = {name: Setting(*rest) for name, *rest in rows}
        role = await server.one(ROLE)
    except NotAnswered as error:
        mend = f"start it, and let role `{cluster.local.get('user', '')}` in (pg_hba.conf)"
        return [Finding(str(error), mend)]
    findings = [
        *_version(version),
        *_places(cluster, settings),
        *_settings(cluster, settings),
        *_commit_rule(cluster, settings, recovering=recovering),
        *_role(cluster, role),
    ]
    findings += await _hasty(cluster, server)
    findings += await _rejoin_role(cluster, server)
    findings += await _schema(server, instances, resource_check=resource_check)
    findings += await _peer(cluster, system)
    return findings


def _version(version: int) -> Iterator[Finding]:
    if version < VERSION_MIN:
        yield Finding(f"PostgreSQL {version // 10000} is too old", "upgrade to 15 or newer")


def _settings(cluster: Cluster, settings: Mapping[str, Setting]) -> Iterator[Finding]:
    yield from _bound(cluster, settings["max_slot_wal_keep_size"])
    if "on" not in (settings["wal_log_hints"].value, settings["data_checksums"].value):
        yield Finding(
            "neither wal_log_hints nor data checksums are on: pg_rewind is impossible",
            f"{INSTALL}, then {RESTART}",
        )
    for name, wrong, wanted in WRONG:
        if settings[name].value in wrong:
            value = settings[name].value or "empty"
            yield Finding(f"{name} is {value}", f"set it to {wanted}, then {RESTART}")
    for name, least in LEAST:
        if int(settings[name].value) < least:
            yield Finding(f"{name} is {settings[name].value}", f"set it to {least}, then {RESTART}")
    pending = sorted(name for name, each in settings.items() if each.pending)
    if pending:
        yield Finding(f"changed, and not in force: {', '.join(pending)}", RESTART)


def _places(cluster: Cluster, settings: Mapping[str, Setting]) -> Iterator[Finding]:
    for name, path in (("data_directory", cluster.data), ("config_file", cluster.config_file)):
        shown = settings[name].value
        if shown and Path(shown).resolve() != path.resolve():
            yield Finding(f"{name} is {shown}, and node.toml says {path}", "mend node.toml")


def _bound(cluster: Cluster, bound: Setting) -> Iterator[Finding]:
    """Of all that our file sets, the one that a running server shows wherever it is."""
    managed = str(cluster.managed_file)
    if bound.source and bound.source != managed:
        mend = f"include {managed} last in {cluster.config_file}, and remove it there"
        yield Finding(f"max_slot_wal_keep_size is set in {bound.source}", mend)
    elif not bound.source:
        yield Finding(f"{managed} is not included in {cluster.config_file}", INSTALL)
    if bound.value == "-1":
        yield Finding("max_slot_wal_keep_size sets no bound: a cut could fill the disk", INSTALL)


def _commit_rule(
    cluster: Cluster, settings: Mapping[str, Setting], *, recovering: bool
) -> Iterator[Finding]:
    rule, waits = settings["synchronous_standby_names"], f'"{cluster.peer_site}"'
    wanted = ("", waits) if cluster.synchronous else ("",)
    if rule.value not in wanted and not recovering:
        yield Finding(
            f"synchronous_standby_names is `{rule.value}`, set in {rule.source or 'no file'}",
            f"remove it there: {cluster.managed_file} sets it",
        )


async def _hasty(cluster: Cluster, server: Server) -> list[Finding]:
    """Who is told to wait for nobody: what a session says for itself, no check can know."""
    if not cluster.synchronous:
        return []
    return [
        Finding(
            f"{setting} is set for {whose}: its writes wait for nobody",
            "remove it with ALTER ROLE or ALTER DATABASE … RESET synchronous_commit",
        )
        for setting, whose in await server.ask(HASTY)
    ]


def _role(cluster: Cluster, row: Row) -> Iterator[Finding]:
    named = ("REPLICATION", "pg_monitor", "pg_promote", "pg_reload_conf", "pg_wal_replay_resume")
    missing = [name for name, there in zip(named, row, strict=True) if not there]
    if missing:
        who = cluster.local.get("user", "")
        yield Finding(f"role `{who}` lacks {', '.join(missing)}", f"{INSTALL} at the primary")


async def _rejoin_role(cluster: Cluster, server: Server) -> list[Finding]:
    name = cluster.peer.get("user", "")
    found = await server.ask(REJOIN_ROLE, (name,))
    if not found:
        return [Finding(f"there is no role `{name}`", f"{INSTALL} at the primary")]
    if not all(found[0]):
        problem = f"role `{name}` has not all rights that pg_rewind and pg_basebackup need"
        return [Finding(problem, f"{INSTALL} at the primary")]
    return []


async def _schema(
    server: Server, instances: Collection[str], *, resource_check: bool
) -> list[Finding]:
    try:
        there = {row[0] for row in await server.ask(SCRIPTS)}
        known = {row[0] for row in await server.ask(INSTANCES)}
        await server.ask(CLOCK)
    except NotInstalled:
        mend = f"{INSTALL} at the primary"
        return [Finding("schema telemed_failover is not installed in this database", mend)]
    except NotAnswered as error:
        return [Finding(f"schema telemed_failover cannot be used: {error}", INSTALL)]
    findings = []
    missing = sorted(scripts().keys() - there)
    if missing:
        words = ", ".join(map(str, missing))
        findings.append(Finding(f"schema telemed_failover lacks scripts {words}", INSTALL))
    elif await server.ask(RECORDS) != [(True,)]:
        problem = "the agent's role may not say how old records are, or compare them"
        findings.append(Finding(problem, f"{INSTALL} at the primary"))
    unknown = sorted(set(instances) - known)
    if unknown:
        findings.append(Finding(f"no lease row for {', '.join(unknown)}", INSTALL))
    if resource_check:
        findings += _tables([row[0] for row in await server.ask(UNGUARDED)])
    return findings


def _tables(unguarded: list[str]) -> Iterator[Finding]:
    if not unguarded:
        return
    more = len(unguarded) - TABLES_SHOWN
    shown = ", ".join(unguarded[:TABLES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    yield Finding(
        f"written to without a lease: {shown}",
        f"{INSTALL} --guard TABLE for each, or --guard-all",
    )


async def _peer(cluster: Cluster, system: str) -> list[Finding]:
    peer = Server(
        cluster.peer_conninfo, cluster.limits, called=f"PostgreSQL in {cluster.peer_site}"
    )
    try:
        _, _, theirs = await peer.one(SERVER)
    except NotAnswered as error:
        mend = "if that centre lives: let the rejoin role in there (pg_hba.conf, password, address)"
        return [Finding(str(error), mend)]
    finally:
        await peer.close()
    if theirs == system:
        return []
    problem = f"{cluster.peer_site} has another database: system {theirs}, here it is {system}"
    return [Finding(problem, "remove the data directory of the one that is no copy of the other")]
