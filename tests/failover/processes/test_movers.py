"""An agent moves all that its plan names, or does not start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from failover.actuators.group import GroupActuators
from failover.actuators.port import Observation, Role
from failover.core.cells import Position, Term
from failover.core.effects import Actuate, Actuated, Event, Mirrored, Positioned, Probed, Verb
from failover.node_file.content import Hook, NodeFile
from failover.plan_file.reading import hash_of, plan_file_of
from failover.processes.movers import Movers, actuators_of, perceptions
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from tests.failover.processes.lab import plan_document

HERE = Position("7412", 1, 5000)


def place(actuators: Mapping[str, object], hooks: Mapping[str, Hook] | None = None) -> Place:
    document = plan_document()
    document["groups"][0]["actuators"] = actuators
    document["hash"] = hash_of(document)
    nowhere = Path("/nowhere")
    node = NodeFile(
        name="dc-a",
        plan=nowhere / "plan.json",
        keys=nowhere,
        run=nowhere,
        state=nowhere,
        register=None,
        page=(),
        hooks=hooks or {},
    )
    return Place(node=node, plan=plan_file_of("plan.json", json.dumps(document).encode()))


@pytest.mark.parametrize(
    ("actuators", "says"),
    [
        ({"bgp": False, "hooks": [], "postgresql": {"cluster": "portal"}}, "moves a database"),
        ({"bgp": True, "hooks": []}, "is announced by BGP"),
        ({"bgp": False, "hooks": ["announce"]}, "node.toml has no hook `announce`"),
    ],
)
def test_what_cannot_be_moved_keeps_the_agent_from_starting(
    actuators: Mapping[str, object], says: str
) -> None:
    with pytest.raises(CannotRun) as refused:
        actuators_of(place(actuators))
    assert says in refused.value.problem
    assert "portal" in refused.value.problem


def test_a_hook_is_run_for_its_group(tmp_path: Path) -> None:
    program, said = tmp_path / "announce", tmp_path / "said"
    program.write_text(f"#!/bin/sh\nenv | sort >>{said}\necho serves >&2\nexit 0\n", "ascii")
    program.chmod(0o755)
    hooks = {"announce": Hook(program=program, timeout_s=3.0)}
    groups = actuators_of(place({"bgp": False, "hooks": ["announce"]}, hooks))
    heard: list[Event] = []

    async def drive() -> None:
        movers = Movers(groups, heard.append)
        movers.drive(Actuate("portal", Verb.TAKE, Term(1, 2), 7))
        while not heard:
            await asyncio.sleep(0.01)
        await movers.close()

    asyncio.run(asyncio.wait_for(drive(), 20))
    (answer,) = heard
    assert isinstance(answer, Actuated)
    assert answer[:4] == ("portal", Verb.TAKE, Term(1, 2), 7)
    assert "portal" in said.read_text("ascii")


def test_a_group_without_actuators_is_moved_by_its_door_alone() -> None:
    heard: list[Event] = []

    async def drive() -> None:
        movers = Movers({"portal": GroupActuators("portal", ())}, heard.append)
        movers.drive(Actuate("portal", Verb.RELEASE, Term(1, 1), 1))
        while not heard:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(drive(), 20))
    assert heard == [Actuated("portal", Verb.RELEASE, Term(1, 1), 1, done=True)]


def test_what_a_look_shows_becomes_perceptions() -> None:
    seen = {
        "postgresql": Observation(
            role=Role.SERVES, fit=True, why="", position=HERE, mirrored=False
        ),
        "hook announce": Observation(role=Role.SERVES, fit=False, why="it says no"),
    }
    assert list(perceptions("portal", seen)) == [
        Positioned("portal", HERE),
        Mirrored("portal", confirmed=False),
        Probed("portal", fit=False),
    ]
    assert list(perceptions("portal", {})) == []
