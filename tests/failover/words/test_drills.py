"""What blocks a drill, when it may run, who approves it, and what a shadow is compared by."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from failover.core.cells import ExposedCell, HoldCell, exposed_key
from failover.core.evidence import Evidence, PathEvidence
from failover.core.facts import Owner
from failover.core.journal import record
from failover.core.view import View
from failover.disk.journal import JournalFiles
from failover.plan_file import plan_file_of
from failover.processes.evidence_of_status import evidence_of
from failover.processes.status import status_of
from failover.words.drill_blocks import blocking
from failover.words.drill_shadow import Since, compare
from failover.words.drill_simulation import NotSimulated, plan_to_simulate, simulate
from failover.words.entries import told_entries
from failover.words.kept import WORDS, keep
from failover.words.known import Known, Source
from failover.words.scenarios import NAMES, scenario_of
from failover.words.status_file import Told
from failover.words.windows import NoWindow, window_of
from tests.failover.core.bench import DISPATCH, HERE, IMAGING, PLAN, Bench
from tests.failover.core.peer import Said
from tests.failover.plans import bytes_of, sealed, small_plan

HOUR_S = 3600.0


def document(bench: Bench) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(status_of(bench.agent, bench.now_s)))
    return found


def known(bench: Bench, **changes: Any) -> Known:
    """What a person at dc-a knows of the bench's world."""
    told = Told(document(bench), time.time(), 0.1)
    view = View()
    view.hint(bench.register.cells, 0.0)
    found = Known(
        at=time.time(), told=told, source=Source.QUORUM, why_not="", view=view, renewed={},
        watched_s=1.0,
    )  # fmt: skip
    return dataclasses.replace(found, **changes)


def blocks(bench: Bench, group: Any = IMAGING, **changes: Any) -> list[str]:
    to = "dc-b" if group is IMAGING else "dc-a"
    return blocking(known(bench, **changes), PLAN, group, to, ())


@pytest.fixture
def bench() -> Bench:
    found = Bench().settle()
    found.peer.said = Said(ready=(("imaging", HERE),))
    found.run(1.0)
    return found


def test_nothing_blocks_where_all_is_well(bench: Bench) -> None:
    assert blocks(bench) == []
    assert blocks(bench, DISPATCH) == []


def test_each_thing_that_is_not_well_blocks(bench: Bench) -> None:
    assert blocks(bench, told=None)[0].startswith("the agent here does not live")
    assert blocks(bench, source=Source.MEMBER)[0] == "the register does not answer by a majority"
    bench.register.write("hold/imaging", HoldCell(60.0, "li", "a disk", "nonce-1"))
    me = bench.agent.state.me
    bench.register.write(exposed_key("records"), ExposedCell(True, me, "nonce-2"))
    bench.run(1.0)
    found = blocks(bench)
    assert any(each.startswith("a hold on imaging by li (a disk)") for each in found)
    assert any(each.startswith("exposed: records") for each in found)


def test_a_centre_that_is_not_heard_or_not_ready_blocks(bench: Bench) -> None:
    bench.peer.said = Said()
    bench.run(1.0)
    assert blocks(bench) == ["dc-b is not ready to take imaging: it does not say that it is"]
    bench.lose_the_other_centre().run(1.5)
    assert any(each.startswith("links: ") for each in blocks(bench))


def test_the_last_drill_was_too_recent(bench: Bench) -> None:
    drills = [{"id": "d-1", "group": "imaging", "moves": [{}], "began_at": time.time() - 600}]
    (why,) = blocking(known(bench), PLAN, IMAGING, "dc-b", drills)
    assert why.startswith("the last drill of imaging (d-1) was 10 min ago")
    drills[0]["began_at"] = time.time() - 2 * HOUR_S
    assert blocking(known(bench), PLAN, IMAGING, "dc-b", drills) == []
    drills[0] |= {"began_at": time.time(), "moves": []}  # it was blocked: nothing was moved
    assert blocking(known(bench), PLAN, IMAGING, "dc-b", drills) == []


# --- windows -------------------------------------------------------------------------------


def moment(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


@pytest.mark.parametrize(
    ("window", "now", "left_s"),
    [
        ("02:00-04:00", "2026-02-03 03:00", HOUR_S),
        ("02:00-04:00", "2026-02-03 04:00", None),
        ("23:00-01:00", "2026-02-03 23:30", 1.5 * HOUR_S),
        ("23:00-01:00", "2026-02-03 00:30", 0.5 * HOUR_S),
        ("23:00-01:00", "2026-02-03 12:00", None),
    ],
)
def test_a_window(window: str, now: str, left_s: float | None) -> None:
    assert window_of(window).left_s(moment(now)) == left_s


@pytest.mark.parametrize("text", ["", "2-4", "02:00", "02:00-25:00", "02:00-02:00", "02:60-03:00"])
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(NoWindow):
        window_of(text)


# --- the simulator under a plan ------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name != "a-lost"])
def test_a_plan_is_simulated(name: str) -> None:
    plan = plan_file_of("plan.json", bytes_of(small_plan())).plan
    scenario = scenario_of(name, plan)
    assert scenario is not None
    (outcome,) = simulate(plan, scenario, [3], 1)
    assert outcome.violations == ()
    assert bool(outcome.takeovers_s) is (name == "b-lost")


def test_a_plan_that_lets_nothing_be_lost_is_found_not_to_be_taken() -> None:
    """The portal's class is asynchronous and its `rpo_s` zero: it is gated for ever."""
    plan = plan_file_of("plan.json", bytes_of(small_plan())).plan
    scenario = scenario_of("a-lost", plan)
    assert scenario is not None
    (outcome,) = simulate(plan, scenario, [3], 1)
    assert {each.rule for each in outcome.violations} == {"L2"}


def test_a_plan_whose_times_do_not_fit_is_said_so() -> None:
    small = small_plan()
    small["profile"]["lease"]["length_s"] = 10.0
    plan = plan_file_of("plan.json", bytes_of(sealed(small))).plan
    with pytest.raises(NotSimulated, match="lease of 10 s"):
        plan_to_simulate(plan)


# --- a shadow ------------------------------------------------------------------------------


class Writer:
    """A journal of judgements by a clock of the test's own."""

    def __init__(self, folder: Path, **begins: object) -> None:
        self.folder = folder
        self._files = JournalFiles(folder, "dc-a")
        self.note(0.0, **begins)

    def note(self, at_s: float, **content: object) -> None:
        self._files.append(json.dumps({"at_s": at_s, "by": "dc-a", **content}))

    def judged(self, at_s: float, evidence: Evidence) -> None:
        self._files.append(record("dc-a", at_s, evidence, PLAN))

    def close(self) -> Path:
        self._files.close()
        return self.folder


@pytest.fixture
def well(bench: Bench) -> Evidence:
    """What is perceived while all is well."""
    return evidence_of(document(bench), PLAN)


def lost(well: Evidence) -> Evidence:
    """What is perceived when the other centre's lease is over, and all agrees."""
    silent = PathEvidence(None, None)
    return replace(
        well,
        fibre=silent,
        health=silent,
        witness_reaches=False,
        session_over=True,
        reach=0,
        asks=False,
    )


def taken(well: Evidence) -> Evidence:
    """The same, when the groups are this centre's."""
    groups = tuple(replace(each, owner=Owner.MINE) for each in well.groups)
    return replace(lost(well), groups=groups)


@pytest.fixture
def journals(tmp_path: Path, well: Evidence) -> tuple[Writer, Writer]:
    live = Writer(tmp_path / "live", life="1", boot="boot-1")
    shadow = Writer(tmp_path / "shadow", shadow="begins", boot="boot-1")
    for each in (live, shadow):
        each.judged(10.0, well)
    return live, shadow


def test_a_shadow_that_agrees(journals: tuple[Writer, Writer], well: Evidence) -> None:
    live, shadow = journals
    live.judged(20.0, lost(well))
    shadow.judged(20.4, lost(well))
    live.judged(20.9, taken(well))
    shadow.judged(21.4, taken(well))
    shadow.note(30.0, shadow="ends")
    found = compare(live.close(), shadow.close())
    assert {each.group for each in found.decisions} == {"dispatch", "archive"}
    assert all(each.also_live and each.moved for each in found.decisions)
    assert (found.moves, {each.action for each in found.decisions}) == (2, {"take"})
    assert found.differences == ()
    assert found.seen_s == 20.0


def test_a_shadow_that_would_have_moved_something(
    journals: tuple[Writer, Writer], well: Evidence
) -> None:
    live, shadow = journals
    shadow.judged(20.0, lost(well))
    shadow.note(25.0, shadow="sees nothing")
    found = compare(live.close(), shadow.close())
    assert [(each.group, each.also_live, each.moved) for each in found.decisions] == [
        ("dispatch", False, False),
        ("archive", False, False),
    ]
    differing = {each.subject: each for each in found.differences}
    assert differing["dispatch"][2:] == (5.0, "dispatch", "stay", "take")
    assert differing["links"].shadow == "peer silent"
    assert compare(live.folder, shadow.folder, Since("boot-1", 22.0)).decisions == ()
    assert compare(live.folder, shadow.folder, Since("boot-2", 0.0)).judged_shadow == 0


# --- the journal ---------------------------------------------------------------------------


def test_a_drill_is_told_by_its_entry_alone(tmp_path: Path) -> None:
    report = {
        "id": "d-1", "group": "imaging", "home": "dc-a", "away": "dc-b", "reason": "a try",
        "verdict": "aborted", "why": "wu ended it at dc-b",
    }  # fmt: skip
    for event in ("begins", "ends"):
        entry: dict[str, object] = {
            "at": 1.0, "by": "dc-a", "drill": event, "person": "li", "report": report,
        }  # fmt: skip
        keep(tmp_path, entry)
    keep(tmp_path, {"at": 2.0, "by": "dc-b", "drill": "abort", "person": "wu", "centre": "dc-b"})
    assert [(each.kind, each.text) for each in told_entries(tmp_path / WORDS)] == [
        ("drill", "li: d-1 begins: imaging from dc-a to dc-b and back (a try)"),
        (
            "drill",
            "li: d-1 ends: imaging from dc-a to dc-b and back: aborted: wu ended it at dc-b",
        ),
        ("drill", "wu ends whatever drill runs at dc-b"),
    ]
