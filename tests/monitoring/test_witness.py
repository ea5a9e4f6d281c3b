"""The witness's file: as a witness writes it, and in the ways in which it can be wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from failover.wire.keys import fresh_key
from monitoring.exporter import FilesCollector, Sources, exposition
from monitoring.metrics import WITNESS_REACHES, WITNESS_SILENCE
from monitoring.samples import witness_samples
from monitoring.status import State, read_witness
from tests.failover.plans import bytes_of, one_machine, sealed
from tests.monitoring.conftest import MADE_S, NOW, write_witness

ROOT = Path(__file__).parents[2]
READY_S_MAX = 60.0


def test_what_a_witness_writes_is_read(tmp_path: Path) -> None:
    """The contract with the process: document, version, name, clocks and boot."""
    path = make_witness(tmp_path)
    command = [sys.executable, "-m", "failover.cli.main", "witness", "--node", str(path)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=log)
    file, end_s = tmp_path / "run/witness.json", monotonic() + READY_S_MAX
    try:
        while not file.exists():
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert monotonic() < end_s, (tmp_path / "log").read_text()
            sleep(0.02)
        shown = exposition(FilesCollector(Sources(status=None, build=None, witness=file)))
    finally:
        process.kill()
        process.wait(20)
    assert 'telemed_witness_status_state{state="fresh"} 1.0' in shown
    assert 'witness="witness-1"' in shown
    assert 'telemed_witness_centre_paged{centre="dc-a"} 0.0' in shown
    assert "telemed_witness_paging_command 0.0" in shown
    assert "telemed_witness_pages_unsaid_total 0.0" in shown
    assert file.stat().st_mode & 0o777 == 0o640


def make_witness(folder: Path) -> Path:
    """A witness on this machine's loopback, with the register in a file. Its node file."""
    plan = one_machine()
    plan["witness"]["address"] = "127.0.9.1"
    plan["register"]["path"] = str(folder / "register.sqlite")
    (folder / "plan.json").write_bytes(bytes_of(sealed(plan)))
    (folder / "keys").touch(0o600)
    names = [site["name"] for site in plan["sites"]]
    keys = "".join(f"{name} send {fresh_key(os.urandom)}\n" for name in names)
    (folder / "keys").write_text(keys, "ascii")
    node = folder / "node.toml"
    node.write_text(
        'name = "witness-1"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\nstate = "state"\n',
        "utf-8",
    )
    return node


def test_what_it_does_not_know_is_not_there(tmp_path: Path) -> None:
    reading = read_witness(write_witness(tmp_path / "witness.json"), NOW)
    assert (reading.state, reading.age_s) == (State.FRESH, 0.5)
    samples = list(witness_samples(reading))
    reached = {each.labels: each.value for each in samples if each.metric is WITNESS_REACHES}
    silent = {each.labels: each.value for each in samples if each.metric is WITNESS_SILENCE}
    assert reached == {("dc-a",): True}
    assert silent == {("dc-a",): 0.0, ("dc-b",): 41.5}


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOW._replace(wall_s=MADE_S + 3600), State.FRESH),
        (NOW._replace(wall_s=MADE_S - 3600), State.FRESH),
        (NOW._replace(boot_s=NOW.boot_s + 10), State.OLD),
        (NOW._replace(boot="another"), State.OLD),
    ],
)
def test_its_age(tmp_path: Path, now: Any, state: State) -> None:
    reading = read_witness(write_witness(tmp_path / "witness.json"), now)
    assert reading.state is state
    assert (reading.status is not None) == (state is State.FRESH)


DAMAGED: dict[str, tuple[dict[str, Any], str]] = {
    "another version": ({"version": 2}, "its version is not 1"),
    "no boot": ({"boot": None}, "boot is not a text"),
    "a word for reached": (
        {"centres": {"dc-a": {"reached": "yes", "silent_for_s": 0, "paged": False}}},
        "centres.dc-a.reached is not true or false",
    ),
    "no failures": ({"paging": {"command": True}}, "paging.failures is missing"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged(tmp_path: Path, name: str) -> None:
    changed, why = DAMAGED[name]
    reading = read_witness(write_witness(tmp_path / "witness.json", **changed), NOW)
    assert (reading.state, reading.why, reading.status) == (State.UNREADABLE, why, None)


def test_no_file_and_a_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "witness.json"
    assert read_witness(path, NOW).state is State.MISSING
    whole = json.dumps({"version": 1})
    path.write_text(whole[: len(whole) // 2], "utf-8")
    assert read_witness(path, NOW).state is State.UNREADABLE
    os.mkfifo(tmp_path / "pipe")
    assert read_witness(tmp_path / "pipe", NOW).state is State.UNREADABLE
