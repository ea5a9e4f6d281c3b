"""Evidence in, rows out: the situations of the design, and what holds for all evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from failover.core.evidence import Evidence, GateEvidence, GroupEvidence, PathEvidence
from failover.core.facts import Action, Owner
from failover.core.judgement import judge
from tests.failover.core.healthy import DEAF, DOWN, EVIDENCE, GROUP, PLAN

GONE = replace(EVIDENCE, fibre=DOWN, health=DOWN, session_over=True, witness_reaches=False, reach=0)
SHUT = replace(GROUP, owner=Owner.THEIRS, gate=GateEvidence(None, 0.0, ""))

# what happens: (evidence, link, site, actions on a group of mine and on one of theirs)
SITUATIONS: dict[str, tuple[Evidence, str, str, list[str]]] = {
    "all is well": (EVIDENCE, "normal", "normal", ["serve", "stay"]),
    "fibre cut": (replace(EVIDENCE, fibre=DOWN), "fibre cut", "normal", ["serve", "stay"]),
    "second path lost": (
        replace(EVIDENCE, health=DEAF), "second path lost", "normal", ["serve", "stay"]
    ),
    "both paths cut, both renew": (
        replace(EVIDENCE, fibre=DOWN, health=DOWN), "peer silent", "normal", ["serve", "stay"]
    ),
    "witness lost": (
        replace(EVIDENCE, witness_age_s=None), "witness lost", "normal", ["serve", "stay"]
    ),
    "centre lost": (GONE, "peer silent", "lost", ["serve", "take"]),
    "centre lost, witness blind": (
        replace(GONE, witness_reaches=None), "peer silent", "lost", ["serve", "take"]
    ),
    "centre lost, nobody watches": (
        replace(GONE, fresh=0), "peer silent", "isolated", ["serve", "take after patience"]
    ),
    "centre cut off, hospitals reach it": (
        replace(GONE, reach=10), "peer silent", "isolated", ["serve", "take after patience"]
    ),
    "centre without register, heard": (
        replace(EVIDENCE, session_over=True), "normal", "isolated", ["serve", "stay"]
    ),
    "register silent": (
        replace(EVIDENCE, register_age_s=9.0, session_over=True),
        "register silent", "isolated", ["serve", "stay"],
    ),
    "register from a backup": (
        replace(EVIDENCE, register_back=True), "register silent", "normal", ["serve", "stay"]
    ),
    "this centre cut off": (
        replace(GONE, register_age_s=None), "cut off", "lost", ["run out", "stay"]
    ),
    "hospitals lost the peer": (
        replace(EVIDENCE, reach=0), "normal", "access lost", ["serve", "page"]
    ),
    "some hospitals lost the peer": (
        replace(EVIDENCE, reach=5), "normal", "partial", ["serve", "page"]
    ),
    "peer slow": (replace(EVIDENCE, slow=9), "normal", "gray", ["serve", "page"]),
    "peer comes and goes": (replace(EVIDENCE, changes=6), "normal", "flapping", ["serve", "page"]),
    "this agent was paused": (replace(GONE, late=True), "peer silent", "paused", ["serve", "stay"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation(name: str) -> None:
    evidence, link, site, actions = SITUATIONS[name]
    found = judge(evidence, PLAN)
    assert found.link.verdict.value == link
    assert found.site.verdict.value == site
    assert [each.name for each in found.groups] == ["imaging", "referral"]
    assert [each.action.verdict.value for each in found.groups] == actions


def test_a_person_is_told_of_a_lost_centres_group_that_may_not_be_taken() -> None:
    (found,) = judge(replace(GONE, groups=(SHUT,)), PLAN).groups
    assert (found.instance.verdict.value, found.action.verdict.value) == ("gated", "page")
    assert found.action.why.endswith("a person must decide")


ages = st.none() | st.floats(0.0, 20.0)
paths = st.builds(PathEvidence, ages, ages)
gates = st.builds(GateEvidence, st.none() | st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.text())
group_evidence = st.builds(
    GroupEvidence,
    st.sampled_from(["imaging", "referral"]),
    st.sampled_from(Owner),
    st.booleans(),
    st.booleans(),
    gates,
    st.sampled_from(["", "damping"]),
    st.booleans(),
)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    fresh = draw(st.integers(0, 10))
    reach = draw(st.integers(0, fresh))
    return Evidence(
        fibre=draw(paths),
        health=draw(paths),
        witness_age_s=draw(ages),
        witness_reaches=draw(st.none() | st.booleans()),
        register_age_s=draw(ages),
        register_back=draw(st.booleans()),
        session_over=draw(st.booleans()),
        fresh=fresh,
        reach=reach,
        slow=draw(st.integers(0, reach)),
        asks=draw(st.booleans()),
        late=draw(st.booleans()),
        changes=draw(st.integers(0, 12)),
        groups=tuple(draw(st.lists(group_evidence, max_size=3))),
    )


def actions(evidence: Evidence) -> list[Action]:
    return [each.action.verdict for each in judge(evidence, PLAN).groups]


@given(evidences(), paths)
def test_while_the_health_network_carries_the_fibre_moves_nothing(
    evidence: Evidence, fibre: PathEvidence
) -> None:
    carried = replace(evidence, health=PathEvidence(0.1, 0.1))
    assert actions(carried) == actions(replace(carried, fibre=fibre))


@given(evidences())
def test_a_take_of_theirs_rests_on_a_lease_that_is_over_and_a_register_that_answers(
    evidence: Evidence,
) -> None:
    found = judge(evidence, PLAN)
    for group, judged in zip(evidence.groups, found.groups, strict=True):
        if judged.action.verdict in (Action.TAKE, Action.TAKE_AFTER_PATIENCE):
            assert evidence.register_age_s is not None
            assert not any((evidence.register_back, evidence.late, group.held_by))
            assert evidence.session_over or group.owner is Owner.FREE


@given(evidences())
def test_what_is_mine_and_fit_is_served_whatever_the_evidence(evidence: Evidence) -> None:
    mine = replace(GROUP, held_by="damping", gate=GateEvidence(None, 0.0, ""))
    (action,) = actions(replace(evidence, groups=(mine,)))
    assert action in (Action.SERVE, Action.RUN_OUT)
