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
from tempfile import TemporaryDirectory

from telemed_infra.pipeline.errors import OutputError
from telemed_infra.pipeline.manifest import MANIFEST

LOCK = ".lock"


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
    with writing(out):
        _refuse_foreign(out)
        out.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(out):
        with writing(out):
            output = _prepared(out)
        yield output
        if output.accepted:
            with writing(out):
                link = out.with_name(f".{out.name}.link")
                link.unlink(missing_ok=True)
                link.symlink_to(output.folder.name)
                link.replace(out)


@contextmanager
def scratch_output(out: Path) -> Iterator[Output]:
    """A folder that goes away again: to see what a build would change at `out`."""
    with writing(out):
        current = _current(out)
        scratch = TemporaryDirectory(prefix="telemed-", ignore_cleanup_errors=True)
    with scratch as folder:
        yield Output(Path(folder), current)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """What the disk refuses becomes an error that names the file."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{error.filename or place}: {error.strerror or error}",
            "mend this, or choose another --out; what stood there is untouched",
        ) from error


def _folders(out: Path) -> list[Path]:
    return [out.with_name(f".{out.name}.{letter}") for letter in "ab"]


def _refuse_foreign(out: Path) -> None:
    hint = "move it away, or choose another --out"
    if out.is_symlink():
        target = out.readlink()
        if str(target) not in [folder.name for folder in _folders(out)]:
            raise OutputError(f"{out} is not a build of ours but a link to {target}", hint)
    elif out.exists():
        what = "folder" if out.is_dir() else "file"
        raise OutputError(f"{out} is not a build of ours but a {what}", hint)


def _current(out: Path) -> Path | None:
    return out.resolve() if out.is_dir() else None


def _prepared(out: Path) -> Output:
    current = _current(out)
    folder = next(one for one in _folders(out) if one.resolve() != current)
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)  # half a build is never taken for a whole
    _unlink_links(folder)
    return Output(folder, current)


def _unlink_links(folder: Path) -> None:
    """A build has no links of its own, and nothing is to be written where one leads."""
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root, name)
            if path.is_symlink():
                path.unlink()


@contextmanager
def _only_one(out: Path) -> Iterator[None]:
    """Two builds into one output at once would mix: the second is refused."""
    with writing(out):
        held = out.with_name(f".{out.name}{LOCK}").open("ab")
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"another build is writing {out}", "wait for it to end") from None
        yield


def write_if_changed(path: Path, content: bytes) -> bool:
    """Writes a file unless it already says the same; its folder must exist. True if written."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        status = os.fstat(descriptor)
        if status.st_size == len(content) and file.read() == content:
            return False
        if status.st_nlink == 1:
            if status.st_size:
                file.seek(0)
                file.truncate()
            _write_whole(descriptor, content)
            return True
    # The file has another name too, a copy made by `cp -l`: that one keeps what it says.
    path.unlink()
    path.write_bytes(content)
    return True


def _write_whole(descriptor: int, content: bytes) -> None:
    """A disk that is nearly full takes a part, and refuses only the next one."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


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
            if path.is_symlink():
                path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()
