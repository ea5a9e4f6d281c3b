"""The faults that keepalived is shown, and what it makes of them. Seconds."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping
from time import monotonic

from benchmarks.failover.peers.keepalived import DAEMON, SERVICE, Keepalived
from benchmarks.failover.peers.outcome import Run
from benchmarks.failover.peers.watching import Watch, named
from failover.laboratory.network import CENTRES

STANDS_S = 10.0  # a cut
AFTER_S = 5.0  # it is watched on
TAKES_S_MAX = 10.0  # more than three of its intervals by far
SECONDS_MAX = 10.0
# The carrier stays, as where a switch stands between the centre and its fibre.
SILENCE = (
    "table netdev silence { chain fibre { "
    "type filter hook ingress device fibre priority 0; policy drop; }; }\n"
)


def centre_lost(peer: Keepalived, watch: Watch) -> Run:
    """Until the other centre's first answer."""
    began_s = monotonic()
    peer.kill_owner()
    first_s = watch.first_s("dc-b", began_s, TAKES_S_MAX)
    return Run(seconds=first_s, split_s=watch.both_s(began_s))


def fibre_cut(peer: Keepalived, watch: Watch) -> Run:
    """The longest time without any answer; both ends lose their carrier."""
    return _cut(peer, watch, peer.cut_fibre, peer.heal_fibre)


def fibre_silent(peer: Keepalived, watch: Watch) -> Run:
    """The longest time without any answer; the carriers stay."""

    def cut() -> None:
        for centre in CENTRES:
            _nft(peer, centre, SILENCE)

    def heal() -> None:
        for centre in CENTRES:
            _nft(peer, centre, "delete table netdev silence\n")

    return _cut(peer, watch, cut, heal)


def machine_frozen(peer: Keepalived, watch: Watch) -> Run:
    """Until the other centre's first answer; thawed later, both may answer."""
    return _frozen(peer, watch, (SERVICE, DAEMON))


def daemon_frozen(peer: Keepalived, watch: Watch) -> Run:
    """Until the other centre's first answer; the owner's service lives on."""
    return _frozen(peer, watch, (DAEMON,))


FAULTS: Mapping[str, Callable[[Keepalived, Watch], Run]] = {
    "centre lost → first answer at the other": centre_lost,
    "fibre cut, carrier lost: longest time without answer": fibre_cut,
    "fibre cut, carrier stays: longest time without answer": fibre_silent,
    "owner frozen, thawed: freeze → first answer at the other": machine_frozen,
    "keepalived alone frozen, thawed: freeze → first answer at the other": daemon_frozen,
}


def _cut(peer: Keepalived, watch: Watch, cut: Callable[[], None], heal: Callable[[], None]) -> Run:
    began_s = monotonic()
    cut()
    peer.lab.pause(STANDS_S)
    gap_s, during = watch.pause_s(began_s), named(watch.owners())
    heal()
    peer.lab.pause(AFTER_S)
    return Run(
        seconds=gap_s,
        split_s=watch.both_s(began_s),
        note=f"cut for {STANDS_S:.0f} s, at its end {during} answered; "
        f"{AFTER_S:.0f} s after the heal {named(watch.owners())}",
    )


def _frozen(peer: Keepalived, watch: Watch, names: tuple[str, ...]) -> Run:
    began_s = monotonic()
    peer.signal(signal.SIGSTOP, names)
    taken_s = watch.first_s("dc-b", began_s, TAKES_S_MAX)
    peer.lab.pause(AFTER_S)
    thawed_s = monotonic()
    peer.signal(signal.SIGCONT, names)
    peer.lab.pause(AFTER_S)
    return Run(
        seconds=taken_s,
        split_s=watch.both_s(began_s),
        note=f"{AFTER_S:.0f} s after the thaw {named(watch.owners())} answered; the thawed owner "
        f"answered {watch.late('dc-a', began_s, thawed_s)} requests of the freeze",
    )


def _nft(peer: Keepalived, centre: str, text: str) -> None:
    subprocess.run(
        ["ip", "netns", "exec", peer.lab.space(centre), "nft", "-f", "-"],
        input=text,
        text=True,
        capture_output=True,
        timeout=SECONDS_MAX,
        check=True,
    )
