"""Patroni: one PostgreSQL pair, its leader in dc-a, over the same three members of etcd as ours.

Replication runs over the fibre; the register, Patroni's own door and the clients use the health
network. PostgreSQL and etcd sync each write to the disk. Source: Patroni's documentation, YAML
Configuration Settings and Dynamic Configuration Settings.
"""

from __future__ import annotations

import json
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from benchmarks.failover.peers.tree import family, own, signal_all
from failover.laboratory.lab import Lab
from failover.laboratory.network import CENTRES, FIBRE, HEALTH, MEMBERS, WITNESS, inside
from failover.laboratory.places import CLIENTS, plan_document
from failover.laboratory.problem import NoLaboratory

DOOR, DATABASE = 8008, 5432  # ports
DAEMON, REGISTER = "patroni", "etcd"
POSTGRES = "postgres"  # Debian's package makes this user
SECONDS_MAX = 10.0
STREAMS = "streaming"
WATCH_BROKE = "watchprefix failed"
PARAMETERS = {
    "wal_log_hints": "on",  # for pg_rewind
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",
    "log_min_messages": "panic",  # refused writes fill the log otherwise
}
HBA = ["local all all trust", "host all all 10.98.0.0/16 trust",
       "host replication all 10.98.0.0/16 trust"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The three times that matter, in seconds: `loop_wait` + 2 × `retry_timeout` ≤ `ttl`."""

    words: str
    ttl: int
    loop_wait: int
    retry_timeout: int
    failsafe: bool = False


# The documents of later versions name a least of 20, 1 and 3, and those versions keep it; 3.0.2
# takes less without a word. With `retry_timeout` 1 its standby never takes the lock ("less than 1 s
# left"), so 5/1/2 is the least that keeps the rule and works.
DEFAULTS = Timing(words="defaults: ttl 30, loop_wait 10, retry_timeout 10",
                  ttl=30, loop_wait=10, retry_timeout=10)  # fmt: skip
FASTEST = Timing(words="fastest documented: 20/1/3", ttl=20, loop_wait=1, retry_timeout=3)
UNDOCUMENTED = Timing(words="5/1/2, which later versions refuse",
                      ttl=5, loop_wait=1, retry_timeout=2)  # fmt: skip
DEFAULTS_FAILSAFE = Timing(words="defaults, failsafe_mode",
                           ttl=30, loop_wait=10, retry_timeout=10, failsafe=True)  # fmt: skip
FASTEST_FAILSAFE = Timing(words="20/1/3, failsafe_mode",
                          ttl=20, loop_wait=1, retry_timeout=3, failsafe=True)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frozen:
    """Processes that stand still."""

    processes: tuple[int, ...]

    def thaw(self) -> None:
        """They go on."""
        signal_all(self.processes, signal.SIGCONT)


class Patroni:
    """One cluster. At the start dc-a leads and dc-b streams from it."""

    def __init__(self, timing: Timing) -> None:
        self.settings = timing.words
        self.timing = timing
        self._lab: Lab | None = None
        self._folder: Path | None = None

    @property
    def name(self) -> str:
        """Product and version."""
        return f"Patroni {version()}"

    @property
    def lab(self) -> Lab:
        """Where it runs. Only after `start`."""
        assert self._lab is not None
        return self._lab

    def start(self, lab: Lab) -> None:
        """Start the register and both nodes, and wait until dc-b streams from dc-a."""
        self._lab = lab
        # Not below the laboratory's folder, which only root may enter.
        self._folder = Path(tempfile.mkdtemp(prefix="telemed-patroni-"))
        lab.write(plan_document())
        for name in MEMBERS:
            lab.start(name, REGISTER)
        for centre in CENTRES:
            self._lay(centre)
        self._start("dc-a")
        lab.wait_until("dc-a leads", lambda: self.leads("dc-a"))
        self._start("dc-b")
        lab.wait_until("dc-b streams", self.streams)

    def service_address(self) -> str:
        """There is none: a client finds the leader by itself, or a proxy asks both doors."""
        return HEALTH["dc-a"]

    def kill_owner(self) -> None:
        """dc-a is lost: its links, its member of the register, Patroni and PostgreSQL."""
        self.lab.lose("dc-a")
        self.signal("dc-a", signal.SIGKILL)
        for name in (DAEMON, REGISTER):
            self.lab.kill("dc-a", name)

    def cut_fibre(self) -> None:
        """Replication stops; the register and the clients have their own network."""
        self.lab.cut_fibre()

    def heal_fibre(self) -> None:
        """It carries again."""
        self.lab.heal_fibre()

    def signal(self, centre: str, number: signal.Signals) -> None:
        """Send a signal to Patroni and PostgreSQL of a centre."""
        signal_all(self._processes(centre), number)

    def freeze(self, centre: str) -> Frozen:
        """Patroni and PostgreSQL of a centre stand still, until thawed."""
        processes = self._processes(centre)
        signal_all(processes, signal.SIGSTOP)
        return Frozen(tuple(processes))

    def stop_register(self) -> None:
        """All members at once, their data kept."""
        for name in MEMBERS:
            self.lab.processes.send(name, signal.SIGKILL, [REGISTER])
        for name in MEMBERS:
            self.lab.kill(name, REGISTER)

    def start_register(self) -> None:
        """All members again."""
        for name in MEMBERS:
            self.lab.start(name, REGISTER)

    def stop(self) -> None:
        """End what was started, whatever state it is in, and remove its data."""
        for centre in CENTRES:
            for name in self.lab.processes.at(centre):
                signal_all(self._processes(centre), signal.SIGKILL)
                self.lab.kill(centre, name)
        if REGISTER in self.lab.processes.at(WITNESS):
            self.lab.kill(WITNESS, REGISTER)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    # --- what it says ----------------------------------------------------------------------

    def leads(self, centre: str) -> bool:
        """Whether a node says that it is the leader."""
        return self._get(centre, "/primary")[0] == 200

    def streams(self) -> bool:
        """Whether dc-a has a standby that streams from it, and both are known to the register."""
        answer = self._get("dc-a", "/patroni")[1]
        members = self._get("dc-a", "/cluster")[1].get("members", [])
        streaming = [each.get("state") for each in answer.get("replication", [])]
        return streaming == [STREAMS] and len(members) == len(CENTRES)

    def lost_watches(self, centre: str) -> int:
        """How often a node's watch of the register broke; until then it believes what it knew."""
        return self.lab.log(centre, DAEMON).count(WATCH_BROKE)

    def socket(self, centre: str) -> Path:
        """The folder of a node's local socket."""
        return self._at(centre)

    def _get(self, centre: str, path: str) -> tuple[int, dict[str, Any]]:
        with inside(self.lab.space(centre)):
            connection = HTTPConnection(HEALTH[centre], DOOR, timeout=SECONDS_MAX)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                found = json.loads(answer.read())
            except (OSError, HTTPException, ValueError):
                return 0, {}
            finally:
                connection.close()
        return answer.status, found if isinstance(found, dict) else {}

    # --- laying and starting ---------------------------------------------------------------

    def _at(self, centre: str) -> Path:
        assert self._folder is not None
        return self._folder / centre

    def _lay(self, centre: str) -> None:
        """Its folder, certificates and settings; JSON is YAML too."""
        folder = self._at(centre)
        folder.mkdir()
        tls = self.lab.folder / "tls"
        for source, target in (("ca.pem", "ca.pem"), (f"agent-{centre}.pem", "own.pem"),
                               (f"agent-{centre}.key", "own.key")):  # fmt: skip
            shutil.copy(tls / source, folder / target)
        (folder / "patroni.yml").write_text(json.dumps(self._settings(centre)), "utf-8")
        own(folder.parent, POSTGRES)

    def _start(self, centre: str) -> None:
        user = pwd.getpwnam(POSTGRES)
        folder = self._at(centre)
        as_postgres = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}",
                       "--init-groups", "--pdeathsig", "KILL"]  # fmt: skip
        here = ["env", "-u", "PYTHONPATH", "-C", str(folder), f"HOME={folder}"]
        command = [*as_postgres, *here, program(), str(folder / "patroni.yml")]
        self.lab.processes.run(centre, DAEMON, command)

    def _settings(self, centre: str) -> dict[str, Any]:
        folder, door = self._at(centre), f"{HEALTH[centre]}:{DOOR}"
        timing = self.timing
        dynamic = {
            "ttl": timing.ttl,
            "loop_wait": timing.loop_wait,
            "retry_timeout": timing.retry_timeout,
            "maximum_lag_on_failover": 1 << 20,
            "failsafe_mode": timing.failsafe,
            "postgresql": {"use_pg_rewind": True, "parameters": PARAMETERS},
        }
        return {
            "scope": "telemed",
            "name": centre,
            "restapi": {"listen": door, "connect_address": door},
            "etcd3": {
                "hosts": [f"{HEALTH[name]}:{CLIENTS}" for name in MEMBERS],
                "protocol": "https",
                "cacert": str(folder / "ca.pem"),
                "cert": str(folder / "own.pem"),
                "key": str(folder / "own.key"),
            },
            "bootstrap": {"dcs": dynamic, "initdb": [{"encoding": "UTF8"}], "pg_hba": HBA},
            "postgresql": {
                "listen": f"{HEALTH[centre]},{FIBRE[centre]}:{DATABASE}",
                "connect_address": f"{FIBRE[centre]}:{DATABASE}",
                "data_dir": str(folder / "data"),
                "bin_dir": str(programs()),
                "pgpass": str(folder / "pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres"},
                    "replication": {"username": "postgres"},
                    "rewind": {"username": "postgres"},
                },
                "pg_hba": HBA,
                "parameters": {"unix_socket_directories": str(folder)},
            },
        }

    def _processes(self, centre: str) -> list[int]:
        """Patroni, and PostgreSQL, which leaves its parent."""
        found: list[int] = []
        if DAEMON in self.lab.processes.at(centre):
            found += family(self.lab.process(centre, DAEMON).pid)
        with suppress(OSError, ValueError, IndexError):
            file = self._at(centre) / "data/postmaster.pid"
            postmaster = int(file.read_text("utf-8").split()[0])
            if Path(f"/proc/{postmaster}/exe").resolve().name == "postgres":
                found += family(postmaster)
        return found


def program() -> str:
    """Where Patroni is. Raises NoLaboratory."""
    found = shutil.which("patroni")
    if found is None:
        raise NoLaboratory("`patroni` is not installed",
                           "install Debian's packages `patroni` and `python3-etcd`")  # fmt: skip
    return found


def programs() -> Path:
    """Where the newest PostgreSQL of this machine has its programs. Raises NoLaboratory."""
    found = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        raise NoLaboratory("PostgreSQL is not installed", "install Debian's package `postgresql`")
    return max(found, key=lambda each: int(each.parent.name))


def version() -> str:
    """The version that is installed."""
    said = subprocess.run(
        [program(), "--version"], capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    return said.stdout.split()[-1] if said.stdout.split() else "?"
