"""What VRP and Comware do with multicast: routing's own lines, also those within interfaces.

Source-specific multicast alone: sparse mode and IGMPv3. Left out on purpose, so that they are
unread: dense mode, rendezvous points (`static-rp`, `c-rp`, `c-bsr`), MSDP, groups that an
interface joins by itself, times, policies for neighbours, sources and joins, IPv6.

By default groups of 232.0.0.0/8 are source-specific; those that `ssm-policy` permits otherwise,
in the *source* of a basic list's rules (Huawei and H3C command references, `ssm-policy`).
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import NO_RANGES, Ranges
from telemed_infra.parse.multicast import (
    NO_SOURCES,
    SOURCES_SINCE,
    MulticastPort,
    groups_of,
    multicast_routing,
)
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.route_lines.state import ACL, Port, Routes, Setting
from telemed_infra.parse.vrp.arguments import nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, View, Words, says

IGMP_VERSION = 2
"""Where no line says one."""
PRIORITY_MAX = 4294967295
BASIC_FIRST, BASIC_LAST = 2000, 2999

Change = Callable[[MulticastPort], None]


def forwards(*, on: bool) -> Reader[Routes]:
    """`multicast routing-enable`, `multicast routing`; `undo` takes all else away on VRP."""

    def reader(words: Words) -> Effect[Routes]:
        nothing(words)

        def effect(state: Routes, _line: int) -> None:
            state.multicast = on

        return effect

    return reader


def stops_and_forgets(words: Words) -> Effect[Routes]:
    """`undo multicast routing-enable`: what was said of multicast goes with it."""
    nothing(words)

    def effect(state: Routes, _line: int) -> None:
        state.multicast, state.groups = False, None
        for port in state.ports.values():
            port.multicast = MulticastPort()

    return effect


def ssm_policy(words: Words) -> Effect[Routes]:
    """`ssm-policy {<2000-2999> | acl-name <name>}`."""
    named = len(words) == 2 and words[0] == "acl-name"
    title = one(words[1:] if named else words)
    if not named:
        number(title, BASIC_FIRST, BASIC_LAST)

    def effect(state: Routes, line: int) -> None:
        state.groups = Setting((title,), line)

    return effect


def no_ssm_policy(words: Words) -> Effect[Routes]:
    """`undo ssm-policy`."""
    nothing(words)

    def effect(state: Routes, _line: int) -> None:
        state.groups = None

    return effect


def _on_port(change: Change, *, after_switch: bool) -> Effect[Routes]:
    """`after_switch`: the device takes the line only once multicast is forwarded at all."""

    def effect(state: Routes, line: int) -> None:
        if after_switch and not state.multicast:
            raise Unreadable("`multicast routing-enable` comes first")
        port = state.port or Port()
        port.multicast.said(line)
        change(port.multicast)

    return effect


def _bare(change: Change, *, after_switch: bool = False) -> Reader[Routes]:
    def reader(words: Words) -> Effect[Routes]:
        nothing(words)
        return _on_port(change, after_switch=after_switch)

    return reader


def _sets(field: str, *, value: object) -> Change:
    return lambda port: setattr(port, field, value)


def _version(*, after_switch: bool) -> Reader[Routes]:
    def reader(words: Words) -> Effect[Routes]:
        if number(one(words), 1, 3) < SOURCES_SINCE:
            raise Unreadable(NO_SOURCES)
        return _on_port(_sets("version", value=SOURCES_SINCE), after_switch=after_switch)

    return reader


def _priority(*, after_switch: bool) -> Reader[Routes]:
    def reader(words: Words) -> Effect[Routes]:
        value = number(one(words), 0, PRIORITY_MAX)
        return _on_port(_sets("priority", value=value), after_switch=after_switch)

    return reader


def _back(field: str, value: object) -> Reader[Routes]:
    """`undo`; the value that it takes back may stand behind it."""

    def reader(words: Words) -> Effect[Routes]:
        if words:
            number(one(words), 0, PRIORITY_MAX)
        return _on_port(_sets(field, value=value), after_switch=False)

    return reader


def interface_rows(*, after_switch: bool) -> View[Routes]:
    """What the view of an interface knows."""
    return (
        says(
            "pim sm",
            _bare(_sets("sparse", value=True), after_switch=after_switch),
            undo=_bare(_sets("sparse", value=False)),
        ),
        says(
            "pim hello-option dr-priority",
            _priority(after_switch=after_switch),
            undo=_back("priority", None),
        ),
        says(
            "igmp enable",
            _bare(_sets("asks", value=True), after_switch=after_switch),
            undo=_bare(_sets("asks", value=False)),
        ),
        says("igmp version", _version(after_switch=after_switch), undo=_back("version", 0)),
    )


def enter_pim(words: Words) -> Effect[Routes]:
    """`pim`: of the main table."""
    nothing(words)
    return lambda _state, _line: None


PIM: View[Routes] = (says("ssm-policy", ssm_policy, undo=no_ssm_policy),)


def ports(state: Routes) -> dict[str, MulticastPort]:
    """The interfaces of the main table."""
    return {name: port.multicast for name, port in state.ports.items() if not port.vrf}


def routing(state: Routes, reading: Reading) -> MulticastRouting:
    """What is forwarded; a list that cannot be read as groups is said."""
    groups = _groups(state, reading)
    if not state.multicast:
        return NO_MULTICAST
    return multicast_routing(ports(state), groups, version=IGMP_VERSION)


def _groups(state: Routes, reading: Reading) -> Ranges:
    if state.groups is None:
        return (SOURCE_SPECIFIC,)
    title = state.groups.args[0]
    state.use(ACL, title, state.groups.line)
    acl = state.acls.get(title)
    if acl is None:  # told as missing
        return NO_RANGES
    entries: list[tuple[bool, Ranges]] = []
    for rule in (acl.rules[place] for place in sorted(acl.rules)):
        if rule.prefixes is None:
            why = f"its list says more than groups, in line {rule.line}: name the groups alone"
            reading.refuse(state.groups.line, why)
            return NO_RANGES
        entries.append((rule.permits, rule.prefixes.lengths[-1]))
    return groups_of(entries)
