"""The agent's local socket: told to who comes, and nobody can use it for anything else."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from failover.core.agent import Agent
from failover.core.cells import Incarnation
from failover.core.effects import Memory, Start
from failover.processes.account import SHARED_S, Account
from failover.processes.local_socket import (
    ANSWERED_MAX,
    NAME,
    READ_S_MAX,
    CannotListen,
    LocalSocket,
)
from tests.failover.core.healthy import PLAN
from tests.failover.register.loops import on_loop

LINE = b'{"version": 1}\n'
LARGE = b"x" * 4_000_000  # more than the kernel keeps for who does not read
ANSWER_S_MAX = 20.0  # a loaded machine


@asynccontextmanager
async def telling(folder: Path, line: bytes = LINE) -> AsyncIterator[Path]:
    made = LocalSocket(folder)
    task = asyncio.create_task(made.run(lambda: line))
    try:
        yield folder / NAME
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        made.close()


def connected(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(ANSWER_S_MAX)
    made.connect(str(path))
    return made


def heard(visitor: socket.socket) -> bytes:
    """All until the end; an end that is an error is one."""
    with visitor:
        pieces = []
        while piece := visitor.recv(1 << 16):
            pieces.append(piece)
        return b"".join(pieces)


async def asked(path: Path) -> bytes:
    return await asyncio.to_thread(lambda: heard(connected(path)))


@on_loop
async def test_who_comes_is_told_one_line(tmp_path: Path) -> None:
    async with telling(tmp_path) as path:
        assert [await asked(path) for _ in range(3)] == [LINE] * 3
        mode = path.stat().st_mode
        assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o660)
        assert path.stat().st_gid == tmp_path.stat().st_gid
    assert list(tmp_path.iterdir()) == []


@on_loop
async def test_it_has_the_group_of_its_folder(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("another group needs root")
    os.chown(tmp_path, -1, 4711)
    async with telling(tmp_path) as path:
        assert path.stat().st_gid == 4711


@on_loop
async def test_what_is_sent_is_thrown_away(tmp_path: Path) -> None:
    async with telling(tmp_path) as path:
        for sent in (b"GET / HTTP/1.0\r\n\r\n", b"x" * 4096, bytes(range(256))):
            visitor = connected(path)
            visitor.sendall(sent)
            assert await asyncio.to_thread(heard, visitor) == LINE


@on_loop
async def test_who_does_not_read_is_dropped(tmp_path: Path) -> None:
    async with telling(tmp_path, LARGE) as path:
        idle = [connected(path) for _ in range(ANSWERED_MAX)]
        began_s = monotonic()
        assert await asked(path) == LARGE, "the next one waits until one is dropped"
        assert monotonic() - began_s >= READ_S_MAX * 0.9
        assert len(await asyncio.to_thread(heard, idle[0])) < len(LARGE)
        for visitor in idle:
            visitor.close()


@on_loop
async def test_who_goes_at_once_does_no_harm(tmp_path: Path) -> None:
    async with telling(tmp_path, LARGE) as path:
        for _ in range(2 * ANSWERED_MAX):
            connected(path).close()
            await asyncio.sleep(0)
        assert await asked(path) == LARGE


KILLED = """
import os, signal, socket, sys
made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
made.bind(sys.argv[1])
made.listen(1)
os.kill(os.getpid(), signal.SIGKILL)
"""


@on_loop
async def test_what_a_killed_agent_left_is_replaced(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / NAME)], timeout=60, check=False)
    assert stat.S_ISSOCK((tmp_path / NAME).stat().st_mode)
    async with telling(tmp_path) as path:
        assert await asked(path) == LINE


@on_loop
async def test_a_living_ones_is_left_alone(tmp_path: Path) -> None:
    async with telling(tmp_path) as path:
        with pytest.raises(CannotListen, match="another process answers there"):
            LocalSocket(tmp_path)
        assert await asked(path) == LINE


def test_a_busy_ones_is_left_alone(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as busy:
        busy.bind(str(tmp_path / NAME))
        busy.listen(0)
        with (
            connected(tmp_path / NAME),
            pytest.raises(CannotListen, match="another process answers there"),
        ):
            LocalSocket(tmp_path)


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("somebody's")
    with pytest.raises(CannotListen, match=f"{NAME}: it is no socket"):
        LocalSocket(tmp_path)
    assert (tmp_path / NAME).read_text() == "somebody's"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotListen, match=f"none/{NAME}: No such file or directory"):
        LocalSocket(tmp_path / "none")


# --- the document --------------------------------------------------------------------------


class Bench:
    """An account with a clock of the test's, which counts how often it is made."""

    def __init__(self) -> None:
        agent = Agent(PLAN, Start(Incarnation("dc-a", "boot", "life"), Memory(), 10.0))
        agent.begin()
        self.now_s, self.made = 11.0, 0
        self.account = Account(agent, lambda: 10.5, (self.part,), lambda: self.now_s)

    def part(self) -> dict[str, int]:
        self.made += 1
        return {"made": self.made}


def test_file_and_socket_say_the_same() -> None:
    bench = Bench()
    assert json.loads(bench.account.line()) == json.loads(json.dumps(bench.account.document()))
    assert bench.account.document()["register"]["looked_s_ago"] == 0.5


def test_however_many_ask_it_is_made_five_times_a_second() -> None:
    bench = Bench()
    for _ in range(1000):
        bench.account.line()
        bench.now_s += 0.001
    assert bench.made == round(1.0 / SHARED_S)
    bench.now_s += SHARED_S
    assert json.loads(bench.account.line())["at_boot_s"] == bench.now_s
