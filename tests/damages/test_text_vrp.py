"""Damages in a switch's text: the proof finds each, at the port's line."""

from __future__ import annotations

import pytest

from tests.damages.damage import (
    NOWHERE,
    Damage,
    before,
    cut_after,
    damages_of,
    fits,
    inside,
    shown,
    without,
)
from tests.damages.workshop import HEAD_SWITCH, SWITCH, Workshop

PORT = "interface GigabitEthernet0/0/"
TRUNK = f"{PORT}24"
UNDO = " undo port trunk allow-pass vlan 1\n"

ROWS = (
    ("a VLAN added to a trunk", SWITCH, inside(
        TRUNK, "allow-pass vlan 10", "allow-pass vlan 10 999"),
     "switch", TRUNK, r"^GigabitEthernet0/0/24: trunk vlans 999 is not meant"),
    ("a VLAN taken from a trunk", SWITCH, inside(TRUNK, " 40", ""),
     "switch", TRUNK, r"24: trunk vlans 40 is missing$"),
    ("all VLANs on a trunk", SWITCH, inside(
        TRUNK, UNDO, UNDO + " port trunk allow-pass vlan all\n"),
     "switch", TRUNK, r"24: trunk vlans 1, 999 is not meant$"),
    ("a line of a trunk lost", HEAD_SWITCH, inside(TRUNK, " port trunk allow-pass vlan 190\n", ""),
     "switch", TRUNK, r"24: trunk vlans 190 is missing$"),
    ("VLAN 1 allowed again", SWITCH, inside(TRUNK, UNDO, ""),
     "switch", TRUNK, r"24: trunk vlans 1 is not meant$"),
    ("another native VLAN", SWITCH, inside(TRUNK, "pvid vlan 999", "pvid vlan 20"),
     "switch", TRUNK, r"24: native vlan 20 in place of none$"),
    ("the native VLAN lost, VLAN 1 allowed", SWITCH, inside(
        TRUNK, UNDO + " port trunk pvid vlan 999\n", ""),
     "switch", TRUNK, r"24: native vlan 1 in place of none$"),
    ("a VLAN undefined", SWITCH,
     lambda text: without("vlan 20")(inside("vlan batch", " 20", "")(text)),
     "switch", NOWHERE, r"^vlan 20 is missing$"),
    ("a port in a VLAN undefined", SWITCH,
     lambda text: without("vlan 20")(inside("vlan batch", " 20", "")(text)),
     "switch", f"{PORT}1", r"0/1: access vlan 20 \(not defined\) in place of 20$"),
    ("a VLAN more", SWITCH, inside("vlan batch", " 10", " 10 13"),
     "switch", NOWHERE, r"^vlan 13 is not meant$"),
    ("another access VLAN", SWITCH, inside(f"{PORT}1", "default vlan 20", "default vlan 40"),
     "switch", f"{PORT}1", r"0/1: access vlan 40 in place of 20$"),
    ("an access VLAN lost", SWITCH, inside(f"{PORT}1", " port default vlan 20\n", ""),
     "switch", f"{PORT}1", r"0/1: access vlan 1 in place of 20$"),
    ("a guest port in a ward", SWITCH, inside(f"{PORT}19", "default vlan 80", "default vlan 30"),
     "switch", f"{PORT}19", r"0/19: access vlan 30 in place of 80$"),
    ("a parked port opened", SWITCH, inside(f"{PORT}22", " shutdown\n", ""),
     "switch", f"{PORT}22", r"0/22: mode access in place of shutdown$"),
    ("a parked port used", SWITCH, inside(
        f"{PORT}22", "vlan 999\n shutdown\n", "vlan 10\n"),
     "switch", f"{PORT}22", r"0/22: mode access in place of shutdown$"),
    ("a port shut", SWITCH, inside(f"{PORT}1", "vlan 20\n", "vlan 20\n shutdown\n"),
     "switch", f"{PORT}1", r"0/1: mode shutdown in place of access$"),
    ("an access port made a trunk", SWITCH, inside(
        f"{PORT}1", "access\n port default vlan 20", "trunk\n port trunk allow-pass vlan 20"),
     "switch", f"{PORT}1", r"0/1: mode trunk in place of access$"),
    ("a trunk made an access port", SWITCH, inside(TRUNK, "link-type trunk", "link-type access"),
     "unread", " port trunk pvid", "link-type trunk"),
    ("a port without link type", SWITCH, inside(f"{PORT}1", " port link-type access\n", ""),
     "unread", f"{PORT}1", "link-type"),
    ("a routed port", SWITCH, inside(
        f"{PORT}1", " port link-type access\n port default vlan 20\n", " undo portswitch\n"),
     "switch", f"{PORT}1", r"0/1: mode routed in place of access$"),
    ("a port dropped", SWITCH, without(f"{PORT}13"),
     "switch", NOWHERE, r"0/13: port access is missing$"),
    ("a port more", SWITCH, before(f"{PORT}13", (
        f"{PORT}48\n port link-type access\n port default vlan 10\n#\n")),
     "switch", f"{PORT}48", r"0/48: port access is not meant$"),
    ("a hybrid port", SWITCH, inside(f"{PORT}1", "link-type access", "link-type hybrid"),
     "unread", " port link-type hybrid", "hybrid"),
    ("another management address", SWITCH, inside("interface Vlanif10", "10.87.24.4", "10.87.24.5"),
     "switch", NOWHERE, r"^Vlanif10: address 10\.87\.24\.5/28 is not meant$"),
    ("another management mask", SWITCH, inside("interface Vlanif10", "255.240", "255.0"),
     "switch", NOWHERE, r"^Vlanif10: address 10\.87\.24\.4/24 is not meant$"),
    ("the management in another VLAN", SWITCH, inside("interface Vlanif10", "Vlanif10", "Vlanif20"),
     "switch", NOWHERE, r"^Vlanif10: address 10\.87\.24\.4/28 is missing$"),
    ("a VLAN interface more", SWITCH, before(f"{PORT}1", (
        "interface Vlanif30\n ip address 10.87.24.190 255.255.255.192\n#\n")),
     "switch", NOWHERE, r"^Vlanif30: address 10\.87\.24\.190/26 is not meant$"),
    ("an unknown line in a port", SWITCH, inside(f"{PORT}1", " port", " mux-vlan enable\n port"),
     "unread", " mux-vlan enable", "mux-vlan"),
    ("an unknown stanza", SWITCH, before(f"{PORT}1", "frobnicate\n#\n"),
     "unread", "frobnicate", "frobnicate"),
    ("a text cut", SWITCH, cut_after(f"{PORT}13", "access\n"),
     "switch", NOWHERE, r"0/14: port access is missing$"),
    ("a voice VLAN", SWITCH, inside(f"{PORT}1", " port", " voice-vlan 70 enable\n port"),
     "unread", " voice-vlan", "voice-vlan"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    text = workshop.text(damage.device)
    assert not workshop.prove(damage.device, text)
    damaged = damage.edit(text)
    findings = workshop.prove(damage.device, damaged)
    assert any(fits(damage, one, damaged) for one in findings), shown(findings, damaged)


def test_there_are_damages() -> None:
    assert len(DAMAGES) >= 30
