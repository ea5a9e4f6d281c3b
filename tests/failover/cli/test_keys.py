"""`keys`: files for every place, changed in steps, checked; and no key in any output."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from failover.wire.keys import read_keyring
from tests.failover.cli.conftest import Ended, Run
from tests.failover.cli.places import make_place

GOLDEN = Path(__file__).parent / "golden" / "help"
PLACES = ("dc-a", "dc-b", "witness-1", "hospital-1")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    return make_place(tmp_path)


@pytest.fixture
def keys(telemed_failover: Run, node: Path, tmp_path: Path) -> Callable[..., Ended]:
    """The command, on the plan and a folder of keys; what it says holds no key."""

    def run(*words: str) -> Ended:
        ended = telemed_failover("keys", *words, "ring", "--plan", "plan.json")
        for path in (tmp_path / "ring").glob("*/keys"):
            for line in path.read_text("ascii").splitlines():
                assert line.startswith("#") or line.split()[2] not in ended.out + ended.err
        return ended

    return run


def contents(found: dict[str, bytes]) -> set[str]:
    """Every key that stands in some files."""
    lines = [line for text in found.values() for line in text.decode("ascii").splitlines()]
    return {line.split()[2] for line in lines if not line.startswith("#")}


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "ring" / name / "keys").read_bytes() for name in PLACES}


def test_keys_are_made_for_every_place(keys: Callable[..., Ended], tmp_path: Path) -> None:
    ended = keys("make")
    assert (ended.code, ended.err) == (0, "")
    assert "ring/dc-a/keys: keys shared with 3 places, written\n" in ended.out
    for name in PLACES:
        assert (tmp_path / "ring" / name / "keys").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "ring" / name).stat().st_mode & 0o777 == 0o700
        read_keyring(tmp_path / "ring" / name / "keys")
    ended = keys("check")
    assert (ended.code, ended.out) == (0, "4 files of keys: as they must be\n")


def test_making_again_changes_nothing(keys: Callable[..., Ended], tmp_path: Path) -> None:
    keys("make")
    before = files(tmp_path)
    document = json.loads(keys("make", "--json").out)
    assert document["written"] == []
    assert document["places"] == {"dc-a": 3, "dc-b": 3, "witness-1": 2, "hospital-1": 2}
    assert files(tmp_path) == before


def test_keys_change_in_three_steps(keys: Callable[..., Ended], tmp_path: Path) -> None:
    keys("make")
    seen = [files(tmp_path)]
    for step in ("add", "use", "drop"):
        ended = keys("rotate", step)
        assert ended.code == 0
        assert f"{step}: " in ended.out
        assert "before the next step" in ended.out
        assert keys("check").code == 0
        seen.append(files(tmp_path))
    assert all(one != next_ for one, next_ in pairwise(seen))
    assert not contents(seen[0]) & contents(seen[3])


def test_a_step_out_of_its_order_writes_nothing(keys: Callable[..., Ended], tmp_path: Path) -> None:
    keys("make")
    before = files(tmp_path)
    ended = keys("rotate", "use")
    assert ended.code == 1
    assert "no new key is there\nhint: first `keys rotate add`\n" in ended.err
    assert files(tmp_path) == before


def test_the_keys_of_one_place_change_alone(keys: Callable[..., Ended], tmp_path: Path) -> None:
    keys("make")
    before = files(tmp_path)
    assert keys("rotate", "add", "--with", "hospital-1").code == 0
    assert files(tmp_path)["witness-1"] == before["witness-1"]
    assert b"accept" in files(tmp_path)["hospital-1"]
    ended = keys("rotate", "add", "--with", "hospital-9")
    assert ended.code == 2
    assert "choose of dc-a, dc-b, hospital-1, witness-1" in ended.err


def test_what_is_wrong_is_found(keys: Callable[..., Ended], tmp_path: Path) -> None:
    keys("make")
    ring = tmp_path / "ring"
    (ring / "dc-a" / "keys").chmod(0o640)
    (ring / "dc-b").chmod(0o755)
    (ring / "witness-1" / "keys").unlink()
    (ring / "dc-c").mkdir(mode=0o700)
    (ring / "dc-c" / "keys").touch(0o600)
    ended = keys("check", "--json")
    assert ended.code == 3
    found = json.loads(ended.out)["findings"]
    assert found == [
        "ring/dc-a/keys: others than its owner have rights to it (mode 0640)",
        "ring/dc-b: others may enter it (mode 0755); `chmod 700 ring/dc-b`",
        "ring/witness-1/keys: cannot be read: No such file or directory",
        "ring/dc-c: the plan has no such place",
    ]


def test_the_file_of_this_place_is_checked(
    keys: Callable[..., Ended], telemed_failover: Run, node: Path, tmp_path: Path
) -> None:
    at = ("keys", "check", "--node", str(node))
    ended = telemed_failover(*at)
    assert (ended.code, ended.err) == (
        3,
        f"error: {tmp_path}/keys: cannot be read: No such file or directory\n",
    )
    keys("make")
    (tmp_path / "ring/dc-a/keys").rename(tmp_path / "keys")
    assert telemed_failover(*at).out == "1 file of keys: as they must be\n"
    (tmp_path / "ring/dc-b/keys").replace(tmp_path / "keys")
    ended = telemed_failover(*at)
    assert ended.code == 3
    assert "dc-a: a key for `dc-a`, with whom it does not speak" in ended.err
    assert "dc-a: no key for `dc-b`" in ended.err


@pytest.mark.root
def test_root_is_told_to_look_as_the_owner(
    keys: Callable[..., Ended], telemed_failover: Run, node: Path, tmp_path: Path
) -> None:
    keys("make")
    os.chown((tmp_path / "ring/dc-a/keys").rename(tmp_path / "keys"), 64321, 64321)
    ended = telemed_failover("keys", "check", "--node", str(node))
    assert ended.code == 2
    assert "sudo -u #64321" in ended.err


def test_misuse_is_told(telemed_failover: Run, node: Path, tmp_path: Path) -> None:
    ended = telemed_failover("keys", "check", "ring")
    assert (ended.code, ended.err) == (2, "error: ring: of which plan?\nhint: add `--plan FILE`\n")
    ended = telemed_failover("keys", "make", "ring", "--plan", "none.json")
    assert (ended.code, "none.json" in ended.err) == (1, True)
    (tmp_path / "ring").touch()
    ended = telemed_failover("keys", "make", "ring", "--plan", "plan.json")
    assert (ended.code, "ring" in ended.err) == (1, True)
    assert telemed_failover("keys", "rotate", "now", "ring", "--plan", "plan.json").code == 2


@pytest.mark.parametrize("words", [(), ("make",), ("rotate",), ("check",)])
def test_help(
    telemed_failover: Run, golden: Callable[[Path, str], None], words: tuple[str, ...]
) -> None:
    ended = telemed_failover("keys", *words, "--help")
    assert ended.code == 0
    golden(GOLDEN / f"{'-'.join(('telemed-failover-keys', *words))}.txt", ended.out)
