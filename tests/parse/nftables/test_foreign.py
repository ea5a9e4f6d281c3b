"""Texts in other people's styles: each is read whole, and means what its author meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from telemed_infra.parse.behaviour import Chain
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.nftables.packet import Packet, matches, passes

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.nft"))


def chain(text: str, name: str) -> Chain:
    path = Path(__file__).parent / "texts" / text
    (found,) = (one for one in parse_nftables(path.read_text()).chains if one.name == name)
    return found


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_line_is_read(path: Path) -> None:
    behaviour = parse_nftables(path.read_text())
    assert behaviour.unread == ()
    assert len(behaviour.effective | behaviour.inert) == behaviour.lines


@pytest.mark.parametrize(
    ("packet", "permitted"),
    [
        (Packet(), True),
        (Packet(egress="ppp0", port=80), True),
        (Packet(port=25), False),
        (Packet(egress="dmz0", protocol=17, port=3478), True),
        (Packet(egress="dmz0", protocol=17, port=443), False),
        (Packet(egress="dmz0", source="10.1.0.10", port=22), True),
        (Packet(egress="dmz0", source="10.1.0.11", port=22), False),
        (Packet(ingress="dmz0", destination="192.88.99.1", protocol=17, port=53), True),
        (Packet(ingress="dmz0", destination="10.88.99.1", protocol=17, port=53), False),
        (Packet(ingress="wan0", egress="dmz0", source="9.9.9.9", destination="198.18.0.1"), True),
        (Packet(ingress="ppp0", egress="dmz0", source="192.0.2.1", destination="198.18.0.1"),
         False),
        (Packet(ingress="guest0"), False),
    ],
)  # fmt: skip
def test_zones(packet: Packet, permitted: bool) -> None:
    forward = chain("zones.nft", "inet firewall forward")
    # `ping` limits its rate: which of its packets pass is left open, others never meet it.
    (uncertain,) = (rule for rule in forward.rules if not rule.certain)
    assert not matches(uncertain, packet)
    assert passes(forward, packet) is permitted
    assert forward.stateful
    assert forward.logs_denied


@pytest.mark.parametrize(
    ("packet", "permitted"),
    [
        (Packet(), True),
        (Packet(source_port=1023), False),
        (Packet(source="10.1.2.1"), False),
        (Packet(source="fd00:1::9", destination="fd00:9::7"), True),
        (Packet(source="fd00:1::9", destination="fd00:9::7", port=8443), False),
        (Packet(protocol=1, port=13 << 8), True),
        (Packet(protocol=112, destination="10.9.0.200"), True),
        (Packet(protocol=17, port=123, source_port=123, destination="10.9.0.2"), True),
        (Packet(protocol=17, port=123, destination="10.9.0.2"), False),
        (Packet(destination="10.9.0.8", port=104), True),
        (Packet(destination="10.9.0.8", port=11112), False),
    ],
)
def test_aerleon(packet: Packet, permitted: bool) -> None:
    forward = chain("aerleon.nft", "inet filtering_policies root0")
    assert passes(forward, packet) is permitted
    assert forward.logs_denied


def test_single_family() -> None:
    six = Packet(source="fd00::1", destination="2001:db8::1")
    four_forward = chain("single_family.nft", "ip filter FORWARD")
    six_forward = chain("single_family.nft", "ip6 filter FORWARD")
    assert passes(four_forward, six)
    assert passes(six_forward, six)
    assert not passes(six_forward, Packet(source="fe80::1", destination="2001:db8::1"))
    assert passes(six_forward, Packet())
    assert not passes(four_forward, Packet(ingress="wan0", egress="lan0"))
    assert passes(four_forward, Packet())


WARD = Packet(ingress="ward3", egress="dmz0", source="10.1.0.200", destination="10.9.0.7")


@pytest.mark.parametrize(
    ("changes", "permitted"),
    [
        ({}, True),  # https
        ({"source_port": 1023}, False),
        ({"source_port": 1024, "port": 636}, True),
        ({"port": 104}, True),
        ({"port": 2763}, False),
        ({"destination": "10.9.1.7", "port": 104}, False),
        ({"destination": "10.9.1.7", "port": 53, "protocol": 17}, True),
        ({"source": "10.1.1.1"}, False),
        ({"source": "10.1.3.9"}, True),
        ({"source": "10.1.3.10"}, False),
        ({"ingress": "ward5"}, False),
        ({"ingress": "ward4"}, True),
        ({"ingress": "icu0", "egress": "wan0", "port": 11112}, True),
        ({"ingress": "icu0", "egress": "wan0"}, False),
        ({"ingress": "lab0", "protocol": 1, "port": 3 << 8}, True),
        ({"ingress": "lab0", "protocol": 1, "port": 3 << 8, "source": "10.66.0.1"}, False),
        ({"source": "10.1.0.5", "protocol": 17, "port": 53}, True),
        ({"source": "fd00:1::1", "destination": "fd00:9::1", "port": 444}, True),
        ({"source": "fd00:1::1", "destination": "fd00:9::1", "port": 445}, False),
        ({"source": "fd00:2::1", "destination": "fd00:9::1", "protocol": 58, "port": 2 << 8}, True),
    ],
)
def test_typed(changes: dict[str, object], permitted: bool) -> None:
    packet = replace(WARD, **changes)  # type: ignore[arg-type]
    both = [chain("typed.nft", name) for name in ("ip legacy in", "inet clinic through")]
    assert all(passes(one, packet) for one in both) is permitted
