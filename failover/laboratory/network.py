"""The network: each place a namespace, with the fibre and the health network between them.

        dc-a ──── fibre ──── dc-b          10.98.1.1, .2
          └── health ─┐ ┌─ health ──┘      10.98.2.1, .2
                     witness               10.98.2.3, the hospital .4

The hospital can reach a service address by either centre: packets with a centre's mark go to that
centre. So a client there sees who opens its doors, and both if both do; no route hides one.

A namespace bears its owner's process number and start in its name: what a killed owner left behind
is known, and the next start takes it away. Source: proc(5), ip-netns(8).
"""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from failover.laboratory.problem import NoLaboratory

CENTRES = ("dc-a", "dc-b")
WITNESS = "witness-1"
HOSPITAL = "hospital-1"
MEMBERS = (*CENTRES, WITNESS)  # of the register
PLACES = (*MEMBERS, HOSPITAL)
FIBRE: Mapping[str, str] = {"dc-a": "10.98.1.1", "dc-b": "10.98.1.2"}
HEALTH: Mapping[str, str] = {
    "dc-a": "10.98.2.1",
    "dc-b": "10.98.2.2",
    WITNESS: "10.98.2.3",
    HOSPITAL: "10.98.2.4",
}
POOL = "10.98.12.0/24"  # of service addresses
MARKS: Mapping[str, int] = {"dc-a": 1, "dc-b": 2}  # packets with it go to that centre

PREFIX = "telemed"
NAME = re.compile(rf"{PREFIX}-(\d+)-(\d+)-[0-9a-f]{{4}}(-|$)")
FOLDER = Path("/run/netns")
SECONDS_MAX = 30.0
_NETWORK = 0x40000000  # CLONE_NEWNET


class Network:
    """The namespaces and links of one laboratory. Nothing exists before `lay`."""

    def __init__(self) -> None:
        self.token = owner_token(os.getpid())
        self._spaces = {place: f"{self.token}-{place}" for place in PLACES}

    def space(self, place: str) -> str:
        """The name of a place's namespace, for `ip netns exec`."""
        return self._spaces[place]

    def lay(self) -> None:
        """Make namespaces and links. Raises NoLaboratory: this machine gives none."""
        try:
            ip("".join(f"netns add {space}\n" for space in self._spaces.values()))
            self._link()
        except subprocess.CalledProcessError as error:
            raise NoLaboratory(
                f"no network namespaces: {error.stderr.strip().partition(chr(10))[0]}",
                "a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN, its kernel veth and bridges",
            ) from error

    def remove(self) -> None:
        """Take the namespaces away, and whatever still runs in them."""
        remove(space for space in self._spaces.values() if (FOLDER / space).exists())

    # --- faults ----------------------------------------------------------------------------

    def cut_fibre(self) -> None:
        """The fibre carries nothing; both ends lose their carrier."""
        ip("link set fibre down\n", self.space("dc-a"))

    def heal_fibre(self) -> None:
        """The fibre carries again."""
        ip("link set fibre up\n", self.space("dc-a"))

    def lose(self, centre: str) -> None:
        """A centre is gone at once: no link carries anything."""
        ip(f"link set to-{centre} down\n", self.space(WITNESS))
        ip("link set fibre down\n", self.space(centre))

    def regain(self, centre: str) -> None:
        """Its links carry again."""
        ip("link set fibre up\n", self.space(centre))
        ip(f"link set to-{centre} up\n", self.space(WITNESS))

    # --- laying ----------------------------------------------------------------------------

    def _link(self) -> None:
        hub, a, b = self.space(WITNESS), self.space("dc-a"), self.space("dc-b")
        for space in self._spaces.values():
            ip("link set dev lo up\n", space)
        ip(f"link add fibre netns {a} type veth peer name fibre netns {b}\n")
        ip("link add health type bridge\nlink set dev health up\n", hub)
        for place in (*CENTRES, HOSPITAL):
            space = self.space(place)
            ip(f"link add health netns {space} type veth peer name to-{place} netns {hub}\n")
            ip(f"link set to-{place} master health\nlink set to-{place} up\n", hub)
            ip(f"address add {HEALTH[place]}/24 dev health\nlink set dev health up\n", space)
        for place in CENTRES:
            lines = f"address add {FIBRE[place]}/24 dev fibre\nlink set dev fibre up\n"
            ip(lines, self.space(place))
        ip(f"address add {HEALTH[WITNESS]}/24 dev health\n", hub)
        for centre, mark in MARKS.items():
            way = f"route add {POOL} via {HEALTH[centre]} table {mark}\n"
            ip(f"{way}rule add fwmark {mark} table {mark}\n", self.space(HOSPITAL))


def ip(lines: str, space: str = "", *, batch: bool = True) -> str:
    """Have iproute2 carry lines out, in a namespace; what it says. Raises CalledProcessError."""
    inside_it = ["-n", space] if space else []
    words = ["-batch", "-"] if batch else lines.split()
    done = subprocess.run(
        ["ip", *inside_it, *words],
        input=lines,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=True,
        process_group=0,  # a Ctrl-C is for us: we end what we began
    )
    return done.stdout


@contextmanager
def inside(space: str) -> Iterator[None]:
    """This thread is in that namespace: sockets that it opens there stay there."""
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(FOLDER / space, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(there)
        try:
            yield
        finally:
            _enter(here)
    finally:
        os.close(there)
        os.close(here)


# --- whose is it ---------------------------------------------------------------------------


def owner_token(process: int) -> str:
    """The beginning of the names of what a process owns."""
    return f"{PREFIX}-{process}-{_started(process)}-{secrets.token_hex(2)}"


def is_left_behind(name: str) -> bool:
    """Whether the owner in a name of `owner_token` has ended. Other names are nobody's business."""
    found = NAME.match(name)
    return found is not None and _started(int(found[1])) != found[2]


def sweep() -> list[str]:
    """Take away the namespaces of owners that have ended, and what runs in them; their names."""
    left = [each.name for each in FOLDER.glob(f"{PREFIX}-*") if is_left_behind(each.name)]
    remove(left)
    return left


def remove(spaces: Iterable[str]) -> None:
    """Kill what runs in namespaces, and take them away. One that is gone already is no error."""
    names = list(spaces)
    for name in names:
        with suppress(subprocess.CalledProcessError):
            for process in map(int, ip(f"netns pids {name}", batch=False).split()):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
    for name in names:
        with suppress(subprocess.CalledProcessError):
            ip(f"netns delete {name}", batch=False)


def _started(process: int) -> str:
    """When a process began, in ticks since the machine's start; empty if there is none."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]


def _enter(handle: int) -> None:
    # os.setns exists from Python 3.12 on.
    if ctypes.CDLL(None, use_errno=True).setns(handle, _NETWORK) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
