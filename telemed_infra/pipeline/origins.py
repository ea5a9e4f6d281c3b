"""Reads the side files that say where each line of a configuration comes from."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from telemed_infra.model.finding import did_you_mean
from telemed_infra.pipeline.errors import NoBuild, OriginError
from telemed_infra.pipeline.layout import BESIDE

ORIGINS = "origin.json"
SHOWN_MAX = 8  # files of which one is to be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrigins:
    """A line and the inventory lines that it comes from."""

    file: str
    line: int
    text: str
    origins: tuple[str, ...]


def origins_of(build: Path, place: str) -> LineOrigins:
    """The origins of `FILE:LINE`, `DEVICE:LINE` (of its own text) or `DEVICE.ext:LINE`.

    A file is named by its path from here or below the build, or by the end of that path.

    Raises:
        NoBuild: there is no build, and the file is none of another.
        OriginError: no such file or line in the build.
    """
    name, colon, number = place.rpartition(":")
    if not (colon and name and number.isascii() and number.isdigit()):
        raise OriginError(f"`{place}` is no FILE:LINE", "for example BJ-WN-C-FW01:120")
    path = _file(build, name)
    lines = _lines(path)
    line = int(number)
    if not 1 <= line <= len(lines):
        raise OriginError(f"{path} has lines 1 to {len(lines)}, not {line}")
    found = bisect_right(pairs := _pairs(path), line, key=itemgetter(0)) - 1
    origins = tuple(pairs[found][1].split()) if found >= 0 else ()
    return LineOrigins(file=str(path), line=line, text=lines[line - 1], origins=origins)


def origin_text(build: Path, path: str, line: int) -> str:
    """The origins of a line of a file of the build, "" if none are known."""
    try:
        return " ".join(origins_of(build, f"{build / path}:{line}").origins)
    except OriginError:
        return ""


def _lines(path: Path) -> list[str]:
    """As the origins count them: a line ends with a line feed and with nothing else."""
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OriginError(f"{path} cannot be read: {error}") from error
    return text.removesuffix("\n").split("\n") if text else []


def _pairs(path: Path) -> list[tuple[int, str]]:
    """(First line, origins) of a file, each up to the next."""
    site = path.parent if (path.parent / ORIGINS).is_file() else path.parent.parent
    try:
        known = json.loads((site / ORIGINS).read_bytes())
        return [(int(first), str(origins)) for first, origins in known[_below(path, site)]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OriginError(
            f"{site / ORIGINS} does not know {path.name}",
            "name a configuration; if it is one, build again with `telemed build`",
        ) from error


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _file(build: Path, name: str) -> Path:
    for path in (Path(name), build / name):
        if path.is_file():
            return path
    configs = build / "configs"
    if not configs.is_dir():
        raise NoBuild(build)
    found = [path for path in _configurations(configs) if _is_named(_below(path, configs), name)]
    own = [path for path in found if not path.name.endswith(BESIDE)]
    if len(found) == 1 or len(own) == 1:
        return (own or found)[0]
    if found:
        names = [_below(path, configs) for path in found]
        raise OriginError(
            f"`{name}` has several files", f"name one: {', '.join(names[:SHOWN_MAX])}"
        )
    devices = {
        _below(path, configs).split("/")[2].partition(".")[0] for path in _configurations(configs)
    }
    raise OriginError(f"the build has no file of `{name}`", did_you_mean(name, sorted(devices)))


def _configurations(configs: Path) -> Iterator[Path]:
    for path in sorted(configs.rglob("*")):
        if path.is_file() and path.name != ORIGINS and len(path.relative_to(configs).parts) > 2:
            yield path


def _is_named(path: str, name: str) -> bool:
    """Whether a path below `configs/` ends in the name, or is a file of that device."""
    device = path.split("/")[2].partition(".")[0]
    return device == name or f"/{path}".endswith(f"/{name}")
