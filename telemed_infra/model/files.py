"""The model's only door to the disk: reads the inventory's texts, replaces one file at a time."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from telemed_infra.model.documents import BY_NAME, DOCUMENTS, NOT_OURS, OVERLAYS, document_of
from telemed_infra.model.finding import WHOLE, Finding, did_you_mean, listed
from telemed_infra.problem import InputError, Problem

FILE_BYTES_MAX = 4_000_000


@dataclass(slots=True)
class Texts:
    """The texts of an inventory by file name, which begins with the folder's own: `inventory/…`."""

    folder: str
    by_file: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  # there, and not readable
    overlay: str = ""  # file of the environment


def read_inventory(inventory: Path, environment: str | None = None) -> Texts:
    """All documents of an inventory, sorted by name, and what is wrong with the files as such.

    Raises:
        InputError: this is no inventory, or it has no such environment.
    """
    if not inventory.is_dir():
        what = "is not a folder" if inventory.exists() else "does not exist"
        raise InputError([Problem(str(inventory), 1, "(folder)", what)])
    texts = Texts(folder=inventory.resolve().name)
    wanted: list[Path] = []
    try:
        for entry in sorted(inventory.iterdir()):
            wanted += _wanted(texts, inventory, entry)
    except OSError as error:
        raise InputError(
            [Problem(str(inventory), 1, "(folder)", f"cannot be read: {error.strerror}")]
        ) from error
    if not any(document_of(_relative(inventory, path)) for path in wanted):
        raise InputError(
            [
                Problem(
                    str(inventory),
                    1,
                    "(folder)",
                    "holds no inventory",
                    "give the folder that has `network.yml`, `sites/` and the other files",
                )
            ]
        )
    if environment is not None:
        wanted.append(_overlay(texts, inventory, environment))
    for path in wanted:
        _read(texts, path, f"{texts.folder}/{_relative(inventory, path)}")
    return texts


def _relative(inventory: Path, path: Path) -> str:
    return path.relative_to(inventory).as_posix()


def _wanted(texts: Texts, inventory: Path, entry: Path) -> Iterator[Path]:
    """The documents in an entry of the inventory's folder; tells what nobody would read."""
    if entry.name.startswith(".") or entry.name in (OVERLAYS, *NOT_OURS):
        return
    folder = entry.is_dir()
    document = BY_NAME.get(entry.name if folder else entry.name.removesuffix(".yml"))
    if document is None or document.folder != folder:
        if folder or entry.suffix in (".yml", ".yaml"):
            known = [d.name + ("" if d.folder else ".yml") for d in DOCUMENTS]
            _unexpected(texts, _relative(inventory, entry), did_you_mean(entry.name, known))
    elif folder:
        yield from _in_folder(texts, inventory, entry)
    else:
        yield entry


def _in_folder(texts: Texts, inventory: Path, folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix == ".yml":
            yield path
        elif path.suffix == ".yaml" or path.is_dir():
            hint = "documents lie in this folder and end in `.yml`"
            _unexpected(texts, _relative(inventory, path), hint)


def _unexpected(texts: Texts, relative: str, hint: str) -> None:
    texts.findings.append(
        Finding(
            f"{texts.folder}/{relative}",
            WHOLE,
            "no document of the inventory has this name",
            hint or "remove it, or rename it so that it begins with a dot",
        )
    )


def _overlay(texts: Texts, inventory: Path, environment: str) -> Path:
    there = sorted(path.stem for path in (inventory / OVERLAYS).glob("*.yml"))
    if environment not in there:
        raise InputError(
            [
                Problem(
                    f"{texts.folder}/{OVERLAYS}",
                    1,
                    "(folder)",
                    f"no environment `{environment[:40]}`",
                    did_you_mean(environment, there) or f"there are: {listed(there) or 'none'}",
                )
            ]
        )
    texts.overlay = f"{texts.folder}/{OVERLAYS}/{environment}.yml"
    return inventory / OVERLAYS / f"{environment}.yml"


def _read(texts: Texts, path: Path, file: str) -> None:
    def refuse(problem: str, hint: str = "", line: int = 1) -> None:
        texts.unread.add(file)
        texts.findings.append(Finding(file, WHOLE, problem, hint, line))

    try:
        if not path.is_file():  # a pipe or a device would never end
            return refuse("is not a file")
        with path.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        return refuse(f"cannot be read: {error.strerror}")
    if len(data) > FILE_BYTES_MAX:
        return refuse(
            f"is larger than {FILE_BYTES_MAX // 1_000_000} MB",
            "no document of the inventory is: is it the right file?",
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return refuse(
            "is not UTF-8",
            "save it as UTF-8 without a byte order mark",
            data[: error.start].count(b"\n") + 1,
        )
    if text.startswith("\ufeff"):
        return refuse("begins with a byte order mark", "save it as UTF-8 without one")
    texts.by_file[file] = text
    return None


def replace_file(path: Path, text: str, *, expected: str) -> bool:
    """Puts the text in the file's place at once, or not at all; the mode stays.

    False, and nothing done, if the file does not hold the expected text any more.

    Raises:
        OSError: the disk is full, the folder is not writable; the file is as it was.
    """
    target = path.resolve()  # a link stays a link
    if target.read_bytes() != expected.encode():
        return False
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fchmod(stream.fileno(), stat.S_IMODE(target.stat().st_mode))
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
