"""The whole laboratory: network, places and processes, from the start to the last trace."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from failover.guard.address import LoopbackAddresses
from failover.guard.door import SOCKET_NAME
from failover.laboratory.network import CENTRES, HOSPITAL, MEMBERS, WITNESS, Network, inside, sweep
from failover.laboratory.places import HOMES, SERVICES, write_places
from failover.laboratory.problem import NoLaboratory, Stranded
from failover.laboratory.processes import MODULE, Processes
from failover.processes.agent import GUARD_FOLDER

MOMENT_S = 0.01
AGAIN_S = 0.5
READY_S_MAX = 60.0  # a loaded machine
PROGRAMS: Mapping[str, str] = {  # with their Debian packages
    "ip": "iproute2",
    "setpriv": "util-linux",
    "openssl": "openssl",
    "etcd": "etcd-server",
}


def go_on() -> None:
    """Called at each look. Who wants to end the laboratory gives another one, which raises."""


class Lab:
    """Everything that runs, by place: the centres, the witness, the hospital."""

    def __init__(self, folder: Path, check: Callable[[], None] = go_on) -> None:
        self.folder = folder
        self.network = Network()
        self.processes = Processes(folder, self.network)
        self._check = check
        self._looks: dict[str, LoopbackAddresses] = {}

    # --- network ---------------------------------------------------------------------------

    def space(self, name: str) -> str:
        """The name of a place's namespace, for `ip netns exec`."""
        return self.network.space(name)

    def lay(self) -> None:
        """Namespaces and links. Raises NoLaboratory."""
        self.network.lay()

    def cut_fibre(self) -> None:
        """The fibre carries nothing; both ends lose their carrier."""
        self.network.cut_fibre()

    def heal_fibre(self) -> None:
        """The fibre carries again."""
        self.network.heal_fibre()

    def lose(self, name: str) -> None:
        """A centre is gone at once: no link carries anything. Its processes live on."""
        self.network.lose(name)

    def service_addresses(self, name: str) -> set[str]:
        """The service addresses on a centre's loopback: its guard keeps them open."""
        if name not in self._looks:
            with inside(self.space(name)):
                self._looks[name] = LoopbackAddresses()
        return {each.address for each in self._looks[name].standing()} & set(SERVICES.values())

    def is_guarded(self, name: str) -> bool:
        """Whether a centre's guard listens for its agent."""
        return (self.folder / name / "run" / GUARD_FOLDER / SOCKET_NAME).exists()

    def is_at_home(self, group: str) -> bool:
        """Whether a group, and no other, is served at its home."""
        return self.service_addresses(HOMES[group]) == {SERVICES[group]}

    def lose_power(self, name: str) -> None:
        """A centre is gone at once, its processes too, and what is only in memory."""
        self.network.lose(name)
        self.processes.kill_place(name)
        shutil.rmtree(self.folder / name / "run", ignore_errors=True)

    def regain_power(self, name: str) -> None:
        """Its links carry and its processes start, from what is on its disk."""
        self.network.regain(name)
        self.start_centre(name)

    # --- processes -------------------------------------------------------------------------

    def write(self, document: dict[str, Any]) -> None:
        """Plan, keys, certificates and node files of every place."""
        write_places(self.folder, document)

    def start(self, name: str, process: str) -> None:
        """Start one process of a place: `etcd`, or a command of ours."""
        self.processes.start(name, process)

    def start_register(self) -> None:
        """Start all members, each when the one before has begun its log.

        A new member first asks each other one whether the cluster is there already, and waits a
        second for one that listens and does not yet answer; where nobody listens, it goes on.
        """
        for name in MEMBERS:
            self.start(name, "etcd")
            log = self.folder / name / "etcd/member/wal"
            self.wait_until(f"etcd begins at {name}", log.is_dir)

    def start_centre(self, name: str) -> None:
        """Start all that a centre consists of."""
        for process in ("etcd", "guard", "agent"):
            self.start(name, process)

    def supervised(self, name: str) -> bool:
        """Whether a centre's agent lives; one that has ended is started again, as systemd does."""
        process = self.processes.process(name, "agent")
        if process.poll() is not None:
            sleep(AGAIN_S)
            self.start(name, "agent")
        return bool(self.status(name))

    def process(self, name: str, process: str) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        return self.processes.process(name, process)

    def kill(self, name: str, process: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End one process, and wait for its end."""
        self.processes.kill(name, process, number)

    def log(self, name: str, process: str) -> str:
        """What a process has said."""
        return self.processes.log(name, process)

    def status(self, name: str) -> dict[str, Any]:
        """What an agent shows of itself; empty before its first word."""
        try:
            found: dict[str, Any] = json.loads((self.folder / name / "run/status.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def say(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Begin a word of the on-call's at a place; what it says is in the log `words`."""
        node = str(self.folder / name / "node.toml")
        command = [sys.executable, "-m", MODULE, *words, "--node", node]
        return self.processes.run(name, "words", command)

    def wait_until(
        self,
        name: str,
        condition: Callable[[], object],
        limit_s: float = READY_S_MAX,
        *,
        every_s: float = MOMENT_S,
    ) -> float:
        """How long it took until something was so, in seconds. Raises Stranded."""
        began_s = monotonic()
        while not condition():
            if monotonic() > began_s + limit_s:
                words = [*map(self._verdicts, CENTRES), self.processes.last_words()]
                raise Stranded("\n".join([f"{name} did not come true", *words]))
            self._check()
            sleep(every_s)
        return monotonic() - began_s

    def pause(self, length_s: float) -> None:
        """Let so much time pass."""
        end_s = monotonic() + length_s
        while monotonic() < end_s:
            self._check()
            sleep(MOMENT_S)

    def close(self) -> None:
        """Stop everything and take the namespaces away."""
        self.processes.close()
        for look in self._looks.values():
            look.close()
        self._looks.clear()
        self.network.remove()

    def _verdicts(self, name: str) -> str:
        """What an agent showed last of its judgement."""
        status = self.status(name)
        groups = {
            group: f"{each['owner']}, {each['verdict']}, {each['action']}; {each['refused']}"
            for group, each in status.get("groups", {}).items()
        }
        return f"--- {name}: site {status.get('site')}, late {status.get('late')}, {groups}"


@contextmanager
def topology(folder: Path, check: Callable[[], None] = go_on) -> Iterator[Lab]:
    """The network alone: nothing runs in it. Raises NoLaboratory."""
    check_machine({"ip": PROGRAMS["ip"]})
    sweep()
    lab = Lab(folder, check)
    try:
        lab.lay()
        yield lab
    finally:
        lab.close()


@contextmanager
def laboratory(
    folder: Path,
    document: dict[str, Any],
    check: Callable[[], None] = go_on,
    tell: Callable[[str], None] = lambda _text: None,
) -> Iterator[Lab]:
    """Everything runs, and each centre serves its own. Raises NoLaboratory, Stranded.

    `tell` gets a line for each step of the start; `check` is called often, and may raise.
    """
    check_machine(PROGRAMS)
    with topology(folder, check) as lab:
        tell("two centres, a witness and a hospital: namespaces and links are laid")
        lab.write(document)
        for name in CENTRES:
            lab.start(name, "guard")
        lab.start_register()
        lab.wait_until("both guards listen", lambda: all(map(lab.is_guarded, CENTRES)))
        lab.start(WITNESS, "witness")
        lab.start(HOSPITAL, "observer")
        for name in CENTRES:
            lab.start(name, "agent")
        tell("started: three members of etcd, two guards, two agents, witness, observer")
        lab.wait_until("both agents live", lambda: all(map(lab.supervised, CENTRES)))
        lab.wait_until("each centre serves its own", lambda: all(map(lab.is_at_home, HOMES)))
        tell("both centres serve their own")
        yield lab


def check_machine(programs: Mapping[str, str]) -> None:
    """Raises NoLaboratory: not root, or a program (with its package) is missing."""
    if os.geteuid() != 0:
        raise NoLaboratory("this needs root: it makes network namespaces", "say it with `sudo`")
    for program, package in programs.items():
        if shutil.which(program) is None:
            raise NoLaboratory(
                f"`{program}` is not installed", f"install Debian's package `{package}`"
            )
