"""Administration as Ruijie RGOS writes it.

Its lists of methods have to be named at a line, or nothing is told of who comes there; the list
`default` for logging in alone holds by itself.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.management_plane import (
    Account,
    Listener,
    LogTarget,
    ManagementPlane,
    Method,
    Passwords,
    SnmpLevel,
    SnmpUser,
    Syslog,
)
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.administration import (
    by_number,
    hosts_of,
    refusal,
    refuse_if,
    refuse_old_snmp,
    refuse_uneven_listeners,
    silence,
    targets,
    whole_minutes,
    word,
    zone_name,
)

PLATFORM = "ruijie_rgos"
METHODS = {Method.TACACS: "group tacacs+", Method.LOCAL: "local"}
CONSOLE = "CONSOLE"  # the list of methods that the console has, if it has its own
MANAGERS, NMS = "MANAGERS", "NMS"
VIEW = "default"  # of SNMP: everything
SERVERS = {Listener.SSH: "ssh-server", Listener.TELNET: "telnet-server"}
WEB = {Listener.HTTP: "http", Listener.HTTPS: "https"}
TRANSPORTS = {Listener.SSH: "ssh", Listener.TELNET: "telnet"}  # of the lines
SERVICES = frozenset({Listener.SSH, Listener.CONSOLE})  # an account has all; lines take some
DIGESTS = {"sha": "auth sha", "": ""}
CIPHERS = {"aes-128": "priv aes128", "": ""}
NTP = {"md5": "md5"}
LEVELS = {
    SnmpLevel.NONE: "noauth",
    SnmpLevel.AUTHENTICATED: "auth",
    SnmpLevel.ENCRYPTED: "priv",
}
LOG_PORT = 514  # where nothing is said


class ListView(NamedTuple):
    """A list of sources."""

    head: str
    rules: tuple[str, ...]


class RuijieView(NamedTuple):
    """All that a text says of administration."""

    aaa: tuple[str, ...]
    lists: tuple[ListView, ...]
    accounts: tuple[str, ...]
    passwords: tuple[str, ...]
    format: str  # of the log; "" for that of the device
    ssh: bool
    zone: str  # "" for UTC
    servers: tuple[str, ...]  # that know who may log in, and what hosts there are
    log: tuple[str, ...]
    services: tuple[str, ...]  # what listens, and what must not
    discovery: bool
    banner: str
    snmp: tuple[str, ...]
    ntp: tuple[str, ...]
    console: str  # its list of methods; "" for that of all lines
    console_idle: str
    access: tuple[str, ...]
    told: tuple[str, ...]  # what a line tells of who comes there
    transport: str
    idle: str


def rgos_view(plane: ManagementPlane, _address: str) -> RuijieView:
    """A switch's.

    Raises:
        ValueError: the plan asks for what the platform has no words for.
    """
    login = plane.login
    _refuse_unknown(plane)
    own = _methods(login.console, "login console")
    return RuijieView(
        aaa=tuple(_aaa(plane)),
        lists=tuple(_lists(plane)),
        accounts=tuple(_accounts(plane)),
        passwords=tuple(_passwords(plane.passwords)),
        format=_format(plane.syslog),
        ssh=Listener.SSH in plane.listeners,
        zone=_zone(plane.zone_minutes),
        servers=tuple(_servers(plane)),
        log=tuple(_log(plane)),
        services=tuple(_services(plane)),
        discovery=plane.discovery,
        banner=plane.banner,
        snmp=tuple(_snmp(plane)),
        ntp=tuple(_ntp(plane)),
        console=CONSOLE if own != _methods(login.methods, "login methods") else "",
        console_idle=silence(login.console_idle_s),
        access=tuple(_access(plane)),
        told=tuple(_told(plane)),
        transport=" ".join(
            word(TRANSPORTS, one, PLATFORM, "login listeners", one.value)
            for one in sorted(login.listeners, key=lambda one: one.value)
        )
        or "none",
        idle=silence(login.idle_s),
    )


def _refuse_unknown(plane: ManagementPlane) -> None:
    refuse_if(plane.passwords.kinds_min, PLATFORM, "passwords kinds_min")
    refuse_if(plane.flows, PLATFORM, "flows")
    refuse_if(plane.table, PLATFORM, "table")
    refuse_uneven_listeners(plane, PLATFORM)
    if plane.listeners & set(TRANSPORTS) != plane.login.listeners & set(TRANSPORTS):
        raise refusal(PLATFORM, "login listeners", "what the lines take is what is served")
    for one in plane.listeners:
        word({**SERVERS, **WEB}, one, PLATFORM, "listeners", one.value)
    login = plane.login
    accounted = login.sessions_accounted or login.commands_accounted
    asked = {*login.methods, *login.console, *login.authorization}
    if (Method.TACACS in asked or accounted) and not plane.tacacs:
        raise refusal(PLATFORM, "tacacs", "there is no server to ask")


# ---- who may log in -----------------------------------------------------------------------------


def _aaa(plane: ManagementPlane) -> Iterator[str]:
    login = plane.login
    if login.sessions_accounted:
        yield "accounting exec default start-stop group tacacs+"
    if login.commands_accounted:
        yield "accounting commands 15 default start-stop group tacacs+"
    if login.authorization:
        yield f"authorization exec default {_methods(login.authorization, 'login authorization')}"
        yield "authorization console"
    if plane.lockout.attempts:
        minutes = whole_minutes(plane.lockout.seconds, PLATFORM, "lockout seconds")
        yield f"local authentication attempts {plane.lockout.attempts}"
        yield f"local authentication lockout-time {minutes}"
    remote = _methods(login.methods, "login methods")
    console = _methods(login.console, "login console")
    yield f"authentication login default {remote}"
    if console != remote:
        yield f"authentication login {CONSOLE} {console}"


def _methods(methods: tuple[Method, ...], field: str) -> str:
    return " ".join(word(METHODS, one, PLATFORM, field, one.value) for one in methods)


def _told(plane: ManagementPlane) -> Iterator[str]:
    login = plane.login
    if login.authorization:
        yield "authorization exec default"
    if login.sessions_accounted:
        yield "accounting exec default"
    if login.commands_accounted:
        yield "accounting commands 15 default"


def _lists(plane: ManagementPlane) -> Iterator[ListView]:
    login, snmp = plane.login, plane.snmp
    if login.sources4 is not None:
        yield _list(MANAGERS, login.sources4, Family.V4)
    if snmp.versions and snmp.sources4 is not None:
        yield _list(NMS, snmp.sources4, Family.V4)
    if login.sources6 is not None:
        yield _list(f"{MANAGERS}-v6", login.sources6, Family.V6)


def _list(name: str, ranges: Ranges, family: Family) -> ListView:
    """Who may come, by address; without one, nobody. Entries are numbered in tens, as printed."""
    hosts = hosts_of(ranges, family)
    if family is Family.V6:
        head = f"ipv6 access-list {name}"
        rules = [*(f"permit ipv6 {_end(one)} any" for one in hosts), "deny ipv6 any any"]
    else:
        head = f"ip access-list standard {name}"
        rules = [*(f"permit {_end(one)}" for one in hosts), "deny any"]
    return ListView(head, tuple(f"{10 * n} {rule}" for n, rule in enumerate(rules, start=1)))


def _end(one: Prefix) -> str:
    text = address_text(one.family, one.first)
    if one.length == one.family.bits:
        return f"host {text}"
    if one.family is Family.V6:
        return f"{text}/{one.length}"
    return f"{text} {address_text(Family.V4, (1 << (32 - one.length)) - 1)}"


def _access(plane: ManagementPlane) -> Iterator[str]:
    if plane.login.sources4 is not None:
        yield f"access-class {MANAGERS} in"
    if plane.login.sources6 is not None:
        yield f"ipv6 access-class {MANAGERS}-v6 in"


def _accounts(plane: ManagementPlane) -> Iterator[str]:
    for one in sorted(plane.accounts, key=lambda one: one.name):
        yield from _account(one)


def _account(one: Account) -> Iterator[str]:
    if one.services != SERVICES:
        raise refusal(PLATFORM, "accounts services", "an account may use every line")
    yield f"{one.name} password {one.secret}"
    yield f"{one.name} privilege {one.level}"


def _passwords(rules: Passwords) -> Iterator[str]:
    if rules.length_min:
        yield f"min-size {rules.length_min}"
    if rules.history:
        yield f"no-repeat-times {rules.history}"
    if rules.lifetime_days:
        yield f"life-cycle {rules.lifetime_days}"


def _servers(plane: ManagementPlane) -> Iterator[str]:
    """They are asked in the order in which the text names them."""
    for kind, servers in (("tacacs", plane.tacacs), ("radius", plane.radius)):
        for one in servers:
            yield f"{kind}-server host {one.address} key {one.secret}"
        if servers and plane.source:
            yield f"ip {kind} source-interface {plane.source}"


# ---- what listens, what is told -----------------------------------------------------------------


def _services(plane: ManagementPlane) -> Iterator[str]:
    """What a release serves by itself is taken off by a line."""
    for one, name in SERVERS.items():
        yield f"{'' if one in plane.listeners else 'no '}enable service {name}"
    served = [name for one, name in WEB.items() if one in plane.listeners]
    for name in served:
        yield f"enable service web-server {name}"
    if not served:
        yield "no enable service web-server"
    yield f"{'' if plane.snmp.versions else 'no '}enable service snmp-agent"


def _zone(minutes: int) -> str:
    if not minutes:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{zone_name(minutes)} {'-' if minutes < 0 else ''}{hours} {rest}"


def _format(log: Syslog) -> str:
    """That of RFC 5424 tells the offset from UTC; the other one the date alone."""
    if log.zoned and not log.dated:
        raise refusal(PLATFORM, "syslog dated", "who tells the offset from UTC tells the date")
    dated = "timestamps log datetime msec year" if log.dated else ""
    return "log-format rfc5424" if log.zoned else dated


def _log(plane: ManagementPlane) -> Iterator[str]:
    if plane.syslog.targets and plane.source:
        yield f"source interface {plane.source}"
    for one in targets(plane.syslog.targets):
        yield f"server {one.address}{_port(one)}"


def _port(one: LogTarget) -> str:
    """Datagrams to the usual port need no word."""
    word({"udp": ""}, one.transport, PLATFORM, "syslog transport", one.transport)
    return "" if one.port == LOG_PORT else f" udp-port {one.port}"


def _snmp(plane: ManagementPlane) -> Iterator[str]:
    snmp = plane.snmp
    refuse_old_snmp(snmp, PLATFORM)
    if not snmp.versions:
        return
    writes = f" write {VIEW}" if snmp.writes else ""
    access = "" if snmp.sources4 is None else f" access {NMS}"
    for group, level in sorted({(one.group, one.level) for one in snmp.users}, key=str):
        yield f"snmp-server group {group} v3 {LEVELS[level]} read {VIEW}{writes}{access}"
    for user in sorted(snmp.users, key=str):
        yield f"snmp-server user {user.name} {user.group} v3{_keys(user)}"
    if snmp.targets:
        if plane.source:
            yield f"snmp-server trap-source {plane.source}"
        yield "snmp-server enable traps"
    for one in sorted(snmp.targets, key=lambda one: by_number(one.address)):
        yield f"snmp-server host {one.address} traps version 3 {LEVELS[one.level]} {one.user}"
    yield "no snmp-server enable version v1"
    yield "no snmp-server enable version v2c"
    yield "snmp-server enable version v3"


def _keys(one: SnmpUser) -> str:
    digest = word(DIGESTS, one.authentication, PLATFORM, "snmp authentication", one.authentication)
    cipher = word(CIPHERS, one.privacy, PLATFORM, "snmp privacy", one.privacy)
    if not digest:
        return ""
    private = f" {cipher} {one.privacy_secret}" if cipher else ""
    return f" {digest} {one.authentication_secret}{private}"


def _ntp(plane: ManagementPlane) -> Iterator[str]:
    ntp = plane.ntp
    if ntp.authenticated:
        yield "authenticate"
    for key in sorted(ntp.keys):
        kind = word(NTP, key.algorithm, PLATFORM, "ntp algorithm", key.algorithm)
        yield f"authentication-key {key.number} {kind} {key.secret}"
    for number in sorted(ntp.trusted):
        yield f"trusted-key {number}"
    source = f" source {plane.source}" if plane.source else ""
    for one in sorted(ntp.servers, key=lambda one: by_number(one.address)):
        yield f"server {one.address}{source}{f' key {one.key}' if one.key else ''}"
