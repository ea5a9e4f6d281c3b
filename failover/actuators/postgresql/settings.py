"""What one centre's cluster of a move group is, on this machine: places, addresses, limits.

None of it is in the plan: it differs between two machines. No value is a password; libpq finds
those by itself, in the file that `passfile` names, by a service, a certificate or peer authority.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import make_conninfo

GIB = 1 << 30
# Goes through pg_ctl's own quoting and into a configuration file.
PLAIN_PATH = re.compile(r"/[A-Za-z0-9_./+@:-]*\Z")
PLAIN_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
SECRETS = frozenset(("password", "sslpassword"))
SECRETS_IN_ENVIRONMENT = frozenset(("PGPASSWORD", "PGSSLPASSWORD"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each may take, in seconds. The first ones stand between a fault and service."""

    connect_s: float = 1.0
    statement_s: float = 1.0  # of one statement, here and at the other centre
    promote_s: float = 3.0
    start_s: float = 3.0  # until it answers; a recovery may go on longer, and is waited for again
    rule_s: float = 2.0  # until a changed commit rule is in force
    caught_up_s: float = 2.0  # until the other centre has what there was when it was asked
    follow_s: float = 3.0  # until a standby streams
    patience_s: float = 2.0  # how long a release waits for the way back before it answers
    poll_s: float = 0.01
    mirror_s: float = 1.0  # a log position so old must be confirmed, or it is not mirrored
    # The way back: in the background.
    stop_s: float = 10.0  # a fast stop, and then again an immediate one
    keep_s: float = 6 * 3600.0  # copying the data directory
    rewind_s: float = 2 * 3600.0
    clone_s: float = 12 * 3600.0
    again_s: float = 5.0  # after a way back that failed, before it is tried once more


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One centre's PostgreSQL cluster of one move group.

    The layout is Debian's: `config_file` lies outside of `data`, which is replaced as a whole, and
    includes `managed_file`, which this program writes and nobody else.
    """

    name: str  # as in the plan
    site: str
    peer_site: str
    programs: Path  # where pg_ctl is: /usr/lib/postgresql/15/bin
    data: Path
    config_file: Path  # postgresql.conf
    managed_file: Path  # conf.d/telemed.conf beside it
    log_file: Path  # what the server says before its own log works
    local: Mapping[str, str]  # libpq keywords of the agent's role here
    peer: Mapping[
        str, str
    ]  # and of the role that rejoins, at the other centre; addresses, no names
    synchronous: bool = False
    slot_mib_max: int = 16 * 1024  # of log kept for an absent standby; then it is cloned anew
    reserve_bytes: int = 2 * GIB  # of disk that copies and clones leave free
    kept_max: int = 2  # divergent data directories; more is refused, and a person asked
    prepare_bytes_max: int = 16 << 20  # a standby further behind is not ready to be moved to
    run_as: tuple[str, ...] = ()  # before each program, if this process is not the owner of `data`
    start_command: tuple[str, ...] = ()  # ("systemctl", "start", …) instead of pg_ctl
    environment: Mapping[str, str] = field(default_factory=dict)  # PGSERVICEFILE and its like
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raises ValueError, in words for a person."""
        _refuse_secrets(self)
        for path in (self.data, self.config_file, self.managed_file, self.log_file):
            if not PLAIN_PATH.match(str(path)) or ".." in path.parts:
                raise ValueError(f"{self.name}: `{path}` is not an absolute, plain path")
        if self.config_file.is_relative_to(self.data):
            raise ValueError(
                f"{self.name}: {self.config_file} lies in the data directory, which a clone "
                "replaces; put the configuration beside it, as Debian does"
            )
        for site in (self.site, self.peer_site):
            if not PLAIN_NAME.match(site):
                raise ValueError(f"{self.name}: `{site}` is no name of a centre")

    @property
    def local_conninfo(self) -> str:
        """For a connection to this centre's server."""
        return make_conninfo("", **self.local)

    @property
    def peer_conninfo(self) -> str:
        """For a connection to the other centre's server, and for PostgreSQL's own programs."""
        return make_conninfo("", **self.peer)

    @property
    def stream_conninfo(self) -> str:
        """What a standby here streams by; it calls itself by the name of its centre."""
        keywords = {key: value for key, value in self.peer.items() if key != "dbname"}
        seconds = max(2, round(self.limits.connect_s))
        return make_conninfo(
            "", **keywords, application_name=self.site, connect_timeout=str(seconds)
        )

    @property
    def slot_here(self) -> str:
        """The slot at this centre's primary, for the standby at the other."""
        return slot_of(self.peer_site)

    @property
    def slot_there(self) -> str:
        """The slot at the other centre's primary, for the standby here."""
        return slot_of(self.site)

    @property
    def kept_folder(self) -> Path:
        """Where divergent data directories are kept: beside `data`, on the same disk."""
        return self.data.with_name(f"{self.data.name}.kept")

    @property
    def clone_folder(self) -> Path:
        """Where a base backup arrives before it takes the place of `data`."""
        return self.data.with_name(f"{self.data.name}.clone")

    @property
    def rewinding_mark(self) -> Path:
        """Is there while `data` is being rewound: after a crash it says that `data` is torn."""
        return self.data.with_name(f"{self.data.name}.rewinding")

    @property
    def cloned_mark(self) -> Path:
        """Is there when `clone_folder` is whole and only has to be put in its place."""
        return self.data.with_name(f"{self.data.name}.cloned")


def slot_of(site: str) -> str:
    """The name of the physical slot for the standby at a centre."""
    return f"telemed_{site.replace('-', '_')}"


def _refuse_secrets(cluster: Cluster) -> None:
    for where, keywords, secret in (
        ("local", cluster.local, SECRETS),
        ("peer", cluster.peer, SECRETS),
        ("environment", cluster.environment, SECRETS_IN_ENVIRONMENT),
    ):
        if secret & keywords.keys():
            raise ValueError(
                f"{cluster.name}: {where}: no passwords here, since others may read them; "
                "name a `passfile`, a service, or use a certificate"
            )
