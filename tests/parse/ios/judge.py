"""Judges a packet by all chains of a parsed text: the tests' own small reading of the contract."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from textwrap import dedent

from telemed_infra.management_plane import ManagementPlane
from telemed_infra.packets import ICMP, ICMP6, TCP, UDP
from telemed_infra.parse.behaviour import (
    LOCAL,
    Action,
    Chain,
    FirewallBehaviour,
    Interfaces,
    Rule,
    SwitchBehaviour,
)
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_switch

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMP6}
LAN, WAN, DMZ = (f"GigabitEthernet0/{number}" for number in (0, 1, 2))
OUT, BACK = (LAN, WAN), (WAN, LAN)
A, B = "10.1.0.9", "192.0.2.9"
A6, B6 = "2001:db8:1::9", "2001:db8:2::9"

PLAIN = """
    ipv6 unicast-routing
    interface GigabitEthernet0/0
     ip address 10.1.0.1 255.255.255.0
     ipv6 address 2001:DB8:1::1/64
    interface GigabitEthernet0/1
     ip address 192.0.2.1 255.255.255.0
     ipv6 address 2001:DB8:2::1/64
"""
ZONED = f"""{PLAIN}
    zone security LAN
    zone security WAN
    interface GigabitEthernet0/0
     zone-member security LAN
    interface GigabitEthernet0/1
     zone-member security WAN
"""


INSPECT_ALL = """
    class-map type inspect match-any C-ALL
     match protocol tcp
     match protocol udp
     match protocol icmp
    policy-map type inspect P-OUT
     class type inspect C-ALL
      inspect
     class class-default
      drop log
"""
PAIR = """
    zone-pair security ZP-OUT source LAN destination WAN
     service-policy type inspect P-OUT
"""


def firewall(*texts: str) -> FirewallBehaviour:
    """The behaviour of texts typed with the indent of their test, one after the other."""
    return parse_ios_firewall("\n".join(dedent(text) for text in texts))


def filtered(*entries: str, kind: str = "extended") -> FirewallBehaviour:
    """A router whose LAN takes what a list permits."""
    lines = "\n".join([f"ip access-list {kind} A", *(f" {entry}" for entry in entries)])
    return firewall(PLAIN, lines, f"interface {LAN}\n ip access-group A in\n")


def switch(text: str) -> SwitchBehaviour:
    """The same for a switch."""
    return parse_ios_switch(dedent(text))


def read_whole(behaviour: FirewallBehaviour | SwitchBehaviour) -> bool:
    """Nothing is unread, and each line is in one class."""
    counted = len(behaviour.effective) + len(behaviour.inert) + len(behaviour.unread)
    return not behaviour.unread and counted == behaviour.lines


def unread(behaviour: FirewallBehaviour | SwitchBehaviour) -> list[str]:
    """The texts of the unread lines."""
    return [one.text for one in behaviour.unread]


def chain(behaviour: FirewallBehaviour, name: str) -> Chain:
    """The one chain of that name."""
    (found,) = (one for one in behaviour.chains if one.name == name)
    return found


def passes(
    behaviour: FirewallBehaviour,
    way: tuple[str, str],
    service: str,
    source: str = A,
    destination: str = B,
    source_port: int = 40000,
) -> bool:
    """Whether an opening passes; a service is `tcp/443`, `icmp/8/0` or a protocol's number."""
    packet = (ip_address(source), ip_address(destination), _key(service), source_port)
    return all(_passes(one, way, packet) for one in behaviour.chains if _judges(one, way))


Address = IPv4Address | IPv6Address
Packet = tuple[Address, Address, int, int]


def _judges(one: Chain, way: tuple[str, str]) -> bool:
    if LOCAL not in way:
        return one.judges_forwarded
    return one.judges_to_local if way[1] == LOCAL else one.judges_from_local


def _passes(one: Chain, way: tuple[str, str], packet: Packet) -> bool:
    for rule in one.rules:
        if _has(rule.ingress, way[0]) and _has(rule.egress, way[1]) and _matches(rule, packet):
            return rule.action is Action.PERMIT
    return one.default is Action.PERMIT


def _has(interfaces: Interfaces, name: str) -> bool:
    return interfaces is None or name in interfaces


def _matches(rule: Rule, packet: Packet) -> bool:
    source, destination, key, port = packet
    four = source.version == 4
    sources, destinations = (
        (rule.source4, rule.destination4) if four else (rule.source6, rule.destination6)
    )
    return (
        any(low <= int(source) <= high for low, high in sources)
        and any(low <= int(destination) <= high for low, high in destinations)
        and any(
            low <= key <= high and from_low <= port <= from_high
            for low, high, from_low, from_high in rule.services
        )
    )


def _key(service: str) -> int:
    protocol, _, rest = service.partition("/")
    number = PROTOCOLS.get(protocol) or int(protocol)
    kind, _, code = rest.partition("/")
    low = int(kind or 0) << 8 | int(code) if code else int(kind or 0)
    return number << 16 | low


def plane(*texts: str) -> ManagementPlane:
    """How a router is administered whose text is understood to the last line."""
    read = firewall(*texts)
    assert unread(read) == []
    assert read.plane is not None
    return read.plane


def refused(*texts: str) -> list[str]:
    """What of a router's text is unread."""
    return unread(firewall(*texts))
