"""A management plane with everything in it, as each platform can have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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
    Snmp,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
    Syslog,
)
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.management import ranges
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.platforms import MANAGED, management_text
from telemed_infra.render.text import finish
from tests.render.policies import templates

OWN = "10.0.9.9"  # a firewall's loopback
AAA = (Method.TACACS, Method.LOCAL)
USER = SnmpUser(
    name="nms",
    group="G-NMS",
    level=SnmpLevel.ENCRYPTED,
    authentication="sha",
    authentication_secret="vault:snmp-auth",
    privacy="aes-256",
    privacy_secret="vault:snmp-priv",
)
ACCOUNT = Account(
    name="breakglass",
    level=15,
    services=frozenset({Listener.SSH, Listener.CONSOLE}),
    secret="vault:breakglass",
)


def hosts(family: Family, *texts: str) -> Ranges:
    return ranges(family, [prefix(f"{text}/{family.bits}") for text in texts])


WHOLE = ManagementPlane(
    listeners=frozenset({Listener.SSH}),
    discovery=False,
    login=Login(
        methods=AAA,
        console=AAA,
        authorization=AAA,
        sessions_accounted=True,
        commands_accounted=True,
        listeners=frozenset({Listener.SSH}),
        sources4=hosts(Family.V4, "10.0.150.10", "10.4.150.10"),
        sources6=hosts(Family.V6, "2001:db8:a::a"),
        idle_s=300,
        console_idle_s=240,
    ),
    tacacs=(AaaServer("10.4.150.40", "vault:tacacs"), AaaServer("10.0.150.40", "vault:tacacs")),
    accounts=frozenset({ACCOUNT}),
    passwords=Passwords(length_min=12, kinds_min=4, history=5, lifetime_days=90),
    lockout=Lockout(5, 900),
    banner="Administrators only.",
    snmp=Snmp(
        versions=frozenset({"v3"}),
        users=frozenset({USER}),
        sources4=hosts(Family.V4, "10.0.150.50"),
        targets=frozenset({SnmpTarget("10.0.150.51", "nms", SnmpLevel.ENCRYPTED)}),
    ),
    ntp=Ntp(
        authenticated=True,
        keys=frozenset({NtpKey(1, "hmac-sha-256", "vault:ntp-1")}),
        trusted=frozenset({1}),
        servers=frozenset({NtpServer("10.0.150.20", 1), NtpServer("10.4.150.20", 1)}),
    ),
    syslog=Syslog(
        targets=frozenset({LogTarget("10.0.150.30", "udp", 514)}), dated=True, zoned=True
    ),
    flows=frozenset({Collector("10.0.150.31", 4739)}),
    zone_minutes=480,
    source="LoopBack0",
    radius=(AaaServer("10.4.150.41", "vault:radius"), AaaServer("10.0.150.41", "vault:radius")),
)

LACKS: Mapping[str, frozenset[str]] = {  # fields that a platform cannot have
    "huawei_vrp": frozenset({"passwords length_min", "passwords kinds_min", "flows"}),
    "huawei_usg": frozenset(
        {
            "passwords length_min",
            "passwords kinds_min",
            "passwords history",
            "passwords lifetime_days",
            "lockout",
            "flows",
            "radius",
            "table",
        }
    ),
    "h3c_comware": frozenset({"flows", "table"}),
    "h3c_secpath": frozenset({"radius", "table"}),
    "cisco_ios": frozenset(
        {"passwords kinds_min", "passwords history", "passwords lifetime_days", "flows", "table"}
    ),
    "cisco_ios_zbf": frozenset(
        {"passwords kinds_min", "passwords history", "passwords lifetime_days", "radius", "table"}
    ),
    "ruijie_rgos": frozenset({"passwords kinds_min", "flows", "table"}),
}
# Algorithms, of a platform that does not know those of `WHOLE`: privacy, and the key of the time.
OTHERS: Mapping[str, tuple[str, str]] = {"ruijie_rgos": ("aes-128", "md5")}
NOTHING: Mapping[str, Any] = {"flows": frozenset(), "radius": (), "lockout": Lockout(0, 0)}


def able(platform: str) -> ManagementPlane:
    """As much of it as a platform can have."""
    lacks = LACKS[platform]
    passwords = {name.split()[1]: 0 for name in lacks if name.startswith("passwords ")}
    emptied = {name: NOTHING[name] for name in lacks if name in NOTHING}
    privacy, digest = OTHERS.get(platform, (USER.privacy, "hmac-sha-256"))
    return replace(
        WHOLE,
        passwords=replace(WHOLE.passwords, **passwords),
        snmp=replace(WHOLE.snmp, users=frozenset({USER._replace(privacy=privacy)})),
        ntp=replace(WHOLE.ntp, keys=frozenset({NtpKey(1, digest, "vault:ntp-1")})),
        **emptied,
    )


def written(platform: str, plane: ManagementPlane) -> str:
    """All that a text says of administration."""
    parts = management_text(templates(), platform, plane, ("n:1",), OWN)
    assert set(parts) == set(MANAGED[platform].templates)
    return finish(*parts.values()).text
