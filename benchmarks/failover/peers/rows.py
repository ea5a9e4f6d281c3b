"""The peers as subjects of `python -m benchmarks.failover`: their rows beside ours, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.failover.field import Bench
from benchmarks.failover.figures import Row
from benchmarks.failover.peers import measuring
from benchmarks.failover.peers.outcome import Outcome
from benchmarks.figures import Figure


def keepalived(bench: Bench) -> list[Row]:
    return _all(bench, "keepalived", measuring.keepalived)


def patroni(bench: Bench) -> list[Row]:
    return _all(bench, "patroni", measuring.patroni)


def rows_of(subject: str, outcome: Outcome) -> Iterator[Row]:
    """How long it took, how often it never came, how long both were owners: what there is of it."""
    what, note = f"{outcome.peer}, {outcome.settings}: {outcome.what}", outcome.note
    if outcome.seconds:
        yield Row(subject=subject, what=what, figure=Figure("s", outcome.seconds), note=note)
    if outcome.never:
        figure = Figure("runs", (float(outcome.never),))
        yield Row(subject=subject, what=f"{what}: never", figure=figure)
    if any(outcome.split_s):
        figure = Figure("s", outcome.split_s)
        yield Row(subject=subject, what=f"{what}: both answered for", figure=figure)


def _all(bench: Bench, subject: str, measured: Callable[[int], Iterator[Outcome]]) -> list[Row]:
    rows: list[Row] = []
    for outcome in measured(bench.peer_runs):
        bench.say(f"{outcome.peer}, {outcome.settings}: {outcome.what}")
        rows += rows_of(subject, outcome)
    return rows
