"""What the lines about management build up: mutable, lives for one text.

A value that no line tells is None, or not there; what the platform does then stands in its
`Platform`. Things that others name are kept by name, with the line that defines them, and are
judged at the end: a name that nothing defines has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from telemed_infra.management_plane import (
    Collector,
    Listener,
    LogTarget,
    Method,
    NtpKey,
    NtpServer,
    SnmpLevel,
)
from telemed_infra.parse.management.lists import AccessList

NEVER = -1
"""A silent session never ends."""


class Platform(NamedTuple):
    """What a platform does where a text says nothing; of releases that differ, the worse."""

    listeners: frozenset[Listener]
    discovery: bool
    vty_lines: int  # so many exist without a line that names them
    vty_mode: str  # as of `authentication-mode`
    inbound: frozenset[Listener]  # of a line for the network
    snmp_versions: frozenset[str]
    log_dated: bool
    log_zoned: bool
    list_holds_without_instance: bool
    """A rule of an access list that names no VPN instance also matches packets of one."""
    lists_know_case: bool  # in their names
    commands_by_line: bool  # only lines that say so tell commands to a server
    ntp_on: bool


class Place(NamedTuple):
    """Where a client of the device speaks from: by an interface or an address, in which table."""

    line: int
    what: str  # for people
    source: str = ""  # name of an interface, or an address; "": not told
    instance: str = ""  # the VPN instance; "": the public network


@dataclass(slots=True)
class AskedServer:
    """A server of a scheme, for one purpose."""

    address: str
    line: int
    secret: str = ""
    source: str = ""
    instance: str = ""


@dataclass(slots=True)
class Scheme:
    """Servers of one protocol: by purpose, by rank."""

    line: int
    servers: dict[str, dict[int, AskedServer]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # by purpose; "" for all
    source: str = ""
    instance: str = ""


class Asked(NamedTuple):
    """A method, with the scheme or template that it needs."""

    method: Method
    scheme: str = ""


@dataclass(slots=True)
class Domain:
    """How users of a domain are judged."""

    line: int
    asked: dict[str, tuple[tuple[Asked, ...], int]] = field(default_factory=dict)
    """By subject (`authentication login`): methods in order, and the line."""
    named: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By kind: the method list or the servers' template that it names."""


@dataclass(slots=True)
class Lines:
    """A block of lines to log in by; values by subject; None: the default again."""

    kind: str  # vty, con, aux; `class vty` for all of a kind
    low: int
    high: int
    line: int
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class User:
    """An account of the device."""

    line: int
    level: int | None = None
    roles: set[str] = field(default_factory=lambda: {"network-operator"})
    services: set[Listener] | None = None
    secret: str = ""
    blocked: bool = False
    named: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By kind: the method list or the servers' template that it names for itself."""


@dataclass(slots=True)
class SnmpGroup:
    """A group of SNMP users of one version."""

    line: int
    level: SnmpLevel
    writes: bool = False
    filter: str = ""


@dataclass(slots=True)
class SnmpPerson:
    """A user of SNMPv3 as lines build it."""

    line: int
    group: str = ""
    authentication: tuple[str, str] = ("", "")
    privacy: tuple[str, str] = ("", "")
    filter: str = ""


class Community(NamedTuple):
    """A community of SNMP v1 and v2c."""

    line: int
    writes: bool
    filter: str


class Sent(NamedTuple):
    """A notification's target."""

    place: Place
    address: str
    user: str
    level: SnmpLevel
    version: str


@dataclass(slots=True)
class SnmpState:
    """The SNMP agent; `on` None: no line starts it."""

    on: bool = False
    versions: dict[str, bool] = field(default_factory=dict)
    groups: dict[tuple[str, str], SnmpGroup] = field(default_factory=dict)
    people: dict[str, SnmpPerson] = field(default_factory=dict)
    communities: dict[str, Community] = field(default_factory=dict)
    filter: str = ""
    filter_line: int = 0
    source: str = ""
    targets: dict[tuple[str, str], Sent] = field(default_factory=dict)


@dataclass(slots=True)
class NtpState:
    """The clock's servers."""

    on: bool | None = None
    authenticated: bool = False
    keys: dict[int, NtpKey] = field(default_factory=dict)
    trusted: set[int] = field(default_factory=set)
    servers: dict[tuple[str, str], tuple[NtpServer, Place]] = field(default_factory=dict)
    source: str = ""


@dataclass(slots=True)
class SyslogState:
    """Log servers; timestamps as the text says them, None for the platform's own."""

    on: bool = True
    source: str = ""
    targets: dict[tuple[str, str], tuple[LogTarget, Place, str]] = field(default_factory=dict)
    """By address and VPN instance: also the policy for TLS that must exist, or ""."""
    dated: bool | None = None
    zoned: bool | None = None


@dataclass(slots=True)
class PasswordState:
    """Rules for passwords and lockout, by subject; `on` where a switch must turn them on."""

    on: bool = False
    rules: dict[str, int] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    lockout: tuple[int, int] | None = None  # attempts, seconds
    lock_on: bool | None = None


@dataclass(slots=True)
class Talk:
    """What an interface's block says of management."""

    discovery: bool | None = None
    flows: bool = False
    instance: str = ""


@dataclass(slots=True)
class Management:
    """The whole state, and the objects whose views are open."""

    listeners: dict[tuple[Listener, int], bool] = field(default_factory=dict)
    """By listener and address family; a line that names no family stands for IPv4."""
    listens_at: dict[Listener, set[str]] = field(default_factory=dict)
    """Interfaces at which a server listens, where a text limits them."""
    ports: dict[Listener, int] = field(default_factory=dict)
    server_lists: dict[tuple[Listener, int], tuple[str, int]] = field(default_factory=dict)
    """Access lists of a server, by address family."""
    discovery: bool | None = None
    talks: dict[str, Talk] = field(default_factory=dict)
    at: tuple[str, ...] = ()
    """Interfaces whose view is open."""
    instances: set[str] = field(default_factory=set)
    lists: dict[str, AccessList] = field(default_factory=dict)
    open_list: str = ""
    schemes: dict[tuple[Method, str], Scheme] = field(default_factory=dict)
    scheme: tuple[Method, str] = (Method.NONE, "")
    sources: dict[Method, str] = field(default_factory=dict)
    tacacs_on: bool = True
    method_lists: dict[tuple[str, str], tuple[Asked, ...]] = field(default_factory=dict)
    """By kind and name (Huawei's schemes)."""
    method_list: tuple[str, str] = ("", "")
    command_records: tuple[str, int] = ("", 0)
    domains: dict[str, Domain] = field(default_factory=dict)
    domain: str = ""
    admin_domain: tuple[str, int] = ("", 0)
    host_domain: str = ""  # of hosts behind ports that name none
    lines: list[Lines] = field(default_factory=list)
    vty_max: int | None = None
    users: dict[str, User] = field(default_factory=dict)
    user: str = ""
    passwords: PasswordState = field(default_factory=PasswordState)
    banners: dict[str, tuple[str, int]] = field(default_factory=dict)
    snmp: SnmpState = field(default_factory=SnmpState)
    ntp: NtpState = field(default_factory=NtpState)
    syslog: SyslogState = field(default_factory=SyslogState)
    flows: dict[tuple[str, int], tuple[Collector, Place]] = field(default_factory=dict)
    flow_source: str = ""
    zone_minutes: int = 0
    tls_policies: set[str] = field(default_factory=set)

    def talk(self) -> Iterator[Talk]:
        """What the open interfaces say."""
        for name in self.at:
            yield self.talks.setdefault(name, Talk())
