"""The commands when all is well, and what a terminal, a pipe and an odd name get."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from telemed_infra.cli.talk import share
from telemed_infra.pipeline import making
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.resources import shipped
from tests.cli.conftest import DAY, Telemed
from tests.pipeline.provinces import Place

TELEMED = Path(sys.executable).with_name("telemed")
BUILD = ("build", "--as-of", DAY, "--native", "none", "--jobs", "1")
ADD = (
    "site", "add", "township", "weining-heishi", "--parent", "weining", "--name", "黑石镇卫生院",
    "--uplink-mbps", "20", "--code", "520526110",
)  # fmt: skip
SITES = "sites/5205-bijie.yml"


def test_the_shipped_inventory(telemed: Telemed) -> None:
    """Design §3: exactly these."""
    ended = telemed("check", "--inventory", shipped("inventory"), "--json")
    assert (ended.code, ended.err) == (0, "")
    document = json.loads(ended.out)
    own = {name: document["counts"].pop(name) for name in ("services", "instances", "policies")}
    assert document["counts"] == {
        "sites": 1832,
        "data_centers": 2,
        "hospitals": 199,
        "county_centers": 88,
        "townships": 1543,
        "devices": 4452,
        "endpoints": 3029,
    }
    assert min(own.values()) > 0
    assert document["problems"] == []


def test_check(telemed: Telemed, here: Place) -> None:
    ended = telemed("check", "--as-of", DAY)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0].split() == ["sites", "18"]


def test_build_and_verify(telemed: Telemed, here: Place) -> None:
    here.edit("services.yml", "远程影像", "影像")
    ended = telemed(*BUILD)
    assert ended.code == 0
    assert "proven     build (0 files changed" in ended.out
    assert all(line.startswith("building: ") for line in ended.err.splitlines())
    assert "unchanged  inputs" in telemed(*BUILD).out
    ended = telemed("verify", "--as-of", DAY)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1].startswith("proven from configuration texts and inventory")


def test_build_and_verify_as_documents(telemed: Telemed, here: Place) -> None:
    built = json.loads(telemed(*BUILD, "--json").out)
    assert built["proven"]
    assert built["trusted"]
    verified = json.loads(telemed("verify", "--as-of", DAY, "--json").out)
    assert verified["proven"]
    assert verified["proof"] == built["proof"]


def test_routing_that_is_not_written_is_told(
    telemed: Telemed, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a vendor whose routing is written, and of the same one as if it were not."""
    told = "routing between sites planned and not written"
    here.edit("data_centers.yml", "short: DCB,", "short: DCB, vendor: h3c,")
    ended = telemed(*BUILD)
    assert (ended.code, told in ended.out) == (0, False)
    unwritten = replace(PLATFORMS["h3c_secpath"], routing=False)
    monkeypatch.setattr(making, "PLATFORMS", PLATFORMS | {"h3c_secpath": unwritten})
    assert f"{told}: h3c_secpath 2\n" in telemed(*BUILD, "--out", "another").out


def test_pairs_that_share_no_connections_are_told(
    telemed: Telemed, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cisco's; here Huawei's, as if nothing of theirs were written either."""
    told = "pairs      whose connections break when a member fails"
    ended = telemed(*BUILD)
    assert (ended.code, told in ended.out) == (0, False)
    alone = replace(PLATFORMS["huawei_usg"], sync=None)
    monkeypatch.setattr(making, "PLATFORMS", PLATFORMS | {"huawei_usg": alone})
    ended = telemed(*BUILD, "--out", "another")
    firewalls = len({path.name for path in here.inventory.parent.rglob("*.usg")})
    assert f"{told}: huawei_usg {firewalls}\n" in ended.out
    assert firewalls > 2


def test_an_odd_folder(telemed: Telemed, here: Place) -> None:
    """Brackets are rich's markup, blanks the shell's business."""
    ended = telemed(*BUILD, "--out", "a [bold] one/build [1]")
    assert ended.code == 0
    assert "proven     a [bold] one/build [1] (189 files changed" in ended.out
    here.break_an_expectation()
    ended = telemed(*BUILD, "--out", "a [bold] one/build [1]")
    assert "a [bold] one/build [1] was left as it was" in ended.err
    assert "lies in a [bold] one/.build [1].b" in ended.err


def test_why(telemed: Telemed, here: Place) -> None:
    file = "build/configs/bijie/weining-caohai/BJ-WN-CH-GW01.nft"
    lines = Path(file).read_text("utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, start=1) if '"P0301-' in line)
    ended = telemed("why", f"BJ-WN-CH-GW01:{number}")
    assert (ended.code, ended.err) == (0, "")
    head, *origins = ended.out.splitlines()
    assert head.startswith(f"{file}:{number}: ip saddr ")
    assert origins[0] == "  from inventory/policies/imaging.yml:2"
    document = json.loads(telemed("why", f"BJ-WN-CH-GW01:{number}", "--json").out)
    assert document["line"] == number
    assert [f"  from {one}" for one in document["origins"]] == origins
    assert "template's own words" in telemed("why", "BJ-WN-CH-GW01:1").out


def test_why_a_policy(telemed: Telemed, here: Place) -> None:
    ended = telemed("why", "P0302")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == (
        "inventory/policies/imaging.yml:12: P0302: county hospitals read images of their townships"
    )
    assert {line.split()[0] for line in lines[1:]} == {
        "owner", "requester", "approved", "ticket", "reviewed", "expires", "gives",
    }  # fmt: skip
    document = json.loads(telemed("why", "P0302", "--json").out)
    assert document["ticket"] == "CHG-0302"
    total = f"{sum(document['lines'].values())} lines in {len(document['lines'])} files"
    assert lines[-1].endswith(total)


class TestSiteAdd:
    def test_the_difference_is_shown_and_nothing_written(
        self, telemed: Telemed, here: Place
    ) -> None:
        before = (here.inventory / SITES).read_text("utf-8")
        ended = telemed(*ADD)
        assert ended.code == 0
        added = [line for line in ended.out.splitlines() if line.startswith("+ ")]
        assert len(added) == 1
        assert "weining-heishi: {num: 4," in added[0]
        assert "nothing written: add --yes" in ended.err
        assert (here.inventory / SITES).read_text("utf-8") == before

    def test_it_is_written(self, telemed: Telemed, here: Place) -> None:
        before = (here.inventory / SITES).read_text("utf-8")
        document = json.loads(telemed(*ADD, "--yes", "--json").out)
        assert (document["num"], document["written"]) == (4, True)
        after = (here.inventory / SITES).read_text("utf-8")
        (line,) = set(after.splitlines()) - set(before.splitlines())
        assert after.replace(f"{line}\n", "") == before
        assert telemed("check", "--as-of", DAY).out.startswith("sites                19")
        assert telemed(*ADD, "--yes").code == 3  # it is there now

    def test_the_shipped_inventory_is_never_meant_by_default(
        self, telemed: Telemed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        ended = telemed(*ADD, "--yes")
        assert ended.code == 3
        assert "inventory:1: (folder): does not exist" in ended.err


@pytest.mark.parametrize(
    ("part", "text"), [(1.0, "100.00%"), (0.999999, "99.99%"), (0.5, "50.00%"), (0.0, "0.00%")]
)
def test_all_is_said_of_all_only(part: float, text: str) -> None:
    assert share(part) == text


def test_a_reader_that_stops_reading(here: Place) -> None:
    run = subprocess.run(
        ["sh", "-c", f"{TELEMED} check --as-of {DAY} --json | true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_is_full(here: Place) -> None:
    run = subprocess.run(
        ["sh", "-c", f"{TELEMED} check --as-of {DAY} --json > /dev/full"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (1, "error: output: No space left on device\n")


NO_CHINESE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_a_terminal_that_knows_no_chinese(here: Place) -> None:
    here.edit("services.yml", "rto: 15s", "rto: 五分")
    for arguments in ([], ["--json"]):
        run = subprocess.run(
            [TELEMED, "check", *arguments], env={**os.environ, **NO_CHINESE}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 3
        assert "Traceback" not in run.stderr
        assert not arguments or "五分" in json.loads(run.stdout)["problems"][0]["problem"]


def test_a_name_that_is_no_text(here: Place) -> None:
    run = subprocess.run(
        [os.fsencode(TELEMED), *(one.encode() for one in ADD), b"--carrier", b"\xff", b"--json"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert "cannot be printed" in json.loads(run.stdout)["error"]


@pytest.mark.parametrize("no_color", ["", "1"])
def test_on_a_terminal(here: Place, no_color: str) -> None:
    """A bar that is gone at the end; colours unless NO_COLOR is set."""
    here.edit("services.yml", "远程影像", "影像")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": no_color}
    with subprocess.Popen([TELEMED, *BUILD], stdout=theirs, stderr=theirs, env=environment) as run:
        os.close(theirs)
        said = read_all(ours)
    os.close(ours)
    assert run.returncode == 0
    assert "building: " not in said
    assert "18/18" in said
    assert ("\x1b[1;32mproven" in said) is not bool(no_color)


def read_all(terminal: int) -> str:
    said = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux's word for the end of a terminal
            part = b""
        if not part:
            return said.decode()
        said += part
