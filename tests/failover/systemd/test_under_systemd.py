"""The shipped units under a real systemd in namespaces: sandbox, restarts, watchdog, rests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from failover.laboratory.places import plan_document, write_places
from failover.plan_file.reading import hash_of
from tests.conftest import NEED, must_be_whole
from tests.failover.systemd.units import FOLDER

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CANNOT = 75
TARGETS = ("sysinit", "basic", "shutdown", "local-fs", "network-pre", "network", "ready")
NET_ADMIN, NET_RAW = f"{1 << 12:016x}", f"{1 << 13:016x}"  # Source: linux/capability.h
LIMIT = "[Unit]\nStartLimitIntervalSec=600\nStartLimitBurst=8\n"
REGISTER = "/var/lib/telemed-failover/register.db"

pytestmark = [
    pytest.mark.root,
    pytest.mark.debian("unshare", "systemctl", "systemd-sysusers", "ip", "openssl"),
    pytest.mark.xdist_group("waiting"),
]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The shipped units, and nothing else that could be started."""
    folder = tmp_path / "units"
    folder.mkdir()
    for path in FOLDER.glob("*.service"):
        shutil.copy(path, folder)
    for name in TARGETS:
        (folder / f"{name}.target").write_text("[Unit]\nDefaultDependencies=no\n", "ascii")
    # So that a slow machine comes to its limit too, and soon.
    rest = folder / "telemed-failover-again@.service"
    rest.write_text(rest.read_text("utf-8").replace("sleep 30", "sleep 3"), "utf-8")
    limit = folder / "telemed-failover-agent.service.d"
    limit.mkdir()
    (limit / "limit.conf").write_text(LIMIT, "ascii")
    return folder


def under_systemd(tmp_path: Path, units: Path, role: str) -> dict[str, Any]:
    """What `inside` found."""
    wrapper = f"#!/bin/sh\nexport PYTHONPATH=/srv/checkout:{sysconfig.get_path('purelib')}\n"
    wrapper = wrapper.replace(str(ROOT), "/srv/checkout")
    python = Path(sys.executable).resolve()
    command = f'exec {python} -B -m failover.cli.main "$@"\n'
    (tmp_path / "telemed-failover").write_text(wrapper + command, "utf-8")
    done = subprocess.run(
        [HERE / "systemd.sh", units, ROOT, python, HERE / "inside.py", role, tmp_path],
        env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if done.returncode == CANNOT and not must_be_whole():
        pytest.skip(f"{NEED}a machine on which systemd may run: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text("utf-8"))
    return found


def written(tmp_path: Path, name: str) -> None:
    """The files of one of the laboratory's places, for its register of etcd."""
    write_places(tmp_path / "places", plan_document())
    etc = tmp_path / "etc"
    shutil.copytree(tmp_path / "places" / name, etc)
    shutil.copytree(tmp_path / "places/tls", etc, dirs_exist_ok=True)
    text = (etc / "node.toml").read_text("utf-8")
    text = text.replace(f"{tmp_path}/places/tls/", "").replace('"run"', '"/run/telemed-failover"')
    text = text.replace('"state"', '"/var/lib/telemed-failover"')
    (etc / "node.toml").write_text(text, "utf-8")


def test_a_centre(tmp_path: Path, units: Path) -> None:
    written(tmp_path, "dc-a")
    plan = json.loads((tmp_path / "etc/plan.json").read_text("utf-8"))
    plan.pop("hash")
    plan["register"] = {"kind": "sqlite", "path": REGISTER}
    for number, site in enumerate(plan["sites"], start=1):
        site["addresses"] = {"fibre": f"127.0.1.{number}", "health": f"127.0.2.{number}"}
    document = plan | {"hash": hash_of(plan)}
    (tmp_path / "etc/plan.json").write_text(json.dumps(document), "utf-8")
    found = under_systemd(tmp_path, units, "centre")
    assert found["guard"]["CapBnd"] == found["guard"]["CapEff"] == NET_ADMIN
    assert int(found["agent"]["CapBnd"], 16) == int(found["agent"]["CapEff"], 16) == 0
    for process in ("guard", "agent"):
        assert (found[process]["NoNewPrivs"], found[process]["Seccomp"]) == ("1", "2")
    assert found["run"]["telemed-failover"] == "telemed-failover:telemed-monitor 750"
    assert found["run"]["status.json"] == "telemed-failover:telemed-monitor 640"
    assert found["run"]["agent.sock"] == "telemed-failover:telemed-monitor 660"
    assert found["run"]["guard"].endswith(" 700")
    assert found["run"]["agent.lock"].endswith(" 600")
    for when in ("a planned restart", "a restart", "a kill", "a stop"):
        assert found[f"server after {when}"]
    assert found["open at a planned restart"]
    assert found["agent after a restart of the guard"]
    assert found["a frozen agent is replaced"]
    assert found["it rests"] == "activating"
    assert found["stopped while it rests"] in ("inactive", "failed")
    assert found["run folder after a stop"]


@pytest.mark.parametrize(
    ("process", "name", "capabilities"),
    [("witness", "witness-1", "0" * 16), ("observer", "hospital-1", NET_RAW)],
)
def test_a_place_of_one_process(
    tmp_path: Path, units: Path, process: str, name: str, capabilities: str
) -> None:
    written(tmp_path, name)
    found = under_systemd(tmp_path, units, process)
    assert found[process]["CapBnd"] == found[process]["CapEff"] == capabilities
    assert found[process]["Seccomp"] == "2"
    assert found["stays"]
