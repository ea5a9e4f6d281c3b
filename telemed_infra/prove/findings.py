"""What the proof says of a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.intent.expectations import Verdict
from telemed_infra.packets import ICMP, ICMP6, TCP, UDP, Family
from telemed_infra.plan.prefix import address_text

PROTOCOL_NAMES = {ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMP6: "icmpv6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which a text does not mean what is meant."""

    device: str
    line: int  # of the text; 0: of none
    kind: str  # missing, excess, unread, binding, translation, multicast, switch, budget, …
    says: str
    policies: tuple[str, ...] = ()
    origin: str = ""  # the inventory lines that the text's line comes from, if they are known

    def __str__(self) -> str:
        place = f"{self.device}:{self.line}" if self.line else self.device
        because = f" (needed by {', '.join(self.policies)})" if self.policies else ""
        came = f" (from {self.origin})" if self.origin else ""
        return f"{place}: {self.kind}: {self.says}{because}{came}"


class Says(NamedTuple):
    """What is wrong at a line of a text whose device the caller knows."""

    line: int
    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProof:
    """What was proven about one device, with the sizes that show that it was not empty."""

    device: str
    findings: tuple[Finding, ...] = ()
    must: int = 0  # openings that must pass
    may: int = 0  # openings that merely may
    rules: int = 0  # rules read from the text
    ways: int = 0  # pairs of interfaces compared
    lines: int = 0  # lines that say something
    covered: int = 0  # of them understood
    effective: int = 0  # of them saying which packets or frames pass
    functions: frozenset[str] = frozenset()  # what the text does, in the words of `Function`


def expectation_finding(verdict: Verdict) -> Finding:
    """An expectation that does not hold."""
    expectation = verdict.expectation
    return Finding(
        device=expectation.origin,
        line=0,
        kind="expectation",
        says=f"{expectation.id} `{expectation.says}`: {verdict.witness}",
    )


def packet_text(family: Family, source: int, destination: int, key: int, source_port: int) -> str:
    """A packet in words: `tcp 10.1.2.3:1024 -> 10.4.5.6:443`."""
    protocol, low = key >> 16, key & 0xFFFF
    name = PROTOCOL_NAMES.get(protocol, f"protocol {protocol}")
    first, second = address_text(family, source), address_text(family, destination)
    if protocol in (TCP, UDP):
        if family is Family.V6:
            first, second = f"[{first}]", f"[{second}]"
        return f"{name} {first}:{source_port} -> {second}:{low}"
    if protocol in (ICMP, ICMP6):
        return f"{name} type {low >> 8} code {low & 255} {first} -> {second}"
    return f"{name} {first} -> {second}"
