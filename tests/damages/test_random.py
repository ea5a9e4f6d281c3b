"""Lines dropped and digits changed at random: the proof finds it, or no packet can tell the texts.

Which lines say something is the parser's own word (`effective`); what the change does is judged by
the slow evaluator on packets at the edges of every rule that differs. Both directions are judged:
a text that the proof calls equal differs in no packet but tolerated ones, and a packet that the
proof shows does differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from random import Random

import pytest
from msgspec.structs import replace

from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.parse.behaviour import LOCAL, FirewallBehaviour, PortMode, Rule, SwitchBehaviour
from tests.damages.damage import check_packets
from tests.damages.packets import Packet, Witness, corners, judges, opened, passes
from tests.damages.workshop import CITY, EDGE, GATEWAY, HEAD_SWITCH, HOSPITAL, SWITCH, Workshop

KERNEL = "lo"  # what the kernel sends itself never meets the network
WAYS_MAX = 12  # of one differing rule
PACKETS_MAX = 600  # of one differing rule
FIREWALL_MUTATIONS = {HOSPITAL: 200, CITY: 150, GATEWAY: 420, EDGE: 40}
SWITCH_MUTATIONS = {SWITCH: 150, HEAD_SWITCH: 150}


def mutations(text: str, effective: Set[int], count: int, seed: str) -> Iterator[str]:
    """Each time one line: dropped, or a digit of it another one."""
    random = Random(seed)
    numbers = sorted(effective)
    lines = text.splitlines(keepends=True)
    for _ in range(count):
        number = random.choice(numbers)
        line = lines[number - 1]
        digits = [place for place, letter in enumerate(line) if letter.isdigit()]
        changed = ""
        if digits and random.random() < 0.7:
            place = random.choice(digits)
            other = random.choice([digit for digit in "0123456789" if digit != line[place]])
            changed = line[:place] + other + line[place + 1 :]
        yield "".join([*lines[: number - 1], changed, *lines[number:]])


@pytest.mark.parametrize("device", FIREWALL_MUTATIONS)
def test_a_mutated_firewall_is_found_or_equal(workshop: Workshop, device: str) -> None:
    text, sound = workshop.text(device), workshop.sound(device)
    found = silent = 0
    for mutated in mutations(text, sound.effective, FIREWALL_MUTATIONS[device], device):
        findings = workshop.prove(device, mutated)
        behaviour = workshop.read(device, mutated)
        if findings:
            found += 1
            check_packets(workshop, device, findings, behaviour)
        else:
            silent += 1
            difference = next(differences(workshop, device, sound, behaviour), None)
            assert difference is None, (difference, changed_line(text, mutated))
    assert found > 2 * silent, (found, silent)


def differences(
    workshop: Workshop, device: str, sound: FirewallBehaviour, other: FirewallBehaviour
) -> Iterator[Packet]:
    """Packets that one of two texts lets pass and that are not merely tolerated."""
    zones = {one.name: one.zone for one in workshop.meaning.interfaces(workshop.devices[device])}
    zones[LOCAL] = LOCAL
    services = AppServices(workshop.meaning.network.apps)
    tolerated = [one for one in workshop.openings(device) if one.tolerated]
    for packet in edge_packets(sound, other, zones):
        if passes(sound, packet) != passes(other, packet):
            if not any(judges(chain, packet) for chain in sound.chains):
                continue
            if not is_tolerated(packet, zones, tolerated, services):
                yield packet


def is_tolerated(
    packet: Packet, zones: dict[str, str], tolerated: list[Opening], services: AppServices
) -> bool:
    pair = (zones.get(packet.ingress, "?"), zones.get(packet.egress, "?"))
    return bool(opened(tolerated, services, Witness(packet, pair)))


def edge_packets(
    sound: FirewallBehaviour, other: FirewallBehaviour, zones: dict[str, str]
) -> Iterator[Packet]:
    """Packets at the edges of the rules that only one of the texts has."""
    sides = [
        [sense(rule) for chain in one.chains for rule in chain.rules] for one in (sound, other)
    ]
    for mine, theirs in (sides, sides[::-1]):
        there = set(theirs)
        for rule in mine:
            if rule not in there:
                ways = [
                    (a, b)
                    for a in sorted(zones if rule.ingress is None else rule.ingress)
                    for b in sorted(zones if rule.egress is None else rule.egress)
                    if (a, b) != (LOCAL, LOCAL) and KERNEL not in (a, b)
                ]
                yield from sampled(rule, ways)


def sampled(rule: Rule, ways: list[tuple[str, str]]) -> Iterator[Packet]:
    packets = list(corners(rule, ways[:: len(ways) // WAYS_MAX + 1]))
    yield from packets[:: len(packets) // PACKETS_MAX + 1]


def sense(rule: Rule) -> Rule:
    """A rule without its place, its name and its log."""
    return replace(rule, line=0, name="", logs=False)


@pytest.mark.parametrize("device", SWITCH_MUTATIONS)
def test_a_mutated_switch_is_found_or_equal(workshop: Workshop, device: str) -> None:
    text = workshop.text(device)
    sound = workshop.read_switch(text)
    found = silent = 0
    for mutated in mutations(text, sound.effective, SWITCH_MUTATIONS[device], device):
        findings = workshop.prove(device, mutated)
        if findings:
            found += 1
            continue
        silent += 1
        assert frames(workshop.read_switch(mutated)) == frames(sound), changed_line(text, mutated)
    assert found > 2 * silent, (found, silent)


def frames(behaviour: SwitchBehaviour) -> dict[str, set[tuple[int, bool]]]:
    """Which frames each port lets pass: by VLAN, tagged or not. Addresses as they are."""
    carried: dict[str, set[tuple[int, bool]]] = {}
    for name, port in behaviour.ports.items():
        if port.mode is PortMode.SHUTDOWN:
            continue
        if port.mode is PortMode.TRUNK:
            vlans = {(vlan, vlan != port.native_vlan) for vlan in port.trunk_vlans}
        else:
            vlans = {(port.access_vlan or 0, False)}
        carried[name] = {one for one in vlans if one[0] in behaviour.vlans}
    carried |= {f"{name} {one}": set() for name in behaviour.addresses
                for one in behaviour.addresses[name]}  # fmt: skip
    return carried


def changed_line(text: str, mutated: str) -> str:
    pairs = zip(text.splitlines(), mutated.splitlines(), strict=False)
    return next((f"{old!r} → {new!r}" for old, new in pairs if old != new), "the last line")


def test_there_are_mutations() -> None:
    assert sum(FIREWALL_MUTATIONS.values()) >= 800
    assert sum(SWITCH_MUTATIONS.values()) >= 300
