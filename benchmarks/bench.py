"""One run of the benchmarks: how often, where, and what is known already."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.process import BIN, ROOT, Measured, measure

Result = TypeVar("Result")

INVENTORY = ROOT / "inventory"
TELEMED = BIN / "telemed"


@dataclass(slots=True)
class Bench:
    """Passed to every subject. Whatever two subjects need is measured once."""

    scratch: Path
    runs: int = 3
    jobs: int = 2
    _known: dict[Callable[..., object], object] = field(default_factory=dict)

    def once(self, measured: Callable[[Bench], Result]) -> Result:
        """What a measuring function says, measured the first time only."""
        if measured not in self._known:
            self._known[measured] = measured(self)
        return self._known[measured]  # type: ignore[return-value]  # the key decides the type

    def say(self, text: str) -> None:
        """Progress, on stderr."""
        print(f"… {text}", file=sys.stderr, flush=True)

    def folder(self, name: str) -> Path:
        """A new folder for this run; nothing is removed before the very end."""
        path = self.scratch / name
        path.mkdir(parents=True)
        return path

    def ansible_environment(self) -> Mapping[str, str]:
        """The checkout's ansible.cfg and a home of its own."""
        home = self.scratch / "home"
        home.mkdir(exist_ok=True)
        return {
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
        }


def python(module: str, *arguments: str | Path) -> Measured:
    """Runs a module of ours in a process of its own, so that this one stays small."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return measure(
        [sys.executable, "-m", module, *arguments],
        environment={"PYTHONPATH": os.pathsep.join(paths)},
    )


def answer(module: str, *arguments: str | Path) -> dict[str, Any]:
    """The JSON object that a module of ours prints."""
    found: dict[str, Any] = json.loads(python(module, *arguments).output)
    return found
