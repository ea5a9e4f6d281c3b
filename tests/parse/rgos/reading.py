"""What tests of the RGOS reader share: texts typed with the indent of their test."""

from __future__ import annotations

from textwrap import dedent

from telemed_infra.management_plane import ManagementPlane, PortGuards
from telemed_infra.parse.behaviour import SwitchBehaviour, SwitchPort
from telemed_infra.parse.rgos import parse_rgos

PORT = "GigabitEthernet 0/1"
ALL = frozenset(range(1, 4095))


def switch(*texts: str) -> SwitchBehaviour:
    """The behaviour of texts, one after the other."""
    return parse_rgos("\n".join(dedent(text) for text in texts))


def whole(*texts: str) -> SwitchBehaviour:
    """The same of texts in which every line is read."""
    found = switch(*texts)
    assert not found.unread, found.unread
    return found


def left(*texts: str) -> list[str]:
    """The lines that are not read."""
    return [one.text for one in switch(*texts).unread]


def plane(*texts: str) -> ManagementPlane:
    """The management plane of texts in which every line is read."""
    found = whole(*texts).plane
    assert found is not None
    return found


def block(*lines: str) -> str:
    """Lines of one port."""
    return "\n ".join([f"interface {PORT}", *lines])


def port(*lines: str) -> SwitchPort:
    """One port all of whose lines are read."""
    return whole(block(*lines)).ports[PORT]


def guards(text: str, *lines: str) -> PortGuards:
    """The guards of one port, after a text about the device."""
    return whole(text, block(*lines)).ports[PORT].guards
