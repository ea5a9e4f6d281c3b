"""Guards on ports touch no VLAN; what makes one do nothing, or drop all, is unread."""

from __future__ import annotations

import pytest

from tests.parse.comware.reading import block, port, unread, whole, why

ACCESS = "port access vlan 40"


@pytest.mark.parametrize(
    "line",
    [
        "stp edged-port", "stp root-protection", "undo stp enable", "loopback-detection enable",
        "storm-constrain broadcast pps 500 400", "storm-constrain control block",
        "broadcast-suppression 10", "dhcp snooping trust", "dhcp snooping rate-limit 64",
        "dhcp snooping check mac-address", "arp detection trust", "arp rate-limit 100",
        "dot1x port-method macbased", "undo dot1x handshake", "mac-authentication max-user 2",
        "mirroring-group 1 monitor-port", "lldp compliance admin-status cdp txrx", "poe enable",
        "qos trust dscp", "undo lldp enable", "flow-control", "speed 1000", "combo enable fiber",
    ],
)  # fmt: skip
def test_lines_that_move_no_vlan(line: str) -> None:
    assert port(ACCESS, line).access_vlan == 40


def test_guards_of_the_whole_device() -> None:
    whole("""
         stp global enable
         stp mode rstp
         stp bpdu-protection
         undo stp instance 0 priority
        #
        stp region-configuration
         region-name GZ
         instance 1 vlan 10 to 20
         active region-configuration
        #
         dhcp snooping enable
         dhcp snooping information enable
         undo voice-vlan security enable
         mirroring-group 1 local
         mirroring-group 1 mirroring-port GigabitEthernet1/0/1 both
        #
         lldp global enable
         igmp-snooping
          enable vlan 10
    """)


def test_dot1x_is_on_for_the_device_and_for_the_port() -> None:
    """Correction 20: on the port alone it asks nobody."""
    text = block(ACCESS, "dot1x")
    assert unread(text) == ["dot1x"]
    assert "lets everyone in" in why(text)
    whole(" dot1x\n dot1x authentication-method eap\n#\n" + text)
    whole(text + "dot1x\n")
    assert unread("dot1x\n" + text + "undo dot1x\n") == ["dot1x"]
    whole("dot1x\n" + block(ACCESS, "dot1x", "undo dot1x") + "undo dot1x\n")


def test_mac_authentication_likewise() -> None:
    text = block(ACCESS, "mac-authentication")
    assert unread(text) == ["mac-authentication"]
    device = "mac-authentication\nmac-authentication domain gztm\n"
    whole(f"domain gztm\n#\n{device}{text}")
    assert unread(device + text) == ["mac-authentication"]


@pytest.mark.parametrize("other", ["dot1x", "mac-authentication"])
def test_port_security_and_dot1x_exclude_each_other(other: str) -> None:
    """Correction 20: whichever comes second is refused."""
    assert unread(f"{other}\nport-security enable\n") == ["port-security enable"]
    assert unread(f"port-security enable\n{other}\n") == [other]
    whole(f"{other}\nundo {other}\nport-security enable\n")
    whole(f"port-security enable\nundo port-security enable\n{other}\n")


SECURED = (
    "port-security intrusion-mode disableport-temporarily",
    "port-security max-mac-count 2",
    "port-security port-mode autolearn",
    "port-security mac-address security sticky 0001-0002-0003 vlan 40",
)


def test_port_security_is_on_for_the_device() -> None:
    assert port_security(*SECURED)
    text = block(ACCESS, *SECURED)
    assert unread(text) == list(SECURED)


def port_security(*lines: str) -> bool:
    return not unread(" port-security enable\n#\n" + block(ACCESS, *lines))


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (("port-security port-mode autolearn",), 0),  # the number comes first
        (("port-security max-mac-count 2", "port-security port-mode autolearn",
          "port-security max-mac-count 3"), 2),
        (("port-security port-mode secure", "port-security port-mode userlogin"), 1),
        (("port-security port-mode mac-authentication", "dot1x"), 1),
        (("port-security port-mode sometimes",), 0),
        (("port-security max-mac-count",), 0),
    ],
)  # fmt: skip
def test_order_of_port_security(lines: tuple[str, ...], left: int) -> None:
    text = "port-security enable\n#\n" + block(ACCESS, *lines)
    assert unread(text) == [lines[left]]


def test_a_mode_is_undone_before_another_is_set() -> None:
    assert port_security(
        "port-security port-mode secure",
        "undo port-security port-mode",
        "port-security port-mode userlogin",
        "undo port-security port-mode",
        "undo port-security max-mac-count",
    )


GUARDED = block(ACCESS, "{}ip verify source ip-address mac-address")


@pytest.mark.parametrize(
    ("before", "in_port"),
    [
        ("", ""),
        ("dhcp snooping enable\n", ""),
        ("", "dhcp snooping binding record\n "),
        ("dhcp snooping enable vlan 30\n", "dhcp snooping binding record\n "),
        ("dhcp snooping enable\nvlan 30\n dhcp snooping binding record\n#\n", ""),
        ("dhcp snooping enable\n",
         "dhcp snooping binding record\n undo dhcp snooping binding record\n "),
        ("dhcp snooping enable\nundo dhcp snooping enable\n", "dhcp snooping binding record\n "),
    ],
)  # fmt: skip
def test_source_guard_without_bindings_drops_every_host(before: str, in_port: str) -> None:
    """Correction 11: snooping records nothing until `binding record` says so."""
    text = before + GUARDED.format(in_port)
    assert unread(text) == ["ip verify source ip-address mac-address"]
    assert "every host is dropped" in why(text)


@pytest.mark.parametrize(
    ("before", "in_port"),
    [
        ("dhcp snooping enable\n", "dhcp snooping binding record\n "),
        ("dhcp snooping enable vlan 30 40\n", "dhcp snooping binding record\n "),
        ("dhcp snooping enable\nvlan 40\n dhcp snooping binding record\n#\n", ""),
        ("", "ip source binding ip-address 10.0.0.9 mac-address 0001-0002-0003\n "),
    ],
)
def test_source_guard_with_bindings(before: str, in_port: str) -> None:
    whole(before + GUARDED.format(in_port))


def test_source_guard_that_is_undone_drops_nobody() -> None:
    whole(block(ACCESS, "ip verify source ip-address", "undo ip verify source"))
