"""The lab, and a person who speaks at one of its places."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from failover.laboratory.lab import Lab, laboratory
from failover.laboratory.network import CENTRES
from failover.laboratory.places import plan_document

ROOT = Path(__file__).parents[3]
WORD_S_MAX = 60.0


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Say = Callable[..., Answer]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    with laboratory(tmp_path, plan_document()) as found:
        yield found


@pytest.fixture
def say(lab: Lab) -> Say:
    """Run a command at a place."""

    def run(place: str, *words: str) -> Answer:
        node = str(lab.folder / place / "node.toml")
        ended = subprocess.run(
            [
                *("ip", "netns", "exec", lab.space(place)),
                *(sys.executable, "-m", "failover.cli.main", *words, "--node", node),
            ],
            cwd=ROOT,
            env={**os.environ, "SUDO_USER": "li", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WORD_S_MAX,
            check=False,
        )
        return Answer(ended.returncode, ended.stdout, ended.stderr)

    def is_settled() -> bool:
        """Each status shows that the other centre could take over."""
        return all(lab.status(name)["peer"]["ready"] for name in CENTRES)

    lab.wait_until("each centre could take over", is_settled, 10)
    return run
