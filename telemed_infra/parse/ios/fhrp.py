"""Virtual routers of IOS: `vrrp` lines of an interface, and the blocks that IOS XE has instead.

Which of the two forms a device takes, `fhrp version vrrp v3` decides. HSRP and GLBP are other
protocols, and unread. Source: docs/reference/platforms.md, "Pairs".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import PairPlace
from telemed_infra.parse.frr.engine import Args, Row, Unreadable, says
from telemed_infra.parse.ios.state import Does, Ios, Port, refused
from telemed_infra.parse.ios.values import interface, ipv4, ipv6
from telemed_infra.parse.virtual_routers import (
    ADDRESSES_MAX,
    PRIORITY_MAX,
    REDUCED_BY,
    Group,
    GroupKey,
    PortGroups,
    Refuse,
    standing,
)
from telemed_infra.redundancy import Redundancy

Rows = tuple[Row[Ios], ...]

HOLDS = "which of two devices holds an address"
_WATCHES = "watches a path or a neighbour"
_OTHER = "what this does to a virtual router is not modelled"
_HSRP = "HSRP and GLBP are not VRRP, and not modelled: write `vrrp`"
_TRACKED = ("line-protocol", "ip routing", "ipv6 routing")

Change = Callable[[Group, int], None]


class PairRead(NamedTuple):
    """A member's part in its pair, and where each thing begins."""

    redundancy: Redundancy
    lines: dict[PairPlace, int]


def pair_of(state: Ios, refuse: Refuse) -> PairRead:
    """The virtual routers of a text read through."""
    shut = {name for name, port in state.ports.items() if port.shut}
    ports = [
        PortGroups(
            name,
            port.addresses,
            name in shut or name.partition(".")[0] in shut,
            port.enabled6,
            port.groups,
        )
        for name, port in state.ports.items()
    ]
    for port in state.ports.values():
        _of_the_form(port, state.vrrp_v3, refuse)
    routers, lines = standing(ports, refuse, state.tracks.get)
    return PairRead(Redundancy(routers=routers), lines)


def _of_the_form(port: Port, v3: bool, refuse: Refuse) -> None:  # noqa: FBT001
    """Groups in the form that the device does not take are none."""
    for key, group in list(port.groups.items()):
        block = key in port.blocks
        if block and not v3:
            refuse(group.line, "blocks need `fhrp version vrrp v3`")
        elif v3 and not block:
            refuse(group.line, "`fhrp version vrrp v3` takes blocks alone: `address-family`")
        else:
            continue
        del port.groups[key]


# Changes of a group ------------------------------------------------------------------------------


def _in_line(change: Callable[[Args], Change], *, begins: bool = False) -> Does:
    """`vrrp N …`: the number stands in the line itself."""

    def effect(state: Ios, args: Args, line: int) -> None:
        _change(state, GroupKey(Family.V4, int(args[0])), change(args[1:]), line, begins=begins)

    return effect


def _in_block(change: Callable[[Args], Change]) -> Does:
    """A line of an open block."""

    def effect(state: Ios, args: Args, line: int) -> None:
        _change(state, state.open_group_of_vrrp, change(args), line, begins=False)

    return effect


def _change(state: Ios, key: GroupKey, change: Change, line: int, *, begins: bool) -> None:
    for port in state.open_ports:
        group = port.groups.get(key)
        if group is None:
            if not begins:
                raise Unreadable(f"there is no group {key.number} here: its address comes first")
            group = Group(line)
        change(group, line)
        port.groups[key] = group


def _enter(state: Ios, args: Args, line: int) -> None:
    """`vrrp N address-family {ipv4|ipv6}`."""
    key = GroupKey(Family.V4 if args[1] == "ipv4" else Family.V6, int(args[0]))
    state.open_group_of_vrrp = key
    for port in state.open_ports:
        port.groups.setdefault(key, Group(line))
        port.blocks.add(key)


def _remove(state: Ios, args: Args, _line: int) -> None:
    """`no vrrp N [address-family …]`."""
    family = Family.V6 if args[-1] == "ipv6" else Family.V4
    key = GroupKey(family, int(args[0]))
    for port in state.open_ports:
        if port.groups.pop(key, None) is None:
            raise Unreadable(f"there is no group {key.number} to remove")
        port.blocks.discard(key)


def _field(name: str, value: object) -> Change:
    return lambda group, _line: setattr(group, name, value)


def _always(name: str, value: object) -> Callable[[Args], Change]:
    return lambda _args: _field(name, value)


def _address4(args: Args) -> Change:
    return _adds(ipv4(args[0]), secondary=args[1] == "secondary")


def _address6(args: Args) -> Change:
    text, _, length = args[0].partition("/")
    if length and not 1 <= int(length) <= 128:
        raise Unreadable(f"{length} is no length of an IPv6 prefix")
    value = ipv6(text)

    def change(group: Group, line: int) -> None:
        group.addresses.setdefault(value, line)

    return change


def _adds(value: int, *, secondary: bool) -> Change:
    """The primary address is one; another takes its place."""

    def change(group: Group, line: int) -> None:
        if secondary:
            if not group.addresses:
                raise Unreadable("a secondary address comes after the primary one")
            group.addresses.setdefault(value, line)
        else:
            later = list(group.addresses.items())[1:]
            group.addresses = {value: line, **dict(later)}
        if len(group.addresses) > ADDRESSES_MAX:
            raise Unreadable(f"a group has at most {ADDRESSES_MAX} addresses")

    return change


def _preempt(args: Args) -> Change:
    return _field("preempt_s", int(args[0] or 0))


def _seconds(args: Args) -> Change:
    """`timers advertise [msec] N`."""
    return _field("advertised_ms", int(args[1]) if args[0] else 1000 * int(args[1]))


def _track(args: Args) -> Change:
    def change(group: Group, line: int) -> None:
        group.tracked[args[0]] = int(args[1] or REDUCED_BY), line

    return change


def _no_track(args: Args) -> Change:
    def change(group: Group, _line: int) -> None:
        if group.tracked.pop(args[0], None) is None:
            raise Unreadable(f"the group does not watch {args[0]}")

    return change


# What is tracked ---------------------------------------------------------------------------------


def _track_entry(state: Ios, args: Args, _line: int) -> None:
    """`track N {interface X {line-protocol|ip routing|ipv6 routing} | …}`."""
    name = args[1]
    head, _, rest = name.partition(" ")
    if head.lower() == "interface":
        port = next((rest[: -len(one)] for one in _TRACKED if rest.endswith(f" {one}")), None)
        if port is None:
            raise Unreadable("`line-protocol` or `ip routing` is expected after the interface")
        name = interface(port.strip())
    if state.tracks.setdefault(args[0], name) != name:
        raise Unreadable(f"track {args[0]} watches {state.tracks[args[0]]} already")


def _track_again(state: Ios, args: Args, _line: int) -> None:
    if args[0] not in state.tracks:
        raise Unreadable(f"there is no track {args[0]} yet")


def _no_track_entry(state: Ios, args: Args, _line: int) -> None:
    if state.tracks.pop(args[0], None) is None:
        raise Unreadable(f"there is no track {args[0]} to remove")


def _version(*, v3: bool) -> Does:
    def effect(state: Ios, _args: Args, _line: int) -> None:
        state.vrrp_v3 = v3

    return effect


# Tables ------------------------------------------------------------------------------------------


def _noted(pattern: str, effect: Does, *, enters: str = "") -> Row[Ios]:
    return Row(pattern, effect, enters, inert=True, why=HOLDS)


_N = "(1-255)"
GLOBAL: Rows = (
    _noted("fhrp version vrrp v3", _version(v3=True)),
    _noted("fhrp version vrrp v2", _version(v3=False)),
    _noted("no fhrp version vrrp [<v2|v3>]", _version(v3=False)),
    Row("track (1-1000)", _track_again, "track", inert=True, why=_WATCHES),
    Row("track (1-1000) LINE", _track_entry, "track", inert=True, why=_WATCHES),
    Row("no track (1-1000)", _no_track_entry, inert=True, why=_WATCHES),
)


def _both(
    block: str, change: Callable[[Args], Change], *, line: str = "", one_line: bool = True
) -> Iterator[tuple[Row[Ios], bool]]:
    """A row of a block, and the one line that says the same."""
    yield _noted(block, _in_block(change)), True
    if one_line:
        head, _, rest = (line or block).partition("no ")
        lined = f"no vrrp {_N} {rest}" if not head else f"vrrp {_N} {line or block}"
        yield _noted(lined, _in_line(change)), False


def _pairs() -> Iterator[tuple[Row[Ios], bool]]:
    yield from _both(f"priority (1-{PRIORITY_MAX})", lambda a: _field("priority", int(a[0])))
    yield from _both(f"no priority [(1-{PRIORITY_MAX})]", _always("priority", 100))
    yield from _both("preempt [delay minimum (0-3600)]", _preempt)
    yield from _both("no preempt", _always("preempt_s", None))
    yield from _both("track (1-1000) [decrement (1-255)]", _track)
    yield from _both("no track (1-1000) [decrement (1-255)]", _no_track)
    yield from _both("shutdown", _always("off", value=True))
    yield from _both("no shutdown", _always("off", value=False))


_ROWS = tuple(_pairs())
BLOCK: Rows = (
    *(row for row, block in _ROWS if block),
    _noted("address A.B.C.D [<primary|secondary>]", _in_block(_address4)),
    _noted("address X:X::X:X [<primary|secondary>]", _in_block(_address6)),
    _noted("address X:X::X:X/M [<primary|secondary>]", _in_block(_address6)),
    _noted(
        "timers advertise (100-40950)",
        _in_block(lambda args: _field("advertised_ms", int(args[0]))),
    ),
    Row("description LINE", inert=True, why="a text for people"),
)
"""A block of IOS XE; milliseconds."""
INTERFACE: Rows = (
    _noted(f"vrrp {_N} address-family <ipv4|ipv6>", _enter, enters="vrrp"),
    _noted(f"no vrrp {_N} address-family <ipv4|ipv6>", _remove),
    _noted(f"no vrrp {_N}", _remove),
    _noted(f"vrrp {_N} ip A.B.C.D [<secondary>]", _in_line(_address4, begins=True)),
    *(row for row, block in _ROWS if not block),
    _noted(f"vrrp {_N} timers advertise [<msec>] (1-40950)", _in_line(_seconds)),
    Row(f"vrrp {_N} description LINE", inert=True, why="a text for people"),
    Row("vrrp delay minimum (0-10000) [reload (0-10000)]", inert=True, why=HOLDS),
    says("vrrp LINE", refused(_OTHER)),
    says("no vrrp LINE", refused(_OTHER)),
    says("standby LINE", refused(_HSRP)),
    says("no standby LINE", refused(_HSRP)),
    says("glbp LINE", refused(_HSRP)),
    says("no glbp LINE", refused(_HSRP)),
)
