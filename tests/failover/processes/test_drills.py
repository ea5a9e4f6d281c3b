"""Drills, the journals' copies, the dead man's alarm: real processes, register and network."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from failover.core.journal import split
from failover.disk.journal import journal_lines
from failover.laboratory.lab import Lab
from failover.laboratory.network import CENTRES, MEMBERS, WITNESS
from failover.laboratory.places import SERVICES
from failover.laboratory.processes import MODULE
from tests.failover.words.conftest import Say, say

__all__ = ["say"]  # the fixture

pytestmark = [pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]

PORTAL, ARCHIVE = SERVICES["portal"], SERVICES["archive"]
WHY = ("--reason", "a try", "--yes")
ABORT_S_MAX = 5.0


def reports(lab: Lab, place: str) -> list[dict[str, Any]]:
    folder = lab.folder / place / "state/drills"
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def hashes(folder: Path) -> list[str]:
    return [split(line).hash for _, _, line in journal_lines(folder)] if folder.is_dir() else []


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", MODULE, *words, "--node", "node.toml"]


def begun(lab: Lab, place: str, group: str, to: str) -> subprocess.Popen[bytes]:
    """A drill that stays at the other centre, and has come there."""
    words = ("drill", "switchover", group, "--to", to, "--stay", "60s", *WHY)
    conductor = lab.say(place, *words, "--by", "li")
    lab.wait_until("it is there", lambda: SERVICES[group] in lab.service_addresses(to), 30)
    return conductor


def ended(conductor: subprocess.Popen[bytes]) -> int:
    return conductor.wait(30)


def test_a_drill_goes_there_and_back_and_leaves_a_report(lab: Lab, say: Say) -> None:
    looked = say("dc-a", "drill", "switchover", "portal", "--to", "dc-b", "--reason", "a try")
    assert looked.code == 0, looked
    assert "nothing blocks a drill of portal from dc-a to dc-b; add `--yes`" in looked.out
    drilled = say("dc-a", "drill", "switchover", "portal", "--to", "dc-b", "--stay", "1s", *WHY)
    assert drilled.code == 0, drilled
    assert lab.service_addresses("dc-a") == {PORTAL}
    (report,) = reports(lab, "dc-a")
    assert (report["verdict"], report["left_at"], report["lost_bytes"]) == ("succeeded", "dc-a", 0)
    assert [move["to"] for move in report["moves"]] == ["dc-b", "dc-a"]
    assert [move["epoch"] for move in report["moves"]] == [2, 3]
    again = say("dc-a", "drill", "switchover", "portal", "--to", "dc-b", *WHY)
    assert again.code == 3
    assert "its moves count for damping" in again.err
    history = say("dc-a", "history", "--verify")
    assert history.code == 0, history.err
    assert f"drill: li: {report['id']} begins: portal from dc-a to dc-b and back" in history.out
    assert "and back: succeeded" in history.out
    handed = json.loads(say("dc-a", "handover", "--json").out)
    succeeded, blocked = handed["drills"]
    assert succeeded.endswith(": succeeded")
    assert ": blocked: the last drill of portal" in blocked
    assert handed["away"] == []


def test_a_drill_is_ended_at_the_other_centre(lab: Lab, say: Say) -> None:
    conductor = begun(lab, "dc-b", "archive", "dc-a")
    aborted = say("dc-a", "drill", "abort", "--json")
    assert aborted.code == 0, aborted
    word = json.loads(aborted.out)
    assert word["after_s"] <= ABORT_S_MAX
    assert (word["conducted_here"], word["told_other"], word["away"]) == (False, True, [])
    assert ended(conductor) == 1
    assert lab.service_addresses("dc-b") == {ARCHIVE}
    (report,) = reports(lab, "dc-b")
    assert (report["verdict"], report["left_at"]) == ("aborted", "dc-b")
    assert report["why"] == "li ended it at dc-a"


def test_who_conducted_it_is_dead(lab: Lab, say: Say) -> None:
    conductor = begun(lab, "dc-b", "archive", "dc-a")
    conductor.kill()
    conductor.wait(10)
    aborted = say("dc-a", "drill", "abort")
    assert aborted.code == 0, aborted
    assert "archive is ordered back to dc-b: its conductor lives no more" in aborted.out
    lab.wait_until("it is at home", lambda: ARCHIVE in lab.service_addresses("dc-b"), 5)


def test_a_real_failure_takes_the_drill_away_and_it_ends_without_a_register(
    lab: Lab, say: Say
) -> None:
    conductor = begun(lab, "dc-a", "portal", "dc-b")
    lab.cut_fibre()
    assert ended(conductor) == 4
    (report,) = reports(lab, "dc-a")
    assert (report["verdict"], report["left_at"]) == ("interrupted", "dc-b")
    assert report["why"].startswith("links: ")
    assert report["timeline"][-1]["what"] == "its order is withdrawn"
    assert PORTAL in lab.service_addresses("dc-b")  # it is served, and nothing moves in a failure
    blocked = say("dc-a", "drill", "switchover", "archive", "--to", "dc-a", *WHY)
    assert blocked.code == 3
    assert "links: fibre cut" in blocked.err
    for member in MEMBERS:
        lab.kill(member, "etcd")
    aborted = say("dc-b", "drill", "abort", "--json")
    word = json.loads(aborted.out)
    assert word["after_s"] <= ABORT_S_MAX
    assert (word["register"], word["told_other"]) == (False, True)
    assert "the register does not answer" in aborted.err


def test_each_centre_keeps_the_other_one_s_journal(lab: Lab, say: Say) -> None:
    own = {name: lab.folder / name / "state/journal" for name in CENTRES}
    copies = {
        "dc-a": lab.folder / "dc-b/state/journal-of-dc-a",
        "dc-b": lab.folder / "dc-a/state/journal-of-dc-b",
    }

    def are_whole() -> bool:
        return all(hashes(copies[name]) == hashes(own[name]) != [] for name in CENTRES)

    lab.wait_until("the copies are whole", are_whole, 30)
    lab.kill("dc-b", "agent")
    lab.wait_until("dc-a has both", lambda: ARCHIVE in lab.service_addresses("dc-a"), 20)
    lab.start("dc-b", "agent")
    lab.wait_until("the copies are whole again", are_whole, 30)
    lab.wait_until("dc-a knows", (lab.folder / "dc-a/state/copied").exists, 10)
    verified = say("dc-a", "history", "--verify", "--against", str(copies["dc-a"]))
    assert verified.code == 0, verified.err
    assert f"{copies['dc-a']}: they are the same" in verified.err
    for name in CENTRES:
        lab.kill(name, "agent", signal.SIGTERM)
    (path,) = own["dc-a"].glob("*.log")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-3]))
    verified = say("dc-a", "history", "--verify", "--against", str(copies["dc-a"]))
    assert verified.code == 3
    assert "the copy is longer: 3 entries in it are not in the original" in verified.err


def test_silent_agents_and_a_silent_witness_are_paged_about_once(lab: Lab, say: Say) -> None:
    told: dict[str, Path] = {}
    for name in (WITNESS, "dc-b"):
        told[name] = lab.folder / name / "told"
        pager = lab.folder / name / "pager"
        pager.write_text(f'#!/bin/sh\necho "$1" >> {told[name]}\n')
        pager.chmod(0o700)
        node = lab.folder / name / "node.toml"
        node.write_text(f'page = ["{pager}"]\n' + node.read_text())
    lab.kill(WITNESS, "witness")
    lab.kill("dc-b", "agent")
    for name, process in ((WITNESS, "witness"), ("dc-b", "agent")):
        lab.processes.run(name, process, command(process, "--silent-after", "3s"))
    lab.kill("dc-a", "agent")
    lab.wait_until("it is told", told[WITNESS].exists, 20)
    lab.pause(4.0)
    assert told[WITNESS].read_text() == "dc-a silent\n"
    seen = say(WITNESS, "status", "--json")
    facts = json.loads(seen.out)["facts"]
    assert "people were told" in facts["dc-a, seen from here"]
    assert "dc-a has been silent for" in facts["paging"]
    lab.kill(WITNESS, "witness")
    lab.wait_until("it is told", told["dc-b"].exists, 20)
    lab.pause(4.0)
    assert told["dc-b"].read_text().splitlines().count(f"{WITNESS} silent") == 1


def test_a_shadow_judges_beside_a_living_agent_and_touches_nothing(lab: Lab, say: Say) -> None:
    lab.processes.run("dc-b", "shadow", command("agent", "--shadow"))
    journal = lab.folder / "dc-b/state/shadow/journal"
    lab.wait_until("it judges", lambda: len(hashes(journal)) > 1, 20)
    lab.lose("dc-a")
    lab.wait_until("dc-b has both", lambda: PORTAL in lab.service_addresses("dc-b"), 20)

    def has_acted() -> bool:
        found = json.loads(say("dc-b", "drill", "shadow", "--json").out)
        return any(each["action"] == "take" and each["moved"] for each in found["decisions"])

    lab.wait_until("the shadow would have taken it too", has_acted, 20, every_s=0.5)
    found = json.loads(say("dc-b", "drill", "shadow", "--json").out)
    taken = [each for each in found["decisions"] if each["action"] == "take"]
    assert [(each["group"], each["also_live"]) for each in taken] == [("portal", True)]
    assert found["moves"] == 1
    assert [path.name for path in (lab.folder / "dc-b/run/shadow").iterdir()] == ["agent.lock"]
