"""The processes of the laboratory: started in their place, ended by their own number.

Should the laboratory itself be killed, they go too (`setpriv --pdeathsig`): so they must be started
by the main thread, whose end is what counts.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from failover.laboratory.network import Network

# The kernel kills for a parent that ends from now on: one that has ended before is looked for.
IF_STILL_WANTED = 'test "$PPID" -eq "$0" && exec "$@"'
ENDS_S_MAX = 20.0
MODULE = "failover.cli.main"


def killed_with(parent: int) -> list[str]:
    """The beginning of a command that does not outlive the process that starts it."""
    return ["setpriv", "--pdeathsig", "KILL", "sh", "-c", IF_STILL_WANTED, str(parent)]


class Processes:
    """What runs, by place and name. Each has a log beside its files."""

    def __init__(self, folder: Path, network: Network) -> None:
        self._folder = folder
        self._network = network
        self._running: dict[tuple[str, str], subprocess.Popen[bytes]] = {}

    def start(self, place: str, name: str) -> subprocess.Popen[bytes]:
        """Start `etcd`, or a process of ours, with the files of its place."""
        if name == "etcd":
            return self.run(
                place, name, ["etcd", "--config-file", str(self._at(place, "etcd.json"))]
            )
        return self.run(place, name, [sys.executable, "-m", MODULE, name, "--node", "node.toml"])

    def run(
        self, place: str, name: str, command: Sequence[str], *, out: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Start any program at a place, under a name. `out`: its standard output, else the log."""
        folder = self._at(place, "")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._at(place, f"{name}.log").open("ab") as log:
            there = ["ip", "netns", "exec", self._network.space(place)]
            process = subprocess.Popen(
                [*there, *killed_with(os.getpid()), *command],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdin=subprocess.DEVNULL,
                stdout=log if out is None else out,
                stderr=log,
                process_group=0,  # a Ctrl-C is for the laboratory: it ends what it began
            )
        self._running[place, name] = process
        return process

    def process(self, place: str, name: str) -> subprocess.Popen[bytes]:
        """The process that was started last under this name."""
        return self._running[place, name]

    def at(self, place: str) -> list[str]:
        """The names of what was started at a place and was not ended."""
        return [name for where, name in self._running if where == place]

    def send(self, place: str, number: signal.Signals, names: Sequence[str]) -> None:
        """Send a signal to some processes of a place, one right after the other."""
        for name in names:
            self._running[place, name].send_signal(number)

    def kill(self, place: str, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End one process, and wait for its end."""
        ended = self._running.pop((place, name))
        ended.send_signal(number)
        ended.wait(ENDS_S_MAX)

    def kill_place(self, place: str) -> None:
        """A place loses its power: all its processes at once."""
        names = self.at(place)
        self.send(place, signal.SIGKILL, names)
        for name in names:
            self._running.pop((place, name)).wait(ENDS_S_MAX)

    def log(self, place: str, name: str) -> str:
        """What a process has said."""
        return self._at(place, f"{name}.log").read_text("utf-8", "replace")

    def last_words(self, most: int = 1500) -> str:
        """The ends of all logs but etcd's: for who has to find out what went wrong."""
        return "\n".join(
            f"--- {path.parent.name}/{path.name}\n{path.read_text('utf-8', 'replace')[-most:]}"
            for path in sorted(self._folder.glob("*/*.log"))
            if path.name != "etcd.log"
        )

    def close(self) -> None:
        """Kill everything, and wait for it."""
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait(ENDS_S_MAX)
        self._running.clear()

    def _at(self, place: str, name: str) -> Path:
        return self._folder / place / name
