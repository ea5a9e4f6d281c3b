"""The management plane of USG firewalls, where it differs from that of switches."""

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
    Passwords,
    SnmpLevel,
    SnmpTarget,
)
from tests.parse.management.planes import field, plane, ranges, unread

TEXT = """
#
sysname BRANCH-FW-1
#
 info-center loghost source LoopBack0
 info-center loghost 10.0.4.10 transport tcp ssl-policy LOGS
#
 undo telnet server enable
 undo web-manager enable
 undo web-manager security enable
 undo lldp enable
 clock timezone BJ add 08:00:00
 header login information "Authorised staff only"
#
ssl policy LOGS type client
 pki-domain GZ
#
 ip netstream export source 10.255.7.1
 ip netstream export host 10.0.4.12 9995
#
hwtacacs-server template TAC
 hwtacacs-server authentication 10.0.4.11
 hwtacacs-server authorization 10.0.4.11
 hwtacacs-server accounting 10.0.4.11
 hwtacacs-server source-ip 10.255.7.1
 hwtacacs-server shared-key cipher vault:tacacs
#
acl number 2001
 rule 5 permit source 10.0.4.64 0.0.0.63
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 10.7.1.1 255.255.255.0
 undo service-manage enable
 ip netstream inbound
#
interface LoopBack0
 ip address 10.255.7.1 255.255.255.255
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1
#
aaa
 #
 authentication-scheme TAC
  authentication-mode hwtacacs local
 authorization-scheme TAC
  authorization-mode hwtacacs local
 accounting-scheme TAC
  accounting-mode hwtacacs
 recording-scheme TAC
  recording-mode hwtacacs TAC
 cmd recording-scheme TAC
 #
 domain default_admin
  authentication-scheme TAC
  authorization-scheme TAC
  accounting-scheme TAC
  hwtacacs-server TAC
 #
 manager-user breakglass
  password cipher vault:breakglass
  service-type terminal ssh
  level 15
  ssh authentication-type password
  ssh service-type stelnet
 #
 user-password complexity-check three-of-kinds
 user-password min-length 12
 lock-authentication enable
 lock-authentication failed-count 4
 lock-authentication timeout 10
#
snmp-agent
snmp-agent sys-info version v3
undo snmp-agent sys-info version v1 v2c
snmp-agent group v3 G-NMS privacy
snmp-agent usm-user v3 nms group G-NMS
snmp-agent usm-user v3 nms authentication-mode sha2-256 cipher vault:a
snmp-agent usm-user v3 nms privacy-mode aes256 cipher vault:p
snmp-agent target-host trap address udp-domain 10.0.4.20 params securityname nms v3 privacy
snmp-agent trap source LoopBack0
#
stelnet server enable
#
user-interface con 0
 authentication-mode aaa
user-interface vty 0 4
 acl 2001 inbound
 authentication-mode aaa
 protocol inbound ssh
 idle-timeout 5 0
#
ip address-set CLINIC type object
 address 0 10.7.1.0 mask 24
#
security-policy
 rule name ALL
  source-address address-set CLINIC
  action deny
#
return
"""
SSH = Listener.SSH


def test_the_whole() -> None:
    found = plane("usg", TEXT)
    assert found.listeners == {SSH}
    assert not found.discovery
    assert found.login.methods == found.login.console == (Method.TACACS, Method.LOCAL)
    assert found.login.commands_accounted
    assert found.login.sources4 == ranges("10.0.4.64/26")
    assert found.tacacs == (AaaServer("10.0.4.11", "vault:tacacs"),)
    assert found.accounts == {
        Account(
            name="breakglass",
            level=15,
            services=frozenset({Listener.CONSOLE, SSH}),
            secret="vault:breakglass",
        )
    }
    assert found.passwords == Passwords(length_min=12, kinds_min=3)
    assert found.lockout == Lockout(4, 600)
    assert found.banner == "Authorised staff only"
    assert found.snmp.targets == {SnmpTarget("10.0.4.20", "nms", SnmpLevel.ENCRYPTED)}
    assert found.syslog.targets == {LogTarget("10.0.4.10", "tls", 6514)}
    assert found.flows == {Collector("10.0.4.12", 9995)}
    assert found.source == "LoopBack0"


@pytest.mark.parametrize(
    ("old", "new", "path", "value"),
    [
        (" undo web-manager enable\n", "", "listeners", {SSH, Listener.HTTP}),
        (" undo web-manager security enable\n", "", "listeners", {SSH, Listener.HTTPS}),
        (" undo web-manager security enable\n", " web-manager security enable port 8443\n",
         "listeners", {SSH, Listener.HTTPS}),
        ("  level 15\n", "", "accounts", None),
        (" #\n user-password", " undo manager-user breakglass\n user-password", "accounts",
         frozenset()),
        (" lock-authentication failed-count 4\n", "", "lockout", Lockout(3, 600)),
        (" lock-authentication timeout 10\n", "", "lockout", Lockout(4, 1800)),
        (" lock-authentication timeout 10\n", " undo lock-authentication enable\n", "lockout",
         Lockout(0, 0)),
        (" ip netstream inbound\n", "", "flows", frozenset()),
        ("  service-type terminal ssh\n", "  service-type web ssh\n", "accounts", None),
    ],
)  # fmt: skip
def test_a_line_changes_its_value(old: str, new: str, path: str, value: object) -> None:
    assert TEXT.count(old) == 1
    found = field(plane("usg", TEXT.replace(old, new)), path)
    assert found != field(plane("usg", TEXT), path)
    assert value is None or found == value


def test_what_cannot_be_said_is_unread() -> None:
    role = TEXT.replace(
        " lock-auth", " bind manager-user breakglass role audit-admin\n lock-auth", 1
    )
    assert unread("usg", role) == ["bind manager-user breakglass role audit-admin"]
    other = TEXT.replace(" undo lldp enable\n", " undo lldp enable\n undo http server enable\n")
    assert unread("usg", other) == ["undo http server enable"]  # a switch's
    own = TEXT.replace("  level 15\n", "  level 15\n  acl-number 2001\n")
    assert unread("usg", own) == ["acl-number 2001"]


def test_an_account_that_is_asked_like_all_others() -> None:
    text = TEXT.replace(
        "  hwtacacs-server TAC\n #\n manager",
        """\
  service-type administrator-access
  hwtacacs-server TAC
 #
 manager""",
    ).replace(
        "  level 15\n",
        """\
  level 15
  authentication-scheme TAC
  hwtacacs-server TAC
""",
    )
    assert plane("usg", text) == plane("usg", TEXT)


@pytest.mark.parametrize(
    ("scheme", "line"),
    [
        (" authentication-scheme OPEN\n  authentication-mode none\n", "authentication-scheme OPEN"),
        (" authentication-scheme MINE\n", "authentication-scheme MINE"),  # the account alone
        ("", "authentication-scheme OPEN"),
        ("", "hwtacacs-server OTHER"),
    ],
)
def test_an_account_that_is_asked_otherwise(scheme: str, line: str) -> None:
    text = TEXT.replace("  level 15\n", f"  level 15\n  {line}\n")
    text = text.replace(" #\n authentication-scheme", f" #\n{scheme} authentication-scheme", 1)
    assert unread("usg", text) == [line]
    taken_back = text.replace("  ssh auth", f"  undo {line}\n  ssh auth")
    assert plane("usg", taken_back) == plane("usg", TEXT)


def test_a_role_that_may_do_everything() -> None:
    text = TEXT.replace("  level 15\n", "").replace(
        " lock-auth", " bind manager-user breakglass role system-admin\n lock-auth", 1
    )
    assert plane("usg", text) == plane("usg", TEXT)


def test_the_second_member_of_a_pair() -> None:
    """Its address differs, and with it the one that its clients speak from."""
    first = plane("usg", TEXT)
    second = TEXT.replace("BRANCH-FW-1", "BRANCH-FW-2").replace("10.255.7.1", "10.255.7.2")
    assert plane("usg", second) == first
    open_one = second.replace("stelnet server", "telnet server")
    assert plane("usg", open_one).listeners == {Listener.TELNET}
    wrong = TEXT.replace("BRANCH-FW-1", "BRANCH-FW-2").replace(
        " ip address 10.255.7.1", " ip address 10.255.7.2"
    )
    assert plane("usg", TEXT) == first
    assert unread("usg", wrong)
