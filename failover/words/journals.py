"""The journals at one place: whether their chains hold, and how copy and original agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from failover.core.journal import split
from failover.disk.journal import broken_at, journal_lines
from failover.disk.journal_copy import Gap, copy_broken_at, read_gaps
from failover.processes.agent import JOURNAL
from failover.processes.aside import COPIED, copy_folder
from failover.processes.places import Place
from failover.words.kept import WORDS
from failover.words.spans import told_moment
from failover.words.status_file import read_status


class Checked(NamedTuple):
    """One journal that was looked through."""

    folder: Path
    what: str
    broken_at: str  # file:line; empty: the chain holds
    gaps: tuple[Gap, ...]


class Relation(NamedTuple):
    """How a copy stands to its original, in entries."""

    common: int
    missing_at_end: int  # the copy is shorter by so many
    missing_between: int  # in the copy: a gap
    only_in_copy: int  # the copy is longer by so many: the original lost them, or was changed

    @property
    def told(self) -> str:
        """In words."""
        if not self.common:
            return "they have no entry in common"
        parts = []
        if self.missing_at_end:
            parts.append(f"the copy is shorter: its end lacks {self.missing_at_end} entries")
        if self.missing_between:
            parts.append(f"the copy has a gap: {self.missing_between} entries")
        if self.only_in_copy:
            parts.append(
                f"the copy is longer: {self.only_in_copy} entries in it are not in the original"
            )
        return "; ".join(parts) or f"they are the same {self.common} entries"


def folders_of(place: Place) -> dict[Path, str]:
    """The journals that are kept here, present ones only. Raises OSError."""
    state = place.node.state
    known = {state / JOURNAL: "this agent's journal", state / WORDS: "what people said here"}
    for site in place.plan.plan.sites:
        known[copy_folder(state, site)] = f"the copy of {site}'s journal"
    return {folder: what for folder, what in known.items() if folder.is_dir()}


def check(folder: Path, what: str) -> Checked:
    """Look one journal through. Raises OSError."""
    gaps = tuple(read_gaps(folder))
    is_copy = folder.name not in (JOURNAL, WORDS)
    return Checked(
        folder, what, copy_broken_at(folder, gaps) if is_copy else broken_at(folder), gaps
    )


def relation(original: Path, copy: Path) -> Relation:
    """Compare two folders by the hashes of their entries. Raises OSError."""
    ours, theirs = (
        [split(line).hash for _, _, line in journal_lines(each)] for each in (original, copy)
    )
    in_ours, in_theirs = set(ours), set(theirs)
    places = [number for number, each in enumerate(ours) if each in in_theirs]
    if not places:
        return Relation(0, 0, 0, 0)
    first, last = places[0], places[-1]
    return Relation(
        common=len(places),
        missing_at_end=len(ours) - 1 - last,
        missing_between=last - first + 1 - len(places),
        # What the original has removed as old is no fault of it.
        only_in_copy=sum(each not in in_ours for each in theirs[_begin(theirs, in_ours) :]),
    )


def beyond(place: Place) -> Iterator[tuple[bool, str]]:
    """What is known of original and copy on two machines: whether it is bad, and a sentence."""
    yield from _of_ours(place)
    told = read_status(place.node.run)
    if told is None:
        return
    copy = told.document.get("copy")
    if not copy:
        return
    other = told.document["peer"]["centre"]
    left = copy["kept"]["left_bytes"]
    when = "" if told.fresh else f", as of {told_moment(told.at, told.at)}"
    if copy["kept"]["problem"]:
        yield True, f"the copy of {other}'s journal is not kept: {copy['kept']['problem']}{when}"
    elif left:
        yield False, f"the copy of {other}'s journal is shorter by {left:,} bytes{when}"
    if copy["sent"]["problem"]:
        yield True, f"the journal is not sent to {other}: {copy['sent']['problem']}{when}"


def _of_ours(place: Place) -> Iterator[tuple[bool, str]]:
    """What the other centre was last known to have of this one's journal."""
    try:
        raw = json.loads((place.node.state / COPIED).read_text("utf-8"))
        other, last = str(raw["peer"]), str(raw["last"])
    except (OSError, ValueError, TypeError, KeyError):
        yield False, "what the other centre has of this journal is not known"
        return
    hashes = [split(line).hash for _, _, line in journal_lines(place.node.state / JOURNAL)]
    if last in hashes:
        lacks = len(hashes) - 1 - hashes.index(last)
        yield False, f"{other} has a copy of it" + (f", without the last {lacks}" if lacks else "")
    elif set(last) != {"0"}:
        text = f"{other}'s copy is longer: it has an entry ({last[:12]}) that is not here any more"
        yield True, f"{text}: the disk lost the newest entries, or somebody removed them"


def _begin(theirs: list[str], in_ours: set[str]) -> int:
    return next(number for number, each in enumerate(theirs) if each in in_ours)
