"""A drill on paper says what the agents' own code then does, and touches nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from failover.core.cells import HoldCell
from failover.processes.status import status_of
from failover.words.scenarios import NAMES, scenario_of
from failover.words.tabletop import Tabletop, assumed_document, tabletop
from tests.failover.core.bench import PLAN, Bench


def found(name: str, document: dict[str, Any] | None = None) -> Tabletop:
    scenario = scenario_of(name, PLAN)
    assert scenario is not None
    return tabletop(document or assumed_document(PLAN, "dc-a"), PLAN, scenario)


def at(table: Tabletop, who: str, what: str) -> float:
    """When something is said first."""
    return next(step.at_s for step in table.steps if step.who == who and what in step.what)


def test_a_lost_centre_by_the_limits_of_the_plan() -> None:
    table = found("a-lost")
    assert at(table, "dc-b", "links: peer silent") == PLAN.profile.silence_s
    assert at(table, "dc-a", "its doors are shut") == PLAN.profile.lease.length_s
    assert at(table, "dc-b", "peer: lost (S10)") == 2.2
    assert at(table, "dc-b", "takes imaging, records") == 2.2
    fates = {fate.group: fate for fate in table.groups}
    assert fates["dispatch"][:3] == ("dispatch", "stays", "dc-b")
    assert fates["imaging"][:4] == ("imaging", "taken", "dc-b", 2.2)
    assert table.lost == ("imaging: at most 200 acknowledged bytes",)
    assert [step.at_s for step in table.steps] == sorted(step.at_s for step in table.steps)


def test_a_centre_has_two_names() -> None:
    assert found("dc-b-lost") == found("b-lost")
    assert scenario_of("c-lost", PLAN) is None


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("-lost")])
def test_what_moves_nothing(name: str) -> None:
    table = found(name)
    assert {fate.outcome for fate in table.groups} == {"stays"}
    assert not [step for step in table.steps if step.what.startswith(("takes", "pages"))]
    assert table.person


def test_the_verdicts_of_each() -> None:
    assert at(found("fibre-cut"), "dc-a", "links: fibre cut (L3)") == 1.0
    assert at(found("both-paths-cut"), "dc-b", "peer: normal (S4)") == 1.0
    assert at(found("register-down"), "dc-b", "links: register silent (L6)") == 2.0
    assert at(found("witness-lost"), "dc-a", "links: witness lost (L4)") == PLAN.panel.fresh_s


def test_it_is_what_the_agent_then_does() -> None:
    bench = Bench().settle()
    document = json.loads(json.dumps(status_of(bench.agent, bench.now_s)))
    table = found("b-lost", document)
    foretold_s = at(table, "dc-a", "takes archive, dispatch")
    bench.lose_the_other_centre()
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(foretold_s, abs=0.3)


def test_what_is_held_is_paged_about_and_a_person_decides() -> None:
    bench = Bench().settle()
    bench.register.write("hold/dispatch", HoldCell(600.0, "li", "a disk", "nonce-1"))
    bench.run(1.0)
    document = json.loads(json.dumps(status_of(bench.agent, bench.now_s)))
    table = found("b-lost", document)
    fates = {fate.group: fate for fate in table.groups}
    assert (fates["dispatch"].outcome, fates["imaging"].outcome) == ("blocked", "stays")
    paged_s = at(table, "dc-a", "pages people about dispatch")
    assert paged_s > at(table, "dc-a", "peer: lost")
    assert table.person[-1].startswith("decide: pages people about dispatch")
    assert "dispatch: by `takeover`: nothing: it keeps no data" in table.lost
