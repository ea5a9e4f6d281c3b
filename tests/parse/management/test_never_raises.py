"""Lines of management in any order, shortened, undone, indented anyhow: no reader raises."""

from __future__ import annotations

import random

import pytest

from tests.parse.lines import accounted
from tests.parse.management import test_comware_plane, test_usg_plane, test_vrp_plane
from tests.parse.management.planes import PARSERS

TEXTS = {
    "vrp": test_vrp_plane.TEXT,
    "usg": test_usg_plane.TEXT,
    "comware": test_comware_plane.TEXT,
    "secpath": test_comware_plane.TEXT,
}


@pytest.mark.parametrize("platform", PARSERS)
def test_soups_of_lines(platform: str) -> None:
    chance = random.Random(17)
    lines = TEXTS[platform].split("\n")
    for _ in range(150):
        soup = [spoilt(chance.choice(lines), chance) for _ in range(chance.randint(3, 40))]
        accounted(PARSERS[platform]("\n".join(soup)))


def spoilt(line: str, chance: random.Random) -> str:
    """The line as it is, undone, at another depth, or cut short."""
    blanks = " " * chance.randint(0, 3)
    words = line.split()
    return chance.choice(
        (
            line,
            line,
            line,
            f"{blanks}undo {line.strip()}",
            f"{blanks}{line.strip()}",
            " ".join(words[: chance.randint(1, 4)]),
        )
    )
