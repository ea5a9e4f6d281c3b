"""Real PostgreSQL clusters on loopback, in a folder of their own, as an unprivileged user.

One template is made a run; each test has a pair of its own: dc-a a primary, dc-b its standby.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, LiteralString

import psycopg

from failover.actuators.postgresql.files import Files
from failover.actuators.postgresql.schema import install
from failover.actuators.postgresql.settings import Cluster, Limits
from failover.core.cells import Term

LOOPBACK = "127.0.0.1"
READY_S_MAX = 60.0  # a loaded machine
MOMENT_S = 0.02
INSTANCES = ("imaging.a", "imaging.b")
FIRST = Term(1, 1)
SECRET = "a-secret-of-this-test"
UNPRIVILEGED = "postgres"  # Debian's package makes this user
RECORD_FIRST: LiteralString = (
    "SELECT telemed_failover.record_take(1, 1, 'dc-a', pg_snapshot_xmin(pg_current_snapshot()))"
)

FAST = """
listen_addresses = '127.0.0.1'
fsync = off
shared_buffers = 16MB
max_connections = 40
max_wal_senders = 8
max_replication_slots = 8
min_wal_size = 32MB
max_wal_size = 64MB
wal_level = replica
autovacuum = off
log_line_prefix = '%m [%p] '
logging_collector = off
dynamic_shared_memory_type = mmap
"""
HBA = """
local all         all                          trust
host  all         telemed_rejoin 127.0.0.1/32  scram-sha-256
host  replication telemed_rejoin 127.0.0.1/32  scram-sha-256
host  all         all            127.0.0.1/32  trust
"""


class Stranded(Exception):
    """A condition did not come true in time."""


def programs() -> Path | None:
    """Where the newest PostgreSQL of this machine has its programs."""
    found = [
        each
        for each in Path("/usr/lib/postgresql").glob("*/bin")
        if each.parent.name.isdigit() and int(each.parent.name) >= 15 and (each / "initdb").exists()
    ]
    return max(found, key=lambda each: int(each.parent.name), default=None)


def run_as() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--init-groups")


def until(condition: Callable[[], Any], words: str = "it did not come true") -> Any:
    """Asks again and again, for a bounded time; gives what was true."""
    deadline = monotonic() + READY_S_MAX
    pause = Event()
    while not (found := condition()):
        if monotonic() > deadline:
            raise Stranded(words)
        pause.wait(MOMENT_S)
    return found


class Site:
    """One centre's cluster, driven past the code under test."""

    def __init__(self, base: Path, name: str) -> None:
        self.name = name
        self.base = base / name
        self.port = free_port()
        self.bin = programs() or Path("/nonexistent")
        self.conf = self.base / "conf"
        self.data = self.base / "data"
        self.log = self.base / "log"

    def lay(self, template: Path) -> None:
        """Files as an administrator would lay them; the data is a copy of the template."""
        for folder in (self.base, self.conf):
            folder.mkdir(mode=0o700)
        lines = [
            FAST,
            f"port = {self.port}",
            f"unix_socket_directories = '{self.base}'",
            f"data_directory = '{self.data}'",
            f"hba_file = '{self.conf}/hba.conf'",
            f"ident_file = '{self.conf}/ident.conf'",
            "include_if_exists = 'telemed.conf'\n",
        ]
        (self.conf / "postgresql.conf").write_text("\n".join(lines), "utf-8")
        (self.conf / "hba.conf").write_text(HBA, "utf-8")
        (self.conf / "ident.conf").write_text("", "utf-8")
        subprocess.run(["cp", "-a", str(template), str(self.data)], check=True)
        own(self.base)

    def start(self) -> None:
        self.ctl(
            "start",
            "-s",
            "-w",
            "-l",
            str(self.log),
            "-o",
            f"-c config_file={self.conf}/postgresql.conf",
        )

    def stop(self, mode: str = "fast") -> None:
        self.ctl("stop", "-s", "-w", "-m", mode)

    def ctl(self, *arguments: str, check: bool = True) -> int:
        command = [*run_as(), str(self.bin / "pg_ctl"), *arguments, "-D", str(self.data)]
        ended = subprocess.run(
            command, check=False, cwd="/", capture_output=True, text=True, timeout=READY_S_MAX
        )
        if check and ended.returncode:
            log = self.log.read_text("utf-8")[-3000:] if self.log.exists() else ""
            raise Stranded(f"{self.name}: {arguments[0]}: {ended.stderr}{ended.stdout}\n{log}")
        return ended.returncode

    @property
    def running(self) -> bool:
        return self.ctl("status", check=False) == 0

    @contextmanager
    def connected(self, user: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(
            host=str(self.base), port=self.port, user=user, dbname="postgres", connect_timeout=5,
            autocommit=True, gssencmode="disable",
        ) as connection:  # fmt: skip
            yield connection

    def sql(
        self, query: LiteralString, values: tuple[object, ...] = (), user: str = "postgres"
    ) -> list[Any]:
        with self.connected(user) as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: LiteralString, values: tuple[object, ...] = ()) -> Any:
        return self.sql(query, values)[0][0]

    def rows(self) -> list[int]:
        return [row[0] for row in self.sql("SELECT id FROM public.image ORDER BY id")]

    def write(self, *numbers: int) -> None:
        """In one transaction, under a lease."""
        with self.connected() as connection, connection.transaction():
            renew(connection)
            for number in numbers:
                connection.execute("INSERT INTO public.image VALUES (%s, 'x')", (number,))

    # --- faults ----------------------------------------------------------------------------

    def processes(self) -> list[int]:
        """The postmaster and its children."""
        try:
            postmaster = int((self.data / "postmaster.pid").read_text("utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return []
        found = [postmaster]
        for each in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, IndexError, ValueError):
                if int(each.read_text("utf-8").rpartition(")")[2].split()[1]) == postmaster:
                    found.append(int(each.parent.name))
        return found

    def signal(self, number: signal.Signals) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """As a power cut would."""
        processes = self.processes()
        self.signal(signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes))

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)


class Pair:
    """Both centres' clusters of one group."""

    def __init__(self, base: Path, template: Path) -> None:
        self.a, self.b = Site(base, "dc-a"), Site(base, "dc-b")
        self.passfile = base / "passfile"
        self.passfile.write_text(f"127.0.0.1:*:*:telemed_rejoin:{SECRET}\n", "utf-8")
        self.passfile.chmod(0o600)
        own(self.passfile)
        for site in self.sites:
            site.lay(template)

    @property
    def sites(self) -> tuple[Site, Site]:
        return self.a, self.b

    def other(self, site: Site) -> Site:
        return self.b if site is self.a else self.a

    def cluster(self, site: Site, **changes: Any) -> Cluster:
        """What the actuator at a centre is told."""
        other = self.other(site)
        cluster = Cluster(
            name="imaging@dc-a",
            site=site.name,
            peer_site=other.name,
            programs=site.bin,
            data=site.data,
            config_file=site.conf / "postgresql.conf",
            managed_file=site.conf / "telemed.conf",
            log_file=site.log,
            local=self.local(site),
            peer={
                "host": LOOPBACK,
                "port": str(other.port),
                "user": "telemed_rejoin",
                "dbname": "postgres",
                "passfile": str(self.passfile),
            },
            reserve_bytes=0,
            slot_mib_max=64,
            run_as=run_as(),
            limits=LIMITS,
        )
        return replace(cluster, **changes)

    def local(self, site: Site) -> Mapping[str, str]:
        return {
            "host": str(site.base),
            "port": str(site.port),
            "user": "telemed_agent",
            "dbname": "postgres",
        }

    def end(self) -> None:
        for site in self.sites:
            site.thaw()
            if site.running:
                site.stop("immediate")
        shutil.rmtree(self.a.base.parent)


# Longer than in production: a loaded machine is no fault, and these are not what is tried.
LIMITS = Limits(
    connect_s=10.0, statement_s=10.0, promote_s=30.0, stop_s=30.0, start_s=30.0, rule_s=20.0,
    caught_up_s=20.0, follow_s=30.0, patience_s=60.0, mirror_s=0.2, again_s=0.0,
)  # fmt: skip
HASTY = replace(LIMITS, connect_s=0.5, statement_s=0.5, stop_s=1.0, patience_s=10.0)


def make_template(base: Path) -> Path:
    """A cluster with roles, a table and everything installed; cleanly shut down."""
    site = Site(base, "template")
    site.base.mkdir(mode=0o700)
    site.conf.mkdir()
    own(site.base)
    command = [*run_as(), str(site.bin / "initdb"), "-D", str(site.data), "-U", "postgres",
               "-A", "trust", "--no-sync", "--no-instructions"]  # fmt: skip
    subprocess.run(command, check=True, cwd="/", capture_output=True)
    text = f"{FAST}port = {site.port}\nunix_socket_directories = '{site.base}'\n"
    (site.conf / "postgresql.conf").write_text(text, "utf-8")
    own(site.base)
    site.start()
    site.sql(
        "CREATE ROLE telemed_agent LOGIN; CREATE ROLE app LOGIN;"
        f"CREATE ROLE telemed_rejoin LOGIN PASSWORD '{SECRET}';"
        "CREATE TABLE public.image (id int PRIMARY KEY, note text);"
        "CREATE TABLE public.free (id int);"
        "GRANT ALL ON public.image, public.free TO app"
    )
    conninfo = f"host={site.base} port={site.port} user=postgres dbname=postgres"
    asyncio.run(
        install(conninfo, instances=INSTANCES, agent="telemed_agent", rejoin="telemed_rejoin")
    )
    site.sql("SELECT telemed_failover.guard_table('public.image')")
    site.stop()
    return site.data


def standing_pair(base: Path, template: Path) -> Pair:
    """dc-a is the primary, taken for the first term; dc-b streams from it."""
    pair = Pair(base, template)
    for site in pair.sites:
        Files(pair.cluster(site)).write_settings()
    pair.a.start()
    pair.a.sql(RECORD_FIRST)
    pair.a.sql("SELECT pg_create_physical_replication_slot('telemed_dc_b', true)")
    (pair.b.data / "standby.signal").touch()
    own(pair.b.data / "standby.signal")
    pair.b.start()
    until(lambda: follows(pair.b))
    return pair


def follows(site: Site) -> bool:
    """Whether a standby streams."""
    with suppress(psycopg.Error):
        return bool(site.sql("SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'"))
    return False


def caught_up(primary: Site, standby: Site) -> bool:
    """Whether a standby has applied all that the primary has."""
    here = primary.value("SELECT pg_current_wal_flush_lsn()")
    return bool(standby.value("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (here,)))


def renew(connection: psycopg.Connection[Any], length_s: float = 60.0) -> None:
    """A lease for all instances, past the client under test, for the term that the database has."""
    connection.execute(
        "SELECT telemed_failover.renew(%s, greatest(held.generation, 1), greatest(held.epoch, 1),"
        " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
        " telemed_failover.boot_clock_s() + %s, %s) FROM telemed_failover.term() AS held",
        (list(INSTANCES), length_s, length_s),
    )


def temporary_folder() -> Path:
    """Short, for its sockets; everybody may pass through, and only the owner reads."""
    memory = Path("/dev/shm")  # what PostgreSQL's programs write is flushed file by file
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="tm-", dir=base))
    folder.chmod(0o711)
    return folder


def own(path: Path) -> None:
    """Gives a file or a folder with all in it to the user that PostgreSQL runs as."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
            os.chown(each, user.pw_uid, user.pw_gid)


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as one:
        return int(one.getsockname()[1])
