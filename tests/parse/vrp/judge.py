"""Judges one packet by a parsed chain: the tests' own small reading of the contract."""

from __future__ import annotations

from ipaddress import ip_address
from textwrap import dedent

from telemed_infra.packets import ICMP, ICMP6, TCP, UDP
from telemed_infra.parse.behaviour import Action, Chain, FirewallBehaviour, Interfaces, Rule
from telemed_infra.parse.vrp import parse_usg

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMP6}

WIRED = """
    firewall zone trust
     set priority 85
     add interface GigabitEthernet1/0/1
     add interface GigabitEthernet1/0/2
    #
    firewall zone untrust
     set priority 5
     add interface GigabitEthernet1/0/3
    #
    interface GigabitEthernet1/0/1
     undo service-manage enable
    #
    interface GigabitEthernet1/0/2
     undo service-manage enable
    #
    interface GigabitEthernet1/0/3
     undo service-manage enable
    #
"""
INSIDE, INSIDE2, OUTSIDE = (f"GigabitEthernet1/0/{number}" for number in (1, 2, 3))


def firewall(text: str) -> FirewallBehaviour:
    """The behaviour of a text typed with the indent of its test."""
    return parse_usg(dedent(text))


def policy(rules: str) -> FirewallBehaviour:
    """A firewall with two zones whose policy has these lines (and blocks that follow them)."""
    return parse_usg(dedent(WIRED) + "security-policy\n" + _indented(rules))


def written(chain: Chain) -> list[Rule]:
    """The rules that lines of the policy say, without those that stand for traffic within zones."""
    return [rule for rule in chain.rules if not rule.name.startswith("intrazone ")]


def read_whole(behaviour: FirewallBehaviour) -> bool:
    """Nothing is unread, and each line is in one class."""
    counted = len(behaviour.effective) + len(behaviour.inert) + len(behaviour.unread)
    return not behaviour.unread and counted == behaviour.lines


def passes(
    behaviour: FirewallBehaviour,
    way: tuple[str, str],
    source: str,
    destination: str,
    service: str,
    source_port: int = 40000,
) -> bool:
    """Whether an opening passes; a service is `tcp/443`, `icmp/8/0` or a protocol's number."""
    (chain,) = behaviour.chains
    rule = deciding(chain, way, source, destination, service, source_port)
    return (rule.action if rule else chain.default) is Action.PERMIT


def deciding(
    chain: Chain,
    way: tuple[str, str],
    source: str,
    destination: str,
    service: str,
    source_port: int = 40000,
) -> Rule | None:
    """The first rule that matches."""
    key = _key(service)
    for rule in chain.rules:
        if (
            _has(rule.ingress, way[0])
            and _has(rule.egress, way[1])
            and _matches(rule, source, destination)
            and any(
                low <= key <= high and from_low <= source_port <= from_high
                for low, high, from_low, from_high in rule.services
            )
        ):
            return rule
    return None


def _has(interfaces: Interfaces, name: str) -> bool:
    return interfaces is None or name in interfaces


def _matches(rule: Rule, source: str, destination: str) -> bool:
    first, second = ip_address(source), ip_address(destination)
    sides = (
        ((rule.source4, first), (rule.destination4, second))
        if first.version == 4
        else ((rule.source6, first), (rule.destination6, second))
    )
    return all(
        any(low <= int(address) <= high for low, high in ranges) for ranges, address in sides
    )


def _key(service: str) -> int:
    protocol, _, rest = service.partition("/")
    number = PROTOCOLS.get(protocol) or int(protocol)
    kind, _, code = rest.partition("/")
    low = int(kind or 0) << 8 | int(code) if code else int(kind or 0)
    return number << 16 | low


def _indented(rules: str) -> str:
    return "\n".join(" " + line for line in dedent(rules).strip("\n").split("\n")) + "\n"
