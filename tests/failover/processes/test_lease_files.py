"""The files that tell services of their lease: real files, and a real thread that writes them."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from failover.actuators.port import Result
from failover.actuators.postgresql.wish import Wish
from failover.core.cells import Term
from failover.core.effects import Actuate, Arm, Closed, Event, Grant, Shut, Verb
from failover.disk.lock import boot_id
from failover.laboratory.lab import Lab
from failover.laboratory.places import SERVICES, plan_document
from failover.node_file.content import NodeFile
from failover.plan_file.reading import plan_file_of
from failover.processes.beside import Beside
from failover.processes.lease_files import LeaseFile
from failover.processes.leases import leases_of
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.wire.post import boot_time_s
from tests.failover.plans import bytes_of, small_plan
from tests.failover.register.loops import on_loop

TERM = Term(2, 7)
LENGTH_S = 600.0
EXAMPLE = Path(__file__).parents[3] / "failover" / "actuators" / "examples" / "service-http"


def content(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


async def nothing() -> None:
    """The last work of a thread."""


async def until_there(path: Path) -> dict[str, Any]:
    """What a file says, once it is there: the thread tells nobody of an open door."""
    while not path.exists():
        await asyncio.sleep(0.005)
    return content(path)


def place(folder: Path, leases: Path | None) -> Place:
    plan = plan_file_of("plan.json", bytes_of(small_plan()))
    node = NodeFile(
        name="dc-a", plan=folder / "plan.json", keys=folder / "keys", run=folder / "run",
        state=folder / "state", register=None, page=(), leases=leases,
    )  # fmt: skip
    without = tuple(
        replace(each, resource_check=False, actuators=replace(each.actuators, postgresql=None))
        for each in plan.groups
    )
    return Place(node=node, plan=replace(plan, groups=without))


@on_loop
async def test_a_lease_is_there_from_its_grant_to_its_end(tmp_path: Path) -> None:
    folder, heard = tmp_path / "run" / "leases", list[Event]()
    told = asyncio.Event()

    def tell(event: Event) -> None:
        heard.append(event)
        told.set()

    here = place(tmp_path, folder)
    group = here.plan.groups[0].group
    path, instances = folder / f"{group.name}.json", frozenset(group.instances)
    leases = leases_of(here, tell)
    leases.before(lambda _effect: None)(Actuate(group.name, Verb.TAKE, TERM, 1))
    before_s = boot_time_s()
    leases.carry_out(Arm("renewal", instances, LENGTH_S))
    armed_s = boot_time_s()
    leases.carry_out(Grant("renewal", instances))
    found = await until_there(path)
    until_s = found.pop("until_s")
    assert found == {
        "version": 1, "group": group.name, "centre": "dc-a", "boot": boot_id(),
        "generation": 2, "epoch": 7,
    }  # fmt: skip
    assert until_s.keys() == instances
    assert all(before_s <= each - LENGTH_S <= armed_s for each in until_s.values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    leases.carry_out(Shut(instances))
    leases.hear(Closed(instances))
    assert heard == [], "a local client does not come through the door: first the file"
    await told.wait()
    assert heard == [Closed(instances)]
    assert all(each <= boot_time_s() for each in content(path)["until_s"].values())
    assert set(leases.problems().values()) == {""}
    assert [each.name for each in folder.iterdir()] == [path.name], "no half of a file stays"
    await leases.close()


@on_loop
async def test_what_checks_its_lease_is_not_run_without_a_file_of_it(tmp_path: Path) -> None:
    without = place(tmp_path, None)
    checks = replace(without.plan.groups[0], resource_check=True)
    plan = replace(without.plan, groups=(checks, *without.plan.groups[1:]))
    with pytest.raises(CannotRun, match=r"folder` is missing.* portal@dc-a checks its lease"):
        leases_of(replace(without, plan=plan), print)
    await leases_of(replace(place(tmp_path, tmp_path / "leases"), plan=plan), print).close()


@on_loop
async def test_without_a_folder_nothing_is_written_and_nothing_waits(tmp_path: Path) -> None:
    heard = list[Event]()
    leases = leases_of(place(tmp_path, None), heard.append)
    leases.hear(Closed(frozenset(("portal-a",))))
    assert heard == [Closed(frozenset(("portal-a",)))]
    assert list(tmp_path.iterdir()) == []
    assert leases.problems() == {}
    await leases.close()


@on_loop
async def test_a_folder_that_cannot_be_made_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotRun, match="Not a directory") as refused:
        leases_of(place(tmp_path, tmp_path / "file" / "leases"), lambda _event: None)
    assert "`leases.folder` in node.toml" in refused.value.hint


class Told:
    """What a writer tells."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[tuple[Wish, Result]] = asyncio.Queue()

    def __call__(self, wish: Wish, result: Result) -> None:
        self._told.put_nowait((wish, result))

    async def next(self) -> tuple[Wish, Result]:
        return await self._told.get()


@on_loop
async def test_one_instance_ends_and_the_others_go_on(tmp_path: Path) -> None:
    beside, told = Beside("lease files"), Told()
    file = LeaseFile(tmp_path / "it.json", {"boot": boot_id()}, beside, told)
    now_s = boot_time_s()
    file.wish(Wish(("one", "two"), TERM, now_s, LENGTH_S))
    await told.next()
    file.wish(Wish(("one",), TERM, now_s, 0.0))
    await told.next()
    assert content(tmp_path / "it.json")["until_s"] == {"one": now_s, "two": now_s + LENGTH_S}
    await beside.close(nothing())


@on_loop
async def test_what_cannot_be_written_is_told_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "leases"
    beside, told = Beside("lease files"), Told()
    file = LeaseFile(folder / "it.json", {"boot": boot_id()}, beside, told)
    end = Wish(("one",), TERM, boot_time_s(), 0.0)
    file.wish(end)
    why = f"{folder / 'it.json'}: No such file or directory"
    assert await told.next() == (end, Result(done=False, why=why))
    assert (await told.next())[1].why == why
    folder.mkdir()
    while not (result := (await told.next())[1]).done:
        pass
    assert result.why == ""
    assert content(folder / "it.json")["until_s"] == {"one": end.begun_s}
    await beside.close(nothing())


@on_loop
async def test_a_lease_that_is_written_too_late_is_told(tmp_path: Path) -> None:
    beside, told = Beside("lease files"), Told()
    file = LeaseFile(tmp_path / "it.json", {"boot": boot_id()}, beside, told)
    file.wish(Wish(("one",), TERM, boot_time_s() - 2.0, 1.0))
    assert (await told.next())[1].why.endswith("written too late: the lease is over")
    await beside.close(nothing())


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_real_agents_lease_opens_the_shipped_service_and_its_end_shuts_it(lab: Lab) -> None:
    """The portal moves: its service answers where its owner is, and the old one refuses."""
    for name in ("dc-a", "dc-b"):
        node = lab.folder / name / "node.toml"
        node.write_text(f'{node.read_text("utf-8")}[leases]\nfolder = "run/leases"\n', "utf-8")
        lab.kill(name, "agent")
        lab.start(name, "agent")
    lab.wait_until("dc-a has its own", lambda: SERVICES["portal"] in lab.service_addresses("dc-a"))
    instance = next(
        one["name"]
        for group in plan_document()["groups"]
        if group["name"] == "portal"
        for one in group["instances"]
    )
    text = (
        "import importlib.machinery as m, sys, types\n"
        "found = types.ModuleType('service')\n"
        "m.SourceFileLoader('service', sys.argv[1]).exec_module(found)\n"
        "try: print(found.Lease(*sys.argv[2:]).check())\n"
        "except found.Refused as refused: print(refused)\n"
    )

    def says(name: str) -> str:
        lease = lab.folder / name / "run" / "leases" / "portal.json"
        command = [sys.executable, "-B", "-c", text, str(EXAMPLE), str(lease), instance]
        asked = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return asked.stdout.strip()

    lab.wait_until("dc-a's service may serve", lambda: says("dc-a").startswith("(1, "))
    assert not says("dc-b").startswith("("), "the other centre's may not"
    lab.kill("dc-a", "agent")
    lab.wait_until("dc-b's may serve", lambda: says("dc-b").startswith("(1, "), 20)
    assert says("dc-a") == "the lease has run out"
