"""`telemed-failover database check | install | records`: a group's PostgreSQL at this place."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from failover.cli import records
from failover.cli.exits import ExitCode, Refused
from failover.cli.node import add_node, failed, place
from failover.plan_file.content import MoveGroup
from failover.processes.places import Place
from failover.processes.problem import CannotRun

if TYPE_CHECKING:
    # At run time where it is needed: psycopg comes with the extra `failover`.
    from failover.actuators.postgresql.checks import Finding
    from failover.actuators.postgresql.settings import Cluster

HELP = "Make a database of this place ready to be moved, look what is missing, or what it holds."
CHECK = "Look what is missing; exits with 3 if anything is."
INSTALL = "Settings, roles, schema, lease rows: what is missing, again and again."
SUPERUSER = "postgres"
SOCKETS = "/var/run/postgresql"


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    steps = command.add_subparsers(metavar="STEP", required=True, dest="step")
    check = steps.add_parser("check", help=CHECK, description=CHECK, allow_abbrev=False)
    install = steps.add_parser("install", help=INSTALL, description=INSTALL, allow_abbrev=False)
    install.add_argument(
        "--guard",
        action="append",
        default=[],
        metavar="TABLE",
        help="put a table under the check of the lease; may be said several times",
    )
    install.add_argument(
        "--guard-all", action="store_true", help="the same for every table of the database"
    )
    install.add_argument(
        "--superuser",
        default=SUPERUSER,
        metavar="ROLE",
        help=f"who installs, over the local socket; {SUPERUSER}",
    )
    held = steps.add_parser(
        "records", help=records.HELP, description=records.HELP, allow_abbrev=False
    )
    records.add_options(held)
    for step in (check, install, held):
        step.add_argument("--cluster", metavar="NAME", help="one of the plan's; default: all")
        add_node(step)


def run(options: Namespace) -> ExitCode:
    """One of the steps."""
    where = place(options.node)
    groups = _groups(where, options.cluster)
    try:
        if options.step == "records":
            named = [(group.group.name, _cluster(where, group)) for group in groups]
            return records.run(options, named)
        return (_check if options.step == "check" else _install)(options, where, groups)
    except CannotRun as cannot:
        raise failed(cannot) from cannot


# --- check ---------------------------------------------------------------------------------


def _check(options: Namespace, where: Place, groups: Sequence[MoveGroup]) -> ExitCode:
    found = {group.group.name: _findings(where, group) for group in groups}
    if options.json:
        document = [
            {
                "group": group.group.name,
                "cluster": group.actuators.postgresql,
                "findings": [each._asdict() for each in found[group.group.name]],
            }
            for group in groups
        ]
        sys.stdout.write(json.dumps({"clusters": document}, indent=1) + "\n")
    else:
        for group in groups:
            _show(group, found[group.group.name])
    return ExitCode.FINDINGS if any(found.values()) else ExitCode.DONE


def _findings(where: Place, group: MoveGroup) -> list[Finding]:
    from failover.actuators.postgresql.checks import check  # noqa: PLC0415

    cluster = _cluster(where, group)
    checked = group.resource_check
    return asyncio.run(check(cluster, group.group.instances, resource_check=checked))


def _show(group: MoveGroup, findings: Sequence[Finding]) -> None:
    name = group.actuators.postgresql
    if not findings:
        sys.stdout.write(f"{name} (group {group.group.name}): ready to be moved\n")
    for each in findings:
        sys.stdout.write(f"{name}: {each.problem}\n  hint: {each.mend}\n")


# --- install -------------------------------------------------------------------------------


def _install(options: Namespace, where: Place, groups: Sequence[MoveGroup]) -> ExitCode:
    if options.guard and len(groups) > 1:
        hint = "say which one has the table: `--cluster NAME`"
        raise Refused(ExitCode.MISUSED, "--guard: the plan has several clusters", hint)
    done = []
    for group in groups:
        did = _install_one(options, where, group)
        name = group.actuators.postgresql
        done.append({"group": group.group.name, "cluster": name, "did": did})
        if not options.json:
            sys.stdout.write("".join(f"{name}: {each}\n" for each in did))
    if options.json:
        sys.stdout.write(json.dumps({"clusters": done}, indent=1) + "\n")
    return ExitCode.DONE


def _install_one(options: Namespace, where: Place, group: MoveGroup) -> list[str]:
    from failover.actuators.postgresql.schema import NotInstallable, scripts  # noqa: PLC0415
    from failover.actuators.postgresql.setup import set_up  # noqa: PLC0415
    from failover.actuators.postgresql.sql import NotAnswered  # noqa: PLC0415

    cluster = _cluster(where, group)
    scripts()  # read while this is still who may look into the program's own folder
    work = set_up(
        cluster, _superuser(cluster, options.superuser), group.group.instances,
        guard=options.guard, guard_all=options.guard_all,
    )  # fmt: skip
    try:
        with _as_owner(cluster):
            return asyncio.run(work)
    except OSError as error:
        problem = f"{error.filename}: {error.strerror}"
        raise CannotRun(problem, "run it as root, or as the owner of the data") from error
    except NotInstallable as error:
        raise CannotRun(f"{cluster.name}: {error}", "mend that, and run it again") from error
    except NotAnswered as error:
        hint = (
            f"is it running, and does it let `{options.superuser}` in by {cluster.local['host']}?"
        )
        raise CannotRun(f"{cluster.name}: {error}", hint) from error


def _superuser(cluster: Cluster, role: str) -> str:
    """By the local socket, as whom PostgreSQL knows the owner of the data."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    local = cluster.local
    host = local["host"] if local["host"].startswith("/") else SOCKETS
    return make_conninfo("", host=host, port=local["port"], dbname=local["dbname"], user=role)


@contextmanager
def _as_owner(cluster: Cluster) -> Iterator[None]:
    """Root acts as the owner of the configuration: PostgreSQL asks the socket who is there."""
    if os.geteuid() != 0:
        yield
        return
    found = cluster.config_file.parent.stat()
    os.setegid(found.st_gid)
    os.seteuid(found.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


# --- which ---------------------------------------------------------------------------------


def _groups(where: Place, name: str | None) -> list[MoveGroup]:
    moved = [group for group in where.plan.groups if group.actuators.postgresql is not None]
    if where.node.name not in where.plan.plan.sites:
        hint = f"a database is moved at {' and '.join(where.plan.plan.sites)}"
        raise Refused(ExitCode.MISUSED, f"`{where.node.name}` is no data centre", hint)
    if not moved:
        raise Refused(ExitCode.MISUSED, f"{where.node.plan}: no group moves a database")
    if name is None:
        return moved
    found = [group for group in moved if group.actuators.postgresql == name]
    if not found:
        names = ", ".join(str(group.actuators.postgresql) for group in moved)
        raise Refused(ExitCode.MISUSED, f"`{name}` is no cluster of the plan", f"choose of {names}")
    return found


def _cluster(where: Place, group: MoveGroup) -> Cluster:
    from failover.processes.databases import cluster_of  # noqa: PLC0415

    return cluster_of(where, group)
