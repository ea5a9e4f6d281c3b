"""What is said of a loss is what the agent then does; and what it is said from is its evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from failover.core.cells import ExposedCell, HoldCell, Position, exposed_key
from failover.core.judgement import judge
from failover.processes.evidence_of_status import evidence_of
from failover.processes.status import status_of
from failover.words.what_if import Fate, if_lost, now_judged
from tests.failover.core.bench import HERE, ME, PLAN, Bench
from tests.failover.core.peer import Said


def document(bench: Bench) -> dict[str, Any]:
    """As it comes out of the file."""
    found: dict[str, Any] = json.loads(json.dumps(status_of(bench.agent, bench.now_s)))
    return found


def fates(bench: Bench, lost: str) -> dict[str, Fate]:
    return {fate.group: fate for fate in if_lost(document(bench), PLAN, lost)}


@pytest.fixture
def bench() -> Bench:
    return Bench().settle()


def test_the_evidence_is_what_the_agent_judged(bench: Bench) -> None:
    for change in (lambda: None, bench.lose_the_other_centre):
        change()
        for _ in range(40):
            bench.run(0.1)
            # What has changed since the last judgement is not yet what the agent goes by.
            bench.agent.judging.turn(bench.now_s)
            judgement = judge(evidence_of(document(bench), PLAN), PLAN)
            state = bench.agent.state
            assert judgement.site.verdict is state.site
            assert {each.name: each.action.verdict for each in judgement.groups} == state.actions
            assert {each.name: each.instance.verdict for each in judgement.groups} == state.verdicts


def test_a_take_that_is_foretold_happens_at_that_time(bench: Bench) -> None:
    foretold = fates(bench, "dc-b")
    assert foretold["imaging"].outcome == foretold["records"].outcome == "stays"
    assert (foretold["dispatch"].outcome, foretold["dispatch"].centre) == ("taken", "dc-a")
    bench.lose_the_other_centre()
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert foretold["dispatch"].after_s is not None
    assert took_s == pytest.approx(foretold["dispatch"].after_s, abs=0.3)
    assert foretold["archive"].lost_bytes == 200.0  # a lease's worth at the busiest


def test_without_observers_patience_is_added(bench: Bench) -> None:
    bench.hospitals = None
    bench.run(4.0)
    after_s = fates(bench, "dc-b")["dispatch"].after_s
    assert after_s is not None
    assert 10.0 < after_s < 12.5


def test_a_centre_that_has_just_come_back_waits_until_it_has_seen_the_other_renew() -> None:
    bench = Bench().settle().restarted(ME._replace(life="life-b")).lose_the_other_centre()
    bench.run(0.5)
    foretold = fates(bench, "dc-b")["dispatch"]
    assert foretold.after_s is not None
    assert foretold.after_s == pytest.approx(PLAN.profile.patience_s - 0.5, abs=0.2)
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(foretold.after_s, abs=0.5)


def test_what_blocks_a_take_is_named(bench: Bench) -> None:
    bench.register.write("hold/dispatch", HoldCell(60.0, "li", "a disk", "nonce-1"))
    bench.positions["archive"] = HERE._replace(timeline=2)
    bench.run(1.0)
    foretold = fates(bench, "dc-b")
    assert foretold["dispatch"] == Fate(
        "dispatch", "blocked", "", None, None, "a hold keeps it where it is (li: a disk)"
    )
    assert foretold["archive"].outcome == "blocked"
    assert "another history: timeline 2, the owner's is 1" in foretold["archive"].why
    bench.lose_the_other_centre().run(5.0)
    assert not bench.opened() & {"dispatch-1", "archive-1"}
    waiting = {each.name: why for each, why in now_judged(document(bench), PLAN)}
    assert "(li: a disk)" in waiting["dispatch"]


def test_another_plan_at_the_other_centre_blocks(bench: Bench) -> None:
    bench.peer.plan = "other"
    bench.run(1.0)
    assert fates(bench, "dc-b")["dispatch"].why == "the two centres run different plans"


def test_the_other_centre_takes_what_it_says_it_could(bench: Bench) -> None:
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.run(1.0)
    foretold = fates(bench, "dc-a")
    assert foretold["imaging"][:3] == ("imaging", "taken", "dc-b")
    assert foretold["imaging"].after_s == pytest.approx(2.2)
    assert foretold["imaging"].lost_bytes == 200.0
    assert foretold["dispatch"][:3] == ("dispatch", "stays", "dc-b")
    assert foretold["records"].outcome == "blocked"


def test_an_exposed_group_is_blocked_there(bench: Bench) -> None:
    bench.peer.said = Said(ready=(("records", HERE),))
    me = bench.agent.state.me
    bench.register.write(exposed_key("records"), ExposedCell(True, me, "nonce-1"))
    bench.run(1.0)
    foretold = fates(bench, "dc-a")["records"]
    assert foretold.outcome == "blocked"
    assert "acknowledged writes that this centre does not have" in foretold.why


def test_a_copy_there_that_is_far_behind_is_gated(bench: Bench) -> None:
    bench.positions["imaging"] = Position("7412", 1, 90_000)
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.run(1.0)
    foretold = fates(bench, "dc-a")["imaging"]
    assert foretold.outcome == "blocked"
    assert "89200 bytes may be lost, more than the 1000 allowed" in foretold.why


def test_what_is_orphaned_is_taken_at_once(bench: Bench) -> None:
    cells = document(bench)
    cells["groups"]["dispatch"] |= {"owner": "free", "theirs": False}
    found = {fate.group: fate for fate in if_lost(cells, PLAN, "dc-b")}
    assert (found["dispatch"].outcome, found["dispatch"].after_s) == ("taken", 0.0)
