"""The shipped hooks: the real ansible-playbook and kernel, a real SSH server and netmiko."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from failover.actuators.hook import Hook, HookActuator
from failover.actuators.port import DONE, Result, Role
from failover.core.cells import Term
from failover.plan_file.content import Instance, MoveGroup
from failover.plan_file.reading import plan_file_of
from tests.failover.guard.namespaces import OUTSIDE_4, OUTSIDE_6, NoNamespaces, laboratory
from tests.failover.plans import bytes_of, small_plan
from tests.failover.register.loops import on_loop

EXAMPLES = Path(__file__).parents[3] / "failover" / "actuators" / "examples"
ANSIBLE = Path(sys.executable).parent / "ansible-playbook"
TERM, LATER = Term(3, 14), Term(3, 15)
LIMIT_S = 90.0
SHORT_S = 0.7

needs_ansible = pytest.mark.skipif(not ANSIBLE.exists(), reason="Ansible is an extra")


@pytest.fixture
def group() -> MoveGroup:
    """The first group of the small plan, with an instance that has both families."""
    found = plan_file_of("plan.json", bytes_of(small_plan())).groups[0]
    instances = (
        Instance(name="portal-a", v4="10.12.0.1", v6="2001:db8::1"),
        Instance(name="portal-b", v4="10.12.0.2", v6=None),
    )
    return replace(found, instances=instances)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path


def example(folder: Path, name: str, *settings: tuple[str, str], limit_s: float = LIMIT_S) -> Hook:
    """A shipped hook as an operator would copy it, with some texts replaced."""
    _, rest = (EXAMPLES / name).read_text("utf-8").split("\n", 1)
    for old, new in settings:
        assert rest.count(old) == 1
        rest = rest.replace(old, new)
    program = folder / name
    program.write_text(f"#!{sys.executable}\n{rest}", "utf-8")
    program.chmod(0o755)
    return Hook(name="move", program=program, limit_s=limit_s)


# --- Ansible -------------------------------------------------------------------------------


def playbook(folder: Path, *, limit_s: float = LIMIT_S) -> Hook:
    """The hook with the shipped playbook; it keeps its state in `folder`."""
    return example(
        folder, "hook-playbook",
        ("/opt/telemed/.venv/bin/ansible-playbook", str(ANSIBLE)),
        ("/etc/telemed/hooks/inventory.yml", str(folder / "inventory.json")),
        ("/etc/telemed/hooks/move.yml", str(EXAMPLES / "move.yml")),
        ("/var/lib/telemed-failover/hooks", str(folder)),
        limit_s=limit_s,
    )  # fmt: skip


def inventory(folder: Path, ip_command: list[str], next_hop_v4: str = OUTSIDE_4) -> None:
    """One router: this machine."""
    router = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "ip_command": ip_command,
        "route_metric": 50,
        "route_protocol": 64,
        "next_hop_v4": next_hop_v4,
        "next_hop_v6": OUTSIDE_6,
    }
    document = {"all": {"children": {"edges": {"hosts": {"edge-1": router}}}}}
    (folder / "inventory.json").write_text(json.dumps(document), "utf-8")


@pytest.fixture
def edge() -> Iterator[str]:
    """The name of a namespace with a neighbour."""
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    try:
        with laboratory() as lab:
            yield lab.edge
    except NoNamespaces as error:
        pytest.skip(f"this machine gives no namespaces: {error}")


def routes(edge: str) -> set[tuple[str, str, int]]:
    """Address, next hop and metric of each route by a gateway."""
    found = set()
    for family in ("-4", "-6"):
        command = ["ip", "-n", edge, "-j", family, "route", "show", "protocol", "64"]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        each: dict[str, Any]
        for each in json.loads(said.stdout or "[]"):
            found.add((each["dst"], each["gateway"], each["metric"]))
    return found


@needs_ansible
def test_the_shipped_playbook_is_one_for_the_shipped_inventory(folder: Path) -> None:
    command = [str(ANSIBLE), "--syntax-check", "-i", str(EXAMPLES / "inventory.yml")]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    said = subprocess.run(
        [*command, str(EXAMPLES / "move.yml")],
        capture_output=True, text=True, check=False, timeout=LIMIT_S, env=environment, cwd=folder,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "WARNING" not in said.stderr
    shipped = (EXAMPLES / "inventory.yml").read_text("utf-8")
    used = set(re.findall(r"\b(?:ip_command|route_\w+|next_hop_v[46])\b",
                          (EXAMPLES / "move.yml").read_text("utf-8")))  # fmt: skip
    assert used == {"ip_command", "route_metric", "route_protocol", "next_hop_v4", "next_hop_v6"}
    assert all(f"{name}: " in shipped for name in used)


@needs_ansible
@pytest.mark.root
def test_the_shipped_playbook_moves_routes(folder: Path, group: MoveGroup, edge: str) -> None:
    ip_command = ["ip", "-n", edge]
    ours = {
        ("10.12.0.1", OUTSIDE_4, 50), ("10.12.0.2", OUTSIDE_4, 50), ("2001:db8::1", OUTSIDE_6, 50),
    }  # fmt: skip
    by_the_other = {("10.12.0.1", OUTSIDE_4, 500), ("2001:db8::1", OUTSIDE_6, 500)}
    for address, gateway, metric in by_the_other:
        words = ["route", "add", address, "via", gateway, "metric", str(metric), "protocol", "64"]
        subprocess.run([*ip_command, *words], check=True, timeout=30)

    @on_loop
    async def move() -> None:
        actuator = HookActuator(playbook(folder), group, "dc-b")
        assert (await actuator.tighten(TERM)).done
        assert (await actuator.observe()).role is Role.STANDS_BY
        inventory(folder, ip_command, next_hop_v4="10.99.0.1")
        failed = Result(done=False, why="exit code 1: Error: Nexthop has invalid gateway.")
        assert await actuator.take(TERM) == failed
        inventory(folder, ip_command)
        assert await actuator.take(TERM) == DONE
        assert routes(edge) == ours | by_the_other
        past = Result(done=False, why="exit code 1: term [3, 13] is of the past")
        assert await actuator.release(Term(3, 13)) == past
        assert await actuator.release(LATER) == DONE
        assert routes(edge) == by_the_other
        assert await actuator.take(TERM) == past._replace(
            why="exit code 1: term [3, 14] is of the past"
        )

    move()


@needs_ansible
@on_loop
async def test_a_playbook_that_takes_longer_than_its_limit_is_waited_for(
    folder: Path, group: MoveGroup
) -> None:
    """Begun once; another verb waits for its end, and then has its turn."""
    said = folder / "said"
    text = f'echo "$@" >>{said}; while [ ! -e {folder / "go"} ]; do sleep 0.05; done'
    inventory(folder, ["sh", "-c", text, "ip"])
    actuator = HookActuator(playbook(folder, limit_s=SHORT_S), group, "dc-b")
    runs = Result(done=False, why="not yet: the playbook runs")
    while not said.exists():
        assert await actuator.take(TERM) == runs
    assert await actuator.release(LATER) == (
        False,
        "not yet: the playbook before this one still runs",
    )
    assert await actuator.take(TERM) == runs, "begun once"
    (folder / "go").touch()
    while not (result := await actuator.take(TERM)).done:
        assert result == runs
    while not (result := await actuator.release(LATER)).done:
        assert result.why.startswith("not yet: ")
    verbs = [line.split()[1:3] for line in said.read_text("utf-8").splitlines()]
    assert verbs == [["route", "replace"]] * 3 + [["route", "flush"]] * 3


@on_loop
async def test_a_playbook_that_cannot_be_run_is_told(folder: Path, group: MoveGroup) -> None:
    shipped = example(
        folder, "hook-playbook", ("/opt/telemed/.venv/bin/ansible-playbook", "/nonexistent/it"),
        ("/var/lib/telemed-failover/hooks", str(folder)),
    )  # fmt: skip
    actuator = HookActuator(shipped, group, "dc-b")
    why = f"exit code 1: look into {folder / group.group.name}.log"
    assert await actuator.take(TERM) == (False, why)
    assert "/nonexistent/it" in (folder / f"{group.group.name}.log").read_text("utf-8")


# --- netmiko -------------------------------------------------------------------------------


def router(folder: Path, port: int) -> HookActuator:
    """The hook for a router at a port of this machine, with keys in `folder`."""
    found = plan_file_of("plan.json", bytes_of(small_plan())).groups[0]
    instances = (
        Instance(name="portal-a", v4="10.12.0.1", v6="2001:db8::1"),
        Instance(name="portal-b", v4="10.12.0.2", v6=None),
    )
    shipped = example(
        folder, "hook-netmiko",
        ('"10.0.150.1"', f'"127.0.0.1", "port": {port}'),
        ("/etc/telemed/hooks/router.key", str(folder / "router.key")),
        ("/etc/telemed/hooks/known_hosts", str(folder / "known_hosts")),
        ('"conn_timeout": 1.0', '"conn_timeout": 30.0'),
        ('"auth_timeout": 1.0', '"auth_timeout": 30.0'),
        ('"read_timeout_override": 1.0', '"read_timeout_override": 30.0'),
    )  # fmt: skip
    return HookActuator(shipped, replace(found, instances=instances), "dc-b")


def test_the_shipped_hook_commands_a_router(folder: Path) -> None:
    pytest.importorskip("netmiko")
    # An extra, as netmiko is.
    from tests.failover.actuators.ssh_device import MISTAKE, device, fresh_key  # noqa: PLC0415

    @on_loop
    async def move() -> None:
        with device() as edge:
            actuator = router(folder, edge.port)
            edge.user_key.write_private_key_file(str(folder / "router.key"))
            known, stranger = folder / "known_hosts", fresh_key()
            line = "[127.0.0.1]:{} ssh-rsa {}\n"
            known.write_text(line.format(edge.port, edge.host_key.get_base64()), "ascii")
            assert await actuator.take(TERM) == DONE
            assert await actuator.take(TERM) == DONE
            mask = "255.255.255.255 10.0.150.70"
            assert edge.routes == {f"10.12.0.1 {mask}", f"10.12.0.2 {mask}"}
            assert f"ip route-static 10.12.0.1 {mask} tag 64999" in edge.said
            assert await actuator.release(TERM) == DONE
            assert await actuator.release(TERM) == DONE, "what is not there is no mistake"
            assert edge.routes == set()
            commanded = len(edge.said)
            for text in ("", line.format(edge.port, stranger.get_base64())):
                known.write_text(text, "ascii")
                refused = await actuator.take(TERM)
                assert not refused.done
                assert refused.why.startswith("not yet: ")
            known.write_text(line.format(edge.port, edge.host_key.get_base64()), "ascii")
            stranger.write_private_key_file(str(folder / "router.key"))
            refused = await actuator.take(TERM)
            assert refused.why.startswith("not yet: ")
            assert len(edge.said) == commanded, "who was not sure of the router told it nothing"
            edge.user_key.write_private_key_file(str(folder / "router.key"))
            program = folder / "hook-netmiko"
            text = program.read_text("utf-8")
            program.write_text(
                text.replace('NEXT_HOP = "10.0.150.70"', 'NEXT_HOP = "moon"'), "utf-8"
            )
            assert await actuator.take(TERM) == (False, f"exit code 1: {MISTAKE}")

    move()


@on_loop
async def test_the_shipped_hook_for_a_router_says_when_it_cannot_be_reached(folder: Path) -> None:
    pytest.importorskip("netmiko")
    (folder / "router.key").touch()
    (folder / "known_hosts").touch()
    actuator = router(folder, 1)
    assert (await actuator.prepare(TERM)).done
    result = await actuator.take(TERM)
    assert not result.done
    assert result.why.startswith("not yet: ")
