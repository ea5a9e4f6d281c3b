"""`telemed-failover database records`: whose records are here, how old, how many, equal or not."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from failover.cli.exits import ExitCode, say
from failover.cli.node import length
from failover.words.spans import told_span

if TYPE_CHECKING:
    # At run time where it is needed: psycopg comes with the extra `failover`.
    from failover.actuators.postgresql.records import Equality, Records
    from failover.actuators.postgresql.settings import Cluster

HELP = "Whose records are here, how old and how many; with --compare: equal in both centres?"
WITHIN_S = 600.0
CONFLICT = "40001"

Document: TypeAlias = dict[str, object]


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument(
        "--hash", action="store_true", help="a digest of each table too; equal rows, equal digest"
    )
    command.add_argument(
        "--compare",
        action="store_true",
        help="ask the other centre too, and compare the digests; exits with 3 if they differ",
    )
    command.add_argument(
        "--within",
        type=length,
        default=WITHIN_S,
        metavar="TIME",
        help=f"how long reading one table may take; {told_span(WITHIN_S)}",
    )


def run(options: Namespace, clusters: Sequence[tuple[str, Cluster]]) -> ExitCode:
    """One after the other, `(group, cluster)`; one that does not answer does not stop the next."""
    documents, codes = [], [ExitCode.DONE]
    for group, cluster in clusters:
        document, code = asyncio.run(_of_cluster(options, group, cluster))
        documents.append(document)
        codes.append(code)
        if not options.json:
            _show(document)
    if options.json:
        sys.stdout.write(json.dumps({"clusters": documents}, indent=1) + "\n")
    return ExitCode.FAILED if ExitCode.FAILED in codes else max(codes)


async def _of_cluster(
    options: Namespace, group: str, cluster: Cluster
) -> tuple[Document, ExitCode]:
    from failover.actuators.postgresql.records import NotCompared, compare, read  # noqa: PLC0415
    from failover.actuators.postgresql.sql import NotAnswered, Server  # noqa: PLC0415

    document: Document = {"group": group, "cluster": cluster.name}
    here, there = (
        Server(conninfo, cluster.limits, called=f"PostgreSQL {cluster.name} in {site}")
        for conninfo, site in (
            (cluster.local_conninfo, cluster.site),
            (cluster.peer_conninfo, cluster.peer_site),
        )
    )
    try:
        document |= _records(await read(here, hashed=options.hash, limit_s=options.within))
        if not options.compare:
            return document, ExitCode.DONE
        compared = await compare(here, there, limit_s=options.within)
        document["compared"] = {name: each.value for name, each in compared.items()}
        return document, _code(set(compared.values()))
    except NotCompared as error:
        hint = "when one centre owns them and the other one follows, run it again"
        return document | {"error": f"{cluster.name}: {error}", "hint": hint}, ExitCode.FAILED
    except NotAnswered as error:
        return document | {"error": str(error), "hint": _mend(error.code)}, ExitCode.FAILED
    finally:
        await here.close()
        await there.close()


def _records(found: Records) -> Document:
    return {
        "role": "copy" if found.is_copy else "primary",
        "owner": found.owner,
        "term": None if found.term is None else "{}.{}".format(*found.term),
        "at_s": found.at_s,
        "age_s": found.age_s,
        "label": found.label,
        "lsn": found.lsn,
        "tables": {name: asdict(each) for name, each in found.tables.items()},
    }


def _code(compared: set[Equality]) -> ExitCode:
    from failover.actuators.postgresql.records import Equality  # noqa: PLC0415

    if Equality.DIFFERS in compared:
        return ExitCode.FINDINGS
    return ExitCode.FAILED if Equality.WRITTEN in compared else ExitCode.DONE


def _mend(code: str) -> str:
    if code == CONFLICT:
        return "what it read was cleaned up at the owner: run it again, or there"
    return "is it running, and installed? `telemed-failover database check` says what is missing"


def _show(document: Document) -> None:
    name = f"{document['cluster']} (group {document['group']})"
    tables = document.get("tables")
    if isinstance(tables, dict):
        sys.stdout.write(
            f"{name}: {document['role']}, {document['label']}; log {document['lsn']}\n"
        )
        compared = document.get("compared")
        said = compared if isinstance(compared, dict) else {}
        names = sorted(tables.keys() | said.keys())
        width = max(map(len, names), default=0)
        for each in names:
            sys.stdout.write(f"  {each:<{width}}{_line(tables.get(each))}{_told(said, each)}\n")
    if "error" in document:
        say(str(document["error"]), str(document["hint"]))


def _line(table: Document | None) -> str:
    if table is None:
        return f"{'is not here':>17}"
    count = f"{table['rows']} row{'' if table['rows'] == 1 else 's'}"
    digest = f"  {table['digest']}" if table["digest"] else ""
    return f"{count:>17}{digest}{'' if table['guarded'] else '  not under the check'}"


def _told(compared: Document, name: str) -> str:
    return f"  {compared[name]}" if name in compared else ""
