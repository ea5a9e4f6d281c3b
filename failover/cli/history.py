"""`telemed-failover history`: the journal in words, and whether its chain of hashes holds."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import NamedTuple

from failover.cli.exits import ExitCode, Refused, say
from failover.cli.node import add_node, place
from failover.processes.agent import JOURNAL
from failover.processes.aside import copy_folder
from failover.processes.places import Place
from failover.words.entries import Told, told_entries
from failover.words.journals import beyond, check, folders_of, relation
from failover.words.kept import WORDS
from failover.words.spans import NoSpan, moment_of, told_moment

HELP = "Tell the journal of this place: what was judged, paged and said."
HINT = "the rest is as it was written; compare with the other place's copy, and keep both"


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument(
        "--verify",
        action="store_true",
        help="check the chains of hashes of the journals and of the copy of the other centre's, "
        "and how original and copy stand together; exit code 3 if one breaks or has lost entries",
    )
    command.add_argument(
        "--against",
        type=Path,
        metavar="FOLDER",
        help="with --verify: the same journal's folder as it was brought from the other centre",
    )
    command.add_argument(
        "--since", metavar="TIME", help="`2h` ago, or `2026-02-03T04:05`; default: everything"
    )
    add_node(command)


class _Verified(NamedTuple):
    """What was found when the journals were checked."""

    broken: list[str]  # file:line
    bad: list[str]
    good: list[str]


def run(options: Namespace) -> ExitCode:
    """Tell, and verify."""
    where, now = place(options.node), time.time()
    since = _since(options.since, now)
    if options.against is not None and not options.verify:
        raise Refused(ExitCode.MISUSED, "--against: says nothing without --verify", "add --verify")
    folders = [where.node.state / name for name in (JOURNAL, WORDS)]
    present = [folder for folder in folders if _is_there(folder)]
    if not present:
        raise Refused(
            ExitCode.FAILED,
            f"{where.node.state}: holds no journal",
            "no agent has lived here under this node file, and nobody has spoken",
        )
    found = _Verified([], [], [])
    try:
        entries = [each for folder in present for each in told_entries(folder)]
        if options.verify:
            found = _verified(where, options.against)
    except OSError as error:
        raise Refused(ExitCode.FAILED, f"{error.filename}: {error.strerror}") from error
    entries = [each for each in entries if since is None or each.at is None or each.at >= since]
    entries.sort(key=lambda each: each.at or 0.0)
    _show(options, entries, found, now)
    for each in found.broken:
        say(f"{each}: the chain of hashes breaks here", HINT)
    for each in found.bad:
        say(each, HINT)
    return ExitCode.FINDINGS if found.broken or found.bad else ExitCode.DONE


def _verified(where: Place, against: Path | None) -> _Verified:
    found = _Verified([], [], [])
    checked = [check(folder, what) for folder, what in folders_of(where).items()]
    for each in checked:
        found.broken.extend([each.broken_at] if each.broken_at else [])
        found.bad.extend(
            f"{each.what} has a gap in {gap.file}, behind entry {gap.after[:12]}"
            for gap in each.gaps
        )
    if not found.broken:
        text = f"{len(checked)} chains hold, from the oldest entry kept to the newest"
        found.good.append(text)
    for is_bad, text in beyond(where):
        (found.bad if is_bad else found.good).append(text)
    if against is not None:
        _compare(where, against, found)
    return found


def _compare(where: Place, against: Path, found: _Verified) -> None:
    """A folder from the other centre is its copy of this journal, or the original of the copy."""
    if not _is_there(against):
        raise Refused(ExitCode.MISUSED, f"--against: {against} is no folder", "name a journal's")
    own = where.node.state / JOURNAL
    pairs = [(own, against)] if own.is_dir() else []
    copy = copy_folder(where.node.state, where.plan.plan.other(where.node.name))
    pairs += [(against, copy)] if copy.is_dir() else []
    told = [relation(original, of_it) for original, of_it in pairs]
    best = max(told, key=lambda each: each.common, default=None)
    if best is None or not best.common:
        found.bad.append(f"{against}: has no entry in common with a journal that is kept here")
        return
    is_bad = bool(best.missing_between or best.only_in_copy)
    (found.bad if is_bad else found.good).append(f"{against}: {best.told}")


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


def _show(options: Namespace, entries: list[Told], found: _Verified, now: float) -> None:
    bad = bool(found.broken or found.bad)
    if options.json:
        document = {
            "verified": not bad if options.verify else None,
            "broken_at": found.broken,
            "problems": found.bad,
            "notes": found.good,
            "entries": [each._asdict() for each in entries],
        }
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
        return
    for each in entries:
        at = UNDATED if each.at is None else told_moment(each.at, now)
        sys.stdout.write(f"{at}  {each.by}  {each.kind}: {each.text}\n")
    for text in found.good:
        sys.stderr.write(f"{text}\n")


UNDATED = "at a time that is not known"
