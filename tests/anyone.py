"""Our program run by somebody who is not root, wherever the checkout lies.

A checkout and its virtual environment may lie where only root can look (a home, a runner's folder).
In a mount namespace of the command's own they are at paths that everyone reaches. The interpreter
that the environment was made from must be one that everyone may run: `make` takes the system's own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SYSTEMS = "the system's own Python"
PYTHON = "/media/bin/python"  # the interpreter, for a command within `for_anyone`
SHOW = """
mount --bind "$1" /mnt && mount --bind "$2" /media && shift 2 && PYTHONPATH=/mnt exec "$@"
"""


def for_anyone(command: Sequence[str]) -> list[str]:
    """The command, begun as root in a mount namespace where everyone reaches `PYTHON`."""
    python = Path(sys.executable).resolve()
    closed = [str(each) for each in (python, *python.parents) if not each.stat().st_mode & 0o001]
    assert not closed, f"only root gets through {closed[-1]}: make .venv anew, with {SYSTEMS}"
    return ["unshare", "--mount", "sh", "-c", SHOW, "sh", str(ROOT), sys.prefix, *command]
