"""The laboratory's folder: made for one run, gone after it; logs are kept where a person asks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from failover.laboratory.network import PREFIX, is_left_behind, owner_token
from failover.laboratory.problem import NoLaboratory

# Never keys, certificates or the register's data.
KEPT = ("*/*.log", "*/state/journal/*.log", "*/run/status.json", "*/client-*.txt")


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder of this process; what killed ones have left is taken away first."""
    above = Path(gettempdir())
    for left in above.glob(f"{PREFIX}-*"):
        ours = not left.is_symlink() and left.is_dir() and left.stat().st_uid == os.geteuid()
        if ours and is_left_behind(left.name):
            shutil.rmtree(left, ignore_errors=True)
    folder = above / owner_token(os.getpid())
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def empty_folder(path: Path) -> Path:
    """A folder for logs, made if it is missing. Raises NoLaboratory: it is not empty."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise NoLaboratory(f"{path}: is not empty", "name a folder that is new or empty")
    except OSError as error:
        raise NoLaboratory(f"{path}: {error.strerror}", "name another folder") from error
    return path


def keep_logs(folder: Path, to: Path) -> None:
    """Copy logs, journals, the last status and the clients' answers, by place."""
    for pattern in KEPT:
        for path in sorted(folder.glob(pattern)):
            place = to / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
