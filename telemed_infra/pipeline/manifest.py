"""What a build was made from and what it holds, by hash: enough to trust it unread."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

FORMAT = 1


def content_hash(content: bytes) -> str:
    """The hash of a file."""
    return blake2b(content, digest_size=16).hexdigest()


def inputs_hash(folders: Iterable[Path], environment: str | None) -> str:
    """The hash of everything that decides a build: inventory, templates and this program."""
    total = blake2b(digest_size=16)
    total.update(repr(environment).encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                content = path.read_bytes()
                total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
                total.update(content)
    return total.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One build. `inputs` is empty for a build of a part of the network."""

    inputs: str
    holds_until: str  # ISO date: afterwards a review or a policy has run out
    native: str  # which texts the platforms' own programs have seen
    files: Mapping[str, str]  # path below the build → hash
    summary: Mapping[str, Any] = field(default_factory=dict)  # as `build --json` printed it

    def to_json(self) -> bytes:
        """The file's content."""
        return (
            json.dumps(
                {"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True, ensure_ascii=False
            ).encode()
            + b"\n"
        )

    def intact(self, folder: Path) -> bool:
        """Whether every file is there and says what it said."""
        try:
            return all(
                content_hash((folder / name).read_bytes()) == known
                for name, known in self.files.items()
            )
        except OSError:
            return False

    def current(self, inputs: str, as_of: date | None, native: str) -> bool:
        """Whether a build from these inputs on this day would be the same."""
        held = as_of is None or as_of.isoformat() <= self.holds_until
        return bool(inputs) and self.inputs == inputs and held and self.native == native


def read_manifest(path: Path) -> Manifest | None:
    """The manifest, or None if there is none that this version understands."""
    try:
        data = json.loads(path.read_bytes())
        if data.pop("format") != FORMAT:
            return None
        return Manifest(**data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
