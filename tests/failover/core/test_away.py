"""Who was away may not know that the register went back meanwhile: he asks, tells and waits."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.cells import Term
from failover.core.lease import wait_s
from tests.failover.core.bench import ME, MEMORY, OWN, Bench, Fate
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

RENEWAL_S, LENGTH_S, WAIT_S = PROFILE.renewal_s, LEASE.length_s, wait_s(LEASE)
PATIENCE_S = PROFILE.patience_s


def well() -> Bench:
    return Bench().settle()


# --- without a lease -----------------------------------------------------------------------------


def without_lease() -> Bench:
    """Its lease ran out, and its doors with it; now the register answers again."""
    bench = well()
    bench.fate = Fate.LOST
    bench.wait_for(lambda: not bench.opened(), limit_s=LENGTH_S + 0.1)
    bench.run(1.0).fate = Fate.DONE
    return bench


def test_after_a_time_without_a_lease_doors_open_when_the_other_centre_has_answered_a_beat() -> (
    None
):
    """The register may have gone back in that time, and say nothing of what the other took."""
    bench = without_lease()
    bench.peer.speaks = False
    bench.wait_for(lambda: bench.agent.state.resumed_s is not None)
    assert bench.run(0.8).opened() == set()
    bench.peer.speaks = True
    assert bench.wait_for(lambda: bench.opened() == OWN) < 0.5


def test_after_a_time_without_a_lease_nothing_is_taken_before_patience_from_a_silent_centre() -> (
    None
):
    bench = without_lease().lose_the_other_centre()
    bench.wait_for(lambda: bench.agent.state.resumed_s is not None)
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(PATIENCE_S, abs=0.6)


def test_what_the_other_centre_has_by_its_answer_does_not_open() -> None:
    bench = without_lease()
    bench.peer.said = Said(terms=(("imaging-1", Term(1, 2)), ("imaging-2", Term(1, 2))))
    assert bench.run(2 * WAIT_S).opened() == {"records-1"}


def test_a_word_of_before_is_no_answer_and_doors_open_when_the_other_s_lease_is_surely_over() -> (
    None
):
    bench = without_lease()
    bench.peer.hears = False
    bench.wait_for(lambda: bench.agent.state.resumed_s is not None)
    closed_s = bench.wait_for(lambda: bench.opened() == OWN)
    assert WAIT_S - 0.1 <= closed_s < WAIT_S + RENEWAL_S + 0.1


# --- in a register that may be new, or old ------------------------------------------------------


def test_a_register_that_never_heard_of_the_other_centre_proves_nothing_and_is_waited_for() -> None:
    """It went back, or is new: whoever restored it comes first with a new generation."""
    bench = Bench().lose_the_other_centre()
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(PATIENCE_S, abs=0.6)
    assert bench.opened() >= OWN


def test_what_the_other_centre_s_data_are_is_unknown_where_it_never_told() -> None:
    bench = Bench().lose_the_other_centre().run(PATIENCE_S + 2.0)
    assert bench.cell("owner/archive-1") is None
    assert "archive" in bench.pages()


def test_a_beat_tells_what_is_remembered_and_the_register_does_not_show() -> None:
    """It went back, and the other centre may have been away, or have forgotten."""
    terms = (("imaging-1", Term(1, 2)), ("dispatch-1", Term(1, 3)))
    bench = well().restarted(ME._replace(life="life-b"), replace(MEMORY, terms=terms))
    told = dict(bench.run(3.0).beats()[-1].beat.terms)
    assert (told["imaging-1"], told["dispatch-1"]) == (Term(1, 2), Term(1, 3))
    assert told.keys() == {"imaging-1", "dispatch-1", "records-1"}
