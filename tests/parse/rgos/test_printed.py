"""A whole text as a device prints it, and the same switch as somebody typed it."""

from __future__ import annotations

from telemed_infra.management_plane import (
    OPEN_PORT,
    AaaServer,
    Account,
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
from telemed_infra.parse.behaviour import PortMode
from telemed_infra.parse.rgos import parse_rgos
from tests.parse.lines import accounted
from tests.parse.meaning import meaning
from tests.parse.rgos.reading import whole
from tests.parse.rgos.texts import PRINTED, TYPED

READ = parse_rgos(PRINTED)
BOTH = (Method.TACACS, Method.LOCAL)
A10, A4 = 10 << 24, 4 << 8
PLANE = ManagementPlane(
    listeners=frozenset({Listener.SSH}),
    discovery=False,
    login=Login(
        methods=BOTH,
        console=BOTH,
        authorization=BOTH,
        sessions_accounted=True,
        commands_accounted=True,
        listeners=frozenset({Listener.SSH}),
        sources4=((A10 + A4, A10 + A4 + 15),),
        sources6=((0x20010DB8 << 96 | 4 << 80, 0x20010DB8 << 96 | 4 << 80 | 15),),
        idle_s=300,
        console_idle_s=300,
    ),
    tacacs=(AaaServer("10.0.4.11", "vault:tacacs"), AaaServer("10.1.4.11", "vault:tacacs")),
    accounts=frozenset({
        Account(name="breakglass", level=15, secret="vault:breakglass",
                services=frozenset({Listener.SSH, Listener.CONSOLE})),
    }),
    passwords=Passwords(length_min=12, kinds_min=2, history=5, lifetime_days=90),
    lockout=Lockout(5, 300),
    banner="Keep out.\nAll is recorded.",
    snmp=Snmp(
        versions=frozenset({"v3"}),
        users=frozenset({
            SnmpUser("nms", "READERS", SnmpLevel.ENCRYPTED, "sha", "vault:a", "aes-128", "vault:p"),
        }),
        sources4=((A10 + A4 + 20, A10 + A4 + 20),),
        targets=frozenset({SnmpTarget("10.0.4.20", "nms", SnmpLevel.ENCRYPTED)}),
    ),
    ntp=Ntp(
        authenticated=True,
        keys=frozenset({NtpKey(7, "md5", "vault:ntp")}),
        trusted=frozenset({7}),
        servers=frozenset({NtpServer("10.0.4.1", 7)}),
    ),
    syslog=Syslog(
        targets=frozenset({LogTarget("10.0.4.10", "udp", 514), LogTarget("10.1.4.10", "udp", 514)}),
        dated=True,
        zoned=True,
    ),
    flows=frozenset(),
    zone_minutes=480,
    source="VLAN 10",
    radius=(AaaServer("10.0.4.13", "vault:radius"),),
)  # fmt: skip


def test_every_line_is_read() -> None:
    assert READ.unread == ()
    accounted(READ)


def test_vlans_and_ports() -> None:
    assert READ.hostname == "CLINIC-4-SW"
    assert READ.vlans == {10, 20, 40, 999}
    assert READ.addresses == {"VLAN 10": ("10.7.10.2/24",)}
    bed, free, trunk = READ.ports.values()
    assert (bed.name, bed.mode, bed.access_vlan) == ("GigabitEthernet 0/1", PortMode.ACCESS, 40)
    assert (free.name, free.mode) == ("GigabitEthernet 0/2", PortMode.SHUTDOWN)
    assert (trunk.name, trunk.mode) == ("GigabitEthernet 0/25", PortMode.TRUNK)
    assert trunk.native_vlan == 999
    assert trunk.trunk_vlans == {10, 20, 40}


def test_guards() -> None:
    bed, free, trunk = (one.guards for one in READ.ports.values())
    assert bed == PortGuards(
        edge=True, bpdu_guard=True, snooped=True, source_guard=True, addresses_max=2, dot1x=True,
        mac_bypass=True,
    )  # fmt: skip
    assert free == PortGuards(snooped=True)
    assert trunk == PortGuards(snooped=True, trusted=True)
    assert bed != OPEN_PORT


def test_the_plane() -> None:
    assert READ.plane == PLANE


def test_as_typed_it_is_the_same_switch() -> None:
    typed = whole(TYPED)
    accounted(typed)
    assert dict(meaning(typed)) == dict(meaning(READ))  # type: ignore[call-overload]


def test_an_empty_text_is_a_switch_as_it_comes() -> None:
    """What listens, and lets everyone in, where nothing is said."""
    plane = whole("").plane
    assert plane is not None
    assert plane.listeners == {Listener.TELNET, Listener.HTTP, Listener.HTTPS}
    assert plane.discovery
    assert plane.login.methods == (Method.PASSWORD,)
    assert plane.login.console == (Method.NONE,)
    assert (plane.login.sources4, plane.login.sources6, plane.login.idle_s) == (None, None, 600)
    assert (plane.lockout, plane.passwords) == (Lockout(0, 0), Passwords())
