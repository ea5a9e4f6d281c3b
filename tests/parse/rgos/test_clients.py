"""SNMP, time, log, the clock's zone, and from where the switch speaks."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import (
    LogTarget,
    NtpKey,
    NtpServer,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
)
from tests.parse.rgos.reading import left, plane

GROUP = "snmp-server group G v3 priv read default\n"
USER = "snmp-server user u G v3 auth sha a priv aes128 p\n"
LIST = "ip access-list standard N\n permit host 10.0.4.20\n"
ONE = ((0x0A000414, 0x0A000414),)


def test_an_agent_that_nobody_may_ask_is_off() -> None:
    assert plane("").snmp.versions == frozenset()
    assert plane(GROUP).snmp.versions == frozenset()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("auth sha a priv aes128 p", ("sha", "a", "aes-128", "p")),
        ("auth sha2-256 a priv aes256 p", ("sha-256", "a", "aes-256", "p")),
        ("encrypted auth md5 a priv des56 p", ("md5", "a", "des", "p")),
        ("auth SHA a priv AES192 p access N", ("sha", "a", "aes-192", "p")),
        ("auth sha a", ("sha", "a", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_users(typed: str, names: tuple[str, str, str, str]) -> None:
    (found,) = plane(LIST, GROUP, f"snmp-server user u G v3 {typed}").snmp.users
    assert found == SnmpUser("u", "G", SnmpLevel.ENCRYPTED, *names)


@pytest.mark.parametrize(
    "line",
    ["snmp-server user u G v3 auth sha-2 256 a",
     "snmp-server user u G v3 auth sha a priv aes 128 p", "snmp-server user u NOBODY v3",
     "snmp-server community s rw host 10.0.0.1",
     "snmp-server group X v3 priv read NOWHERE", "snmp-server host 10.0.0.1 informs version 2c c",
     "snmp-server host 10.0.0.1 traps version 3 priv nobody"],
)  # fmt: skip
def test_what_rgos_does_not_say_so_is_unread(line: str) -> None:
    (found,) = left(GROUP, line)
    assert found.split()[:2] == line.split()[:2]


def test_communities() -> None:
    text = f"{LIST}snmp-server community 7 secret ro N\n"
    found = plane(text).snmp
    assert found.versions == {"v1", "v2c"}
    assert found.communities == {"secret"}
    assert (found.writes, found.sources4) == (False, ONE)
    wide = plane(text, "snmp-server community view view default rw").snmp
    assert wide.communities == {"secret", "view"}
    assert (wide.writes, wide.sources4) == (True, None)
    assert plane(text, "no snmp-server community 7 secret").snmp.communities == frozenset()
    assert plane(text, "no snmp-server").snmp == plane("").snmp


def test_versions_are_turned_off_and_the_agent_too() -> None:
    text = f"{GROUP}{USER}snmp-server community c\n"
    assert plane(text).snmp.versions == {"v1", "v2c", "v3"}
    off = "no snmp-server enable version v1\nno snmp-server enable version v2c\n"
    assert plane(text, off).snmp.versions == {"v3"}
    assert plane(text, off, "snmp-server enable version v1").snmp.versions == {"v1", "v3"}
    assert plane(text, "no enable service snmp-agent").snmp == plane("").snmp


def test_who_may_ask_and_write() -> None:
    assert plane(GROUP, USER).snmp.sources4 is None
    limited = GROUP.replace("default", "default access N")
    assert plane(LIST, limited, USER).snmp.sources4 == ONE
    assert plane(LIST, GROUP, f"{USER.strip()} access N").snmp.sources4 == ONE
    assert not plane(GROUP, USER).snmp.writes
    assert plane(GROUP, USER, "snmp-server group G v3 priv write default").snmp.writes
    weak = plane(GROUP, USER, "snmp-server group G v3 auth").snmp.users
    assert [one.level for one in weak] == [SnmpLevel.AUTHENTICATED]


def test_notifications_go_out_once_they_are_turned_on() -> None:
    host = "snmp-server host 10.0.4.20 traps version 3 priv u\n"
    target = SnmpTarget("10.0.4.20", "u", SnmpLevel.ENCRYPTED)
    assert plane(GROUP, USER, host).snmp.targets == frozenset()
    assert plane(GROUP, USER, host, "snmp-server enable traps").snmp.targets == {target}
    assert plane(GROUP, USER, host, "snmp-server enable traps\nno snmp-server host 10.0.4.20") == (
        plane(GROUP, USER, "snmp-server enable traps")
    )


def test_time() -> None:
    text = """
        ntp authenticate
        ntp authentication-key 7 md5 vault:n 7
        ntp trusted-key 7
        ntp server 10.0.4.1 version 3 key 7 prefer
        ntp server 10.0.4.2
        ntp server 10.0.4.3
        no ntp server 10.0.4.3
        ntp update-calendar
    """
    found = plane(text).ntp
    assert found.authenticated
    assert found.keys == {NtpKey(7, "md5", "vault:n")}
    assert found.trusted == {7}
    assert found.servers == {NtpServer("10.0.4.1", 7), NtpServer("10.0.4.2", 0)}
    assert plane(text, "no ntp").ntp == plane("").ntp
    assert not plane(text, "no ntp authenticate").ntp.authenticated
    assert plane(text, "no ntp trusted-key 7").ntp.trusted == frozenset()


@pytest.mark.parametrize(
    "line", ["ntp master", "ntp peer 10.0.0.1", "sntp server 10.0.0.1", "sntp enable",
             "clock summer-time X start 1", "ntp server ntp.example.org", "ntp source VLAN 10"],
)  # fmt: skip
def test_time_that_is_not_signed_is_unread(line: str) -> None:
    assert left(line) == [line]


def test_keys_of_time_are_for_md5() -> None:
    assert left("ntp authentication-key 7 hmac-sha2-256 vault:n") != []


def test_log() -> None:
    text = "logging server 10.0.4.10\nlogging server 10.1.4.10 udp-port 5514\n"
    found = plane(text, "logging server ipv6 2001:DB8::1").syslog
    assert found.targets == {
        LogTarget("10.0.4.10", "udp", 514), LogTarget("10.1.4.10", "udp", 5514),
        LogTarget("2001:db8::1", "udp", 514),
    }  # fmt: skip
    assert (found.dated, found.zoned) == (False, False)
    both = "no logging server 10.0.4.10\nno logging server 10.1.4.10"
    for off in ("no logging on", "no logging trap", both):
        assert plane(text, off).syslog.targets == frozenset()
    assert plane(text, "no logging on\nlogging on").syslog.targets
    assert plane(text, "logging trap debugging").syslog.targets
    assert left(text, "logging trap errors") == ["logging trap errors"]
    odd = "logging server 10.0.4.10 vrf X"
    assert left(odd) == [odd]


@pytest.mark.parametrize(
    ("text", "dated", "zoned"),
    [
        ("service timestamps log datetime", True, False),
        ("service timestamps log datetime msec year", True, False),
        ("service timestamps log uptime", False, False),
        ("service timestamps log datetime\nno service timestamps log", False, False),
        ("service log-format rfc5424", True, True),
        ("service log-format rfc5424\nno service log-format rfc5424", False, False),
    ],
)
def test_what_an_entry_of_the_log_carries(text: str, *, dated: bool, zoned: bool) -> None:
    found = plane(text).syslog
    assert (found.dated, found.zoned) == (dated, zoned)


@pytest.mark.parametrize(
    ("line", "minutes"),
    [
        ("clock timezone east 8 0", 480), ("clock timezone BJ 8", 480),
        ("clock timezone UTC +8", 480), ("clock timezone NST -3 30", -210),
        ("clock timezone UTC 0", 0), ("clock timezone BJ 8 0\nno clock timezone", 0), ("", 0),
    ],
)  # fmt: skip
def test_zone(line: str, minutes: int) -> None:
    assert plane(line).zone_minutes == minutes


@pytest.mark.parametrize("line", ["clock timezone west 8 0", "clock timezone BJ x",
                                  "clock timezone BJ 24", "clock timezone 8"])  # fmt: skip
def test_zones_that_are_not_known_are_unread(line: str) -> None:
    assert left(line) == [line]


SPEAKS = "vlan 10\ninterface VLAN 10\n ip address 10.0.0.2/24\n"
LOG = "logging server 10.0.4.10\n"


def test_from_where_the_switch_speaks() -> None:
    own = "logging source interface VLAN 10\n"
    assert plane(SPEAKS, LOG, own).source == "VLAN 10"
    assert plane(SPEAKS, own).source == ""  # nobody speaks
    assert plane(SPEAKS, LOG, own, "ntp server 10.0.4.1").source == ""
    assert plane(SPEAKS, LOG, own, "ntp server 10.0.4.1 source vlan 10").source == "VLAN 10"
    other = "vlan 20\ninterface vlan 20\n ip address 10.2.0.2/24\n"
    line = "ntp server 10.0.4.1 source VLAN 20"
    assert left(SPEAKS, other, LOG, own, line) in ([line], [own.strip()])
    assert left(LOG, own) == [own.strip()]  # it has no address
