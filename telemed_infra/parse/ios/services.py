"""Protocols, ports and ICMP messages by the names that IOS gives them.

Source: docs/reference/platforms.md; the numbers are IANA's.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.packets import (
    ANY_PORT,
    ANY_SERVICE,
    ESP,
    ICMP,
    ICMP6,
    SCTP,
    TCP,
    UDP,
    Family,
    Ranges,
    Service,
    icmp,
    ports,
    union,
    whole_protocol,
)
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.values import number

Services = tuple[Service, ...]
WITH_PORTS = (TCP, UDP, SCTP)
_OPERATORS = ("eq", "neq", "lt", "gt", "range")
PORTS_A_LINE = 10

_PROTOCOLS = {
    "ahp": 51, "eigrp": 88, "esp": ESP, "gre": 47, "igmp": 2, "ipinip": 4, "nos": 94, "ospf": 89,
    "pcp": 108, "pim": 103, "tcp": TCP, "udp": UDP, "sctp": SCTP,
}  # fmt: skip
_TCP_PORTS = {
    "bgp": 179, "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "domain": 53, "echo": 7,
    "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101,
    "ident": 113, "irc": 194, "klogin": 543, "kshell": 544, "login": 513, "lpd": 515, "nntp": 119,
    "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "smtp": 25, "sunrpc": 111, "tacacs": 49,
    "talk": 517, "telnet": 23, "time": 37, "uucp": 540, "whois": 43, "www": 80,
}  # fmt: skip
_UDP_PORTS = {
    "biff": 512, "bootpc": 68, "bootps": 67, "discard": 9, "dnsix": 195, "domain": 53, "echo": 7,
    "isakmp": 500, "mobile-ip": 434, "nameserver": 42, "netbios-dgm": 138, "netbios-ns": 137,
    "netbios-ss": 139, "non500-isakmp": 4500, "ntp": 123, "pim-auto-rp": 496, "rip": 520,
    "ripv6": 521, "snmp": 161, "snmptrap": 162, "sunrpc": 111, "syslog": 514, "tacacs": 49,
    "talk": 517, "tftp": 69, "time": 37, "who": 513, "xdmcp": 177,
}  # fmt: skip
_ICMP_MESSAGES: Mapping[str, tuple[int, int | None]] = {
    "administratively-prohibited": (3, 13), "alternate-address": (6, None),
    "conversion-error": (31, None), "echo": (8, None), "echo-reply": (0, None),
    "general-parameter-problem": (12, 0), "host-isolated": (3, 8),
    "host-precedence-unreachable": (3, 14), "host-redirect": (5, 1), "host-tos-redirect": (5, 3),
    "host-tos-unreachable": (3, 12), "host-unknown": (3, 7), "host-unreachable": (3, 1),
    "information-reply": (16, None), "information-request": (15, None), "mask-reply": (18, None),
    "mask-request": (17, None), "net-redirect": (5, 0), "net-tos-redirect": (5, 2),
    "net-tos-unreachable": (3, 11), "net-unreachable": (3, 0), "network-unknown": (3, 6),
    "option-missing": (12, 1), "packet-too-big": (3, 4), "parameter-problem": (12, None),
    "port-unreachable": (3, 3), "precedence-unreachable": (3, 15), "protocol-unreachable": (3, 2),
    "reassembly-timeout": (11, 1), "redirect": (5, None), "router-advertisement": (9, None),
    "router-solicitation": (10, None), "source-quench": (4, None),
    "source-route-failed": (3, 5), "time-exceeded": (11, None), "timestamp-reply": (14, None),
    "timestamp-request": (13, None), "traceroute": (30, None), "ttl-exceeded": (11, 0),
    "unreachable": (3, None),
}  # fmt: skip
_ICMP6_MESSAGES: Mapping[str, tuple[int, int | None]] = {
    "beyond-scope": (1, 2), "destination-unreachable": (1, 3), "echo-reply": (129, None),
    "echo-request": (128, None), "header": (4, 0), "hop-limit": (3, 0), "mld-query": (130, None),
    "mld-reduction": (132, None), "mld-report": (131, None), "mldv2-report": (143, None),
    "nd-na": (136, None), "nd-ns": (135, None), "next-header": (4, 1), "no-admin": (1, 1),
    "no-route": (1, 0), "packet-too-big": (2, None), "parameter-option": (4, 2),
    "parameter-problem": (4, None), "port-unreachable": (1, 4), "reassembly-timeout": (3, 1),
    "redirect": (137, None), "router-advertisement": (134, None),
    "router-renumbering": (138, None), "router-solicitation": (133, None),
    "time-exceeded": (3, None), "unreachable": (1, None),
}  # fmt: skip

INSPECTED: Mapping[str, Services] = {
    "tcp": (whole_protocol(TCP),),
    "udp": (whole_protocol(UDP),),
    "icmp": (whole_protocol(ICMP), whole_protocol(ICMP6)),
    "bgp": (ports(TCP, 179),),
    "dns": (ports(TCP, 53), ports(UDP, 53)),
    "http": (ports(TCP, 80),),
    "https": (ports(TCP, 443),),
    "isakmp": (ports(UDP, 500),),
    "ldap": (ports(TCP, 389),),
    "ldaps": (ports(TCP, 636),),
    "ntp": (ports(UDP, 123),),
    "snmp": (ports(UDP, 161),),
    "snmptrap": (ports(UDP, 162),),
    "ssh": (ports(TCP, 22),),
    "syslog": (ports(UDP, 514),),
    "telnet": (ports(TCP, 23),),
}
"""`match protocol`: those that open no further connections. ftp, sip, h323, tftp … do: unread."""


def protocol(word: str, family: Family) -> int | None:
    """The number of a protocol of an access list; None for `ip` and `ipv6`, which are all."""
    word = word.lower()
    if word == ("ip" if family is Family.V4 else "ipv6"):
        return None
    if word == "icmp":
        return ICMP if family is Family.V4 else ICMP6
    if word in _PROTOCOLS:
        return _PROTOCOLS[word]
    return number(word, 0, 255)


def services(of: int | None, source: Ranges, destination: Ranges) -> Services:
    """Every service of a protocol between these ports; None is any protocol."""
    if of is None:
        return (ANY_SERVICE,)
    if of not in WITH_PORTS:
        return (whole_protocol(of),)
    return tuple(
        Service(of << 16 | low, of << 16 | high, source_low, source_high)
        for low, high in destination
        for source_low, source_high in source
    )


def port_condition(of: int, words: list[str]) -> Ranges:
    """`eq p… | neq p… | lt p | gt p | range a b`, taken off the words; any port without one."""
    operator = _operator(words[0]) if words else ""
    if not operator:
        return (ANY_PORT,)
    del words[0]
    if operator in ("eq", "neq"):
        found = [_port(of, words)]
        while words and _is_port(of, words[0]) and len(found) < PORTS_A_LINE:
            found.append(_port(of, words))
        named = union((one, one) for one in found)
        return named if operator == "eq" else _others(named)
    first = _port(of, words)
    if operator == "lt":
        return ((0, first - 1),) if first else _no_port()
    if operator == "gt":
        return ((first + 1, 0xFFFF),) if first < 0xFFFF else _no_port()
    last = _port(of, words)
    return ((min(first, last), max(first, last)),)


def icmp_condition(of: int, words: list[str]) -> Services:
    """`<name> | <type> [<code>]`, taken off the words; every message if there is none."""
    known = _ICMP_MESSAGES if of == ICMP else _ICMP6_MESSAGES
    if words and words[0].lower() in known:
        kind, code = known[words.pop(0).lower()]
        return (icmp(of, kind, code),)
    if not words or not words[0].isdigit():
        return (whole_protocol(of),)
    kind = number(words.pop(0), 0, 255)
    code = number(words.pop(0), 0, 255) if words and words[0].isdigit() else None
    return (icmp(of, kind, code),)


def _operator(word: str) -> str:
    """A comparison of ports; `range` may be shortened to `ra`."""
    word = word.lower()
    if len(word) >= len("ra") and "range".startswith(word):
        return "range"
    return word if word in _OPERATORS else ""


def _port(of: int, words: list[str]) -> int:
    if not words:
        raise Unreadable("a port is expected")
    word = words.pop(0)
    named = _names(of).get(word.lower())
    return number(word, 0, 0xFFFF) if named is None else named


def _is_port(of: int, word: str) -> bool:
    """Whether one more port follows, and not the destination's address."""
    return word.isdigit() or word.lower() in _names(of)


def _names(of: int) -> Mapping[str, int]:
    return _TCP_PORTS if of == TCP else _UDP_PORTS if of == UDP else {}


def _others(named: Ranges) -> Ranges:
    found, start = [], 0
    for low, high in named:
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    return (*found, (start, 0xFFFF)) if start <= 0xFFFF else tuple(found)


def _no_port() -> Ranges:
    raise Unreadable("no port is below 0 or above 65535")
