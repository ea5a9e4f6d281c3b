"""The units: systemd understands them, they leave little open, they agree with the processes."""

from __future__ import annotations

import re
import subprocess
from itertools import combinations
from pathlib import Path

import pytest

from failover.core.guard import watchdog_s
from failover.guard.process import TICKS
from failover.laboratory.places import plan_document
from failover.plan_file import plan_file_of
from failover.processes.places import RUN_FOLDER_MODE
from failover.processes.serving import PULSE_S
from failover.processes.status import EVERY_S
from tests.failover.plans import bytes_of
from tests.failover.systemd.units import (
    FOLDER,
    PROCESSES,
    PROGRAM,
    capabilities,
    one,
    settings,
    unit,
)

EXPOSURE_MAX = 20  # tenths, by systemd's own measure: 100 is everything open
SIGNS_IN_A_WATCHDOG = 4  # that is missed before systemd ends a process

analyze = pytest.mark.debian("systemd-analyze")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with a program that is there."""
    program = tmp_path / "telemed-failover"
    program.touch(0o755)
    for path in FOLDER.glob("*.service"):
        text = path.read_text("utf-8").replace(PROGRAM, str(program))
        (tmp_path / path.name).write_text(text, "utf-8")
    return tmp_path


@analyze
def test_systemd_understands_every_line(installed: Path) -> None:
    units = [str(installed / unit(process).name) for process in PROCESSES]
    units.append(str(installed / "telemed-failover-again@telemed-failover-agent.service"))
    said = run("verify", "--man=no", *units)
    ours = [
        line for line in said.stderr.splitlines() if "telemed" in line or str(installed) in line
    ]
    assert ours == []


@analyze
def test_what_systemd_does_not_understand_is_seen(installed: Path) -> None:
    path = installed / unit("guard").name
    path.write_text(path.read_text("utf-8").replace("NoNewPrivileges=", "NoNewPrivilege="))
    assert "NoNewPrivilege" in run("verify", "--man=no", str(path)).stderr


@analyze
@pytest.mark.parametrize("process", PROCESSES)
def test_little_is_left_open(installed: Path, process: str) -> None:
    path = str(installed / unit(process).name)
    said = run("security", "--offline=yes", f"--threshold={EXPOSURE_MAX}", "--no-pager", path)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("process", PROCESSES)
def test_the_program_is_called_as_it_wants_to_be(process: str) -> None:
    assert one(process, "ExecStart") == (
        f"{PROGRAM} {process} --node /etc/telemed-failover/node.toml"
    )
    assert one(process, "Type") == "notify"
    assert one(process, "Restart") == "always"


def test_capabilities_are_the_fewest() -> None:
    assert {process: capabilities(process) for process in PROCESSES} == {
        "guard": ["net_admin"],
        "agent": [],
        "witness": [],
        "observer": ["net_raw"],
    }


def test_a_process_that_lives_is_not_taken_for_dead() -> None:
    plan = plan_file_of("plan.json", bytes_of(plan_document())).plan
    signs_s = {
        "guard": watchdog_s(plan.profile) / TICKS,
        "agent": EVERY_S,
        "witness": PULSE_S,
        "observer": PULSE_S,
    }
    for process, sign_s in signs_s.items():
        assert float(one(process, "WatchdogSec")) >= SIGNS_IN_A_WATCHDOG * sign_s


def test_a_new_life_begins_well_within_a_lease() -> None:
    lease_s = plan_document()["profile"]["lease"]["length_s"]
    for process in ("guard", "agent"):
        (milliseconds,) = re.findall(r"^(\d+)ms$", one(process, "RestartSec"))
        assert int(milliseconds) / 1000 <= lease_s / 10


def test_the_doors_are_shut_before_there_is_a_network() -> None:
    guard, agent = (settings(unit(process)) for process in ("guard", "agent"))
    assert "network-pre.target" in guard["Unit.Before"][0].split()
    assert guard["Unit.Wants"] == ["network-pre.target"]
    assert "nftables.service" in guard["Unit.After"][0].split()  # it flushes every table
    assert "telemed-failover-guard.service" in agent["Unit.After"][0].split()
    assert "Unit.Requires" not in agent
    assert "Unit.BindsTo" not in agent  # a restart of the guard is none of the agent


def test_what_the_agent_started_goes_on_without_it() -> None:
    assert one("agent", "KillMode") == "process"
    assert "Service.RemoveIPC" not in settings(unit("agent"))  # PostgreSQL's memory may be there
    assert "Service.RemoveIPC" not in settings(unit("guard"))  # the same user


def test_agent_and_guard_share_user_and_run_folder() -> None:
    shared = ("User", "Group", "RuntimeDirectory", "RuntimeDirectoryMode", "UMask")
    for key in (*shared, "RuntimeDirectoryPreserve"):
        assert one("guard", key) == one("agent", key)
    assert int(one("agent", "RuntimeDirectoryMode"), 8) == RUN_FOLDER_MODE
    assert one("agent", "StateDirectoryMode") == "0700"


def test_monitoring_reads_what_is_in_the_run_folder_of_who_writes_a_status() -> None:
    for process in ("agent", "witness"):
        assert one(process, "Group") == "telemed-monitor"


def test_users_and_groups_are_made() -> None:
    text = (FOLDER / "telemed-failover.sysusers.conf").read_text("utf-8")
    made = {tuple(line.split()[:2]) for line in text.splitlines() if not line.startswith("#")}
    users = {one(process, "User") for process in PROCESSES}
    groups = {one(process, "Group") for process in PROCESSES}
    assert {("u", user) for user in users} | {("g", "telemed-monitor")} <= made
    assert groups <= users | {"telemed-monitor"}


def test_whoever_fails_too_often_rests_and_is_tried_again() -> None:
    for process in PROCESSES:
        found = settings(unit(process))
        assert found["Unit.OnFailure"] == ["telemed-failover-again@%N.service"]
        assert int(found["Unit.StartLimitBurst"][0]) > 0
        assert int(found["Unit.StartLimitIntervalSec"][0]) > 0
    rest = settings(FOLDER / "telemed-failover-again@.service")["Service.ExecStart"]
    seconds = float(rest[0].split()[-1])
    profile = plan_document()["profile"]
    assert seconds > profile["patience_s"] + 2 * profile["lease"]["length_s"]  # time to take over


def test_the_units_are_alike_where_nothing_differs() -> None:
    """A line that hardens one of them hardens all, or is named here."""
    differ = {
        "ExecStart", "ExecReload", "User", "Group", "WatchdogSec", "TimeoutStartSec",
        "TimeoutStopSec", "RestartSec", "RuntimeDirectoryPreserve", "StateDirectory",
        "StateDirectoryMode", "KillMode",
        "CapabilityBoundingSet", "AmbientCapabilities", "RestrictAddressFamilies", "IPAddressDeny",
        "SystemCallFilter", "MemoryDenyWriteExecute", "PrivateUsers", "RemoveIPC", "MemoryHigh",
        "MemoryMax", "TasksMax", "CPUWeight", "OOMScoreAdjust",
    }  # fmt: skip
    services = [
        {key: value for key, value in settings(unit(process)).items() if key.startswith("Service.")}
        for process in PROCESSES
    ]
    for first, second in combinations(services, 2):
        for key in first.keys() | second.keys():
            if key.removeprefix("Service.") not in differ:
                assert first.get(key) == second.get(key), key


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, timeout=60, check=False
    )
