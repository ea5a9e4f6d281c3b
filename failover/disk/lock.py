"""One process of a name on one machine, and which start of the machine it lives in."""

import fcntl
import os
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class NameTaken(Exception):
    """Another process holds the lock; `problem` names the file and the process."""

    def __init__(self, path: Path, holder: str) -> None:
        self.problem = f"{path}: process {holder or 'unknown'} runs under this name already"
        self.hint = "stop it first: two of one name would close each other's doors"
        super().__init__(self.problem)


class NameLock:
    """Held until closed, or until the process ends however it ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises NameTaken, or OSError when the folder is not there."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise NameTaken(path, holder) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """Let go of the name."""
        os.close(self._descriptor)


def boot_id() -> str:
    """The name of this start of the machine; each has another. Source: random(4)."""
    return BOOT_ID.read_text("ascii").strip()
