"""How a device is administered, watched and kept in time: facts in words of no platform.

The plan says them, renderers write them, parsers read them back, and the proof compares the two
field by field. A parser fills in what the platform does where the text says nothing, so a value is
always what the device would do. Secrets are references (`vault:…`, `env:…`) or what else the text
holds in their place; nothing here resolves one.

Source: docs/concepts/management.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from telemed_infra.packets import Ranges


class Listener(Enum):
    """What a device serves to who wants to administer it or to fetch files."""

    SSH = "ssh"
    SFTP = "sftp"
    SCP = "scp"
    NETCONF = "netconf"
    TELNET = "telnet"
    HTTP = "http"
    HTTPS = "https"
    FTP = "ftp"
    TFTP = "tftp"
    SMART_INSTALL = "smart install"  # of Cisco: takes a configuration from anyone
    SMALL_SERVERS = "small servers"  # echo, discard, chargen, finger, bootp
    CONSOLE = "console"  # of an account: may log in there


class Method(Enum):
    """Who says whether somebody may log in."""

    TACACS = "tacacs"
    RADIUS = "radius"
    LOCAL = "local"
    PASSWORD = "password"  # one of the line, without a name
    NONE = "none"  # nobody: everyone may


class AaaServer(NamedTuple):
    """A server that knows the administrators, or the hosts behind ports."""

    address: str  # canonical text
    secret: str  # a reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Logging in over the network, and at the console."""

    methods: tuple[Method, ...]  # over the network, tried in this order
    console: tuple[Method, ...]
    authorization: tuple[Method, ...]  # who says what they may do
    sessions_accounted: bool  # each login is told to the AAA server
    commands_accounted: bool  # and each command
    listeners: frozenset[Listener]  # what the lines for the network take
    sources4: Ranges | None  # from where; None: from anywhere
    sources6: Ranges | None
    idle_s: int | None  # a silent session ends after so long; None: never
    console_idle_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account on the device itself."""

    name: str
    level: int  # 15 may do everything
    services: frozenset[Listener]
    secret: str  # a reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Rules for passwords of accounts on the device; 0: none."""

    length_min: int = 0  # characters
    kinds_min: int = 0  # of capital letters, small ones, digits, other signs
    history: int = 0  # so many last ones are refused
    lifetime_days: int = 0


class Lockout(NamedTuple):
    """Who fails to log in so often waits so long; attempts 0: never."""

    attempts: int
    seconds: int


class SnmpLevel(Enum):
    """What protects a message of SNMPv3."""

    NONE = "noauth"
    AUTHENTICATED = "auth"
    ENCRYPTED = "authPriv"


class SnmpUser(NamedTuple):
    """A user of SNMPv3. Algorithms are lower-case names: `sha`, `sha-256`, `aes-128`, `aes-256`."""

    name: str
    group: str
    level: SnmpLevel  # what its group demands
    authentication: str  # "" for none
    authentication_secret: str
    privacy: str
    privacy_secret: str


class SnmpTarget(NamedTuple):
    """Where notifications go."""

    address: str
    user: str
    level: SnmpLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Snmp:
    """Queries and notifications."""

    versions: frozenset[str]  # `v1`, `v2c`, `v3`; none: the agent is off
    users: frozenset[SnmpUser] = frozenset()
    communities: frozenset[str] = frozenset()  # names of v1 and v2c
    writes: bool = False  # some user or community may change something
    sources4: Ranges | None = None  # who may ask; None: anyone
    targets: frozenset[SnmpTarget] = frozenset()


class NtpKey(NamedTuple):
    """A key of authenticated time. Algorithms: `md5`, `sha1`, `hmac-sha-256`, `cmac-aes-128`."""

    number: int
    algorithm: str
    secret: str


class NtpServer(NamedTuple):
    """Where the time comes from; key 0 is none."""

    address: str
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ntp:
    """The time."""

    authenticated: bool  # unsigned time is refused
    keys: frozenset[NtpKey] = frozenset()
    trusted: frozenset[int] = frozenset()
    servers: frozenset[NtpServer] = frozenset()


class LogTarget(NamedTuple):
    """Where the log goes. Transport: `udp`, `tcp`, `tls`."""

    address: str
    transport: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Syslog:
    """The log."""

    targets: frozenset[LogTarget] = frozenset()
    dated: bool = False  # entries carry date and time
    zoned: bool = False  # and the offset from UTC


class Collector(NamedTuple):
    """Where flow records go."""

    address: str
    port: int  # of UDP


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementPlane:
    """All of it, of one device."""

    listeners: frozenset[Listener]
    discovery: bool  # LLDP or CDP speaks on some interface
    login: Login
    tacacs: tuple[AaaServer, ...]  # tried in this order
    accounts: frozenset[Account]
    passwords: Passwords
    lockout: Lockout
    banner: str  # shown before a login; "" for none
    snmp: Snmp
    ntp: Ntp
    syslog: Syslog
    flows: frozenset[Collector]
    zone_minutes: int  # the clock's offset from UTC
    source: str = ""  # the interface whose address the device speaks from; "": not told
    table: str = ""  # of routes, in which all these servers are found; "": the common one
    radius: tuple[AaaServer, ...] = ()  # of the hosts behind ports


@dataclass(frozen=True, slots=True, kw_only=True)
class PortGuards:
    """What a switch port does against hosts that misbehave."""

    edge: bool = False  # a host stands behind it: spanning tree does not wait
    bpdu_guard: bool = False  # a switch behind it shuts it
    snooped: bool = False  # DHCP is watched in each of its VLANs
    trusted: bool = False  # DHCP servers may answer from here
    source_guard: bool = False  # packets with an address that DHCP did not give are dropped
    addresses_max: int | None = None  # MAC addresses behind it; None: any number
    dot1x: bool = False  # who plugs in is asked by 802.1X
    mac_bypass: bool = False  # or, if it cannot answer, known by its MAC address
    admits: bool = False  # and let in, to the port's own VLAN, while no server answers


OPEN_PORT = PortGuards()
