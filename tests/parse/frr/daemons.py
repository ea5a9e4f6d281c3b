"""FRR's own daemons in network namespaces of a test, and nothing of Debian's service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

DAEMONS = Path("/usr/lib/frr")
STARTS_S_MAX = 30.0
CONVERGES_S_MAX = 60.0
OF_BGP = ("zebra", "staticd", "bfdd", "bgpd")
USER = "frr"  # whom Debian's package makes; the daemons want to become it


class Router:
    """The daemons of one namespace."""

    def __init__(self, namespace: str, folder: Path) -> None:
        self.namespace = namespace
        self.folder = folder

    def load(self, text: str) -> None:
        """What `vtysh -f` makes of a text; a word that FRR does not take fails."""
        path = self.folder / "text.conf"
        path.write_text(text)
        done = self._vtysh("-f", str(path))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Unknown command" not in done.stdout + done.stderr, done.stdout

    def says(self, command: str) -> str:
        """The answer to one command."""
        done = self._vtysh("-c", command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def facts(self, command: str) -> Any:
        """The answer to one command, from JSON."""
        return json.loads(self.says(f"{command} json"))

    def _vtysh(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["vtysh", "--vty_socket", str(self.folder), *options],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


@contextmanager
def routers(*names: str, daemons: tuple[str, ...] = OF_BGP) -> Iterator[tuple[Router, ...]]:
    """A namespace with these daemons for each name; all gone at the end."""
    with ExitStack() as stack:
        yield tuple(
            stack.enter_context(_router(f"{name}-{os.getpid()}", daemons)) for name in names
        )


@contextmanager
def _router(namespace: str, daemons: tuple[str, ...]) -> Iterator[Router]:
    # Short: the name of a socket has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="frr-", dir="/tmp"))
    shutil.chown(folder, USER, USER)
    running: list[subprocess.Popen[bytes]] = []
    ip("netns", "add", namespace)
    try:
        ip("-n", namespace, "link", "set", "dev", "lo", "up")
        for daemon in daemons:
            running.append(_started(daemon, namespace, folder))
            until((folder / f"{daemon}.vty").exists, f"{daemon} listens")
        yield Router(namespace, folder)
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)
        ip("netns", "delete", namespace)
        shutil.rmtree(folder, ignore_errors=True)


def _started(daemon: str, namespace: str, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / f"{daemon}.log").open("wb") as log:
        return subprocess.Popen(
            [
                "ip", "netns", "exec", namespace, str(DAEMONS / daemon), "--vty_socket",
                str(folder), "-z", str(folder / "zebra.api"), "-i", str(folder / f"{daemon}.pid"),
                "-f", "/dev/null", "-A", "127.0.0.1",
                *(("--bfdctl", str(folder / "bfd.sock")) if daemon == "bfdd" else ()),
            ],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def ip(*words: str) -> None:
    """One command of iproute2."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


def until(holds: Callable[[], bool], what: str, seconds_max: float = STARTS_S_MAX) -> None:
    """Ask again and again; how long it takes is nobody's assertion."""
    last = time.monotonic() + seconds_max
    while not holds():
        assert time.monotonic() < last, f"{what}: not within {seconds_max} s"
        time.sleep(0.05)
