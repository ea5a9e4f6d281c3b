"""The management plane of Comware switches and SecPath firewalls, value by value."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import (
    AaaServer,
    Account,
    Collector,
    Listener,
    Lockout,
    LogTarget,
    Method,
    NtpKey,
    NtpServer,
    Passwords,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
)
from tests.parse.management.planes import field, plane, ranges, unread, why

TEXT = """
 version 7.1.064, Release 9660P42
#
 sysname CORE-1
#
 header legal %Authorised staff only%
 header shell %be careful%
#
 clock timezone BJ add 08:00:00
 clock protocol ntp
#
 password-control enable
 password-control length 12
 password-control composition type-number 3 type-length 1
 password-control login-attempt 4 exceed lock-time 10
 password-control history 8
 password-control aging 180
#
 undo lldp global enable
 undo ip http enable
 undo ip https enable
 undo telnet server enable
#
acl basic 2001
 description bastion
 rule 0 deny source 10.0.4.77 0
 rule 5 permit source 10.0.4.64 0.0.0.63
#
acl basic name NMS
 rule 0 permit source 10.0.4.20 0
#
acl ipv6 basic 2001
 rule 0 permit source 2001:db8:4::/64
#
interface LoopBack0
 ip address 10.255.3.1 255.255.255.255
#
interface GigabitEthernet1/0/1
 port link-mode route
 ip netstream inbound
#
 ssl client-policy LOGS
  pki-domain GZ
#
 info-center loghost source LoopBack0
 info-center loghost 10.0.4.10 port 6514 facility local6 ssl-client-policy LOGS
 info-center loghost 10.4.4.10
 info-center timestamp loghost iso with-timezone
#
 hwtacacs scheme tac
  primary authentication 10.0.4.11 key cipher vault:tacacs
  primary authorization 10.0.4.11 49 key cipher vault:tacacs
  primary accounting 10.0.4.11 key cipher vault:tacacs single-connection
  secondary authentication 10.4.4.11
  secondary authorization 10.4.4.11
  secondary accounting 10.4.4.11
  key authentication cipher vault:tacacs
  key authorization cipher vault:tacacs
  key accounting cipher vault:tacacs
  user-name-format without-domain
  nas-ip 10.255.3.1
#
 domain gztm
  authentication login hwtacacs-scheme TAC local
  authorization login hwtacacs-scheme TAC local
  authorization command hwtacacs-scheme TAC local
  accounting login hwtacacs-scheme TAC local
  accounting command hwtacacs-scheme TAC
#
 domain default enable gztm
#
local-user breakglass class manage
 password hash vault:breakglass
 service-type ssh
 service-type terminal
 authorization-attribute user-role network-admin
 undo authorization-attribute user-role network-operator
#
 ssh server enable
 ssh server acl 2001
 ssh server ipv6 acl ipv6 2001
#
line class vty
 user-role network-operator
 authentication-mode scheme
#
line con 0
 authentication-mode scheme
 idle-timeout 3 30
 command accounting
#
line vty 0 63
 protocol inbound ssh
 idle-timeout 5 0
 command accounting
#
 snmp-agent
 snmp-agent local-engineid 800063A2
 snmp-agent sys-info version v3
 snmp-agent group v3 G-NMS privacy read-view ALL acl name nms
 snmp-agent mib-view included ALL iso
 snmp-agent usm-user v3 nms G-NMS cipher authentication-mode sha vault:a privacy-mode aes128 vault:p
 snmp-agent target-host trap address udp-domain 10.0.4.20 params securityname nms v3 privacy
 snmp-agent trap source LoopBack0
#
 ip netstream export source interface LoopBack0
 ip netstream export host 10.0.4.12 9996
#
 ntp-service enable
 ntp-service authentication enable
 ntp-service source LoopBack0
 ntp-service authentication-keyid 7 authentication-mode hmac-sha-256 cipher vault:ntp
 ntp-service reliable authentication-keyid 7
 ntp-service unicast-server 10.0.4.1 authentication-keyid 7 priority
 ntp-service unicast-server 10.4.4.1 authentication-keyid 7
#
return
"""
BASTION = ranges("10.0.4.64/32")[0][0]
SSH, TELNET = Listener.SSH, Listener.TELNET
TACACS, LOCAL, NONE = Method.TACACS, Method.LOCAL, Method.NONE
PLATFORMS = pytest.mark.parametrize("platform", ["comware", "secpath"])


def written(platform: str, text: str = TEXT) -> str:
    """The text as this platform takes it: a firewall's ports need no link mode."""
    return text if platform == "comware" else text.replace(" port link-mode route\n", "")


@PLATFORMS
def test_who_may_log_in(platform: str) -> None:
    found = plane(platform, written(platform))
    assert found.listeners == {SSH}
    assert not found.discovery
    assert found.login.methods == found.login.console == (TACACS, LOCAL)
    assert found.login.authorization == (TACACS, LOCAL)
    assert found.login.sessions_accounted
    assert found.login.commands_accounted
    assert found.login.listeners == {SSH}
    assert found.login.sources4 == ((BASTION, BASTION + 12), (BASTION + 14, BASTION + 63))
    assert found.login.sources6 == ranges("2001:db8:4::/64")
    assert (found.login.idle_s, found.login.console_idle_s) == (300, 210)
    assert found.tacacs == (
        AaaServer("10.0.4.11", "vault:tacacs"),
        AaaServer("10.4.4.11", "vault:tacacs"),
    )
    assert found.accounts == {
        Account(
            name="breakglass",
            level=15,
            services=frozenset({Listener.CONSOLE, SSH}),
            secret="vault:breakglass",
        )
    }
    assert found.passwords == Passwords(length_min=12, kinds_min=3, history=8, lifetime_days=180)
    assert found.lockout == Lockout(4, 600)


@PLATFORMS
def test_what_watches_it(platform: str) -> None:
    found = plane(platform, written(platform))
    assert found.banner == "Authorised staff only"
    assert found.snmp.versions == {"v3"}
    assert found.snmp.users == {
        SnmpUser("nms", "G-NMS", SnmpLevel.ENCRYPTED, "sha", "vault:a", "aes-128", "vault:p")
    }
    assert found.snmp.sources4 == ranges("10.0.4.20/32")
    assert found.snmp.targets == {SnmpTarget("10.0.4.20", "nms", SnmpLevel.ENCRYPTED)}
    assert found.ntp.authenticated
    assert found.ntp.keys == {NtpKey(7, "hmac-sha-256", "vault:ntp")}
    assert found.ntp.trusted == {7}
    assert found.ntp.servers == {NtpServer("10.0.4.1", 7), NtpServer("10.4.4.1", 7)}
    assert found.syslog.targets == {
        LogTarget("10.0.4.10", "tls", 6514),
        LogTarget("10.4.4.10", "udp", 514),
    }
    assert found.syslog.zoned
    assert found.flows == {Collector("10.0.4.12", 9996)}
    assert found.zone_minutes == 480
    assert found.source == "LoopBack0"


def test_what_a_text_does_not_say() -> None:
    switch, firewall = plane("comware", "sysname X\n"), plane("secpath", "sysname X\n")
    assert switch.listeners == frozenset()
    assert firewall.listeners == {Listener.HTTP, Listener.HTTPS}
    for found in (switch, firewall):
        assert found.discovery
        assert found.login.methods == (Method.PASSWORD,)
        assert found.login.console == (NONE,)
        assert found.login.listeners == {SSH, TELNET}
        assert found.login.sources4 is None
        assert found.lockout == Lockout(0, 0)
        assert found.passwords == Passwords()
        assert found.snmp.versions == frozenset()


@PLATFORMS
@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        (" ssh server enable", "listeners", frozenset()),
        (" undo lldp global enable", "discovery", True),
        (" clock timezone BJ add 08:00:00", "zone_minutes", 0),
        (" password-control enable", "passwords", Passwords()),
        (" password-control enable", "lockout", Lockout(0, 0)),
        (" password-control length 12", "passwords.length_min", 10),
        (" password-control composition type-number 3 type-length 1", "passwords.kinds_min", 1),
        (" password-control login-attempt 4 exceed lock-time 10", "lockout", Lockout(3, 60)),
        (" password-control history 8", "passwords.history", 4),
        (" password-control aging 180", "passwords.lifetime_days", 90),
        (" header legal %Authorised staff only%", "banner", ""),
        (" ntp-service enable", "ntp.servers", frozenset()),
        (" ntp-service authentication enable", "ntp.authenticated", False),
        (" ntp-service reliable authentication-keyid 7", "ntp.trusted", frozenset()),
        ("  authentication login hwtacacs-scheme TAC local", "login.methods", (LOCAL,)),
        ("  authorization login hwtacacs-scheme TAC local", "login.authorization", (LOCAL,)),
        ("  accounting login hwtacacs-scheme TAC local", "login.sessions_accounted", False),
        ("  accounting command hwtacacs-scheme TAC", "login.commands_accounted", False),
        (" domain default enable gztm", "login.methods", (LOCAL,)),
        (" info-center timestamp loghost iso with-timezone", "syslog.zoned", False),
        (" ip netstream export host 10.0.4.12 9996", "flows", frozenset()),
        (" ip netstream inbound", "flows", frozenset()),
        (" ssh server acl 2001", "login.sources4", None),
        (" ssh server ipv6 acl ipv6 2001", "login.sources6", None),
        (" protocol inbound ssh", "login.listeners", {SSH, TELNET}),
        (" idle-timeout 5 0", "login.idle_s", 600),
        (" idle-timeout 3 30", "login.console_idle_s", 600),
    ],
)
def test_a_line_less_changes_its_value(platform: str, line: str, path: str, value: object) -> None:
    text = written(platform)
    assert text.count(f"\n{line}\n") == 1
    assert field(plane(platform, text.replace(f"\n{line}\n", "\n")), path) == value
    assert field(plane(platform, text), path) != value


@PLATFORMS
@pytest.mark.parametrize(
    ("more", "path", "value"),
    [
        ("undo ssh server enable", "listeners", frozenset()),
        ("telnet server enable", "listeners", {SSH, TELNET}),
        ("sftp server enable", "listeners", {SSH, Listener.SFTP}),
        ("scp server enable", "listeners", {SSH, Listener.SCP}),
        ("ftp server enable", "listeners", {SSH, Listener.FTP}),
        ("ip http enable", "listeners", {SSH, Listener.HTTP}),
        ("ip https enable", "listeners", {SSH, Listener.HTTPS}),
        ("netconf ssh server enable", "listeners", {SSH, Listener.NETCONF}),
        ("undo password-control length enable", "passwords.length_min", 0),
        ("undo password-control aging enable", "passwords.lifetime_days", 0),
        ("undo password-control login-attempt", "lockout", Lockout(3, 60)),
        ("password-control login-attempt 3 exceed unlock", "lockout", Lockout(0, 0)),
        ("undo header legal", "banner", ""),
        ("header motd ^tell the desk^", "banner", "Authorised staff only\ntell the desk"),
        ("undo snmp-agent", "snmp.versions", frozenset()),
        ("snmp-agent sys-info version v2c", "snmp.versions", {"v2c", "v3"}),
        ("undo snmp-agent sys-info version v3", "snmp.versions", frozenset()),
        ("snmp-agent community read cipher public acl name NMS", "snmp.communities", {"public"}),
        ("snmp-agent community write simple x acl name NMS", "snmp.writes", True),
        ("snmp-agent community read x", "snmp.sources4", None),
        ("snmp-agent group v3 G-NMS privacy write-view ALL acl name NMS", "snmp.writes", True),
        ("undo info-center enable", "syslog.targets", frozenset()),
        ("undo info-center loghost 10.4.4.10", "syslog.targets",
         {LogTarget("10.0.4.10", "tls", 6514)}),
        ("info-center timestamp loghost none", "syslog.dated", False),
        ("undo ntp-service enable", "ntp.servers", frozenset()),
        ("undo ntp-service unicast-server 10.4.4.1", "ntp.servers", {NtpServer("10.0.4.1", 7)}),
        ("undo clock timezone", "zone_minutes", 0),
        ("local-user breakglass class manage\n state block", "accounts", frozenset()),
        ("undo local-user breakglass class manage", "accounts", frozenset()),
        ("line vty 5 63\n undo command accounting", "login.commands_accounted", False),
        ("line con 0\n undo command accounting", "login.commands_accounted", False),
        ("line vty 3\n idle-timeout 0", "login.idle_s", None),
        ("line vty 0 4\n authentication-mode none", "login.methods", (NONE,)),
        ("line con 0\n undo authentication-mode", "login.console", (NONE,)),
        ("domain gztm\n undo authentication login", "login.methods", (LOCAL,)),
        ("domain gztm\n undo authentication login\n authentication default none", "login.methods",
         (NONE,)),
        ("undo ssh server acl", "login.sources4", None),
    ],
)  # fmt: skip
def test_a_line_more_changes_its_value(platform: str, more: str, path: str, value: object) -> None:
    text = written(platform)
    changed = text.replace("\nreturn\n", f"\n{more}\n#\nreturn\n")
    assert field(plane(platform, changed), path) == value
    assert field(plane(platform, text), path) != value


@PLATFORMS
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("acl basic 2001\n", "acl basic 2005\n"),
        (" ssl client-policy LOGS\n  pki-domain GZ\n", ""),
        ("usm-user v3 nms G-NMS", "usm-user v3 nms OTHER"),
        ("usm-user v3 nms G-NMS", "usm-user v3 nms user-role network-admin"),
        ("hwtacacs scheme tac", "hwtacacs scheme tic"),
        ("  secondary accounting 10.4.4.11\n", ""),
        ("domain default enable gztm", "domain default enable other"),
        ("nas-ip 10.255.3.1", "nas-ip 10.255.3.2"),
        ("rule 5 permit source 10.0.4.64 0.0.0.63",
         "rule 5 permit source 10.0.4.64 0.0.0.63 time-range OFFICE"),
        ("rule 5 permit source 10.0.4.64 0.0.0.63",
         "rule 5 permit vpn-instance MGMT source 10.0.4.64 0.0.0.63"),
        ("exceed lock-time 10", "exceed lock"),
        (" service-type terminal\n", " service-type terminal\n password-control length 20\n"),
        ("10.0.4.20 params", "10.0.4.20 udp-port 1162 params"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_unread(platform: str, old: str, new: str) -> None:
    text = written(platform)
    assert text.count(old) >= 1
    assert unread(platform, text.replace(old, new, 1))


def test_only_some_lines_of_the_network() -> None:
    """Comware has 64 of them; what no line configures takes a password of its own."""
    text = "line vty 0 4\n authentication-mode scheme\n protocol inbound ssh\n idle-timeout 5\n"
    found = plane("comware", text)
    assert found.login.methods == (Method.PASSWORD,)
    assert found.login.listeners == {SSH, TELNET}
    assert found.login.idle_s == 600
    rest = plane("comware", f"{text}#\n{text.replace('0 4', '5 63')}")
    assert rest.login.methods == (LOCAL,)
    assert rest.login.listeners == {SSH}


def test_words_as_short_as_typed() -> None:
    text = """
        sys
        ssh s en
        snmp-a com read simp public
        line v 0 63
         auth sch
         prot in ssh
         idle 7
        quit
        loc adm class m
         serv ss tel
        """
    found = plane("comware", text)
    assert found.listeners == {SSH}
    assert found.snmp.communities == {"public"}
    assert found.login.methods == (LOCAL,)
    assert found.login.idle_s == 420
    (account,) = found.accounts
    assert account.services == {SSH, TELNET}


def test_a_missing_or_empty_list_lets_everyone_in() -> None:
    """Correction 14."""
    for platform in ("comware", "secpath"):
        assert "everyone" in why(platform, "ssh server enable\nssh server acl 2001\n")
        assert "everyone" in why(platform, "acl basic 2001\n#\nssh server acl 2001\n")


def test_a_firewalls_second_member_has_its_own_interfaces() -> None:
    first = written("secpath")
    second = first.replace("sysname CORE-1", "sysname CORE-2").replace(
        "interface LoopBack0\n ip address 10.255.3.1",
        "interface LoopBack0\n ip address 10.255.3.2",
    )
    assert plane("secpath", first).source == "LoopBack0"
    assert unread("secpath", second)  # its servers are spoken to from the first one's address
    assert plane("secpath", first.replace("CORE-1", "CORE-3")) == plane("secpath", first)
