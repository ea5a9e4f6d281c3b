"""What became of a run: rules S3 and S6, liveness, and the figures."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain

from failover.simulator.faults_of_ways import Fault
from failover.simulator.shell import GREETING_S_MAX
from failover.simulator.world import Violation, World

SETTLED_S = 4.6  # by then each instance is open at home
PAUSE_S = 0.5  # of a home instance while only the fibre is broken
RESTART_PAUSE_S = 1.0  # of a centre's own instances when its agent or guard is started anew
REGAINED_S = 0.75  # a life that is let in takes its own again, and opens them, within this
TAKEOVER_S = 1.0  # over the taker's wait
PROMPT_S = 0.1  # of a renewal's answer
NEIGHBOUR_S = 0.001
PAGED_BEFORE_S = 3.0
SILENT_S_MAX = 10.0  # at the end, when all is well
ROW = re.compile(r'"row":"([^"]+)"')
SINGLE = (
    "restart",
    "planned_restart",
    "register_outage",
    "site_lost",
    "harmless",
)  # of one fault only


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that is kept of a run."""

    seed: int
    category: str
    profile: str
    violations: tuple[Violation, ...]
    excused: tuple[str, ...]  # instances that are closed at the end, with the reason
    admitted: int  # overlaps of a machine whose clock had stood still
    double_writes: int  # in these, and not to be seen by a resource check
    takeovers_s: tuple[float, ...]  # site lost alone: until a door is open at the other centre
    losses_bytes: tuple[tuple[str, float], ...]  # of each promotion, with the kind of its order
    longest_gap_s: float
    moves: int
    events: int
    turns: int
    faults: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)  # of the tables, as the journals name them
    pages: dict[str, int] = field(default_factory=dict)


def judge(world: World) -> None:
    """Judge a run that has come to its end."""
    world.doors.finish()
    category = world.schedule.category
    if category == "only_fibre":
        _only_fibre(world)
    if category in SINGLE:
        _single(world, category)
    if category == "site_lost":
        _judge_takeovers(world)
    _judge_liveness(world)
    for site, place in world.sites.items():
        silent_s = world.queue.now_s - world.safety.renewed_s.get(site, 0.0)
        if place.first.agent.alive and silent_s > SILENT_S_MAX:
            world.violated("L3", f"{site} has not renewed its session for {silent_s:.1f} s")


def summary(world: World, seed: int) -> Outcome:
    """What is kept of a run."""
    gaps = [gap.length_s for gap in world.doors.gaps if gap.start_s > SETTLED_S]
    return Outcome(
        seed=seed,
        category=world.schedule.category,
        profile=world.schedule.profile,
        violations=tuple(world.violations),
        excused=tuple(world.excused),
        admitted=len(world.doors.admitted),
        double_writes=world.safety.double_writes,
        takeovers_s=tuple(world.takeovers_s),
        losses_bytes=tuple((order, loss.lost_bytes) for loss, order in world.safety.losses),
        longest_gap_s=max(gaps, default=0.0),
        moves=_moves(world),
        events=world.queue.events,
        turns=world.turns,
        faults=world.faults_begun,
        rows=_rows(world.records),
        pages=dict(Counter(paged.page.key for paged in world.pages)),
    )


def _rows(records: list[str]) -> Counter[str]:
    """How often each row spoke; records are canonical JSON, so a row's id stands as it is."""
    return Counter(chain.from_iterable(map(ROW.findall, records)))


def _moves(world: World) -> int:
    return sum(
        change.before is not None and change.before.owner.site != change.after.owner.site
        for change in world.safety.changes
    )


def _late_changes(world: World) -> list[str]:
    return [
        f"{change.instance} is {change.after.state.value} by {change.after.owner.site},"
        f" written by {change.after.by.site}"
        for change in world.safety.changes
        if change.at_s > SETTLED_S
    ]


def _only_fibre(world: World) -> None:
    for text in _late_changes(world):
        world.violated("S3", f"only the fibre was broken, and {text}")
    for gap in world.doors.gaps:
        if gap.start_s > SETTLED_S and gap.length_s > PAUSE_S:
            world.violated(
                "S3",
                f"only the fibre was broken, and {gap.instance} was closed for {gap.length_s:.3f} s"
                f" from {gap.start_s:.3f}",
            )


def _single(world: World, category: str) -> None:
    """One fault that must not reach the other centre, and may pause its own for a moment only."""
    (fault,) = world.schedule.faults
    for gap in world.doors.gaps:
        if gap.start_s < fault.start_s:
            continue
        home = world.groups[world.group_of[gap.instance]].home
        if category in ("register_outage", "harmless") or home != fault.site:
            allowed_s = NEIGHBOUR_S
        elif category == "restart":
            allowed_s = RESTART_PAUSE_S + fault.length_s
        elif category == "planned_restart":
            allowed_s = _planned_pause_s(world, fault)
        else:
            continue
        if gap.length_s > allowed_s:
            world.violated(
                "S6",
                f"{fault.kind} at {fault.site}: {gap.instance} of {home} was closed for"
                f" {gap.length_s:.3f} s from {gap.start_s:.3f}",
            )
    if category != "site_lost":
        _nothing_moved(world)


def _planned_pause_s(world: World, fault: Fault) -> float:
    """None, if the next life has its own again before the doors close by themselves."""
    profile = world.plan.profile
    away_s = fault.length_s + GREETING_S_MAX * fault.value**2 + REGAINED_S
    left_s = profile.lease.length_s - profile.renewal_s - PROMPT_S
    return max(NEIGHBOUR_S, away_s - left_s)


def _nothing_moved(world: World) -> None:
    (fault,) = world.schedule.faults
    for change in world.safety.changes:
        before = change.before
        if before and change.at_s > SETTLED_S and before.owner.site != change.after.owner.site:
            world.violated("S6", f"{fault.kind} at {fault.site}: {change.instance} moves")


def _judge_takeovers(world: World) -> None:
    """From the loss until the door is open at the other centre, for each instance."""
    lease = world.plan.profile.lease
    bound_s = lease.length_s * (1 + lease.drift) + lease.margin_s + TAKEOVER_S
    for lost_s, site in world.site_losses:
        gaps = [gap for gap in world.doors.gaps if gap.start_s == lost_s and gap.closed_at == site]
        for gap in gaps:
            world.takeovers_s.append(gap.length_s)
            if gap.length_s > bound_s or gap.opened_at == site:
                where = gap.opened_at or "nobody"
                world.violated(
                    "L2",
                    f"{gap.instance} was opened {gap.length_s:.3f} s after the loss of {site} by"
                    f" {where}, later than {bound_s:.3f}",
                )


def _judge_liveness(world: World) -> None:
    """Each instance that could be served is served at one centre when peace has lasted."""
    for instance in world.instances:
        where = world.doors.where(instance)
        wrong = _wrong(world, instance, where)
        if not wrong:
            continue
        reason = "" if len(where) > 1 else _excuse(world, instance)
        if reason:
            world.excused.append(f"{instance}: {reason}")
        else:
            world.violated("L1", f"{instance} is {wrong} in the end")


def _wrong(world: World, instance: str, where: list[str]) -> str:
    if len(where) != 1:
        return f"open at {' and '.join(where) or 'no centre'}"
    copies = world.data.copies[world.group_of[instance]]
    if not copies[where[0]].primary:
        return f"open at {where[0]}, and not promoted there"
    return ""


def _excuse(world: World, instance: str) -> str:
    """Why it may be closed: a hold, or a page about it that came when it closed or since then."""
    if world.schedule.category not in ("single", "mixed"):
        return ""
    if world.faults_begun.get("hold"):
        return "held"
    group = world.group_of[instance]
    closed_s = max(
        (gap.start_s for gap in world.doors.gaps if gap.instance == instance), default=0.0
    )
    for paged in reversed(world.pages):
        text = f"{paged.page.key} {paged.page.text}"
        if group in text and paged.at_s > closed_s - PAGED_BEFORE_S:
            return f"paged: {paged.page.key}"
    return ""
