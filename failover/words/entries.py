"""The journal in words: what was judged, what people were told, what people said, what is missing.

A judgement bears the time since its machine started. A file of the journal is written by one life
of an agent, so within one start of the machine; the time of its last change dates its last entry
and with it the others. A word of a person bears its own time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from failover.core.journal import split
from failover.core.tables import ACTION, INSTANCE, LINK, SITE
from failover.disk.journal import journal_files
from failover.words.spans import told_span

WHYS: Mapping[str, str] = {
    row.id: row.why for table in (LINK, SITE, INSTANCE, ACTION) for row in table.rows
}
Verdicts = dict[str, str]


class Told(NamedTuple):
    """One entry."""

    at: float | None  # wall clock; None: not known
    file: str
    number: int  # line, from 1
    kind: str  # judged, paged, said, drill, gap, torn, other
    by: str
    text: str


def told_entries(folder: Path, names: Collection[str] | None = None) -> Iterator[Told]:
    """Every entry of a journal's folder, oldest first; of these files only. Raises OSError."""
    before: Verdicts = {}
    for path in journal_files(folder):
        if names is not None and path.name not in names:
            continue
        written = path.stat().st_mtime
        records = list(_records(path))
        times_s = [record["at_s"] for _, record in records if _is_number(record.get("at_s"))]
        start = written - times_s[-1] if times_s else None
        for number, record in records:
            kind, text = _told(record, before)
            if kind == "judged":
                before = _verdicts(record)
            at = _at(record, start)
            yield Told(at, path.name, number, kind, str(record.get("by", "?")), text)


def _at(record: Mapping[str, Any], start: float | None) -> float | None:
    if _is_number(record.get("at")):
        return float(record["at"])
    if _is_number(record.get("at_s")) and start is not None:
        return start + float(record["at_s"])
    return None


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                record = json.loads(split(line.rstrip("\n")).record)
            except (ValueError, RecursionError):
                record = None
            yield number, record if isinstance(record, dict) else {}


def _told(record: Mapping[str, Any], before: Verdicts) -> tuple[str, str]:
    try:
        return _told_strictly(record, before)
    except (KeyError, TypeError, ValueError, AttributeError):
        return "other", "no entry that this version can read"


def _told_strictly(record: Mapping[str, Any], before: Verdicts) -> tuple[str, str]:
    if "judgement" in record:
        return "judged", _changes(_verdicts(record), before)
    if "page" in record:
        return "paged", f"[{record['page']}] {record['text']}"
    if "drill" in record:
        return "drill", _drill(record)
    if "word" in record:
        return "said", _word(record)
    if "missing" in record:
        return "gap", f"{record['missing']} entries are missing here: the disk was full or hung"
    if "torn" in record:
        return "torn", f"the last line of {record['torn']} was torn by a power cut"
    raise ValueError(record)


def _verdicts(record: Mapping[str, Any]) -> Verdicts:
    """The speaking rows by what they speak about, with their verdicts."""
    judgement = record["judgement"]
    found = {"links": _row(judgement["link"]), "peer": _row(judgement["site"])}
    for group in judgement["groups"]:
        found[group["name"]] = f"{group['instance']['verdict']}, {_row(group['action'])}"
    return found


def _row(row: Mapping[str, str]) -> str:
    why = WHYS.get(row["row"], "this version has no such row")
    return f"{row['verdict']} ({row['row']}: {why})"


def _changes(now: Verdicts, before: Verdicts) -> str:
    """What differs from the judgement before."""
    changed = [f"{subject} {said}" for subject, said in now.items() if before.get(subject) != said]
    return "; ".join(changed) or "the same verdicts, on other evidence"


def _word(record: Mapping[str, Any]) -> str:
    details = [f"to {record['details']['to']}"] if "to" in record["details"] else []
    if "length_s" in record["details"]:
        details.append(f"for {told_span(float(record['details']['length_s']))}")
    details += [f"({record['details'][key]})" for key in ("reason",) if key in record["details"]]
    signers = record["details"].get("signers", ())
    details += [f"signed by {' and '.join(signers)}"] if signers else []
    words = " ".join([record["word"], record["group"], *details]).replace("  ", " ")
    return f"{record['person']}: {words}: {record['outcome']}"


def _drill(record: Mapping[str, Any]) -> str:
    report = record.get("report")
    if report is None:
        where = f" at {record['centre']}" if "centre" in record else ""
        return f"{record['person']} ends whatever drill runs{where}"
    what = (
        f"{record['drill']}: {report['group']} from {report['home']} to {report['away']} and back"
    )
    if record["drill"] == "begins":
        return f"{record['person']}: {report['id']} {what} ({report['reason']})"
    why = f": {report['why']}" if report["why"] else ""
    return f"{record['person']}: {report['id']} {what}: {report['verdict']}{why}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
