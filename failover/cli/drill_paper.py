"""The drills that touch nothing: `drill tabletop | simulate | shadow`."""

from __future__ import annotations

import json
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from failover.cli.exits import ExitCode, Refused
from failover.cli.node import place
from failover.cli.simulate import with_progress
from failover.disk.lock import boot_id
from failover.processes.agent import JOURNAL
from failover.processes.places import Place
from failover.processes.shadow import FOLDER
from failover.simulator.tally import Tally
from failover.wire.post import boot_time_s
from failover.words import drill_simulation
from failover.words import tabletop as paper
from failover.words.drill_shadow import TOGETHER_S, Comparison, Since, compare
from failover.words.scenarios import NAMES, Scenario, scenario_of
from failover.words.spans import NoSpan, moment_of, told_moment, told_span
from failover.words.status_file import read_status

SHOWN_MAX = 20


def tabletop(options: Namespace) -> ExitCode:
    """What would happen now."""
    where = place(options.node)
    scenario = _scenario(where, options.scenario)
    document, assumed = _status(where, assume=options.assume)
    found = paper.tabletop(document, where.plan.plan, scenario, assumed)
    if options.json:
        plain = found._asdict()
        plain["steps"] = [step._asdict() for step in found.steps]
        plain["groups"] = [fate._asdict() for fate in found.groups]
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(_told_tabletop(found)) + "\n")
    blocked = any(fate.outcome in ("blocked", "closes") for fate in found.groups)
    return ExitCode.DECIDE if blocked else ExitCode.DONE


def simulate(options: Namespace) -> ExitCode:
    """The agents' code under this plan, many times."""
    where = place(options.node)
    plan, scenario = where.plan.plan, _scenario(where, options.scenario)
    if options.seeds < 1 or options.jobs < 1:
        problem, hint = "--seeds and --jobs start at 1", "for example `--seeds 1000 --jobs 2`"
        raise Refused(ExitCode.MISUSED, problem, hint)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    tally, began_s = Tally(), time.monotonic()
    try:
        runs = drill_simulation.simulate(plan, scenario, seeds, options.jobs)
        for outcome in with_progress(runs, len(seeds)):
            tally.add(outcome)
    except drill_simulation.NotSimulated as cannot:
        hint = "`simulate` runs the simulator's own plan"
        raise Refused(ExitCode.FAILED, f"{where.node.plan}: {cannot}", hint) from cannot
    document = tally.document() | {
        "scenario": scenario.name,
        "plan": plan.hash,
        "wall_s": round(time.monotonic() - began_s, 1),
    }
    sys.stdout.write(
        json.dumps(document, indent=1) + "\n" if options.json else _told_simulation(document)
    )
    return ExitCode.FINDINGS if tally.broken else ExitCode.DONE


def shadow(options: Namespace) -> ExitCode:
    """What the shadow would have decided, beside what the living agent did."""
    where = place(options.node)
    live, other = where.node.state / JOURNAL, where.node.state / FOLDER / JOURNAL
    if not other.is_dir():
        problem = f"{other}: no shadow agent has lived here"
        hint = "run `telemed-failover agent --shadow` beside the agent for a while"
        raise Refused(ExitCode.FAILED, problem, hint)
    try:
        found = compare(live, other, _since(options.since))
    except OSError as error:
        raise Refused(ExitCode.FAILED, f"{error.filename}: {error.strerror}") from error
    if options.json:
        plain = found._asdict()
        plain["decisions"] = [each._asdict() for each in found.decisions]
        plain["differences"] = [each._asdict() for each in found.differences]
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(_told_shadow(found)) + "\n")
    return ExitCode.FINDINGS if found.differences else ExitCode.DONE


# --- what they go by -----------------------------------------------------------------------


def _scenario(where: Place, name: str) -> Scenario:
    found = scenario_of(name, where.plan.plan)
    if found is None:
        problem = f"`{name}` is no scenario"
        raise Refused(ExitCode.MISUSED, problem, f"choose one of {', '.join(NAMES)}")
    return found


def _status(where: Place, *, assume: bool) -> tuple[dict[str, Any], str]:
    """The agent's document, or one that is assumed, and why."""
    plan = where.plan.plan
    told = None if assume else read_status(where.node.run)
    if told is not None and told.fresh and told.document["plan"] == plan.hash:
        return told.document, ""
    centre = where.node.name if where.node.name in plan.sites else plan.sites[0]
    why = "as you asked" if assume else "no agent here says how it is now"
    if told is not None and told.fresh:
        why = f"the agent here runs another plan ({told.document['plan'][:12]})"
    return paper.assumed_document(plan, centre), why


def _since(text: str | None) -> Since | None:
    if text is None:
        return None
    now = time.time()
    try:
        return Since(boot_id(), boot_time_s() - (now - moment_of(text, now)))
    except NoSpan as wrong:
        raise Refused(ExitCode.MISUSED, f"--since: {wrong}") from wrong


# --- how they are told ---------------------------------------------------------------------


def _told_tabletop(found: paper.Tabletop) -> Iterator[str]:
    yield f"tabletop {found.scenario}: {found.sentence}"
    if found.assumed:
        yield f"assumed that all is well and at home: {found.assumed}"
    yield ""
    width = max(len(step.who) for step in found.steps)
    for step in found.steps:
        why = f": {step.why}" if step.why else ""
        line = f"{step.at_s:6.1f} s  {step.who:{width}}  {step.what}{why}"
        yield from _wrapped(line, width + 12)
    yield ""
    for fate in found.groups:
        where = f" at {fate.centre}" if fate.centre else ""
        after = f" after {told_span(fate.after_s)}" if fate.after_s else ""
        yield from _wrapped(f"  {fate.group}: {fate.outcome}{where}{after}: {fate.why}", 4)
    yield ""
    yield "lost: " + ("; ".join(found.lost) or "nothing")
    yield "a person"
    for each in found.person:
        yield from _wrapped(f"  {each}", 4)


def _told_simulation(document: dict[str, Any]) -> str:
    broken = document["violations"]
    head = f"drill simulate {document['scenario']}: {document['runs']} seeds"
    lines = [
        f"{head} under plan {document['plan'][:12]} in {document['wall_s']} s",
        f"moves: {document['moves']}; findings: {len(broken)}",
        *(
            f"  seed {each['seed']}, {each['at_s']} s, {each['rule']}: {each['text']}"
            for each in broken[:SHOWN_MAX]
        ),
    ]
    if len(broken) > SHOWN_MAX:
        lines.append(f"  and {len(broken) - SHOWN_MAX} more: `--json` prints all")
    for name, figures in (
        ("taken over after, seconds", document["takeover_s"]),
        ("lost, bytes", document["lost_bytes"]),
    ):
        told = (", ".join(f"{key} {each}" for key, each in one.items()) for one in figures.values())
        lines += [f"{name}: {one}" for one in told]
    lines += [f"paged: {count} times about {key}" for key, count in document["pages"].items()]
    return "\n".join(lines) + "\n"


def _told_shadow(found: Comparison) -> Iterator[str]:
    yield (
        f"the shadow saw {told_span(found.seen_s)} and judged {found.judged_shadow} times; "
        f"the living agent judged {found.judged_live} times, and saw {found.moves} moves"
    )
    yield f"the shadow would have acted {len(found.decisions)} times"
    for each in found.decisions:
        also = "as the living agent did" if each.also_live else "the living agent did not"
        moved = "it moved" if each.moved else "it did not move"
        yield from _wrapped(
            f"  {_moment(each.boot, each.at_s)}  {each.group}: {each.action}, {also}; {moved} "
            f"({each.why})",
            4,
        )
    yield f"they differed {len(found.differences)} times for more than {TOGETHER_S:g} s"
    for one in found.differences:
        yield from _wrapped(
            f"  {_moment(one.boot, one.at_s)}  {one.subject}: living {one.live}, shadow "
            f"{one.shadow}, for {told_span(one.length_s)}",
            4,
        )


def _moment(boot: str, at_s: float) -> str:
    if boot != boot_id():
        return f"{at_s:.1f} s after start {boot[:8]}"
    return told_moment(time.time() - (boot_time_s() - at_s), time.time())


def _wrapped(text: str, indent: int) -> list[str]:
    columns = max(60, shutil.get_terminal_size((100, 24)).columns)
    return wrap(text, columns, subsequent_indent=" " * indent, break_long_words=False)
