"""A centre is lost: how long until the other answers, and what the other's own services notice."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

from benchmarks.failover.field import ARCHIVE, PORTAL, A, B, Bench, lead, leads, serving
from benchmarks.failover.figures import NEVER, Row, Target
from benchmarks.figures import Figure
from failover.laboratory.network import MEMBERS

AFTER_S = 1.0
TARGETS = {"default": Target(median=2.5, worst=3.0), "fast": Target(median=1.5, worst=2.0)}
SURVIVES = Target(worst=0.5)
PERSUADES_MAX = 10


class Taken(NamedTuple):
    """One take-over, in seconds."""

    takeover_s: float
    survivor_s: float  # the longest pause of the survivor's own service meanwhile
    both: int  # answers of the lost centre after the taker's first


def default(bench: Bench) -> list[Row]:
    return _rows(bench, "default")


def fast(bench: Bench) -> list[Row]:
    return _rows(bench, "fast")


def leaders(bench: Bench) -> list[Row]:
    """The register's leader in each place: in the lost centre, and not."""
    rows = []
    for profile, target in TARGETS.items():
        for member in MEMBERS:
            runs = _runs(bench, profile, bench.few, member)
            figure = Figure("s", tuple(each.takeover_s for each in runs))
            what = f"`{profile}`, {A} lost, register led by {member}"
            rows.append(Row(subject="leaders", what=what, figure=figure, target=target))
    return rows


def _rows(bench: Bench, profile: str) -> list[Row]:
    runs = _runs(bench, profile, bench.runs)
    return [
        Row(
            subject=profile,
            what=f"`{profile}`: centre lost → first answer of the other",
            figure=Figure("s", tuple(each.takeover_s for each in runs)),
            target=TARGETS[profile],
            note="lost at a random moment of the renewal: links and processes at once",
        ),
        Row(
            subject=profile,
            what=f"`{profile}`: longest pause of the survivor's own service meanwhile",
            figure=Figure("s", tuple(each.survivor_s for each in runs)),
            target=SURVIVES,
            note="asked each 10 ms",
        ),
        Row(
            subject=profile,
            what=f"`{profile}`: answers of the lost centre after the taker's first",
            figure=Figure("answers", tuple(float(each.both) for each in runs)),
            target=NEVER,
        ),
    ]


def _runs(bench: Bench, profile: str, number: int, leader: str = "") -> list[Taken]:
    found, led = [], f", led by {leader}" if leader else ""
    for run in range(1, number + 1):
        bench.say(f"take-over, {profile}{led}: {run} of {number}")
        found.append(_take(bench, profile, leader))
    return found


def _take(bench: Bench, profile: str, leader: str) -> Taken:
    with serving(bench, profile) as field:
        for _ in range(PERSUADES_MAX if leader else 0):
            lead(field, leader)
            field.lab.pause(field.renewal_s + bench.phase_s(field.renewal_s))
            if leads(field, leader):  # the witness may have brought the lead home
                break
        lost_s = monotonic()
        field.lab.lose_power(A)
        first_s = field.when(
            f"{B} takes over and answers", lambda: field.traffic.first(PORTAL, B, lost_s)
        )
        field.lab.pause(AFTER_S)
        now_s = monotonic()
        return Taken(
            takeover_s=first_s - lost_s,
            survivor_s=field.traffic.pause_s(ARCHIVE, lost_s - AFTER_S / 2, now_s),
            both=field.traffic.count(PORTAL, A, first_s, now_s),
        )
