"""The shipped HTTP service beside leases of its own: frozen, woken, lied to. A real process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from time import CLOCK_BOOTTIME, clock_gettime, sleep
from types import ModuleType

import pytest

EXAMPLE = Path(__file__).parents[3] / "failover" / "actuators" / "examples" / "service-http"
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
INSTANCE = "portal-a"
LONG_S, SHORT_S = 600.0, 0.2
TRY_S, TRIES = 0.02, 1500  # looks for what must come
LIMIT_S = 30.0  # so that a run ends


def boot_s() -> float:
    return clock_gettime(CLOCK_BOOTTIME)


class Service:
    """The process, its lease and its data."""

    def __init__(self, folder: Path) -> None:
        self.lease, self.data = folder / "portal@dc-a.json", folder / "records.sqlite"
        arguments = [
            sys.executable, str(EXAMPLE), "--lease", str(self.lease), "--instance", INSTANCE,
            "--data", str(self.data), "--listen", "127.0.0.1:0",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().split()[-1])
        self.until_s = 0.0

    def renew(
        self, length_s: float = LONG_S, epoch: int = 1, other: Mapping[str, object] | None = None
    ) -> None:
        """Writes the lease as an agent would, or with something other in it."""
        self.until_s = boot_s() + length_s
        document = {
            "version": 1, "group": "portal@dc-a", "centre": "dc-a", "boot": BOOT,
            "generation": 1, "epoch": epoch, "until_s": {INSTANCE: self.until_s},
        }  # fmt: skip
        self.write(json.dumps(document | dict(other or {})))

    def write(self, text: str) -> None:
        part = self.lease.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.replace(self.lease)

    def ask(
        self,
        method: str,
        key: str = "/records/one",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Code, body and headers of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        with closing(connection):
            connection.request(method, key, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

    def put(self, body: bytes = b"text", **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("PUT", body=body, headers=named)[0]

    @property
    def records(self) -> list[bytes]:
        """What is committed."""
        with closing(sqlite3.connect(self.data, timeout=LIMIT_S)) as data:
            return [body for (body,) in data.execute("SELECT body FROM record")]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped until its lease has run out, and a moment longer."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        try:
            until(lambda: boot_s() > self.until_s)
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    found = Service(tmp_path)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait(LIMIT_S)
        assert found.process.stdout is not None
        found.process.stdout.close()


def until(true: Callable[[], bool]) -> None:
    """Looks until something has come about."""
    for _ in range(TRIES):
        if true():
            return
        sleep(TRY_S)
    pytest.fail("it has not come about")


def test_it_serves_as_long_as_its_lease_runs(service: Service) -> None:
    service.renew()
    code, _, headers = service.ask("PUT", body=b"first")
    assert (code, headers["Telemed-Term"]) == (204, "1.1")
    assert service.put(b"second", Expect="100-continue") == 204
    assert service.ask("GET")[:2] == (200, b"second")
    assert service.ask("GET", "/records/none")[0] == 404
    assert service.ask("GET", "/elsewhere")[0] == 404
    assert service.ask("PUT", "/elsewhere", b"text")[0] == 400
    service.renew(length_s=0.0)
    for method in ("PUT", "GET"):
        code, words, headers = service.ask(method, body=b"third")
        assert (code, words) == (503, b"the lease has run out\n")
        assert (headers["Retry-After"], headers["Connection"]) == ("2", "close")
    assert service.records == [b"second"]


DAMAGES: tuple[tuple[str, bytes], ...] = (
    ("", b"damaged"),
    ('{"version": 1, "boot"', b"damaged"),
    ("[]", b"damaged"),
    ('{"version": 1}', b"damaged"),
    ('{"version": 1, "boot": "x", "generation": 1, "epoch": 1, "until_s": 9e9}', b"damaged"),
)


@pytest.mark.parametrize(("text", "says"), DAMAGES)
def test_a_damaged_lease_is_none(service: Service, text: str, says: bytes) -> None:
    service.write(text)
    code, words, _ = service.ask("PUT", body=b"text")
    assert code == 503
    assert says in words
    assert service.records == []


def test_what_is_no_lease_of_now_and_here_is_none(service: Service) -> None:
    answer = service.ask("PUT", body=b"text")
    assert answer[:2] == (503, b"the lease cannot be read: No such file or directory\n")
    others: tuple[tuple[dict[str, object], bytes], ...] = (
        ({"boot": "0" * 36}, b"before this machine's start"),
        ({"version": 2}, b"version 2"),
        ({"until_s": {"another": boot_s() + LONG_S}}, b"run out"),
        ({"until_s": {INSTANCE: float("nan")}}, b"run out"),
    )
    for other, says in others:
        service.renew(other=other)
        code, words, _ = service.ask("PUT", body=b"text")
        assert code == 503
        assert says in words
    assert service.records == []
    service.renew()
    assert service.put() == 204, "the same process goes on as soon as it may"


def test_a_term_of_the_past_is_refused(service: Service) -> None:
    service.renew(epoch=7)
    assert service.put(b"of 7") == 204
    service.renew(epoch=6)
    code, words, _ = service.ask("PUT", body=b"of 6")
    assert (code, words) == (503, b"term (1, 6) is of the past: (1, 7) has been here\n")
    service.renew(epoch=8)
    assert service.put(b"late", Telemed_Term="1.7") == 503
    assert service.put(b"no term", Telemed_Term="moon") == 400
    assert service.put(b"of 8", Telemed_Term="1.8") == 204
    assert service.records == [b"of 8"]


def send_head(service: Service, length: int) -> socket.socket:
    """A request whose body is awaited: its lease has been looked at."""
    client = socket.create_connection(("127.0.0.1", service.port), LIMIT_S)
    client.sendall(
        b"PUT /records/one HTTP/1.1\r\nHost: it\r\nExpect: 100-continue\r\n"
        b"Content-Length: %d\r\n\r\n" % length
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        got = client.recv(1)
        assert got, head
        head += got
    assert head.startswith(b"HTTP/1.1 100 ")
    return client


def code_of(client: socket.socket) -> int:
    with client, client.makefile("rb") as answer:
        return int(answer.readline().split()[1])


def test_one_that_was_frozen_in_a_request_writes_nothing_when_it_wakes(service: Service) -> None:
    service.renew()
    client = send_head(service, 4)
    service.renew(SHORT_S)
    with service.frozen():
        client.sendall(b"text")
    assert code_of(client) == 503
    assert service.records == []
    assert service.put() == 503, "nor afterwards"


def test_one_that_was_frozen_before_its_commit_rolls_back(service: Service) -> None:
    """It waits to begin its transaction, while another process has one."""
    service.renew()
    client = send_head(service, 4)
    with closing(sqlite3.connect(service.data, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        client.sendall(b"text")
        service.renew(SHORT_S)
        with service.frozen():
            other.execute("ROLLBACK")
        assert code_of(client) == 503
    assert service.records == []


def test_one_that_was_frozen_in_its_commit_acknowledges_nothing(service: Service) -> None:
    """It waits to commit, while another process reads."""
    service.renew()
    assert service.put(b"old") == 204
    client = send_head(service, 3)
    with closing(sqlite3.connect(service.data, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM record").fetchall()
        client.sendall(b"new")
        until(lambda: commits(service.data))
        service.renew(SHORT_S)
        with service.frozen():
            other.execute("ROLLBACK")
        assert code_of(client) == 503, "a client must not be told of a write after the lease"
    assert service.ask("GET")[0] == 503, "nor may a reader see it"


def commits(data: Path) -> bool:
    """Whether a writer waits for its readers: it lets no new one in.

    Asked by another process: readers of one process share their lock.
    """
    text = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0).execute('SELECT 1 FROM record')"
    asked = subprocess.run(
        [sys.executable, "-c", text, str(data)], capture_output=True, check=False, timeout=LIMIT_S
    )
    return b"database is locked" in asked.stderr


@pytest.mark.parametrize(("look", "kept"), [(1, []), (2, []), (3, []), (4, [b"text"])])
def test_each_look_at_the_lease_refuses(tmp_path: Path, look: int, kept: list[bytes]) -> None:
    """It ends before one look of a write after another; before the last, it is committed."""
    shipped = ModuleType("service")
    exec(compile(EXAMPLE.read_text("utf-8"), EXAMPLE, "exec"), shipped.__dict__)
    looks = iter(range(1, look))

    class Ending:
        def check(self) -> tuple[int, int]:
            if next(looks, None) is None:
                raise shipped.Refused
            return 1, 1

    records = shipped.Records(str(tmp_path / "records.sqlite"), Ending())
    with pytest.raises(shipped.Refused):
        records.put("one", b"text")
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as data:
        assert [body for (body,) in data.execute("SELECT body FROM record")] == kept


def test_what_is_acknowledged_was_committed_while_the_lease_ran(service: Service) -> None:
    """Frozen at many moments of a write, and woken after the lease each time."""
    for number in range(20):
        service.renew()
        body = b"%02d" % number
        client = send_head(service, len(body))
        client.sendall(body)
        sleep(number * 0.0004)  # another place in the program each time
        service.renew(length_s=0.0)
        with service.frozen():
            committed = has(service.data, body)
        code = code_of(client)
        assert code in (204, 503)
        assert committed or code == 503, "committed after the lease, and acknowledged"


def has(data: Path, body: bytes) -> bool:
    """Whether a record is committed; one whose writer holds everybody off is not."""
    with closing(sqlite3.connect(data, timeout=0)) as reader:
        try:
            return bool(reader.execute("SELECT 1 FROM record WHERE body = ?", (body,)).fetchall())
        except sqlite3.OperationalError:
            return False
