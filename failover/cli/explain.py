"""`telemed-failover explain`: what a journal says was decided, why, and whether that still follows.

Each record is replayed from the evidence in it, under the plan whose hash it bears.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from failover.cli.exits import ExitCode, Refused, say
from failover.cli.table import TABLES
from failover.core.facts import Owner
from failover.core.journal import GENESIS, replay, split, verify
from failover.core.plan import Plan
from failover.plan_file import PlanProblem, read_plan

HELP = "Say what a journal's decisions follow from, and whether a replay makes the same of them."
WHYS: Mapping[str, str] = {row.id: row.why for table in TABLES for row in table.rows}


class Replay(Enum):
    """What became of a record when it was made anew."""

    IDENTICAL = "identical"
    DIFFERS = "differs"
    NOTE = "note"  # no decision: a life that begins, a page, a gap
    NO_PLAN = "no plan"  # none of the given plans bears its hash
    UNREADABLE = "unreadable"


class Explained(NamedTuple):
    """One line of a journal. Of an unreadable one only number and problem."""

    number: int  # from 1
    replay: Replay
    record: Mapping[str, Any]
    sentences: Mapping[str, str]  # of each verdict: what it speaks about, and what it says
    problem: str  # what differs, or cannot be read


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument("journal", metavar="JOURNAL", type=Path, help="the journal's file")
    command.add_argument(
        "--plan",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a plan that was in force; several may be given. Without the plan that a record "
        "names, the record is told and not replayed",
    )
    command.add_argument("--id", metavar="N", type=int, help="only the line of this number")
    command.add_argument(
        "--after",
        metavar="HASH",
        default=GENESIS,
        help="the last hash of the file before this one; default: this is the first",
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: Namespace) -> ExitCode:
    """Explain a journal, or one line of it."""
    lines = _lines(options.journal)
    if options.id is not None and not 1 <= options.id <= len(lines):
        count = f"{len(lines)} line{'s' * (len(lines) != 1)}"
        problem = f"--id: {options.journal} has {count} and no number {options.id}"
        raise Refused(ExitCode.MISUSED, problem, "lines are counted from 1")
    plans = {plan.hash: plan for plan in map(_plan, options.plan)}
    chosen = range(1, len(lines) + 1) if options.id is None else [options.id]
    found = [_explained(number, lines[number - 1], plans) for number in chosen]
    broken_at = verify(lines, options.after)
    if options.json:
        document = {"broken_at": broken_at, "lines": [_plain(each) for each in found]}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(_told(each) for each in found))
    return _complain(options.journal, found, broken_at)


def _lines(journal: Path) -> Sequence[str]:
    try:
        text = journal.read_bytes().decode(errors="backslashreplace")
    except OSError as error:
        hint = "name the file that the agent appends to"
        raise Refused(ExitCode.FAILED, f"{journal}: {error.strerror}", hint) from error
    return text.removesuffix("\n").split("\n") if text else []


def _plan(path: Path) -> Plan:
    try:
        return read_plan(path)
    except PlanProblem as refused:
        problem = f"{refused.place}: {refused.message}"
        raise Refused(ExitCode.FAILED, problem, refused.hint) from refused


def _explained(number: int, line: str, plans: Mapping[str, Plan]) -> Explained:
    text = split(line).record
    try:
        record = json.loads(text)
        if "by" in record and record.keys().isdisjoint(("evidence", "judgement")):
            return Explained(number, Replay.NOTE, record, _noted(record), "")
        sentences = _sentences(record)
        plan = plans.get(record["plan"])
        if plan is None:
            return Explained(number, Replay.NO_PLAN, record, sentences, "")
        again = replay(text, plan)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return Explained(number, Replay.UNREADABLE, {}, {}, "no record of this version")
    if again == text:
        return Explained(number, Replay.IDENTICAL, record, sentences, "")
    difference = _difference(sentences, _sentences(json.loads(again)))
    return Explained(number, Replay.DIFFERS, record, sentences, difference)


def _difference(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    for subject in now:
        if then.get(subject) != now[subject]:
            kept = then.get(subject, "nothing")
            return f"{subject}: the journal says {kept}; its evidence says {now[subject]}"
    return "the same verdicts, in other bytes than this version writes"


def _noted(record: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(each) for name, each in sorted(record.items())}


def _sentences(record: Mapping[str, Any]) -> dict[str, str]:
    judgement = record["judgement"]
    details = {group["name"]: _detail(group) for group in record["evidence"]["groups"]}
    sentences = {
        "agent": f"{record['by']}, {record['at_s']:.3f} s after the start of its machine",
        "plan": record["plan"][:12],
        "links": _sentence(judgement["link"]),
        "peer": _sentence(judgement["site"]),
    }
    for group in judgement["groups"]:
        subject = f"group {group['name']}"
        sentences[subject] = _sentence(group["instance"]) + details.get(group["name"], "")
        sentences[f"{subject}, action"] = _sentence(group["action"])
    return sentences


def _detail(group: Mapping[str, Any]) -> str:
    """What a person asks next about a group that is not owned here."""
    if group["owner"] == Owner.MINE.value:
        return ""
    held = f"; held by {group['held_by']}" if group["held_by"] else ""
    return f"; gate: {group['gate']['why']}{held}"


def _sentence(row: Mapping[str, str]) -> str:
    why = WHYS.get(row["row"], "this version has no such row")
    return f"{row['verdict']} ({row['row']}): {why}"


def _told(line: Explained) -> str:
    text = f"{line.number}  replay: {line.replay.value}\n"
    width = max(map(len, line.sentences), default=0)
    for subject, sentence in line.sentences.items():
        text += f"   {subject:{width}}  {sentence}\n"
    return text


def _plain(line: Explained) -> dict[str, Any]:
    return {**line._asdict(), "replay": line.replay.value}


def _complain(journal: Path, found: Sequence[Explained], broken_at: int | None) -> ExitCode:
    bad = [each for each in found if each.replay in (Replay.DIFFERS, Replay.UNREADABLE)]
    for each in bad:
        say(f"{journal}:{each.number}: {each.replay.value}: {each.problem}")
    if broken_at is not None:
        hint = "of a later file, give --after; else compare it with the other copies"
        say(f"{journal}:{broken_at}: the chain of hashes breaks here", hint)
    unplanned = [each for each in found if each.replay is Replay.NO_PLAN]
    if unplanned:
        hashes = ", ".join(sorted({each.record["plan"][:12] for each in unplanned}))
        sys.stderr.write(f"not replayed: {len(unplanned)}; give --plan for {hashes}\n")
    return ExitCode.FINDINGS if bad or broken_at is not None else ExitCode.DONE
