"""`ip nat inside source static network`: own addresses of hosts, changed one to one in both ways.

It acts on what goes from an interface that is `ip nat inside` to one that is `ip nat outside`, and
back. So where the hosts' own interface lacks its mark nothing is changed, and the line is unread.
Policies of zones judge the addresses inside; a list on an outside interface sees the others, and
is unread too. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, ip_interface
from typing import NamedTuple

from telemed_infra.packets import Family, Range, network_range
from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.state import Does, Ios
from telemed_infra.parse.virtual_routers import Refuse
from telemed_infra.translation import Translation, joined

INSIDE, OUTSIDE = "inside", "outside"
_LENGTH = re.compile(r"/?((?<=/)[0-9]{1,2}|255(?:\.[0-9]{1,3}){3})", re.ASCII)
OUTER_LIST = "it judges by outside addresses what zones judge by those inside"


class Translated(NamedTuple):
    """What a text changes, and where it speaks of it."""

    translations: tuple[Translation, ...]
    lines: Mapping[Range, int]


def network(state: Ios, args: Args, line: int) -> None:
    """`ip nat inside source static network LOCAL GLOBAL {/LEN|MASK}`."""
    inside, outside = _ranges(args)
    if state.statics.setdefault(inside, (outside, line))[0] != outside:
        raise Unreadable("these inside addresses are changed into others already")


def remove_network(state: Ios, args: Args, _line: int) -> None:
    """`no ip nat inside source static network LOCAL GLOBAL {/LEN|MASK}`."""
    inside, outside = _ranges(args)
    if state.statics.get(inside, (None, 0))[0] != outside:
        raise Unreadable("there is no such change of addresses to remove")
    del state.statics[inside]


def side(*, on: bool) -> Does:
    """`ip nat inside`, `ip nat outside` of an interface; it is one of both."""

    def effect(state: Ios, args: Args, _line: int) -> None:
        for port in state.open_ports:
            if port.nat_side not in ("", args[0]):
                raise Unreadable(f"the interface is on the {port.nat_side} already")
            port.nat_side = args[0] if on else ""

    return effect


def translated(state: Ios, refuse: Refuse) -> Translated:
    """All maps of a text read through."""
    boundary = frozenset(name for name, port in state.ports.items() if port.nat_side == OUTSIDE)
    parts: list[Translation] = []
    lines: dict[Range, int] = {}
    for inside, (outside, line) in state.statics.items():
        why = _why_not(state, inside)
        if why:
            refuse(line, why)
            continue
        parts.append(Translation(inside, outside, boundary))
        lines[outside] = line
    for name in boundary if parts else ():
        for (family, _), bound in state.ports[name].filters.items():
            if family is Family.V4:
                refuse(bound.line, OUTER_LIST)
    return Translated(joined(parts), lines)


def _why_not(state: Ios, inside: Range) -> str:
    """Why nothing changes inside addresses, or not all of them; "" if it is done."""
    leading = {
        name: port.nat_side
        for name, port in state.ports.items()
        if any(_meets(one, inside) for one in port.addresses)
    }
    lacking = sorted(name for name, marked in leading.items() if marked != INSIDE)
    if lacking:
        return f"{', '.join(lacking)} leads to these addresses and is not `ip nat inside`"
    return "" if leading else "no interface leads to these addresses"


def _meets(address: str, inside: Range) -> bool:
    family, (low, high) = network_range(ip_interface(address).network)
    return family is Family.V4 and low <= inside[1] and inside[0] <= high


def _ranges(args: Args) -> tuple[Range, Range]:
    local, foreign, words = args
    length = _LENGTH.fullmatch(words)
    if length is None:
        raise Unreadable("a static network is read with its length or mask, and nothing more")
    try:
        found = [IPv4Network(f"{one}/{length[1]}") for one in (local, foreign)]
    except ValueError:
        raise Unreadable(f"{local} and {foreign} do not begin networks of {words}") from None
    inside, outside = (network_range(one)[1] for one in found)
    return inside, outside
