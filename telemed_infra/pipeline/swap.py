"""A build replaces the one before it as a whole: an interrupted one leaves the old in place.

Two folders are kept beside the output, `.<out>.a` and `.<out>.b`; the output is a symbolic link to
the newer. A build overwrites the older, file by file, and writes only what differs; what the new
build no longer has goes last; then the link is exchanged by one rename. Nothing is deleted before
writing: creating files right after a deletion is up to 15 times slower on ext4 (ADR-0004).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "manifest.json"
LOCK = ".lock"


class OutputError(Exception):
    """The output cannot be written; what stands there is untouched."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


@dataclass(slots=True)
class Output:
    """Where a build is being made, and the one that stands."""

    folder: Path
    current: Path | None  # the build that `out` shows now
    accepted: bool = False

    def accept(self) -> None:
        """The folder holds a whole and proven build: it takes the place of the current one."""
        self.accepted = True


@contextmanager
def next_output(out: Path) -> Iterator[Output]:
    """The folder to build into; it becomes `out` if the build is accepted, else `out` stays.

    Raises:
        OutputError: something else stands there, or another build is being made.
    """
    if out.exists() and not out.is_symlink():
        raise OutputError(
            f"{out} is not a build of ours but a {'folder' if out.is_dir() else 'file'}",
            "move it away, or choose another --out",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(out):
            yield from _prepared(out)
    except OSError as error:
        raise OutputError(
            f"{error.filename or out}: {error.strerror}", "what stood there is untouched"
        ) from error


def _prepared(out: Path) -> Iterator[Output]:
    current = out.resolve() if out.is_symlink() and out.exists() else None
    folders = [out.with_name(f".{out.name}.{letter}") for letter in "ab"]
    folder = next(one for one in folders if one.resolve() != current)
    folder.mkdir(exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)  # half a build is never taken for a whole
    output = Output(folder, current)
    yield output
    if output.accepted:
        link = out.with_name(f".{out.name}.link")
        link.unlink(missing_ok=True)
        link.symlink_to(folder.name)
        link.replace(out)


@contextmanager
def _only_one(out: Path) -> Iterator[None]:
    """Two builds into one output at once would mix: the second is refused."""
    lock = out.with_name(f".{out.name}{LOCK}")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"another build is writing {out}", "wait for it to end") from None
        yield


def write_if_changed(path: Path, content: bytes) -> bool:
    """Writes a file unless it already says the same; its folder must exist. True if written."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        with path.open("wb") as new:
            new.write(content)
        return True
    try:
        size = os.fstat(descriptor).st_size
        if size == len(content) and os.read(descriptor, size + 1) == content:
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, content, 0)
        return True
    finally:
        os.close(descriptor)


def remove_strangers(folder: Path, wanted: Iterable[str]) -> None:
    """Removes files that this build did not write, and folders that are empty then."""
    keep = set(wanted)
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(root, name)
            if path.relative_to(folder).as_posix() not in keep:
                path.unlink()
        for name in folders:
            path = Path(root, name)
            if not any(path.iterdir()):
                path.rmdir()
