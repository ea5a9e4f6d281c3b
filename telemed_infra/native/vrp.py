"""Asks vrp-ir, a reader of Huawei configurations that nobody here wrote, about USG and VRP texts.

A text is refused for what its audit calls a failure, and for a line that it does not know and
nobody has reviewed. It is not asked about routing and tunnels, of which it knows nothing.
Source: vrp-ir 0.9.0, `vrp-ir audit --strict`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol, cast

from telemed_infra.native.report import Answer, Available, Missing, NativeFile, Refusal, Unit
from telemed_infra.native.vrp_sections import Configuration, Reader, Sections, Source
from telemed_infra.native.vrp_subjects import without_foreign_subjects
from telemed_infra.native.vrp_unparsed import UNKNOWN_SHARE_MAX, reason

NAME = "vrp-ir"
MODULE = "vrp_ir"
PLATFORMS = ("huawei_usg", "huawei_vrp")
FAILED = "fail"


class Finding(Protocol):
    """One statement of its audit."""

    check_id: str
    status: str
    detail: str
    evidence: Sequence[Source]


class Report(Protocol):
    """All statements of its audit."""

    findings: Sequence[Finding]


class Library(Reader, Protocol):
    """What we use of vrp-ir, which has no types of its own."""

    def run_checks(self, configuration: Configuration, /) -> Report:
        """Audits it."""


def available() -> Available | Missing:
    """Whether vrp-ir is in this environment: a tool of development, not of the product."""
    try:
        found = version(NAME)
        import_module(MODULE)
    except (PackageNotFoundError, ImportError):
        return Missing(why=f"{NAME} is not in this Python environment")
    return Available(version=found)


def check(units: Sequence[Unit]) -> Answer:
    """What vrp-ir says about configurations."""
    library = cast("Library", import_module(MODULE))
    sections = Sections(library)
    refusals: list[Refusal] = []
    lines = unknown = 0
    for unit in units:
        file = unit.files[0]
        text = without_foreign_subjects(file.text)
        configuration = sections.joined(text, str(file.path))
        if configuration is None or any(_refusals(library, file, configuration)):
            # Places are those of the whole text.
            configuration = library.parse_text(text, str(file.path))
            refusals += _refusals(library, file, configuration)
        lines += configuration.analyzed_line_count
        unknown += len(configuration.unparsed_lines)
    return Answer(refusals=tuple(refusals), lines=lines, unknown=unknown)


def _refusals(
    library: Library, file: NativeFile, configuration: Configuration
) -> Iterator[Refusal]:
    yield from _failures(file, library.run_checks(configuration))
    yield from _unknown(file, configuration)


def _failures(file: NativeFile, report: Report) -> Iterator[Refusal]:
    for one in report.findings:
        if one.status == FAILED:
            line = one.evidence[0].line if one.evidence else 0
            yield _refusal(file, line, f"{one.check_id}: {one.detail}")


def _unknown(file: NativeFile, configuration: Configuration) -> Iterator[Refusal]:
    for one in configuration.unparsed_lines:
        words = (one.raw or "").strip()
        if reason(file.platform, words) is None:
            yield _refusal(file, one.line, f"does not know `{words}`")
    share = len(configuration.unparsed_lines) / max(1, configuration.analyzed_line_count)
    most = UNKNOWN_SHARE_MAX.get(file.platform, 0.0)
    if share > most:
        yield _refusal(
            file, 0, f"does not know {share:.1%} of the lines; more than {most:.0%} is no check"
        )


def _refusal(file: NativeFile, line: int, words: str) -> Refusal:
    return Refusal(device=file.device, path=file.path, line=line, words=words, program=NAME)
