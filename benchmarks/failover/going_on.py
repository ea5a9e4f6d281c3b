"""What must move nothing: a cut fibre, a stopped register, agents and guards that start again."""

from __future__ import annotations

import signal
from functools import partial
from time import monotonic

from benchmarks.failover.field import ARCHIVE, PORTAL, A, B, Bench, Field, lead, serving
from benchmarks.failover.figures import NEVER, Row, Target
from benchmarks.figures import Figure
from failover.laboratory.network import MEMBERS

CUT_S, HEALED_S = 4.0, 4.0
STOPPED_S, AFTER_S = 60.0, 5.0
BETWEEN_S = 0.5  # two restarts
LEASE_S = 2.0
AGAIN_S = 0.1  # until the unit starts what has ended: `RestartSec`
SHORT = Target(worst=0.5)
UNNOTICED = Target(worst=0.1)  # by who asks each 10 ms, on a loaded machine


def fibre(bench: Bench) -> list[Row]:
    """Cut and healed, with the register's leader in each place."""
    rows = []
    number = bench.few
    for member in MEMBERS:
        with serving(bench) as field:
            pauses_s = []
            for run in range(1, number + 1):
                bench.say(f"fibre cut, register led by {member}: {run} of {number}")
                pauses_s += _cut(field, member, bench.phase_s(field.renewal_s))
            moved = _elsewhere(field)
        rows += [
            Row(
                subject="fibre",
                what=f"fibre cut and healed, register led by {member}: longest pause",
                figure=Figure("s", tuple(pauses_s)),
                target=SHORT,
                note=f"of both services; each cut stood {CUT_S:g} s",
            ),
            Row(
                subject="fibre",
                what=f"the same: answers from another centre than home, {number} cuts",
                figure=Figure("answers", (float(moved),)),
                target=NEVER,
            ),
        ]
    return rows


def register(bench: Bench) -> list[Row]:
    """All three members frozen: asked, they do not even refuse."""
    bench.say(f"register stopped for {STOPPED_S:.0f} s")
    with serving(bench) as field:
        began_s = monotonic()
        for member in MEMBERS:
            field.lab.processes.send(member, signal.SIGSTOP, ["etcd"])
        field.lab.pause(STOPPED_S)
        for member in MEMBERS:
            field.lab.processes.send(member, signal.SIGCONT, ["etcd"])
        field.lab.pause(AFTER_S)
        now_s, traffic = monotonic(), field.traffic
        failed = sum(
            each.answered_s is None and each.sent_s >= began_s
            for address in (PORTAL, ARCHIVE)
            for each in traffic.answers(address)
        )
        pause_s = max(traffic.pause_s(each, began_s, now_s) for each in (PORTAL, ARCHIVE))
        moved = _elsewhere(field)
    return [
        Row(
            subject="register",
            what=f"register stopped {STOPPED_S:.0f} s: requests without an answer",
            figure=Figure("requests", (float(failed),)),
            target=NEVER,
            note=f"of both services, {AFTER_S:g} s afterwards included; longest pause "
            f"{pause_s:.3f} s, asked each 10 ms; answers from elsewhere: {moved}",
        )
    ]


def agent(bench: Bench) -> list[Row]:
    """An agent is killed and started again at once."""
    return _restarts(bench, "agent")


def planned(bench: Bench) -> list[Row]:
    """An agent leaves its doors to its next life, which its unit starts."""
    return [row for profile in ("default", "fast") for row in _planned(bench, profile)]


def _planned(bench: Bench, profile: str) -> list[Row]:
    pauses_s = []
    with serving(bench, profile) as field:
        lab, traffic = field.lab, field.traffic
        for run in range(1, bench.fewer + 1):
            bench.say(f"agent restarted as planned, profile {profile}: {run} of {bench.fewer}")
            left_s, life = monotonic(), lab.status(A)["life"]
            lab.kill(A, "agent", signal.SIGUSR1)
            lab.pause(AGAIN_S)
            lab.start(A, "agent")
            field.wait("its next life has its own again", partial(_has_its_own, field, life))
            lab.pause(LEASE_S + bench.phase_s(field.renewal_s))  # what was adopted is over
            pauses_s.append(traffic.pause_s(PORTAL, left_s - BETWEEN_S, monotonic()))
        moved = _elsewhere(field)
    return [
        Row(
            subject="planned",
            what=f"agent restarted as planned {bench.fewer}×, profile {profile}: answers from "
            "another centre",
            figure=Figure("answers", (float(moved),)),
            target=NEVER,
        ),
        Row(
            subject="planned",
            what="the same: longest pause of its service, each time",
            figure=Figure("s", tuple(pauses_s)),
            target=UNNOTICED if profile == "default" else Target(),
            note="its doors stay open for what is left of the lease; its next life starts "
            f"{AGAIN_S:g} s after its end",
        ),
    ]


def _has_its_own(field: Field, before: str) -> bool:
    status = field.lab.status(A)
    return bool(status) and status["life"] != before and status["groups"]["portal"]["taken"]


def guard(bench: Bench) -> list[Row]:
    """A guard is killed and started again at once; its agent lives on."""
    return _restarts(bench, "guard")


def _restarts(bench: Bench, process: str) -> list[Row]:
    pauses_s = []
    with serving(bench) as field:
        lab, traffic = field.lab, field.traffic
        for run in range(1, bench.fewer + 1):
            bench.say(f"{process} killed and started: {run} of {bench.fewer}")
            killed_s = monotonic()
            lab.kill(A, process)
            lab.start(A, process)
            lab.pause(BETWEEN_S)  # what was on its way is answered
            after_s = monotonic()
            field.when(f"{PORTAL} is answered again", partial(traffic.first, PORTAL, A, after_s))
            lab.pause(BETWEEN_S + bench.phase_s(field.renewal_s))
            pauses_s.append(traffic.pause_s(PORTAL, killed_s - BETWEEN_S, monotonic()))
        moved = _elsewhere(field)
    return [
        Row(
            subject=process,
            what=f"{process} killed and started {bench.fewer}×: answers from another centre",
            figure=Figure("answers", (float(moved),)),
            target=NEVER,
        ),
        Row(
            subject=process,
            what="the same: longest pause of its service, each time",
            figure=Figure("s", tuple(pauses_s)),
            note="its death closes the doors at once; they open when its next life may",
        ),
    ]


def _cut(field: Field, member: str, phase_s: float) -> list[float]:
    lead(field, member)
    field.lab.pause(phase_s)
    began_s = monotonic()
    field.lab.cut_fibre()
    field.lab.pause(CUT_S)
    field.lab.heal_fibre()
    field.lab.pause(HEALED_S)
    now_s = monotonic()
    return [field.traffic.pause_s(each, began_s, now_s) for each in (PORTAL, ARCHIVE)]


def _elsewhere(field: Field) -> int:
    """All answers that did not come from home."""
    now_s = monotonic()
    return field.traffic.count(PORTAL, B, 0.0, now_s) + field.traffic.count(ARCHIVE, A, 0.0, now_s)
