"""What the comparison is worth: packets meet every policy, both verdicts, and planted faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import ends, oracle
from tests.oracle.ends import End, Inventory, Place, Site
from tests.oracle.oracle import Crossing, Oracle
from tests.oracle.packets import Packet, Traffic, between_hosts, shares
from tests.oracle.test_agreement import COUNT_PER_SEED, SEEDS

INVENTORY = Path(__file__).resolve().parents[2] / "inventory"
COUNT = 25_000

climb, carries, blocks = oracle.climb, oracle.carries, dict(ends.BLOCKS)
servers, hosts = Inventory.servers, Inventory.hosts
Server = tuple[dict[str, set[str]], str, Place, Place]


@pytest.fixture(scope="module")
def sound() -> Oracle:
    return Oracle(INVENTORY)


@pytest.fixture(scope="module")
def packets(sound: Oracle) -> list[Packet]:
    return list(islice(Traffic(sound, seed=1).packets(), COUNT))


@pytest.fixture(scope="module")
def verdicts(sound: Oracle, packets: list[Packet]) -> list[bool]:
    return [sound.allowed(*packet) for packet in packets]


@pytest.fixture(scope="module")
def of_hosts(sound: Oracle) -> list[tuple[Packet, bool]]:
    """Each packet between two hosts of failover, with its verdict."""
    return [(packet, sound.allowed(*packet)) for packet in between_hosts(sound)]


def differ(faulty: Oracle, judged: Iterable[tuple[Packet, bool]]) -> bool:
    """Whether any verdict is another one; the first is enough."""
    return any(faulty.allowed(*packet) != verdict for packet, verdict in judged)


def test_a_seed_makes_the_same_packets_again(sound: Oracle, packets: list[Packet]) -> None:
    assert list(islice(Traffic(Oracle(INVENTORY), seed=1).packets(), 1000)) == packets[:1000]
    assert list(islice(Traffic(sound, seed=2).packets(), 1000)) != packets[:1000]


def test_every_policy_is_met(sound: Oracle, packets: list[Packet]) -> None:
    met = {name for packet in packets for name in sound.reasons(packet[:3], *packet[3:])}
    assert met == sound.inventory.policies.keys()


def test_every_point_of_the_upper_tiers_is_met(sound: Oracle) -> None:
    """By an allowed one among the packets that the two readings are compared with."""
    missing = {site.id for site in sound.inventory.sites if site.kind != "township"}
    for seed in SEEDS:
        for packet in islice(Traffic(sound, seed).packets(), COUNT_PER_SEED):
            if packet[0] in missing and sound.allowed(*packet):
                missing.remove(packet[0])
        if not missing:
            break
    assert not missing


def test_addresses_beside_each_server_are_met(sound: Oracle, packets: list[Packet]) -> None:
    met = {(address.version, int(address)) for packet in packets for address in packet[3:5]}
    policies = sound.inventory.policies.values()
    selectors = [policy[side] for policy in policies for side in ("from", "to")]
    named = {name for selector in selectors for name in selector.get("management", ())}
    places = [prefix for prefix, its in sound.ends.items() if servers_among(its) & named]
    assert named
    assert len(places) == 2 * 2 * len(named)  # two centres, two families
    for family, _, address in places:
        assert {(family, address + step) for step in (-1, 0, 1)} <= met


def servers_among(its: list[End]) -> set[str]:
    return {name for end in its for name in end.tags.get("management", ())}


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


def servers_one_on(inventory: Inventory, zones: dict[str, Any]) -> Iterator[Server]:
    for tag, zone, (length4, at4), (length6, at6) in servers(inventory, zones):
        yield tag, zone, (length4, at4 + 1), (length6, at6 + 1)


def servers_by_two(inventory: Inventory, zones: dict[str, Any]) -> Iterator[Server]:
    for tag, zone, (_, at4), (_, at6) in servers(inventory, zones):
        yield tag, zone, (31, at4 & -2), (127, at6 & -2)


def servers_by_zone(inventory: Inventory, zones: dict[str, Any]) -> Iterator[Server]:
    for tag, zone, _, _ in servers(inventory, zones):
        its = zones[zone]
        yield tag, zone, (its["length"], its["at"]), (64, its["vlan"] << 64)


@pytest.mark.parametrize(
    ("module", "name", "fault"),
    [
        (oracle, "in_scope", lambda f, t, _: f.prefix[0] == t.prefix[0]),
        (oracle, "way", way_that_never_turns),
        (oracle, "climb", climb_by_one_zone),
        (oracle, "carries", carries_all_but_the_last),
        (oracle, "carries", carries_only_ports),
        (ends, "BLOCKS", blocks | {"township": townships_from_0}),
        (Inventory, "servers", servers_one_on),
        (Inventory, "servers", servers_by_two),
        (Inventory, "servers", servers_by_zone),
    ],
    ids=[
        *("scope", "turn", "head", "range", "protocol", "township"),
        *("servers-one-on", "servers-by-two", "servers-by-zone"),
    ],
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
    assert differ(Oracle(INVENTORY), zip(packets, verdicts, strict=True))


def hosts_one_on(inventory: Inventory) -> Iterator[End]:
    for host in hosts(inventory):
        family, length, at = host.prefix
        yield replace(host, prefix=(family, length, at + 1))


def hosts_in_both_centers(inventory: Inventory) -> Iterator[End]:
    for host in hosts(inventory):
        yield replace(host, places=inventory.centers) if host.places[0].group is None else host


def observers_at_all_hospitals(inventory: Inventory) -> Iterator[End]:
    inventory.top["failover"]["observers"]["sites"] = [{}]
    return hosts(inventory)


def observers_nowhere(inventory: Inventory) -> Iterator[End]:
    inventory.top["failover"]["observers"]["sites"] = []
    return hosts(inventory)


def climb_of_the_witness(site: Site, zone: str) -> dict[str, str]:
    return climb(site, zone) or {"dc-a": "WAN"}


@pytest.mark.parametrize(
    ("module", "name", "fault"),
    [
        (Inventory, "hosts", hosts_one_on),
        (Inventory, "hosts", hosts_in_both_centers),
        (Inventory, "hosts", observers_at_all_hospitals),
        (Inventory, "hosts", observers_nowhere),
        (oracle, "climb", climb_of_the_witness),
    ],
    ids=["one-on", "in-both-centers", "all-hospitals", "nowhere", "witness"],
)
def test_a_fault_planted_in_failover_is_seen(
    monkeypatch: pytest.MonkeyPatch,
    of_hosts: list[tuple[Packet, bool]],
    module: object,
    name: str,
    fault: object,
) -> None:
    monkeypatch.setattr(module, name, fault)
    assert differ(Oracle(INVENTORY), of_hosts)
