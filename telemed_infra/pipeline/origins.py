"""Reads the side files that say where each line of a configuration comes from."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

ORIGINS = "origin.json"


class OriginError(Exception):
    """The place names no line of the build."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrigins:
    """A line and the inventory lines that it comes from."""

    file: str
    line: int
    text: str
    origins: tuple[str, ...]


def origins_of(build: Path, place: str) -> LineOrigins:
    """The origins of `FILE:LINE`, `DEVICE:LINE` or `DEVICE.ext:LINE`.

    Raises:
        OriginError: no such file or line in the build.
    """
    name, colon, number = place.rpartition(":")
    if not colon or not number.isdigit():
        raise OriginError(f"`{place}` is no FILE:LINE", "for example BJ-WN-C-FW01:120")
    path = _file(build, name)
    lines = path.read_text("utf-8").splitlines()
    line = int(number)
    if not 1 <= line <= len(lines):
        raise OriginError(f"{path} has lines 1 to {len(lines)}, not {line}")
    site = path.parent if (path.parent / ORIGINS).is_file() else path.parent.parent
    try:
        known = json.loads((site / ORIGINS).read_bytes())
        pairs = known[path.relative_to(site).as_posix()]
    except (OSError, ValueError, KeyError) as error:
        raise OriginError(
            f"{site / ORIGINS} does not know {path.name}", "build it again with `telemed build`"
        ) from error
    place_of = bisect_right([first for first, _ in pairs], line) - 1
    origins = tuple(pairs[place_of][1].split()) if place_of >= 0 else ()
    return LineOrigins(file=str(path), line=line, text=lines[line - 1], origins=origins)


def origin_text(build: Path, path: str, line: int) -> str:
    """The origins of a line of a file of the build, "" if none are known."""
    try:
        return " ".join(origins_of(build, f"{build / path}:{line}").origins)
    except OriginError:
        return ""


def _file(build: Path, name: str) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    if not (build / "configs").is_dir():
        raise OriginError(f"{build}: there is no build", "make one with `telemed build`")
    if (build / name).is_file():
        return build / name
    base = path.name
    found = [
        one
        for one in sorted((build / "configs").rglob(f"{base}*"))
        if one.is_file() and (one.name == base or one.stem == base)
    ]
    if len(found) != 1:
        problem = (
            f"the build has no file of `{name}`" if not found else f"`{name}` has several files"
        )
        raise OriginError(problem, ", ".join(one.name for one in found))
    return found[0]
