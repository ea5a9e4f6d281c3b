"""A node file: who this machine is, where its files lie, what it moves and how. No secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAccess:
    """How this machine shows itself to the register, and how its own member was set up."""

    certificate: Path
    key: Path  # its own secret; the file names it, and does not hold it
    authority: Path
    etcd_config: Path | None = None  # of the member on this machine, for the checks at the start


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An executable that moves something of a group."""

    program: Path
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgresql:
    """One cluster of this machine that moves with a group; see `failover.node_file.postgresql`."""

    programs: Path  # where pg_ctl is
    data: Path
    config_file: Path  # postgresql.conf
    managed_file: Path  # included by it, written by this program alone
    log_file: Path  # what the server says before its own log works
    local: Mapping[str, str]  # libpq keywords of the agent's role here
    peer: Mapping[str, str]  # and of the role that rejoins, at the other centre
    run_as: tuple[str, ...]  # before each of PostgreSQL's programs
    start_command: tuple[str, ...] = ()  # empty: pg_ctl
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)  # seconds; what is not named: default
    slot_mib_max: int = 16 * 1024  # of log kept for an absent standby
    reserve_mib: int = 2048  # of disk that copies and clones leave free
    kept_max: int = 2  # divergent data directories
    prepare_mib_max: int = 16  # a standby further behind is not ready to be moved to


@dataclass(frozen=True, slots=True, kw_only=True)
class Bgp:
    """How this machine's FRR is reached."""

    vtysh: Path = Path("/usr/bin/vtysh")
    sockets: Path = Path("/run/frr")  # of its daemons
    limit_s: float = 1.5  # of one run of vtysh


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where something listens."""

    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTarget(Target):
    """A page that is asked for."""

    path: str
    tls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What shows that a group's service works here; see `failover.node_file.probes`."""

    http: tuple[HttpTarget, ...] = ()
    tcp: tuple[Target, ...] = ()
    sql: Mapping[str, str] | None = None  # libpq keywords; None: no database is asked
    expected: str = ""  # a word in each page
    authority: Path | None = None  # of the certificates behind https://
    server_name: str = ""  # that they are made out to; empty: the address
    runs_in_standby: bool = False  # False: the service starts with a take
    failures: int = 3  # in a row
    every_s: float = 1.0  # from the end of one try to the next
    timeout_s: float = 1.0  # of one try
    start_s: float = 10.0  # after a take: what starts with it may fail so long
    rest_s: float = 300.0  # what starts with a take, and failed here, is not fit for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """Names that lead here while a group is owned; see `failover.node_file.dns`."""

    server: str  # an address
    zone: str
    key: Path  # of TSIG
    names: Mapping[str, tuple[str, ...]]  # absolute, with their addresses at this centre
    port: int = 53
    ttl_s: int = 5
    timeout_s: float = 2.0  # of one exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFile:
    """The whole file; every path is absolute."""

    name: str  # a centre, the witness or an observer of the plan
    plan: Path
    keys: Path  # the keyring of `failover.wire`
    run: Path  # sockets, locks and the status file: gone after a restart of the machine
    state: Path  # memory and journal
    register: RegisterAccess | None  # None: the plan's register is a file, or an observer's place
    page: tuple[str, ...]  # the command that tells people; empty: nobody is told
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    postgresql: Mapping[str, Postgresql] = field(default_factory=dict)  # by the plan's cluster
    bgp: Bgp = Bgp()
    probes: Mapping[str, Probe] = field(default_factory=dict)  # by group
    dns: Mapping[str, Dns] = field(default_factory=dict)  # by group
    interfaces: Mapping[str, str] = field(default_factory=dict)  # by path, where heartbeats leave
    leases: Path | None = None  # a folder of files for services that check their lease; None: none
    signers: Path | None = None  # OpenSSH's allowed signers: who may break the glass
    neutral: str = ""  # an observer's: what it must reach for its word to count
