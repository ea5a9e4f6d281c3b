"""What a build is asked for, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemed_infra.pipeline.native import NativeMode
    from telemed_infra.prove.findings import Finding


def _silent(done: int, whole: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What to build and how."""

    inventory: Path
    out: Path = Path("build")
    limit: frozenset[str] | str | None = None  # devices by name, or a pattern; None: all
    jobs: int = 2
    environment: str | None = None
    native: NativeMode = "shape"
    as_of: date | None = None
    check_only: bool = False  # prove, and write nothing that stays
    progress: Callable[[int, int], None] = field(default=_silent)  # sites done, of all


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What a build came to. Without findings it stands at `out`; with findings the old one does."""

    counts: dict[str, int]
    files: int
    changed: int  # files that differ from what stood there
    lines: dict[str, int]  # by platform
    management_only: dict[str, int]  # devices by role whose own function comes later
    unrouted: dict[str, int]  # devices by platform that join sites, and whose routing comes later
    unsynchronised: dict[str, int]  # firewalls by platform whose pair shares no connections
    proof: dict[str, Any]
    expectations: int
    native: dict[str, Any]
    findings: tuple[Finding, ...]
    seconds: float
    refused: str = ""  # the folder where a build with findings lies, until the next one
    trusted: str = ""  # hash of the inputs, if nothing had changed and nothing was done

    @property
    def proven(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "counts": self.counts,
            "files": self.files,
            "changed": self.changed,
            "lines": self.lines,
            "management_only": self.management_only,
            "unrouted": self.unrouted,
            "unsynchronised": self.unsynchronised,
            "proof": self.proof,
            "expectations": self.expectations,
            "native": self.native,
            "findings": [str(one) for one in self.findings],
            "proven": self.proven,
            "seconds": round(self.seconds, 3),
            "refused": self.refused,
            "trusted": self.trusted,
        }
