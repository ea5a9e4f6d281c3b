"""`telemed-failover hold | resume | switchover | takeover`: a person's words to the agents."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Callable, Mapping
from typing import Any

from failover.cli.command import Made
from failover.cli.exits import ExitCode, Refused, say
from failover.cli.node import (
    REASON_LETTERS_MAX,
    add_by,
    add_node,
    failed,
    group_of,
    group_or_every,
    length,
    line,
    person,
    place,
)
from failover.core import requests
from failover.core.cells import EVERY_GROUP, HoldCell, OrderCell, OrderKind, hold_key
from failover.core.plan import Group
from failover.core.transaction import Cell, Committed, Transaction
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.words.orders import keys_of_order, lost_by, obstacles, owner_of
from failover.words.spans import told_span
from failover.words.speaking import Seen, Spoken, Word, follow, speak, told_outcome

NONCE_BYTES = 8
WITHIN = "60s"
UNKNOWN_HINT = "look with `telemed-failover status`; the same word may be said again"


def _nonce() -> str:
    return f"word-{secrets.token_hex(NONCE_BYTES)}"


def _warn(text: str) -> None:
    sys.stderr.write(f"warning: {text}\n")


# --- hold, resume --------------------------------------------------------------------------


def _add_hold(command: ArgumentParser) -> None:
    command.add_argument("group", metavar="GROUP", help="a move group, or '*' for every group")
    command.add_argument(
        "--for", dest="length_s", type=length, required=True, metavar="2h", help="how long"
    )
    command.add_argument("--reason", required=True, metavar="TEXT", help="what others shall know")
    add_by(command)
    add_node(command)


def _add_resume(command: ArgumentParser) -> None:
    command.add_argument("group", metavar="GROUP", help="a move group, or '*' for what holds all")
    add_by(command)
    add_node(command)


def _hold(options: Namespace) -> ExitCode:
    where, by = place(options.node), person(options.by)
    hint = "say what others shall know of it"
    reason = line("--reason", options.reason, REASON_LETTERS_MAX, hint)
    content = HoldCell(options.length_s, by, reason, _nonce())
    plan, group = where.plan.plan, group_or_every(where, options.group)

    def request(cells: Mapping[str, Cell]) -> Transaction:
        return requests.hold(plan, group, content, cells)

    details = {"length_s": options.length_s, "reason": reason}
    word = Word("hold", group, by, content.nonce, details, (hold_key(group),), request)
    spoken = _spoken(where, word)
    told = told_span(options.length_s)
    return _end_of_word(
        options,
        word,
        spoken,
        f"{_every(group)} is held for {told}: it is not taken, and nothing is closed. "
        "Agents warn before it ends",
    )


def _resume(options: Namespace) -> ExitCode:
    where, by = place(options.node), person(options.by)
    plan, group = where.plan.plan, group_or_every(where, options.group)
    nonce = _nonce()

    def request(cells: Mapping[str, Cell]) -> Transaction:
        return requests.resume(plan, group, by, nonce, cells)

    word = Word("resume", group, by, nonce, {}, (hold_key(group),), request)
    spoken = _spoken(where, word)
    other = "" if group == EVERY_GROUP else "; a hold on every group (`*`) is another one"
    return _end_of_word(
        options, word, spoken, f"{_every(group)} may be taken again, if a centre fails{other}"
    )


def _every(group: str) -> str:
    return "every group" if group == EVERY_GROUP else group


# --- switchover, takeover ------------------------------------------------------------------


def _add_order(command: ArgumentParser) -> None:
    command.add_argument("group", metavar="GROUP", help="a move group")
    command.add_argument("--to", required=True, metavar="CENTRE", help="the centre to serve it")
    command.add_argument(
        "--within",
        type=length,
        default=length(WITHIN),
        metavar=WITHIN,
        help=f"the order is void if it is not begun within this; {WITHIN}",
    )
    command.add_argument(
        "--watch",
        action=BooleanOptionalAction,
        default=None,
        help="follow until it is done or not; default: on a terminal",
    )
    add_by(command)
    add_node(command)


def _add_takeover(command: ArgumentParser) -> None:
    _add_order(command)
    command.add_argument("--yes", action="store_true", help="do not ask")


def _ordering(kind: OrderKind) -> Callable[[Namespace], ExitCode]:
    def run(options: Namespace) -> ExitCode:
        where, by = place(options.node), person(options.by)
        group = group_of(where, options.group)
        order = OrderCell(kind, options.to, options.within, by, _nonce())
        warnings: list[str] = []
        word = _order_word(where, group, order, warnings)
        word.request({})  # what is wrong with it by itself
        if kind is OrderKind.TAKEOVER:
            _confirm(options, group)
        spoken = _spoken(where, word)
        for each in warnings:
            _warn(each)
        return _end_of_order(options, where, (group, order), word, spoken)

    return run


def _order_word(where: Place, group: Group, order: OrderCell, warnings: list[str]) -> Word:
    plan = where.plan.plan

    def request(cells: Mapping[str, Cell]) -> Transaction:
        try:
            made = requests.order(plan, group.name, order, cells)
        except ValueError as wrong:
            raise Refused(ExitCode.MISUSED, str(wrong)) from wrong
        if cells:
            if owner_of(group, cells) == order.to:
                raise CannotRun(f"{group.name} is at {order.to} already", "nothing was written")
            if order.kind is OrderKind.SWITCHOVER:
                warnings[:] = [
                    f"it may wait for: {each}" for each in _obstacles(where, group, cells)
                ]
        return made

    details = {"to": order.to, "length_s": order.length_s}
    keys = keys_of_order(plan, group)
    return Word(order.kind.value, group.name, order.by, order.nonce, details, keys, request)


def _obstacles(where: Place, group: Group, cells: Mapping[str, Cell]) -> list[str]:
    return obstacles(where.plan.plan, group, cells)


def _confirm(options: Namespace, group: Group) -> None:
    """A take-over by force is said twice."""
    sys.stderr.write(
        f"{group.name} would be taken by {options.to} over gate, hold and damping.\n"
        f"May be lost: {lost_by(group)}.\n"
        "Its owner is sealed, or its lease waited out; a running lease is never cut short.\n"
    )
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise Refused(ExitCode.MISUSED, "a take-over by force must be confirmed", "add `--yes`")
    sys.stderr.write(f"Type the group's name to go on [{group.name}]: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != group.name:
        raise Refused(ExitCode.FAILED, "not confirmed: nothing was written")


def _end_of_order(
    options: Namespace,
    where: Place,
    ordered: tuple[Group, OrderCell],
    word: Word,
    spoken: Spoken,
) -> ExitCode:
    group, order = ordered
    follows = f"{group.name} goes to {order.to}, if it is begun within {told_span(order.length_s)}"
    watch = sys.stdout.isatty() if options.watch is None else options.watch
    if not watch or not isinstance(spoken.outcome, Committed):
        return _end_of_word(options, word, spoken, follows)
    if not options.json:
        _tell_word(word, spoken, follows)
    seen = _watched(where, group, order, quiet=options.json)
    if options.json:
        _document(word, spoken, follows, [each._asdict() for each in seen])
    if seen and seen[-1].ended is False:
        last = seen[-1]
        say(f"{word.name} of {group.name}: {last.step}: {last.sentence}", "nothing else is tried")
        return ExitCode.FAILED
    return ExitCode.DONE


def _watched(where: Place, group: Group, order: OrderCell, *, quiet: bool) -> list[Seen]:
    seen: list[Seen] = []

    async def watch() -> None:
        async for each in follow(where, group, order):
            seen.append(each)
            if not quiet:
                sys.stdout.write(f"{each.after_s:6.1f} s  {each.step}: {each.sentence}\n")
                sys.stdout.flush()

    try:
        asyncio.run(watch())
    except KeyboardInterrupt:
        _warn("no longer watched; the order stands until it is done or void")
    return seen


# --- all of them ---------------------------------------------------------------------------


def _spoken(where: Place, word: Word) -> Spoken:
    try:
        word.request({})
    except ValueError as wrong:
        raise Refused(ExitCode.MISUSED, str(wrong)) from wrong
    try:
        return speak(where, word, _warn)
    except CannotRun as cannot:
        raise failed(cannot) from cannot


def _end_of_word(options: Namespace, word: Word, spoken: Spoken, follows: str) -> ExitCode:
    if options.json:
        _document(word, spoken, follows, None)
    else:
        _tell_word(word, spoken, follows)
    if isinstance(spoken.outcome, Committed):
        return ExitCode.DONE
    say(f"{word.name} {word.group}: {told_outcome(spoken.outcome)}", UNKNOWN_HINT)
    return ExitCode.FAILED


def _tell_word(word: Word, spoken: Spoken, follows: str) -> None:
    if isinstance(spoken.outcome, Committed):
        outcome = told_outcome(spoken.outcome)
        sys.stdout.write(f"{word.name} {word.group} by {word.by}: {outcome}\n{follows}\n")
        sys.stdout.flush()


def _document(word: Word, spoken: Spoken, follows: str, seen: list[dict[str, Any]] | None) -> None:
    written = isinstance(spoken.outcome, Committed)
    document = {
        "word": word.name,
        "group": word.group,
        "by": word.by,
        "nonce": word.nonce,
        **word.details,
        "written": written,
        "outcome": told_outcome(spoken.outcome),
        "next": follows if written else "",
        "steps": seen,
    }
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


HOLD = Made(
    "Keep a group, or every group, from being taken for a while. Closes nothing.", _add_hold, _hold
)
RESUME = Made("End a hold.", _add_resume, _resume)
SWITCHOVER = Made(
    "Move a group to a centre as planned: nothing is lost, and it is rolled back if it does not "
    "work.",
    _add_order,
    _ordering(OrderKind.SWITCHOVER),
)
TAKEOVER = Made(
    "Have a centre take a group by force, over gate, hold and damping; something may be lost.",
    _add_takeover,
    _ordering(OrderKind.TAKEOVER),
)
