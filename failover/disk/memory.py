"""The agent's memory: what a later life must know, in one small file.

The file is one line of JSON behind its own SHA-256, so that a torn or edited one is seen. A centre
that forgot its terms could believe a register that went back in time; so a damaged file stops the
start, and only a missing one means a new agent.
"""

import json
from hashlib import sha256
from pathlib import Path

from msgspec.structs import asdict

from failover.core.cells import Term
from failover.core.effects import Memory
from failover.disk.atomic import write_whole

BYTES_MAX = 1 << 20
MEND = (
    "look at `telemed-failover status` of the other centre; if it owns everything, remove the file:"
    " this centre then takes nothing before its first lease is over"
)


class MemoryDamaged(Exception):
    """The memory cannot be trusted; `problem` names the file and what is wrong with it."""

    def __init__(self, path: Path, what: str) -> None:
        self.problem = f"{path}: {what}"
        self.hint = MEND
        super().__init__(self.problem)


def read_memory(path: Path) -> Memory:
    """What an earlier life has kept; an empty memory if there was none.

    Raises:
        MemoryDamaged: the file is torn, edited, unreadable or not a memory.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except FileNotFoundError:
        return Memory()
    except OSError as error:
        raise MemoryDamaged(path, f"cannot be read: {error.strerror}") from error
    digest, _, text = content.partition(b" ")
    if digest != sha256(text).hexdigest().encode():
        raise MemoryDamaged(path, "is torn or was edited: its hash is not that of its content")
    try:
        raw = json.loads(text)
        return Memory(
            _terms(raw["terms"]), float(raw["promised_s"]), _terms(raw["owned"]), str(raw["boot"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MemoryDamaged(path, f"is no memory: {type(error).__name__}: {error}") from error


def write_memory(path: Path, memory: Memory) -> None:
    """Keep a memory. Raises OSError; then the one before stands."""
    text = json.dumps(asdict(memory), separators=(",", ":"), sort_keys=True).encode()
    write_whole(path, sha256(text).hexdigest().encode() + b" " + text)


def _terms(raw: list[tuple[str, tuple[int, int]]]) -> tuple[tuple[str, Term], ...]:
    return tuple((str(name), Term(*map(int, term))) for name, term in raw)
