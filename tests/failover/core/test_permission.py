"""Whether a group may be taken: register and promise alone say so, each refusal in a sentence."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.cells import (
    Incarnation,
    OwnerCell,
    OwnerState,
    PlanCell,
    SessionCell,
    Term,
    owner_key,
    session_key,
)
from failover.core.effects import Memory
from failover.core.lease import wait_s
from failover.core.messages import Echo
from failover.core.permission import plan_to_register, refusal
from failover.core.plan import Group
from tests.failover.core.bench import DISPATCH, IMAGING, ME, MEMORY, PLAN, Bench, Fate, Register
from tests.failover.core.healthy import LEASE

WAIT_S = wait_s(LEASE)
EARLIER = ME._replace(life="earlier")
LEASE_MAY_RUN = "the other centre's lease may still run"


def lost(memory: Memory = MEMORY) -> Bench:
    """The other centre has been away for so long that everything of its may be taken."""
    bench = Bench(memory=memory).settle()
    bench.peer.renews = bench.peer.speaks = False
    return bench.run(WAIT_S + 0.1)


def why(bench: Bench, group: Group = DISPATCH) -> str:
    return refusal(bench.agent.state, group, bench.now_s)


def give(bench: Bench, group: Group, owner: Incarnation, state: OwnerState) -> None:
    """Somebody writes the ownership, and the agent sees it."""
    for instance in group.instances:
        cell = OwnerCell(Term(1, 8), owner, state, f"{instance} {state}", owner)
        bench.register.write(owner_key(instance), cell)
    bench.run(0.21).wait_for(bench.agent.state.may_write)


def test_what_the_other_centre_held_by_a_lease_that_is_over_may_be_taken() -> None:
    assert why(Bench().settle()) == LEASE_MAY_RUN
    assert why(lost()) == ""


def test_the_wait_is_what_is_written_in_the_cell() -> None:
    bench = Bench()
    bench.peer.lease = replace(LEASE, length_s=10.0)
    bench.settle().peer.renews = False
    bench.peer.speaks = False
    assert why(bench.run(WAIT_S + 0.1)) == LEASE_MAY_RUN
    assert why(bench.run(10.0)) == ""


def test_nothing_is_taken_without_an_own_session() -> None:
    bench = Bench()
    bench.fate = Fate.LOST
    assert why(bench.run(WAIT_S + 1.0)) == "this centre's own session is not in the register"


def test_nothing_is_taken_past_a_cell_that_cannot_be_read() -> None:
    bench = lost()
    bench.register.write("hold/imaging", b"{}")
    assert why(bench.run(0.3)).startswith("register cell `hold/imaging` cannot be read (Object")


def test_what_is_mine_needs_no_permission() -> None:
    bench = Bench().settle()
    bench.register.write("plan", PlanCell("another", "nonce"))
    assert why(bench.run(0.21), IMAGING) == ""


def test_a_register_that_shows_less_than_was_seen_gives_no_permission() -> None:
    bench = lost()
    bench.agent.state.ownership.saw([("dispatch-1", Term(1, 2))])
    expected = "`dispatch-1` is known at Term(generation=1, epoch=2): the register went back"
    assert why(bench) == expected


@pytest.mark.parametrize("owner", [EARLIER, ME._replace(boot="before", life="earlier")])
def test_an_earlier_life_of_this_centre_need_not_be_waited_for(owner: Incarnation) -> None:
    bench = Bench().settle()
    give(bench, DISPATCH, owner, OwnerState.OWNED)
    bench.register.write("plan", PlanCell("another", "nonce"))
    assert why(bench) == ""


def test_plans_that_differ_refuse_takes_from_the_other_centre() -> None:
    bench = lost()
    bench.peer.plan = "another"
    bench.peer.renew()
    assert why(bench.run(WAIT_S + 0.1)) == "the two centres run different plans"
    bench.register.write("plan", PlanCell("another", "nonce"))
    assert why(bench.run(0.21)) == "this centre's plan is not the one in force"


def test_what_was_surrendered_need_not_be_waited_for() -> None:
    bench = Bench().settle()
    bench.peer.owns(DISPATCH, epoch=2, state=OwnerState.SURRENDERED)
    bench.agent.state.view.hint(bench.register.cells, bench.now_s)
    assert why(bench) == ""


def test_what_nobody_ever_owned_is_its_homes_at_once_and_the_refuges_after_the_wait() -> None:
    bench = Bench().run(1.0)
    assert why(bench, IMAGING) == ""
    assert why(bench, DISPATCH) == "the other centre still has this one's promise"
    bench.run(WAIT_S)
    assert why(bench, DISPATCH) == LEASE_MAY_RUN


def test_without_any_session_of_the_other_centre_there_is_no_lease_to_wait_for() -> None:
    bench = Bench()
    bench.peer.renews = bench.peer.speaks = False
    bench.run(WAIT_S - 0.1)
    assert why(bench) == "the other centre still has this one's promise"
    assert why(bench.run(0.3)) == ""


def test_a_promise_is_waited_out() -> None:
    bench = lost()
    echo = Echo(bench.peer.me, 1)
    bench.agent.state.given.give(echo, bench.now_s, LEASE, frozenset())
    assert why(bench) == "the other centre still has this one's promise"
    bench.now_s += WAIT_S
    assert why(bench) == ""


def test_a_promise_of_an_earlier_life_is_waited_out() -> None:
    memory = replace(MEMORY, promised_s=60.0)
    bench = lost(memory=memory)
    assert why(bench) == "the other centre still has this one's promise"
    bench.run(60.0)
    assert why(bench) == ""


def test_a_sealed_group_is_waited_for_from_when_it_was_sealed() -> None:
    """Its owner goes on renewing for other groups: that lease says nothing of this one."""
    bench = Bench().settle()
    bench.run(WAIT_S)
    give(bench, DISPATCH, bench.peer.me, OwnerState.SEALED)
    assert why(bench) == LEASE_MAY_RUN
    bench.run(WAIT_S - 0.3).wait_for(bench.agent.state.may_write)
    assert why(bench) == LEASE_MAY_RUN
    bench.run(0.3).wait_for(bench.agent.state.may_write)
    assert why(bench) == ""


def test_a_sealed_group_of_a_centre_without_a_session_has_no_lease() -> None:
    bench = Bench()
    bench.peer.renews = bench.peer.speaks = False
    bench.run(3.0)
    give(bench, DISPATCH, bench.peer.me, OwnerState.SEALED)
    assert why(bench) == ""


def test_the_plan_is_registered_when_both_centres_run_it() -> None:
    bench = Bench()
    assert plan_to_register(bench.agent.state)
    assert not plan_to_register(bench.run(1.0).agent.state)
    assert bench.cell("plan") == PlanCell(PLAN.hash, "life-a-1")


def test_a_plan_that_only_one_centre_runs_is_not_put_in_force() -> None:
    register = Register()
    other = Incarnation("dc-b", "boot-b", "life-b")
    register.write(session_key("dc-b"), SessionCell(other, 1, LEASE, "another"))
    bench = Bench(register=register)
    bench.peer.renews = False
    assert bench.run(1.0).cell("plan") is None
    assert not plan_to_register(bench.agent.state)
