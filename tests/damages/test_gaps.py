"""Damages that the proof does not find yet, each with the reason; strict: a mend shows at once."""

from __future__ import annotations

import pytest

from tests.damages.damage import Edit, before, inside
from tests.damages.workshop import GATEWAY, HOSPITAL, Workshop

RULE = " rule name P1204-IMAGING-WAN"
IMAGES = "\t\tip saddr 10.87.24.64/27 ip daddr 10.12.4.5 tcp dport 2762"

GAPS: tuple[tuple[str, str, Edit], ...] = (
    # `certain=False` is read as a limit that never bites; a condition is not one.
    *(
        (f"a must only if {condition}", HOSPITAL,
         inside(RULE, "  action", f"  {condition}\n  action"))
        for condition in ("time-range night", "application app SIP", "user user-group staff")
    ),
    # prove/sweep.py: a reader must not hand over as uncertain what calm reads otherwise.
    ("a must only over a rate", GATEWAY, inside(IMAGES, "accept", "limit rate over 9/second accept")),
    ("a must only over a quota", GATEWAY, inside(IMAGES, "accept", "quota over 9 mbytes accept")),
    ("a drop up to a rate", GATEWAY, before(IMAGES, "\t\tlimit rate 9/second drop\n")),
)  # fmt: skip


@pytest.mark.xfail(reason="the proof takes an uncertain permit for a permit", strict=True)
@pytest.mark.parametrize(
    ("device", "edit"), [row[1:] for row in GAPS], ids=[row[0] for row in GAPS]
)
def test_a_gap(workshop: Workshop, device: str, edit: Edit) -> None:
    assert workshop.prove(device, edit(workshop.text(device)))
