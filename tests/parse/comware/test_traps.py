"""Traps of this platform: what fails open, what another vendor would write, what differs.

The numbers are those of the project's list of corrections to its first notes.
"""

from __future__ import annotations

import pytest

from tests.parse.comware.reading import block, switch, unread, whole, why

FILTERED = block("port access vlan 40", "packet-filter 3100 inbound")
LIST = "acl advanced 3100\n rule 0 permit ip source 10.0.0.0 0.0.0.255\n#\n"


def test_a_bound_filter_is_unread_and_tells_what_becomes_of_the_rest() -> None:
    """Correction 12: unmatched packets pass, unless the global default is turned."""
    assert unread(LIST + FILTERED) == ["packet-filter 3100 inbound"]
    assert "passed" in why(LIST + FILTERED)
    assert "dropped" in why(" packet-filter default deny\n#\n" + LIST + FILTERED)
    back = "packet-filter default deny\nundo packet-filter default deny\n"
    assert "passed" in why(back + LIST + FILTERED)


def test_a_filter_without_its_list_is_unread_and_says_so() -> None:
    assert "there is no list 3100" in why(FILTERED)


def test_the_default_of_filters_alone_does_nothing() -> None:
    read = whole(" packet-filter default deny\n#\n" + LIST)
    assert len(read.inert) == 3


@pytest.mark.parametrize(
    "line",
    [
        "packet-filter 3100 global inbound",
        "packet-filter 3100 vlan 10 to 20 inbound",
        "packet-filter ipv6 name X6 global outbound",
    ],
)
def test_filters_of_the_whole_device(line: str) -> None:
    assert unread(LIST + line) == [line]


def test_a_filter_that_is_undone_is_gone() -> None:
    whole(LIST + block("packet-filter 3100 inbound", "undo packet-filter 3100 inbound"))
    whole(LIST + "packet-filter 3100 global inbound\nundo packet-filter 3100 global inbound\n")
    lines = ("packet-filter 3100 inbound", "undo packet-filter 3100 outbound")
    assert unread(LIST + block(*lines)) == ["packet-filter 3100 inbound"]


@pytest.mark.parametrize(
    "line",
    [
        "ssh server acl 2001",
        "ssh server ipv6 acl ipv6 2001",
        "telnet server acl 2001",
        "snmp-agent community read cipher X acl 2001",
        "snmp-agent group v3 G-NMS privacy acl name NMS",
        "ntp-service server acl 2001",
        "ip http acl 2001",
        "ssh server ac 2001",
    ],
)
def test_a_login_list_that_is_missing_or_empty_lets_everyone_in(line: str) -> None:
    """Correction 14."""
    family = "ipv6 " if "ipv6" in line else ""
    title = "name NMS" if "NMS" in line.split() else "2001"
    empty = f"acl {family}basic {title}\n"
    filled = f"{empty} rule permit source any\n#\n"
    assert unread(line) == [line]
    assert "everyone" in why(line)
    assert unread(f"{empty}#\n{line}\n") == [line]
    assert unread(f"{filled}{line}\nundo acl {family}basic {title}\n") == [line]
    whole(filled + line)
    whole(f"{line}\n#\n{filled}")  # a printed file has its lists behind


def test_a_login_list_that_loses_its_last_rule_lets_everyone_in() -> None:
    text = "acl basic 2001\n rule 5 permit\n undo rule 5\n#\nssh server acl 2001\n"
    assert unread(text) == ["ssh server acl 2001"]


def test_a_second_line_replaces_the_first_and_undo_takes_it_off() -> None:
    assert unread("ssh server acl 2001\nssh server acl 2002\n") == ["ssh server acl 2002"]
    whole("ssh server acl 2001\nundo ssh server acl\n")
    both = "ssh server acl 2001\nssh server ipv6 acl ipv6 2001\nundo ssh server acl\n"
    assert unread(both) == ["ssh server ipv6 acl ipv6 2001"]
    whole("snmp-agent group v3 G privacy acl 2001\nundo snmp-agent group v3 G privacy\n")


def test_names_of_lists_go_in_any_case() -> None:
    whole("acl basic name Vty-In\n rule permit\n#\nssh server acl name VTY-IN\n")


def test_the_list_of_another_family_does_not_count() -> None:
    text = "acl basic 2001\n rule permit\n#\nssh server ipv6 acl ipv6 2001\n"
    assert unread(text) == ["ssh server ipv6 acl ipv6 2001"]


ROUTED = """
    bgp 4201001000
     router-id 10.8.1.1
     peer 10.10.1.0 as-number 64512
     peer 10.10.1.0 bfd
     #
     address-family ipv4 unicast
      network 10.16.0.0 255.255.240.0
      peer 10.10.1.0 enable
      {}
    #
"""
LISTS = """
    route-policy IN permit node 10
     if-match ip address prefix-list POOL
    #
     ip prefix-list POOL index 10 permit 10.12.0.0 20 less-equal 32
     ipv6 prefix-list SIX index 10 permit 2001:DB8:: 32
"""


@pytest.mark.parametrize(
    "line",
    [
        "peer 10.10.1.0 route-policy IN import",
        "peer 10.10.1.0 prefix-list POOL export",
        "peer 10.10.1.0 default-route-advertise route-policy IN",
        "import-route direct route-policy IN",
        "filter-policy prefix-list POOL import",
        "peer 10.10.1.0 route-pol IN import",
        "peer 10.10.1.0 prefix POOL export",
    ],
)
def test_an_undefined_route_policy_passes_every_route(line: str) -> None:
    """Correction 14."""
    assert unread(ROUTED.format(line)) == [line]
    assert "every route passes" in why(ROUTED.format(line))
    whole(ROUTED.format(line) + LISTS)


def test_a_prefix_list_of_the_other_family_does_not_count() -> None:
    line = "peer 10.10.1.0 prefix-list SIX import"
    assert unread(ROUTED.format(line) + LISTS) == [line]
    six = ROUTED.format("peer 2001:DB8::1 prefix-list SIX import").replace("ipv4", "ipv6")
    whole(six + LISTS)


def test_a_route_policy_that_names_no_list() -> None:
    text = "route-policy IN permit node 10\n if-match ip address prefix-list POOL\n"
    assert unread(text) == ["if-match ip address prefix-list POOL"]


QOS = """
    acl advanced 3100
     rule 0 {} udp source 10.16.20.0 0.0.0.255 destination-port range 16384 32767
    #
    traffic classifier C-VIDEO operator or
     if-match acl 3100
    #
    traffic behavior B-VIDEO
     remark dscp af41
    #
    qos policy P-EDGE-IN
     classifier C-VIDEO behavior B-VIDEO
    #
    interface GigabitEthernet1/0/2
     port link-mode bridge
     qos apply policy P-EDGE-IN inbound
    #
"""


def test_marking_is_inert() -> None:
    whole(QOS.format("permit"))
    whole(QOS.format("permit") + "    qos apply policy P-EDGE-IN global inbound\n")


def test_a_deny_in_a_list_for_marking_differs_by_product() -> None:
    """Correction 18: on Huawei it drops, here it depends."""
    read = switch(QOS.format("deny"))
    assert [(item.line, item.why.endswith("differs by product")) for item in read.unread] == [
        (3, True)
    ]


def test_a_rule_that_is_entered_again_lies_over_the_first() -> None:
    """Correction 13: the list then has one rule, with the second's action."""
    text = QOS.format("permit") + "    acl advanced 3100\n     rule 0 deny udp\n    #\n"
    assert unread(text) == ["rule 0 deny udp"]
    back = QOS.format("deny") + "    acl advanced 3100\n     rule 0 permit udp\n    #\n"
    whole(back)


def test_rules_without_a_number_take_the_next_step() -> None:
    """They begin at 0 here, at 5 on Huawei."""
    text = "acl basic 2001\n rule permit\n rule 12 permit\n rule permit\n "
    whole(text + "undo rule 0\n undo rule 12\n undo rule 15\n")
    assert unread(text + "undo rule 5\n") == ["undo rule 5"]
    steps = "acl basic 2001\n step 10\n rule permit\n rule permit\n undo rule 10\n"
    whole(steps)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("    qos policy P-EDGE-IN\n     classifier C-VIDEO behavior B-VIDEO\n    #\n", "",
         "qos apply policy P-EDGE-IN inbound"),
        ("    traffic behavior B-VIDEO\n     remark dscp af41\n    #\n", "",
         "classifier C-VIDEO behavior B-VIDEO"),
        ("classifier C-VIDEO behavior", "classifier C-OTHER behavior",
         "classifier C-OTHER behavior B-VIDEO"),
        ("if-match acl 3100", "if-match acl 3101", "if-match acl 3101"),
        ("remark dscp af41", "filter deny", "filter deny"),
        ("remark dscp af41", "redirect interface GigabitEthernet1/0/9",
         "redirect interface GigabitEthernet1/0/9"),
        ("remark dscp af41", "nest top-most vlan 100", "nest top-most vlan 100"),
        ("behavior B-VIDEO\n    #", "behavior B-VIDEO mode dot1q-tag-manipulation\n    #",
         "classifier C-VIDEO behavior B-VIDEO mode dot1q-tag-manipulation"),
    ],
)  # fmt: skip
def test_policies_that_fail_open_or_do_more_than_mark(old: str, new: str, left: str) -> None:
    text = QOS.format("permit")
    assert old in text
    assert unread(text.replace(old, new)) == [left]


def test_a_policy_taken_off_needs_nothing() -> None:
    lines = ("qos apply policy GONE inbound", "undo qos apply policy GONE inbound")
    whole(block(*lines))


VRRP = "vlan 10\n#\ninterface Vlan-interface10\n ip address 10.0.0.2 24\n "


@pytest.mark.parametrize(
    "line",
    [
        "vrrp vrid 10 virtual-ip 10.0.0.1",
        "vrrp vrid 10 priority 120",
        "vrrp vrid 10 preempt-mode",
        "vrrp vrid 10 preempt-mode delay 6000",  # hundredths of a second: one minute
        "vrrp vrid 10 preempt-mode delay 60",  # 0.6 s, which is legal
        "vrrp vrid 10 timer advertise 100",
        "vrrp vrid 10 authentication-mode simple X",
        "undo vrrp vrid 10 preempt-mode",
    ],
)
def test_vrrp_is_inert(line: str) -> None:
    """Correction 9: delays are in hundredths of a second here."""
    whole(VRRP + line)


@pytest.mark.parametrize(
    "line",
    [
        "vrrp vrid 10 preempt-mode timer delay 60",  # VRP
        "vrrp vrid 10 preempt-mode delay 180001",
        "vrrp vrid 10 track interface Vlan-interface20 reduced 30",  # VRP: correction 10
        "vrrp vrid 10 track 1 reduced 30",
        "vrrp vrid 300 priority 120",
        "vrrp vrid 10 priority 255",
        "vrrp vrid 10 virtual-ip",
        "vrrp vrid 10",
    ],
)
def test_vrrp_of_another_vendor_is_unread(line: str) -> None:
    assert unread(VRRP + line) == [line]


def test_vrrp_tracks_an_entry_that_is_there() -> None:
    """Correction 10."""
    line = "vrrp vrid 10 track 1 priority reduced 30"
    assert unread(VRRP + line) == [line]
    whole("track 1 interface Ten-GigabitEthernet1/0/49\n#\n" + VRRP + line)
    whole(f"{VRRP}{line}\n undo vrrp vrid 10 track 1")
    whole(f"{VRRP}{line}\n undo vrrp vrid 10")
    assert unread(f"{VRRP}{line}\n undo vrrp vrid 10 track 2") == [line]
    gone = "track 1 interface Ten-GigabitEthernet1/0/49\nundo track 1\n#\n"
    assert unread(gone + VRRP + line) == [line]


def test_old_versions_of_snmp_are_taken_off() -> None:
    """Correction 4: printed as an undo."""
    whole(
        " snmp-agent\n snmp-agent sys-info version v3\n undo snmp-agent sys-info version v1 v2c\n"
    )


def test_a_stack_and_what_runs_later_are_unread() -> None:
    text = "irf-port 1/1\n port group interface Ten-GigabitEthernet1/0/51\n#\n"
    assert unread(text)[0] == "irf-port 1/1"
    job = "scheduler job NIGHT\n command 1 system-view\n command 2 vlan 99\n#\n"
    assert len(unread(job)) == 3
