"""One life of an agent after another: what is taken again at once, waited out, or remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from failover.core.cells import (
    SessionCell,
    Term,
    session_key,
)
from failover.core.doors import NEVER_S
from failover.core.effects import (
    Exit,
    Flush,
    Memory,
    Page,
    Remember,
    Remembered,
    Shut,
    Tick,
)
from failover.core.lease import wait_s
from tests.failover.core.bench import (
    DISPATCH,
    ME,
    MEMORY,
    OWN,
    PLAN,
    Bench,
)
from tests.failover.core.healthy import LEASE, PROFILE

WAIT_S, PATIENCE_S = wait_s(LEASE), PROFILE.patience_s
THEIRS = frozenset(("archive-1", "dispatch-1"))


def well() -> Bench:
    return Bench().settle()


# --- restarts ------------------------------------------------------------------------------------


def test_a_started_agent_closes_every_door_first() -> None:
    assert isinstance(Bench().agent.begin()[0], Flush)


def test_a_started_agent_pages_nobody_for_what_it_has_not_looked_at_yet() -> None:
    assert well().pages() == set()


def test_an_agent_restarted_on_the_same_boot_takes_its_own_again_at_once() -> None:
    bench = well().restarted(ME._replace(life="life-b"))
    assert bench.wait_for(lambda: bench.opened() == OWN) < 0.5
    assert {bench.owner(each).term for each in OWN} == {Term(1, 2)}


def test_an_agent_on_another_boot_waits_first() -> None:
    bench = well().restarted(ME._replace(boot="boot-b", life="life-b"))
    took_s = bench.wait_for(lambda: bench.opened() == OWN)
    assert WAIT_S <= took_s < WAIT_S + 0.5


def test_and_as_long_as_an_earlier_life_may_have_promised() -> None:
    memory = Memory(promised_s=20.0)
    bench = well().lose_the_other_centre().restarted(ME._replace(life="life-b"), memory)
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(20.0, abs=0.5)


def test_a_started_agent_that_never_saw_the_other_centre_renew_takes_after_patience() -> None:
    """The register may have gone back to when the other was well, and this agent cannot know."""
    bench = well().restarted(ME._replace(life="life-b")).lose_the_other_centre()
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(PATIENCE_S, abs=0.5)


def test_one_that_has_seen_it_renew_takes_when_its_lease_is_over() -> None:
    bench = well().restarted(ME._replace(life="life-b")).run(WAIT_S)
    took_s = bench.lose_the_other_centre().wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(WAIT_S, abs=0.5)


def test_terms_are_remembered_across_a_restart() -> None:
    """The register was restored from a backup meanwhile: this life owns nothing by it."""
    terms = tuple((instance, Term(1, 7)) for instance in sorted(OWN))
    bench = well().restarted(ME._replace(life="life-b"), MEMORY._replace(terms=terms))
    assert bench.run(5.0).opened() == set()
    assert "owner/imaging-1" not in dict(bench.puts())


def test_two_of_one_name_halts_the_one_that_was_overtaken() -> None:
    bench = well()
    other = SessionCell(ME._replace(life="another"), 1, LEASE, PLAN.hash)
    bench.register.write(session_key("dc-a"), other)
    bench.wait_for(lambda: bench.agent.halted != "", limit_s=1.0)
    assert bench.run(0.1).opened() == set()
    assert "two of one name" in bench.pages()
    assert [type(each) for _, each in bench.done[-4:]] == [Shut, Flush, Page, Exit]
    assert bench.agent.due_s == NEVER_S
    assert bench.tell(Tick()) == []


# --- memory --------------------------------------------------------------------------------------


def test_the_highest_terms_and_the_longest_promise_are_kept_on_disk() -> None:
    bench = Bench(memory=Memory())
    bench.peer.lease = replace(LEASE, length_s=10.0)
    bench.settle()
    memory = bench.asked(Remember)[-1].memory
    assert dict(memory.terms) == dict.fromkeys(OWN | THEIRS, Term(1, 1))
    assert memory.promised_s == wait_s(bench.peer.lease)
    assert bench.agent.state.given.remembered_s == memory.promised_s


def test_the_memory_is_written_when_it_has_grown_and_once_at_a_time() -> None:
    bench = well()
    since_s = bench.now_s
    assert bench.run(10.0).asked(Remember, since_s) == []
    bench.disk_works = False
    bench.peer.owns(DISPATCH, epoch=5)
    bench.run(1.0)
    bench.peer.owns(DISPATCH, epoch=6)
    bench.run(1.0)
    assert len(bench.asked(Remember, since_s)) == 1
    bench.disk_works = True
    bench.tell(Remembered())
    bench.run(1.0)
    terms = [dict(each.memory.terms)["dispatch-1"] for each in bench.asked(Remember, since_s)]
    assert terms == [Term(1, 5), Term(1, 6)]


def test_a_memory_that_nobody_wrote_is_not_believed() -> None:
    bench = Bench(memory=Memory())
    bench.disk_works = False
    bench.tell(Remembered())
    assert bench.agent.state.given.remembered_s == 0.0
