"""`telemed-monitor`: help, misuse, what fails, and an exporter that is scraped."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitoring.exporter import FilesCollector, Sources, exposition
from tests.monitoring.conftest import NOW, Run, write_build, write_status

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[Path, str], None]


@pytest.mark.parametrize("command", ["", "exporter", "targets", "metrics"])
def test_help(telemed_monitor: Run, golden: Golden, command: str) -> None:
    ended = telemed_monitor(*command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / "help" / f"telemed-monitor {command}.txt".replace(" .", ".").replace(" ", "-"),
           ended.out)  # fmt: skip


REFUSED: dict[str, tuple[int, tuple[str, ...]]] = {
    "no command": (2, ()),
    "nothing to show": (2, ("exporter", "--once")),
    "no address": (2, ("exporter", "--build", "b", "--listen", "9742")),
    "a name for an address": (2, ("exporter", "--build", "b", "--listen", "localhost:9742")),
    "IPv6 without brackets": (2, ("exporter", "--build", "b", "--listen", "::1:9742")),
    "a port too high": (2, ("exporter", "--build", "b", "--listen", "127.0.0.1:65536")),
    "an address of others": (1, ("exporter", "--build", "b", "--listen", "192.0.2.1:9742")),
    "no inventory": (3, ("targets", "--inventory", "none", "--out", "t.json")),
    "no out": (2, ("targets", "--inventory", "none")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(telemed_monitor: Run, golden: Golden, name: str) -> None:
    code, words = REFUSED[name]
    ended = telemed_monitor(*words)
    assert (ended.code, ended.out) == (code, "")
    assert re.match("error: .+\n", ended.err)
    golden(GOLDEN / "messages" / f"{name.replace(' ', '-')}.txt", ended.err)


def test_refused_as_a_document(telemed_monitor: Run) -> None:
    ended = telemed_monitor("targets", "--inventory", "none", "--out", "t.json", "--json")
    assert ended.code == 3
    assert json.loads(ended.out)["problems"][0].keys() == {"problem", "hint"}


def test_once(telemed_monitor: Run, tmp_path: Path) -> None:
    """Files that are not there are a metric each, and no failure."""
    ended = telemed_monitor("exporter", "--once", "--status", "s.json", "--build", "b")
    assert ended.code == 0
    assert 'telemed_status_state{state="missing"} 1.0\n' in ended.out
    assert 'telemed_build_state{state="missing"} 1.0\n' in ended.out
    assert "telemed_group" not in ended.out


def test_only_what_was_asked_for(telemed_monitor: Run, tmp_path: Path) -> None:
    write_build(tmp_path / "build")
    out = telemed_monitor("exporter", "--once", "--build", "build").out
    assert "telemed_proof_findings 0.0\n" in out
    assert "telemed_status" not in out


def test_one_line_of_log_for_each_change(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "telemed.monitor")
    path = tmp_path / "status.json"
    collector = FilesCollector(Sources(status=path, build=None), lambda: NOW)
    for _ in range(2):
        exposition(collector)
    write_status(path)
    for _ in range(2):
        exposition(collector)
    path.write_text("{", "utf-8")
    exposition(collector)
    levels = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert levels[:2] == [
        ("WARNING", f"{path}: missing: it is not there"),
        ("INFO", f"{path}: fresh"),
    ]
    assert levels[2][1].startswith(f"{path}: unreadable: it is no JSON")
    assert len(levels) == 3


def test_without_prometheus_client(telemed_monitor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "monitoring.exporter", raising=False)
    monkeypatch.delattr("monitoring.exporter", raising=False)
    for name in [name for name in sys.modules if name.startswith("prometheus_client")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    ended = telemed_monitor("exporter", "--once", "--build", "b")
    assert ended.code == 1
    assert ended.err.endswith("hint: install `telemed-infra[monitoring]`\n")


def test_scraped_until_a_signal(tmp_path: Path) -> None:
    """Answers, on loopback alone, also while a client says nothing; ends with 0."""
    status = tmp_path / "status.json"
    with exporter("--status", str(status), "--listen", "127.0.0.1:0") as (process, address):
        silent = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
        with silent, urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        assert 'telemed_status_state{state="missing"} 1.0' in text
        assert "python_info" not in text
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_a_port_that_somebody_has(telemed_monitor: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = telemed_monitor("exporter", "--build", "b", "--listen", f"127.0.0.1:{port}")
    assert ended.code == 1
    assert ended.err.startswith(f"error: --listen: 127.0.0.1:{port}: Address already in use\nhint:")


def test_it_ends_quietly_when_nobody_reads_on() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        ended = subprocess.run(
            [sys.executable, "-m", "monitoring.cli.main", "metrics"],
            cwd=ROOT,
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert (ended.returncode, ended.stderr) == (1, b"")


@contextmanager
def exporter(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that answers, and where."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitoring.cli.main", "exporter", *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"answers on http://(\S+)/metrics", line)
            assert found, line
            yield process, found[1]
        finally:
            process.kill()
