"""Access lists that say who may ask the device: the addresses they let in, exactly.

What a header does not show, or a form that is not modelled, makes a list unread where it is bound:
a `time-range`, fragments, flags, a source that is no wildcard. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import NamedTuple

from telemed_infra.packets import (
    ANY_PORT,
    NO_RANGES,
    TCP,
    UDP,
    Family,
    Range,
    Ranges,
    subtract,
    union,
)

Words = tuple[str, ...]
_PROTOCOLS = {
    "ip": None, "ipv6": None, "tcp": TCP, "udp": UDP, "icmp": 1, "igmp": 2, "gre": 47,
    "ipinip": 4, "ospf": 89, "icmpv6": 58,
}  # fmt: skip
_NAMED_PORTS = {
    "ssh": 22, "telnet": 23, "www": 80, "https": 443, "snmp": 161, "snmptrap": 162, "ftp": 21,
    "ntp": 123, "syslog": 514, "domain": 53, "dns": 53, "tacacs": 49, "bgp": 179, "tftp": 69,
}  # fmt: skip
_KEYWORDS = (
    *("source", "destination", "source-port", "destination-port", "logging", "counting"),
    *("time-range", "vpn-instance", "fragment", "fragment-type", "tcp-flag", "established"),
    *("dscp", "precedence", "tos", "icmp-type", "icmp6-type", "ttl-expired", "description"),
    *("ack", "fin", "psh", "rst", "syn", "urg", "flow-logging"),
)
_HARMLESS = ("logging", "counting", "flow-logging")


class NotModelled(ValueError):
    """A form of which the reader cannot say what the device does; the text says why."""


class ListRule(NamedTuple):
    """One rule: what it matches of a packet to the device."""

    permits: bool
    protocol: int | None  # None: every one
    source: Ranges
    ports: Range  # destination ports
    instance: str
    why_unread: str  # what of it cannot be said, or ""


@dataclass(slots=True)
class AccessList:
    """An access list; rules by number, each with its line."""

    line: int
    family: Family = Family.V4
    step: int = 5
    first: int = 5
    by_depth: bool = False  # `match-order auto`: the device orders the rules itself
    rules: dict[int, tuple[ListRule, int]] = field(default_factory=dict)

    def next_number(self) -> int:
        """The number of a rule that names none."""
        if not self.rules:
            return self.first
        return (max(self.rules) // self.step + 1) * self.step

    def in_order(self) -> tuple[ListRule, ...]:
        """The rules as the device tries them."""
        return tuple(self.rules[place][0] for place in sorted(self.rules))


@lru_cache(maxsize=1024)
def list_rule(words: Words, family: Family) -> ListRule:
    """The words behind `rule [<id>]`: `{permit|deny} [<protocol>] …`; never raises."""
    try:
        return _list_rule(words, family)
    except (NotModelled, ValueError) as error:
        every = family.every_address
        return ListRule(
            permits=True, protocol=None, source=every, ports=ANY_PORT, instance="",
            why_unread=str(error) or "its words",
        )  # fmt: skip


@lru_cache(maxsize=512)
def let_in(
    rules: tuple[ListRule, ...], protocol: int, port: int, instance: str, *, loose: bool
) -> Ranges:
    """The sources that a list permits to one port; what no rule matches is refused.

    `instance` is the VPN instance in which packets arrive; if `loose`, a rule that names none
    matches packets of all. Raises `NotModelled` if a rule is not modelled.
    """
    permitted: list[Range] = []
    seen: Ranges = NO_RANGES
    for rule in rules:
        if rule.why_unread:
            raise NotModelled(f"a rule of the list is not modelled: {rule.why_unread}")
        if rule.protocol not in (None, protocol) or not rule.ports[0] <= port <= rule.ports[1]:
            continue
        if rule.instance != instance and (rule.instance or not loose):
            raise NotModelled("a rule of the list is for another VPN instance than the clients'")
        new = subtract(rule.source, seen)
        if rule.permits:
            permitted += new
        seen = union((*seen, *rule.source))
    return union(permitted)


def _list_rule(words: Words, family: Family) -> ListRule:
    if not words:
        raise NotModelled("permit or deny is expected")
    permits = _keyword(words[0], ("permit", "deny")) == "permit"
    protocol, rest = _protocol(words[1:])
    source, ports, instance, why = family.every_address, ANY_PORT, "", ""
    while rest:
        meant = _keyword(rest[0], _KEYWORDS)
        if meant == "source":
            source, rest = _address(rest[1:], family)
        elif meant == "destination":
            reached, rest = _address(rest[1:], family)
            why = why or ("" if reached == family.every_address else "a destination")
        elif meant == "destination-port":
            ports, rest = _ports(rest[1:])
        elif meant == "vpn-instance" and len(rest) > 1:
            instance, rest = rest[1], rest[2:]
        elif meant in _HARMLESS:
            rest = rest[1:]
        else:
            why, rest = meant, ()
    return ListRule(permits, protocol, source, ports, instance, why)


def _keyword(word: str, choices: tuple[str, ...]) -> str:
    """The one of the choices that a word, maybe shortened, means."""
    lower = word.lower()
    fitting = [choice for choice in choices if choice.startswith(lower)]
    if lower not in choices and len(fitting) != 1:
        raise NotModelled(f"the word {word}")
    return lower if lower in choices else fitting[0]


def _number(word: str, low: int, high: int) -> int:
    if not (word.isascii() and word.isdigit()) or not low <= int(word) <= high:
        raise NotModelled(f"{word} is not between {low} and {high}")
    return int(word)


def _protocol(words: Words) -> tuple[int | None, Words]:
    if not words or words[0].lower() not in _PROTOCOLS:
        if words and words[0].isdigit():
            return _number(words[0], 0, 255), words[1:]
        return None, words
    return _PROTOCOLS[words[0].lower()], words[1:]


def _address(words: Words, family: Family) -> tuple[Ranges, Words]:
    """`any`, `<ip> <wildcard>`, `<ip> 0`, `<ip6>/<len>`, `<ip6> <len>`."""
    if words[:1] == ("any",):
        return family.every_address, words[1:]
    if family is Family.V6:
        return _address6(words)
    if len(words) < 2:
        raise NotModelled("an address and its wildcard are expected")
    value = int(IPv4Address(words[0]))
    wild = 0 if words[1] == "0" else int(IPv4Address(words[1]))
    if wild & (wild + 1):
        raise NotModelled("a wildcard with gaps")
    return ((value & ~wild, value | wild),), words[2:]


def _address6(words: Words) -> tuple[Ranges, Words]:
    if words and "/" in words[0]:
        words = (*words[0].split("/", 1), *words[1:])
    if len(words) < 2:
        raise NotModelled("an address and its length are expected")
    network = IPv6Network((int(ip_address(words[0])), _number(words[1], 0, 128)), strict=False)
    first = int(network.network_address)
    return ((first, first | (1 << (128 - network.prefixlen)) - 1),), words[2:]


def _ports(words: Words) -> tuple[Range, Words]:
    if len(words) < 2:
        raise NotModelled("a port is expected")
    how, low = _keyword(words[0], ("eq", "gt", "lt", "range", "neq")), _port(words[1])
    if how == "range" and len(words) > 2:
        return (low, _port(words[2])), words[3:]
    if how == "eq":
        return (low, low), words[2:]
    if how == "gt":
        return (low + 1, 0xFFFF), words[2:]
    if how == "lt":
        return (0, low - 1), words[2:]
    raise NotModelled("this form of a port")


def _port(word: str) -> int:
    known = _NAMED_PORTS.get(word.lower())
    return known if known is not None else _number(word, 0, 0xFFFF)
