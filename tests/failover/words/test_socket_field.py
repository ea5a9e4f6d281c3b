"""The agent's socket on the lab: what lives answers, what is stopped or killed does not."""

from __future__ import annotations

import json
import signal
import socket
import stat
import time

import pytest

from failover.laboratory.lab import Lab
from failover.processes.local_socket import NAME
from failover.words.status_file import ANSWER_S, By, ask_status
from tests.failover.words.conftest import Say
from tests.failover.words.test_field import document

pytestmark = [pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]

SOON_S = ANSWER_S + 2.0  # a loaded machine


def told_by(lab: Lab, place: str) -> By | None:
    told = ask_status(lab.folder / place / "run")
    return None if told is None else told.by


def is_fresh(lab: Lab, place: str) -> bool:
    told = ask_status(lab.folder / place / "run")
    return told is not None and told.fresh


def test_socket_and_file_through_a_life(lab: Lab, say: Say) -> None:
    run = lab.folder / "dc-a/run"
    told = ask_status(run)
    assert told is not None
    assert (told.by, told.silent, told.fresh) == (By.SOCKET, "", True)
    assert told.document.keys() == lab.status("dc-a").keys()
    assert told.document["paging"]["failures"] == 0
    assert stat.S_IMODE((run / NAME).stat().st_mode) == 0o660
    facts = document(say, "dc-a")["facts"]
    assert facts["agent here"] == "lives, its guard obeys"

    (run / "status.json").unlink()
    (run / "status.json").mkdir()  # it can be written no more
    facts = document(say, "dc-a")["facts"]
    assert facts["agent here"] == (
        "lives, its guard obeys; known by its socket: there is no status file"
    )
    moved = say("dc-a", "switchover", "archive", "--to", "dc-a", "--watch", "--json")
    assert moved.code == 0, moved
    assert json.loads(moved.out)["steps"][-1]["sentence"].endswith("; its doors are open")
    (run / "status.json").rmdir()
    lab.wait_until("the file is there again", lambda: lab.status("dc-a"), 10)

    agent = lab.process("dc-a", "agent")
    agent.send_signal(signal.SIGSTOP)
    try:
        began_s = time.monotonic()
        told = ask_status(run)
        assert time.monotonic() - began_s < SOON_S
        assert told is not None
        assert (told.by, told.silent) == (By.FILE, "its socket does not answer")
    finally:
        agent.send_signal(signal.SIGCONT)

    lab.kill("dc-a", "agent")
    lab.wait_until("the file is old", lambda: not is_fresh(lab, "dc-a"), 10)
    facts = document(say, "dc-a")["facts"]
    assert facts["agent here"].startswith("unknown since ")
    assert facts["agent here"].endswith("nobody listens at its socket; it has stopped or hangs")
    assert (run / NAME).is_socket(), "a killed agent leaves it"
    lab.start("dc-a", "agent")
    lab.wait_until("the next life answers", lambda: told_by(lab, "dc-a") is By.SOCKET)


def test_who_asks_and_asks_keeps_nobody_from_renewing(lab: Lab) -> None:
    path = lab.folder / "dc-a/run" / NAME
    life = lab.status("dc-a")["life"]
    deaf = []
    for _ in range(8):  # they never read
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            made.connect(str(path))
            made.send(b"takeover portal\n")
        except OSError:
            pass
        deaf.append(made)
    end_s = time.monotonic() + 3.0
    while time.monotonic() < end_s:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
            made.settimeout(0.05)
            try:
                made.connect(str(path))
                made.recv(1)
            except OSError:
                pass
        assert lab.is_at_home("portal")
    for made in deaf:
        made.close()
    assert lab.status("dc-a")["life"] == life
    lab.wait_until("it answers", lambda: told_by(lab, "dc-a") is By.SOCKET, 10)
