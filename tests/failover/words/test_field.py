"""The on-call's words on the lab: real etcd, guards and agents."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from failover.laboratory.lab import Lab
from failover.laboratory.network import CENTRES, MEMBERS
from failover.laboratory.places import SERVICES
from tests.failover.processes.test_bad_input import dated
from tests.failover.words.conftest import Say

pytestmark = [pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]

PORTAL, ARCHIVE = SERVICES["portal"], SERVICES["archive"]


def document(say: Say, place: str, code: int = 0) -> dict[str, Any]:
    """What the status says, with its exit code."""
    answer = say(place, "status", "--json")
    assert answer.code == code, answer
    found: dict[str, Any] = json.loads(answer.out)
    return found


def line(status: dict[str, Any], group: str) -> dict[str, Any]:
    (found,) = [each for each in status["groups"] if each["group"] == group]
    return dict(found)


def fate(status: dict[str, Any], lost: str, group: str) -> dict[str, Any]:
    groups = status["what_if"][lost]["groups"]
    return next(each for each in groups if each["group"] == group)


def is_open(lab: Lab, centre: str) -> None:
    lab.wait_until("it is open", lambda: PORTAL in lab.service_addresses(centre), 5)


def test_a_hold_keeps_a_group_until_it_is_resumed(lab: Lab, say: Say) -> None:
    status = document(say, "dc-b")
    assert line(status, "portal")["owner"] == "dc-a"
    assert fate(status, "dc-a", "portal")["outcome"] == "taken"
    assert fate(status, "dc-b", "archive")["outcome"] == "taken"
    assert say("dc-a", "hold", "portal", "--for", "2h", "--reason", "a disk").code == 0
    lab.wait_until("dc-b sees it", lambda: lab.status("dc-b")["groups"]["portal"]["held_by"], 5)
    status = document(say, "dc-b")
    assert fate(status, "dc-a", "portal")["why"] == "a hold keeps it where it is (li: a disk)"
    assert "held until " in line(status, "portal")["notes"][0]
    refused = say("dc-b", "switchover", "portal", "--to", "dc-b", "--within", "2s", "--watch")
    assert refused.code == 1
    assert "a hold on portal by li (a disk)" in refused.err
    lab.lose("dc-a")
    lab.wait_until(
        "dc-b pages", lambda: lab.status("dc-b")["groups"]["portal"]["action"] == "page", 20
    )
    status = document(say, "dc-b", code=4)
    assert status["decide"][0].startswith("portal: the peer's lease is over")
    assert say("dc-b", "resume", "portal").code == 0
    both = {PORTAL, ARCHIVE}
    lab.wait_until("dc-b has both", lambda: lab.service_addresses("dc-b") == both, 20)


def test_a_switchover_goes_there_and_back(lab: Lab, say: Say) -> None:
    for to, other in (("dc-b", "dc-a"), ("dc-a", "dc-b")):
        moved = say("dc-a", "switchover", "portal", "--to", to, "--watch", "--json")
        assert moved.code == 0, moved
        steps = json.loads(moved.out)["steps"]
        assert (steps[-1]["step"], steps[-1]["ended"]) == ("done", True)
        is_open(lab, to)
        assert PORTAL not in lab.service_addresses(other)
    history = say("dc-a", "history", "--verify")
    assert history.code == 0
    assert "said: li: switchover portal to dc-b for 1 min: written at revision" in history.out
    assert "judged: " in history.out
    assert "chains hold, from the oldest entry kept to the newest\n" in history.err


def test_a_take_over_by_force_seals_its_owner(lab: Lab, say: Say) -> None:
    taken = say("dc-b", "takeover", "portal", "--to", "dc-b", "--yes", "--watch")
    assert taken.code == 0, taken
    assert "its doors are open" in taken.out
    assert lab.service_addresses("dc-a") == set()
    assert line(document(say, "dc-a"), "portal")["epoch"] == "1.2"


def test_status_without_agent_then_without_register(lab: Lab, say: Say) -> None:
    lab.kill("dc-a", "agent")
    lab.wait_until("dc-b has it", lambda: PORTAL in lab.service_addresses("dc-b"), 20)
    status = document(say, "dc-a")
    assert status["facts"]["agent here"].startswith("unknown since ")
    assert (line(status, "portal")["owner"], line(status, "portal")["epoch"]) == ("dc-b", "1.2")
    assert status["facts"]["dc-b"].startswith("renews its lease")
    assert status["what_if"]["dc-b"]["unknown"].startswith("unknown since ")
    for member in MEMBERS:
        lab.kill(member, "etcd")
    status = document(say, "dc-a")
    assert status["facts"]["register"].startswith("does not answer; it last answered the agent at")
    assert line(status, "archive")["owner"] == "dc-b"
    assert all(status["facts"][name] for name in CENTRES)
    refused = say("dc-b", "hold", "*", "--for", "1h", "--reason", "no register")
    assert refused.code == 1
    assert "error: the register does not answer" in refused.err


def test_where_a_certificate_has_run_out_people_are_told_which(lab: Lab, say: Say) -> None:
    path = dated(lab, "agent-dc-a", ends=timedelta(hours=-1))
    day = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d %H:}"
    void = f"{path}: this place's own certificate has run out on {day}"
    refused = say("dc-a", "hold", "*", "--for", "1h", "--reason", "a storm")
    assert refused.code == 1
    assert "error: the register does not answer" in refused.err
    assert f"hint: {void}" in refused.err
    assert "put a renewed one in its place" in refused.err
    answer = say("dc-a", "status", "--json")
    assert answer.code in (0, 4), answer
    assert f"does not answer: {void}" in json.loads(answer.out)["facts"]["register"]
    assert say("dc-b", "hold", "*", "--for", "1h", "--reason", "a storm").code == 0
