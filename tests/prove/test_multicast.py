"""Lectures to many: what texts forward and snoop against what the plan says; then in whole texts.

The whole texts are those of a build, with multicast typed behind them by hand, in the vendors'
grammar: what is typed twice says the same, and what is taken back is gone, whatever stood before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from telemed_infra.model.network import Device
from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import network_range
from telemed_infra.pipeline.device import prover
from telemed_infra.pipeline.layout import Part
from telemed_infra.plan.multicast import snooped_vlans
from telemed_infra.prove.multicast import prove_multicast, prove_snooping
from tests.prove.rendered import province, texts

LECTURES = (network_range("232.52.0.0/16")[1],)
PLANNED = MulticastRouting(LECTURES, frozenset({"GE0", "GE1"}), frozenset({"GE1"}), {"GE1": 10})
LINES = {"GE0": 4, "GE1": 7, "GE2": 9}


def findings(found: MulticastRouting, planned: MulticastRouting = PLANNED) -> list[str]:
    return [str(one) for one in prove_multicast("FW", found, LINES, planned)]


def test_what_is_planned_is_read() -> None:
    assert findings(PLANNED) == []
    assert findings(NO_MULTICAST, NO_MULTICAST) == []


def test_a_priority_of_one_is_that_of_a_silent_text() -> None:
    said = PLANNED._replace(preferred={"GE0": 1, "GE1": 10})
    assert findings(said) == findings(PLANNED, said) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (NO_MULTICAST,
         "FW: multicast: it forwards no multicast: turn it on, and PIM sparse mode at GE0, GE1"),
        (PLANNED._replace(groups=(SOURCE_SPECIFIC,)),
         ("FW: multicast: source-specific are 232.0.0.0-232.255.255.255 in place of "
          "232.52.0.0-232.52.255.255: name those groups")),
        (PLANNED._replace(groups=()),
         ("FW: multicast: source-specific are none in place of 232.52.0.0-232.52.255.255: name "
          "those groups")),
        (PLANNED._replace(speaks=frozenset({"GE1"})),
         "FW:4: multicast: GE0 does not speak PIM: turn sparse mode on there"),
        (PLANNED._replace(speaks=frozenset({"GE0", "GE1", "GE2"})),
         "FW:9: multicast: GE2 speaks PIM, and the plan has no multicast there: take it off"),
        (PLANNED._replace(listens=frozenset()),
         ("FW:7: multicast: hosts at GE1 cannot ask for a lecture: turn IGMP on there, in version "
          "3")),
        (PLANNED._replace(listens=frozenset({"GE1", "GE0"})),
         ("FW:4: multicast: hosts at GE0 can ask for groups, and the plan has none there: take "
          "IGMP off")),
        (PLANNED._replace(preferred={}),
         "FW:7: multicast: GE1 would be designated router by 1 in place of 10: set that"),
        (PLANNED._replace(preferred={"GE0": 20, "GE1": 10}),
         "FW:4: multicast: GE0 would be designated router by 20 in place of 1: set that"),
    ],
)  # fmt: skip
def test_each_difference_is_one_finding(found: MulticastRouting, told: str) -> None:
    assert findings(found) == [told]


def test_a_device_that_should_not_forward_is_told_where_it_does() -> None:
    assert findings(PLANNED, NO_MULTICAST) == [
        "FW:4: multicast: GE0 speaks PIM, and the plan has no multicast there: take it off",
        "FW:7: multicast: GE1 speaks PIM, and the plan has no multicast there: take it off",
        (
            "FW:7: multicast: hosts at GE1 can ask for groups, and the plan has none there: take "
            "IGMP off"
        ),
    ]


def test_snooping() -> None:
    found = prove_snooping("CSW", frozenset({20, 30, 40, 170}), {20: 5}, frozenset({170, 171}))
    assert [str(one) for one in found] == [
        (
            "CSW: multicast: lectures go to every port of VLAN 171: turn IGMP snooping on, for "
            "the switch and in that VLAN, up to version 3"
        ),
        ("CSW:5: multicast: IGMP snooping is on in VLAN 20, without lectures: turn it off there"),
        "CSW: multicast: IGMP snooping is on in VLAN 30, 40, without lectures: turn it off there",
    ]


# Whole texts.

BEGINS = {"frr": "", "cisco_ios": "configure terminal", "cisco_ios_zbf": "configure terminal"}
"""What is typed first; of others `system-view`."""
BETWEEN = {"frr": "!", "cisco_ios": "!", "cisco_ios_zbf": "!"}
OTHER = {
    "huawei_usg": "LoopBack9", "huawei_vrp": "LoopBack9", "h3c_secpath": "LoopBack9",
    "cisco_ios_zbf": "Loopback9", "frr": "lo9",
}  # fmt: skip
"""An interface of which the plan knows nothing."""


def kinds(device: Device, text: str, part: Part, platform: str, *typed: str) -> set[str]:
    """What is told of a text with more typed behind it; lists that nothing binds any more apart."""
    begins, between = BEGINS.get(platform, "system-view"), BETWEEN.get(platform, "#")
    whole = f"\n{between}\n".join((text.rstrip(), begins, *typed, ""))
    proof = prover(province()).prove(device, whole, part)
    return {finding.kind for finding in proof.findings} - {"hygiene"}


Typed = Callable[[MulticastRouting], str]


def _vrp(words: MulticastRouting) -> str:
    return "\n#\n".join([
        "multicast routing-enable",
        "acl number 2999\n rule 5 permit source 232.52.0.0 0.0.255.255",
        "pim\n ssm-policy 2999",
        *(f"interface {name}\n pim sm" for name in sorted(words.speaks)),
        *(f"interface {name}\n igmp enable\n igmp version 3" for name in sorted(words.listens)),
        *(f"interface {name}\n pim hello-option dr-priority {number}"
          for name, number in words.preferred.items()),
    ])  # fmt: skip


def _comware(words: MulticastRouting) -> str:
    typed = _vrp(words).replace("multicast routing-enable", "multicast routing")
    return typed.replace("acl number", "acl basic")


def _ios(words: MulticastRouting) -> str:
    return "\n".join([
        "ip multicast-routing distributed",
        "ip access-list standard TYPED-GROUPS\n 10 permit 232.52.0.0 0.0.255.255",
        "ip pim ssm range TYPED-GROUPS",
        *(f"interface {name}\n ip pim sparse-mode" for name in sorted(words.speaks)),
        *(f"interface {name}\n ip igmp version 3" for name in sorted(words.listens)),
        *(f"interface {name}\n ip pim dr-priority {number}"
          for name, number in words.preferred.items()),
    ])  # fmt: skip


def _frr(words: MulticastRouting) -> str:
    return "\n".join([
        "ip prefix-list TYPED-GROUPS seq 5 permit 232.52.0.0/16",
        "ip pim ssm prefix-list TYPED-GROUPS",
        *(f"interface {name}\n ip pim\nexit" for name in sorted(words.speaks)),
        *(f"interface {name}\n ip igmp\n ip igmp version 3\nexit"
          for name in sorted(words.listens)),
        *(f"interface {name}\n ip pim drpriority {number}\nexit"
          for name, number in words.preferred.items()),
    ])  # fmt: skip


# Of a router's words: {line} speaks, {room} speaks, listens and is preferred, {other} does neither.
VRP_TAKEN: dict[str, set[str]] = {
    "": set(),
    "undo multicast routing-enable": {"multicast", "function"},
    "pim\n undo ssm-policy": {"multicast"},
    "interface {line}\n undo pim sm": {"multicast"},
    "interface {other}\n pim sm": {"multicast"},
    "interface {other}\n igmp enable\n igmp version 3": {"multicast"},
    "pim\n static-rp 10.8.0.1": {"unread"},
    "interface {line}\n pim dm": {"unread"},
}
ROOM_TAKEN: dict[str, set[str]] = {
    "interface {room}\n undo igmp enable": {"multicast"},
    "interface {room}\n undo igmp version": {"multicast"},
    "interface {room}\n igmp version 2": {"unread"},
    "interface {room}\n undo pim hello-option dr-priority": {"multicast"},
}
COMWARE_TAKEN = {
    typed.replace("routing-enable", "routing"): told
    for typed, told in (VRP_TAKEN | ROOM_TAKEN).items()
}
IOS_TAKEN: dict[str, set[str]] = {
    "": set(),
    "no ip multicast-routing": {"multicast", "function"},
    "no ip pim ssm range TYPED-GROUPS": {"multicast"},
    "ip pim ssm default": {"multicast"},
    "interface {line}\n no ip pim sparse-mode": {"multicast"},
    "interface {other}\n ip pim sparse-mode": {"multicast"},
    "interface {room}\n no ip igmp version": {"multicast"},
    "interface {room}\n no ip pim dr-priority": {"multicast"},
    "interface {room}\n ip igmp version 2": {"unread"},
    "interface {line}\n ip pim dense-mode": {"unread"},
    "ip pim rp-address 10.8.0.1": {"unread"},
}
FRR_TAKEN: dict[str, set[str]] = {
    "": set(),
    "no ip pim ssm prefix-list": {"multicast"},
    "interface {line}\n no ip pim": {"multicast"},
    "interface {other}\n ip pim": {"multicast"},
    "interface {other}\n ip igmp": {"multicast"},
    "ip pim rp 10.8.0.1": {"unread"},
}
FRR_ROOM_TAKEN: dict[str, set[str]] = {
    "interface {room}\n no ip igmp": {"multicast"},
    "interface {room}\n no ip pim drpriority": {"multicast"},
    "interface {room}\n ip igmp version 2": {"unread"},
}
FORWARDING: Mapping[str, tuple[str, str, str, Typed, dict[str, set[str]]]] = {
    # site, platform of the device, of the file, what is typed, what is taken back → what is told
    "USG": ("nanming-h1", "huawei_usg", "huawei_usg", _vrp, VRP_TAKEN | ROOM_TAKEN),
    "USG of a centre": ("dc-a", "huawei_usg", "huawei_usg", _vrp, VRP_TAKEN | ROOM_TAKEN),
    "router": ("dc-a", "huawei_vrp", "huawei_vrp", _vrp, VRP_TAKEN),
    "SecPath": ("xixiu-h1", "h3c_secpath", "h3c_secpath", _comware, COMWARE_TAKEN),
    "IOS": ("zhongshan-h1", "cisco_ios_zbf", "cisco_ios_zbf", _ios, IOS_TAKEN),
    "nftables": ("tongren-h1", "nftables", "frr", _frr, FRR_TAKEN | FRR_ROOM_TAKEN),
    "FRR": ("tongren-h1", "frr", "frr", _frr, FRR_TAKEN),
}


def _forwarder(site: str, platform: str, of_file: str) -> tuple[Device, str, Part]:
    """A forwarding device, of firewalls the first of the pair, its text and its part."""
    return next(
        (one.device, one.rendered.text, one.part)
        for one in texts(site, of_file)
        if one.device.platform == platform
        and province().multicast(one.device) != NO_MULTICAST
        and one.part in (Part.DEVICE, Part.ROUTING)
    )


@pytest.mark.parametrize("name", FORWARDING)
def test_the_proof_of_a_whole_text_tells_it(name: str) -> None:
    site, platform, of_file, typed, taken = FORWARDING[name]
    device, text, part = _forwarder(site, platform, of_file)
    planned = province().multicast(device)
    room = next(iter(planned.listens), "")
    assert set(planned.preferred) == ({room} if room else set())
    line = min(planned.speaks - {room})
    names = {"line": line, "room": room, "other": OTHER[of_file]}
    typing = typed(planned)
    told = {
        damage: kinds(device, text, part, of_file, typing, damage.format(**names))
        for damage in taken
    }
    assert told == taken


# Switches.

SWITCHES: Mapping[str, tuple[str, str, dict[str, set[str]]]] = {
    "VRP": ("nanming-h1", "huawei_vrp", {
        "": set(),
        "undo igmp-snooping enable": {"multicast", "function"},
        "vlan 170\n undo igmp-snooping enable": {"multicast", "function"},
        "vlan 170\n undo igmp-snooping version": {"multicast", "function"},
        "vlan 20\n igmp-snooping enable\n igmp-snooping version 3": {"multicast"},
        "vlan 170\n igmp-snooping version 2": {"unread"},
        "multicast routing-enable": {"unread"},
    }),
    "Comware": ("xixiu-h1", "h3c_comware", {
        "": set(),
        "undo igmp-snooping": {"multicast", "function"},
        "vlan 170\n undo igmp-snooping": {"multicast", "function"},
        "vlan 170\n undo igmp-snooping version": {"multicast", "function"},
        "vlan 20\n igmp-snooping enable\n igmp-snooping version 3": {"multicast"},
        "igmp-snooping\n global-enable": {"unread"},
    }),
    "IOS": ("zhongshan-h1", "cisco_ios", {
        "": set(),
        "no ip igmp snooping": {"multicast", "function"},
        "no ip igmp snooping vlan 170": {"multicast", "function"},
        "ip igmp snooping vlan 20": {"multicast"},
        "ip igmp snooping querier": {"unread"},
    }),
}  # fmt: skip


def _snooping(platform: str, device: Device) -> str:
    """What is typed so that the VLANs of the plan are snooped, and no other."""
    plan = province().plan.sites[device.site.id]
    vlans = snooped_vlans(province().network, plan, device)
    assert vlans == {170}
    if platform == "huawei_vrp":
        return (
            "#\nigmp-snooping enable\n#\nvlan 170\n igmp-snooping enable\n igmp-snooping version 3"
        )
    if platform == "h3c_comware":
        return "#\nigmp-snooping\n#\nvlan 170\n igmp-snooping enable\n igmp-snooping version 3"
    others = {zone.vlan for zone in plan.zones.values()} - vlans | {
        plan.site.blueprint.parking_vlan
    }
    off = (f"no ip igmp snooping vlan {vlan}" for vlan in sorted(others))
    return "\n".join(["ip igmp snooping", "ip igmp snooping vlan 170", *off])


@pytest.mark.parametrize("name", SWITCHES)
def test_the_proof_of_a_whole_switch_tells_it(name: str) -> None:
    site, platform, taken = SWITCHES[name]
    device, text = next(
        (one.device, one.rendered.text) for one in texts(site, platform) if one.device.role == "CSW"
    )
    typing = _snooping(platform, device)
    told = {damage: kinds(device, text, Part.DEVICE, platform, typing, damage) for damage in taken}
    assert told == taken
