"""What each way of going wrong prints and exits with: golden files, one document with --json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from telemed_infra.cli.main import app
from telemed_infra.pipeline import work
from telemed_infra.pipeline.errors import WorkerLost
from tests.cli.conftest import DAY, Telemed
from tests.pipeline.provinces import Place

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[Path, str], None]
COMMANDS = ["", "check", "build", "verify", "why", "site", "site add"]
ON_DAY = ("--as-of", DAY)
BUILD = ("build", *ON_DAY, "--native", "none", "--jobs", "1")
ADD = ("site", "add", "township", "weining-x", "--parent", "weining", "--uplink-mbps", "20")
GATEWAY = "configs/bijie/weining-caohai/BJ-WN-CH-GW01.nft"

# name: (exit code, arguments); all are said in the folder of a sound province and its build.
MISUSES: dict[str, tuple[int, tuple[str, ...]]] = {
    "no command": (2, ()),
    "unknown command": (2, ("buil",)),
    "unknown option": (2, ("build", "--limt", "x")),
    "option without its value": (2, ("build", "--limit")),
    "wrong date": (2, ("check", "--as-of", "2026-13-01")),
    "no process": (2, ("build", "--jobs", "0")),
    "unknown native mode": (2, ("build", "--native", "some")),
    "unknown group": (2, (*BUILD, "--limit", "county_weinin")),
    "empty pattern": (2, (*BUILD, "--limit", "")),
    "pattern that leaves nothing": (2, (*BUILD, "--limit", "all:!all")),
    "unknown environment": (3, ("check", *ON_DAY, "--environment", "lab")),
    "no inventory": (3, ("check", "--inventory", "nowhere")),
    "output is a folder": (1, (*BUILD, "--out", "inventory")),
    "output in a file": (1, (*BUILD, "--out", "inventory/people.yml/build")),
    "no build to verify": (1, ("verify", "nowhere", *ON_DAY)),
    "no build to ask": (1, ("why", "--build", "nowhere", "BJ-WN-CH-GW01:1")),
    "why without a line": (2, ("why", "BJ-WN-CH-GW01")),
    "why of no device": (2, ("why", "BJ-WN-CH-GW02:1")),
    "why of no policy": (2, ("why", "P0303")),
    "why of a derived policy": (2, ("why", "D0001")),
    "site without a name": (2, ADD),
    "site without a code": (3, (*ADD, "--name", "新")),
    "site in no county": (3, (*ADD[:5], "weinin", *ADD[6:], "--name", "新", "--code", "520526999")),
    "site that is there": (
        3,
        (*ADD[:3], "weining-caohai", *ADD[4:], "--name", "新", "--code", "520526999"),
    ),
    "site of no kind": (2, ("site", "add", "clinic", "x", *ADD[4:], "--name", "x")),
}  # fmt: skip


def slug(name: str) -> str:
    return name.replace(" ", "-")


@pytest.mark.parametrize("command", COMMANDS)
def test_help(telemed: Telemed, golden: Golden, command: str) -> None:
    ended = telemed(*command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / "help" / f"{slug(f'telemed {command}'.strip())}.txt", ended.out)


def test_each_command_has_its_help_in_a_file() -> None:
    names = {command.name for command in app.registered_commands}
    names |= {group.name for group in app.registered_groups}
    assert names == {command for command in COMMANDS if command and " " not in command}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse(telemed: Telemed, golden: Golden, here: Place, name: str) -> None:
    """In words on standard error, and nothing written."""
    code, arguments = MISUSES[name]
    before = here.content()
    ended = telemed(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert "error: " in ended.err
    assert "hint: " in ended.err or name in WITHOUT_HINT
    golden(GOLDEN / "messages" / f"{slug(name)}.txt", ended.err)
    assert here.content() == before


WITHOUT_HINT = {"no inventory", "pattern that leaves nothing"}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_as_a_document(telemed: Telemed, here: Place, name: str) -> None:
    code, arguments = MISUSES[name]
    ended = telemed(*arguments, "--json")
    if name == "option without its value":  # then `--json` is the value
        return
    assert ended.code == code
    document = json.loads(ended.out)
    assert document.keys() in ({"error", "hint"}, {"problems"})
    if "problems" in document:
        assert document["problems"]
        assert all(one.keys() == PROBLEM for one in document["problems"])


PROBLEM = {"file", "line", "field", "problem", "hint"}


def test_problems(telemed: Telemed, here: Place) -> None:
    """Everything at once, exit code 3, nothing written."""
    here.edit("services.yml", "rto: 15s", "rto: 5 minutes")
    here.edit("people.yml", "security-office:", "security_office:")
    for arguments in (BUILD, ("check", *ON_DAY), ("verify", *ON_DAY)):
        ended = telemed(*arguments)
        assert (ended.code, ended.out) == (3, "")
        assert "error: inventory/services.yml:18: " in ended.err
        assert ended.err.endswith(" problems; nothing was written\n")
        ended = telemed(*arguments, "--json")
        assert ended.code == 3
        files = {one["file"] for one in json.loads(ended.out)["problems"]}
        assert "inventory/services.yml" in files


def test_findings_of_a_build(telemed: Telemed, here: Place, golden: Golden) -> None:
    before = here.content()
    here.break_an_expectation()
    ended = telemed(*BUILD)
    assert ended.code == 3
    talk = "".join(line for line in ended.err.splitlines(keepends=True) if "building" not in line)
    golden(GOLDEN / "messages" / "findings-of-a-build.txt", talk)
    assert "not proven" in ended.out
    ended = telemed(*BUILD, "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["proven"], len(document["findings"])) == (3, False, 1)
    assert Path(document["refused"], GATEWAY).is_file()
    assert here.content() == before


def test_findings_of_a_verification(telemed: Telemed, here: Place) -> None:
    path = here.out / GATEWAY
    path.write_text(path.read_text("utf-8").replace("dport 2762", "dport 2763", 1), "utf-8")
    ended = telemed("verify", *ON_DAY, "--proof-only")
    assert ended.code == 3
    assert re.search(rf"^error: {GATEWAY}:\d+: ", ended.err, re.MULTILINE)
    assert ended.out.splitlines()[-1].startswith("not proven from ")
    ended = telemed("verify", *ON_DAY, "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["proven"]) == (3, False)


def test_a_lost_process(telemed: Telemed, here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise WorkerLost

    monkeypatch.setattr(work.Worker, "batch", lost)
    here.edit("services.yml", "远程影像", "影像")
    ended = telemed(*BUILD, "--json")
    assert (ended.code, list(json.loads(ended.out))) == (1, ["error", "hint"])
    assert "--jobs 1" in ended.err


def test_an_interrupt(telemed: Telemed, here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(work.Worker, "batch", interrupt)
    here.edit("services.yml", "远程影像", "影像")
    ended = telemed(*BUILD, "--json")
    assert (ended.code, json.loads(ended.out)["error"]) == (1, "interrupted")
