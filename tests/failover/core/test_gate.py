"""The gate opens only where what would be lost is known and allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from failover.core.cells import Position
from failover.core.evidence import GateEvidence, instance_facts
from failover.core.facts import Gate
from failover.core.gate import gate
from failover.core.plan import Durability, Group
from tests.failover.core.healthy import GROUP, LEASE, group

BLANK = group("imaging", rpo_s=10.0, rate_bytes_s=100.0)  # may lose 1000 bytes; a lease hides 200
SYNCHRONOUS = replace(BLANK, durability=Durability.SYNCHRONOUS)
STATELESS = replace(BLANK, durability=Durability.STATELESS)
HERE = Position("7412", 3, 5000)

lsns = st.integers(min_value=0, max_value=2**63)
positions = st.builds(Position, st.sampled_from(["7412", "7413"]), st.integers(1, 3), lsns)
maybe_positions = st.none() | positions
groups = st.builds(
    group,
    st.just("imaging"),
    durability=st.sampled_from(Durability),
    rpo_s=st.floats(0.0, 3600.0),
    rate_bytes_s=st.floats(0.0, 1e9),
)


def is_open(evidence: GateEvidence) -> bool:
    return instance_facts(replace(GROUP, gate=evidence)).gate is Gate.OPEN


@pytest.mark.parametrize(
    ("behind", "promised_s", "gap_bytes", "opens"),
    [
        (0, 0.0, 200.0, True),
        (800, 0.0, 1000.0, True),
        (801, 0.0, 1001.0, False),
        (-50, 0.0, 200.0, True),  # a copy may be ahead of what was said at the last renewal
        (0, 8.0, 1000.0, True),
        (0, 8.5, 1050.0, False),  # it lived by promise: the last position says little
    ],
)
def test_an_asynchronous_copy(
    behind: int, promised_s: float, gap_bytes: float, opens: bool
) -> None:
    copy = HERE._replace(lsn=HERE.lsn - behind)
    found = gate(HERE, copy, BLANK, LEASE, promised_s=promised_s)
    assert (found.gap_bytes, found.allowed_bytes) == (gap_bytes, 1000.0)
    assert is_open(found) == opens


@pytest.mark.parametrize(
    ("plan", "allowed_bytes"), [(BLANK, 1000.0), (SYNCHRONOUS, 0.0)], ids=["asynchronous", "not"]
)
@pytest.mark.parametrize(
    ("committed", "applied", "why"),
    [
        (None, HERE, "the owner's last position is unknown"),
        (HERE, None, "the position of this copy is unknown"),
        (None, None, "the owner's last position is unknown"),
        (
            HERE,
            HERE._replace(system="7413"),
            "another database: system 7413, the owner's is 7412",
        ),
        (HERE, HERE._replace(timeline=2), "another history: timeline 2, the owner's is 3"),
        (HERE, HERE._replace(timeline=4), "another history: timeline 4, the owner's is 3"),
    ],
)
def test_what_cannot_be_compared_shuts(
    plan: Group,
    allowed_bytes: float,
    committed: Position | None,
    applied: Position | None,
    why: str,
) -> None:
    found = gate(committed, applied, plan, LEASE)
    assert not is_open(found)
    assert found == GateEvidence(None, allowed_bytes, why)


def test_a_synchronous_copy_lacks_only_what_was_never_acknowledged() -> None:
    copy = HERE._replace(lsn=0)
    found = gate(HERE, copy, SYNCHRONOUS, LEASE)
    assert found == GateEvidence(0.0, 0.0, "every acknowledged write is on both sides")
    assert is_open(found)


def test_the_sentence_says_how_much() -> None:
    near = gate(HERE, HERE, BLANK, LEASE)
    assert near.why == "200 bytes may be lost, within the 1000 allowed"
    edge = gate(HERE, HERE._replace(lsn=HERE.lsn - 800), BLANK, LEASE)
    assert edge.why == "1000 bytes may be lost, within the 1000 allowed"
    far = gate(HERE, HERE._replace(lsn=0), BLANK, LEASE)
    assert far.why == "5200 bytes may be lost, more than the 1000 allowed"


@given(maybe_positions, maybe_positions)
def test_where_nothing_is_kept_nothing_is_lost(
    committed: Position | None, applied: Position | None
) -> None:
    found = gate(committed, applied, STATELESS, LEASE)
    assert found == GateEvidence(0.0, 0.0, "nothing to lose")
    assert is_open(found)


@given(maybe_positions, maybe_positions, groups)
def test_an_open_gate_means_one_history(
    committed: Position | None, applied: Position | None, plan: Group
) -> None:
    found = gate(committed, applied, plan, LEASE)
    if is_open(found) and plan.durability is not Durability.STATELESS:
        assert committed is not None
        assert applied is not None
        assert committed[:2] == applied[:2]


@given(positions, lsns, lsns, groups, st.floats(0.0, 1e4))
def test_a_nearer_copy_is_never_shut_out_where_a_farther_one_passes(
    committed: Position, one: int, other: int, plan: Group, promised_s: float
) -> None:
    near = committed._replace(lsn=max(one, other))
    far = committed._replace(lsn=min(one, other))
    opens = [
        is_open(gate(committed, copy, plan, LEASE, promised_s=promised_s)) for copy in (near, far)
    ]
    assert opens[0] or not opens[1]
