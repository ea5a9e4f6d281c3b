"""A planned move: how long the service pauses."""

from __future__ import annotations

from time import monotonic

from benchmarks.failover.field import PORTAL, A, B, Bench, Field, serving
from benchmarks.failover.figures import NEVER, Row, Target
from benchmarks.figures import Figure
from failover.laboratory.problem import Stranded

AFTER_S = 0.5
BY = "benchmark"


def rows(bench: Bench) -> list[Row]:
    """There and back, as often as it takes."""
    pauses_s, both = [], 0
    with serving(bench) as field:
        for run in range(1, bench.fewer + 1):
            bench.say(f"switchover: {run} of {bench.fewer}")
            owner, to = (A, B) if run % 2 else (B, A)
            pause_s, late = _move(field, owner, to)
            pauses_s.append(pause_s)
            both += late
    return [
        Row(
            subject="switchover",
            what="planned switchover: longest pause of the service",
            figure=Figure("s", tuple(pauses_s)),
            target=Target(worst=1.0),
            note="there and back in turn, a service without data",
        ),
        Row(
            subject="switchover",
            what="the same: answers of the old owner after the new one's first",
            figure=Figure("answers", (float(both),)),
            target=NEVER,
        ),
    ]


def _move(field: Field, owner: str, to: str) -> tuple[float, int]:
    lab, traffic = field.lab, field.traffic
    field.wait(f"{to} could serve it", lambda: field.ready("portal", owner))
    began_s = monotonic()
    word = lab.say(to, "switchover", "portal", "--to", to, "--by", BY, "--watch")
    field.wait("the switchover ends", lambda: word.poll() is not None)
    if word.returncode:
        raise Stranded(f"the switchover failed\n{lab.log(to, 'words')}")
    first_s = field.when(f"{to} answers", lambda: traffic.first(PORTAL, to, began_s))
    lab.pause(AFTER_S)
    now_s = monotonic()
    return traffic.pause_s(PORTAL, began_s, now_s), traffic.count(PORTAL, owner, first_s, now_s)
