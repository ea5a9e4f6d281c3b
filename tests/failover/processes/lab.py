"""Two centres and a witness as namespaces, with real etcd and the real processes of failover.

        dc-a ──── fibre ──── dc-b          10.98.1.1, .2
          └── health ─┐ ┌─ health ──┘      10.98.2.1, .2
                     witness               10.98.2.3, the hospital .4

etcd and everything else but one path of the heartbeats goes over the health network. What is
started here is stopped by process id; the namespaces go at the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes
from time import monotonic, sleep
from typing import Any

from failover.plan_file.reading import hash_of
from failover.wire.keys import fresh_key
from tests.failover.register.authority import CLIENT, SERVER, Authority

CENTRES = ("dc-a", "dc-b")
MEMBERS = (*CENTRES, "witness-1")  # of the register
HOSPITAL = "hospital-1"
PLACES = (*MEMBERS, HOSPITAL)
FIBRE = {"dc-a": "10.98.1.1", "dc-b": "10.98.1.2"}
HEALTH = {"dc-a": "10.98.2.1", "dc-b": "10.98.2.2", "witness-1": "10.98.2.3", HOSPITAL: "10.98.2.4"}
CLIENTS, PEERS = 2379, 2380
INTERFACES = (
    '[interfaces]\nhealth = "health"\n',
    '[interfaces]\nhealth = "health"\nfibre = "fibre"\n',
)
SERVICES = {"portal": "10.98.12.1", "archive": "10.98.12.2"}
HOMES = {"portal": "dc-a", "archive": "dc-b"}
PLAN = Path(__file__).with_name("plan.json")  # without what the lab itself decides
MOMENT_S = 0.01
KILLED_WITH_US = ("setpriv", "--pdeathsig", "KILL")
AGAIN_S = 0.5
READY_S_MAX = 60.0  # a loaded machine


class Stranded(Exception):
    """Something did not come true in time."""


def plan_document(**profile: float) -> dict[str, Any]:
    """A plan of two stateless groups; the profile's times may be others."""
    template: dict[str, Any] = json.loads(PLAN.read_text("utf-8"))
    document = template | {
        "sites": [
            {
                "name": name,
                "short": name.replace("-", "").upper(),
                "addresses": {"fibre": FIBRE[name], "health": HEALTH[name]},
            }
            for name in CENTRES
        ],
        "witness": {"name": "witness-1", "address": HEALTH["witness-1"]},
        "observers": [{"name": HOSPITAL, "address": HEALTH[HOSPITAL]}],
        "groups": [
            template["groups"][0]
            | {"name": name, "home": HOMES[name]}
            | {"instances": [{"name": f"{name}-1", "v4": address}]}
            for name, address in SERVICES.items()
        ],
    }
    document["register"]["endpoints"] = {
        name: f"https://{HEALTH[name]}:{CLIENTS}" for name in MEMBERS
    }
    document["profile"] |= profile
    return document | {"hash": hash_of(document)}


class Lab:
    """Everything that runs, by place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        self._authority = Authority(folder / "tls")
        self._spaces = {name: f"fo-{name}-{os.getpid()}" for name in PLACES}

    # --- network ---------------------------------------------------------------------------

    def lay(self) -> None:
        """Namespaces and links."""
        hub = self._spaces["witness-1"]
        ip("".join(f"netns add {space}\n" for space in self._spaces.values()))
        for space in self._spaces.values():
            ip("link set lo up\n", space)
        a, b = self._spaces["dc-a"], self._spaces["dc-b"]
        ip(f"link add fibre netns {a} type veth peer name fibre netns {b}\n")
        ip("link add health type bridge\nlink set health up\n", hub)
        for name in (*CENTRES, HOSPITAL):
            space = self._spaces[name]
            ip(f"link add health netns {space} type veth peer name to-{name} netns {hub}\n")
            ip(f"link set to-{name} master health\nlink set to-{name} up\n", hub)
            ip(f"address add {HEALTH[name]}/24 dev health\nlink set health up\n", space)
        for name in CENTRES:
            fibre = f"address add {FIBRE[name]}/24 dev fibre\nlink set fibre up\n"
            ip(fibre, self._spaces[name])
        ip(f"address add {HEALTH['witness-1']}/24 dev health\n", hub)

    def cut_fibre(self) -> None:
        """The fibre carries nothing; both ends lose their carrier."""
        ip("link set fibre down\n", self._spaces["dc-a"])

    def heal_fibre(self) -> None:
        """The fibre carries again."""
        ip("link set fibre up\n", self._spaces["dc-a"])

    def lose(self, name: str) -> None:
        """A centre is gone at once: no link carries anything."""
        ip(f"link set to-{name} down\n", self._spaces["witness-1"])
        ip("link set fibre down\n", self._spaces[name])

    def service_addresses(self, name: str) -> set[str]:
        """The service addresses that stand on a centre's loopback: its guard keeps them open."""
        text = ip("-j address show dev lo\n", self._spaces[name], batch=False)
        found = json.loads(text)[0]["addr_info"]
        return {each["local"] for each in found} & set(SERVICES.values())

    def is_at_home(self, group: str) -> bool:
        """Whether a group, and no other, is served at its home."""
        return self.service_addresses(HOMES[group]) == {SERVICES[group]}

    # --- processes -------------------------------------------------------------------------

    def write(self, document: dict[str, Any]) -> None:
        """Plan, keys, certificates and node files of every place."""
        keys = {frozenset(pair): fresh_key(token_bytes) for pair in _pairs()}
        for name in PLACES:
            place = self.folder / name
            place.mkdir(parents=True)
            (place / "plan.json").write_text(json.dumps(document), "utf-8")
            lines = [
                f"{other} send {keys[frozenset((name, other))]}\n"
                for other in PLACES
                if frozenset((name, other)) in keys
            ]
            (place / "keys").touch(0o600)
            (place / "keys").write_text("".join(lines), "ascii")
            files = self._authority.sign(f"agent-{name}", [CLIENT], address=HEALTH[name])
            (place / "node.toml").write_text(
                f'name = "{name}"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\n'
                f'state = "state"\nneutral = "{HEALTH["witness-1"]}"\n'
                f'[register]\ncertificate = "{files.certificate}"\n'
                f'key = "{files.key}"\nauthority = "{files.authority}"\n'
                f'etcd_config = "{place / "etcd.json"}"\n{INTERFACES[name in CENTRES]}',
                "utf-8",
            )
            (place / "etcd.json").write_text(json.dumps(self._member(name)), "utf-8")

    def start(self, name: str, process: str) -> None:
        """Start one process of a place: `etcd`, or a command of ours."""
        place = self.folder / name
        command = (
            ["etcd", "--config-file", str(place / "etcd.json")]
            if process == "etcd"
            else [sys.executable, "-m", "failover.cli.main", process, "--node", "node.toml"]
        )
        with (place / f"{process}.log").open("ab") as log:
            self._processes[name, process] = subprocess.Popen(
                ["ip", "netns", "exec", self._spaces[name], *KILLED_WITH_US, *command],
                cwd=place,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def supervised(self, name: str) -> bool:
        """Whether a centre's agent lives; one that has ended is started again, as systemd does."""
        process = self._processes[name, "agent"]
        if process.poll() is not None:
            sleep(AGAIN_S)
            self.start(name, "agent")
        return bool(self.status(name))

    def process(self, name: str, process: str) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        return self._processes[name, process]

    def kill(self, name: str, process: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End one process, and wait for its end."""
        ended = self._processes.pop((name, process))
        ended.send_signal(number)
        ended.wait(20)

    def log(self, name: str, process: str) -> str:
        """What a process has said."""
        return (self.folder / name / f"{process}.log").read_text("utf-8", "replace")

    def status(self, name: str) -> dict[str, Any]:
        """What an agent shows of itself; empty before its first word."""
        try:
            found: dict[str, Any] = json.loads((self.folder / name / "run/status.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def wait_until(self, name: str, condition: Any, limit_s: float = READY_S_MAX) -> float:
        """How long it took until something was so."""
        began_s = monotonic()
        while not condition():
            if monotonic() > began_s + limit_s:
                raise Stranded(f"{name} did not come true\n{self._words()}")
            sleep(MOMENT_S)
        return monotonic() - began_s

    def close(self) -> None:
        """Stop everything and take the namespaces away."""
        for process in self._processes.values():
            process.kill()
            process.wait(20)
        existing = ip("netns list\n", batch=False)
        ip("".join(f"netns delete {one}\n" for one in self._spaces.values() if one in existing))

    def _member(self, name: str) -> dict[str, Any]:
        files = self._authority.sign(f"etcd-{name}", [SERVER, CLIENT], address=HEALTH[name])
        transport = {
            "cert-file": str(files.certificate),
            "key-file": str(files.key),
            "trusted-ca-file": str(files.authority),
            "client-cert-auth": True,
        }
        client, peer = (f"https://{HEALTH[name]}:{port}" for port in (CLIENTS, PEERS))
        return {
            "name": name,
            "data-dir": str(self.folder / name / "etcd"),
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": ",".join(f"{one}=https://{HEALTH[one]}:{PEERS}" for one in MEMBERS),
            "client-transport-security": transport,
            "peer-transport-security": transport,
            "logger": "zap",
            "enable-grpc-gateway": True,
            "pre-vote": True,
            "heartbeat-interval": 50,
            "election-timeout": 500,
            "quota-backend-bytes": 1 << 28,
            "auto-compaction-mode": "revision",
            "auto-compaction-retention": "5000",
        }

    def _words(self) -> str:
        return "\n".join(
            f"--- {path.parent.name}/{path.name}\n{path.read_text('utf-8', 'replace')[-1500:]}"
            for path in sorted(self.folder.glob("*/*.log"))
            if path.name != "etcd.log"
        )


@contextmanager
def laboratory(folder: Path, document: dict[str, Any]) -> Iterator[Lab]:
    """Everything runs, and each centre serves its own."""
    lab = Lab(folder)
    try:
        lab.lay()
        lab.write(document)
        for name in MEMBERS:
            lab.start(name, "etcd")
        for name in CENTRES:
            lab.start(name, "guard")
        lab.start("witness-1", "witness")
        lab.start(HOSPITAL, "observer")
        lab.start("dc-a", "agent")
        lab.start("dc-b", "agent")
        lab.wait_until("both agents live", lambda: all(map(lab.supervised, CENTRES)))
        lab.wait_until("each centre serves its own", lambda: all(map(lab.is_at_home, HOMES)))
        yield lab
    finally:
        lab.close()


def ip(lines: str, space: str = "", *, batch: bool = True) -> str:
    """Have iproute2 carry lines out, in a namespace."""
    inside = ["-n", space] if space else []
    words = ["-batch", "-"] if batch else lines.split()
    done = subprocess.run(
        ["ip", *inside, *words], input=lines, capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout


def _pairs() -> list[tuple[str, str]]:
    """Who speaks with whom: each with both centres."""
    return [("dc-a", "dc-b"), *((one, two) for one in ("witness-1", HOSPITAL) for two in CENTRES)]
