"""What is measured becomes words: each border, and what a missing measurement means."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.evidence import (
    GateEvidence,
    PathEvidence,
    instance_facts,
    link_facts,
    site_facts,
)
from failover.core.facts import (
    Exposure,
    Gate,
    Guard,
    Hearing,
    Hold,
    Indirect,
    InstanceFacts,
    LinkFacts,
    Observers,
    Owner,
    Path,
    Punctuality,
    RegisterAnswer,
    Service,
    Session,
    SiteFacts,
    Steadiness,
    Witness,
)
from failover.core.plan import Panel
from tests.failover.core.healthy import DEAF, DOWN, EVIDENCE, GROUP, PLAN, UP

SILENCE_S = PLAN.profile.silence_s
LEASE_S = PLAN.profile.lease.length_s
FRESH_S = PLAN.panel.fresh_s
LATER_S = 1e-9


def test_all_is_well() -> None:
    assert link_facts(EVIDENCE, PLAN) == LinkFacts(
        Path.UP, Path.UP, Witness.REACHED, RegisterAnswer.ANSWERS
    )
    assert site_facts(EVIDENCE, PLAN) == SiteFacts(
        Session.LIVE,
        Hearing.HEARD,
        Observers.REACH,
        Indirect.REACHES,
        Punctuality.ON_TIME,
        Steadiness.STEADY,
    )
    assert instance_facts(GROUP) == InstanceFacts(
        Owner.MINE, Service.FIT, Guard.ALIVE, Gate.OPEN, Hold.NONE, Exposure.NO
    )


@pytest.mark.parametrize(
    ("heard_age_s", "echo_age_s", "path"),
    [
        (SILENCE_S, SILENCE_S, Path.UP),
        (SILENCE_S, SILENCE_S + LATER_S, Path.ONE_WAY),
        (SILENCE_S, None, Path.ONE_WAY),
        (SILENCE_S + LATER_S, SILENCE_S, Path.ONE_WAY),
        (SILENCE_S + LATER_S, None, Path.DOWN),
        (None, None, Path.DOWN),
    ],
)
def test_a_path(heard_age_s: float | None, echo_age_s: float | None, path: Path) -> None:
    measured = PathEvidence(heard_age_s, echo_age_s)
    assert link_facts(replace(EVIDENCE, fibre=measured), PLAN).fibre is path
    assert link_facts(replace(EVIDENCE, health=measured), PLAN).health is path


@pytest.mark.parametrize(
    ("fibre", "health", "hearing"),
    [
        (UP, DOWN, Hearing.HEARD),
        (DOWN, UP, Hearing.HEARD),
        (DEAF, DOWN, Hearing.HEARD),  # heard, and does not hear us
        (DOWN, DOWN, Hearing.SILENT),
    ],
)
def test_hearing(fibre: PathEvidence, health: PathEvidence, hearing: Hearing) -> None:
    assert site_facts(replace(EVIDENCE, fibre=fibre, health=health), PLAN).hearing is hearing


@pytest.mark.parametrize(
    ("age_s", "back", "answer"),
    [
        (LEASE_S, False, RegisterAnswer.ANSWERS),
        (LEASE_S + LATER_S, False, RegisterAnswer.SILENT),
        (None, False, RegisterAnswer.SILENT),
        (0.0, True, RegisterAnswer.SILENT),
    ],
)
def test_the_register(age_s: float | None, back: bool, answer: RegisterAnswer) -> None:
    evidence = replace(EVIDENCE, register_age_s=age_s, register_back=back)
    assert link_facts(evidence, PLAN).register is answer


@pytest.mark.parametrize(
    ("age_s", "reaches", "witness", "indirect"),
    [
        (FRESH_S, True, Witness.REACHED, Indirect.REACHES),
        (FRESH_S, False, Witness.REACHED, Indirect.FAILS),
        (FRESH_S, None, Witness.REACHED, Indirect.BLIND),
        (FRESH_S + LATER_S, False, Witness.SILENT, Indirect.BLIND),
        (None, True, Witness.SILENT, Indirect.BLIND),
    ],
)
def test_the_witness(
    age_s: float | None, reaches: bool | None, witness: Witness, indirect: Indirect
) -> None:
    evidence = replace(EVIDENCE, witness_age_s=age_s, witness_reaches=reaches)
    assert link_facts(evidence, PLAN).witness is witness
    assert site_facts(evidence, PLAN).indirect is indirect


@pytest.mark.parametrize(
    ("fresh", "reach", "slow", "observers"),
    [
        (4, 4, 0, Observers.BLIND),  # fewer than five
        (5, 3, 1, Observers.REACH),  # three of five are 0.6
        (5, 2, 2, Observers.SOME),
        (10, 6, 3, Observers.SLOW),  # half of those that reach
        (10, 6, 2, Observers.REACH),
        (10, 2, 0, Observers.SOME),
        (10, 1, 1, Observers.NONE),  # one of ten is 0.1
        (10, 0, 0, Observers.NONE),
        (30, 3, 0, Observers.NONE),
        (35, 21, 0, Observers.REACH),
    ],
)
def test_observers(fresh: int, reach: int, slow: int, observers: Observers) -> None:
    evidence = replace(EVIDENCE, fresh=fresh, reach=reach, slow=slow)
    assert site_facts(evidence, PLAN).observers is observers


def test_no_observer_is_blind_even_if_none_is_asked_for() -> None:
    plan = replace(PLAN, panel=Panel(observers_min=0))
    evidence = replace(EVIDENCE, fresh=0, reach=0)
    assert site_facts(evidence, plan).observers is Observers.BLIND
    assert site_facts(replace(evidence, fresh=1), plan).observers is Observers.NONE


def test_the_rest_of_the_site() -> None:
    changes = PLAN.damping.flap_changes
    assert site_facts(replace(EVIDENCE, session_over=True), PLAN).session is Session.OVER
    assert site_facts(replace(EVIDENCE, late=True), PLAN).punctuality is Punctuality.LATE
    steady = replace(EVIDENCE, changes=changes - 1)
    assert site_facts(steady, PLAN).steadiness is Steadiness.STEADY
    flapping = replace(EVIDENCE, changes=changes)
    assert site_facts(flapping, PLAN).steadiness is Steadiness.FLAPPING


def test_the_rest_of_a_group() -> None:
    assert instance_facts(replace(GROUP, fit=False)).service is Service.FAILING
    assert instance_facts(replace(GROUP, guard_alive=False)).guard is Guard.DEAD
    assert instance_facts(replace(GROUP, held_by="damping")).hold is Hold.HELD
    assert instance_facts(replace(GROUP, exposed=True)).exposure is Exposure.YES


@pytest.mark.parametrize(
    ("gap_bytes", "gate"), [(1000.0, Gate.OPEN), (1000.5, Gate.SHUT), (None, Gate.SHUT)]
)
def test_the_gate(gap_bytes: float | None, gate: Gate) -> None:
    measured = GateEvidence(gap_bytes, 1000.0, "")
    assert instance_facts(replace(GROUP, gate=measured)).gate is gate
