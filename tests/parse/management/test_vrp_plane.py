"""The management plane of VRP switches and routers: each value, and that it moves with its line."""

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
from tests.parse.management.planes import field, plane, ranges, unread

TEXT = """
!Software Version V200R022C00SPC500
#
sysname WARD-3-SW
#
header login information "Authorised staff only"
header shell information "be careful here"
#
info-center loghost source LoopBack0
info-center loghost 10.0.4.10 facility local6 transport tcp ssl-policy LOGS
info-center loghost 10.4.4.10 port 1514
info-center timestamp log format-date precision-time millisecond
#
ssl policy LOGS type client
 pki-domain GZ
#
undo lldp enable
#
undo http server enable
undo http secure-server enable
#
clock timezone BJ add 08:00:00
#
ntp-service server disable
ntp-service authentication enable
ntp-service source-interface LoopBack0
ntp-service authentication-keyid 7 authentication-mode hmac-sha256 cipher vault:ntp
ntp-service reliable authentication-keyid 7
ntp-service unicast-server 10.0.4.1 authentication-keyid 7 preference
ntp-service unicast-server 10.4.4.1 source-interface LoopBack 0 authentication-keyid 7
#
undo telnet server enable
#
hwtacacs-server template TAC
 hwtacacs-server authentication 10.0.4.11
 hwtacacs-server authentication 10.4.4.11 49 secondary
 hwtacacs-server authorization 10.0.4.11
 hwtacacs-server authorization 10.4.4.11 secondary
 hwtacacs-server accounting 10.0.4.11
 hwtacacs-server accounting 10.4.4.11 secondary
 hwtacacs-server source-ip 10.255.3.1
 hwtacacs-server shared-key cipher vault:tacacs
 undo hwtacacs-server user-name domain-included
#
acl number 2001
 description bastion
 rule 5 deny source 10.0.4.77 0
 rule 10 permit source 10.0.4.64 0.0.0.63
#
acl name NMS 2002
 rule permit source 10.0.4.20 0
#
acl ipv6 number 2001
 rule 5 permit source 2001:db8:4::/64
#
aaa
 authentication-scheme default
 authentication-scheme TAC
  authentication-mode hwtacacs local
 authorization-scheme TAC
  authorization-mode hwtacacs local
 accounting-scheme TAC
  accounting-mode hwtacacs
  accounting start-fail online
 recording-scheme TAC
  recording-mode hwtacacs TAC
 cmd recording-scheme TAC
 local-aaa-user password policy administrator
  password expire 180
  password history record number 8
 #
 user-password complexity-check three-of-kinds
 user-password min-length 12
 local-aaa-user wrong-password retry-interval 5 retry-time 4 block-time 10
 domain default
  authentication-scheme default
 domain default_admin
  authentication-scheme TAC
  authorization-scheme TAC
  accounting-scheme TAC
  hwtacacs-server TAC
 local-user breakglass password irreversible-cipher vault:breakglass
 local-user breakglass privilege level 15
 local-user breakglass service-type terminal ssh
#
interface LoopBack0
 ip address 10.255.3.1 255.255.255.255
#
interface GigabitEthernet0/0/1
 port link-type access
 ip netstream inbound
#
ip netstream export version 9
ip netstream export source 10.255.3.1
ip netstream export host 10.0.4.12 9996
#
snmp-agent
snmp-agent local-engineid 800007DB03
snmp-agent sys-info version v3
undo snmp-agent sys-info version v1 v2c
snmp-agent group v3 G-NMS privacy read-view ALL notify-view ALL acl 2002
snmp-agent mib-view included ALL iso
snmp-agent usm-user v3 nms group G-NMS
snmp-agent usm-user v3 nms authentication-mode sha2-256 cipher vault:snmp-a
snmp-agent usm-user v3 nms privacy-mode aes256 cipher vault:snmp-p
snmp-agent target-host trap address udp-domain 10.0.4.20 params securityname nms v3 privacy
snmp-agent trap source LoopBack0
snmp-agent trap enable
#
stelnet server enable
ssh server-source -i LoopBack0
#
user-interface con 0
 authentication-mode aaa
 idle-timeout 3 30
user-interface vty 0 4
 acl 2001 inbound
 acl ipv6 2001 inbound
 authentication-mode aaa
 idle-timeout 5 0
 protocol inbound ssh
user-interface vty 16 20
 acl 2001 inbound
 acl ipv6 2001 inbound
 authentication-mode aaa
 idle-timeout 5 0
 protocol inbound ssh
#
return
"""
BASTION = ranges("10.0.4.64/32")[0][0]
SSH, TELNET = Listener.SSH, Listener.TELNET
TACACS, LOCAL, NONE = Method.TACACS, Method.LOCAL, Method.NONE
NMS = ranges("10.0.4.20/32")
WITHOUT_NMS = """\
undo snmp-agent usm-user v3 nms
undo snmp-agent target-host trap address udp-domain 10.0.4.20
"""


def test_who_may_log_in() -> None:
    found = plane("vrp", TEXT)
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


def test_what_watches_it() -> None:
    found = plane("vrp", TEXT)
    assert found.banner == "Authorised staff only"
    assert found.snmp.versions == {"v3"}
    assert found.snmp.users == {
        SnmpUser(
            "nms",
            "G-NMS",
            SnmpLevel.ENCRYPTED,
            "sha-256",
            "vault:snmp-a",
            "aes-256",
            "vault:snmp-p",
        )
    }
    assert not found.snmp.communities
    assert not found.snmp.writes
    assert found.snmp.sources4 == NMS
    assert found.snmp.targets == {SnmpTarget("10.0.4.20", "nms", SnmpLevel.ENCRYPTED)}
    assert found.ntp.authenticated
    assert found.ntp.keys == {NtpKey(7, "hmac-sha-256", "vault:ntp")}
    assert found.ntp.trusted == {7}
    assert found.ntp.servers == {NtpServer("10.0.4.1", 7), NtpServer("10.4.4.1", 7)}
    assert found.syslog.targets == {
        LogTarget("10.0.4.10", "tls", 6514),
        LogTarget("10.4.4.10", "udp", 1514),
    }
    assert found.syslog.dated
    assert found.syslog.zoned
    assert found.flows == {Collector("10.0.4.12", 9996)}
    assert found.zone_minutes == 480
    assert found.source == "LoopBack0"
    assert found.radius == ()


def test_what_a_text_does_not_say() -> None:
    found = plane("vrp", "sysname X\n")
    assert found.listeners == {TELNET, Listener.HTTP, Listener.HTTPS}
    assert found.discovery
    assert found.login.methods == found.login.console == (NONE,)
    assert found.login.listeners == {SSH, TELNET}
    assert found.login.sources4 is None
    assert (found.login.idle_s, found.login.console_idle_s) == (600, 600)
    assert found.lockout == Lockout(0, 0)
    assert found.passwords == Passwords()
    assert found.snmp.versions == frozenset()
    assert not found.ntp.authenticated
    assert found.zone_minutes == 0


@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        ("stelnet server enable", "listeners", frozenset()),
        ("undo telnet server enable", "listeners", {SSH, TELNET}),
        ("undo http server enable", "listeners", {SSH, Listener.HTTP}),
        ("undo http secure-server enable", "listeners", {SSH, Listener.HTTPS}),
        ("undo lldp enable", "discovery", True),
        ("clock timezone BJ add 08:00:00", "zone_minutes", 0),
        ("ntp-service authentication enable", "ntp.authenticated", False),
        ("ntp-service reliable authentication-keyid 7", "ntp.trusted", frozenset()),
        ("  authentication-mode hwtacacs local", "login.methods", (LOCAL,)),
        ("  authorization-mode hwtacacs local", "login.authorization", (LOCAL,)),
        ("  accounting-mode hwtacacs", "login.sessions_accounted", False),
        (" cmd recording-scheme TAC", "login.commands_accounted", False),
        ("  authentication-scheme TAC", "login.methods", (LOCAL,)),
        ("  accounting-scheme TAC", "login.sessions_accounted", False),
        ("  hwtacacs-server TAC", "login.methods", (LOCAL,)),
        (" user-password complexity-check three-of-kinds", "passwords.kinds_min", 0),
        (" user-password min-length 12", "passwords.length_min", 0),
        ("  password expire 180", "passwords.lifetime_days", 90),
        ("  password history record number 8", "passwords.history", 5),
        (
            " local-aaa-user wrong-password retry-interval 5 retry-time 4 block-time 10",
            "lockout",
            Lockout(0, 0),
        ),
        ('header login information "Authorised staff only"', "banner", ""),
        ("undo snmp-agent sys-info version v1 v2c", "snmp.versions", {"v1", "v2c", "v3"}),
        ("ip netstream export host 10.0.4.12 9996", "flows", frozenset()),
        (" ip netstream inbound", "flows", frozenset()),
        ("ntp-service unicast-server 10.0.4.1 authentication-keyid 7 preference",
         "ntp.servers", {NtpServer("10.4.4.1", 7)}),
        ("info-center loghost 10.4.4.10 port 1514",
         "syslog.targets", {LogTarget("10.0.4.10", "tls", 6514)}),
    ],
)  # fmt: skip
def test_a_line_less_changes_its_value(line: str, path: str, value: object) -> None:
    assert TEXT.count(f"\n{line}\n") == 1
    assert field(plane("vrp", TEXT.replace(f"\n{line}\n", "\n")), path) == value
    assert field(plane("vrp", TEXT), path) != value


@pytest.mark.parametrize(
    ("more", "path", "value"),
    [
        ("undo stelnet server enable", "listeners", frozenset()),
        ("sftp server enable", "listeners", {SSH, Listener.SFTP}),
        ("scp ipv4 server enable", "listeners", {SSH, Listener.SCP}),
        ("ftp server enable", "listeners", {SSH, Listener.FTP}),
        ("snetconf server enable", "listeners", {SSH, Listener.NETCONF}),
        ("telnet ipv6 server enable", "listeners", {SSH, TELNET}),
        ("undo ssh server-source -i LoopBack0", "listeners", frozenset()),
        ("undo hwtacacs enable", "login.methods", (LOCAL,)),
        ("undo header login", "banner", ""),
        ("set password min-length 16", "passwords.length_min", 16),
        ("undo snmp-agent", "snmp.versions", frozenset()),
        ("snmp-agent sys-info version v2c", "snmp.versions", {"v2c", "v3"}),
        ("snmp-agent community read cipher public acl 2002", "snmp.communities", {"public"}),
        ("snmp-agent community write secret acl 2002", "snmp.writes", True),
        ("snmp-agent community read open", "snmp.sources4", None),
        ("snmp-agent group v3 G-NMS authentication write-view ALL acl 2002", "snmp.writes", True),
        ("undo snmp-agent target-host trap address udp-domain 10.0.4.20 params securityname nms",
         "snmp.targets", frozenset()),
        (WITHOUT_NMS, "snmp.users", frozenset()),
        ("undo ntp-service reliable authentication-keyid 7", "ntp.trusted", frozenset()),
        ("undo ntp-service authentication-keyid 7", "ntp.keys", frozenset()),
        ("ntp-service disable", "ntp.servers", frozenset()),
        ("undo ntp-service unicast-server 10.4.4.1", "ntp.servers", {NtpServer("10.0.4.1", 7)}),
        ("undo info-center enable", "syslog.targets", frozenset()),
        ("undo info-center loghost 10.0.4.10", "syslog.targets",
         {LogTarget("10.4.4.10", "udp", 1514)}),
        ("info-center loghost 10.4.4.10 transport tcp ssl-policy LOGS port 7000",
         "syslog.targets",
         {LogTarget("10.0.4.10", "tls", 6514), LogTarget("10.4.4.10", "tls", 7000)}),
        ("info-center timestamp log boot", "syslog.dated", False),
        ("info-center timestamp log date without-timezone", "syslog.zoned", False),
        ("undo ip netstream export host 10.0.4.12 9996", "flows", frozenset()),
        ("clock timezone X minus 03:30:00", "zone_minutes", -210),
        ("aaa\n local-user breakglass state block", "accounts", frozenset()),
        ("aaa\n undo local-user breakglass", "accounts", frozenset()),
        ("aaa\n undo local-aaa-user wrong-password", "lockout", Lockout(0, 0)),
        ("aaa\n undo user-password complexity-check", "passwords.kinds_min", 0),
        ("aaa\n undo local-aaa-user password policy administrator", "passwords.history", 0),
        ("aaa\n undo cmd recording-scheme", "login.commands_accounted", False),
        ("user-interface vty 2\n idle-timeout 0 0", "login.idle_s", None),
        ("user-interface vty 0 4\n undo idle-timeout", "login.idle_s", 600),
        ("user-interface vty 0 4\n authentication-mode password", "login.methods",
         (Method.PASSWORD,)),
        ("user-interface vty 16 20\n protocol inbound all", "login.listeners", {SSH, TELNET}),
        ("user-interface vty 0 4\n undo acl inbound", "login.sources4", None),
        ("user-interface vty 0 4\n undo acl ipv6 inbound", "login.sources6", None),
        ("user-interface maximum-vty 8", "login.methods", (NONE,)),
        ("user-interface con 0\n authentication-mode none", "login.console", (NONE,)),
        ("user-interface con 0\n idle-timeout 0", "login.console_idle_s", None),
    ],
)  # fmt: skip
def test_a_line_more_changes_its_value(more: str, path: str, value: object) -> None:
    changed = TEXT.replace("\nreturn\n", f"\n{more}\n#\nreturn\n")
    assert field(plane("vrp", changed), path) == value
    assert field(plane("vrp", TEXT), path) != value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("acl number 2001\n", "acl number 2005\n"),  # the list that the lines bind is gone
        ("ssl policy LOGS type client\n pki-domain GZ\n", ""),
        ("snmp-agent usm-user v3 nms group G-NMS", "snmp-agent usm-user v3 nms group OTHER"),
        ("hwtacacs-server TAC\n local", "hwtacacs-server TIC\n local"),
        ("recording-mode hwtacacs TAC", "recording-mode hwtacacs TIC"),
        ("accounting 10.4.4.11 secondary", "accounting 10.4.4.12 secondary"),
        ("source-ip 10.255.3.1", "source-ip 10.255.3.2"),
        ("rule 10 permit source 10.0.4.64 0.0.0.63",
         "rule 10 permit source 10.0.4.64 0.0.0.63 time-range OFFICE"),
        ("rule 10 permit source 10.0.4.64 0.0.0.63", "rule 10 permit source 10.0.4.64 0.0.1.63"),
        ("udp-domain 10.0.4.20", "udp-domain 10.0.4.20 vpn-instance MGMT"),
        ("udp-domain 10.0.4.20", "udp-domain 10.0.4.20 udp-port 1162"),
        ("service-type terminal ssh", "service-type 8021x"),
        ("local-user breakglass privilege", "local-user breakglass user-type x"),
        ("authentication 10.0.4.11\n", "authentication 10.0.4.11 4949\n"),
        (" authentication-mode aaa\n idle-timeout 3 30",
         " authentication-mode aaa\n undo shell"),
        ("ntp-service server disable", "ntp-service refclock-master 2"),
        ("snmp-agent trap enable", "snmp-agent udp-port 10161"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_unread(old: str, new: str) -> None:
    assert TEXT.count(old) >= 1
    assert unread("vrp", TEXT.replace(old, new, 1))
