"""A packet and what a parsed chain does with it: plain first match."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from telemed_infra.packets import Ranges
from telemed_infra.parse.behaviour import Action, Chain, Rule
from telemed_infra.parse.nftables import parse_nftables


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One opening packet; for ICMP the destination port is type << 8 | code."""

    ingress: str = "lan0"
    egress: str = "wan0"
    source: str = "10.1.0.5"
    destination: str = "10.9.0.7"
    protocol: int = 6
    source_port: int = 40_000
    port: int = 443


def forward_chain(*rules: str, policy: str = "drop", before: str = "", head: str = "") -> str:
    """A text with one forward chain of these rules; `before` stands in the table."""
    lines = "\n".join(f"    {rule}" for rule in rules)
    return (
        f"{head}\ntable inet fw {{\n{before}\n  chain forward {{\n"
        f"    type filter hook forward priority filter; policy {policy};\n{lines}\n  }}\n}}\n"
    )


def only_chain(text: str) -> Chain:
    """The one base chain of a text that is read whole."""
    behaviour = parse_nftables(text)
    assert behaviour.unread == ()
    (chain,) = behaviour.chains
    return chain


def why_unread(text: str) -> list[str]:
    """Why lines of a text are not read."""
    return [unread.why for unread in parse_nftables(text).unread]


def passes(chain: Chain, packet: Packet) -> bool:
    """Whether a chain lets a packet pass; no rule in doubt may match it."""
    rule = first_match(chain, packet)
    return (chain.default if rule is None else rule.action) is Action.PERMIT


def first_match(chain: Chain, packet: Packet) -> Rule | None:
    for rule in chain.rules:
        if matches(rule, packet):
            assert rule.certain
            return rule
    return None


def matches(rule: Rule, packet: Packet) -> bool:
    source, destination = ip_address(packet.source), ip_address(packet.destination)
    of_four = source.version == 4
    return (
        (rule.ingress is None or packet.ingress in rule.ingress)
        and (rule.egress is None or packet.egress in rule.egress)
        and holds(rule.source4 if of_four else rule.source6, int(source))
        and holds(rule.destination4 if of_four else rule.destination6, int(destination))
        and any(
            low <= packet.protocol << 16 | packet.port <= high
            and source_low <= packet.source_port <= source_high
            for low, high, source_low, source_high in rule.services
        )
    )


def holds(ranges: Ranges, number: int) -> bool:
    return any(low <= number <= high for low, high in ranges)
