"""keepalived: VRRP between the two centres over the fibre, with a service address.

No third place takes part: each side decides by what it hears of the other, and nothing fences.
Source: keepalived.conf(5); RFC 5798 §5.2.7 (advertisement intervals are centiseconds).
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass

from benchmarks.failover.peers.tree import family, signal_all
from benchmarks.failover.peers.watching import watching
from failover.laboratory.lab import Lab
from failover.laboratory.network import CENTRES, FIBRE
from failover.laboratory.places import SERVICES
from failover.laboratory.problem import NoLaboratory
from failover.laboratory.traffic import start_service

ADDRESS = SERVICES["portal"]
PRIORITIES = {"dc-a": 150, "dc-b": 100}
SECONDS_MAX = 10.0
DAEMON, SERVICE = "keepalived", "service"
GLOBAL = """\
global_defs {{
    router_id {name}
    {scheduling}
}}
"""
INSTANCE = """\
vrrp_instance service {{
    interface fibre
    virtual_router_id 51
    priority {priority}
    {timing}
    {tracking}
    unicast_src_ip {own}
    unicast_peer {{
        {other}
    }}
    virtual_ipaddress {{
        {address}/32 dev health
    }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What differs between the settings."""

    words: str
    interval_s: float = 1.0
    lines: str = ""  # of the instance
    scheduling: str = ""
    tracks: bool = False  # whether an owner gives up when its end of the fibre has no carrier


# The interval's smallest legal value: the version refuses less ("outside range"), and so does
# RFC 5798. `down_timer_adverts` below 3 is taken too, and is "a deviation from the VRRP protocol"
# by the manual's own words. At 10 ms the daemon must run when its time is: real-time priority.
TIMINGS = (
    Timing(words="defaults: advert_int 1, interface tracked", tracks=True),
    Timing(words="advert_int 1 (default), dont_track_primary"),
    Timing(
        words="fastest: VRRPv3, advert_int 0.01, dont_track_primary",
        interval_s=0.01,
        lines="version 3\n    advert_int 0.01",
        scheduling="vrrp_rt_priority 50",
    ),
)


class Keepalived:
    """One pair. At the start dc-a owns the service, by its priority."""

    def __init__(self, timing: Timing) -> None:
        self.settings = timing.words
        self.timing = timing
        self._lab: Lab | None = None

    @property
    def name(self) -> str:
        """Product and version."""
        return f"keepalived {version()}"

    @property
    def lab(self) -> Lab:
        """Where it runs. Only after `start`."""
        assert self._lab is not None
        return self._lab

    def start(self, lab: Lab) -> None:
        """Start it and the service, and wait until dc-a alone owns the address."""
        self._lab = lab
        for centre in CENTRES:
            start_service(lab, centre, [ADDRESS])
            self._start(centre)
        with watching(lab, ADDRESS) as watch:
            lab.wait_until("dc-a owns the address", lambda: watch.owners() == {"dc-a"})

    def service_address(self) -> str:
        """At whichever centre owns it."""
        return ADDRESS

    def kill_owner(self) -> None:
        """dc-a is lost. It says no farewell: its processes stop before its links are cut."""
        self.signal(signal.SIGSTOP, (DAEMON, SERVICE))
        self.lab.lose("dc-a")
        self.signal(signal.SIGKILL, (DAEMON, SERVICE))
        for name in (SERVICE, DAEMON):
            self.lab.kill("dc-a", name)

    def signal(self, number: signal.Signals, names: tuple[str, ...]) -> None:
        """Send a signal to processes of dc-a and all below them."""
        for name in names:
            signal_all(family(self.lab.process("dc-a", name).pid), number)

    def cut_fibre(self) -> None:
        """Both ends lose their carrier."""
        self.lab.cut_fibre()

    def heal_fibre(self) -> None:
        """It carries again."""
        self.lab.heal_fibre()

    def stop(self) -> None:
        """End what was started, whatever state it is in."""
        for centre in CENTRES:
            for name in self.lab.processes.at(centre):
                signal_all(family(self.lab.process(centre, name).pid), signal.SIGKILL)
                self.lab.kill(centre, name)

    def _start(self, centre: str) -> None:
        (other,) = set(CENTRES) - {centre}
        folder = self.lab.folder / centre
        file = folder / "keepalived.conf"
        file.write_text(
            GLOBAL.format(name=centre, scheduling=self.timing.scheduling)
            + INSTANCE.format(
                priority=PRIORITIES[centre],
                timing=self.timing.lines,
                tracking="" if self.timing.tracks else "dont_track_primary",
                own=FIBRE[centre],
                other=FIBRE[other],
                address=ADDRESS,
            ),
            "utf-8",
        )
        command = [program(), "--dont-fork", "--log-console", "--no-syslog", "--vrrp"]
        command += ["--use-file", str(file), "--pid", str(folder / "keepalived.pid")]
        self.lab.processes.run(
            centre, DAEMON, [*command, "--vrrp_pid", str(folder / "keepalived.vrrp.pid")]
        )


def program() -> str:
    """Where keepalived is. Raises NoLaboratory."""
    found = shutil.which("keepalived", path="/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        raise NoLaboratory("`keepalived` is not installed", "install Debian's package `keepalived`")
    return found


def version() -> str:
    """The version that is installed."""
    said = subprocess.run(
        [program(), "--version"], capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    found = re.search(r"v(\d[\d.]*)", said.stderr + said.stdout)
    return found[1] if found else "?"
