"""Administration as Huawei writes it: switches and routers (VRP5), firewalls (USG6000 V500).

Both have the same lines for AAA servers, time, SNMP, the log and the lines for administrators. An
account is a `local-user` on the one, a `manager-user` on the other.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.management_plane import (
    Account,
    Listener,
    ManagementPlane,
    Method,
)
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import Prefix
from telemed_infra.render.administration import (
    hosts_of,
    one_secret,
    refusal,
    refuse_if,
    refuse_other_console,
    refuse_uneven_listeners,
    silence,
    whole_minutes,
    wildcarded,
    word,
    zone_name,
    zone_offset,
)
from telemed_infra.render.huawei_watching import (
    NMS_ACL,
    SnmpView,
    log_lines,
    ntp_lines,
    snmp_view,
)

USG, VRP = "huawei_usg", "huawei_vrp"
METHODS = {Method.TACACS: "hwtacacs", Method.LOCAL: "local"}
RANKS = ("", " secondary", " third", " fourth")
WEIGHT = 80  # of the first RADIUS server; each further one is asked when those before are dead
PROBE = "probe"  # by this a dead server is tried; no account: that it refuses is an answer, too
SERVICES = {
    Listener.TELNET: "telnet",
    Listener.CONSOLE: "terminal",
    Listener.SSH: "ssh",
    Listener.FTP: "ftp",
    Listener.HTTP: "http",
}
INBOUND = {
    frozenset({Listener.SSH}): "ssh",
    frozenset({Listener.TELNET}): "telnet",
    frozenset({Listener.SSH, Listener.TELNET}): "all",
}
# What serves a listener, and whether it is told to be off where it is not wanted: a device of some
# release serves it unless told not to.
LISTENERS: dict[str, dict[Listener, tuple[tuple[str, ...], bool]]] = {
    VRP: {
        Listener.TELNET: (("telnet server enable", "telnet ipv6 server enable"), True),
        Listener.HTTP: (("http server enable",), True),
        Listener.HTTPS: (("http secure-server enable",), True),
        Listener.FTP: (("ftp server enable",), False),
    },
    USG: {
        Listener.TELNET: (("telnet server enable", "telnet ipv6 server enable"), True),
        Listener.HTTP: (("web-manager enable",), True),
        Listener.HTTPS: (("web-manager security enable",), True),
        Listener.FTP: (("ftp server enable",), False),
    },
}
SECURE = {
    Listener.SSH: "stelnet server enable",
    Listener.SFTP: "sftp server enable",
    Listener.SCP: "scp server enable",
    Listener.NETCONF: "snetconf server enable",
}
STEP = 5  # between two rules of a list
ADMINISTRATORS_ACL = 2010


class ListView(NamedTuple):
    """A list of who may come; its last rule denies all others."""

    head: str
    rules: tuple[str, ...]


class AaaView(NamedTuple):
    """Servers that are asked, and what is asked of whom."""

    tacacs: tuple[str, ...]  # lines of the template of servers
    radius: tuple[str, ...]
    methods: str  # "" for none
    authorization: str
    sessions: bool
    commands: bool
    history: int
    lifetime_days: int
    lockout: str  # "" for none
    accounts: tuple[AccountView, ...]


class AccountView(NamedTuple):
    """An account on the device."""

    name: str
    secret: str
    level: int
    services: str
    ssh: bool


class HuaweiView(NamedTuple):
    """All that a text says of administration."""

    banner: str
    listeners: tuple[str, ...]
    zone: str
    discovery: bool
    lists: tuple[ListView, ...]
    tls: bool  # the log goes over TLS
    aaa: AaaView
    log: tuple[str, ...]
    ntp: tuple[str, ...]
    snmp: SnmpView | None
    secure: tuple[str, ...]  # listeners over SSH, and how it asks
    sources: tuple[str, ...]  # the lists of the lines
    inbound: str
    idle: str
    console_idle: str


def vrp_view(plane: ManagementPlane, address: str) -> HuaweiView:
    """A switch's or router's, which speaks from `address`.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    refuse_if(plane.passwords.length_min, VRP, "passwords length_min")
    refuse_if(plane.passwords.kinds_min, VRP, "passwords kinds_min")
    refuse_if(plane.flows, VRP, "flows")
    return _view(plane, VRP, address)


def usg_view(plane: ManagementPlane, address: str) -> HuaweiView:
    """A firewall's, which speaks from `address`.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    for name in ("length_min", "kinds_min", "history", "lifetime_days"):
        refuse_if(getattr(plane.passwords, name), USG, f"passwords {name}")
    refuse_if(plane.lockout.attempts, USG, "lockout")
    refuse_if(plane.flows, USG, "flows")
    refuse_if(plane.radius, USG, "radius")
    refuse_if(plane.table, USG, "table")
    return _view(plane, USG, address)


def _view(plane: ManagementPlane, platform: str, address: str) -> HuaweiView:
    login = plane.login
    refuse_other_console(login, platform)
    refuse_uneven_listeners(plane, platform)
    lists = tuple(_lists(plane))
    return HuaweiView(
        banner=plane.banner,
        listeners=tuple(_listeners(plane, platform)),
        zone=f"{zone_name(plane.zone_minutes)} {zone_offset(plane.zone_minutes)}",
        discovery=plane.discovery,
        lists=lists,
        tls=any(one.transport == "tls" for one in plane.syslog.targets),
        aaa=_aaa(plane, platform, address),
        log=tuple(log_lines(plane, platform)),
        ntp=tuple(ntp_lines(plane, platform)),
        snmp=snmp_view(plane, platform),
        secure=tuple(_secure(plane, platform)),
        sources=tuple(
            f"acl {'ipv6 ' if family is Family.V6 else ''}{ADMINISTRATORS_ACL} inbound"
            for family, ranges in ((Family.V4, login.sources4), (Family.V6, login.sources6))
            if ranges is not None
        ),
        inbound=word(INBOUND, login.listeners, platform, "login listeners"),
        idle=silence(login.idle_s),
        console_idle=silence(login.console_idle_s),
    )


def _listeners(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """What is served, and what is told to be silent."""
    known = LISTENERS[platform]
    for one in sorted(plane.listeners - set(SECURE), key=lambda one: one.value):
        yield from word(known, one, platform, "listeners", one.value)[0]
    for one, (lines, told) in known.items():
        if told and one not in plane.listeners:
            yield from (f"undo {line}" for line in lines)


def _secure(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """SSH with what it carries.

    Old releases let nobody in who has no `ssh user`, unless told that a password is enough.
    """
    for one, line in SECURE.items():
        if one in plane.listeners:
            yield line
        elif one is Listener.SSH:
            yield f"undo {line}"
    yield "ssh authentication-type default password"
    if platform == USG:
        return
    yield "ssh authorization-type default aaa"
    yield f"ssh server-source {f'-i {plane.source}' if plane.source else 'all-interface'}"


def _lists(plane: ManagementPlane) -> Iterator[ListView]:
    table = f" vpn-instance {plane.table}" if plane.table else ""
    login, snmp = plane.login, plane.snmp
    if login.sources4 is not None:
        yield _list(f"acl number {ADMINISTRATORS_ACL}", login.sources4, Family.V4, table)
    if snmp.versions and snmp.sources4 is not None:
        yield _list(f"acl number {NMS_ACL}", snmp.sources4, Family.V4, table)
    if login.sources6 is not None:
        yield _list(f"acl ipv6 number {ADMINISTRATORS_ACL}", login.sources6, Family.V6, table)


def _list(head: str, ranges: Ranges, family: Family, table: str) -> ListView:
    """A list without a rule would let everyone in: the last one denies."""
    allowed = [f"permit{table} source {_source(one)}" for one in hosts_of(ranges, family)]
    return ListView(
        head,
        tuple(f"rule {STEP * n} {rule}" for n, rule in enumerate((*allowed, "deny"), start=1)),
    )


def _source(one: Prefix) -> str:
    return wildcarded(one) if one.family is Family.V4 else one.text


def _aaa(plane: ManagementPlane, platform: str, address: str) -> AaaView:
    login, lockout = plane.login, plane.lockout
    minutes = whole_minutes(lockout.seconds, platform, "lockout seconds")
    accounted = login.sessions_accounted or login.commands_accounted
    asked = {*login.methods, *login.authorization}
    if (Method.TACACS in asked or accounted) and not plane.tacacs:
        raise refusal(platform, "tacacs", "there is no server to ask")
    return AaaView(
        tacacs=tuple(_tacacs(plane, platform, address)),
        radius=tuple(_radius(plane, platform)),
        methods=_methods(login.methods, platform, "login methods"),
        authorization=_methods(login.authorization, platform, "login authorization"),
        sessions=login.sessions_accounted,
        commands=login.commands_accounted,
        history=plane.passwords.history,
        lifetime_days=plane.passwords.lifetime_days,
        lockout=f"retry-interval {minutes} retry-time {lockout.attempts} block-time {minutes}"
        if lockout.attempts
        else "",
        accounts=tuple(
            _account(one, platform) for one in sorted(plane.accounts, key=lambda one: one.name)
        ),
    )


def _methods(methods: tuple[Method, ...], platform: str, field: str) -> str:
    return " ".join(word(METHODS, one, platform, field, one.value) for one in methods)


def _tacacs(plane: ManagementPlane, platform: str, address: str) -> Iterator[str]:
    if not plane.tacacs:
        return
    if len(plane.tacacs) > len(RANKS):
        raise refusal(platform, "tacacs", f"{len(RANKS)} servers at most")
    table = f" vpn-instance {plane.table}" if plane.table else ""
    for role in ("authentication", "authorization", "accounting"):
        for one, rank in zip(plane.tacacs, RANKS, strict=False):
            yield f"hwtacacs-server {role} {one.address}{table}{rank}"
    if address:
        yield f"hwtacacs-server source-ip {address}"
    yield f"hwtacacs-server shared-key cipher {one_secret(plane.tacacs, platform, 'tacacs')}"
    yield "undo hwtacacs-server user-name domain-included"


def _radius(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """The first server of all that answer is the one of the greatest weight."""
    if not plane.radius:
        return
    yield f"radius-server shared-key cipher {one_secret(plane.radius, platform, 'radius')}"
    table = f" vpn-instance {plane.table}" if plane.table else ""
    for role, port in (("authentication", 1812), ("accounting", 1813)):
        for place, one in enumerate(plane.radius):
            yield f"radius-server {role} {one.address} {port}{table} weight {WEIGHT >> place}"
    yield f"radius-server testuser username {PROBE} password cipher {PROBE}"


def _account(one: Account, platform: str) -> AccountView:
    for service in one.services:
        word(SERVICES, service, platform, "accounts services", service.value)
    return AccountView(
        name=one.name,
        secret=one.secret,
        level=one.level,
        services=" ".join(text for service, text in SERVICES.items() if service in one.services),
        ssh=Listener.SSH in one.services,
    )
