"""Two readings of one inventory: the oracle's and the compiler's intent must say the same.

`tests/oracle/intent_reading.py` holds `IntentReading(inventory)`, whose `allowed` takes what
`Oracle.allowed` takes and answers from the policies' openings alone, without the derived and the
tolerated ones.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Protocol

import pytest

from tests.oracle.intent_reading import IntentReading
from tests.oracle.oracle import Address, Oracle
from tests.oracle.packets import Packet, Traffic, between_hosts, of_hosts_only, shares

INVENTORY = Path(__file__).resolve().parents[2] / "inventory"
SEEDS = (1, 2, 3, 4)
COUNT_PER_SEED = 25_000
SHOWN_MAX = 10


class Reading(Protocol):
    def allowed(
        self, point: str, zone_in: str, zone_out: str,
        source: Address, destination: Address, protocol: int, port: int,
    ) -> bool: ...  # fmt: skip


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(INVENTORY)


@pytest.fixture(scope="module")
def intent() -> Reading:
    return IntentReading(INVENTORY)


def test_enough_packets_are_judged() -> None:
    assert len(set(SEEDS)) * COUNT_PER_SEED >= 100_000


@pytest.mark.parametrize("seed", SEEDS)
def test_oracle_and_intent_agree(oracle: Oracle, intent: Reading, seed: int) -> None:
    packets = list(islice(Traffic(oracle, seed).packets(), COUNT_PER_SEED))
    verdicts = [oracle.allowed(*packet) for packet in packets]
    differing = [
        (number, packet)
        for number, (packet, verdict) in enumerate(zip(packets, verdicts, strict=True))
        if intent.allowed(*packet) != verdict
    ]
    mix = shares(packets, verdicts)
    assert mix["allowed"] >= 0.2
    assert mix["ipv6"] >= 0.05
    assert mix["local"] >= 0.05
    told = [tell(oracle, seed, number, packet) for number, packet in differing[:SHOWN_MAX]]
    assert not differing, "\n".join([f"{len(differing)} of {len(packets)} differ:", *told])


def test_oracle_and_intent_agree_on_every_two_hosts_of_failover(
    oracle: Oracle, intent: Reading
) -> None:
    packets = list(between_hosts(oracle))
    reasons = [oracle.reasons(packet[:3], *packet[3:]) for packet in packets]
    met = set().union(*reasons)
    assert {name for name, its in oracle.inventory.policies.items() if of_hosts_only(its)} <= met
    differing = [
        tell(oracle, "hosts", number, packet)
        for number, (packet, names) in enumerate(zip(packets, reasons, strict=True))
        if intent.allowed(*packet) != bool(names)
    ]
    assert not differing, "\n".join(
        [f"{len(differing)} of {len(packets)} differ:", *differing[:SHOWN_MAX]]
    )


def tell(oracle: Oracle, seed: int | str, number: int, packet: Packet) -> str:
    """A packet that the two readings judge differently, and how to make it again."""
    point, zone_in, zone_out, source, destination, protocol, port = packet
    policies = oracle.reasons(packet[:3], *packet[3:])
    oracles, intents = ("allowed", "denied") if policies else ("denied", "allowed")
    return (
        f"seed {seed}, packet {number}: at {point} {zone_in} → {zone_out},"
        f" {source} → {destination}, protocol {protocol}, port {port}:"
        f" oracle {oracles} (policies: {sorted(policies)}), intent {intents}"
    )
