"""Asks the platforms' own programs about a build's texts.

By shape after all texts are made, in batches, side by side; about every text where it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from telemed_infra.native.check import (
    NOBODY,
    PROGRAMS,
    READ,
    Programs,
    available,
    check,
    unread,
)
from telemed_infra.native.report import NativeFile, NativeReport, Refusal, Run, Skipped
from telemed_infra.pipeline.parallel import each
from telemed_infra.prove.findings import Finding

NativeMode = Literal["none", "shape", "all"]
BATCH_UNITS = 40
CHANGED_MAX = 400  # devices with changed texts; of more, as of a first build, one of each shape


@dataclass(frozen=True, slots=True)
class NativeUnit:
    """The files of one device, by path below the build, and the shape of their texts."""

    device: str
    platform: str
    paths: tuple[str, ...]
    shape: str  # "" if nobody asks by shape, or nobody can be asked
    size: int  # characters


@dataclass(slots=True)
class NativeTotals:
    """What all programs said about a build."""

    mode: NativeMode
    texts: Counter[str] = field(default_factory=Counter)  # devices, by platform
    shapes: Counter[str] = field(default_factory=Counter)  # by platform, if asked by shape
    runs: dict[str, Run] = field(default_factory=dict)
    skipped: dict[tuple[str, str], int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    passed_over: int = 0  # devices whose texts changed, too many to ask about each

    def add(self, report: NativeReport) -> None:
        """The answer about one batch."""
        for run in report.runs:
            known = self.runs.get(run.program)
            self.runs[run.program] = (
                run
                if known is None
                else replace(
                    known,
                    texts=known.texts + run.texts,
                    checked=known.checked + run.checked,
                    lines=known.lines + run.lines,
                    unknown=known.unknown + run.unknown,
                )
            )
        for one in report.skipped:
            self.skip(one)
        self.refusals += report.refusals

    def skip(self, one: Skipped) -> None:
        """Texts that nobody was asked about."""
        key = (one.program, one.why)
        self.skipped[key] = self.skipped.get(key, 0) + one.texts

    def findings(self, origin: Callable[[str, int], str]) -> Iterable[Finding]:
        """Refusals as findings; `origin` tells where a line of a file comes from."""
        for one in sorted(self.refusals):
            yield Finding(
                device=str(one.path),
                line=one.line,
                kind="native",
                says=f"{one.program}: {one.words}",
                origin=origin(str(one.path), one.line),
            )

    def as_json(self) -> dict[str, Any]:
        """For `--json` and the summary."""
        return {
            "mode": self.mode,
            "texts": dict(sorted(self.texts.items())),
            "shapes": dict(sorted(self.shapes.items())),
            "runs": [
                {
                    "program": run.program,
                    "version": run.version,
                    "checked": run.checked,
                    "lines": run.lines,
                    "unknown": run.unknown,
                }
                for run in self._runs()
            ],
            "skipped": [
                {"program": program, "why": why, "texts": texts}
                for (program, why), texts in sorted(self.skipped.items())
            ],
            "lines": list(self._lines()),
        }

    def _runs(self) -> list[Run]:
        """In the order of the programs, whatever was asked first."""
        return [self.runs[one.name] for one in PROGRAMS if one.name in self.runs]

    def _lines(self) -> Iterable[str]:
        if self.mode == "none":
            yield "no program was asked (--native none)"
        for run in self._runs():
            line = f"{run.program} {run.version}: {run.checked:,} texts accepted"
            if any(one.program == run.program for one in self.refusals):
                line = f"{run.program} {run.version}: {run.checked:,} texts read, some refused"
            if run.unknown:
                line += f", {run.unknown / run.lines:.1%} of {run.lines:,} lines it does not know"
            yield line
        for (program, why), texts in sorted(self.skipped.items()):
            if program == NOBODY:
                yield f"{why}: our own parser alone judges {texts:,} texts"
            else:
                yield f"SKIPPED {program}: {texts:,} texts not asked about: {why}"
        if self.mode == "shape":
            yield self._by_shape()

    def _by_shape(self) -> str:
        shapes = ", ".join(
            f"{name} {count} of {self.texts[name]:,}" for name, count in sorted(self.shapes.items())
        )
        also = " and every changed one"
        if self.passed_over:
            also = f", not all of {self.passed_over:,} devices with changed ones: --native all"
        return f"one text of each shape{also} (shapes: {shapes})"


@dataclass(frozen=True, slots=True)
class Asking:
    """Which texts a run asks about, and which programs answer here: found out once a run."""

    mode: NativeMode
    programs: Programs

    def about(self, files: Sequence[NativeFile]) -> NativeReport:
        """What the programs say about all of these texts."""
        return check(files, every=True, jobs=1, programs=self.programs)


def prepare(mode: NativeMode) -> Asking:
    """Looks for the programs, unless nobody is to be asked."""
    return Asking(mode, {} if mode == "none" else available())


def totals_of(
    asking: Asking,
    units: Sequence[NativeUnit],
    reports: Iterable[NativeReport],
    changed: frozenset[str] = frozenset(),
) -> NativeTotals:
    """All units of a build, and what was said about them."""
    totals = NativeTotals(asking.mode)
    touched = sum(_is_touched(unit, changed) for unit in units)
    totals.passed_over = touched if touched > CHANGED_MAX else 0
    for unit in units:
        totals.texts[unit.platform] += 1
    if asking.mode == "shape":
        totals.shapes.update(unit.platform for unit in _of_each_shape(units).values())
        for platform in totals.texts.keys() - READ:
            totals.skip(unread(platform, totals.texts[platform]))
    for report in reports:
        totals.add(report)
    return totals


def ask_about_shapes(
    asking: Asking,
    folder: Path,
    units: Sequence[NativeUnit],
    jobs: int,
    changed: frozenset[str],
) -> list[NativeReport]:
    """The answers about the shortest unit of each shape and, of a few, every changed one."""
    shortest = _of_each_shape(units)
    touched = {unit.paths for unit in units if _is_touched(unit, changed)}
    if len(touched) > CHANGED_MAX:
        touched = set()
    chosen = [
        unit
        for unit in units
        if unit.platform in READ and (shortest[unit.shape] is unit or unit.paths in touched)
    ]
    return each(_Asker(asking, folder).batch, _batches(chosen, jobs), jobs)


def _is_touched(unit: NativeUnit, changed: frozenset[str]) -> bool:
    return unit.platform in READ and not changed.isdisjoint(unit.paths)


def _of_each_shape(units: Iterable[NativeUnit]) -> dict[str, NativeUnit]:
    """By shape, the first of its shortest units, of those that some program reads."""
    shortest: dict[str, NativeUnit] = {}
    for unit in units:
        if unit.platform not in READ:
            continue
        if unit.size < shortest.setdefault(unit.shape, unit).size:
            shortest[unit.shape] = unit
    return shortest


@dataclass(frozen=True, slots=True)
class _Asker:
    asking: Asking
    folder: Path

    def batch(self, units: Sequence[NativeUnit]) -> NativeReport:
        """The programs' answer about some units."""
        return self.asking.about(
            [
                NativeFile(
                    path=Path(path),
                    platform=unit.platform,
                    device=unit.device,
                    text=(self.folder / path).read_bytes().decode(),
                )
                for unit in units
                for path in unit.paths
            ]
        )


def _batches(units: Sequence[NativeUnit], jobs: int) -> list[list[NativeUnit]]:
    """Batches of neighbours in platform, so that a program starts once for many texts.

    Few texts come in small batches, the longest first, so that no process waits for another.
    """
    size = max(1, min(BATCH_UNITS, len(units) // (16 * jobs)))
    found = []
    ordered = iter(sorted(units, key=lambda unit: (unit.platform, -unit.size, unit.paths)))
    while batch := list(islice(ordered, size)):
        found.append(batch)
    return found
