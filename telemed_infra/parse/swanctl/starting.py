"""Whether a tunnel begins by itself, and again once it is lost.

Source: swanctl.conf(5) of strongSwan 5.9.8.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.swanctl.connection import Connection
from telemed_infra.parse.swanctl.settings import Section

Lack = tuple[int, str]
"""A line, and what is wrong at it."""


def starting(connection: Connection, child: Section) -> Iterator[Lack]:
    """What keeps a tunnel from beginning by itself and always again, or never."""
    action = child.get("start_action", "none")
    again = {
        "dpd_action": (child.get("dpd_action", "clear") in ("restart", "trap"), "restart"),
        "close_action": (child.get("close_action", "none") in ("start", "trap"), "start"),
    }
    if "start" not in action:
        if action != "none" or any(does for does, _ in again.values()):
            place = child.place("start_action")
            yield place, "it neither begins by itself nor only answers: `start_action`"
        return
    if connection.said.get("remote_addrs") is None:
        yield connection.said.place("remote_addrs"), "to begin, it needs the other end's address"
    if "trap" in action:
        return  # the next packet begins it
    for key, (does, value) in again.items():
        if not does:
            yield child.place(key), f"a lost tunnel stays lost: write `{key} = {value}`"
    if connection.said.get("keyingtries", 1):
        place = connection.said.place("keyingtries")
        yield place, "it gives up if the other end does not answer: write `keyingtries = 0`"
