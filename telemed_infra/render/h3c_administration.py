"""Administration as H3C's Comware 7 writes it: switches, and SecPath firewalls.

What is the default on every version is not written, as it is not printed. LLDP and the web are off
by default, but on in the configuration that comes from the factory: their lines stand there.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from telemed_infra.management_plane import (
    AaaServer,
    Account,
    Listener,
    LogTarget,
    ManagementPlane,
    Method,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
)
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.administration import (
    by_number,
    hosts_of,
    one_secret,
    refusal,
    refuse_if,
    refuse_old_snmp,
    refuse_other_console,
    refuse_uneven_listeners,
    silence,
    targets,
    whole_minutes,
    wildcarded,
    word,
    zone_name,
    zone_offset,
)

COMWARE, SECPATH = "h3c_comware", "h3c_secpath"
METHODS = {Method.TACACS: "hwtacacs-scheme TACACS", Method.LOCAL: "local"}
RANKS = ("primary", "secondary")
TACACS_ROLES = ("authentication", "authorization", "accounting")
RADIUS_ROLES = ("authentication", "accounting")
SERVICES = {
    Listener.SSH: "ssh",
    Listener.CONSOLE: "terminal",
    Listener.TELNET: "telnet",
    Listener.FTP: "ftp",
    Listener.HTTP: "http",
    Listener.HTTPS: "https",
}
INBOUND = {
    frozenset({Listener.SSH}): "ssh",
    frozenset({Listener.TELNET}): "telnet",
    frozenset({Listener.SSH, Listener.TELNET}): "all",
}
LISTENERS = {  # and whether it is told to be off
    Listener.SSH: ("ssh server enable", False),
    Listener.SFTP: ("sftp server enable", False),
    Listener.SCP: ("scp server enable", False),
    Listener.NETCONF: ("netconf ssh server enable", False),
    Listener.TELNET: ("telnet server enable", False),
    Listener.FTP: ("ftp server enable", False),
    Listener.HTTP: ("ip http enable", True),
    Listener.HTTPS: ("ip https enable", True),
}
HIGHEST_LEVEL = 15
DIGESTS = {"sha": "sha", "": ""}
CIPHERS = {"aes-256": "aes256", "aes-192": "aes192", "aes-128": "aes128", "": ""}
NTP = {"hmac-sha-256": "hmac-sha-256", "sha1": "hmac-sha-1", "md5": "md5"}
LEVELS = {
    SnmpLevel.NONE: "",
    SnmpLevel.AUTHENTICATED: "authentication",
    SnmpLevel.ENCRYPTED: "privacy",
}
TIMESTAMPS = {
    (True, True): "iso with-timezone",
    (True, False): "iso",
    (False, False): "none",
}
STEP = 5  # between two rules of a list
ADMINISTRATORS_ACL, NMS_ACL = 2010, 2011
PORT_UDP = 514


class SchemeView(NamedTuple):
    """AAA servers."""

    kind: str
    name: str
    lines: tuple[str, ...]


class ListView(NamedTuple):
    """A list of who may come; its last rule denies all others."""

    head: str
    rules: tuple[str, ...]


class AccountView(NamedTuple):
    """An account on the device."""

    name: str
    secret: str
    services: str
    role: str


class H3cView(NamedTuple):
    """All that a text says of administration."""

    banner: str
    zone: str
    discovery: bool
    passwords: tuple[str, ...]
    schemes: tuple[SchemeView, ...]
    domain: tuple[str, ...]
    lists: tuple[ListView, ...]
    accounts: tuple[AccountView, ...]
    inbound: str
    idle: str
    console_idle: str
    commands: bool
    log: tuple[str, ...]
    snmp: tuple[str, ...]
    listeners: tuple[str, ...]
    ntp: tuple[str, ...]
    flows: tuple[str, ...]


def comware_view(plane: ManagementPlane, address: str) -> H3cView:
    """A switch's, which speaks from `address`.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    refuse_if(plane.flows, COMWARE, "flows")
    return _view(plane, COMWARE, address)


def secpath_view(plane: ManagementPlane, address: str) -> H3cView:
    """A firewall's, which speaks from `address`.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    refuse_if(plane.radius, SECPATH, "radius")
    return _view(plane, SECPATH, address)


def _view(plane: ManagementPlane, platform: str, address: str) -> H3cView:
    login = plane.login
    refuse_if(plane.table, platform, "table")
    refuse_other_console(login, platform)
    refuse_uneven_listeners(plane, platform)
    return H3cView(
        banner=plane.banner,
        zone=f"{zone_name(plane.zone_minutes)} {zone_offset(plane.zone_minutes)}",
        discovery=plane.discovery,
        passwords=tuple(_passwords(plane, platform)),
        schemes=tuple(_schemes(plane, platform, address)),
        domain=tuple(_domain(plane, platform)),
        lists=tuple(_lists(plane)),
        accounts=tuple(
            _account(one, platform) for one in sorted(plane.accounts, key=lambda one: one.name)
        ),
        inbound=word(INBOUND, login.listeners, platform, "login listeners"),
        idle=silence(login.idle_s),
        console_idle=silence(login.console_idle_s),
        commands=login.commands_accounted,
        log=tuple(_log(plane, platform)),
        snmp=tuple(_snmp(plane, platform)),
        listeners=tuple(_listeners(plane, platform)),
        ntp=tuple(_ntp(plane, platform)),
        flows=tuple(_flows(plane)),
    )


def _passwords(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """Rules that are not wished are taken away: with the first line all of them hold.

    One of them would end accounts that nobody used for 90 days: those for emergencies.
    """
    rules, lockout = plane.passwords, plane.lockout
    if not (any((rules.length_min, rules.kinds_min, rules.history, rules.lifetime_days))
            or lockout.attempts):  # fmt: skip
        return
    yield "password-control enable"
    for kind, value, more in (
        ("aging", rules.lifetime_days, ""),
        ("length", rules.length_min, ""),
        ("composition", rules.kinds_min, " type-length 1"),
        ("history", rules.history, ""),
    ):
        number = f"type-number {value}" if more else str(value)
        yield (
            f"password-control {kind} {number}{more}"
            if value
            else f"undo password-control {kind} enable"
        )
    if lockout.attempts:
        minutes = whole_minutes(lockout.seconds, platform, "lockout seconds")
        yield f"password-control login-attempt {lockout.attempts} exceed lock-time {minutes}"
    yield "password-control login idle-time 0"


def _schemes(plane: ManagementPlane, platform: str, address: str) -> Iterator[SchemeView]:
    for kind, name, servers, roles in (
        ("radius", "RADIUS", plane.radius, RADIUS_ROLES),
        ("hwtacacs", "TACACS", plane.tacacs, TACACS_ROLES),
    ):
        if servers:
            secret = one_secret(servers, platform, name.lower())
            lines = _servers(servers, roles, secret, platform, name.lower())
            own = (f"nas-ip {address}",) if address else ()
            yield SchemeView(kind, name, (*lines, "user-name-format without-domain", *own))


def _servers(
    servers: Sequence[AaaServer], roles: Sequence[str], secret: str, platform: str, field: str
) -> Iterator[str]:
    if len(servers) > len(RANKS):
        raise refusal(platform, field, f"{len(RANKS)} servers at most")
    for rank, one in zip(RANKS, servers, strict=False):
        yield from (f"{rank} {role} {one.address}" for role in roles)
    yield from (f"key {role} simple {secret}" for role in roles)


def _domain(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """Who is asked about hosts behind ports, and about administrators."""
    login = plane.login
    accounted = login.sessions_accounted or login.commands_accounted
    if (Method.TACACS in {*login.methods, *login.authorization} or accounted) and not plane.tacacs:
        raise refusal(platform, "tacacs", "there is no server to ask")
    if plane.radius:
        yield "authentication lan-access radius-scheme RADIUS"
        yield "authorization lan-access radius-scheme RADIUS"
        yield "accounting lan-access radius-scheme RADIUS"
    yield f"authentication login {_methods(login.methods, platform, 'login methods')}"
    if login.authorization:
        asked = _methods(login.authorization, platform, "login authorization")
        yield f"authorization login {asked}"
    if login.sessions_accounted:
        locally = " local" if Method.LOCAL in login.methods else ""  # where no server answers
        yield f"accounting login hwtacacs-scheme TACACS{locally}"
    if login.commands_accounted:
        yield "accounting command hwtacacs-scheme TACACS"


def _methods(methods: tuple[Method, ...], platform: str, field: str) -> str:
    return " ".join(word(METHODS, one, platform, field, one.value) for one in methods)


def _lists(plane: ManagementPlane) -> Iterator[ListView]:
    login, snmp = plane.login, plane.snmp
    if login.sources4 is not None:
        yield _list(f"acl basic {ADMINISTRATORS_ACL}", login.sources4, Family.V4)
    if snmp.versions and snmp.sources4 is not None:
        yield _list(f"acl basic {NMS_ACL}", snmp.sources4, Family.V4)
    if login.sources6 is not None:
        yield _list(f"acl ipv6 basic {ADMINISTRATORS_ACL}", login.sources6, Family.V6)


def _list(head: str, ranges: Ranges, family: Family) -> ListView:
    """A list without a rule would let everyone in: the last one denies."""
    allowed = [f"permit source {_source(one)}" for one in hosts_of(ranges, family)]
    rules = enumerate((*allowed, "deny"))
    return ListView(head, tuple(f"rule {STEP * number} {rule}" for number, rule in rules))


def _source(one: Prefix) -> str:
    """As it is printed: IPv6 in capitals."""
    if one.family is Family.V4:
        return wildcarded(one)
    return f"{address_text(one.family, one.first).upper()}/{one.length}"


def _account(one: Account, platform: str) -> AccountView:
    for service in one.services:
        word(SERVICES, service, platform, "accounts services", service.value)
    return AccountView(
        name=one.name,
        secret=one.secret,
        services=" ".join(text for service, text in SERVICES.items() if service in one.services),
        role="network-admin" if one.level == HIGHEST_LEVEL else f"level-{one.level}",
    )


def _listeners(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """What is served, from where SSH may come, and what is told to be silent."""
    for one in plane.listeners:
        word(LISTENERS, one, platform, "listeners", one.value)
    for one, (line, told) in LISTENERS.items():
        if one in plane.listeners:
            yield line
        elif told:
            yield f"undo {line}"
    if plane.login.sources4 is not None:
        yield f"ssh server acl {ADMINISTRATORS_ACL}"
    if plane.login.sources6 is not None:
        yield f"ssh server ipv6 acl ipv6 {ADMINISTRATORS_ACL}"


def _log(plane: ManagementPlane, platform: str) -> Iterator[str]:
    syslog = plane.syslog
    if not syslog.targets:
        return
    told = (syslog.dated, syslog.zoned)
    yield f"info-center timestamp loghost {word(TIMESTAMPS, told, platform, 'syslog dated')}"
    if plane.source:
        yield f"info-center loghost source {plane.source}"
    for one in targets(syslog.targets):
        yield f"info-center loghost {one.address}{_transport(one, platform)}"


def _transport(one: LogTarget, platform: str) -> str:
    if one.transport != "udp":
        raise refusal(platform, "syslog transport", f"there are no words for {one.transport}")
    return "" if one.port == PORT_UDP else f" port {one.port}"


def _snmp(plane: ManagementPlane, platform: str) -> Iterator[str]:
    snmp = plane.snmp
    refuse_old_snmp(snmp, platform)
    if not snmp.versions:
        return
    yield "snmp-agent"
    yield "snmp-agent sys-info version v3"
    writes = " write-view ALL" if snmp.writes else ""
    acl = "" if snmp.sources4 is None else f" acl {NMS_ACL}"
    for name, level in sorted({(one.group, one.level) for one in snmp.users}, key=str):
        kind = f" {LEVELS[level]}" if LEVELS[level] else ""
        yield f"snmp-agent group v3 {name}{kind} read-view ALL{writes} notify-view ALL{acl}"
    for one in sorted(snmp.targets, key=lambda one: by_number(one.address)):
        yield _trap(one)
    yield "snmp-agent mib-view included ALL iso"
    for user in sorted(snmp.users, key=str):
        yield f"snmp-agent usm-user v3 {user.name} {user.group}{_keys(user, platform)}{acl}"
    if snmp.targets:
        yield "snmp-agent trap enable"
        if plane.source:
            yield f"snmp-agent trap source {plane.source}"


def _keys(one: SnmpUser, platform: str) -> str:
    digest = word(DIGESTS, one.authentication, platform, "snmp authentication", one.authentication)
    cipher = word(CIPHERS, one.privacy, platform, "snmp privacy", one.privacy)
    if not digest:
        return ""
    private = f" privacy-mode {cipher} {one.privacy_secret}" if cipher else ""
    return f" simple authentication-mode {digest} {one.authentication_secret}{private}"


def _trap(one: SnmpTarget) -> str:
    level = f" {LEVELS[one.level]}" if LEVELS[one.level] else ""
    begin = f"snmp-agent target-host trap address udp-domain {one.address}"
    return f"{begin} params securityname {one.user} v3{level}"


def _ntp(plane: ManagementPlane, platform: str) -> Iterator[str]:
    ntp = plane.ntp
    if not ntp.servers:
        return
    yield "ntp-service enable"
    if ntp.authenticated:
        yield "ntp-service authentication enable"
    for key in sorted(ntp.keys):
        kind = word(NTP, key.algorithm, platform, "ntp algorithm", key.algorithm)
        begin = f"ntp-service authentication-keyid {key.number}"
        yield f"{begin} authentication-mode {kind} simple {key.secret}"
    for number in sorted(ntp.trusted):
        yield f"ntp-service reliable authentication-keyid {number}"
    for one in sorted(ntp.servers, key=lambda one: by_number(one.address)):
        key_word = f" authentication-keyid {one.key}" if one.key else ""
        source = f" source {plane.source}" if plane.source else ""
        yield f"ntp-service unicast-server {one.address}{key_word}{source}"


def _flows(plane: ManagementPlane) -> Iterator[str]:
    if not plane.flows:
        return
    yield "ip netstream export version 9"
    for one in sorted(plane.flows, key=lambda one: by_number(one.address)):
        yield f"ip netstream export host {one.address} {one.port}"
    if plane.source:
        yield f"ip netstream export source interface {plane.source}"
