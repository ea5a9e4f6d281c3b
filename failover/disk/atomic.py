"""A file written whole, or not at all."""

import os
from pathlib import Path

PRIVATE = 0o600


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file; after this returns, a power cut leaves the new content.

    Raises:
        OSError: nothing was changed.
    """
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def write_all(descriptor: int, content: bytes) -> None:
    """Write everything, in as many pieces as the system takes."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def sync_folder(folder: Path) -> None:
    """Make new and removed names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
