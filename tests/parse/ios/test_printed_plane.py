"""Whole texts of switches that are administered well: as a device prints one, and as typed."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from telemed_infra.management_plane import (
    AaaServer,
    Account,
    Collector,
    Listener,
    Lockout,
    Login,
    LogTarget,
    ManagementPlane,
    Method,
    Ntp,
    NtpKey,
    NtpServer,
    Passwords,
    PortGuards,
    Snmp,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
    Syslog,
)
from telemed_infra.packets import Ranges
from telemed_infra.parse.behaviour import SwitchBehaviour
from telemed_infra.parse.ios import parse_ios_switch
from tests.parse.ios.judge import switch, unread
from tests.parse.ios.plane_texts import PRINTED, TYPED
from tests.parse.lines import accounted

PORT, UPLINK = "GigabitEthernet1/0/1", "TenGigabitEthernet1/1/1"


def _range(first: str, last: str) -> Ranges:
    kind = IPv6Address if ":" in first else IPv4Address
    return ((int(kind(first)), int(kind(last))),)


PLANE = ManagementPlane(
    listeners=frozenset({Listener.SSH}),
    discovery=False,
    login=Login(
        methods=(Method.TACACS, Method.LOCAL),
        console=(Method.TACACS, Method.LOCAL),
        authorization=(Method.TACACS, Method.LOCAL),
        sessions_accounted=True,
        commands_accounted=True,
        listeners=frozenset({Listener.SSH}),
        sources4=_range("10.0.4.0", "10.0.4.15"),
        sources6=_range("2001:db8:4::", "2001:db8:4::f"),
        idle_s=300,
        console_idle_s=300,
    ),
    tacacs=(AaaServer("10.0.4.11", "vault:tacacs"), AaaServer("10.1.4.11", "vault:tacacs")),
    accounts=frozenset({
        Account(
            name="breakglass", level=15, services=frozenset({Listener.SSH, Listener.CONSOLE}),
            secret="vault:breakglass",
        )
    }),
    passwords=Passwords(length_min=12, kinds_min=4, lifetime_days=90),
    lockout=Lockout(5, 300),
    banner="Keep out.\nAll is recorded.",
    snmp=Snmp(
        versions=frozenset({"v3"}),
        users=frozenset({
            SnmpUser("nms", "READERS", SnmpLevel.ENCRYPTED, "sha-256", "vault:a", "aes-256",
                     "vault:p")
        }),
        sources4=_range("10.0.4.20", "10.0.4.20"),
        targets=frozenset({SnmpTarget("10.0.4.20", "nms", SnmpLevel.ENCRYPTED)}),
    ),
    ntp=Ntp(
        authenticated=True,
        keys=frozenset({NtpKey(7, "hmac-sha-256", "vault:ntp")}),
        trusted=frozenset({7}),
        servers=frozenset({NtpServer("10.0.4.1", 7)}),
    ),
    syslog=Syslog(
        targets=frozenset(LogTarget(f"10.{one}.4.10", "tls", 6514) for one in (0, 1)),
        dated=True,
        zoned=True,
    ),
    flows=frozenset({Collector("10.0.4.30", 2055)}),
    zone_minutes=480,
    source="Vlan10",
    radius=(AaaServer("10.0.4.13", "vault:radius"),),
)  # fmt: skip


@pytest.fixture(params=["printed", "typed"])
def read(request: pytest.FixtureRequest) -> SwitchBehaviour:
    return parse_ios_switch(PRINTED) if request.param == "printed" else switch(TYPED)


def test_all_of_it_is_understood(read: SwitchBehaviour) -> None:
    assert unread(read) == []
    accounted(read)


def test_the_plane(read: SwitchBehaviour) -> None:
    assert read.plane == PLANE


def test_the_guards(read: SwitchBehaviour) -> None:
    assert read.ports[PORT].guards == PortGuards(
        edge=True, bpdu_guard=True, snooped=True, source_guard=True, addresses_max=2, dot1x=True,
        mac_bypass=True,
    )  # fmt: skip
    assert read.ports[UPLINK].guards.trusted


def test_each_line_that_counts_is_missed() -> None:
    """Without it the switch is administered in another way, or another line means nothing."""
    lines = PRINTED.split("\n")
    whole = parse_ios_switch(PRINTED)
    not_missed = []
    for number in sorted(whole.inert | whole.effective):
        without = parse_ios_switch("\n".join([*lines[: number - 1], "", *lines[number:]]))
        if _says(without) == _says(whole):
            not_missed.append(lines[number - 1].strip())
    assert not_missed == [
        # No word of the plane or of VLANs.
        "version 17.9",
        "service timestamps debug datetime msec",
        "service password-encryption",
        "no service pad",
        "hostname CLINIC-9-SW",
        "address-family ipv4",
        "enable secret 9 $9$nothing",
        "aaa authorization console",
        "aaa authorization network default group PORTS",
        "aaa session-id common",
        "no ip source-route",
        "no ip domain lookup",
        "login on-failure log",
        "vtp mode transparent",
        "match ipv4 source address",
        "collect counter bytes long",
        "spanning-tree mode rapid-pvst",
        "spanning-tree extend system-id",
        "switchport port-security violation  restrict",
        "authentication order dot1x mab",
        "authentication periodic",
        "ip ssh version 2",
        "20 deny   any log",
        "tls-version TLSv1.2",
        "ciphersuite ecdhe-rsa-aes-gcm-sha2",
        "control-plane",
        "stopbits 1",
    ]


def _says(read: SwitchBehaviour) -> tuple[object, ...]:
    return read.plane, read.ports, [(one.text, one.why) for one in read.unread], read.vlans
