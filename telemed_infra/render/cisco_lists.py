"""Lines of access lists as Cisco IOS prints them, and lists of who may log in or ask.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import ICMP, ICMP6, TCP, UDP, Family, Ranges
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.administration import hosts_of

INSPECTED = frozenset({ICMP, TCP, UDP, ICMP6})  # what `inspect` keeps the state of
PROTOCOLS = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmp", 47: "gre", 50: "esp", 51: "ahp"}
PROTOCOLS |= {89: "ospf", 103: "pim"}
V4_ONLY = frozenset({"gre", "ospf", "pim"})  # names that an IPv6 list does not know
TCP_PORTS = {21: "ftp", 23: "telnet", 25: "smtp", 49: "tacacs", 53: "domain", 80: "www"}
TCP_PORTS |= {110: "pop3", 119: "nntp", 179: "bgp", 514: "cmd"}
UDP_PORTS = {53: "domain", 67: "bootps", 68: "bootpc", 69: "tftp", 123: "ntp", 161: "snmp"}
UDP_PORTS |= {162: "snmptrap", 500: "isakmp", 514: "syslog", 520: "rip", 4500: "non500-isakmp"}
PORTS = {TCP: TCP_PORTS, UDP: UDP_PORTS}
ICMP_TYPES = {0: "echo-reply", 8: "echo"}
ICMP6_TYPES = {2: "packet-too-big", 128: "echo-request", 129: "echo-reply"}
ICMP6_TYPES |= {133: "router-solicitation", 134: "router-advertisement", 135: "nd-ns", 136: "nd-na"}
TYPES = {Family.V4: ICMP_TYPES, Family.V6: ICMP6_TYPES}
UNASKED = frozenset({2, 133, 134, 135, 136})  # errors, neighbour discovery: no state to keep


class Service(NamedTuple):
    """What a line says of protocol and ports."""

    protocol: str
    ports: str  # behind the destination: " eq 443", "" for none
    inspected: bool  # False: `inspect` keeps no state of it


class ListView(NamedTuple):
    """A list of sources; it ends with what it denies."""

    head: str
    rules: tuple[str, ...]


def services(app: App, family: Family) -> Iterator[Service]:
    """An application in one family."""
    for protocol, numbers in ((TCP, app.tcp), (UDP, app.udp)):
        for number in numbers or ():
            yield Service(PROTOCOLS[protocol], _ports(protocol, str(number)), inspected=True)
    kinds = app.icmp if family is Family.V4 else app.icmp6
    for kind in kinds or ():
        unasked = family is Family.V6 and kind in UNASKED
        text = TYPES[family].get(kind, str(kind))
        yield Service("icmp", f" {text}", inspected=not unasked)
    for number in app.protocol or ():
        name = PROTOCOLS.get(number, str(number))
        unknown = family is Family.V6 and name in V4_ONLY
        yield Service(str(number) if unknown else name, "", inspected=number in INSPECTED)


def end_text(one: Prefix) -> str:
    """An end of a line: `host A`, an address with its wildcard, in IPv6 with its length."""
    text = printed(one.family, one.first)
    if one.length == 0:
        return "any"
    if one.length == one.family.bits:
        return f"host {text}"
    if one.family is Family.V6:
        return f"{text}/{one.length}"
    return f"{text} {wildcard(one.length)}"


def printed(family: Family, address: int) -> str:
    """An address as it is printed: IPv6 in capitals."""
    return address_text(family, address).upper()


def wildcard(length: int) -> str:
    """The bits that an access list does not look at."""
    return address_text(Family.V4, (1 << (32 - length)) - 1)


def source_list(name: str, ranges: Ranges, family: Family) -> ListView:
    """Who may come, by address; without one, nobody. What is denied is logged."""
    hosts = hosts_of(ranges, family)
    if family is Family.V6:
        allowed = tuple(f"permit ipv6 {end_text(one)} any" for one in hosts)
        return ListView(f"ipv6 access-list {name}", (*allowed, "deny ipv6 any any log"))
    allowed = tuple(f"permit {end_text(one).removeprefix('host ')}" for one in hosts)
    return ListView(f"ip access-list standard {name}", (*allowed, "deny   any log"))


def _ports(protocol: int, text: str) -> str:
    low, _, high = text.partition("-")
    first, last = int(low), int(high or low)
    if (first, last) == (0, 0xFFFF):
        return ""
    names = PORTS[protocol]
    if first == last:
        return f" eq {names.get(first, first)}"
    return f" range {names.get(first, first)} {names.get(last, last)}"
