"""`telemed-failover status`: one screen of dated facts, and what if a centre failed now."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from textwrap import wrap

from failover.cli.exits import ExitCode, say
from failover.cli.node import add_node, place
from failover.words.known import learn
from failover.words.picture import GroupLine, Picture, WhatIf, picture
from failover.words.spans import told_moment, told_span
from failover.words.what_if import Fate

HELP = "Show who owns what, what is open, and what would happen if a centre failed now."
HEADS = ("group", "owner", "epoch", "lease", "open at", "data")


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    add_node(command)


def run(options: Namespace) -> ExitCode:
    """Learn what can be learned here, and show it."""
    where = place(options.node)
    known = learn(where)
    shown = picture(known, where.plan.plan, where.node.name)
    if options.json:
        sys.stdout.write(json.dumps(document(shown), indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(screen(shown)) + "\n")
    if not shown.learned:
        hint = "ask at another place, or start the agent: `systemctl start telemed-failover-agent`"
        say("nothing could be learned: no word of the agent here, and no register", hint)
        return ExitCode.FAILED
    return ExitCode.DECIDE if shown.decide else ExitCode.DONE


def document(shown: Picture) -> dict[str, object]:
    """The same for a program."""
    plain = asdict(shown)
    plain["facts"] = dict(shown.facts)
    plain["what_if"] = {
        each.lost: {"unknown": each.unknown, "groups": [fate._asdict() for fate in each.fates]}
        for each in shown.what_if
    }
    return plain


def screen(shown: Picture) -> Iterator[str]:
    """The lines of the screen."""
    yield f"{told_moment(shown.at, 0.0)}  at {shown.node}, plan {shown.plan[:12]}"
    yield ""
    width = max(len(subject) for subject, _ in shown.facts)
    for subject, sentence in shown.facts:
        yield from _wrapped(f"{subject:{width}}  {sentence}", width + 2)
    yield ""
    yield from _table([HEADS, *map(_cells, shown.groups)])
    for group in shown.groups:
        yield from (f"  {group.group}: {note}" for note in group.notes)
    for what_if in shown.what_if:
        yield ""
        yield from _what_if(what_if)
    if shown.decide:
        yield ""
        yield "a person must decide"
        for each in shown.decide:
            yield from _wrapped(f"  {each}", 4)


def _wrapped(text: str, indent: int) -> list[str]:
    columns = max(60, shutil.get_terminal_size((100, 24)).columns)
    return wrap(text, columns, subsequent_indent=" " * indent, break_long_words=False)


def _cells(group: GroupLine) -> tuple[str, ...]:
    return (group.group, group.owner, group.epoch, group.lease, group.open, group.data)


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _what_if(what_if: WhatIf) -> Iterator[str]:
    if what_if.unknown:
        yield f"if {what_if.lost} failed now: {what_if.unknown}"
        return
    yield f"if {what_if.lost} failed now"
    yield from _table([(f"  {fate.group}", _told(fate)) for fate in what_if.fates])


def _told(fate: Fate) -> str:
    if fate.outcome == "stays":
        return f"stays at {fate.centre}"
    if fate.outcome == "taken":
        after = "at once" if not fate.after_s else f"after about {told_span(fate.after_s)}"
        lost = f", losing at most {fate.lost_bytes:,.0f} bytes" if fate.lost_bytes else ""
        return f"taken by {fate.centre} {after}{lost}: {fate.why}"
    return f"{fate.outcome}: {fate.why}"
