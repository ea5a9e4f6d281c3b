"""Object groups of networks and of services. Source: docs/reference/platforms.md."""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.packets import ICMP, Family, Ranges
from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.entries import EVERY_PORT, Group
from telemed_infra.parse.ios.services import (
    WITH_PORTS,
    Services,
    icmp_condition,
    port_condition,
    protocol,
    services,
)
from telemed_infra.parse.ios.state import Does, Ios, ObjectGroup
from telemed_infra.parse.ios.values import ipv4, mask_length, netmasked, number

Term = Ranges | Services | Group
TermReader = Callable[[Args], Term]


def enter_group(*, addresses: bool) -> Does:
    """`object-group {network|service} WORD`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        held = state.groups.setdefault(args[0], ObjectGroup(args[0], line, addresses))
        if held.addresses is not addresses:
            raise Unreadable(f"{args[0]} is the name of another kind of group already")
        state.open_group = held

    return effect


def remove_group(state: Ios, args: Args, _line: int) -> None:
    """`no object-group …`; a device refuses it while the group is used: then the use is unread."""
    state.groups.pop(args[0], None)


def host(args: Args) -> Term:
    """`host A`."""
    value = ipv4(args[0])
    return ((value, value),)


def network(args: Args) -> Term:
    """`A MASK`: a netmask, where access lists take a wildcard."""
    return netmasked(args[0], mask_length(args[1]))


def network_length(args: Args) -> Term:
    """`A /LEN`."""
    return netmasked(args[0], number(args[1].removeprefix("/"), 0, 32))


def address_range(args: Args) -> Term:
    """`range A B`."""
    low, high = ipv4(args[0]), ipv4(args[1])
    if high < low:
        raise Unreadable("the range ends before it begins")
    return ((low, high),)


def every_address(_args: Args) -> Term:
    """`any`."""
    return Family.V4.every_address


def nested(args: Args) -> Term:
    """`group-object WORD`."""
    return Group(args[0])


def service(args: Args) -> Term:
    """`<protocol> [source <ports>] [<ports> | <message>]`, `tcp-udp …`."""
    head, words = args[0] if args else "ip", args[1].split() if len(args) > 1 else []
    found: list[Services] = []
    for name in ("tcp", "udp") if head == "tcp-udp" else (head,):
        rest = list(words)
        found.append(_service(name, rest))
        if rest:
            raise Unreadable(f"{rest[0]} is not expected in a group of services")
    return tuple(one for each in found for one in each)


def _service(name: str, words: list[str]) -> Services:
    of = protocol(name, Family.V4)
    if of is None or of not in WITH_PORTS:
        return icmp_condition(of, words) if of == ICMP else services(of, EVERY_PORT, EVERY_PORT)
    source = EVERY_PORT
    if words and words[0].lower() == "source":
        del words[0]
        source = port_condition(of, words)
        if source == EVERY_PORT:
            raise Unreadable("a condition on ports follows `source`")
    return services(of, source, _destination(of, words))


def _destination(of: int, words: list[str]) -> Ranges:
    """The destination's ports; a bare port means `eq`."""
    if len(words) == 1:
        words.insert(0, "eq")
    return port_condition(of, words)


def adds(term: TermReader) -> Does:
    """A term of the open group."""

    def effect(state: Ios, args: Args, line: int) -> None:
        state.open_group.terms.setdefault(term(args), line)

    return effect


def removes(term: TermReader) -> Does:
    """`no` and a term."""

    def effect(state: Ios, args: Args, _line: int) -> None:
        if state.open_group.terms.pop(term(args), None) is None:
            raise Unreadable("the group does not hold this")

    return effect
