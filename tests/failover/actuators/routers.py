"""Two service edges and the core that hears them, as namespaces with FRR and the texts of a build.

    10.0.100.70  edge of dc-a ─┐
                               core: the firewall's addresses 10.0.100.1 and 10.4.100.1, and the
    10.4.100.70  edge of dc-b ─┘  core routers' loopbacks; it compares metrics of both

The edges run what `telemed build` writes for them; only the keys' references are replaced. Timers
and filters are thus those of the product. BGP needs some seconds until its sessions stand.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from failover.laboratory.network import inside
from telemed_infra.pipeline.meaning import Meaning
from tests.failover.guard.namespaces import NoNamespaces, ip
from tests.plan.building import texts
from tests.plan.variants import network, small

DAEMONS = Path("/usr/lib/frr")
VTYSH = "/usr/bin/vtysh"
CLIENTS = frozenset({"bgpd", "bfdd", "pimd"})  # of zebra, by which it is told of them
KEY = "laboratory"
CENTRES = {"dc-a": ("GZ-DCA-SE01.frr", 0), "dc-b": ("GZ-DCB-SE01.frr", 4)}
STANDS_S_MAX = 120.0  # until sessions stand; 5–8 s on a quiet machine
LOOKS_S = 0.2  # each look is a process: more of them would starve the daemons that they wait for
ENDS_S_MAX = 10.0

_CORE = """\
frr defaults traditional
interface lo
 ip address 10.0.1.50/32
 ip address 10.0.1.51/32
 ip address 10.4.1.50/32
 ip address 10.4.1.51/32
exit
interface dc-a
 ip address 10.0.100.1/24
exit
interface dc-b
 ip address 10.4.100.1/24
exit
bfd
 profile CORE
  detect-multiplier 3
  receive-interval 300
  transmit-interval 300
 exit
exit
router bgp 64512
 bgp always-compare-med
 no bgp ebgp-requires-policy
 timers bgp 3 9
 neighbor 10.0.100.70 remote-as 64514
 neighbor 10.0.100.70 update-source 10.0.1.50
 neighbor 10.4.100.70 remote-as 64515
 neighbor 10.4.100.70 update-source 10.4.1.50
 neighbor 10.4.100.70 local-as 64513 no-prepend replace-as
{each}
exit
"""
_EACH = """\
 neighbor {address} password {key}
 neighbor {address} ebgp-multihop 3
 neighbor {address} timers connect 1
 neighbor {address} bfd
 neighbor {address} bfd profile CORE
"""


class Router:
    """FRR in a namespace. Its daemons are children of this process; nothing else is touched."""

    def __init__(self, namespace: str, text: str) -> None:
        self.namespace = namespace
        # Not below pytest's folder, which only its owner may enter: FRR gives its rights away.
        self.folder = Path(tempfile.mkdtemp(prefix="telemed-frr-"))
        self.folder.chmod(0o755)
        self.sockets = self.folder / "sockets"
        self.sockets.mkdir()
        shutil.chown(self.sockets, "frr", "frr")
        self._text = self.folder / "frr.conf"
        self._text.write_text(text, "utf-8")
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Starts daemons and waits until they listen."""
        for name in names:
            (self.sockets / f"{name}.vty").unlink(missing_ok=True)
            with inside(self.namespace):
                self._daemons[name] = subprocess.Popen(
                    [str(DAEMONS / name), *self._arguments(name)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            until((self.sockets / f"{name}.vty").exists, f"{name} starts")

    def load(self) -> None:
        """Hands the text to the daemons that run, when they know each other."""
        until(self._joined, "zebra knows the others")
        self._run("--inputfile", str(self._text))

    def _joined(self) -> bool:
        clients = self._run("-d", "zebra", "-c", "show zebra client summary")
        others = [name.removesuffix("d") for name in self._daemons if name in CLIENTS]
        return all(re.search(rf"^{name}\b", clients, re.MULTILINE) for name in others)

    def kill(self, name: str) -> None:
        """Ends one daemon at once; its socket stays."""
        daemon = self._daemons.pop(name)
        daemon.kill()
        daemon.wait(ENDS_S_MAX)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """One daemon stands still."""
        process = self._daemons[name]
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def configure(self, *lines: str) -> None:
        """Enters lines into bgpd."""
        self._run("-d", "bgpd", "-c", "\n".join(["configure terminal", *lines, "end"]))

    def show(self, command: str, daemon: str = "bgpd") -> Any:
        """What a daemon says, as JSON."""
        return json.loads(self._run("-d", daemon, "-c", f"{command} json"))

    def running(self, daemon: str) -> str:
        """What a daemon does, as it would be written."""
        return self._run("-d", daemon, "-c", "show running-config")

    def metrics(self, address: str) -> dict[str, int]:
        """By neighbour, the metric with which it announces an address."""
        family = "ipv6" if ":" in address else "ipv4"
        found = self.show(f"show bgp {family} unicast {address}")
        return {
            path["peer"]["peerId"]: path.get("metric", path.get("med", 0))
            for path in found.get("paths", ())
        }

    def best(self, address: str) -> str:
        """The neighbour whose route is chosen; empty: there is none."""
        family = "ipv6" if ":" in address else "ipv4"
        found = self.show(f"show bgp {family} unicast {address}")
        chosen = [
            str(path["peer"]["peerId"])
            for path in found.get("paths", ())
            if path.get("bestpath", {}).get("overall")
        ]
        return chosen[0] if chosen else ""

    def established(self) -> set[str]:
        """Neighbours whose sessions stand."""
        summary = self.show("show bgp summary")
        return {
            address
            for family in summary.values()
            for address, peer in family.get("peers", {}).items()
            if peer["state"] == "Established"
        }

    def close(self) -> None:
        """Ends all daemons."""
        for daemon in self._daemons.values():
            daemon.kill()
        for daemon in self._daemons.values():
            daemon.wait(ENDS_S_MAX)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _arguments(self, name: str) -> list[str]:
        common = [
            "--config_file", "/dev/null", "--pid_file", str(self.sockets / f"{name}.pid"),
            "--vty_socket", str(self.sockets), "--socket", str(self.sockets / "zserv.api"),
            "--vty_port", "0", "--log", f"file:{self.sockets / name}.log",
        ]  # fmt: skip
        return [*common, *(["--bfdctl", str(self.sockets / "bfdd.sock")] if "bfd" in name else [])]

    def _run(self, *arguments: str) -> str:
        sockets = ["--config_dir", str(self.folder), "--vty_socket", str(self.sockets)]
        return subprocess.run(
            [VTYSH, *sockets, *arguments], capture_output=True, text=True, check=True, timeout=30
        ).stdout


@dataclass(frozen=True)
class Routers:
    """The laboratory."""

    edges: dict[str, Router]  # by centre
    core: Router


def until(holds: Callable[[], bool], what: str, seconds_max: float = STANDS_S_MAX) -> None:
    """Looks again and again until it holds.

    Raises:
        TimeoutError: it does not.
    """
    end_s = time.monotonic() + seconds_max
    while not holds():
        if time.monotonic() > end_s:
            raise TimeoutError(f"not after {seconds_max:g} s: {what}")
        time.sleep(LOOKS_S)


@contextmanager
def routers() -> Iterator[Routers]:
    """Makes all three, waits until their sessions stand, and takes them away at the end.

    Raises:
        NoNamespaces: this machine gives none.
    """
    names = {name: f"bgp-{name}-{os.getpid()}" for name in (*CENTRES, "core")}
    with ExitStack() as stack:
        for name in names.values():
            stack.callback(_delete, name)
        _cables(names)
        each = "".join(_EACH.format(address=f"10.{n}.100.70", key=KEY) for _, n in CENTRES.values())
        core = Router(names["core"], _CORE.format(each=each))
        stack.callback(core.close)
        edges = {}
        written = {name: text for _, name, text in texts(Meaning(network(small())))}
        for centre, (file, _) in CENTRES.items():
            text = written[file].replace(f"vault:{centre[-1]}", KEY)
            edges[centre] = Router(names[centre], text)
            stack.callback(edges[centre].close)
        for each_one in (core, *edges.values()):
            each_one.start("zebra", "staticd", "bfdd", "bgpd")
            each_one.load()
        until(lambda: len(core.established()) == len(CENTRES), "sessions stand")
        yield Routers(edges, core)


def _cables(names: dict[str, str]) -> None:
    try:
        for name in names.values():
            subprocess.run(["ip", "netns", "add", name], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise NoNamespaces(error.stderr.strip()) from error
    ip(names["core"], "link set dev lo up\n")
    for centre in CENTRES:
        ip(
            names["core"],
            f"link add {centre} type veth peer name eth0 netns {names[centre]}\n"
            f"link set dev {centre} up\n",
        )
        ip(names[centre], "link set dev lo up\nlink set dev eth0 up\n")


def _delete(name: str) -> None:
    if (Path("/run/netns") / name).exists():
        subprocess.run(["ip", "netns", "delete", name], check=True, capture_output=True)
