"""Conditions that no packet header shows: a text that has one is not proven."""

from __future__ import annotations

import pytest

from tests.damages.damage import Edit, before, inside
from tests.damages.workshop import GATEWAY, HOSPITAL, Workshop

RULE = " rule name P1204-IMAGING-WAN"
IMAGES = "\t\tip saddr 10.87.24.64/27 ip daddr 10.12.4.5 tcp dport 2762"

CONDITIONS: tuple[tuple[str, str, Edit], ...] = (
    *(
        (f"a must only if {condition}", HOSPITAL,
         inside(RULE, "  action", f"  {condition}\n  action"))
        for condition in ("time-range night", "application app SIP", "user user-group staff")
    ),
    # A limit counts as one that never bites; these mean the opposite.
    ("a must only over a rate", GATEWAY, inside(
        IMAGES, "accept", "limit rate over 9/second accept")),
    ("a must only over a quota", GATEWAY, inside(IMAGES, "accept", "quota over 9 mbytes accept")),
    ("a drop up to a rate", GATEWAY, before(IMAGES, "\t\tlimit rate 9/second drop\n")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("device", "edit"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS]
)
def test_a_condition_is_found(workshop: Workshop, device: str, edit: Edit) -> None:
    findings = workshop.prove(device, edit(workshop.text(device)))
    assert "unread" in {one.kind for one in findings}
