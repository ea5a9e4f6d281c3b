"""What a hardened switch says about itself and its administrators: read whole, no VLAN moves."""

from __future__ import annotations

import pytest

from tests.parse.comware.reading import unread, whole

HARDENED = """
     telnet server enable
     undo telnet server enable
     undo ftp server enable
     undo ip http enable
     undo ip https enable
     undo lldp global enable
     header legal %Authorised staff only. All use is logged.%
    #
    interface LoopBack0
     ip address 10.255.1.1 32
    #
     ssl version tls1.0 disable
    #
    ssl client-policy SYSLOG
     pki-domain GZ
     prefer-cipher rsa_aes_256_cbc_sha
     server-verify enable
    #
     info-center enable
     info-center loghost source LoopBack0
     info-center loghost 10.0.4.10 port 6514 facility local6 ssl-client-policy SYSLOG
     info-center source default loghost level informational
     info-center timestamp loghost iso with-milliseconds
     clock timezone BJ add 08:00:00
     sflow collector 1 ip 10.0.4.12
    #
     password-control enable
     password-control length 12
     password-control login-attempt 5 exceed lock-time 15
     undo password-control aging enable
    #
    hwtacacs scheme TAC
     primary authentication 10.0.4.11 key cipher $c$3$x
     primary authorization 10.0.4.11 key cipher $c$3$x
     primary accounting 10.0.4.11 49 key cipher $c$3$x single-connection
     secondary authentication 10.4.4.11
     secondary authorization 10.4.4.11
     secondary accounting 10.4.4.11
     key authentication cipher $c$3$x
     key authorization cipher $c$3$x
     key accounting cipher $c$3$x
     user-name-format without-domain
     nas-ip 10.255.1.1
    #
    radius scheme EAP
     primary authentication 10.0.4.15 key cipher $c$3$x
     user-name-format keep-original
    #
    radius dynamic-author server
     client ip 10.0.4.15 key cipher $c$3$x
    #
    domain gztm
     authentication login hwtacacs-scheme TAC local
     authorization login hwtacacs-scheme TAC local
     authorization command hwtacacs-scheme TAC local
     accounting login hwtacacs-scheme TAC local
     accounting command hwtacacs-scheme TAC
     authentication lan-access radius-scheme EAP
    #
     domain default enable gztm
    #
    local-user breakglass class manage
     password hash $h$6$x
     service-type ssh
     authorization-attribute user-role network-admin
     undo authorization-attribute user-role network-operator
    #
     ssh server enable
     undo ssh server compatible-ssh1x enable
     ssh server authentication-timeout 30
     ssh2 algorithm key-exchange ecdh-sha2-nistp384
     sftp server enable
    #
    line class vty
     user-role network-operator
    #
    line vty 0 63
     authentication-mode scheme
     user-role network-operator
     protocol inbound ssh
     idle-timeout 5 0
     command accounting
     command authorization
    #
     snmp-agent
     snmp-agent group v3 G-NMS privacy read-view ALL
     snmp-agent mib-view included ALL iso
     snmp-agent usm-user v3 nms G-NMS cipher authentication-mode sha $c$3$x privacy-mode aes128 y
     snmp-agent target-host trap address udp-domain 10.0.4.10 params securityname nms v3 privacy
     snmp-agent trap source LoopBack0
    #
     ntp-service enable
     ntp-service authentication enable
     ntp-service authentication-keyid 1 authentication-mode hmac-sha-256 cipher $c$3$x
     ntp-service reliable authentication-keyid 1
     ntp-service unicast-server 10.0.4.1 authentication-keyid 1 source LoopBack0
    #
    nqa entry admin wan
     type icmp-echo
      destination ip 10.8.0.1
      frequency 1000
      reaction 1 checked-element probe-fail threshold-type consecutive 3 action-type trigger-only
    #
     nqa schedule admin wan start-time now lifetime forever
     track 1 nqa entry admin wan reaction 1
    #
"""


def test_a_hardened_switch_is_read_whole() -> None:
    read = whole(HARDENED)
    assert not read.vlans
    assert len(read.inert) == read.lines - len(["interface LoopBack0"])


@pytest.mark.parametrize(
    "text",
    [
        "line vty 0 63\n acl 2001 inbound",  # Huawei's; here it is `ssh server acl`
        "aaa\n local-user x",
        "user-interface vty 0 4\n protocol inbound ssh",
        "hwtacacs-server template T",
        "stelnet server enable",
        "hwtacacs scheme TAC\n secret x",
        "domain gztm\n radius-server EAP",
    ],
)
def test_words_of_another_vendor_are_unread(text: str) -> None:
    assert text.splitlines()[-1].strip() in unread(text)


@pytest.mark.parametrize(
    "line", ["ip address dhcp-alloc", "ipv6 address auto", "ip address unnumbered interface Loop0"]
)
def test_an_address_that_is_not_in_the_text(line: str) -> None:
    assert unread(f"interface M-GigabitEthernet0/0/0\n {line}") == [line]
