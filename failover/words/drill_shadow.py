"""What a shadow agent would have decided, compared with what the living one did: from journals.

Both journals bear the machine's boot-time clock, so decisions are set side by side by it, within
one start of the machine. Only the time in which the shadow saw anything counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from failover.core.facts import Action, Owner
from failover.core.journal import split
from failover.disk.journal import journal_lines
from failover.processes.status import EVERY_S
from failover.words.entries import WHYS

# A status is so old when it is replaced, and so long in the file before the shadow looks: less than
# both together is the same moment.
TOGETHER_S = 2 * EVERY_S
STAYS = (Action.SERVE.value, Action.STAY.value)
Verdicts = Mapping[str, tuple[str, str]]  # by subject: verdict and row


class Judged(NamedTuple):
    """What held from a moment on."""

    at_s: float
    verdicts: Verdicts
    owners: Mapping[str, str]  # of each group, as its evidence had it


class Decision(NamedTuple):
    """The shadow wanted to do something."""

    boot: str
    at_s: float  # since that start of the machine
    group: str
    action: str
    why: str
    also_live: bool  # the living agent decided the same, within `TOGETHER_S`
    moved: bool  # and the group's owner changed before its next decision


class Difference(NamedTuple):
    """For some time the two said different things."""

    boot: str
    at_s: float
    length_s: float
    subject: str
    live: str
    shadow: str


class Comparison(NamedTuple):
    """The whole of it."""

    seen_s: float  # for how long the shadow saw what the living agent saw
    judged_live: int
    judged_shadow: int
    moves: int  # of groups, as the living agent's evidence shows
    decisions: tuple[Decision, ...]
    differences: tuple[Difference, ...]


class _Boot(NamedTuple):
    judged: list[Judged]
    seen: list[tuple[float, float]]  # from, until


class Since(NamedTuple):
    """From a moment on: a start of the machine, and seconds since then."""

    boot: str
    at_s: float


def compare(live: Path, shadow: Path, since: Since | None = None) -> Comparison:
    """Compare two journals. Raises OSError."""
    ours, theirs = _boots(live, since), _boots(shadow, since)
    decisions: list[Decision] = []
    differences: list[Difference] = []
    seen_s = 0.0
    for boot, shadowed in theirs.items():
        lived = ours.get(boot, _Boot([], []))
        for began_s, ended_s in shadowed.seen:
            seen_s += ended_s - began_s
            differences += _differences(boot, lived, shadowed, began_s, ended_s)
        decisions += _decisions(boot, lived, shadowed)
    return Comparison(
        seen_s=round(seen_s, 1),
        judged_live=sum(len(each.judged) for each in ours.values()),
        judged_shadow=sum(len(each.judged) for each in theirs.values()),
        moves=sum(_moves(each.judged) for each in ours.values()),
        decisions=tuple(decisions),
        differences=tuple(differences),
    )


def _boots(folder: Path, since: Since | None) -> dict[str, _Boot]:
    """A journal by starts of the machine."""
    found: dict[str, _Boot] = {}
    boot, since_s, last_s = "", None, 0.0
    for _, _, line in journal_lines(folder):
        record = _record(line)
        at_s = record.get("at_s")
        if not isinstance(at_s, int | float):
            continue
        if boot and record.get("shadow") in ("sees nothing", "begins") and since_s is not None:
            # A shadow that begins again has ended some time before: what it said last counts.
            found[boot].seen.append((since_s, at_s if record["shadow"] != "begins" else last_s))
            since_s = None
        boot = str(record.get("boot", boot))
        of_boot = found.setdefault(boot, _Boot([], []))
        if "judgement" in record and _counts(boot, float(at_s), since):
            of_boot.judged.append(_judged(record))
            since_s = at_s if since_s is None else since_s
        last_s = float(at_s)
    if boot and since_s is not None:
        found[boot].seen.append((since_s, last_s))
    return found


def _counts(boot: str, at_s: float, since: Since | None) -> bool:
    return since is None or (boot == since.boot and at_s >= since.at_s)


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(split(line).record)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _judged(record: Mapping[str, Any]) -> Judged:
    judgement = record["judgement"]
    verdicts = {
        "links": _verdict(judgement["link"]),
        "peer": _verdict(judgement["site"]),
        **{each["name"]: _verdict(each["action"]) for each in judgement["groups"]},
    }
    owners = {each["name"]: each["owner"] for each in record["evidence"]["groups"]}
    return Judged(float(record["at_s"]), verdicts, owners)


def _verdict(row: Mapping[str, str]) -> tuple[str, str]:
    return row["verdict"], row["row"]


def _moves(judged: Sequence[Judged]) -> int:
    count = 0
    known: dict[str, str] = {}
    for each in judged:
        for group, owner in each.owners.items():
            if owner == Owner.FREE.value:
                continue
            count += known.get(group, owner) != owner
            known[group] = owner
    return count


def _at(judged: Sequence[Judged], at_s: float) -> Verdicts:
    """What held at a moment; empty: nothing was judged yet."""
    last: Verdicts = {}
    for each in judged:
        if each.at_s > at_s:
            break
        last = each.verdicts
    return last


def _decisions(boot: str, lived: _Boot, shadowed: _Boot) -> Iterator[Decision]:
    known: Verdicts = {}
    for number, each in enumerate(shadowed.judged):
        until_s = (
            shadowed.judged[number + 1].at_s if number + 1 < len(shadowed.judged) else float("inf")
        )
        for group in each.owners:
            action, row = each.verdicts[group]
            if action in STAYS or known.get(group, ("", ""))[0] == action:
                continue
            yield Decision(
                boot=boot,
                at_s=round(each.at_s, 3),
                group=group,
                action=action,
                why=f"{row}: {WHYS.get(row, '')}",
                also_live=_said(lived.judged, group, action, each.at_s),
                moved=_moved(lived.judged, group, each.at_s, until_s),
            )
        known = each.verdicts


def _said(judged: Iterable[Judged], group: str, action: str, at_s: float) -> bool:
    return any(
        each.verdicts.get(group, ("", ""))[0] == action and abs(each.at_s - at_s) <= TOGETHER_S
        for each in judged
    )


def _moved(judged: Sequence[Judged], group: str, at_s: float, until_s: float) -> bool:
    owners = [
        each.owners.get(group, "")
        for each in judged
        if at_s - TOGETHER_S <= each.at_s <= until_s + TOGETHER_S
    ]
    return len(set(owners)) > 1


def _differences(
    boot: str, lived: _Boot, shadowed: _Boot, began_s: float, ended_s: float
) -> Iterator[Difference]:
    moments = sorted(
        {each.at_s for boot_ in (lived, shadowed) for each in boot_.judged} | {began_s, ended_s}
    )
    open_: dict[str, tuple[float, str, str]] = {}
    for moment in moments:
        if not began_s <= moment <= ended_s:
            continue
        live, shadow = _at(lived.judged, moment), _at(shadowed.judged, moment)
        for subject in shadow:
            said = live.get(subject, ("nothing", ""))[0], shadow[subject][0]
            differs = said[0] != said[1] and moment < ended_s
            if subject in open_ and (not differs or open_[subject][1:] != said):
                yield from _closed(boot, subject, open_.pop(subject), moment)
            if differs and subject not in open_:
                open_[subject] = (moment, *said)


def _closed(
    boot: str, subject: str, opened: tuple[float, str, str], until_s: float
) -> Iterator[Difference]:
    at_s, live, shadow = opened
    if until_s - at_s > TOGETHER_S:
        yield Difference(boot, round(at_s, 3), round(until_s - at_s, 3), subject, live, shadow)
