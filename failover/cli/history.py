"""`telemed-failover history`: the journal in words, and whether its chain of hashes holds."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from failover.cli.exits import ExitCode, Refused, say
from failover.cli.node import add_node, place
from failover.disk.journal import broken_at
from failover.processes.agent import JOURNAL
from failover.words.entries import Told, told_entries
from failover.words.kept import WORDS
from failover.words.spans import NoSpan, moment_of, told_moment

HELP = "Tell the journal of this place: what was judged, paged and said."
HINT = "the rest is as it was written; compare with the other place's copy, and keep both"


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument(
        "--verify", action="store_true", help="check the chain of hashes; exit code 3 if it breaks"
    )
    command.add_argument(
        "--since", metavar="TIME", help="`2h` ago, or `2026-02-03T04:05`; default: everything"
    )
    add_node(command)


def run(options: Namespace) -> ExitCode:
    """Tell, and verify."""
    where, now = place(options.node), time.time()
    since = _since(options.since, now)
    folders = [where.node.state / name for name in (JOURNAL, WORDS)]
    present = [folder for folder in folders if _is_there(folder)]
    if not present:
        raise Refused(
            ExitCode.FAILED,
            f"{where.node.state}: holds no journal",
            "no agent has lived here under this node file, and nobody has spoken",
        )
    broken: dict[str, str] = {}
    try:
        entries = [each for folder in present for each in told_entries(folder)]
        if options.verify:
            broken = {folder.name: broken_at(folder) for folder in present}
    except OSError as error:
        raise Refused(ExitCode.FAILED, f"{error.filename}: {error.strerror}") from error
    entries = [each for each in entries if since is None or each.at is None or each.at >= since]
    entries.sort(key=lambda each: each.at or 0.0)
    _show(options, entries, broken, now)
    bad = [place_ for place_ in broken.values() if place_]
    for each in bad:
        say(f"{each}: the chain of hashes breaks here", HINT)
    return ExitCode.FINDINGS if bad else ExitCode.DONE


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError as error:
        raise Refused(ExitCode.FAILED, f"{folder}: {error.strerror}", "ask as root") from error


def _since(text: str | None, now: float) -> float | None:
    try:
        return None if text is None else moment_of(text, now)
    except NoSpan as wrong:
        raise Refused(ExitCode.MISUSED, f"--since: {wrong}") from wrong


def _show(options: Namespace, entries: list[Told], broken: dict[str, str], now: float) -> None:
    if options.json:
        document = {
            "verified": not any(broken.values()) if options.verify else None,
            "broken_at": [each for each in broken.values() if each],
            "entries": [each._asdict() for each in entries],
        }
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
        return
    for each in entries:
        at = UNDATED if each.at is None else told_moment(each.at, now)
        sys.stdout.write(f"{at}  {each.by}  {each.kind}: {each.text}\n")
    if options.verify and not any(broken.values()):
        sys.stderr.write(f"{len(broken)} chains hold, from the oldest entry kept to the newest\n")


UNDATED = "at a time that is not known"
