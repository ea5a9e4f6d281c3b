"""An owner is frozen whole, taken over, and thawed: what it still answers, and what it still does.

Frozen are agent, guard and service; its network and its member of the register live on. Clients ask
by datagrams, new connections and one that was open before, from the hospital and from the centre
itself.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import NamedTuple

from benchmarks.failover.field import PORTAL, A, B, Bench, serving
from benchmarks.failover.figures import NEVER, Row
from benchmarks.figures import Figure
from failover.laboratory.network import HOSPITAL
from failover.laboratory.traffic import BOTH_CENTRES, RECORD, Traffic

FROZEN = ("agent", "guard", "service")
STAYS_FROZEN_S = 0.5  # after the take-over
AFTER_S = 2.5  # more than a lease
EVERY_S = 0.05


class Thawed(NamedTuple):
    """One freeze and thaw."""

    takeover_s: float
    answered: int  # by the stale owner after the taker's first answer
    carried_out: int  # the same, whether or not the answer got out


def rows(bench: Bench) -> list[Row]:
    """Frozen at a random moment."""
    runs = []
    for run in range(1, bench.fewer + 1):
        bench.say(f"freeze and thaw: {run} of {bench.fewer}")
        runs.append(_freeze(bench))
    return [
        Row(
            subject="freeze",
            what="frozen and thawed: answers of the stale owner after the taker's first",
            figure=Figure("answers", tuple(float(each.answered) for each in runs)),
            target=NEVER,
            note="datagrams, new, open and local connections",
        ),
        Row(
            subject="freeze",
            what="the same: requests that the stale owner carried out, unanswered",
            figure=Figure("requests", tuple(float(each.carried_out) for each in runs)),
            note="they lay in its socket buffers when it froze: what the resource check is for "
            "(this service keeps no data and has none)",
        ),
        Row(
            subject="freeze",
            what="the same: frozen → first answer of the other",
            figure=Figure("s", tuple(each.takeover_s for each in runs)),
            note="the machine and its member of the register still answer, so the evidence does "
            "not agree: lease and `patience` (10 s)",
        ),
    ]


def _freeze(bench: Bench) -> Thawed:
    with serving(bench) as field:
        lab = field.lab
        clients = [field.traffic]
        for place, marks in ((HOSPITAL, BOTH_CENTRES), (A, (0,))):
            clients += [
                Traffic(lab, place, [PORTAL], means=means, marks=marks, every_s=EVERY_S)
                for means in ("tcp", "held")
            ]
        for client in clients:
            field.when("every client is answered", partial(client.first, PORTAL, A, 0.0))
        lab.pause(bench.phase_s(field.renewal_s))
        frozen_s = monotonic()
        lab.processes.send(A, signal.SIGSTOP, FROZEN)
        try:
            first_s = field.when(
                f"{B} takes over and answers", lambda: field.traffic.first(PORTAL, B, frozen_s)
            )
            lab.pause(STAYS_FROZEN_S)
        finally:
            with suppress(ProcessLookupError):
                lab.processes.send(A, signal.SIGCONT, FROZEN)
        lab.pause(AFTER_S)
        now_s = monotonic()
        done = (lab.folder / A / RECORD).read_text("ascii").splitlines()
        return Thawed(
            takeover_s=first_s - frozen_s,
            answered=sum(client.count(PORTAL, A, first_s, now_s) for client in clients),
            carried_out=sum(float(line.split()[0]) > first_s for line in done),
        )
