"""One line of an access list: what it matches, with names of groups not resolved yet.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.packets import ANY_PORT, ANY_SERVICE, ICMP, ICMP6, TCP, Family, Ranges
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.services import (
    WITH_PORTS,
    Services,
    icmp_condition,
    port_condition,
    protocol,
    services,
)
from telemed_infra.parse.ios.values import ipv4, ipv6, ipv6_prefix, is_ipv4, wildcard

Words = tuple[str, ...]
EVERY_PORT: Ranges = (ANY_PORT,)
_TAKES_ONE = ("dscp", "precedence", "tos", "time-range", "option", "flow-label", "ttl-eq")
_ALONE = (
    "fragments",
    "syn",
    "ack",
    "rst",
    "fin",
    "psh",
    "urg",
    "routing",
    "mobility",
    "dest-option",
)
ESTABLISHED = "established"


@dataclass(frozen=True, slots=True)
class Group:
    """An object group by its name."""

    name: str


class Entry(NamedTuple):
    """A `permit` or `deny`; two lines that say the same are equal."""

    permits: bool
    family: Family
    services: Services | Group
    source: Ranges | Group
    destination: Ranges | Group
    established: bool = False  # TCP with ACK or RST only: never the first packet
    logs: bool = False
    conditions: Words = ()  # what no model of a packet here shows


@lru_cache(1 << 14)
def standard_entry(action: str, text: str) -> Entry:
    """`{permit|deny} {any | host A | A [wildcard]} [log]`: sources alone."""
    words = text.split()
    source: Ranges
    if words and words[0].lower() not in ("any", "host") and not _second_is_mask(words):
        value = ipv4(words.pop(0))
        source = ((value, value),)
    else:
        found = _address(words, Family.V4)
        assert not isinstance(found, Group)
        source = found
    logs = bool(words) and words.pop(0).lower() == "log"
    if words:
        raise Unreadable(f"{words[0]} is not expected in a standard list")
    return Entry(
        permits=action == "permit",
        family=Family.V4,
        services=(ANY_SERVICE,),
        source=source,
        destination=Family.V4.every_address,
        logs=logs,
    )


@lru_cache(1 << 14)
def extended_entry(action: str, text: str, family: Family) -> Entry:
    """`{permit|deny} <protocol> <source> [<ports>] <destination> [<ports> | <message>] …`."""
    words = text.split()
    if not words:
        raise Unreadable("a protocol is expected")
    if words[0].lower() == "object-group":
        if family is Family.V6:
            raise Unreadable("groups in IPv6 lists are not modelled")
        del words[0]
        term: Services | Group = Group(_name(words))
        source, destination = _address(words, family), _address(words, family)
        is_tcp = False
    else:
        of = protocol(words.pop(0), family)
        is_tcp = of == TCP
        ported = of in WITH_PORTS and of is not None
        source = _address(words, family)
        source_ports = port_condition(of, words) if ported and of else EVERY_PORT
        destination = _address(words, family)
        destination_ports = port_condition(of, words) if ported and of else EVERY_PORT
        term = services(of, source_ports, destination_ports)
        if of in (ICMP, ICMP6):
            term = icmp_condition(of, words)
    established, logs, conditions = _options(words, is_tcp=is_tcp)
    return Entry(
        permits=action == "permit",
        family=family,
        services=term,
        source=source,
        destination=destination,
        established=established,
        logs=logs,
        conditions=conditions,
    )


def _second_is_mask(words: list[str]) -> bool:
    return len(words) > 1 and is_ipv4(words[1])


def _name(words: list[str]) -> str:
    if not words:
        raise Unreadable("the name of a group is expected")
    return words.pop(0)


def _address(words: list[str], family: Family) -> Ranges | Group:
    """An address of an entry, taken off the words."""
    if not words:
        raise Unreadable("an address is expected")
    head = words.pop(0)
    keyword = head.lower()
    if keyword == "any":
        return family.every_address
    if keyword == "object-group" and family is Family.V4:
        return Group(_name(words))
    if family is Family.V6:
        if keyword != "host":
            return (ipv6_prefix(head),)
        value = ipv6(words.pop(0) if words else "")
        return ((value, value),)
    if keyword == "host":
        value = ipv4(words.pop(0) if words else "")
        return ((value, value),)
    if not words:
        raise Unreadable("an address of an extended list takes `host` or a wildcard")
    return wildcard(head, words.pop(0))


def _options(words: list[str], *, is_tcp: bool) -> tuple[bool, bool, Words]:
    """What may stand behind the addresses: established, log, conditions."""
    established = logs = False
    conditions: list[str] = []
    while words:
        word = words.pop(0).lower()
        if word in (ESTABLISHED, "est") and is_tcp:
            established = True
        elif word in ("log", "log-input"):
            logs = True
        elif word in _TAKES_ONE and words:
            conditions.append(f"{word} {words.pop(0)}")
        elif word in _ALONE:
            conditions.append(word)
        elif word in ("match-any", "match-all") and words:
            conditions.append(" ".join((word, *words)))
            words.clear()
        else:
            raise Unreadable(f"{word} is not a condition that the reader knows")
    return established, logs, tuple(conditions)
