"""What ports do against hosts that misbehave."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import OPEN_PORT, PortGuards
from tests.parse.rgos.reading import PORT, block, guards, left, whole

TREE, GUARD = "spanning-tree", "spanning-tree bpduguard"
HOSTS = """
    aaa new-model
    aaa authentication dot1x default group radius
    radius-server host 10.0.0.9 key vault:r
"""
SNOOPING = "ip dhcp snooping"


@pytest.mark.parametrize(
    ("device", "lines", "edge", "guarded"),
    [
        (TREE, ("spanning-tree portfast",), True, False),
        (TREE, ("spanning-tree portfast", "no spanning-tree portfast"), False, False),
        (TREE, ("spanning-tree portfast", "spanning-tree portfast disabled"), False, False),
        (TREE, ("switchport mode trunk", "spanning-tree portfast"), True, False),
        (TREE, (f"{GUARD} enable",), False, True),
        (TREE, (f"{GUARD} enabled",), False, True),
        (TREE, (f"{GUARD} enabled", f"{GUARD} disabled"), False, False),
        (TREE, (f"{GUARD} enabled", f"no {GUARD}"), False, False),
        (TREE, (f"{GUARD} enable", "spanning-tree bpdufilter enabled"), False, False),
        (TREE, (f"{GUARD} enable", "spanning-tree bpdufilter disabled"), False, True),
        (f"{TREE}\n{TREE} portfast default", (), True, False),
        (f"{TREE}\n{TREE} portfast default", ("spanning-tree portfast disabled",), False, False),
        (f"{TREE}\n{TREE} portfast bpduguard default", (), False, False),
        (f"{TREE}\n{TREE} portfast bpduguard default", ("spanning-tree portfast",), True, True),
        # Nothing of it without the tree itself.
        ("", ("spanning-tree portfast", "spanning-tree bpduguard enable"), False, False),
        (f"{TREE}\nno {TREE}", ("spanning-tree portfast",), False, False),
        (f"{TREE} mode rstp", ("spanning-tree portfast",), False, False),
        (f"{TREE} portfast default\n{TREE} portfast bpduguard default", (), False, False),
    ],
)  # fmt: skip
def test_spanning_tree(device: str, lines: tuple[str, ...], *, edge: bool, guarded: bool) -> None:
    assert guards(device, *lines) == PortGuards(edge=edge, bpdu_guard=guarded)


@pytest.mark.parametrize(
    "line", ["spanning-tree", "no spanning-tree", "ip dhcp snooping", "no ip dhcp snooping",
             "dot1x authentication H"],
)  # fmt: skip
def test_lines_of_the_device_mean_nothing_known_on_a_port(line: str) -> None:
    assert left(block(line)) == [line]


@pytest.mark.parametrize("line", ["spanning-tree portfast bpdufilter default"])
def test_lines_that_undo_guards_are_unread(line: str) -> None:
    assert left(line) == [line]
    assert left(f"no {line}") == []


@pytest.mark.parametrize(
    ("device", "watched"),
    [
        (SNOOPING, True),
        ("", False),
        (f"{SNOOPING}\nno {SNOOPING}", False),
        ("ip dhcp snooping vlan 40", False),
        (f"{SNOOPING}\nno ip dhcp snooping vlan 40", False),
        (f"{SNOOPING}\nno ip dhcp snooping vlan 30 50", False),
        (f"{SNOOPING}\nno ip dhcp snooping vlan 50", True),
        (f"{SNOOPING}\nno ip dhcp snooping vlan 1-4094\nip dhcp snooping vlan 20,40", True),
    ],
)
def test_dhcp_is_watched_in_all_vlans_until_one_is_taken_out(device: str, *, watched: bool) -> None:
    found = guards(device, "switchport access vlan 40")
    assert found == PortGuards(snooped=watched)


def test_vlans_of_snooping_that_are_none_are_unread() -> None:
    for line in ("ip dhcp snooping vlan x", "ip dhcp snooping vlan 20 10"):
        assert left(SNOOPING, line) == [line]


def test_a_trunk_is_watched_if_all_its_vlans_are() -> None:
    vlans = "vlan range 20,40\n"
    trunk = ("switchport mode trunk", "switchport trunk allowed vlan only 20,40,60")
    assert guards(f"{vlans}{SNOOPING}\nno ip dhcp snooping vlan 60", *trunk).snooped
    assert not guards(f"{vlans}{SNOOPING}\nno ip dhcp snooping vlan 40", *trunk).snooped


def test_trust_and_the_guard_of_addresses_need_snooping() -> None:
    trust, verify = "ip dhcp snooping trust", "ip verify source"
    assert guards(SNOOPING, trust) == PortGuards(snooped=True, trusted=True)
    assert guards("", trust, verify) == OPEN_PORT
    assert guards(SNOOPING, verify).source_guard
    assert guards(SNOOPING, f"{verify} port-security").source_guard
    assert not guards(SNOOPING, verify, trust).source_guard
    assert not guards(f"{SNOOPING}\nno ip dhcp snooping vlan 1", verify).source_guard
    assert not guards(SNOOPING, verify, f"no {verify}").source_guard
    assert left(SNOOPING, block(f"{verify} exclude-vlan 1")) == [f"{verify} exclude-vlan 1"]


@pytest.mark.parametrize(
    ("lines", "most"),
    [
        (("switchport port-security",), 128),
        (("switchport port-security maximum 2", "switchport port-security"), 2),
        (("switchport port-security maximum 2",), None),
        (("switchport port-security", "no switchport port-security"), None),
        (("switchport port-security", "switchport port-security maximum 2",
          "no switchport port-security maximum"), 128),
        (("switchport port-security", "switchport port-security violation restrict",
          "switchport port-security aging time 5"), 128),
    ],
)  # fmt: skip
def test_port_security(lines: tuple[str, ...], most: int | None) -> None:
    assert guards("", *lines) == PortGuards(addresses_max=most)


AUTO, BYPASS = "dot1x port-control auto", "dot1x mac-auth-bypass"


@pytest.mark.parametrize(
    ("lines", "dot1x", "bypass"),
    [
        ((AUTO,), True, False),
        ((AUTO, BYPASS), True, True),
        ((BYPASS, AUTO), True, True),
        ((AUTO, f"{BYPASS} multi-user"), True, True),
        ((AUTO, BYPASS, f"{BYPASS} timeout-activity 9", f"no {BYPASS} timeout-activity"), True,
         True),
        ((AUTO, BYPASS, f"no {BYPASS}"), True, False),
        ((BYPASS,), False, False),
        ((AUTO, "no dot1x port-control"), False, False),
        (("dot1x port-control force-authorized",), False, False),
        ((AUTO, "dot1x port-control-mode mac-based"), True, False),
        ((AUTO, "dot1x port-control-mode port-based single-host"), True, False),
    ],
)  # fmt: skip
def test_dot1x(lines: tuple[str, ...], *, dot1x: bool, bypass: bool) -> None:
    assert guards(HOSTS, *lines) == PortGuards(dot1x=dot1x, mac_bypass=bypass)


@pytest.mark.parametrize(
    "device",
    ["", "aaa new-model", HOSTS.replace("aaa new-model", ""),
     f"{HOSTS}\n    no aaa authentication dot1x default"],
)  # fmt: skip
def test_without_a_list_nobody_is_asked(device: str) -> None:
    assert guards(device, AUTO, BYPASS) == OPEN_PORT


def test_the_device_names_its_list() -> None:
    named = HOSTS.replace("default", "H")
    assert guards(named, AUTO) == OPEN_PORT
    assert guards(f"{named}\n    dot1x authentication H", AUTO).dot1x
    missing = "dot1x authentication NOWHERE"
    assert left(HOSTS, missing, block(AUTO)) == [missing]


@pytest.mark.parametrize(
    "line",
    ["dot1x port-control force-unauthorized", "dot1x port-control-mode port-based",
     "dot1x guest-vlan 60", "dot1x critical vlan 60", "dot1x dynamic-vlan enable",
     "dot1x mac-auth-bypass vlan 40", "dot1x auth-fail vlan 60"],
)  # fmt: skip
def test_ports_that_open_otherwise_are_unread(line: str) -> None:
    assert left(HOSTS, block(AUTO, line)) == [line]


def test_a_list_that_ends_with_nobody_is_unread() -> None:
    line = "aaa authentication dot1x default group radius none"
    assert left(HOSTS, line, block(AUTO)) == [line]


def test_members_have_the_guards_of_their_aggregate_port() -> None:
    text = f"{TREE}\ninterface ag 1\n spanning-tree portfast\n"
    read = whole(text, block("port-group 1"))
    assert read.ports[PORT].guards == read.ports["AggregatePort 1"].guards == PortGuards(edge=True)
