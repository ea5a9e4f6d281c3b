"""A build as monitoring reads it: manifest, proof and plan, read again only when they change."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path

from failover.plan_file import PlanProblem, read_plan_file
from monitoring.document import Absent, Fields, Unreadable, fields_of, read_bytes
from telemed_infra.pipeline.manifest import MANIFEST, content_hash, read_manifest

# As in telemed_infra.pipeline.making and .layout, which load far more than an exporter needs.
PROOF = "proof.json"
FAILOVER_PLAN = "failover/plan.json"
PROOF_BYTES_MAX = 64_000_000  # a proof lists every finding


class BuildState(Enum):
    """What the build is."""

    STANDING = "standing"
    MISSING = "missing"
    DAMAGED = "damaged"  # its manifest, proof or plan is not what was built


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the manifest says."""

    made_s: float  # since 1970
    holds_until_s: float  # since 1970: the end of the last day
    inputs: str
    native: str
    files: int
    devices: float
    lines: Mapping[str, float]  # by platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the proof came to."""

    findings: int
    whole: bool
    devices: Mapping[str, float]  # by platform
    openings_must: float
    openings_may: float
    rules: float
    ways: float
    lines: float
    lines_effective: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReading:
    """One look at a build; what could be read of a damaged one is there."""

    state: BuildState
    why: str = ""
    made: Made | None = None
    proof: Proof | None = None
    plan: str = ""  # the plan's hash; empty: there is none


Signature = tuple[tuple[int, int, int, int] | None, ...]


class BuildFolder:
    """The folder that `telemed build` writes; `read` never raises for what it finds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[Signature, BuildReading] | None = None

    def read(self) -> BuildReading:
        """What the build is now."""
        # The folder is a link that the next build changes: all files of one and the same build.
        folder = Path(os.path.realpath(self._folder))
        signature = tuple(_signature(folder / name) for name in (MANIFEST, PROOF, FAILOVER_PLAN))
        if self._known is None or self._known[0] != signature:
            self._known = (signature, _reading(folder))
        return self._known[1]


def _signature(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _reading(folder: Path) -> BuildReading:
    problems: list[str] = []
    made, hashes = None, dict[str, str]()
    try:
        made, hashes = _made(folder / MANIFEST)
    except Absent:
        if not (folder / PROOF).exists():
            return BuildReading(state=BuildState.MISSING, why=f"{MANIFEST} is not there")
        problems.append(f"{MANIFEST}: it is not there")
    except Unreadable as unreadable:
        problems.append(f"{MANIFEST}: {unreadable}")
    proof, plan = None, ""
    try:
        content = read_bytes(folder / PROOF, PROOF_BYTES_MAX)
        proof = _proof(fields_of(content))
        if made and hashes.get(PROOF) != content_hash(content):
            problems.append(f"{PROOF}: it is not the one that was built")
    except Unreadable as unreadable:
        problems.append(f"{PROOF}: {unreadable}")
    if FAILOVER_PLAN in hashes:
        try:
            plan = read_plan_file(folder / FAILOVER_PLAN).plan.hash
        except PlanProblem as problem:
            problems.append(f"{FAILOVER_PLAN}: {problem.message}")
    return BuildReading(
        state=BuildState.DAMAGED if problems else BuildState.STANDING,
        why="; ".join(problems),
        made=made,
        proof=proof,
        plan=plan,
    )


def _made(path: Path) -> tuple[Made, dict[str, str]]:
    """What the manifest says, and the hash of each file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Absent("it is not there") from error
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    manifest = read_manifest(path) if stat.S_ISREG(found.st_mode) else None
    if manifest is None:
        raise Unreadable("it is damaged, or of another version")
    fields = Fields(asdict(manifest))
    summary = fields.below("summary")
    made = Made(
        made_s=found.st_mtime,
        holds_until_s=_end_of_day(fields.text("holds_until")),
        inputs=fields.text("inputs"),
        native=fields.text("native"),
        files=len(manifest.files),
        devices=summary.below("counts").number("devices"),
        lines=summary.below("lines").numbers(),
    )
    return made, dict(manifest.files)


def _end_of_day(text: str) -> float:
    try:
        day = date.fromisoformat(text)
        end = datetime.combine(day, time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"holds_until is no day: {text!r}") from error
    return end.timestamp()


def _proof(fields: Fields) -> Proof:
    return Proof(
        findings=len(fields.items("findings")),
        whole=fields.flag("whole"),
        devices=fields.below("by_platform").numbers(),
        openings_must=fields.number("openings_must"),
        openings_may=fields.number("openings_may"),
        rules=fields.number("rules"),
        ways=fields.number("ways"),
        lines=fields.number("lines"),
        lines_effective=fields.number("lines_effective"),
        coverage=fields.number("coverage"),
    )
