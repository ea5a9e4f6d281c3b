"""What a build was made from and what it holds, by hash: enough to trust it unread."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from telemed_infra.model.files import Texts

FORMAT = 2
MANIFEST = "manifest.json"
NO_FILE = ""  # in place of a hash: a link or a pipe stands there, or it cannot be read


def content_hash(content: bytes) -> str:
    """The hash of a file."""
    return blake2b(content, digest_size=16).hexdigest()


def inputs_hash(inventory: Texts, folders: Iterable[Path]) -> str:
    """The hash of everything that decides a build: the inventory as read, templates, program."""
    total = blake2b(digest_size=16)

    def add(name: str, content: bytes) -> None:
        total.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        total.update(content)

    add(inventory.folder, inventory.overlay.encode())
    for file, text in inventory.by_file.items():
        add(file, text.encode())
    for number, folder in enumerate(folders):
        for path in sorted(folder.rglob("*")):
            # Beside compiled modules lie such that are only being written: `x.pyc.140234`.
            if path.is_file() and "__pycache__" not in path.parts:
                add(f"{number}/{path.relative_to(folder).as_posix()}", path.read_bytes())
    return total.hexdigest()


def standing(build: Path) -> dict[str, str]:
    """What a build's folder really holds: path → hash of each file but the manifest."""
    found: dict[str, str] = {}
    for root, folders, files in os.walk(build):
        links = [name for name in folders if Path(root, name).is_symlink()]
        for name in (*files, *links):
            path = Path(root, name)
            found[path.relative_to(build).as_posix()] = _hash_of(path)
    found.pop(MANIFEST, None)
    return found


def _hash_of(path: Path) -> str:
    try:
        # A link's target may change unseen, and a pipe never ends.
        readable = path.is_file() and not path.is_symlink()
        return content_hash(path.read_bytes()) if readable else NO_FILE
    except OSError:
        return NO_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One build. `inputs` is empty for a build of a part of the network."""

    inputs: str
    holds_until: str  # ISO date: afterwards a review or a policy has run out
    native: str  # which texts the platforms' own programs have seen
    files: Mapping[str, str]  # path below the build → hash
    reviewed: str = ""  # ISO date of the newest review: before, it had not happened
    summary: Mapping[str, Any] = field(default_factory=dict)  # as `build --json` printed it

    def to_json(self) -> bytes:
        """The file's content, sealed by its own hash."""
        data = {"format": FORMAT, **asdict(self)}
        return _text(data | {"seal": content_hash(_text(data))})

    def current(self, inputs: str, as_of: date | None, native: str) -> bool:
        """Whether a build from these inputs on this day would be the same."""
        held = as_of is None or self.reviewed <= as_of.isoformat() <= self.holds_until
        return bool(inputs) and self.inputs == inputs and held and self.native == native


def read_manifest(path: Path) -> Manifest | None:
    """The manifest, or None if there is none, it is damaged, or another version wrote it."""
    try:
        data = json.loads(path.read_bytes())
        seal = data.pop("seal")
        if data["format"] != FORMAT or seal != content_hash(_text(data)):
            return None
        del data["format"]
        manifest = Manifest(**data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if all(map(_below, manifest.files)) else None


def _text(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _below(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
