"""What holds of the lines of any text, whatever reader read it."""

from __future__ import annotations

from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour


def accounted(read: FirewallBehaviour | SwitchBehaviour) -> None:
    """Each line is effective, inert or unread, and only one of these."""
    unread = {item.line for item in read.unread}
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.effective) + len(read.inert) + len(unread) == read.lines
    assert all(item.text and item.why for item in read.unread)
