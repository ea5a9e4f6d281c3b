"""Services of the Huawei family: what `protocol …` says, and the names a device knows by itself.

Sources: docs/reference/platforms.md; types and codes: RFC 792, RFC 4443, RFC 4861; ports:
IANA. Which names are predefined is engineer's knowledge; those whose ports differ among manuals
(`dns`: UDP only, or TCP too) are left out, so that they stay unread.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.packets import (
    ANY_PORT,
    ESP,
    ICMP,
    ICMP6,
    SCTP,
    TCP,
    UDP,
    Range,
    Ranges,
    Service,
    ports,
    whole_protocol,
)
from telemed_infra.parse.vrp.arguments import number, number_range, port_list
from telemed_infra.parse.vrp.engine import Unreadable, Words

Services = tuple[Service, ...]

PROTOCOLS: Mapping[str, int] = {"tcp": TCP, "udp": UDP, "sctp": SCTP, "icmp": ICMP, "icmpv6": ICMP6}
WITH_PORTS = frozenset({TCP, UDP, SCTP})
GRE, AH, OSPF = 47, 51, 89

PREDEFINED: Mapping[str, Services] = {
    "ah": (whole_protocol(AH),),
    "bgp": (ports(TCP, 179),),
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
    "pop3": (ports(TCP, 110),),
    "smtp": (ports(TCP, 25),),
    "snmp": (ports(UDP, 161),),
    "snmptrap": (ports(UDP, 162),),
    "ssh": (ports(TCP, 22),),
    "syslog": (ports(UDP, 514),),
    "telnet": (ports(TCP, 23),),
    "tftp": (ports(UDP, 69),),
}

MESSAGES: Mapping[int, Mapping[str, tuple[int, int]]] = {
    ICMP: {
        "echo": (8, 0),
        "echo-reply": (0, 0),
        "fragmentneed-dfset": (3, 4),
        "host-redirect": (5, 1),
        "host-tos-redirect": (5, 3),
        "host-unreachable": (3, 1),
        "information-reply": (16, 0),
        "information-request": (15, 0),
        "net-redirect": (5, 0),
        "net-tos-redirect": (5, 2),
        "net-unreachable": (3, 0),
        "parameter-problem": (12, 0),
        "port-unreachable": (3, 3),
        "protocol-unreachable": (3, 2),
        "reassembly-timeout": (11, 1),
        "source-quench": (4, 0),
        "source-route-failed": (3, 5),
        "timestamp-reply": (14, 0),
        "timestamp-request": (13, 0),
        "ttl-exceeded": (11, 0),
    },
    ICMP6: {
        "echo": (128, 0),
        "echo-reply": (129, 0),
        "err-header-field": (4, 0),
        "frag-time-exceeded": (3, 1),
        "hop-limit-exceeded": (3, 0),
        "host-admin-prohib": (1, 1),
        "host-unreachable": (1, 3),
        "neighbor-advertisement": (136, 0),
        "neighbor-solicitation": (135, 0),
        "network-unreachable": (1, 0),
        "packet-too-big": (2, 0),
        "port-unreachable": (1, 4),
        "redirect": (137, 0),
        "router-advertisement": (134, 0),
        "router-solicitation": (133, 0),
        "unknown-ipv6-opt": (4, 2),
        "unknown-next-hdr": (4, 1),
    },
}
_TYPE_WORDS = {ICMP: "icmp-type", ICMP6: "icmpv6-type"}
MESSAGES_A_LINE = 64


def protocol_services(words: Words) -> Services:
    """The words after `protocol`: a protocol by name or number, with ports or message types."""
    if not words:
        raise Unreadable("a protocol is expected")
    protocol = PROTOCOLS.get(words[0])
    if protocol is None:
        protocol = number(words[0], 0, 255)
    if len(words) == 1:
        return (whole_protocol(protocol),)
    if protocol in WITH_PORTS:
        return _with_ports(protocol, words[1:])
    if words[1] == _TYPE_WORDS.get(protocol):
        return _messages(protocol, words[2:])
    raise Unreadable(f"{words[1]} does not belong to protocol {words[0]}")


def _with_ports(protocol: int, words: Words) -> Services:
    sides: dict[str, Ranges] = {}
    while words:
        side = words[0]
        if side not in ("source-port", "destination-port") or side in sides:
            raise Unreadable(f"{side} is not expected here")
        sides[side], words = port_list(words[1:])
    base = protocol << 16
    return tuple(
        Service(base | low, base | high, *source)
        for low, high in sides.get("destination-port", (ANY_PORT,))
        for source in sides.get("source-port", (ANY_PORT,))
    )


def _messages(protocol: int, words: Words) -> Services:
    """One name, or `{<type> <code> [to <code>]}&<1-64>`."""
    if len(words) == 1:
        found = MESSAGES[protocol].get(words[0].lower())
        if found is None:
            raise Unreadable(f"{words[0]} is not a known message, or its code is missing")
        return (_message(protocol, found[0], (found[1], found[1])),)
    result: list[Service] = []
    while words:
        kind = number(words[0], 0, 255)
        codes, words = number_range(words[1:], 0, 255)
        result.append(_message(protocol, kind, codes))
    if not 1 <= len(result) <= MESSAGES_A_LINE:
        raise Unreadable(f"1 to {MESSAGES_A_LINE} message types are expected")
    return tuple(result)


def _message(protocol: int, kind: int, codes: Range) -> Service:
    base = protocol << 16 | kind << 8
    return Service(base | codes[0], base | codes[1])
