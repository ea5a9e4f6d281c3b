"""What the tests of this folder ask of a text: its management plane, and what is unread."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

from telemed_infra.management_plane import ManagementPlane
from telemed_infra.packets import Ranges, network_range
from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.comware import parse_comware
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg, parse_vrp

Parser = Callable[[str], SwitchBehaviour | FirewallBehaviour]
PARSERS: dict[str, Parser] = {
    "vrp": parse_vrp, "usg": parse_usg, "comware": parse_comware, "secpath": parse_secpath,
}  # fmt: skip


def plane(platform: str, text: str) -> ManagementPlane:
    """The plane of a text in which every line is read."""
    read = PARSERS[platform](dedent(text))
    assert not read.unread, read.unread
    assert read.plane is not None
    return read.plane


def unread(platform: str, text: str) -> list[str]:
    """The lines of a text that are not read."""
    return [item.text for item in PARSERS[platform](dedent(text)).unread]


def why(platform: str, text: str) -> str:
    """Why the only unread line of a text is not read."""
    (item,) = PARSERS[platform](dedent(text)).unread
    return item.why


def field(found: ManagementPlane, path: str) -> object:
    """One value of a plane, by its names with dots."""
    value: object = found
    for name in path.split("."):
        value = getattr(value, name)
    return value


def ranges(*prefixes: str) -> Ranges:
    """Prefixes in order as ranges of addresses."""
    return tuple(network_range(prefix)[1] for prefix in prefixes)
