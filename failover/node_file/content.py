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
    postgresql: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # by cluster
    interfaces: Mapping[str, str] = field(default_factory=dict)  # by path, where heartbeats leave
    signers: Path | None = None  # OpenSSH's allowed signers: who may break the glass
    neutral: str = ""  # an observer's: what it must reach for its word to count
