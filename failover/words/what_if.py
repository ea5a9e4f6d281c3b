"""If a centre failed now: what the core's own tables would make of it, on the readiness of now.

The evidence is that of the status document, changed to what it would be at the end of the lost
centre's lease: no beat on any path, no hospital and no witness that reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from failover.core.cells import Position
from failover.core.evidence import Evidence, GroupEvidence, PathEvidence
from failover.core.facts import Action, InstanceVerdict, Owner
from failover.core.gate import gate
from failover.core.judgement import GroupJudgement, judge
from failover.core.lease import wait_s
from failover.core.plan import Group, Plan
from failover.processes.evidence_of_status import Document, evidence_of

LOST_PATH = PathEvidence(heard_age_s=None, echo_age_s=None)
SWAPPED = {Owner.MINE: Owner.THEIRS, Owner.THEIRS: Owner.MINE, Owner.FREE: Owner.FREE}
TAKES = (Action.TAKE, Action.TAKE_AFTER_PATIENCE)


class Fate(NamedTuple):
    """What would become of one group."""

    group: str
    outcome: str  # stays, taken, blocked, closes
    centre: str  # where it would be served; empty: nowhere
    after_s: float | None  # until it is taken; its services then start
    lost_bytes: float | None  # at most so many acknowledged bytes; None: it keeps none, or unknown
    why: str


def now_judged(document: Document, plan: Plan) -> Iterator[tuple[GroupJudgement, str]]:
    """What the tables say now of each group, and the whole sentence about it."""
    evidence = evidence_of(document, plan)
    judgement = judge(evidence, plan)
    for each, group in zip(judgement.groups, evidence.groups, strict=True):
        yield each, f"{judgement.site.why}; {_why(each, group)}; {each.action.why}"


def if_lost(document: Document, plan: Plan, lost: str) -> tuple[Fate, ...]:
    """What would become of every group if a centre were lost at the document's time."""
    here = document["centre"] != lost
    evidence = _lost(evidence_of(document, plan))
    if not here:
        evidence = seen_from_there(evidence, document, plan)
    survivor = plan.other(lost)
    judgement = judge(evidence, plan)
    plans_agree = document["peer"]["plan"] in ("", document["plan"])
    fates = []
    for each, group in zip(judgement.groups, evidence.groups, strict=True):
        refused = document["groups"][each.name]["refused"] if here else ""
        if not plans_agree and each.action.verdict in TAKES:
            refused = "the two centres run different plans"
        if not here and not _is_ready(document, each.name) and not refused:
            refused = f"{survivor} does not say that it could take it"
        fates.append(_fate(each, group, document, plan, (survivor, refused)))
    return tuple(fates)


def _fate(
    judged: GroupJudgement,
    group: GroupEvidence,
    document: Document,
    plan: Plan,
    survivor_refused: tuple[str, str],
) -> Fate:
    survivor, refused = survivor_refused
    action, instance = judged.action.verdict, judged.instance.verdict
    if action is Action.SERVE:
        return Fate(group.name, "stays", survivor, None, None, "it is served there")
    if action in (Action.SURRENDER, Action.CLOSE, Action.RUN_OUT):
        return Fate(group.name, "closes", "", None, None, judged.action.why)
    if action not in TAKES:
        return Fate(group.name, "blocked", "", None, None, _why(judged, group))
    if refused:
        return Fate(group.name, "blocked", "", None, None, refused)
    after_s = 0.0
    if instance is not InstanceVerdict.ORPHAN:
        patient = action is Action.TAKE_AFTER_PATIENCE
        after_s = _wait_s(document, group.name, plan, survivor)
        after_s += plan.profile.patience_s if patient else 0.0
        if survivor == document["centre"]:
            # An agent that has not been restarted since its upgrade does not say it.
            after_s = max(after_s, float(document["lease"].get("peer_unseen_for_s", 0.0)))
    lost_bytes = group.gate.gap_bytes if group.gate.allowed_bytes else None
    why = judged.action.why
    return Fate(group.name, "taken", survivor, round(after_s, 1), lost_bytes, why)


def _wait_s(document: Document, group: str, plan: Plan, survivor: str) -> float:
    """Until the lost centre's lease is over and nothing is promised to it, from now."""
    if survivor != document["centre"]:
        return wait_s(plan.profile.lease)  # it has renewed just now, at the latest
    promised_s = float(document["groups"][group]["promised_for_s"])
    return max(0.0, float(document["lease"]["peer_over_in_s"]), promised_s)


def _lost(evidence: Evidence) -> Evidence:
    """What would be seen of a centre that fails, at the end of its lease."""
    reaches = None if evidence.witness_reaches is None else False
    return replace(
        evidence,
        fibre=LOST_PATH,
        health=LOST_PATH,
        witness_reaches=reaches,
        session_over=True,
        reach=0,
        slow=0,
        asks=False,
    )


def seen_from_there(evidence: Evidence, document: Document, plan: Plan) -> Evidence:
    """The same as the other centre would have it, as far as this one knows of it."""
    groups = {group.name: group for group in plan.groups}
    swapped = (_group_there(each, document, groups[each.name], plan) for each in evidence.groups)
    return replace(evidence, late=False, changes=0, groups=tuple(swapped))


def _group_there(
    group: GroupEvidence, document: Document, plan_group: Group, plan: Plan
) -> GroupEvidence:
    facts = document["groups"][group.name]
    theirs = document["peer"]["ready"].get(group.name)
    found = gate(_position(facts["position"]), _position(theirs), plan_group, plan.profile.lease)
    mine = group.owner is Owner.MINE
    return replace(
        group,
        owner=SWAPPED[group.owner],
        fit=True,  # `ready` says whether it is
        guard_alive=True,
        gate=found if mine else group.gate,
        held_by=facts["held_by"] if mine else "",
        exposed=mine and facts["exposed_at"] == document["centre"],
    )


def _is_ready(document: Document, group: str) -> bool:
    """Whether the other centre has or could take the group, by its own word."""
    owned_there = document["groups"][group]["owner"] == Owner.THEIRS.value
    return owned_there or group in document["peer"]["ready"]


def _why(judged: GroupJudgement, group: GroupEvidence) -> str:
    """The row's sentence with the fact behind it."""
    held = judged.instance.verdict in (InstanceVerdict.HELD, InstanceVerdict.STRANDED)
    if held and group.held_by:
        return f"{judged.instance.why} ({group.held_by})"
    shut = group.gate.gap_bytes is None or group.gate.gap_bytes > group.gate.allowed_bytes
    if group.owner is not Owner.MINE and shut:
        return f"{judged.instance.why} ({group.gate.why})"
    return judged.instance.why


def _position(raw: list[Any] | None) -> Position | None:
    return Position(*raw) if raw else None
