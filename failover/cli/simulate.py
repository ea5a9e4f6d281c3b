"""`telemed-failover simulate`: the agents in a seeded world of faults, judged."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from typing import Any

from failover.cli.exits import ExitCode, Refused
from failover.simulator.outcome import Outcome
from failover.simulator.run import run as run_seed
from failover.simulator.run import run_many
from failover.simulator.story import Story
from failover.simulator.tally import Tally

HELP = "Run the agents through seeded faults, and judge what they do."
REPLAY = "telemed-failover simulate --replay"
PROGRESS_S = 0.5
SHOWN_MAX = 20  # violations, without --json


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument("--seeds", type=int, default=200, metavar="N", help="how many seeds")
    command.add_argument("--first-seed", type=int, default=0, metavar="S", help="the first of them")
    command.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    command.add_argument("--replay", type=int, metavar="SEED", help="tell the story of one seed")
    command.add_argument("--everything", action="store_true", help="in a story: routine too")
    command.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: Namespace) -> ExitCode:
    """Run seeds, or tell the story of one."""
    if options.replay is not None:
        return _replay(options.replay, everything=options.everything, as_json=options.json)
    if options.seeds < 1 or options.jobs < 1:
        raise Refused(
            ExitCode.MISUSED, "--seeds and --jobs start at 1", "for example `--seeds 2000 --jobs 2`"
        )
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    tally, started_s = Tally(), time.monotonic()
    for outcome in with_progress(run_many(seeds, options.jobs), len(seeds)):
        tally.add(outcome)
    document = tally.document() | {"wall_s": round(time.monotonic() - started_s, 1)}
    sys.stdout.write(json.dumps(document, indent=1) + "\n" if options.json else _text(document))
    return ExitCode.FINDINGS if tally.broken else ExitCode.DONE


def _replay(seed: int, *, everything: bool, as_json: bool) -> ExitCode:
    story = Story(everything=everything)
    outcome = run_seed(seed, recorder=story.recorder())
    if as_json:
        tally = Tally()
        tally.add(outcome)
        document = tally.document() | {"story": story.lines, "digest": story.digest()}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        lines = [f"seed {seed}: {outcome.category}, profile {outcome.profile}", *story.lines]
        lines.append(f"{len(outcome.violations)} violations; digest {story.digest()[:16]}")
        sys.stdout.write("\n".join(lines) + "\n")
    return ExitCode.FINDINGS if outcome.violations else ExitCode.DONE


def with_progress(outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """A line that counts, on a terminal only."""
    shown_s, on_terminal = 0.0, sys.stderr.isatty()
    for number, outcome in enumerate(outcomes, start=1):
        yield outcome
        if on_terminal and (time.monotonic() - shown_s > PROGRESS_S or number == count):
            shown_s = time.monotonic()
            sys.stderr.write(f"\r{number} of {count} seeds" + ("\n" if number == count else ""))
            sys.stderr.flush()


def _text(document: dict[str, Any]) -> str:
    broken = document["violations"]
    lines = [f"{document['runs']} seeds in {document['wall_s']} s: {len(broken)} violations"]
    for each in broken[:SHOWN_MAX]:
        lines.append(f"  seed {each['seed']}, {each['at_s']} s, {each['rule']}: {each['text']}")
        lines.append(f"    {REPLAY} {each['seed']}")
    if len(broken) > SHOWN_MAX:
        lines.append(f"  and {len(broken) - SHOWN_MAX} more: `--json` prints all")
    counts = ("moves", "overlaps_admitted", "double_writes_admitted")
    lines += [f"{_words(key)}: {document[key]}" for key in counts]
    for key in ("takeover_s", "lost_bytes"):
        for about, figures in document[key].items():
            shown = ", ".join(f"{name} {value}" for name, value in figures.items())
            lines += [f"{_words(key)}, {about}: {shown}"]
    for key in ("categories", "closed_at_the_end", "faults", "rows"):
        lines.append(f"{_words(key)}:")
        lines += [f"  {count:7d}  {name}" for name, count in document[key].items()]
    return "\n".join(lines) + "\n"


def _words(key: str) -> str:
    return key.removesuffix("_s").replace("_", " ") + (", seconds" if key.endswith("_s") else "")
