"""Traps and corrections that a SecPath text can show, each by its number, and lines of old models.

Those of rules, zones and groups stand with these: 1 and trap 21 in test_zones, 13 and 16 in
test_rules, 15 in test_groups.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.secpath import parse_secpath
from tests.parse.secpath.texts import (
    HOST,
    INSIDE,
    OUT,
    SERVER,
    WIRED,
    firewall,
    policy,
    rule,
)
from tests.parse.vrp.judge import passes, read_whole

OPEN = "security-policy ip\n rule 0 name R\n  action pass\n#\n"


def unread(text: str) -> list[str]:
    return [item.text for item in parse_secpath(dedent(text)).unread]


@pytest.mark.parametrize("line", ["packet-filter default deny", "undo packet-filter default deny"])
def test_12_the_default_of_packet_filters_binds_none(line: str) -> None:
    """Correction 12: it says what an applied filter does with the rest; none is applied."""
    read = policy(rule(), before=f"{line}\n")
    assert read_whole(read)
    assert passes(read, OUT, HOST, SERVER, "tcp/80")


@pytest.mark.parametrize(
    "line",
    [
        "packet-filter 3000 global inbound",
        "interface GE1/0/1\n packet-filter name X inbound",
        "security-zone name DMZ\n packet-filter 3000",
    ],
)
def test_trap_9_a_packet_filter_permits_what_it_does_not_match_so_none_is_read(line: str) -> None:
    assert unread(f"{WIRED}{line}\n") == [line.rsplit("\n ", maxsplit=1)[-1]]


@pytest.mark.parametrize(
    ("line", "definition"),
    [
        ("ssh server acl 2001", "acl basic 2001\n rule 0 permit source 10.0.0.0 0.0.0.255"),
        ("telnet server acl 2001", "acl number 2001\n rule 5 deny"),
        ("ssh server ipv6 acl ipv6 2001", "acl ipv6 basic 2001\n rule 0 deny"),
        (
            "bgp 65001\n peer 10.0.0.1 route-policy IN import",
            "route-policy in permit node 10\n if-match ip address prefix-list P",
        ),
        (
            "bgp 65001\n address-family ipv4 unicast\n  peer 10.0.0.1 prefix-list P export",
            "ip prefix-list P index 10 permit 10.0.0.0 8",
        ),
    ],
)
def test_14_a_list_that_is_missing_lets_everything_in(line: str, definition: str) -> None:
    """Correction 14."""
    assert unread(f"{line}\n#\n") == [line.rsplit("\n", maxsplit=1)[-1].strip()]
    assert not unread(f"{line}\n#\n{definition}\n#\n")
    assert not unread(f"{definition}\n#\n{line}\n#\n")


@pytest.mark.parametrize(
    "definition",
    [
        "acl basic 2001",
        "acl basic 2001\n description who may log in",
        "acl basic 2001\n rule 0 comment empty",
        "acl basic 2002\n rule 0 permit",
        "acl ipv6 basic 2001\n rule 0 permit",
        "",
    ],
)
def test_14_a_list_that_is_empty_or_another_lets_everyone_log_in(definition: str) -> None:
    assert unread(f"ssh server acl 2001\n#\n{definition}\n#\n") == ["ssh server acl 2001"]


@pytest.mark.parametrize(
    "line",
    [
        "zone-pair security source Trust destination Untrust",
        "object-policy ip P",
        "object-policy ipv6 P",
    ],
)
def test_17_object_policies_stop_working_and_are_never_read(line: str) -> None:
    """Correction 17; also a text without a security policy would need the old model."""
    block = f"{line}\n rule 0 pass\n#\n"
    for text in (WIRED + block, WIRED + OPEN + block, WIRED + block + OPEN):
        read = parse_secpath(text)
        assert [item.text for item in read.unread] == [line, "rule 0 pass"]
        assert "write security-policy rules" in read.unread[0].why


@pytest.mark.parametrize(
    "line",
    ["security-policy disable", "security-policy switch-from object-policy", "security-policy"],
)
def test_17_a_policy_that_is_switched_off_or_made_over_is_unread(line: str) -> None:
    assert unread(f"{WIRED}{OPEN}{line}\n") == [line]


def test_17_a_policy_that_stays_on_is_read() -> None:
    assert not unread(f"{WIRED}{OPEN}undo security-policy disable\n")
    assert unread(f"{WIRED}{OPEN}undo security-policy ip\n") == ["undo security-policy ip"]


def test_9_and_10_vrrp_counts_in_centiseconds_and_tracks_entries() -> None:
    """Corrections 9 and 10: which device holds an address is of no matter to a packet's passing."""
    read = firewall("""
        track 1 interface GigabitEthernet1/0/2
        interface GigabitEthernet1/0/1
         ip address 10.0.1.2 255.255.255.0
         vrrp vrid 10 virtual-ip 10.0.1.254
         vrrp vrid 10 preempt-mode delay 6000
         vrrp vrid 10 track 1 priority reduced 30
    """)
    assert read_whole(read)
    (router,) = read.redundancy.routers
    assert router.preempt_s == 60
    assert router.tracked == {("GigabitEthernet1/0/2", 30)}


def test_trap_11_rules_not_yet_accelerated_are_read_as_they_will_be() -> None:
    read = policy(f"{rule()}\naccelerate enhanced enable")
    assert read_whole(read)
    assert passes(read, OUT, HOST, SERVER, "tcp/80")
    assert unread(f"{WIRED}{OPEN}accelerate enhanced enable\n")  # of no view but the policy's


def test_trap_12_what_keeps_a_pair_alike_lets_nothing_pass() -> None:
    read = firewall("""
        security-zone name HA
         import interface GigabitEthernet1/0/9
        remote-backup group
         undo backup-mode
         data-channel interface GigabitEthernet1/0/9
         local-ip 10.255.250.1
         remote-ip 10.255.250.2 port 60064
         hot-backup enable
         configuration auto-sync enable
         device-role secondary
        security-policy ip
         rule 0 name R
          action pass
          source-zone HA
          destination-zone Local
          service-port tcp destination eq 60064
    """)
    assert read_whole(read), read.unread
    heartbeat = ("GigabitEthernet1/0/9", LOCAL)
    assert passes(read, heartbeat, "10.255.250.2", "10.255.250.1", "tcp/60064")
    assert not passes(read, heartbeat, "10.255.250.2", "10.255.250.1", "tcp/60065")
    assert not passes(read, (INSIDE, LOCAL), HOST, "10.255.250.1", "tcp/60064")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nat global-policy\n#", []),
        ("nat global-policy\n rule name N\n  action snat easy-ip", ["rule name N"]),
        ("nat static inbound 203.0.113.8 10.0.0.1", ["nat static inbound 203.0.113.8 10.0.0.1"]),
        ("nat address-group 1\n address 203.0.113.8 203.0.113.9", []),
        ("undo nat alg dns", []),
        (
            "interface GE1/0/1\n nat outbound 3000 address-group 1",
            ["nat outbound 3000 address-group 1"],
        ),
    ],
)
def test_translations_are_unread_where_they_change_addresses(
    text: str, expected: list[str]
) -> None:
    assert unread(f"{WIRED}{text}\n")[:1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aspf policy 1\n detect ftp\n icmp-error drop\n tcp syn-check", []),
        ("interface GE1/0/1\n aspf apply policy 1 inbound", ["aspf apply policy 1 inbound"]),
        ("session aging-time state tcp-est 3600\nsession log flow-begin", []),
        ("session state-machine mode loose", ["session state-machine mode loose"]),
        ("attack-defense policy P\n syn-flood threshold 1000\n signature level high action drop",
         []),
        ("attack-defense policy P\n signature detect icmp-type echo-request action drop",
         ["signature detect icmp-type echo-request action drop"]),
        ("attack-defense policy P\n signature level info action drop",
         ["signature level info action drop"]),
        ("attack-defense local apply policy P", []),
        ("blacklist global enable", []),
        ("blacklist ip 10.0.0.1", ["blacklist ip 10.0.0.1"]),
        ("whitelist global enable", ["whitelist global enable"]),
        ("connection-limit apply global policy 1", ["connection-limit apply global policy 1"]),
        ("nqa entry a t\n type icmp-echo\n  destination ip 10.0.0.1\n  frequency 1000", []),
        ("header shell information \"no entry\"", []),
        ("header shell %", ["header shell %"]),
        ("context Admin id 1", []),
        ("context X id 2", ["context X id 2"]),
        ("qos apply policy X global inbound", ["qos apply policy X global inbound"]),
    ],
)  # fmt: skip
def test_inspection_sessions_and_attack_defence(text: str, expected: list[str]) -> None:
    assert unread(f"{WIRED}{text}\n#\n") == expected
