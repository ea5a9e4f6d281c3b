"""`telemed-failover handover`: what the next on-call must know, on one screen."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap

from failover.cli.exits import ExitCode, say
from failover.cli.node import add_node, place
from failover.words.handover import Handover, handover
from failover.words.known import learn
from failover.words.spans import told_moment

HELP = "Say what the next on-call must know: holds, what is not at home, pages, drills, what ends."
PARTS = {
    "decide": "a person must decide",
    "away": "not at home",
    "holds": "held",
    "exposed": "exposed",
    "pages": "pages of the last day",
    "drills": "last drills from here",
    "journal": "journal",
    "ends": "ends soon",
}


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    add_node(command)


def run(options: Namespace) -> ExitCode:
    """Learn what can be learned here, and show it."""
    where = place(options.node)
    found = handover(where, learn(where))
    if options.json:
        document = asdict(found) | {"facts": dict(found.facts)}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(_screen(found)) + "\n")
    if not found.learned:
        hint = "ask at another place, or start the agent: `systemctl start telemed-failover-agent`"
        say("nothing could be learned: no word of the agent here, and no register", hint)
        return ExitCode.FAILED
    if found.decide:
        return ExitCode.DECIDE
    return ExitCode.FINDINGS if found.broken else ExitCode.DONE


def _screen(found: Handover) -> Iterator[str]:
    yield f"{told_moment(found.at, 0.0)}  at {found.node}, plan {found.plan[:12]}"
    width = max(len(subject) for subject, _ in found.facts)
    for subject, sentence in found.facts:
        yield from _wrapped(f"{subject:{width}}  {sentence}", width + 2)
    for name, head in PARTS.items():
        lines = getattr(found, name)
        yield ""
        yield f"{head}: {'' if lines else 'nothing'}".rstrip()
        for line in lines:
            yield from _wrapped(f"  {line}", 4)


def _wrapped(text: str, indent: int) -> list[str]:
    columns = max(60, shutil.get_terminal_size((100, 24)).columns)
    return wrap(text, columns, subsequent_indent=" " * indent, break_long_words=False)
