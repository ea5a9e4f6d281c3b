"""Each peer in each of its settings, under each fault; a fresh laboratory for each run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.failover.peers import keepalived_faults, patroni_faults
from benchmarks.failover.peers.keepalived import TIMINGS, Keepalived
from benchmarks.failover.peers.outcome import Outcome, Run
from benchmarks.failover.peers.patroni import (
    DEFAULTS,
    DEFAULTS_FAILSAFE,
    FASTEST,
    FASTEST_FAILSAFE,
    UNDOCUMENTED,
    Patroni,
)
from benchmarks.failover.peers.watching import Watch, watching
from failover.laboratory.lab import check_machine, topology

REGISTER_FAULT = patroni_faults.REGISTER_STOPPED


def keepalived(runs: int) -> Iterator[Outcome]:
    """Its outcomes. Raises NoLaboratory, Stranded."""
    check_machine({"keepalived": "keepalived", "nft": "nftables"})
    for timing in TIMINGS:
        name = Keepalived(timing).name
        for what, fault in keepalived_faults.FAULTS.items():
            found = [one_keepalived(Keepalived(timing), fault, n, runs) for n in range(runs)]
            yield Outcome.of(name, timing.words, what, found)


def patroni(runs: int) -> Iterator[Outcome]:
    """Its outcomes; what keeps writing without a register is tried under that fault alone."""
    check_machine({"patroni": "patroni", "etcd": "etcd-server", "openssl": "openssl"})
    for timing in (FASTEST, DEFAULTS, UNDOCUMENTED, FASTEST_FAILSAFE, DEFAULTS_FAILSAFE):
        name = Patroni(timing).name
        for what, fault in patroni_faults.FAULTS.items():
            if timing.failsafe and what != REGISTER_FAULT:
                continue
            found = [one_patroni(Patroni(timing), fault, n, runs) for n in range(runs)]
            yield Outcome.of(name, timing.words, what, found)


def one_keepalived(
    peer: Keepalived, fault: Callable[[Keepalived, Watch], Run], number: int = 0, count: int = 1
) -> Run:
    """One fault, once: the `number`th of `count` runs, each at another part of the interval."""
    with _running(peer), watching(peer.lab, peer.service_address()) as watch:
        peer.lab.wait_until("dc-a answers alone", lambda: watch.owners() == {"dc-a"})
        peer.lab.pause(peer.timing.interval_s * number / count)
        return fault(peer, watch)


def one_patroni(
    peer: Patroni,
    fault: Callable[[Patroni, patroni_faults.Clients], Run],
    number: int = 0,
    count: int = 1,
) -> Run:
    """One fault, once: the `number`th of `count` runs, each at another part of Patroni's turn."""
    with _running(peer), patroni_faults.clients(peer, number, count) as found:
        return fault(peer, found)


@contextmanager
def _running(peer: Keepalived | Patroni) -> Iterator[None]:
    """From its start to its end, in a laboratory of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="telemed-peer-") as folder,
        topology(Path(folder)) as lab,
    ):
        try:
            peer.start(lab)
            yield
        finally:
            peer.stop()
