"""The log, time and SNMP as Huawei writes them on switches, routers and firewalls.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.management_plane import (
    LogTarget,
    ManagementPlane,
    NtpServer,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
)
from telemed_infra.render.administration import by_number, refuse_old_snmp, targets, word

DIGESTS = {"sha-256": "sha2-256", "sha": "sha", "": ""}
CIPHERS = {"aes-256": "aes256", "aes-192": "aes192", "aes-128": "aes128", "": ""}
NTP = {"hmac-sha-256": "hmac-sha256", "md5": "md5"}
LEVELS = {
    SnmpLevel.NONE: "noauthentication",
    SnmpLevel.AUTHENTICATED: "authentication",
    SnmpLevel.ENCRYPTED: "privacy",
}
NMS_ACL = 2011
TRANSPORTS = {"tls": " transport tcp ssl-policy SYSLOG", "udp": ""}
PORT_UDP = 514
NOWHERE = frozenset({"huawei_vrp"})  # their agent answers on no interface until told, as SSH does


class SnmpView(NamedTuple):
    """The agent."""

    acl: int | None
    groups: tuple[str, ...]
    targets: tuple[str, ...]
    users: tuple[str, ...]
    listens: tuple[str, ...]  # where it answers, on a platform that answers nowhere by itself


def log_lines(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """Where the log goes, and with what time."""
    syslog = plane.syslog
    table = f" vpn-instance {plane.table}" if plane.table else ""
    if syslog.targets and plane.source:
        yield f"info-center loghost source {plane.source}"
    for one in targets(syslog.targets):
        yield f"info-center loghost {one.address}{table}{_transport(one, platform)}"
    if syslog.targets:
        date = "date precision-time millisecond" if syslog.dated else "boot"
        yield f"info-center timestamp log {date}{'' if syslog.zoned else ' without-timezone'}"


def _transport(one: LogTarget, platform: str) -> str:
    text = word(TRANSPORTS, one.transport, platform, "syslog transport")
    return text if one.transport == "udp" and one.port == PORT_UDP else f"{text} port {one.port}"


def ntp_lines(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """Keys, then the servers that use them."""
    ntp = plane.ntp
    if ntp.authenticated:
        yield "ntp-service authentication enable"
    for key in sorted(ntp.keys):
        kind = word(NTP, key.algorithm, platform, "ntp algorithm")
        begin = f"ntp-service authentication-keyid {key.number}"
        yield f"{begin} authentication-mode {kind} cipher {key.secret}"
    for number in sorted(ntp.trusted):
        yield f"ntp-service reliable authentication-keyid {number}"
    for one in sorted(ntp.servers, key=lambda one: by_number(one.address)):
        yield f"ntp-service unicast-server {one.address}{_ntp_words(one, plane)}"


def _ntp_words(one: NtpServer, plane: ManagementPlane) -> str:
    key = f" authentication-keyid {one.key}" if one.key else ""
    source = f" source-interface {plane.source}" if plane.source else ""
    return f"{key}{source}{f' vpn-instance {plane.table}' if plane.table else ''}"


def snmp_view(plane: ManagementPlane, platform: str) -> SnmpView | None:
    """The agent's lines; None: it is off."""
    snmp = plane.snmp
    refuse_old_snmp(snmp, platform)
    if not snmp.versions:
        return None
    views = "read-view ALL " + ("write-view ALL " if snmp.writes else "") + "notify-view ALL"
    groups = {(one.group, one.level) for one in snmp.users}
    return SnmpView(
        acl=None if snmp.sources4 is None else NMS_ACL,
        groups=tuple(f"{name} {LEVELS[level]} {views}" for name, level in sorted(groups, key=str)),
        targets=tuple(
            _trap(one, plane)
            for one in sorted(snmp.targets, key=lambda one: by_number(one.address))
        ),
        users=tuple(line for one in sorted(snmp.users, key=str) for line in _user(one, platform)),
        listens=(_listens(plane),) if platform in NOWHERE else (),
    )


def _listens(plane: ManagementPlane) -> str:
    if plane.source:
        return f"source-interface {plane.source}"
    return "source-status all-interface"


def _user(one: SnmpUser, platform: str) -> Iterator[str]:
    digest = word(DIGESTS, one.authentication, platform, "snmp authentication")
    cipher = word(CIPHERS, one.privacy, platform, "snmp privacy")
    yield f"{one.name} group {one.group}"
    if digest:
        yield f"{one.name} authentication-mode {digest} cipher {one.authentication_secret}"
    if cipher:
        yield f"{one.name} privacy-mode {cipher} cipher {one.privacy_secret}"


def _trap(one: SnmpTarget, plane: ManagementPlane) -> str:
    source = f" source {plane.source}" if plane.source else ""
    table = f" vpn-instance {plane.table}" if plane.table else ""
    return f"{one.address}{source}{table} params securityname {one.user} v3 {LEVELS[one.level]}"
