"""Pages by a command: in order, tried twice, and not each second the same."""

from __future__ import annotations

from pathlib import Path

from failover.core.effects import Page
from failover.processes.pager import REPEATED_S, TOLD_MAX, Pager


def command(folder: Path, *, code: int = 0) -> tuple[list[str], Path]:
    """A command that writes down what it is given."""
    program, said = folder / "page", folder / "said"
    program.write_text(f'#!/bin/sh\necho "$1: $2" >>{said}\nexit {code}\n', "ascii")
    program.chmod(0o755)
    return [str(program)], said


def test_pages_are_said_in_order(tmp_path: Path) -> None:
    words, said = command(tmp_path)
    failed: list[str] = []
    pager = Pager(words, failed.append)
    assert pager.page(Page("lease", "is lost"))
    assert pager.page(Page("lease", "is back"))
    pager.close()
    assert said.read_text("ascii") == "lease: is lost\nlease: is back\n"
    assert not failed
    nothing = {"failures": 0, "last_failure": "", "at": None}
    assert pager.document() == {"command": True, **nothing}
    assert Pager((), failed.append).document() == {"command": False, **nothing}


def test_a_page_that_fails_is_tried_twice_and_told(tmp_path: Path) -> None:
    words, said = command(tmp_path, code=3)
    failed: list[str] = []
    pager = Pager(words, failed.append)
    pager.page(Page("lease", "is lost"))
    pager.close()
    assert said.read_text("ascii") == "lease: is lost\n" * 2
    assert len(failed) == 1
    assert failed[0].startswith("page `lease` was not said: ")
    told = pager.document()
    assert (told["command"], told["failures"], told["last_failure"]) == (True, 1, failed[0])
    assert told["at"] is not None


def test_what_goes_on_is_said_once_in_a_while(tmp_path: Path) -> None:
    words, said = command(tmp_path)
    now_s = 1000.0
    pager = Pager(words, lambda _: None, lambda: now_s)
    first = Page("release portal", "portal: the server does not end")
    assert [pager.page(first) for _ in range(3)] == [True, False, False]
    assert pager.page(Page("release archive", first.text))
    assert pager.page(Page(first.key, "portal: no disk"))
    assert pager.page(first), "other words came between"
    now_s += REPEATED_S
    assert pager.page(first)
    pager.close()
    assert len(said.read_text("ascii").splitlines()) == 5


def test_few_keys_are_remembered() -> None:
    pager = Pager((), lambda _: None)
    for number in range(TOLD_MAX + 1):
        assert pager.page(Page(f"key {number}", "said"))
    assert pager.page(Page("key 0", "said"))
    assert not pager.page(Page(f"key {TOLD_MAX}", "said"))
    pager.close()
