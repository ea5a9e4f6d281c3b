"""What a drill leaves behind: a report as JSON and as text, and entries in the journal of words.

Each entry says by itself who drilled what, when, why and how it ended, so that an auditor needs
nothing else than the journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from failover.disk.atomic import write_whole
from failover.words.kept import keep
from failover.words.spans import told_moment, told_span

FOLDER = "drills"  # in the state folder
VERSION = 1


class Verdict(Enum):
    """How a drill ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"  # there and back
    FAILED = "failed"  # a move did not get through, or did not in time
    ABORTED = "aborted"  # a person ended it
    INTERRUPTED = "interrupted"  # something really failed: the drill gave way
    BLOCKED = "blocked"  # it was not begun


@dataclass(slots=True, kw_only=True)
class Moved:
    """One of the moves."""

    to: str
    took_s: float | None = None  # from the order until the taker had renewed it; None: it was not
    closed_s: float | None = None  # of this nobody served it, as the register showed
    epoch: int | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """One drill. Times `at` are seconds since 1970, `after_s` since the drill began."""

    id: str
    group: str
    away: str  # the centre that it went to
    home: str  # and where it came from
    by: str
    reason: str
    signers: tuple[str, ...]
    node: str
    plan: str
    began_at: float
    stay_s: float
    time_box_s: float
    window: str
    version: int = VERSION
    drill: str = "switchover"
    ended_at: float | None = None
    verdict: str = Verdict.RUNNING.value
    why: str = ""
    blocking: list[str] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)  # at, after_s, what
    lost_bytes: float | None = None  # None: not known
    left_at: str = ""  # who owned the group when the drill ended; empty: not known

    def happened(self, at: float, what: str) -> None:
        """A line of the timeline."""
        after_s = round(at - self.began_at, 2)
        self.timeline.append({"at": round(at, 3), "after_s": after_s, "what": what})

    def document(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def keep_entry(state: Path, report: Report, event: str, at: float) -> None:
    """An entry of the journal. Raises OSError."""
    entry: dict[str, object] = {
        "at": round(at, 3),
        "by": report.node,
        "drill": event,
        "person": report.by,
        "report": report.document(),
    }
    keep(state, entry)


def write_report(state: Path, report: Report) -> Path:
    """Both files of a report; the path of the text. Raises OSError."""
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = json.dumps(report.document(), indent=1, sort_keys=True) + "\n"
    write_whole(folder / f"{report.id}.json", content.encode())
    path = folder / f"{report.id}.txt"
    write_whole(path, ("\n".join(told(report)) + "\n").encode())
    return path


def read_reports(state: Path) -> list[dict[str, Any]]:
    """The reports that lie here, oldest first; what is none is passed over."""
    found = []
    folder = state / FOLDER
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            document = json.loads(path.read_text("utf-8"))
            if document["version"] == VERSION and isinstance(document["began_at"], int | float):
                found.append(document)
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return sorted(found, key=lambda document: document["began_at"])


def told(report: Report) -> Iterator[str]:
    """The report in lines."""
    yield f"drill {report.id}: {report.verdict}" + (f": {report.why}" if report.why else "")
    yield f"  group      {report.group}, from {report.home} to {report.away} and back"
    yield f"  person     {report.by}" + "".join(f", signed by {who}" for who in report.signers)
    yield f"  reason     {report.reason}"
    yield f"  place      {report.node}, plan {report.plan[:12]}"
    began = datetime.fromtimestamp(report.began_at, UTC).isoformat(timespec="seconds")
    yield f"  began      {began} (here {told_moment(report.began_at, 0.0)})"
    if report.ended_at is not None:
        yield f"  lasted     {told_span(report.ended_at - report.began_at)}"
    yield f"  time box   {told_span(report.time_box_s)}, stay {told_span(report.stay_s)}"
    yield f"  window     {report.window or 'any time'}"
    for each in report.blocking:
        yield f"  blocked    {each}"
    for move in report.moves:
        took = "not done" if move.took_s is None else f"{move.took_s:.1f} s"
        closed = "" if move.closed_s is None else f", closed for about {move.closed_s:.1f} s"
        epoch = "" if move.epoch is None else f", epoch {move.epoch}"
        yield f"  move       to {move.to}: {took}{closed}{epoch}"
    lost = "not known" if report.lost_bytes is None else f"{report.lost_bytes:,.0f} bytes"
    yield f"  lost       {lost}"
    yield f"  left at    {report.left_at or 'not known'}"
    for line in report.timeline:
        yield f"  {line['after_s']:8.2f} s  {line['what']}"
