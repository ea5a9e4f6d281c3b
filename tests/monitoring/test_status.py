"""The status file: as an agent writes it, and in every way in which it can be wrong."""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.agent import Agent
from failover.core.cells import Incarnation
from failover.core.effects import Memory, Start
from failover.processes import status as written
from failover.processes.pager import Pager
from monitoring.document import Unreadable, fields_of
from monitoring.metrics import PEER_VERDICT
from monitoring.samples import status_samples
from monitoring.status import (
    BYTES_MAX,
    VERSION,
    Reading,
    State,
    Status,
    read_status,
    status_of,
)
from tests.failover.core.healthy import PLAN
from tests.monitoring.conftest import MADE_S, NOW, status_document, write_status


def read(document: Any) -> Status:
    return status_of(fields_of(json.dumps(document).encode()))


def test_what_an_agent_writes_is_read(tmp_path: Path) -> None:
    """The contract with failover.processes: document, version, name."""
    agent = Agent(PLAN, Start(Incarnation("dc-a", "boot", "life"), Memory(), 10.0))
    agent.begin()
    document = written.status_of(agent, 11.0) | {
        "guard": False,
        "journal": {"waiting": 2, "problem": "No space left on device"},
        "actuators": {},
    }
    written.StatusFile(tmp_path).write(document)
    reading = read_status(tmp_path / written.NAME, NOW._replace(boot_s=12.0, boot="boot"))
    assert (reading.state, reading.why) == (State.FRESH, "")
    status = reading.status
    assert status is not None
    assert written.VERSION == VERSION
    assert (status.centre, status.plan, status.peer) == ("dc-a", PLAN.hash, "normal")
    assert status.groups.keys() == {group.name for group in PLAN.groups}
    assert status.register_age_s == math.inf
    assert status.heard_age_s == {"fibre": math.inf, "health": math.inf}
    assert (status.guard_obeys, status.journal_waiting, status.journal_failing) == (False, 2, True)


def test_all_that_it_says(tmp_path: Path) -> None:
    status = read_status(write_status(tmp_path / "status.json"), NOW).status
    assert status is not None
    group, standby = status.groups["imaging@dc-a"], status.groups["referral@dc-b"]
    assert (group.open_instances, group.epoch, group.position_bytes) == (2, 3, 4096)
    assert (standby.exposed, standby.held, standby.hold_remaining_s) == (True, True, 540.5)
    assert (standby.damped, standby.gap_bytes, standby.gap_allowed_bytes) == (True, math.inf, 1000)
    assert status.echoed_age_s == {"fibre": 0.2, "health": math.inf}
    assert status.traffic is not None
    assert status.traffic.refused == {("health", "forged"): 2}


def test_what_it_says_of_its_pages(tmp_path: Path) -> None:
    document = status_document()
    paging = read(document).paging
    assert paging is not None
    assert (paging.has_command, paging.unsaid) == (True, 1)
    del document["paging"]
    assert read(document).paging is None, "an older agent does not tell"
    pager = Pager((), print)
    pager.close()
    written.StatusFile(tmp_path).write(status_document(paging=pager.document()))
    status = read_status(tmp_path / written.NAME, NOW).status
    assert status is not None
    assert status.paging is not None
    assert (status.paging.has_command, status.paging.unsaid) == (False, 0)


def test_what_it_says_of_the_copies(tmp_path: Path) -> None:
    status = read_status(write_status(tmp_path / "status.json"), NOW).status
    assert status is not None
    assert status.copying is not None
    assert (status.copying.answer_age_s, status.copying.behind_bytes) == (0.4, 300)
    assert (status.copying.sent_failing, status.copying.kept_failing) == (False, True)
    nobody = {"last": "", "behind_bytes": None, "answered_s_ago": None, "problem": ""}
    nothing = {"left_bytes": None, "heard_s_ago": None, "gaps": 0, "problem": ""}
    write_status(tmp_path / "status.json", copy={"sent": nobody, "kept": nothing})
    reading = read_status(tmp_path / "status.json", NOW)
    found = {(each.metric.name, *each.labels): each.value for each in status_samples(reading)}
    assert found["telemed_journal_copy_answer_age_seconds",] == math.inf
    assert found["telemed_journal_kept_heard_age_seconds",] == math.inf
    assert found["telemed_journal_copy_failing", "kept"] == 0
    assert ("telemed_journal_copy_behind_bytes",) not in found
    assert ("telemed_journal_kept_missing_bytes",) not in found


def test_an_agent_that_does_not_tell_all(tmp_path: Path) -> None:
    """It may say nothing of its sockets and of the copies."""
    document = status_document()
    del document["wire"], document["copy"]
    path = tmp_path / "status.json"
    path.write_text(json.dumps(document), "utf-8")
    reading = read_status(path, NOW)
    assert reading.status is not None
    assert reading.status.traffic is None
    names = {sample.metric.name for sample in status_samples(reading)}
    assert not any("datagrams" in name or "copy" in name for name in names)


@pytest.mark.parametrize(
    ("late_s", "state"),
    [(0.0, State.FRESH), (4.0, State.FRESH), (6.0, State.OLD), (-3600.0, State.OLD)],
)
def test_its_age(tmp_path: Path, late_s: float, state: State) -> None:
    now = NOW._replace(boot_s=NOW.boot_s + late_s)
    reading = read_status(write_status(tmp_path / "status.json"), now)
    assert (reading.state, reading.age_s) == (state, late_s + 0.25)
    assert (reading.status is not None) == (state is State.FRESH)


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0])
def test_a_step_of_the_wall_clock_is_nothing(tmp_path: Path, step_s: float) -> None:
    now = NOW._replace(wall_s=MADE_S + step_s)
    reading = read_status(write_status(tmp_path / "status.json"), now)
    assert (reading.state, reading.age_s) == (State.FRESH, 0.25)


def test_of_another_start_of_the_machine(tmp_path: Path) -> None:
    now = NOW._replace(boot="another")
    reading = read_status(write_status(tmp_path / "status.json"), now)
    assert (reading.state, reading.age_s, reading.status) == (State.OLD, 0.25, None)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "status.json", write_status(tmp_path / "file") / "below"):
        assert read_status(path, NOW).state is State.MISSING


CONTENTS: dict[str, tuple[bytes, str]] = {
    "torn": (b'{"version": 1, "at": 17', "it is no JSON: "),
    "empty": (b"", "it is no JSON: "),
    "no text": (b"\xff\xfe{}", "it is no JSON: "),
    "not a number": (b'{"version": NaN}', "version is not a number"),
    "too large a number": (b'{"version": 1e999}', "version is not a number"),
    "far too large a number": (b'{"version": 1' + b"0" * 400 + b"}", "version is not a number"),
    "a list": (b"[]", "it is no JSON object"),
    "nested": (b'{"a":' * 100_000, "it is nested too deeply"),
    "another version": (b'{"version": 2}', "its version is not 1"),
    "true for a number": (b'{"version": true}', "version is not a number"),
    "a part": (b'{"version": 1, "register": {}, "lease": 3}', "lease is not an object"),
    "too long": (b" " * (BYTES_MAX + 1), f"it has more than {BYTES_MAX} bytes"),
}


def test_a_lone_surrogate_is_no_text() -> None:
    """It would be a label that cannot be written."""
    with pytest.raises(Unreadable, match="centre is not a text"):
        read(status_document(centre="\ud800"))
    with pytest.raises(Unreadable, match="groups has a key that is no text"):
        read(status_document(groups={"\udfff": {}}))


def test_what_is_not_read_may_be_anything() -> None:
    read(status_document(news=[math.inf, math.nan, "\ud800"]))


@pytest.mark.parametrize("name", CONTENTS)
def test_damaged_content(tmp_path: Path, name: str) -> None:
    content, why = CONTENTS[name]
    path = tmp_path / "status.json"
    path.write_bytes(content)
    reading = read_status(path, NOW)
    assert (reading.state, reading.status, reading.age_s) == (State.UNREADABLE, None, None)
    assert reading.why.startswith(why)


def test_no_regular_file_holds_a_scrape_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("link")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "link"):
        assert read_status(path, NOW).state is State.UNREADABLE


def test_the_place_is_named() -> None:
    document = status_document()
    document["groups"]["imaging@dc-a"]["term"] = [1]
    with pytest.raises(Unreadable, match=r"groups\.imaging@dc-a\.term\[1\] is missing"):
        read(document)


VALUES = st.sampled_from([None, True, "", "x", -1, 10**400, 1.5, [], [1], {}, {"a": 1}])


@given(data=st.data())
def test_no_damage_raises_anything_else(data: st.DataObject) -> None:
    document = status_document()
    below: Any = document
    for _ in range(data.draw(st.integers(0, 3))):
        parts = [key for key, value in below.items() if isinstance(value, dict) and value]
        if parts:
            below = below[data.draw(st.sampled_from(sorted(parts)))]
    key = data.draw(st.sampled_from(sorted(below)))
    if data.draw(st.booleans()):
        del below[key]
    else:
        below[key] = data.draw(VALUES)
    with suppress(Unreadable):
        read(document)


def test_a_word_that_is_new_has_a_series() -> None:
    status = read(status_document(site="befriended"))
    samples = status_samples(Reading(state=State.FRESH, age_s=0, status=status))
    found = {each.labels: each.value for each in samples if each.metric is PEER_VERDICT}
    assert found["befriended",] == 1
    assert sum(found.values()) == 1
