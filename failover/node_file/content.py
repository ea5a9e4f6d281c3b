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
    interfaces: Mapping[str, str] = field(default_factory=dict)  # by path, where heartbeats leave
    signers: Path | None = None  # OpenSSH's allowed signers: who may break the glass
    neutral: str = ""  # an observer's: what it must reach for its word to count
