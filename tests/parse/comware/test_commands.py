"""Commands one by one: what a device would refuse is unread, what it would undo is undone."""

from __future__ import annotations

import pytest

from tests.parse.comware.reading import block, unread, whole

IN_LIST = "acl advanced 3000\n rule 5 permit ip\n {}"
IN_CLASSIFIER = "traffic classifier C\n {}"
IN_BEHAVIOR = "traffic behavior B\n {}"
IN_POLICY = "traffic classifier C\n#\ntraffic behavior B\n#\nqos policy P\n {}"
IN_VLANS = "vlan 20\n {}"
IN_PORT = block("{}")
IN_TRUNK = block("port link-type trunk", "{}")


@pytest.mark.parametrize(
    ("view", "line"),
    [
        *(("{}", line) for line in (
            "sysname", "sysname A B", "acl", "acl basic", "acl basic 1999", "acl basic 6000",
            "acl basic name", "acl strange 2001", "undo acl basic 2001", "packet-filter",
            "packet-filter default deny now", "packet-filter 3000", "packet-filter name X",
            "traffic classifier", "traffic behavior", "qos policy", "qos apply policy P",
            "undo traffic classifier C operator", "route-policy", "ip prefix-list POOL",
            "undo ip prefix-list POOL index 10", "track", "track 0 interface g1/0/1",
            "undo track", "ssh server acl", "ssh server acl x", "header login",
            "dhcp snooping enable vlan", "dhcp snooping enable port 1", "dot1x enable",
            "port-security enable now", "undo sysname",
        )),
        *((IN_LIST, line) for line in (
            "rule", "rule 5", "rule 65535 permit ip", "rule 5 allow ip", "rule 7 comment x",
            "undo rule", "undo rule 7", "step 10", "step 21", "rule x permit ip",
        )),
        *((IN_CLASSIFIER, line) for line in ("if-match acl", "if-match acl 1", "if-match colour")),
        *((IN_BEHAVIOR, line) for line in ("filter", "filter permit all", "filter sometimes")),
        *((IN_POLICY, line) for line in (
            "classifier C", "classifier C with B",
            "undo classifier", "undo classifier C behavior B",
        )),
        *((IN_VLANS, line) for line in (
            "dhcp snooping binding record now", "mtu 1500", "undo port x",
        )),
        *((IN_PORT, line) for line in (
            "shutdown now", "port link-mode", "port link-mode bundle", "port access vlan",
            "port access vlan 4095", "voice-vlan 20", "voice-vlan 1 enable", "undo voice-vlan",
            "undo voice-vlan 20", "voice-vlan mode auto now", "port hybrid vlan",
            "ip source binding", "ip verify source port", "undo ip source binding",
            "port-security port-mode", "dot1x now", "qos apply policy", "packet-filter",
            "undo packet-filter", "dhcp snooping binding record now", "ip urpf strict",
            "undo port link-aggregation group 1", "vrrp vrid 1 strange", "undo vrrp vrid",
        )),
        *((IN_TRUNK, line) for line in (
            "port trunk permit vlan", "port trunk permit vlan 0", "port trunk permit vlan 9 to 1",
            "port trunk permit vlan every", "port trunk pvid vlan all",
        )),
    ],
)  # fmt: skip
def test_a_command_that_the_device_refuses(view: str, line: str) -> None:
    assert unread(view.format(line)) == [line]


def test_a_routed_port_joins_no_vlan_in_its_view() -> None:
    text = "interface g1/0/1\n port link-mode route\n#\nvlan 20\n port g1/0/1\n"
    assert unread(text) == ["port g1/0/1"]


def test_a_range_of_vlans_records_no_bindings() -> None:
    text = "vlan 20 to 21\n dhcp snooping binding record\n"
    assert unread(text) == ["dhcp snooping binding record"]


def test_a_mode_of_port_security_after_dot1x_on_the_port() -> None:
    text = "port-security enable\n" + block("dot1x", "port-security port-mode secure")
    assert unread(text) == ["dot1x", "port-security port-mode secure"]


@pytest.mark.parametrize(
    ("done", "undone", "asked"),
    [
        ("dhcp snooping enable vlan 20\nvlan 20\n dhcp snooping binding record\n#\n",
         "undo dhcp snooping enable vlan 20\n", "ip verify source"),
        ("dhcp snooping enable\nvlan 20\n dhcp snooping binding record\n#\n",
         "vlan 20\n undo dhcp snooping binding record\n#\n", "ip verify source"),
        ("acl basic 2001\n rule permit\n#\n", "undo acl basic 2001\n", "snmp-agent acl 2001"),
        ("track 5 interface g1/0/9\n#\n", "undo track 5\n", "vrrp vrid 1 track 5 switchover"),
        ("qos policy P\n#\n", "undo qos policy P\n", "qos apply policy P inbound"),
    ],
)  # fmt: skip
def test_what_is_undone_is_missed_by_who_names_it(done: str, undone: str, asked: str) -> None:
    if asked.startswith("snmp"):
        text = asked + "\n"
    elif asked.startswith("vrrp"):
        text = f"vlan 20\n#\ninterface Vlan-interface20\n {asked}\n"
    else:
        text = f"vlan 20\n#\ninterface g1/0/1\n port access vlan 20\n {asked}\n"
    whole(done + text)
    assert unread(done + undone + text) == [asked]


@pytest.mark.parametrize(
    "text",
    [
        "traffic classifier C\n if-match acl 3000\n undo if-match acl 3000\n",
        "qos policy P\n classifier C behavior B\n undo classifier C\n",
        "acl advanced 3000\n rule 5 permit ip\n rule 5 comment why\n undo rule 5 counting\n",
        "traffic classifier C\n if-match not acl 3000\n#\nacl advanced 3000\n rule permit ip\n",
        "ip route-static 0.0.0.0 0 10.0.0.1\nundo ip route-static 0.0.0.0 0\n",
        "traffic behavior B\n filter permit\n#\nundo traffic behavior B\n",
        "ip prefix-list P permit 0.0.0.0 0\nundo ip prefix-list P\n",
        "info-center loghost 10.0.0.1\nundo info-center loghost 10.0.0.1\n",
        "acl ipv6 basic 2001\n rule permit\n#\nssh server ipv6 acl 2001\n",
        "acl number 3000\n rule permit ip\n#\nip https acl 3000\n",
        "acl basic 2001 match-order auto\n rule permit\n#\nssh server acl 2001\n",
    ],
)
def test_pairs_that_leave_nothing_to_miss(text: str) -> None:
    whole(text)
