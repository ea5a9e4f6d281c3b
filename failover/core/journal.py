"""The journal: what was measured and what was made of it, line by line, chained by hashes.

A record is canonical JSON: equal decisions, equal bytes, so a replay can be compared byte for byte.
An entry is what is appended to the file: the hash of all entries so far, a space, the record.

The chain shows an entry that was changed, removed or put in; it cannot show that the newest entries
are missing. For that the last hash is kept elsewhere.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec.structs import asdict

from failover.core.evidence import Evidence, GateEvidence, GroupEvidence, PathEvidence
from failover.core.facts import Owner
from failover.core.judgement import Judgement, judge
from failover.core.plan import Plan
from failover.core.rows import Row

GENESIS = "0" * 64  # the hash before the first entry
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


class RecordUnreadable(ValueError):
    """A record that this version cannot read."""


class Entry(NamedTuple):
    """One line of the journal file."""

    hash: str
    record: str

    def __str__(self) -> str:
        return f"{self.hash} {self.record}"


def record(site: str, now_s: float, evidence: Evidence, plan: Plan) -> str:
    """One judgement of the agent of `site`. Raises ValueError for a number that JSON lacks."""
    content = {
        "at_s": now_s,
        "by": site,
        "evidence": _plain_evidence(evidence),
        "judgement": _plain_judgement(judge(evidence, plan)),
        "plan": plan.hash,
    }
    return _JSON.encode(content)


def replay(line: str, plan: Plan) -> str:
    """The record made anew from the evidence in this one. Raises RecordUnreadable."""
    try:
        content = json.loads(line)
        return record(content["by"], content["at_s"], _evidence(content["evidence"]), plan)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise RecordUnreadable(f"{type(error).__name__}: {error}") from error


def chain(previous_hash: str, line: str) -> str:
    """The hash that stands before this record, behind an entry with `previous_hash`."""
    return sha256(f"{previous_hash}\n{line}".encode()).hexdigest()


def entry(previous_hash: str, line: str) -> Entry:
    """What is appended to the journal for this record."""
    return Entry(chain(previous_hash, line), line)


def split(text: str) -> Entry:
    """The two parts of a line of the journal file."""
    hash_, _, line = text.partition(" ")
    return Entry(hash_, line)


def verify(lines: Iterable[str], previous_hash: str = GENESIS) -> int | None:
    """The number of the first line that breaks the chain, counted from 1; None: it holds."""
    for number, text in enumerate(lines, start=1):
        found = split(text)
        if found.hash != chain(previous_hash, found.record):
            return number
        previous_hash = found.hash
    return None


def _plain_judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "groups": [
            {
                "action": _plain_row(group.action),
                "instance": _plain_row(group.instance),
                "name": group.name,
            }
            for group in judgement.groups
        ],
        "link": _plain_row(judgement.link),
        "site": _plain_row(judgement.site),
    }


def _plain_row(row: Row[Any]) -> dict[str, str]:
    return {"row": row.id, "verdict": row.verdict.value}


def _plain_evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        **asdict(evidence),
        "fibre": asdict(evidence.fibre),
        "health": asdict(evidence.health),
        "groups": [
            {**asdict(group), "owner": group.owner.value, "gate": asdict(group.gate)}
            for group in evidence.groups
        ],
    }


def _evidence(plain: dict[str, Any]) -> Evidence:
    parts = {
        "fibre": PathEvidence(**plain["fibre"]),
        "health": PathEvidence(**plain["health"]),
        "groups": tuple(_group(group) for group in plain["groups"]),
    }
    return Evidence(**{**plain, **parts})


def _group(plain: dict[str, Any]) -> GroupEvidence:
    parts = {"owner": Owner(plain["owner"]), "gate": GateEvidence(**plain["gate"])}
    return GroupEvidence(**{**plain, **parts})
