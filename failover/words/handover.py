"""What the next on-call must know: one screen, of what is not as it should be or will end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from failover.core.plan import Plan
from failover.disk.journal import journal_files
from failover.processes.agent import JOURNAL
from failover.processes.places import Place
from failover.words.drill_blocks import owner_now
from failover.words.drill_report import read_reports
from failover.words.ending import ending
from failover.words.entries import told_entries
from failover.words.journals import beyond, check, folders_of
from failover.words.known import Known, Source
from failover.words.picture import Picture, picture
from failover.words.spans import told_moment, told_span

PAGES_S = 86400.0
DRILLS_MAX = 5
FILES_MAX = 4  # of the journal: the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The screen. Each tuple is empty where there is nothing to say."""

    at: float
    node: str
    plan: str
    facts: tuple[tuple[str, str], ...]
    decide: tuple[str, ...]
    holds: tuple[str, ...]
    away: tuple[str, ...]  # what is not at home
    exposed: tuple[str, ...]
    pages: tuple[str, ...]  # of the last day
    drills: tuple[str, ...]
    journal: tuple[str, ...]
    ends: tuple[str, ...]
    broken: bool  # a chain of hashes does not hold
    learned: bool


def handover(place: Place, known: Known) -> Handover:
    """Everything that can be known here; what cannot is said."""
    plan = place.plan.plan
    shown = picture(known, plan, place.node.name)
    journal, broken = _journal(place)
    return Handover(
        at=known.at,
        node=place.node.name,
        plan=plan.hash,
        facts=shown.facts,
        decide=shown.decide,
        holds=tuple(_notes(shown, "held ")),
        away=tuple(_away(known, plan)),
        exposed=tuple(_notes(shown, "exposed")),
        pages=tuple(_pages(place.node.state / JOURNAL, known.at)),
        drills=tuple(_drills(place, known.at)),
        journal=journal,
        ends=tuple(ending(place, known.at)),
        broken=broken,
        learned=shown.learned,
    )


def _notes(shown: Picture, word: str) -> Iterator[str]:
    for group in shown.groups:
        yield from (f"{group.group}: {note}" for note in group.notes if note.startswith(word))


def _away(known: Known, plan: Plan) -> Iterator[str]:
    if known.source is Source.NONE:
        told = known.told
        if told is None:
            yield "not known: neither the register nor an agent here says it"
            return
        here, there = told.document["centre"], told.document["peer"]["centre"]
        owners = {"mine": here, "theirs": there, "free": ""}
        for group in plan.groups:
            owner = owners[told.document["groups"][group.name]["owner"]]
            if owner != group.home:
                where = f"at {owner or 'nobody'}, its home is {group.home}"
                yield f"{group.name}: {where}; as of {told_moment(told.at, known.at)}"
        return
    for group in plan.groups:
        owner = owner_now(known, group)
        if owner != group.home:
            yield f"{group.name}: at {owner or 'nobody, or in parts'}, its home is {group.home}"


def _pages(journal: Path, now: float) -> Iterator[str]:
    try:
        if not journal.is_dir():
            return
        newest = [path.name for path in journal_files(journal)[-FILES_MAX:]]
        entries = list(told_entries(journal, newest))
    except OSError as error:
        yield f"not known: {error.filename}: {error.strerror}"
        return
    for each in entries:
        if each.kind == "paged" and each.at is not None and each.at > now - PAGES_S:
            yield f"{told_moment(each.at, now)}  {each.text}"


def _drills(place: Place, now: float) -> Iterator[str]:
    for report in read_reports(place.node.state)[-DRILLS_MAX:]:
        ago = told_span(now - report["began_at"])
        why = f": {report['why']}" if report.get("why") else ""
        yield (
            f"{report['id']}  {report['group']} to {report['away']} by {report['by']}, {ago} ago: "
            f"{report['verdict']}{why}"
        )


def _journal(place: Place) -> tuple[tuple[str, ...], bool]:
    found, broken = [], False
    try:
        for folder, what in folders_of(place).items():
            checked = check(folder, what)
            if checked.broken_at:
                broken = True
                found.append(f"{what}: the chain of hashes breaks at {checked.broken_at}")
            found += [
                f"{what}: a gap behind {gap.after[:12]}, in {gap.file}" for gap in checked.gaps
            ]
        bad = [text for is_bad, text in beyond(place) if is_bad]
    except OSError as error:
        return (f"{error.filename}: {error.strerror}",), False
    return (*found, *bad), broken
