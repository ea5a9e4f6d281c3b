"""What the tests of this folder ask of a text: its ports, its unread lines, its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from msgspec.structs import replace

from telemed_infra.parse.behaviour import SwitchBehaviour, SwitchPort
from telemed_infra.parse.comware import parse_comware
from tests.parse.lines import accounted

PORT = "GigabitEthernet1/0/1"
VLANS = "vlan 2 to 50\n#\n"


def switch(text: str) -> SwitchBehaviour:
    """The behaviour of a text typed with the indent of its test."""
    return parse_comware(dedent(text))


def whole(text: str) -> SwitchBehaviour:
    """The same, of a text in which every line is read."""
    read = switch(text)
    assert not read.unread, read.unread
    accounted(read)
    return read


def block(*lines: str, name: str = PORT) -> str:
    """VLANs 2 to 50 and the block of one port, as a device prints it."""
    return VLANS + "\n ".join([f"interface {name}", "port link-mode bridge", *lines]) + "\n#\n"


def port(*lines: str) -> SwitchPort:
    """One bridged port whose lines are all read."""
    return whole(block(*lines)).ports[PORT]


def unread(text: str) -> list[str]:
    """The unread lines of a text."""
    return [item.text for item in switch(text).unread]


def why(text: str) -> str:
    """Why the only unread line of a text is not read."""
    (item,) = switch(text).unread
    return item.why


def meaning(read: SwitchBehaviour) -> tuple[object, ...]:
    """What must not change with the form of a text: all but numbers of lines."""
    ports: Mapping[str, SwitchPort] = {
        name: replace(found, line=0) for name, found in read.ports.items()
    }
    return read.hostname, read.vlans, ports, read.addresses, [item.text for item in read.unread]
