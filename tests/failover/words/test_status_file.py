"""What the agent says of itself: by its socket first, then by its file, and never late."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from failover.core.view import View
from failover.disk.lock import boot_id
from failover.processes import local_socket
from failover.processes.status import StatusFile
from failover.wire.post import boot_time_s
from failover.words.known import Known, Source
from failover.words.picture import Picture, picture
from failover.words.status_file import ANSWER_S, FRESH_S, By, Told, ask_status
from tests.failover.core.bench import ME, PLAN, Bench
from tests.failover.words.test_drills import document

SOON_S = ANSWER_S + 2.0  # a loaded machine


def said(age_s: float = 0.0, **more: object) -> dict[str, Any]:
    """A document of so long ago."""
    found: dict[str, Any] = {
        "version": 1,
        "at": time.time() - age_s,
        "at_boot_s": boot_time_s() - age_s,
    }
    found |= {"boot": boot_id(), "centre": "dc-a", "plan": "p"}
    return found | {key: {} for key in ("groups", "lease", "peer", "register")} | more


@contextmanager
def answering(folder: Path, answer: Callable[[socket.socket], None]) -> Iterator[None]:
    """One visitor is answered at the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.bind(str(folder / local_socket.NAME))
        made.listen(1)

        def serve() -> None:
            visitor, _ = made.accept()
            with visitor:
                answer(visitor)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield
        thread.join(SOON_S)
        assert not thread.is_alive()


def line(**more: object) -> bytes:
    return json.dumps(said(0.0, **more)).encode() + b"\n"


def test_the_socket_comes_before_the_file(tmp_path: Path) -> None:
    StatusFile(tmp_path).write(said(60.0, life="file"))
    with answering(tmp_path, lambda visitor: visitor.sendall(line(life="socket"))):
        told = ask_status(tmp_path)
    assert told is not None
    assert (told.document["life"], told.by, told.silent) == ("socket", By.SOCKET, "")
    assert told.fresh
    assert told.file_age_s is not None
    assert told.file_age_s >= 60.0


def test_the_socket_alone_is_enough(tmp_path: Path) -> None:
    with answering(tmp_path, lambda visitor: visitor.sendall(line())):
        told = ask_status(tmp_path)
    assert told is not None
    assert (told.by, told.file_age_s) == (By.SOCKET, None)


def test_nobody_listens(tmp_path: Path) -> None:
    assert ask_status(tmp_path) is None
    StatusFile(tmp_path).write(said())
    told = ask_status(tmp_path)
    assert told is not None
    assert (told.by, told.silent) == (By.FILE, "nobody listens at its socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(tmp_path / local_socket.NAME))  # as a killed agent leaves it
    told = ask_status(tmp_path)
    assert told is not None
    assert (told.by, told.silent) == (By.FILE, "nobody listens at its socket")


def test_who_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    StatusFile(tmp_path).write(said(1.0))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hung:
        hung.bind(str(tmp_path / local_socket.NAME))
        hung.listen(4)
        began_s = time.monotonic()
        told = ask_status(tmp_path)
        assert ANSWER_S <= time.monotonic() - began_s < SOON_S
    assert told is not None
    assert (told.by, told.silent, told.fresh) == (By.FILE, "its socket does not answer", True)


def test_who_answers_drop_by_drop_is_not_waited_for(tmp_path: Path) -> None:
    StatusFile(tmp_path).write(said())

    def drip(visitor: socket.socket) -> None:
        try:
            while True:
                visitor.sendall(b" ")
                time.sleep(0.05)
        except OSError:
            pass

    with answering(tmp_path, drip):
        told = ask_status(tmp_path)
    assert told is not None
    assert (told.by, told.silent) == (By.FILE, "its socket does not answer")


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b"[1]\n", line()[:40], line(version=2), b"\xff\x00", b"nonsense\n"],
    ids=["nothing", "empty", "a list", "torn", "another version", "no text", "no JSON"],
)
def test_what_cannot_be_read_is_not_believed(tmp_path: Path, answer: bytes) -> None:
    StatusFile(tmp_path).write(said())
    with answering(tmp_path, lambda visitor: visitor.sendall(answer)):
        told = ask_status(tmp_path)
    assert told is not None
    assert (told.by, told.silent) == (By.FILE, "its socket says nothing readable")


# --- as it is shown ------------------------------------------------------------------------


def drawn(told: Told, bench: Bench) -> Picture:
    whole = document(bench) | {"journal": {"waiting": 0, "problem": ""}}
    known = Known(
        at=time.time(),
        told=told._replace(document=whole | told.document),
        source=Source.NONE,
        why_not="",
        view=View(),
        renewed={},
        watched_s=1.0,
    )
    return picture(known, PLAN, "dc-a")


def shown(told: Told) -> dict[str, str]:
    return dict(drawn(told, Bench().settle()).facts)


LIVES = "lives, its guard obeys"
HUNG = "its socket does not answer"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (Told({}, 0.0, 0.1, By.SOCKET, file_age_s=0.4), LIVES),
        (
            Told({}, 0.0, 0.1, By.SOCKET, file_age_s=90.0),
            f"{LIVES}; known by its socket: its status file is 1 min 30 s old",
        ),
        (
            Told({}, 0.0, 0.1, By.SOCKET),
            f"{LIVES}; known by its socket: there is no status file",
        ),
        (
            Told({}, 0.0, 2.0, By.FILE, HUNG),
            f"lived 2.0 s ago, its guard obeys; known by its status file: {HUNG}",
        ),
    ],
)
def test_by_what_it_is_known(told: Told, sentence: str) -> None:
    told = told._replace(document={"obeyed": True}, at=time.time() - told.age_s)
    assert shown(told)["agent here"] == sentence


def test_an_old_file_and_a_silent_socket(tmp_path: Path) -> None:
    told = Told({}, time.time() - 90.0, FRESH_S + 87.0, By.FILE, HUNG)
    found = shown(told)["agent here"]
    assert found.startswith("unknown since ")
    assert found.endswith(f"(1 min 30 s): {HUNG}; it has stopped or hangs")


def test_pages_that_did_not_reach_people_are_shown() -> None:
    told = Told({}, time.time(), 0.1)
    paging: dict[str, Any] = {"command": True, "failures": 0, "last_failure": "", "at": None}
    assert "paging" not in shown(told._replace(document={"paging": paging}))
    paging |= {
        "failures": 2,
        "last_failure": "page `lease` was not said: no end",
        "at": time.time(),
    }
    found = shown(told._replace(document={"paging": paging}))["paging"]
    assert found.startswith("2 pages did not reach people, the last at ")
    assert found.endswith(": page `lease` was not said: no end")
    paging |= {"command": False, "failures": 0}
    found = shown(told._replace(document={"paging": paging}))["paging"]
    assert found == "nobody is told by the agent: the node file names no command"


def test_what_a_take_waits_for_is_shown() -> None:
    """A centre that has just come back, and in whose time the other did not renew."""
    bench = Bench().settle().restarted(ME._replace(life="life-b")).lose_the_other_centre().run(4.0)
    told = Told({}, time.time(), 0.1, By.SOCKET, file_age_s=0.1)
    notes = {each.group: each.notes for each in drawn(told, bench).groups}
    assert notes["dispatch"] == (
        "not taken for 6.0 s yet: dc-a has not seen dc-b renew since it follows the register",
    )
    assert notes["imaging"] == ()  # its own
    bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert {each.group: each.notes for each in drawn(told, bench).groups}["dispatch"] == ()


def test_an_agent_of_before_an_upgrade_is_shown_too() -> None:
    bench = Bench().settle().restarted(ME._replace(life="life-b")).lose_the_other_centre().run(4.0)
    lease = document(bench)["lease"]
    del lease["peer_unseen_for_s"]
    seen = drawn(Told({"lease": lease}, time.time(), 0.1, By.SOCKET, file_age_s=0.1), bench)
    assert all(each.notes == () for each in seen.groups)
    assert {each.lost: each.unknown for each in seen.what_if}["dc-b"] == ""
