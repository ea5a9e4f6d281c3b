"""Administration as Cisco IOS XE 17 writes it: switches, and routers with the zone firewall.

The text is in the printed normal form, but for users of SNMP, which no device prints.

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
    SnmpUser,
)
from telemed_infra.packets import Family
from telemed_infra.render.administration import (
    by_number,
    refusal,
    refuse_if,
    refuse_old_snmp,
    refuse_uneven_listeners,
    silence,
    targets,
    word,
    zone_name,
)
from telemed_infra.render.cisco_lists import ListView, source_list

SWITCH, ROUTER = "cisco_ios", "cisco_ios_zbf"
METHODS = {Method.TACACS: "group tacacs+", Method.LOCAL: "local"}
CONSOLE = "CONSOLE"  # the list of methods that the console has, if it has its own
MANAGERS, NMS = "MANAGERS", "NMS"
FLOWS = "TRAFFIC"  # the monitor that exports
BASIC = {  # of every device: what serves a listener, and what tells it to be off
    Listener.HTTP: (("ip http server",), ("no ip http server",)),
    Listener.HTTPS: (("ip http secure-server",), ("no ip http secure-server",)),
    Listener.SMALL_SERVERS: (
        ("service tcp-small-servers", "service udp-small-servers", "ip bootp server"),
        ("no ip bootp server",),
    ),
    Listener.SCP: (("ip scp server enable",), ()),
    Listener.NETCONF: (("netconf-yang",), ()),
}
LISTENERS = {
    ROUTER: BASIC,
    SWITCH: BASIC | {Listener.SMART_INSTALL: (("vstack",), ("no vstack",))},
}
TRANSPORTS = {Listener.SSH: "ssh", Listener.TELNET: "telnet"}  # of the lines
WEB = (Listener.HTTP, Listener.HTTPS)
SERVICES = frozenset({Listener.SSH, Listener.CONSOLE})  # an account has all; lines take some
DIGESTS = {"sha": "auth sha", "": ""}
CIPHERS = {"aes-256": "priv aes 256", "aes-192": "priv aes 192", "aes-128": "priv aes 128", "": ""}
NTP = {"hmac-sha-256": "hmac-sha2-256", "cmac-aes-128": "cmac-aes-128", "md5": "md5"}
LEVELS = {
    SnmpLevel.NONE: "noauth",
    SnmpLevel.AUTHENTICATED: "auth",
    SnmpLevel.ENCRYPTED: "priv",
}
LOG_PORTS = {"udp": 514, "tcp": 601, "tls": 6514}  # where nothing is said
TLS_PROFILE = "SYSLOG"
# Ports let hosts in once each server is dead. When the time of one ends (minutes), its port asks
# anew, and a host waits until it is dead again: seldom enough for a monitor, soon enough after.
DEAD = ("dead-criteria time 10 tries 3", "deadtime 60")


class ServerView(NamedTuple):
    """An AAA server."""

    kind: str
    name: str
    address: str
    key: str


class ExporterView(NamedTuple):
    """A collector of flow records."""

    name: str
    address: str
    port: int


class CiscoView(NamedTuple):
    """All that a text says of administration."""

    timestamps: str  # "" for none
    length_min: int
    aaa: tuple[str, ...]
    zone: str  # "" for UTC
    lockout: str  # "" for none
    off: tuple[str, ...]  # and on: listeners that have a line of their own
    accounts: tuple[str, ...]
    discovery: bool
    dot1x: bool
    exporters: tuple[ExporterView, ...]
    monitor: str
    web: tuple[str, ...]
    secure: tuple[str, ...]
    tls: str  # the profile of a log over TLS; "" for none
    log: tuple[str, ...]
    lists: tuple[ListView, ...]
    snmp: tuple[str, ...]
    servers: tuple[ServerView, ...]
    servers_dead: tuple[str, ...]  # when a RADIUS server is taken for dead, and for how long
    source: str
    banner: str
    console: str  # its list of methods; "" for that of all lines
    console_idle: str
    access: tuple[str, ...]
    idle: str
    transport: str
    ntp: tuple[str, ...]


def switch_view(plane: ManagementPlane, _address: str) -> CiscoView:
    """A switch's.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    refuse_if(plane.flows, SWITCH, "flows")
    return _view(plane, SWITCH)


def router_view(plane: ManagementPlane, _address: str) -> CiscoView:
    """A firewall's.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    refuse_if(plane.radius, ROUTER, "radius")
    return _view(plane, ROUTER)


def _view(plane: ManagementPlane, platform: str) -> CiscoView:
    login, lockout = plane.login, plane.lockout
    _refuse_unknown(plane, platform)
    own = _methods(login.console, platform, "login console")
    return CiscoView(
        timestamps=_timestamps(plane),
        length_min=plane.passwords.length_min,
        aaa=tuple(_aaa(plane, platform)),
        zone=_zone(plane.zone_minutes),
        lockout=f"{lockout.seconds} attempts {lockout.attempts} within {lockout.seconds}"
        if lockout.attempts
        else "",
        off=tuple(_listeners(plane, platform)),
        accounts=tuple(
            _account(one, platform) for one in sorted(plane.accounts, key=lambda one: one.name)
        ),
        discovery=plane.discovery,
        dot1x=bool(plane.radius),
        exporters=tuple(_exporters(plane)),
        monitor=FLOWS,
        web=tuple(line for one in WEB for line in BASIC[one][one not in plane.listeners]),
        secure=("ip ssh version 2",) if Listener.SSH in plane.listeners else (),
        tls=TLS_PROFILE if any(one.transport == "tls" for one in plane.syslog.targets) else "",
        log=tuple(_log(plane, platform)),
        lists=tuple(_lists(plane)),
        snmp=tuple(_snmp(plane, platform)),
        servers=(*_servers("tacacs", plane.tacacs), *_servers("radius", plane.radius)),
        servers_dead=DEAD if plane.radius else (),
        source=plane.source,
        banner=plane.banner,
        console=CONSOLE if own != _methods(login.methods, platform, "login methods") else "",
        console_idle=silence(login.console_idle_s),
        access=tuple(_access(plane)),
        idle=silence(login.idle_s),
        transport=" ".join(
            word(TRANSPORTS, one, platform, "login listeners", one.value)
            for one in sorted(login.listeners, key=lambda one: one.value)
        )
        or "none",
        ntp=tuple(_ntp(plane, platform)),
    )


def _refuse_unknown(plane: ManagementPlane, platform: str) -> None:
    rules = plane.passwords
    for field in ("kinds_min", "history", "lifetime_days"):
        refuse_if(getattr(rules, field), platform, f"passwords {field}")
    refuse_if(plane.table, platform, "table")
    refuse_uneven_listeners(plane, platform)
    lines = plane.listeners & set(TRANSPORTS)
    if lines != plane.login.listeners & set(TRANSPORTS):
        raise refusal(platform, "login listeners", "what the lines take is what is served")
    for one in plane.listeners - set(TRANSPORTS):
        word(LISTENERS[platform], one, platform, "listeners", one.value)
    login = plane.login
    accounted = login.sessions_accounted or login.commands_accounted
    asked = {*login.methods, *login.console, *login.authorization}
    if (Method.TACACS in asked or accounted) and not plane.tacacs:
        raise refusal(platform, "tacacs", "there is no server to ask")


def _timestamps(plane: ManagementPlane) -> str:
    if not plane.syslog.dated:
        return ""
    return f"datetime msec localtime{' show-timezone' if plane.syslog.zoned else ''} year"


def _zone(minutes: int) -> str:
    if not minutes:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    return f"{zone_name(minutes)} {sign}{hours} {rest}"


def _aaa(plane: ManagementPlane, platform: str) -> Iterator[str]:
    login = plane.login
    remote = _methods(login.methods, platform, "login methods")
    console = _methods(login.console, platform, "login console")
    yield f"authentication login default {remote}"
    if console != remote:
        yield f"authentication login {CONSOLE} {console}"
    if plane.radius:
        yield "authentication dot1x default group radius"
    if login.authorization:
        yield "authorization console"  # else an account is no administrator there
        granted = _methods(login.authorization, platform, "login authorization")
        yield f"authorization exec default {granted}"
    if login.sessions_accounted:
        yield "accounting exec default start-stop group tacacs+"
    if login.commands_accounted:
        yield "accounting commands 15 default start-stop group tacacs+"


def _methods(methods: tuple[Method, ...], platform: str, field: str) -> str:
    return " ".join(word(METHODS, one, platform, field, one.value) for one in methods)


def _listeners(plane: ManagementPlane, platform: str) -> Iterator[str]:
    for one, (on, off) in LISTENERS[platform].items():
        if one not in WEB:
            yield from on if one in plane.listeners else off


def _account(one: Account, platform: str) -> str:
    if one.services != SERVICES:
        raise refusal(platform, "accounts services", "an account may use every line")
    return f"{one.name} privilege {one.level} secret {one.secret}"


def _exporters(plane: ManagementPlane) -> Iterator[ExporterView]:
    found = sorted(plane.flows, key=lambda one: by_number(one.address))
    for number, one in enumerate(found, start=1):
        yield ExporterView(f"COLLECTOR-{number}", one.address, one.port)


def _log(plane: ManagementPlane, platform: str) -> Iterator[str]:
    syslog = plane.syslog
    if syslog.targets and plane.source:
        yield f"source-interface {plane.source}"
    for one in targets(syslog.targets):
        yield f"host {one.address}{_transport(one, platform)}"


def _transport(one: LogTarget, platform: str) -> str:
    """Datagrams to the usual port need no word."""
    usual = word(LOG_PORTS, one.transport, platform, "syslog transport", one.transport)
    port = "" if one.port == usual else f" port {one.port}"
    if one.transport == "udp" and not port:
        return ""
    profile = f" profile {TLS_PROFILE}" if one.transport == "tls" else ""
    return f" transport {one.transport}{port}{profile}"


def _lists(plane: ManagementPlane) -> Iterator[ListView]:
    login, snmp = plane.login, plane.snmp
    if login.sources4 is not None:
        yield source_list(MANAGERS, login.sources4, Family.V4)
    if snmp.versions and snmp.sources4 is not None:
        yield source_list(NMS, snmp.sources4, Family.V4)
    if login.sources6 is not None:
        yield source_list(f"{MANAGERS}-v6", login.sources6, Family.V6)


def _access(plane: ManagementPlane) -> Iterator[str]:
    if plane.login.sources4 is not None:
        yield f"access-class {MANAGERS} in"
    if plane.login.sources6 is not None:
        yield f"ipv6 access-class {MANAGERS}-v6 in"


def _snmp(plane: ManagementPlane, platform: str) -> Iterator[str]:
    """Without a view of its own a group reads everything that is no secret, and writes nothing."""
    snmp = plane.snmp
    refuse_old_snmp(snmp, platform)
    if not snmp.versions:
        return
    writes = " write v1default" if snmp.writes else ""
    access = "" if snmp.sources4 is None else f" access {NMS}"
    for group, level in sorted({(one.group, one.level) for one in snmp.users}, key=str):
        yield f"group {group} v3 {LEVELS[level]}{writes}{access}"
    for user in sorted(snmp.users, key=str):
        yield f"user {user.name} {user.group} v3{_keys(user, platform)}"
    if snmp.targets:
        if plane.source:
            yield f"trap-source {plane.source}"
        yield "enable traps"
    for one in sorted(snmp.targets, key=lambda one: by_number(one.address)):
        yield f"host {one.address} version 3 {LEVELS[one.level]} {one.user}"


def _keys(one: SnmpUser, platform: str) -> str:
    digest = word(DIGESTS, one.authentication, platform, "snmp authentication", one.authentication)
    cipher = word(CIPHERS, one.privacy, platform, "snmp privacy", one.privacy)
    if not digest:
        return ""
    private = f" {cipher} {one.privacy_secret}" if cipher else ""
    return f" {digest} {one.authentication_secret}{private}"


def _servers(kind: str, servers: Sequence[AaaServer]) -> Iterator[ServerView]:
    """They are asked in the order in which the text names them."""
    for number, one in enumerate(servers, start=1):
        ports = " auth-port 1812 acct-port 1813" if kind == "radius" else ""
        yield ServerView(kind, f"{kind.upper()}-{number}", f"{one.address}{ports}", one.secret)


def _ntp(plane: ManagementPlane, platform: str) -> Iterator[str]:
    ntp = plane.ntp
    for key in sorted(ntp.keys):
        kind = word(NTP, key.algorithm, platform, "ntp algorithm", key.algorithm)
        yield f"authentication-key {key.number} {kind} {key.secret}"
    if ntp.authenticated:
        yield "authenticate"
    for number in sorted(ntp.trusted):
        yield f"trusted-key {number}"
    if ntp.servers and plane.source:
        yield f"source {plane.source}"
    for one in sorted(ntp.servers, key=lambda one: by_number(one.address)):
        yield f"server {one.address}{f' key {one.key}' if one.key else ''}"
