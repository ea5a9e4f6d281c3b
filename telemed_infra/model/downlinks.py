"""The ports of a county head's members to the hospitals behind it.

A member's first port to hospital 0 is `first_downlink_port`, the next one to hospital 1. Its second
line to hospital 0 is on the port after all of these, so that a line more moves none that is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.model.schema.blueprint_file import BlueprintFile, Uplink

HOSPITALS_MAX = 2  # of a county, by their numbers


class Downlink(NamedTuple):
    """One line of a head's member to a hospital, as the hospital's blueprint says it."""

    uplink: Uplink
    place: int  # of the uplink in the blueprint
    port: int  # at the head


def downlinks(head: BlueprintFile, hospital: BlueprintFile, num: int) -> Iterator[Downlink]:
    """The lines to hospital `num`, in the order of its blueprint; none if the head has no ports."""
    if head.first_downlink_port is None:
        return
    lines: dict[str, int] = {}  # to a hospital so far, by the head's member
    for place, uplink in enumerate(hospital.uplinks):
        if uplink.to != "head" or uplink.peer is None or uplink.link is None:
            continue
        line = lines.get(uplink.peer, 0)
        lines[uplink.peer] = line + 1
        yield Downlink(uplink, place, head.first_downlink_port + num + HOSPITALS_MAX * line)
