"""What FRR does with multicast: the lines of pimd.

Source-specific multicast alone. Left out on purpose, so that they are unread: rendezvous points,
MSDP, groups that an interface joins by itself, passive interfaces, times, BFD, boundaries, VRFs.

pimd forwards without a switch of its own. It speaks IGMP in version 3 without a line, and takes
groups of 232.0.0.0/8 for source-specific; with a list, those addresses that it permits, whatever
lengths its entries name, and none while it is missing. Source: FRR 8.4, doc/user/pim.rst and
pimd/pim_ssm.c; tried against pimd.
"""

from __future__ import annotations

from telemed_infra.multicast import SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import NO_RANGES, Family, Ranges
from telemed_infra.parse.frr.engine import Args, Effect, Row, Unreadable, says
from telemed_infra.parse.frr.state import PREFIX_LIST, Setting, Text
from telemed_infra.parse.multicast import (
    NO_SOURCES,
    SOURCES_SINCE,
    MulticastPort,
    groups_of,
    multicast_routing,
)
from telemed_infra.parse.prefixes import host_ranges

IGMP_VERSION = 3
"""Where no line says one."""


def _groups_of_list(text: Text, args: Args, line: int) -> None:
    """`ip pim ssm prefix-list NAME`."""
    text.groups = Setting(args, line)


def _no_groups(text: Text, _args: Args, _line: int) -> None:
    """`no ip pim ssm prefix-list [NAME]`: the default ones."""
    text.groups = None


def _on_port(**values: object) -> Effect[Text]:
    """Sets what a line says of the open interface."""

    def effect(text: Text, _args: Args, line: int) -> None:
        port = _open(text, line)
        for name, value in values.items():
            setattr(port, name, value)

    return effect


def _version(text: Text, args: Args, line: int) -> None:
    """`ip igmp version 3`."""
    if int(args[0]) < SOURCES_SINCE:
        raise Unreadable(NO_SOURCES)
    _open(text, line).version = SOURCES_SINCE


def _priority(text: Text, args: Args, line: int) -> None:
    """`ip pim drpriority N`."""
    _open(text, line).priority = int(args[0])


def _open(text: Text, line: int) -> MulticastPort:
    if text.interface_vrf:
        raise Unreadable("multicast of another table is not modelled")
    port = text.multicast_ports.setdefault(text.interface, MulticastPort())
    port.said(line)
    return port


SYSTEM: tuple[Row[Text], ...] = (
    says("ip pim ssm prefix-list WORD", _groups_of_list),
    says("no ip pim ssm prefix-list [WORD]", _no_groups),
)
INTERFACE: tuple[Row[Text], ...] = (
    says("ip pim [<sm>]", _on_port(sparse=True)),
    says("no ip pim [<sm>]", _on_port(sparse=False)),
    says("ip pim drpriority (1-4294967295)", _priority),
    says("no ip pim drpriority [(1-4294967295)]", _on_port(priority=None)),
    says("ip igmp", _on_port(asks=True)),
    says("no ip igmp", _on_port(asks=False)),
    says("ip igmp version (2-3)", _version),
    says("no ip igmp version [(2-3)]", _on_port(version=0)),
)


def routing(text: Text) -> MulticastRouting:
    """What pimd forwards."""
    return multicast_routing(text.multicast_ports, _groups(text), version=IGMP_VERSION)


def _groups(text: Text) -> Ranges:
    if text.groups is None:
        return (SOURCE_SPECIFIC,)
    (name,) = text.groups.args
    text.use(f"ip {PREFIX_LIST}", name, text.groups.line)
    held = text.prefix_lists.get((Family.V4, name))
    if held is None:  # told as missing
        return NO_RANGES
    entries = (held.entries[place] for place in sorted(held.entries))
    return groups_of((one.permits, host_ranges(one.prefixes)) for one in entries)
