"""Every process with the user, group and capabilities that its unit gives it, and no more.

In the laboratory's namespaces, with real etcd. What only systemd can do (system calls, file
systems) is not tried here.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from failover.laboratory.lab import Lab, topology
from failover.laboratory.network import CENTRES, HOSPITAL, PLACES, WITNESS
from failover.laboratory.places import HOMES, plan_document
from tests.anyone import PYTHON, for_anyone
from tests.failover.systemd.units import capabilities

FAILOVER, MONITOR, READER, STRANGER = 64321, 64322, 64323, 64324  # numbers that nobody has
WHERE = {"guard": CENTRES, "agent": CENTRES, "witness": (WITNESS,), "observer": (HOSPITAL,)}
PROCESSES = [(place, process) for process, places in WHERE.items() for place in places]

pytestmark = [
    pytest.mark.root,
    pytest.mark.debian("ip", "setpriv", "etcd"),
    pytest.mark.xdist_group("etcd"),
]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Everything runs as the units say. Not in pytest's folder, which is root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="telemed-units-"))
    folder.chmod(0o755)
    try:
        with topology(folder) as lab:
            lab.write(plan_document())
            subprocess.run(["chown", "-R", f"{FAILOVER}", folder / "tls"], check=True)
            (folder / "tls").chmod(0o755)
            for place in PLACES:
                prepare(folder / place)
            lab.start_register()
            for place, process in PROCESSES:
                start(lab, place, process)
            lab.wait_until("both agents live", lambda: all(supervised(lab, at) for at in CENTRES))
            lab.wait_until("each serves its own", lambda: all(map(lab.is_at_home, HOMES)))
            yield lab
    finally:
        shutil.rmtree(folder)


def prepare(place: Path) -> None:
    """The folders that systemd makes: RuntimeDirectory and StateDirectory."""
    place.chmod(0o755)
    for each in place.iterdir():
        os.chown(each, FAILOVER, FAILOVER)
    for name, mode, group in (("run", 0o750, MONITOR), ("state", 0o700, MONITOR)):
        (place / name).mkdir(mode=mode)
        os.chown(place / name, FAILOVER, group)


def restricted(process: str) -> list[str]:
    """What `User=`, `Group=`, `CapabilityBoundingSet=` and `NoNewPrivileges=` come to."""
    kept = "".join(f",+{name}" for name in capabilities(process))
    return [
        "setpriv", f"--reuid={FAILOVER}", f"--regid={MONITOR}", "--clear-groups", "--no-new-privs",
        f"--bounding-set=-all{kept}", f"--inh-caps=-all{kept}", f"--ambient-caps=-all{kept}",
        "--",
    ]  # fmt: skip


def start(lab: Lab, place: str, process: str) -> None:
    words = ["-m", "failover.cli.main", process, "--node", "node.toml"]
    umask = ["sh", "-c", 'umask 0077; exec "$@"', "sh"]
    command = [*restricted(process), *umask, PYTHON, *words]
    lab.processes.run(place, process, for_anyone(command))


def supervised(lab: Lab, place: str) -> bool:
    if lab.process(place, "agent").poll() is not None:
        start(lab, place, "agent")
    return bool(lab.status(place))


def held(lab: Lab, place: str, process: str) -> set[int]:
    """The capability sets of a running process, all five."""
    pid = lab.process(place, process).pid
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return {int(line.split()[1], 16) for line in lines if line.startswith("Cap")}


@pytest.mark.parametrize(("place", "process"), PROCESSES)
def test_nothing_more_is_held_than_the_unit_gives(lab: Lab, place: str, process: str) -> None:
    numbers = {"net_admin": 12, "net_raw": 13}  # Source: linux/capability.h
    expected = sum(1 << numbers[name] for name in capabilities(process))
    assert held(lab, place, process) == {expected}


def test_both_centres_serve_and_the_kernel_keeps_their_doors(lab: Lab) -> None:
    for place in CENTRES:
        table = ip_netns(lab, place, "nft", "list", "table", "inet", "telemed_guard")
        assert "expires" in table  # kernel time runs for an open door
    lab.wait_until("the agents say so", lambda: all(lab.status(at)["guard"] for at in CENTRES))


def test_witness_and_observer_are_heard(lab: Lab) -> None:
    def heard() -> bool:
        told = [lab.status(place) for place in CENTRES]
        return all(
            each
            and each["witness_reaches"]
            and each["peer"]["observers"]["reach"] == each["peer"]["observers"]["fresh"] == 1
            for each in told
        )

    lab.wait_until("witness and observer reach both centres", heard)


def reads(lab: Lab, user: int, group: int, path: str, place: str = "dc-a") -> bool:
    done = subprocess.run(
        ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "cat", path],
        capture_output=True,
        cwd=lab.folder / place,
        timeout=30,
        check=False,
    )
    return done.returncode == 0


def test_monitoring_reads_the_status_and_nothing_else(lab: Lab) -> None:
    assert reads(lab, READER, MONITOR, "run/status.json")
    assert not reads(lab, STRANGER, STRANGER, "run/status.json")
    assert reads(lab, READER, MONITOR, "run/witness.json", WITNESS)
    assert not reads(lab, STRANGER, STRANGER, "run/witness.json", WITNESS)
    lab.wait_until("the agent remembers", (lab.folder / "dc-a/state/memory").exists)
    for path in ("keys", "run/agent.lock", "run/guard/guard.lock", "state/memory"):
        assert reads(lab, FAILOVER, FAILOVER, path)
        assert not reads(lab, READER, MONITOR, path)
        assert not reads(lab, STRANGER, STRANGER, path)


AS_READER = ("setpriv", f"--reuid={READER}", f"--regid={MONITOR}", "--clear-groups", "--")
KNOCK = """
import socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as made:
    try:
        made.connect("run/guard/guard.sock")
    except PermissionError:
        sys.exit(7)
"""


ASK = """
import contextlib, json, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
    made.settimeout(20)
    try:
        made.connect("run/agent.sock")
    except PermissionError:
        sys.exit(7)
    with contextlib.suppress(BrokenPipeError):  # it has answered and closed already
        made.sendall(b"take everything\\n")
    text = b""
    while not text.endswith(b"\\n"):
        text += made.recv(1 << 16)
    print(json.loads(text)["centre"])
"""


def test_monitoring_asks_the_agents_socket_and_no_stranger_does(lab: Lab) -> None:
    stranger = ("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups", "--")
    for who, code, said in ((AS_READER, 0, "dc-a\n"), (stranger, 7, "")):
        done = subprocess.run(
            for_anyone([*who, PYTHON, "-c", ASK]),
            cwd=lab.folder / "dc-a",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stdout) == (code, said), done.stderr
    path = lab.folder / "dc-a/run/agent.sock"
    assert (path.stat().st_mode & 0o777, path.stat().st_gid) == (0o660, MONITOR)


def test_the_guards_socket_is_private(lab: Lab) -> None:
    assert (lab.folder / "dc-a/run/guard").stat().st_mode & 0o777 == 0o700
    done = subprocess.run(
        for_anyone([*AS_READER, PYTHON, "-c", KNOCK]),
        cwd=lab.folder / "dc-a",
        timeout=30,
        check=False,
    )
    assert done.returncode == 7


def test_the_guard_says_what_it_lacks(lab: Lab) -> None:
    """At a place without a guard of its own: that the set above is needed."""
    words = [word.replace(",+net_admin", "") for word in restricted("guard")]
    place, node = lab.folder / "bare", (lab.folder / "dc-a/node.toml").read_text("utf-8")
    place.mkdir()
    (place / "node.toml").write_text(node, "utf-8")
    shutil.copy(lab.folder / "dc-a/plan.json", place)
    prepare(place)
    command = [*words, PYTHON, "-m", "failover.cli.main", "guard", "--node"]
    lab.processes.run(WITNESS, "bare", for_anyone([*command, str(place / "node.toml")]))
    assert lab.process(WITNESS, "bare").wait(30) == 1
    assert "hint: the guard needs CAP_NET_ADMIN" in lab.log(WITNESS, "bare")


def test_every_door_is_shut_when_the_guard_says_that_it_is_ready(tmp_path: Path) -> None:
    with topology(tmp_path) as lab:
        lab.write(plan_document())
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.bind(str(tmp_path / "notify"))
            supervisor.settimeout(30)
            tell = ["env", f"NOTIFY_SOCKET={tmp_path / 'notify'}"]
            words = ["-m", "failover.cli.main", "guard", "--node", "node.toml"]
            lab.processes.run("dc-a", "guard", [*tell, sys.executable, *words])
            assert supervisor.recv(100) == b"READY=1"
        table = ip_netns(lab, "dc-a", "nft", "list", "table", "inet", "telemed_guard")
        assert "10.98.12.1" in table
        assert "expires" not in table
        assert "drop" in table
        assert lab.service_addresses("dc-a") == set()


def ip_netns(lab: Lab, place: str, *words: str) -> str:
    command = ["ip", "netns", "exec", lab.space(place), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
