"""Whom an IOS device asks for the time, where log and flows go, and from where it speaks."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import Collector, LogTarget, NtpKey, NtpServer
from tests.parse.ios.judge import plane, refused

LOOPBACK = "interface Loopback0\n ip address 10.9.9.9 255.255.255.255\n"
PORT = "interface GigabitEthernet0/0\n ip address 10.1.0.1 255.255.255.0\n"


# Time -------------------------------------------------------------------------------------------


def test_the_time_is_asked_with_a_key() -> None:
    found = plane("""
        ntp authenticate
        ntp authentication-key 1 md5 110A1016141D 7
        ntp authentication-key 2 hmac-sha2-256 vault:ntp
        ntp authentication-key 3 cmac-aes-128 vault:aes 0
        ntp authentication-key 4 hmac-sha1 vault:sha
        ntp trusted-key 2
        ntp trusted-key 3 - 4
        ntp server 10.0.4.1 key 2 prefer
        ntp server 2001:DB8:4::1 iburst version 4 key 3
        ntp server 10.0.4.3
    """).ntp
    assert found.authenticated
    assert found.keys == {
        NtpKey(1, "md5", "110A1016141D"), NtpKey(2, "hmac-sha-256", "vault:ntp"),
        NtpKey(3, "cmac-aes-128", "vault:aes"), NtpKey(4, "sha1", "vault:sha"),
    }  # fmt: skip
    assert found.trusted == {2, 3, 4}
    assert found.servers == {
        NtpServer("10.0.4.1", 2), NtpServer("2001:db8:4::1", 3), NtpServer("10.0.4.3", 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    "undone",
    [
        ["no ntp authenticate", "no ntp authentication-key 1", "no ntp trusted-key 1",
         "no ntp server 10.0.4.1"],
        ["default ntp authenticate", "no ntp authentication-key 1 md5 x",
         "default ntp trusted-key 1", "no ntp server 10.0.4.1 key 1"],
        ["no ntp"],
    ],
)  # fmt: skip
def test_the_no_of_the_time(undone: list[str]) -> None:
    text = """
        ntp authenticate
        ntp authentication-key 1 md5 x
        ntp trusted-key 1
        ntp server 10.0.4.1 key 1
    """
    assert plane(text, *undone).ntp == plane("").ntp


def test_a_server_named_again_has_its_new_key() -> None:
    text = "ntp server 10.0.4.1 key 1\nntp server 10.0.4.1 key 2"
    assert plane(text).ntp.servers == {NtpServer("10.0.4.1", 2)}


ANSWERS = "ntp server 10.0.4.1\naccess-list 1 permit 10.0.4.1\naccess-list 2 permit 10.0.4.2\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("ntp access-group peer 1\nntp access-group serve-only 2", []),
        ("ntp access-group peer 2", ["ntp access-group peer 2"]),
        ("ntp access-group serve-only 1", ["ntp access-group serve-only 1"]),
        ("ntp access-group peer 3", ["ntp access-group peer 3"]),
    ],
)
def test_a_list_of_who_may_speak_of_time_holds_the_servers(lines: str, expected: list[str]) -> None:
    assert refused(ANSWERS + lines) == expected


@pytest.mark.parametrize(
    "line",
    ["ntp server pool.example", "ntp server 10.0.4.1 key", "ntp master", "ntp peer 10.0.4.2",
     "sntp server 10.0.4.1", "ntp broadcastdelay 4"],
)  # fmt: skip
def test_what_cannot_be_said_of_the_time_is_unread(line: str) -> None:
    assert refused(line) == [line]


# Log --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("logging host 10.0.4.10", ("10.0.4.10", "udp", 514)),
        ("logging 10.0.4.10", ("10.0.4.10", "udp", 514)),
        ("logg host 10.0.4.10", ("10.0.4.10", "udp", 514)),
        ("logging host 10.0.4.10 transport udp port 1514", ("10.0.4.10", "udp", 1514)),
        ("logging host 10.0.4.10 port 1514 transport tcp", ("10.0.4.10", "tcp", 1514)),
        ("logging host 10.0.4.10 vrf MGMT transport tcp", ("10.0.4.10", "tcp", 601)),
        ("logging host ipv6 2001:DB8:4::A", ("2001:db8:4::a", "udp", 514)),
        ("logging host 10.0.4.10 transport tls port 6514 profile P", ("10.0.4.10", "tls", 6514)),
        ("logging host 10.0.4.10 transport tls", ("10.0.4.10", "tls", 6514)),
    ],
)
def test_where_the_log_goes(line: str, target: tuple[str, str, int]) -> None:
    profile = "logging tls-profile P\n tls-version TLSv1.2\n client-id-trustpoint T\n"
    assert plane(profile, line).syslog.targets == {LogTarget(*target)}
    assert plane(profile, line, f"no {line}").syslog.targets == frozenset()


@pytest.mark.parametrize("line", ["no logging on", "no logging trap"])
def test_a_log_that_goes_nowhere(line: str) -> None:
    assert plane("logging host 10.0.4.10", line).syslog.targets == frozenset()


@pytest.mark.parametrize(
    ("line", "dated", "zoned"),
    [
        ("", False, False),
        ("service timestamps log datetime msec", True, False),
        ("service timestamps log datetime msec localtime show-timezone", True, True),
        ("serv time log date show-timezone year\nservice timestamps log uptime", False, False),
        ("service timestamps log datetime\nno service timestamps log", False, False),
        ("service timestamps debug datetime show-timezone", False, False),
    ],
)
def test_what_entries_carry(line: str, *, dated: bool, zoned: bool) -> None:
    found = plane(line.replace(" date ", " datetime ")).syslog
    assert (found.dated, found.zoned) == (dated, zoned)


@pytest.mark.parametrize(
    "line",
    [
        "logging host 10.0.4.10 transport tls profile NOWHERE",
        "logging host log.example",
        "logging host 10.0.4.10 discriminator D",
        "logging host 10.0.4.10 transport tcp profile P",
        "logging trap warnings",
        "logging discriminator D severity drops 6",
    ],
)
def test_what_cannot_be_said_of_the_log_is_unread(line: str) -> None:
    assert refused(line) == [line]


# Flow records -----------------------------------------------------------------------------------

EXPORTER = """
    flow exporter E
     destination 10.0.4.30
     source Loopback0
     transport udp 2055
     template data timeout 60
    flow record R
     match ipv4 protocol
    flow monitor M
     exporter E
     cache timeout active 60
     record R
"""
BOUND = f"{PORT} ip flow monitor M input\n"


def test_records_go_where_a_bound_monitor_sends_them() -> None:
    assert plane(EXPORTER, LOOPBACK, BOUND).flows == {Collector("10.0.4.30", 2055)}
    assert plane(EXPORTER, LOOPBACK, PORT).flows == frozenset()
    assert plane(EXPORTER, LOOPBACK, BOUND, " shutdown").flows == frozenset()
    undone = f"{BOUND} no ip flow monitor M input"
    assert plane(EXPORTER, LOOPBACK, undone).flows == frozenset()
    other = EXPORTER.replace("     exporter E\n", "")
    assert plane(other, LOOPBACK, BOUND).flows == frozenset()
    usual = EXPORTER.replace("     transport udp 2055\n", "")
    assert plane(usual, LOOPBACK, BOUND).flows == {Collector("10.0.4.30", 9995)}
    six = BOUND.replace("ip flow", "ipv6 flow")
    assert plane(EXPORTER, LOOPBACK, six).flows == {Collector("10.0.4.30", 2055)}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("     record R\n", "", "flow monitor M"),
        ("     record R\n", "     record NOWHERE\n", "record NOWHERE"),
        ("     exporter E\n", "     exporter NOWHERE\n", "exporter NOWHERE"),
        ("monitor M\n", "monitor N\n", "ip flow monitor M input"),
        ("destination 10.0.4.30", "destination flows.example", "destination flows.example"),
    ],
)
def test_what_cannot_be_said_of_flows_is_unread(old: str, new: str, line: str) -> None:
    assert old in EXPORTER
    assert refused(EXPORTER.replace(old, new), LOOPBACK, BOUND) == [line]


def test_records_of_older_releases() -> None:
    text = "ip flow-export version 9\nip flow-export destination 10.0.4.30 2055\n"
    assert plane(text, PORT).flows == frozenset()
    for line in ("ip flow ingress", "ip route-cache flow"):
        assert plane(text, PORT, f" {line}").flows == {Collector("10.0.4.30", 2055)}
    gone = f"{text}no ip flow-export destination 10.0.4.30 2055"
    assert plane(gone, PORT, " ip flow ingress").flows == frozenset()


# Where clients speak from -----------------------------------------------------------------------

CLIENTS = """
    aaa new-model
    tacacs server T
     address ipv4 10.0.4.11
    aaa group server tacacs+ G
     server name T
     ip tacacs source-interface Loopback0
    aaa authentication login default group G
    logging source-interface lo0
    logging host 10.0.4.10
    ntp source Loopback 0
    ntp server 10.0.4.1
    snmp-server group NMS v3 priv
    snmp-server user nms NMS v3 auth sha a priv aes 128 p
    snmp-server trap-source Loopback0
    snmp-server enable traps
    snmp-server host 10.0.4.20 version 3 priv nms
"""


def test_all_clients_speak_from_one_interface() -> None:
    assert plane(CLIENTS, LOOPBACK, EXPORTER, BOUND).source == "Loopback0"
    assert plane("").source == ""


@pytest.mark.parametrize(
    "line",
    ["no logging source-interface", "no ntp source", "no snmp-server trap-source",
     "aaa group server tacacs+ G\n no ip tacacs source-interface"],
)  # fmt: skip
def test_one_client_that_does_not_say_speaks_from_anywhere(line: str) -> None:
    assert plane(CLIENTS, LOOPBACK, line).source == ""


def test_what_is_not_used_need_not_say() -> None:
    assert plane("ntp source Loopback0\nntp server 10.0.4.1", LOOPBACK).source == "Loopback0"
    assert plane("ntp server 10.0.4.1 source Loopback0", LOOPBACK).source == "Loopback0"
    assert plane("ip tacacs source-interface Loopback0", LOOPBACK).source == ""


def test_sources_that_differ_or_have_no_address_are_unread() -> None:
    two = "logging source-interface GigabitEthernet0/0"
    assert refused(CLIENTS, LOOPBACK, PORT, two) == [two]
    assert refused("ntp source Loopback0\nntp server 10.0.4.1") == ["ntp source Loopback0"]
