"""Hooks: real executables, and the environment that they are promised."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from failover.actuators.hook import Hook, HookActuator, distrust
from failover.actuators.port import DONE, Result, Role
from failover.core.cells import Term
from failover.plan_file.content import Instance, MoveGroup
from failover.plan_file.reading import plan_file_of
from tests.failover.plans import bytes_of, small_plan
from tests.failover.register.loops import on_loop

TERM = Term(3, 14)


@pytest.fixture
def group() -> MoveGroup:
    """The first group of the small plan, with an instance that has both families."""
    found = plan_file_of("plan.json", bytes_of(small_plan())).groups[0]
    instances = (
        Instance(name="portal.a", v4="10.12.0.1", v6="2001:db8::1"),
        Instance(name="portal.b", v4="10.12.0.2", v6=None),
    )
    return replace(found, instances=instances)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path


def hook(folder: Path, text: str, *, limit_s: float = 60.0) -> Hook:
    program = folder / "announce"
    program.write_text(f"#!{sys.executable}\n{text}\n", "utf-8")
    program.chmod(0o755)
    return Hook(name="announce", program=program, limit_s=limit_s)


@on_loop
async def test_its_environment_is_what_the_contract_says(folder: Path, group: MoveGroup) -> None:
    said = folder / "said"
    text = (
        "import json, os, sys\n"
        f"open({str(said)!r}, 'w').write(json.dumps([dict(os.environ), sys.argv[1:], os.getcwd(),"
        " sys.stdin.read()]))"
    )
    actuator = HookActuator(hook(folder, text), group, "dc-b")
    assert actuator.name == "hook announce"
    assert await actuator.take(TERM) == DONE
    environment, arguments, place, given = json.loads(said.read_text("utf-8"))
    environment.pop("LC_CTYPE", None)  # Python's own
    assert (arguments, place, given) == ([], "/", "")
    assert environment == {
        "TELEMED_CONTRACT": "1",
        "TELEMED_VERB": "take",
        "TELEMED_GROUP": "portal@dc-a",
        "TELEMED_CENTRE": "dc-b",
        "TELEMED_INSTANCES": "portal.a portal.b",
        "TELEMED_ADDRESSES_V4": "10.12.0.1 10.12.0.2",
        "TELEMED_ADDRESSES_V6": "2001:db8::1 -",
        "TELEMED_GENERATION": "3",
        "TELEMED_EPOCH": "14",
        "TELEMED_LIMIT_S": "60",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }


CODES = (
    (0, DONE),
    (64, Result(done=True, why="release is nothing to it")),
    (75, Result(done=False, why="not yet: what it says")),
    (1, Result(done=False, why="exit code 1: what it says")),
    (3, Result(done=False, why="exit code 3: what it says")),
)


@pytest.mark.parametrize(("code", "result"), CODES)
def test_its_exit_code_is_the_answer(
    folder: Path, group: MoveGroup, code: int, result: Result
) -> None:
    @on_loop
    async def test() -> None:
        says = "print('noise', flush=True); print('what it says', file=sys.stderr)"
        text = f"import sys; {says}; sys.exit({code})"
        actuator = HookActuator(hook(folder, text), group, "dc-b")
        assert await actuator.release(TERM) == result
        assert await actuator.release(TERM) == result

    test()


@pytest.mark.parametrize(
    ("code", "role", "fit"),
    [(0, Role.SERVES, True), (3, Role.STANDS_BY, True), (64, Role.STANDS_BY, True),
     (2, Role.UNKNOWN, False)],
)  # fmt: skip
def test_what_it_observes(folder: Path, group: MoveGroup, code: int, role: Role, fit: bool) -> None:
    @on_loop
    async def test() -> None:
        text = f"import os, sys; print(os.environ['TELEMED_EPOCH'] or 'none'); sys.exit({code})"
        seen = await HookActuator(hook(folder, text), group, "dc-b").observe()
        assert (seen.role, seen.fit) == (role, fit)
        assert seen.why.endswith("none")

    test()


@on_loop
async def test_each_verb_by_its_name(folder: Path, group: MoveGroup) -> None:
    text = "import os, sys; print(os.environ['TELEMED_VERB']); sys.exit(75)"
    actuator = HookActuator(hook(folder, text), group, "dc-b")
    for verb in (
        actuator.prepare, actuator.take, actuator.release, actuator.relax, actuator.tighten,
    ):  # fmt: skip
        assert (await verb(TERM)).why == f"not yet: {verb.__name__}"
    await actuator.close()


@on_loop
async def test_one_that_hangs_is_ended(folder: Path, group: MoveGroup) -> None:
    text = "import time; print('dialling', flush=True); time.sleep(600)"
    actuator = HookActuator(hook(folder, text, limit_s=1.0), group, "dc-b")
    assert await actuator.take(TERM) == (False, "no end after 1 s; its last words: dialling")


@on_loop
async def test_a_signal_is_told(folder: Path, group: MoveGroup) -> None:
    text = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    actuator = HookActuator(hook(folder, text), group, "dc-b")
    assert await actuator.take(TERM) == (False, "signal 9: it said nothing")


def test_who_may_be_run(folder: Path) -> None:
    program = hook(folder, "").program
    assert distrust(program) == ""
    program.chmod(0o775)
    assert "may be written to by others: chmod go-w" in distrust(program)
    program.chmod(0o644)
    assert distrust(program) in ("", f"{program} is not executable: chmod 755 {program}")
    program.chmod(0o755)
    folder.chmod(0o777)
    assert f"{folder} may be written to by others" in distrust(program)
    folder.chmod(0o755)
    assert "is no file with an absolute path" in distrust(folder)
    assert distrust(folder / "absent") == f"{folder / 'absent'}: No such file or directory"


@on_loop
async def test_one_that_must_not_be_run_is_not(folder: Path, group: MoveGroup) -> None:
    announce = hook(folder, "")
    announce.program.chmod(0o777)
    actuator = HookActuator(announce, group, "dc-b")
    place = announce.program
    words = f"{place} may be written to by others: chmod go-w {place}"
    assert await actuator.take(TERM) == (False, words)
    assert (await actuator.observe()).why == words
