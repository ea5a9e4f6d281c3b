"""What the comparison is worth: packets meet every policy, both verdicts, and planted faults."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import ends, oracle
from tests.oracle.ends import Site
from tests.oracle.oracle import Crossing, Oracle
from tests.oracle.packets import Packet, Traffic, shares

INVENTORY = Path(__file__).resolve().parents[2] / "inventory"
COUNT = 25_000

climb, carries, blocks = oracle.climb, oracle.carries, dict(ends.BLOCKS)


@pytest.fixture(scope="module")
def sound() -> Oracle:
    return Oracle(INVENTORY)


@pytest.fixture(scope="module")
def packets(sound: Oracle) -> list[Packet]:
    return list(islice(Traffic(sound, seed=1).packets(), COUNT))


@pytest.fixture(scope="module")
def verdicts(sound: Oracle, packets: list[Packet]) -> list[bool]:
    return [sound.allowed(*packet) for packet in packets]


def test_a_seed_makes_the_same_packets_again(sound: Oracle, packets: list[Packet]) -> None:
    assert list(islice(Traffic(Oracle(INVENTORY), seed=1).packets(), 1000)) == packets[:1000]
    assert list(islice(Traffic(sound, seed=2).packets(), 1000)) != packets[:1000]


def test_every_policy_is_met(sound: Oracle, packets: list[Packet]) -> None:
    met = {name for packet in packets for name in sound.reasons(packet[:3], *packet[3:])}
    assert met == sound.inventory.policies.keys()


def test_every_point_of_the_upper_tiers_is_met(
    sound: Oracle, packets: list[Packet], verdicts: list[bool]
) -> None:
    sites = {site.id for site in sound.inventory.sites if site.kind != "township"}
    assert sites <= {packet[0] for packet, yes in zip(packets, verdicts, strict=True) if yes}


def test_the_mix_is_healthy(packets: list[Packet], verdicts: list[bool]) -> None:
    mix = shares(packets, verdicts)
    assert 1 / 3 <= mix["allowed"] <= 2 / 3
    assert mix["ipv6"] >= 0.05
    assert mix["local"] >= 0.05


def way_that_never_turns(a: Site, zone_a: str, b: Site, zone_b: str) -> set[Crossing]:
    up = {(point, zone, "WAN") for point, zone in climb(a, zone_a).items()}
    return up | {(point, "WAN", zone) for point, zone in climb(b, zone_b).items()}


def climb_by_one_zone(site: Site, zone: str) -> dict[str, str]:
    return {point: "VPN" if point == site.head else at for point, at in climb(site, zone).items()}


def carries_all_but_the_last(app: dict[str, Any], family: int, protocol: int, port: int) -> bool:
    return carries(app, family, protocol, port) and port not in (10499, 16483, 20099)


def carries_only_ports(app: dict[str, Any], family: int, protocol: int, port: int) -> bool:
    return protocol != 50 and carries(app, family, protocol, port)


def townships_from_0(county: int, number: int) -> tuple[int, int, int]:
    return blocks["township"](county, number + 1)


@pytest.mark.parametrize(
    ("module", "name", "fault"),
    [
        (oracle, "in_scope", lambda f, t, _: f.prefix[0] == t.prefix[0]),
        (oracle, "way", way_that_never_turns),
        (oracle, "climb", climb_by_one_zone),
        (oracle, "carries", carries_all_but_the_last),
        (oracle, "carries", carries_only_ports),
        (ends, "BLOCKS", blocks | {"township": townships_from_0}),
    ],
    ids=["scope", "turn", "head", "range", "protocol", "township"],
)
def test_a_planted_fault_is_seen(
    monkeypatch: pytest.MonkeyPatch,
    packets: list[Packet],
    verdicts: list[bool],
    module: object,
    name: str,
    fault: object,
) -> None:
    monkeypatch.setattr(module, name, fault)
    faulty = Oracle(INVENTORY)
    assert [faulty.allowed(*packet) for packet in packets] != verdicts
