"""Which faults a seed brings, and when: all of them are over before the time of peace begins."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from failover.core.plan import Durability
from failover.simulator.faults import KINDS
from failover.simulator.faults_of_ways import Fault
from failover.simulator.links import SITES

FIRST_S, LATEST_S, HEALED_S, END_S = 5.0, 30.0, 44.0, 60.5
SHORTEST_S, LONGEST_S = 0.2, 20.0
FAST_SHARE = 0.1
RESTART_S_MAX = 1.0
PLANNED_ALONE, PLANNED_BESIDE = 0.04, 0.1  # shares of the seeds, the first in the second

FIBRE = (
    "fibre cut", "fibre one way", "fibre loses", "fibre slow", "fibre repeats", "fibre flaps",
    "health path cut", "health path one way", "health path loses", "both paths cut",
)  # fmt: skip
REGISTER = ("register outage", "member down", "leader moves", "quota full")
# What must touch no door at all while it is the only fault.
HARMLESS = (
    "wall clock jumps", "hospitals lie", "hospitals vanish", "hospitals blind",
    "some hospitals lose a centre", "witness lost", "line to the witness cut",
    "line to the witness one way", "line to the witness loses", "members not asked",
    "members' answers lost", "members' answers late", "requests late", "disk stalls",
    "replication stalls", "wrong order", "resume", "hold",
)  # fmt: skip
RESTARTS = ("agent killed", "watchdog killed")
PLANNED = "planned restart"
ANY = tuple(kind for kind in KINDS if kind != PLANNED)
PEOPLE = ("hold", "resume", "switchover", "takeover", "drill", "wrong order")
# An owner that must give up what a person keeps from being taken: too rare to be met by chance.
PAIR = ("hold", "guard broken")
# What a single fault of this kind must not do is known (rule S6).
CATEGORIES: Mapping[str, str] = {
    **dict.fromkeys(FIBRE, "only_fibre"),
    **dict.fromkeys(REGISTER, "register_outage"),
    **dict.fromkeys(HARMLESS, "harmless"),
    **dict.fromkeys(RESTARTS, "restart"),
    "site lost": "site_lost",
    PLANNED: "planned_restart",
}


class Schedule(NamedTuple):
    """What a seed brings."""

    category: str  # of `CATEGORIES`; any other one alone is `single`, several are `mixed`
    profile: str
    durability: Durability  # of the third group
    busy: float  # part of the busiest rate at which clients write
    faults: tuple[Fault, ...]


def schedule(seed: int) -> Schedule:
    """The faults of a seed."""
    rng = Random(f"schedule {seed}")
    draw = rng.random()
    if draw < 0.16:
        kinds = [rng.choice(FIBRE) for _ in range(rng.randint(1, 4))]
    elif draw < 0.26:
        kinds = ["site lost"]
    elif draw < 0.34:
        kinds = [rng.choice(REGISTER + RESTARTS)]
    elif draw < 0.5:
        kinds = [rng.choice(ANY)]
    elif draw < 0.53:
        kinds = list(PAIR)
    else:
        kinds = [rng.choice(ANY) for _ in range(rng.randint(2, 6))]
    faults = _with_planned(seed, sorted(_fault(rng, kind) for kind in kinds))
    return Schedule(
        category=category(faults),
        profile="fast" if rng.random() < FAST_SHARE else "default",
        durability=rng.choice(tuple(Durability)),
        busy=rng.uniform(0.2, 1.0),
        faults=tuple(faults),
    )


def category(faults: list[Fault]) -> str:
    """What must not happen under these faults, by the name of their class."""
    classes = {CATEGORIES.get(fault.kind, "") for fault in faults}
    if classes == {"only_fibre"}:
        return "only_fibre"
    if len(faults) == 1:
        if faults[0].kind in (*RESTARTS, PLANNED) and faults[0].length_s > RESTART_S_MAX:
            return "single"  # no restart any more: the other centre may take over
        return CATEGORIES.get(faults[0].kind, "single")
    return "mixed"


def _with_planned(seed: int, faults: list[Fault]) -> list[Fault]:
    """Planned restarts are drawn apart: the seeds that failed before they were known stay the same.

    Most come within a lease of another fault's begin or end, where much is under way.
    """
    rng = Random(f"{PLANNED} 1099 {seed}")
    draw = rng.random()
    if draw < PLANNED_ALONE:
        return [_fault(rng, PLANNED)]
    if draw >= PLANNED_BESIDE:
        return faults
    planned = [_fault(rng, PLANNED) for _ in range(rng.randint(1, 3))]
    for number, each in enumerate(planned):
        near = rng.choice(faults)
        start_s = near.start_s + rng.choice((0.0, near.length_s)) + rng.uniform(-2.0, 2.0)
        if rng.random() < 0.7 and start_s < HEALED_S - each.length_s:
            planned[number] = each._replace(start_s=min(max(FIRST_S, start_s), LATEST_S))
    return sorted(faults + planned)


def _fault(rng: Random, kind: str) -> Fault:
    start_s = rng.uniform(FIRST_S, LATEST_S)
    longest_s = min(LONGEST_S, HEALED_S - start_s)
    # Short and long ones alike: half last less than a quarter of the longest.
    length_s = SHORTEST_S + (longest_s - SHORTEST_S) * rng.random() ** 2
    if kind == "register restored":
        length_s = min(length_s, 3.0)
    if kind in (*RESTARTS, PLANNED) and rng.random() < 0.7:
        length_s = rng.uniform(SHORTEST_S, RESTART_S_MAX)
    if kind == "site lost":
        length_s = max(length_s, 6.0)
    return Fault(start_s, length_s, kind, rng.choice(SITES), rng.random())
