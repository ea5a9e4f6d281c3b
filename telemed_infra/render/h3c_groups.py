"""Object groups of H3C SecPath (Comware 7): addresses of one family each, and services.

A group's name is taken for all kinds of groups, whatever the case of its letters.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from telemed_infra.compile.config import AddressSet, Policy, ServiceSet
from telemed_infra.packets import FAMILIES, ICMP, ICMP6, TCP, UDP, Family, assigned_codes
from telemed_infra.plan.prefix import Prefix, Span, address_text, mask_text
from telemed_infra.render.text import mark
from telemed_infra.render.translations import span

STEP = 10  # from one line of a group to the next
PROTOCOLS = {ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMP6: "icmpv6"}
FAMILY_WORDS = {Family.V4: "ip", Family.V6: "ipv6"}


class LineView(NamedTuple):
    """One numbered line of a group."""

    mark: str
    number: int
    text: str


class GroupView(NamedTuple):
    """An object group of addresses or services."""

    mark: str
    kind: str
    name: str
    lines: tuple[LineView, ...]


def object_groups(policy: Policy) -> tuple[GroupView, ...]:
    """Every group that has a line.

    Raises:
        ValueError: two groups would have one name.
    """
    groups = tuple(_groups(policy))
    _assert_distinct(one.name for one in groups)
    return groups


def address_group_name(name: str, family: Family) -> str:
    """The group of an address set in one family."""
    return f"{name}-v{family}"


def service_group_name(one: ServiceSet, family: Family) -> str:
    """The group of an application in one family.

    The first letters keep them apart from address groups and from predefined services.
    """
    return f"A{family if len(_families(one)) > 1 else ''}-{one.name}"


def mask_or_length(prefix: Prefix) -> str:
    """A prefix's mask in IPv4, its length in IPv6."""
    return mask_text(prefix.length) if prefix.family is Family.V4 else str(prefix.length)


def _groups(policy: Policy) -> Iterator[GroupView]:
    for family in FAMILIES:
        for one in policy.address_sets:
            yield from _address_group(one, family)
    for app in policy.service_sets:
        yield from _service_groups(app)


def _address_group(one: AddressSet, family: Family) -> Iterator[GroupView]:
    lines = tuple(
        LineView(mark(entry.origins), STEP * number, _address(entry.prefix))
        for number, entry in enumerate(one.of(family))
    )
    if lines:
        yield GroupView(
            mark(one.origins),
            f"{FAMILY_WORDS[family]} address",
            address_group_name(one.name, family),
            lines,
        )


def _address(prefix: Prefix | Span) -> str:
    if isinstance(prefix, Span):
        return f"network range {span(prefix.range)}"
    text = address_text(prefix.family, prefix.first)
    if prefix.length == prefix.family.bits:
        return f"network host address {text}"
    return f"network subnet {text} {mask_or_length(prefix)}"


def _service_groups(one: ServiceSet) -> Iterator[GroupView]:
    """One group for both families, unless the application speaks ICMP, which is of one."""
    own = mark(one.origins)
    for family in _families(one):
        texts = tuple(_services(one, family))
        if texts:
            name = service_group_name(one, family)
            lines = tuple(
                LineView(own, STEP * number, f"service {text}") for number, text in enumerate(texts)
            )
            yield GroupView(own, "service", name, lines)


def _families(one: ServiceSet) -> tuple[Family, ...]:
    return FAMILIES if one.app.icmp or one.app.icmp6 else (Family.V4,)


def _services(one: ServiceSet, family: Family) -> Iterator[str]:
    app = one.app
    for word, numbers in (("tcp", app.tcp), ("udp", app.udp)):
        for number in numbers or ():
            yield f"{word}{_destination(str(number))}"
    protocol, kinds = (ICMP, app.icmp) if family is Family.V4 else (ICMP6, app.icmp6)
    for kind in kinds or ():
        first, last = assigned_codes(protocol, kind)
        yield from (f"{PROTOCOLS[protocol]} {kind} {code}" for code in range(first, last + 1))
    for number in app.protocol or ():
        yield PROTOCOLS.get(number, str(number))


def _destination(ports: str) -> str:
    """A range as the device prints it: an end of all ports becomes `lt` or `gt`."""
    low, _, high = ports.partition("-")
    first, last = int(low), int(high or low)
    if first == last:
        return f" destination eq {first}"
    if (first, last) == (0, 0xFFFF):
        return ""
    if first == 0:
        return f" destination lt {last + 1}"
    if last == 0xFFFF:
        return f" destination gt {first - 1}"
    return f" destination range {first} {last}"


def _assert_distinct(names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if name.casefold() in seen:
            raise ValueError(f"two object groups would be named {seen[name.casefold()]} and {name}")
        seen[name.casefold()] = name
