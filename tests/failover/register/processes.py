"""Real etcd processes on the loopback address, with mutual TLS; stopped by process id."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import Any

from cryptography.x509.oid import ObjectIdentifier

from failover.register.etcd_gateway import Endpoint, TlsFiles, tls_context
from tests.failover.register.authority import CLIENT, LOOPBACK, SERVER, Authority

NAMES = ("dc-a", "witness", "dc-b")
READY_S_MAX = 60.0  # a loaded machine; a member is ready in about one second
MOMENT_S = 0.02
STARTS_MAX = 3  # a port that was free may be taken by the time etcd binds it

Setting = bool | int | str


class Stranded(Exception):
    """A condition did not come true in time, or a process ended before it."""


class EtcdMember:
    """One etcd process, and all that it is started with: a file, or flags that say the same."""

    def __init__(self, name: str, folder: Path, files: TlsFiles, client: TlsFiles) -> None:
        self.name = name
        self.by_flags = False
        self.config_file = folder / f"{name}.json"
        self.log = folder / f"{name}.log"
        self.client_port, self.peer_port = free_ports(2)
        self.settings: dict[str, Setting | Mapping[str, Setting]] = {
            "name": name,
            "data-dir": str(folder / name),
            "listen-client-urls": self.url(self.client_port),
            "advertise-client-urls": self.url(self.client_port),
            "listen-peer-urls": self.url(self.peer_port),
            "initial-advertise-peer-urls": self.url(self.peer_port),
            "client-transport-security": _transport(files),
            "peer-transport-security": _transport(files),
            "logger": "zap",
            "enable-grpc-gateway": True,
            "unsafe-no-fsync": True,
            "pre-vote": True,
            "heartbeat-interval": 50,
            "election-timeout": 500,
            "quota-backend-bytes": 1 << 28,
            "auto-compaction-mode": "revision",
            "auto-compaction-retention": "5000",
        }
        self._client = client
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.name, LOOPBACK, self.client_port)

    @staticmethod
    def url(port: int) -> str:
        return f"https://{LOOPBACK}:{port}"

    def start(self) -> None:
        self.config_file.write_text(json.dumps(self.settings), "utf-8")
        # Should pytest be killed, its children go too.
        command = ["setpriv", "--pdeathsig", "KILL", "etcd", *self._arguments()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _arguments(self) -> list[str]:
        if not self.by_flags:
            return ["--config-file", str(self.config_file)]
        flags = dict(self.settings)
        for prefix in ("client", "peer"):
            transport = flags.pop(f"{prefix}-transport-security")
            assert isinstance(transport, Mapping)
            flags |= {
                f"{prefix}-{one}".removeprefix("client-"): transport[one] for one in transport
            }
        return [f"--{name}={_flag(value)}" for name, value in flags.items()]

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def moment(self) -> None:
        """Waits for the end of the process, but not long."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(MOMENT_S)
        if not self.running:
            raise Stranded(f"{self.name} has ended: {self.log.read_text('utf-8')[-2000:]}")

    def ask(self, path: str, question: object = None) -> dict[str, object]:
        """The answer of this member alone; empty if there is none. Not the client under test."""
        connection = http.client.HTTPSConnection(
            LOOPBACK, self.client_port, timeout=2, context=tls_context(self._client)
        )
        try:
            connection.request(
                "GET" if question is None else "POST",
                path,
                None if question is None else json.dumps(question),
            )
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()
        return answer if isinstance(answer, dict) else {}

    @property
    def healthy(self) -> bool:
        """It can read with a quorum."""
        return self.ask("/health").get("health") == "true"

    @property
    def leads(self) -> bool:
        status = self.ask("/v3/maintenance/status", {})
        header = status.get("header")
        return isinstance(header, dict) and status.get("leader") == header.get("member_id")

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class EtcdProcesses:
    """Members that make one cluster."""

    def __init__(
        self,
        folder: Path,
        names: Iterable[str] = NAMES,
        *,
        purposes: Sequence[ObjectIdentifier] = (SERVER, CLIENT),
        by_flags: bool = False,
        without: str = "",
        **settings: Setting,
    ) -> None:
        """Settings by their names in etcd, with `_` for `-`; a test's wishes over ours."""
        self.authority = Authority(folder)
        self.files = self.authority.sign("member", purposes)
        self.client = self.authority.sign("agent", [CLIENT])
        self.members = tuple(EtcdMember(name, folder, self.files, self.client) for name in names)
        peers = ",".join(f"{one.name}={one.url(one.peer_port)}" for one in self.members)
        for member in self.members:
            member.settings["initial-cluster"] = peers
            member.settings |= {name.replace("_", "-"): one for name, one in settings.items()}
            member.settings.pop(without, None)
            member.by_flags = by_flags

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(member.endpoint for member in self.members)

    def __getitem__(self, name: str) -> EtcdMember:
        return next(member for member in self.members if member.name == name)

    @property
    def leader(self) -> EtcdMember:
        found: list[EtcdMember] = []

        def one_leads() -> bool:
            found[:] = [member for member in self.members if member.running and member.leads]
            return len(found) == 1

        self.wait_until(one_leads)
        return found[0]

    def heal(self) -> None:
        """Every member runs and is healthy."""
        for member in self.members:
            if member.running:
                member.thaw()
            else:
                member.start()
        self.wait_until(lambda: all(member.healthy for member in self.members))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Asks again and again, for a bounded time; a process that ends meanwhile ends it."""
        waiting = [member for member in self.members if member.running]
        deadline = monotonic() + READY_S_MAX
        while not condition():
            if monotonic() > deadline:
                raise Stranded("it did not come true")
            waiting[0].moment()

    def kill(self) -> None:
        for member in self.members:
            member.kill()


@contextmanager
def running(folder: Path, names: Iterable[str] = NAMES, **options: Any) -> Iterator[EtcdProcesses]:
    """A cluster that is healthy; other ports are tried where one had been taken meanwhile."""
    for start in range(1, STARTS_MAX + 1):
        processes = EtcdProcesses(folder / str(start), names, **options)
        try:
            processes.heal()
            yield processes
            return
        except Stranded as error:
            if "address already in use" not in str(error) or start == STARTS_MAX:
                raise
        finally:
            processes.kill()
            for member in processes.members:  # etcd sets 64 MB aside for each log
                rmtree(str(member.settings["data-dir"]), ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Ports that nobody has at this moment."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _flag(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _transport(files: TlsFiles) -> Mapping[str, Setting]:
    return {
        "cert-file": str(files.certificate),
        "key-file": str(files.key),
        "trusted-ca-file": str(files.authority),
        "client-cert-auth": True,
    }
