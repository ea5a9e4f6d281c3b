"""Texts to the platforms' own programs: one of each shape, or every one.

`check(files, every=False, jobs=2)` tells what a program does not accept, in its own words with file
and line; which programs were asked, about how many texts; what was not asked, and why. Who checks
in many parts asks `available()` once and hands its answer to each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from telemed_infra.native import conntrackd, frr, keepalived, nftables, suricata, swanctl, vrp
from telemed_infra.native.report import (
    Answer,
    Available,
    Missing,
    NativeFile,
    NativeReport,
    Run,
    Skipped,
    Unit,
)
from telemed_infra.native.shape import Shapes, digest

# Files whose numbers are offsets and limits of a grammar, not of this network: their shape is all
# that they say.
WHOLE = (".rules",)
SENSORS = suricata.PLATFORMS


@dataclass(frozen=True, slots=True)
class Program:
    """One program: the platforms whose texts it reads, whether it is here, and how to ask it."""

    name: str
    platforms: tuple[str, ...]
    available: Callable[[], Available | Missing]
    ask: Callable[[Available, Sequence[Unit], nftables.Map], Answer]


PROGRAMS: tuple[Program, ...] = (
    Program(vrp.NAME, vrp.PLATFORMS, vrp.available, lambda _, units, __: vrp.check(units)),
    Program(nftables.NAME, nftables.PLATFORMS, nftables.available, nftables.check),
    Program(frr.NAME, frr.PLATFORMS, frr.available, frr.check),
    Program(keepalived.NAME, keepalived.PLATFORMS, keepalived.available, keepalived.check),
    Program(conntrackd.NAME, conntrackd.PLATFORMS, conntrackd.available, conntrackd.check),
    Program(swanctl.NAME, swanctl.PLATFORMS, swanctl.available, swanctl.check),
    Program(suricata.NAME, suricata.PLATFORMS, suricata.available, suricata.check),
)

READ = frozenset(platform for program in PROGRAMS for platform in program.platforms)
"""Platforms whose texts some program reads."""
NOBODY = "none"
"""In place of a program, where none is known."""

Programs = Mapping[str, Available | Missing]
"""Programs by name: whether each can be asked here."""


def available() -> Programs:
    """Every program, asked for its version."""
    return {program.name: program.available() for program in PROGRAMS}


@dataclass(frozen=True, slots=True)
class _Question:
    """What one program is asked."""

    program: Program
    found: Available
    units: Sequence[Unit]
    run: Run  # but for what the answer counts


def check(
    files: Sequence[NativeFile],
    *,
    every: bool,
    jobs: int,
    changed: Collection[Path] = (),
    programs: Programs | None = None,
) -> NativeReport:
    """Asks each program about the texts of its platforms, all programs at once.

    Args:
        files: all files of the devices; a sensor's files share a folder.
        every: ask about each text; else about the first of each shape and those that changed.
        jobs: how many processes of one program may run at once.
        changed: paths of files that a build changed.
        programs: what `available` said; None: ask those that are needed.
    """
    units = units_of(files)
    questions: list[_Question] = []
    skipped = list(_nobody(units))
    for program in PROGRAMS:
        mine = [unit for unit in units if unit.platform in program.platforms]
        if not mine:
            continue
        found = program.available() if programs is None else programs[program.name]
        if isinstance(found, Missing):
            skipped.append(Skipped(program=program.name, texts=len(mine), why=found.why))
            continue
        chosen, shapes = (mine, 0) if every else _chosen(mine, frozenset(changed))
        run = Run(
            program=program.name,
            version=found.version,
            texts=len(mine),
            shapes=shapes,
            checked=len(chosen),
        )
        questions.append(_Question(program, found, chosen, run))
    answers = _answers(questions, jobs)
    return NativeReport(
        refusals=tuple(sorted({one for answer in answers for one in answer.refusals})),
        runs=tuple(
            replace(question.run, lines=answer.lines, unknown=answer.unknown)
            for question, answer in zip(questions, answers, strict=True)
        ),
        skipped=tuple(skipped),
    )


def units_of(files: Iterable[NativeFile]) -> list[Unit]:
    """Files as programs read them: a sensor's together, every other one alone."""
    alone = []
    folders: dict[Path, list[NativeFile]] = {}
    for file in files:
        if file.platform in SENSORS:
            folders.setdefault(file.path.parent, []).append(file)
        else:
            alone.append(Unit(platform=file.platform, files=(file,)))
    together = [Unit(platform=some[0].platform, files=tuple(some)) for some in folders.values()]
    return alone + together


def shape_of(unit: Unit, shapes: Shapes) -> str:
    """The shape of a unit, its platform a part of it."""
    parts = [unit.platform]
    for file in sorted(unit.files, key=lambda one: one.path.name):
        whole = file.path.suffix in WHOLE
        parts.append(digest(file.text.encode()) if whole else shapes.of(file.text))
    return " ".join(parts)


def _chosen(units: Sequence[Unit], changed: Collection[Path]) -> tuple[list[Unit], int]:
    """The first unit of each shape and those that changed, and how many shapes there are."""
    shapes = Shapes()
    seen: set[str] = set()
    chosen = []
    for unit in units:
        shape = shape_of(unit, shapes)
        if shape not in seen or any(file.path in changed for file in unit.files):
            chosen.append(unit)
        seen.add(shape)
    return chosen, len(seen)


def _answers(questions: Sequence[_Question], jobs: int) -> list[Answer]:
    """One for each question. While a process of one program waits, another program works."""

    def ask(question: _Question) -> Answer:
        with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
            return question.program.ask(question.found, question.units, pool.map)

    if len(questions) < 2:
        return [ask(one) for one in questions]
    with ThreadPoolExecutor(max_workers=len(questions)) as side_by_side:
        return list(side_by_side.map(ask, questions))


def _nobody(units: Iterable[Unit]) -> Iterable[Skipped]:
    left: dict[str, int] = {}
    for unit in units:
        if unit.platform not in READ:
            left[unit.platform] = left.get(unit.platform, 0) + 1
    for platform, count in left.items():
        yield unread(platform, count)


def unread(platform: str, texts: int) -> Skipped:
    """Texts of a platform that our own parser alone can judge."""
    return Skipped(program=NOBODY, texts=texts, why=f"no program is known that reads {platform}")
