"""Traps that a text can show and that no other test shows: docs/reference/traps.md has them all.

T numbers are those of the trap list, C numbers those of the corrections.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_switch
from telemed_infra.parse.rgos import parse_rgos
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg, parse_vrp, parse_vrp_routes
from tests.parse.meaning import meaning
from tests.parse.vrp.judge import INSIDE, OUTSIDE, passes, policy, read_whole

LOCK = Path(__file__).resolve().parents[3] / "requirements.lock"
Reader = Callable[[str], FirewallBehaviour | SwitchBehaviour]


def left(reader: Reader, text: str) -> list[str]:
    """The lines of a text that are not read."""
    return [one.text for one in reader(dedent(text)).unread]


def test_t6_no_reader_in_the_lock_asks_for_an_older_tree_reader() -> None:
    """ciscoconfparse2 wants hier_config 2.3.1; with version 3 it does not start."""
    locked = re.findall(r"^([\w-]+)==(\S+)", LOCK.read_text(), flags=re.MULTILINE)
    assert dict(locked)["hier-config"].startswith("3.")
    assert "ciscoconfparse2" not in dict(locked)


@pytest.mark.parametrize(
    "line",
    [
        "traffic-filter inbound acl 3001",
        "traffic-filter outbound acl name WEB rule 5",
        "traffic-secure inbound acl 3001",
    ],
)
def test_t9_a_bound_list_of_vrp_passes_what_it_does_not_match_so_none_is_read(line: str) -> None:
    lists = "acl number 3001\n rule 5 permit tcp\n#\n"
    port = "interface GigabitEthernet0/0/1\n port link-type access\n"
    assert left(parse_vrp, f"{lists}{port} {line}\n") == [line]
    assert left(parse_vrp, f"{lists}{line}\n") == [line]
    assert left(parse_vrp, f"{lists}traffic-filter vlan 10 inbound acl 3001\n")
    assert left(parse_vrp, lists + port) == []


MARKING = """
    ip access-list extended CALLS
     deny udp any any eq 53
     permit udp any any
    class-map match-all C-CALLS
     match access-group name CALLS
    policy-map P-IN
     class C-CALLS
      set dscp af41
    vlan 10
    interface GigabitEthernet1/0/1
     switchport mode access
     switchport access vlan 10
     service-policy input P-IN
"""


def test_t10_a_deny_in_a_list_for_marking_only_leaves_the_class_on_ios() -> None:
    """Huawei drops what it matches, and on H3C it depends: there such a line is unread."""
    assert left(parse_ios_switch, MARKING) == []


QOS = """
    acl number 3100
     {}
    traffic classifier C-CALLS operator or
     if-match acl 3100
    traffic behavior B-CALLS
     remark dscp af41
     {}
    traffic policy P-IN
     classifier C-CALLS behavior B-CALLS
    interface GigabitEthernet0/0/2
     port link-type access
     traffic-policy P-IN inbound
"""


def test_c18_the_line_that_lets_a_deny_be_skipped_is_not_relied_on() -> None:
    text = QOS.format("rule 5 deny udp", "rule-deny skip-action")
    assert left(parse_vrp, text) == ["rule 5 deny udp", "rule-deny skip-action"]


@pytest.mark.parametrize(
    ("first", "second", "unread"),
    [
        ("rule 5 permit udp", "rule 5 deny udp", "rule 5 deny udp"),
        ("rule 5 deny udp", "rule 5 permit udp", "rule 5 deny udp"),
        (
            "rule 5 deny udp destination-port eq 53",
            "undo rule 5 destination-port",
            "rule 5 deny udp destination-port eq 53",
        ),
    ],
)
def test_c13_a_rule_of_vrp_that_is_entered_again_keeps_nothing_hidden(
    first: str, second: str, unread: str
) -> None:
    """The part said again replaces, the others stay; a part taken back widens the rule."""
    text = QOS.format(f"{first}\n     {second}", "statistic enable")
    assert left(parse_vrp, text) == [unread]


def test_c13_a_rule_of_vrp_that_is_widened_lets_in_whom_nobody_knows() -> None:
    lines = "user-interface vty 0 4\n acl 2010 inbound\n"
    text = "acl number 2010\n rule 5 permit source 10.0.0.0 0.0.0.255\n"
    assert left(parse_vrp, text + lines) == []
    assert left(parse_vrp, f"{text} undo rule 5 source\n{lines}") == ["acl 2010 inbound"]


def test_t13_words_of_a_two_stage_device_are_unread() -> None:
    """VRP8 wants `commit`, VRP5 refuses it: which one it is, the driver asks the device."""
    assert left(parse_vrp, "vlan batch 10\ncommit\n") == ["commit"]
    block = "bfd A bind peer-ip 10.0.0.1\n discriminator local 1\n commit\n"
    assert left(parse_vrp, block) == []  # that of a BFD session is another


RENDERED = """
    vlan batch 20 10 30
    interface Vlanif10
     ip address 10.0.0.2 24
    interface GigabitEthernet0/0/1
     port link-type trunk
     port trunk allow-pass vlan 10 20
     port trunk allow-pass vlan 30
    aaa
     local-user ops password irreversible-cipher vault:ops
"""
RUNNING = """
    vlan batch 10
    vlan batch 20 30
    aaa
     local-user ops password irreversible-cipher $1c$x#y!z$
    interface Vlanif10
     ip address 10.0.0.2 255.255.255.0
    interface GigabitEthernet0/0/1
     port link-type trunk
     port trunk allow-pass vlan 10 20 30
"""


def test_t14_a_running_configuration_differs_in_text_and_not_in_meaning() -> None:
    """Secrets, hidden defaults, order, lists that are put together."""
    assert left(parse_vrp, RENDERED) == left(parse_vrp, RUNNING) == []
    texts = (RENDERED, re.sub(r"cipher \S+", "cipher vault:ops", RUNNING))
    rendered, running = (meaning(parse_vrp(dedent(text))) for text in texts)
    assert running == rendered


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (parse_usg, "firewall interzone trust untrust\n detect sip\n detect h323\n"),
        (parse_usg, "firewall detect ftp\n"),
        (parse_secpath, "security-zone name Trust\n aspf apply policy 1\n"),
        (parse_secpath, "interface GigabitEthernet1/0/1\n aspf apply policy 1 outbound\n"),
        (parse_ios_firewall, "class-map type inspect match-any C\n match protocol sip\n"),
        (parse_ios_firewall, "class-map type inspect match-any C\n match protocol h323\n"),
    ],
)
def test_t16_a_helper_that_opens_more_connections_is_unread(reader: Reader, text: str) -> None:
    assert len(left(reader, text)) == text.count("\n") - (reader is not parse_usg)


def test_t16_ranges_of_ports_are_what_a_text_says_of_media() -> None:
    """Calls are encrypted, so no helper could follow them: the ports stand in the rules."""
    read = policy("""
        rule name MEDIA
         source-zone trust
         destination-zone untrust
         service protocol udp destination-port 16384 to 32767
         action permit
    """)
    assert read_whole(read)
    way = (INSIDE, OUTSIDE)
    found = [passes(read, way, "10.0.1.1", "203.0.113.9", f"udp/{one}") for one in (16384, 32768)]
    assert found == [True, False]


@pytest.mark.parametrize(
    "line",
    [
        "ssh server-source all-interface",
        "ssh server-source -i Vlanif10",
        "undo ssh server-source all-interface",
        "undo telnet server-source all-interface",
    ],
)
def test_t18_where_ssh_is_open_is_understood(line: str) -> None:
    """Newer VRP answers on no interface until it is told; no other packet depends on it."""
    assert left(parse_vrp, f"stelnet server enable\n{line}\n") == []


# Corrections -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [parse_usg, parse_vrp])
@pytest.mark.parametrize(
    "line",
    [
        "snmp-agent sys-info version v3",
        "snmp-agent sys-info version v2c v3",
        "undo snmp-agent sys-info version v3",
        "undo snmp-agent sys-info version v1 v2c",
    ],
)
def test_c4_versions_of_snmp_as_vrp_prints_them(reader: Reader, line: str) -> None:
    assert left(reader, f"snmp-agent\n{line}\n") == []


def test_c5_a_number_after_the_name_of_a_server_changes_nothing() -> None:
    line = "nat server SIP {}protocol tcp global 203.0.113.1 5061 inside 10.0.0.1 5061\n"
    with_number, without = (parse_usg(line.format(one)) for one in ("0 ", ""))
    assert meaning(with_number) == meaning(without)
    assert len(with_number.unread) == len(without.unread)


@pytest.mark.parametrize("line", ["destination-zone dmz", "egress-interface GigabitEthernet1/0/3"])
def test_c6_a_translated_destination_takes_no_zone_behind_it(line: str) -> None:
    assert left(
        parse_usg,
        f"""
        nat-policy
         rule name IN
          source-zone untrust
          {line}
          destination-address 203.0.113.5 mask 255.255.255.255
          action destination-nat address 10.0.0.1
        """,
    )


def test_c8_administrators_of_a_firewall_and_of_a_switch() -> None:
    manager = "aaa\n manager-user ops\n  password cipher X\n  service-type ssh\n  level 15\n"
    local = (
        "aaa\n local-user ops password irreversible-cipher X\n local-user ops privilege level 15\n"
    )
    assert left(parse_usg, manager) == []
    assert left(parse_vrp, local) == []


VRRP = "interface Vlanif10\n ip address 10.0.0.2 24\n vrrp vrid 10 virtual-ip 10.0.0.1\n "


@pytest.mark.parametrize(
    "line",
    [
        "vrrp vrid 10 preempt-mode timer delay 60",  # seconds
        "vrrp vrid 10 preempt-mode disable",
        "vrrp vrid 10 timer advertise 1",
        "vrrp vrid 10 priority 120",
        "vrrp vrid 10 track interface GigabitEthernet0/0/1 reduced 30",
        "vrrp vrid 10 track interface GigabitEthernet 0/0/1",
        "vrrp vrid 10 track bfd-session session-name UP increased 30",
        "vrrp vrid 10 track nqa admin core reduced 30",
        "undo vrrp vrid 10 track interface GigabitEthernet0/0/1",
        "undo vrrp vrid 10",
    ],
)
def test_c9_c10_virtual_routers_in_vrps_words(line: str) -> None:
    assert left(parse_vrp, VRRP + line) == []


@pytest.mark.parametrize(
    "line",
    [
        "vrrp vrid 10 preempt-mode delay 6000",  # Comware's hundredths of a second
        "vrrp vrid 10 preempt-mode delay 60",
        "vrrp vrid 10 track 1 priority reduced 30",
        "vrrp vrid 10 preempt delay minimum 60",  # Cisco's
        "vrrp vrid 300 priority 120",
        "vrrp vrid 10",
        "vrrp 10 ip 10.0.0.1",
    ],
)
def test_c9_c10_words_of_another_vendor_are_unread(line: str) -> None:
    assert left(parse_vrp, VRRP + line) == [line]


def test_c21_routes_are_not_copied_so_each_member_says_its_own() -> None:
    text = dedent("""
        hrp enable
        hrp interface Eth-Trunk9 remote 10.255.250.2
        hrp auto-sync config static-route
        hrp preempt delay 60
        ip route-static 10.12.0.0 255.255.240.0 10.0.0.1
    """)
    assert left(parse_usg, text) == []
    assert [one.prefix for one in parse_vrp_routes(text).static_routes] == ["10.12.0.0/20"]


RUIJIE = """
    Building configuration...
    Current configuration : 512 bytes

    version RGOS 10.4(3b19)p3 Release(182391)(Thu Nov 27 11:15:24 CST 2014 -ngcf32)
    clock timezone east 8 0
    aaa new-model
    aaa authentication dot1x HOSTS group radius
    radius-server host 10.0.4.13 key 7 vault:radius
    dot1x authentication HOSTS
    vlan 20
    interface gi 1/0/1
     switchport access vlan 20
     dot1x port-control auto
     description bed 1
    interface GigabitEthernet 1/0/25
     switchport mode trunk
     description uplink
    interface VLAN 20
     no shutdown
     ip address 10.0.20.2 255.255.255.0
    end
"""


def test_c19_a_text_as_ruijie_prints_it_is_read_whole() -> None:
    """Short names beside long ones, descriptions last, `no shutdown`, 802.1X of the device."""
    read = parse_rgos(dedent(RUIJIE))
    assert read.unread == ()
    assert {name: port.description for name, port in read.ports.items()} == {
        "GigabitEthernet 1/0/1": "bed 1", "GigabitEthernet 1/0/25": "uplink",
    }  # fmt: skip
    assert read.addresses == {"VLAN 20": ("10.0.20.2/24",)}
    assert read.plane is not None
    assert read.plane.zone_minutes == 480
    assert read.ports["GigabitEthernet 1/0/1"].guards.dot1x
    other = dedent(RUIJIE.replace("dot1x authentication HOSTS\n", "\n"))
    assert not parse_rgos(other).ports["GigabitEthernet 1/0/1"].guards.dot1x
