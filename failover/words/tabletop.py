"""A drill on paper: what both agents would judge, second by second, if something failed now.

Pure: the evidence of now is changed to what it would be a while after the failure, and given to the
core's own tables at each moment at which a limit of the plan passes. Nothing is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from msgspec.structs import astuple, replace

from failover.core.evidence import Evidence, PathEvidence
from failover.core.facts import Action, Owner
from failover.core.judgement import Judgement, judge
from failover.core.lease import wait_s
from failover.core.plan import Durability, Plan
from failover.processes.evidence_of_status import Document, evidence_of
from failover.words.orders import lost_by
from failover.words.scenarios import Scenario, What
from failover.words.what_if import Fate, if_lost, seen_from_there

JUST_AFTER_S = 0.001
ASKS_PERIODS = 1.5
ENDS = (Action.SURRENDER, Action.CLOSE, Action.RUN_OUT)


class Step(NamedTuple):
    """Something that is decided, or happens."""

    at_s: float  # after the failure
    who: str
    what: str
    why: str


class Tabletop(NamedTuple):
    """What would happen."""

    scenario: str
    sentence: str
    assumed: str  # why this is not from the status of now; empty: it is
    steps: tuple[Step, ...]
    groups: tuple[Fate, ...]
    lost: tuple[str, ...]  # what may be lost, by group
    person: tuple[str, ...]


def tabletop(document: Document, plan: Plan, scenario: Scenario, assumed: str = "") -> Tabletop:
    """What would happen, from a status document of either centre."""
    views = _views(document, plan)
    steps = [Step(0.0, "-", scenario.sentence, "")]
    steps += _of_the_lost(scenario, plan)
    for centre, evidence in views.items():
        if centre != scenario.lost:
            steps += _judged(centre, evidence, plan, scenario, _over_s(document, plan, centre))
    fates = _fates(document, plan, scenario, views)
    steps += _taken(fates)
    pages = [step for step in steps if step.what.startswith("pages")]
    return Tabletop(
        scenario=scenario.name,
        sentence=scenario.sentence,
        assumed=assumed,
        steps=tuple(sorted(steps, key=lambda step: step.at_s)),
        groups=fates,
        lost=tuple(_lost(fates, plan, scenario)),
        person=(*scenario.person, *(f"decide: {step.what}: {step.why}" for step in pages)),
    )


def assumed_document(plan: Plan, centre: str) -> dict[str, Any]:
    """A status document of a centre where all is well and everything is at home."""
    lease, position = plan.profile.lease, ["assumed", 1, 0]
    groups = {}
    for group in plan.groups:
        mine = group.home == centre
        unseen = 0.0 if group.durability is not Durability.ASYNCHRONOUS else group.rate_bytes_s
        allowed = unseen * group.rpo_s
        gap = 0.0 if mine else unseen * lease.length_s
        groups[group.name] = {
            "owner": (Owner.MINE if mine else Owner.THEIRS).value,
            "theirs": not mine,
            "fit": True,
            "exposed_at": "",
            "held_by": "",
            "damped_by": "",
            "gate": {"gap_bytes": gap, "allowed_bytes": allowed, "why": "assumed"},
            "position": position,
            "refused": "",
            "promised_for_s": 0.0,
        }
    observers = max(plan.panel.observers_min, 1)
    path = {"heard_s_ago": 0.0, "echoed_s_ago": 0.0}
    return {
        "centre": centre,
        "plan": plan.hash,
        "late": False,
        "obeyed": True,
        "paths": {"fibre": path, "health": path},
        "witness_s_ago": 0.0,
        "witness_reaches": True,
        "register": {"answered_s_ago": 0.0, "went_back": False, "looked": True},
        "lease": {"peer_over_in_s": wait_s(lease), "peer_unseen_for_s": 0.0},
        "peer": {
            "centre": plan.other(centre),
            "plan": plan.hash,
            "asks": False,
            "changes": 0,
            "ready": {group.name: position for group in plan.groups if group.home == centre},
            "observers": {"fresh": observers, "reach": observers, "slow": 0},
        },
        "groups": groups,
    }


# --- the evidence, a while after -----------------------------------------------------------


def _views(document: Document, plan: Plan) -> dict[str, Evidence]:
    here = evidence_of(document, plan)
    there = seen_from_there(here, document, plan)
    found = {document["centre"]: here, document["peer"]["centre"]: there}
    return {site: found[site] for site in plan.sites}


def _over_s(document: Document, plan: Plan, centre: str) -> float:
    """When the other centre's lease would be over at this one, if it were not renewed again."""
    if centre == document["centre"]:
        return max(0.0, float(document["lease"]["peer_over_in_s"]))
    return wait_s(plan.profile.lease)


def _after(
    evidence: Evidence, plan: Plan, scenario: Scenario, over_s: float, after_s: float
) -> Evidence:
    """What would be known of it so long after the failure."""
    seen = after_s > plan.profile.silence_s
    match scenario.what:
        case What.CENTRE:
            told = evidence.witness_reaches is not None
            return replace(
                evidence,
                fibre=_older(evidence.fibre, after_s),
                health=_older(evidence.health, after_s),
                witness_reaches=not seen if told else None,
                session_over=after_s >= over_s,
                reach=0 if seen else evidence.reach,
                slow=0 if seen else evidence.slow,
                asks=evidence.asks and not seen,
            )
        case What.FIBRE:
            return replace(evidence, fibre=_older(evidence.fibre, after_s))
        case What.PATHS:
            return replace(
                evidence,
                fibre=_older(evidence.fibre, after_s),
                health=_older(evidence.health, after_s),
            )
        case What.WITNESS:
            return replace(evidence, witness_age_s=_more(evidence.witness_age_s, after_s))
        case What.REGISTER:
            return replace(
                evidence,
                register_age_s=_more(evidence.register_age_s, after_s),
                session_over=after_s >= over_s,
                asks=evidence.asks or after_s > ASKS_PERIODS * plan.profile.renewal_s,
            )


def _older(path: PathEvidence, after_s: float) -> PathEvidence:
    return PathEvidence(_more(path.heard_age_s, after_s), _more(path.echo_age_s, after_s))


def _more(age_s: float | None, after_s: float) -> float | None:
    return None if age_s is None else age_s + after_s


def _moments(evidence: Evidence, plan: Plan, over_s: float) -> list[float]:
    """When a limit may pass, and so a verdict change."""
    profile = plan.profile
    limits = (profile.silence_s, plan.panel.fresh_s, profile.lease.length_s)
    ages = (
        *astuple(evidence.fibre),
        *astuple(evidence.health),
        evidence.witness_age_s,
        evidence.register_age_s,
        0.0,
    )
    passing = {limit - age for limit in limits for age in ages if age is not None and age <= limit}
    moments = {0.0, over_s, ASKS_PERIODS * profile.renewal_s, *passing}
    return sorted(moment + JUST_AFTER_S for moment in moments)


# --- the steps -----------------------------------------------------------------------------


def _of_the_lost(scenario: Scenario, plan: Plan) -> Iterator[Step]:
    if scenario.lost:
        yield Step(
            plan.profile.lease.length_s,
            scenario.lost,
            "its doors are shut by now, if its machines still run",
            "kernel time of the last renewal, with or without its agent",
        )


def _judged(
    centre: str, evidence: Evidence, plan: Plan, scenario: Scenario, over_s: float
) -> Iterator[Step]:
    before = judge(evidence, plan)
    waits = wait_s(plan.profile.lease)
    paging: dict[str, float] = {}
    for moment in _moments(evidence, plan, over_s):
        now = judge(_after(evidence, plan, scenario, over_s, moment), plan)
        at_s = round(moment - JUST_AFTER_S, 1)
        yield from _changes(at_s, centre, before, now)
        for each in now.groups:
            if each.action.verdict is Action.PAGE:
                paging.setdefault(each.name, at_s + waits)
            else:
                paging.pop(each.name, None)
        before = now
    whys = {each.name: f"{each.instance.why}; {each.action.why}" for each in before.groups}
    for (at_s, why), names in _alike({name: (at, whys[name]) for name, at in paging.items()}):
        yield Step(round(at_s, 1), centre, f"pages people about {names}", why)


def _changes(at_s: float, centre: str, before: Judgement, now: Judgement) -> Iterator[Step]:
    if now.link != before.link:
        yield Step(at_s, centre, f"links: {now.link.verdict.value} ({now.link.id})", now.link.why)
    if now.site != before.site:
        yield Step(at_s, centre, f"peer: {now.site.verdict.value} ({now.site.id})", now.site.why)
    changed = {
        new.name: (new.action.verdict.value, new.action.id, new.action.why)
        for old, new in zip(before.groups, now.groups, strict=True)
        if new.action != old.action
    }
    for (verdict, row, why), names in _alike(changed):
        told = ", if it still stands after a lease" if verdict == Action.PAGE.value else ""
        yield Step(at_s, centre, f"{names}: {verdict} ({row}){told}", why)


def _alike(by_name: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Names of which the same is said, together."""
    ordered = sorted(by_name.items(), key=lambda item: (item[1], item[0]))
    return [
        (said, ", ".join(name for name, _ in items))
        for said, items in groupby(ordered, key=lambda item: item[1])
    ]


def _taken(fates: Sequence[Fate]) -> Iterator[Step]:
    taken = {fate.group: (fate.after_s, fate.centre) for fate in fates if fate.outcome == "taken"}
    for (after_s, centre), names in _alike(taken):
        yield Step(
            after_s,
            centre,
            f"takes {names}: epoch + 1, then starts it; its doors open with the next renewal",
            "the other centre's lease is over, and no promise binds",
        )


# --- what becomes of the groups ------------------------------------------------------------


def _fates(
    document: Document, plan: Plan, scenario: Scenario, views: Mapping[str, Evidence]
) -> tuple[Fate, ...]:
    if scenario.lost:
        return if_lost(document, plan, scenario.lost)
    late_s = 10 * plan.profile.lease.length_s + plan.panel.fresh_s
    fates: dict[str, Fate] = {}
    for centre, evidence in views.items():
        over_s = _over_s(document, plan, centre)
        judged = judge(_after(evidence, plan, scenario, over_s, late_s), plan)
        for each, group in zip(judged.groups, evidence.groups, strict=True):
            if group.owner is Owner.MINE:
                ends = each.action.verdict in ENDS
                outcome, where = ("closes", "") if ends else ("stays", centre)
                fates[each.name] = Fate(each.name, outcome, where, None, None, each.action.why)
            elif group.owner is Owner.FREE and each.name not in fates:
                why = f"nobody serves it now; {each.action.why}"
                fates[each.name] = Fate(each.name, "blocked", "", None, None, why)
    return tuple(fates[group.name] for group in plan.groups if group.name in fates)


def _lost(fates: Sequence[Fate], plan: Plan, scenario: Scenario) -> Iterator[str]:
    groups = {group.name: group for group in plan.groups}
    for fate in fates:
        group = groups[fate.group]
        if fate.lost_bytes:
            yield f"{fate.group}: at most {fate.lost_bytes:,.0f} acknowledged bytes"
        elif scenario.lost and fate.outcome == "blocked":
            yield f"{fate.group}: by `takeover`: {lost_by(group)}"
        elif scenario.what in (What.FIBRE, What.PATHS) and group.durability.value == "synchronous":
            yield f"{fate.group}: nothing now; exposed while the other copy confirms no write"
