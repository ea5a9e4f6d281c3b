"""Services of SecPath: what `service` and `service-port` say, and the groups it brings along.

Source: docs/reference/platforms.md. Which groups there are from the start, and their ports, is
engineer's knowledge; those whose ports are in doubt are left out, so that they stay unread.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.packets import (
    ANY_PORT,
    ESP,
    ICMP,
    ICMP6,
    TCP,
    UDP,
    Range,
    Service,
    icmp,
    ports,
    whole_protocol,
)
from telemed_infra.parse.vrp.arguments import number
from telemed_infra.parse.vrp.engine import Unreadable, Words
from telemed_infra.parse.vrp.services import AH, GRE, OSPF

Services = tuple[Service, ...]
PORT_MAX = 0xFFFF

_WITH_PORTS = {"tcp": TCP, "udp": UDP}
_WITH_MESSAGES = {"icmp": ICMP, "icmpv6": ICMP6}

PREDEFINED: Mapping[str, Services] = {
    "ah": (whole_protocol(AH),),
    "bgp": (ports(TCP, 179),),
    "dns-tcp": (ports(TCP, 53),),
    "dns-udp": (ports(UDP, 53),),
    "esp": (whole_protocol(ESP),),
    "ftp": (ports(TCP, 21),),
    "gre": (whole_protocol(GRE),),
    "http": (ports(TCP, 80),),
    "https": (ports(TCP, 443),),
    "icmp": (whole_protocol(ICMP),),
    "icmpv6": (whole_protocol(ICMP6),),
    "imap": (ports(TCP, 143),),
    "ntp": (ports(UDP, 123),),
    "ospf": (whole_protocol(OSPF),),
    "ping": (icmp(ICMP, 8, 0),),
    "pop3": (ports(TCP, 110),),
    "smtp": (ports(TCP, 25),),
    "snmp-request": (ports(UDP, 161),),
    "snmp-trap": (ports(UDP, 162),),
    "ssh": (ports(TCP, 22),),
    "syslog": (ports(UDP, 514),),
    "telnet": (ports(TCP, 23),),
    "tftp": (ports(UDP, 69),),
}


def service(words: Words) -> Services:
    """`{tcp|udp} [source …] [destination …] | {icmp|icmpv6} [<type> <code>] | <0-255>`."""
    if not words:
        raise Unreadable("a protocol is expected")
    if words[0] in _WITH_PORTS:
        return _with_ports(_WITH_PORTS[words[0]], words[1:])
    if words[0] in _WITH_MESSAGES:
        return _messages(_WITH_MESSAGES[words[0]], words[1:])
    if len(words) != 1:
        raise Unreadable("only tcp, udp, icmp and icmpv6 take more than their number")
    return (whole_protocol(number(words[0], 0, 255)),)


def _with_ports(protocol: int, words: Words) -> Services:
    sides: dict[str, Range] = {}
    while words:
        side = words[0]
        if side not in ("source", "destination") or side in sides:
            raise Unreadable(f"{side} is not expected here")
        sides[side], words = _ports(words[1:])
    low, high = sides.get("destination", ANY_PORT)
    base = protocol << 16
    return (Service(base | low, base | high, *sides.get("source", ANY_PORT)),)


def _ports(words: Words) -> tuple[Range, Words]:
    """`eq p | lt p | gt p | range a b` at the start of the words, and the words that follow."""
    if words[:1] == ("range",) and len(words) >= 3:
        ends = [number(word, 0, PORT_MAX) for word in words[1:3]]
        return (min(ends), max(ends)), words[3:]
    if len(words) < 2 or words[0] not in ("eq", "lt", "gt"):
        raise Unreadable("`eq`, `lt` or `gt` with a port, or `range` with two, is expected")
    if words[0] == "lt":
        return (0, number(words[1], 1, PORT_MAX) - 1), words[2:]
    if words[0] == "gt":
        return (number(words[1], 0, PORT_MAX - 1) + 1, PORT_MAX), words[2:]
    port = number(words[1], 0, PORT_MAX)
    return (port, port), words[2:]


def _messages(protocol: int, words: Words) -> Services:
    if not words:
        return (whole_protocol(protocol),)
    if len(words) != 2:
        raise Unreadable("a type and a code are expected")
    return (icmp(protocol, number(words[0], 0, 255), number(words[1], 0, 255)),)
