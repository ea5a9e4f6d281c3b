"""A build proven again: what is damaged is named, and the bare proof reads nothing but texts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from telemed_infra.pipeline.errors import NoBuild
from tests.pipeline.provinces import Place

GATEWAY = "configs/bijie/weining-caohai/BJ-WN-CH-GW01.nft"
SWITCH = "configs/bijie/weining-caohai/BJ-WN-CH-ASW01.vrp"
PROVEN_FILES = (".frr", ".keepalived", ".nft", ".swanctl", ".usg", ".vrp")
# What a process opens below the build, told by the interpreter itself.
OPENED = """
import json, os, sys
from datetime import date
from pathlib import Path
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from telemed_infra.pipeline.verify import VerifyRequest, verify
result = verify(VerifyRequest(inventory=Path(sys.argv[1]), build=Path(sys.argv[2]),
                              proof_only=True, jobs=1, as_of=date(2026, 7, 1)))
print(json.dumps({"proven": not result.findings, "opened": opened,
                  "modules": [name for name in sys.modules if name.startswith("telemed_infra.")]}))
"""


def said(place: Place, **other: object) -> list[str]:
    return [str(one) for one in place.verify(**other).findings]


@pytest.mark.parametrize("proof_only", [False, True])
def test_a_build_is_proven(made_once: Place, proof_only: bool) -> None:
    result = made_once.verify(proof_only=proof_only)
    assert not result.findings
    assert ("manifest" in result.basis) is not proof_only
    assert result.proof["devices"] > 50


def test_processes_change_nothing(made_once: Place) -> None:
    one, two = made_once.verify(jobs=1), made_once.verify(jobs=2)
    assert one.proof == two.proof


@pytest.mark.parametrize("name", ["", "nowhere", "inventory"])
def test_no_build(made_once: Place, name: str) -> None:
    folder = made_once.out.parent
    with pytest.raises(NoBuild, match="there is no build"):
        Place(made_once.inventory, folder / name).verify()


def test_a_damaged_text_is_named_with_its_line(place: Place) -> None:
    path = place.out / GATEWAY
    lines = path.read_text("utf-8").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if "dport 2762 accept" in line)
    lines[number] = lines[number].replace("2762", "2763")
    path.write_text("".join(lines), "utf-8")
    found = said(place, proof_only=True)
    assert any(one.startswith(f"{GATEWAY}:{number + 1}: ") for one in found), found
    assert all(one.startswith(f"{GATEWAY}:") for one in found)
    assert f"{GATEWAY}: manifest: was changed after the build" in said(place)


def unreadable(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [Path.unlink, unreadable, empty, folder])
@pytest.mark.parametrize("name", [GATEWAY, SWITCH])
def test_a_text_that_cannot_be_read(
    place: Place, damage: Callable[[Path], None], name: str
) -> None:
    damage(place.out / name)
    assert any(one.startswith(name) for one in said(place, proof_only=True))


def test_a_lone_carriage_return_hides_nothing(place: Place) -> None:
    """To nft and to a device it ends no line."""
    path = place.out / SWITCH
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r", 1))
    assert said(place, proof_only=True)


@pytest.mark.parametrize("damage", [Path.unlink, unreadable, empty])
def test_a_damaged_manifest(place: Place, damage: Callable[[Path], None]) -> None:
    damage(place.out / "manifest.json")
    assert said(place) == ["manifest.json: manifest: is missing, damaged or of another version"]
    assert said(place, proof_only=True) == []


def test_a_manifest_changed_by_hand(place: Place) -> None:
    path = place.out / "manifest.json"
    data = json.loads(path.read_bytes())
    data["files"]["../../somewhere"] = "0"
    path.write_text(json.dumps(data))
    assert len(said(place)) == 1


def test_files_too_many_and_too_few(place: Place) -> None:
    (place.out / "configs/stranger").write_text("x")
    (place.out / "proof.json").unlink()
    assert said(place) == [
        "configs/stranger: manifest: does not belong to the build",
        "proof.json: manifest: is missing",
    ]


def test_a_changed_inventory_is_not_what_the_texts_say(place: Place) -> None:
    place.edit("network.yml", "tcp: [2762]", "tcp: [2763]")
    assert said(place, proof_only=True)


def test_the_bare_proof_reads_texts_and_inventory_alone(place: Place) -> None:
    """Everything else is gone; and the interpreter tells what was opened."""
    for path in sorted(place.out.rglob("*")):
        if path.is_file() and path.suffix not in PROVEN_FILES:
            path.unlink()
    run = subprocess.run(
        [sys.executable, "-c", OPENED, place.inventory, place.out],
        capture_output=True,
        check=True,
    )
    told = json.loads(run.stdout)
    assert told["proven"]
    below = [Path(name) for name in told["opened"] if str(place.out.parent) in name]
    assert {path.suffix for path in below} == {*PROVEN_FILES, ".yml"}
    others = [name for name in told["opened"] if not name.endswith((".py", ".pyc"))]
    assert not [name for name in others if "/templates/" in name or ".cache" in name]


def test_the_proof_never_loads_what_made_the_texts() -> None:
    """`verify` itself imports neither compiler nor renderer."""
    code = "import sys, telemed_infra.pipeline.verify; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    makers = ("telemed_infra.compile", "telemed_infra.render", "jinja2")
    assert not [name for name in run.stdout.split() if name.startswith(makers)]
