"""From where a Huawei device is asked, and where its own clients speak from."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.management_plane import Method, SnmpLevel, SnmpUser
from tests.parse.management.planes import plane, ranges, unread, why


def test_a_missing_or_empty_list_lets_everyone_in() -> None:
    text = "user-interface vty 0 4\n acl 2001 inbound\n"
    assert "everyone" in why("vrp", text)
    assert "everyone" in why("vrp", f"acl 2001\n#\n{text}")


def test_an_advanced_list_is_judged_by_the_servers_port() -> None:
    text = """
        stelnet server enable
        acl 3001
         rule 10 permit tcp source 10.0.4.0 0.0.0.255 destination-port eq 22
         rule 20 permit tcp source 10.0.5.0 0.0.0.255 destination-port range 20 30
         rule 30 permit udp source 10.0.6.0 0.0.0.255
         rule 4000 deny ip
        user-interface vty 0 4
         protocol inbound ssh
         acl 3001 inbound
        """
    assert plane("vrp", text).login.sources4 == ranges("10.0.4.0/23")
    moved = text.replace("acl 3001\n", "ssh server port 2222\n        acl 3001\n", 1)
    assert plane("vrp", moved).login.sources4 == ()


def test_sources_of_two_protocols_add_up() -> None:
    text = """
        stelnet server enable
        acl 2001
         rule permit source 10.0.4.0 0.0.0.255
        acl 2002
         rule permit source 10.0.5.0 0.0.0.255
        ssh server acl 2001
        telnet server acl 2002
        """
    assert plane("vrp", text).login.sources4 == ranges("10.0.4.0/23")
    only = plane("vrp", f"{text}undo telnet server enable\n")
    assert only.login.sources4 == ranges("10.0.4.0/24")


def test_old_spelling_of_an_snmp_user() -> None:
    text = """
        snmp-agent group v3 G privacy
        snmp-agent usm-user v3 u G authentication-mode md5 vault:a privacy-mode des56 vault:b
        """
    (user,) = plane("vrp", text).snmp.users
    assert user == SnmpUser("u", "G", SnmpLevel.ENCRYPTED, "md5", "vault:a", "des", "vault:b")


def test_clients_in_a_table_of_their_own() -> None:
    text = """
        ip vpn-instance MGMT
         ipv4-family
        acl 2001
         rule permit vpn-instance MGMT source 10.0.4.0 0.0.0.255
        interface Vlanif10
         ip binding vpn-instance MGMT
         ip address 10.9.9.2 24
        ntp-service unicast-server 10.0.4.1 vpn-instance MGMT source-interface Vlanif10
        user-interface vty 0 4
         acl 2001 inbound
        """
    found = plane("vrp", text)
    assert found.source == "Vlanif10"
    assert found.login.sources4 == ranges("10.0.4.0/24")
    unbound = text.replace("         ip binding vpn-instance MGMT\n", "")
    assert "Vlanif10 is not in it" in why("vrp", unbound)
    assert unread("vrp", text.replace("permit vpn-instance MGMT", "permit vpn-instance OTHER"))


MGMT = """
    ip vpn-instance MGMT
     ipv4-family
    #
    interface GigabitEthernet0/0/0
     ip address 10.1.1.1 30
     undo portswitch
    interface Vlanif10
     ip binding vpn-instance MGMT
     ip address 10.9.9.2 24
    #
    ntp-service unicast-server 10.0.4.1 vpn-instance MGMT source-interface Vlanif10
    info-center loghost 10.0.4.10 vpn-instance MGMT
    hwtacacs-server template TAC
     hwtacacs-server authentication 10.0.4.11 vpn-instance MGMT
     hwtacacs-server authentication 10.4.4.11 vpn-instance MGMT secondary
    #
    aaa
     authentication-scheme TAC
      authentication-mode hwtacacs local
     domain default_admin
      authentication-scheme TAC
      hwtacacs-server TAC
    """


def test_the_only_address_of_a_table_is_the_source() -> None:
    found = plane("vrp", MGMT)
    assert (found.source, found.table) == ("Vlanif10", "MGMT")
    assert [one.address for one in found.tacacs] == ["10.0.4.11", "10.4.4.11"]
    other = "interface LoopBack9\n ip binding vpn-instance MGMT\n ip address 10.9.8.2 32\n"
    assert set(unread("vrp", dedent(MGMT) + other)) == {
        "info-center loghost 10.0.4.10 vpn-instance MGMT",
        "hwtacacs-server authentication 10.0.4.11 vpn-instance MGMT",
        "hwtacacs-server authentication 10.4.4.11 vpn-instance MGMT secondary",
    }
    common = dedent(MGMT) + other.replace(" ip binding vpn-instance MGMT\n", "")
    assert plane("vrp", common) == found
    six = other.replace("ip address 10.9.8.2 32", "ipv6 address 2001:db8::2/64")
    assert unread("vrp", dedent(MGMT) + six)  # a server may be asked by IPv6


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.0.4.11 vpn-instance MGMT", "10.0.4.11"),
        ("10.4.4.11 vpn-instance MGMT secondary", "10.4.4.11 secondary"),
        ("loghost 10.0.4.10 vpn-instance MGMT", "loghost 10.0.4.10"),
    ],
)
def test_every_client_is_in_the_same_table(old: str, new: str) -> None:
    (line,) = set(unread("vrp", MGMT.replace(old, new)))
    assert line.endswith(new)
    assert unread("vrp", MGMT.replace(old, new).replace(" source-interface Vlanif10", ""))


def test_a_user_whose_group_stands_in_a_line_of_its_own() -> None:
    text = """
        snmp-agent group v3 G privacy
        snmp-agent usm-user v3 u
        snmp-agent usm-user v3 u group G
        snmp-agent usm-user v3 u privacy-mode aes256 cipher vault:p
        """
    (user,) = plane("vrp", text).snmp.users
    assert (user.name, user.group, user.level) == ("u", "G", SnmpLevel.ENCRYPTED)
    alone = text.replace("        snmp-agent usm-user v3 u group G\n", "")
    assert why("vrp", alone) == "the user u is in no group"
    gone = f"{alone}        undo snmp-agent usm-user v3 u\n"
    assert plane("vrp", gone).snmp.users == frozenset()


def test_a_silent_client_does_not_agree() -> None:
    text = "info-center loghost source LoopBack0\ninfo-center loghost 10.0.4.10\n"
    assert plane("vrp", text).source == "LoopBack0"
    silent = f"{text}ntp-service unicast-server 10.0.4.1\n"
    assert unread("vrp", silent) == ["ntp-service unicast-server 10.0.4.1"]
    assert plane("vrp", f"{silent}undo ntp-service unicast-server 10.0.4.1\n").source


def test_discovery_is_off_when_every_port_is_silent() -> None:
    port = "interface GigabitEthernet0/0/{}\n port link-type access\n{}"
    silent = port.format(1, " undo lldp enable\n")
    assert not plane("vrp", silent).discovery
    assert plane("vrp", silent + port.format(2, "")).discovery


def test_a_domain_for_administrators() -> None:
    text = """
        domain ops admin
        aaa
         authentication-scheme X
          authentication-mode none
         domain ops
          authentication-scheme X
        user-interface vty 0 4
         authentication-mode aaa
        """
    assert plane("vrp", text).login.methods == (Method.NONE,)
    assert unread("vrp", text.replace("domain ops\n", "domain oops\n")) == ["domain ops admin"]
