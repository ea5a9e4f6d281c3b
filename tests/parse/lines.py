"""What holds of the lines of any text, whatever reader read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.reading import Reading

State = TypeVar("State")


def accounted(read: FirewallBehaviour | SwitchBehaviour) -> None:
    """Each line is effective, inert or unread, and only one of these."""
    unread = {item.line for item in read.unread}
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.effective) + len(read.inert) + len(unread) == read.lines
    assert all(item.text and item.why for item in read.unread)


def assert_blocks_are_lines(
    read: Callable[[State, str], Reading], state: Callable[[], State], text: str, separator: str
) -> None:
    """A text says what it says if it is not cut into blocks: no line is the bare separator then.

    Read twice: what the first reading has understood the second one remembers.
    """
    outcomes = []
    for one in (text.replace(f"\n{separator}", f"\n{separator} "), text, text):
        built = state()
        reading = read(built, one)
        outcomes.append((built, reading.effective, reading.inert, reading.in_order()))
    assert outcomes[0] == outcomes[1] == outcomes[2]
