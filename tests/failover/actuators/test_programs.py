"""Running other programs: bounded, and nothing left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from failover.actuators.programs import OUTPUT_BYTES_MAX, run
from tests.failover.actuators.clusters import until
from tests.failover.register.loops import on_loop

FAR_S = 60.0
SHORT_S = 0.3


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@on_loop
async def test_it_ends_by_itself() -> None:
    ended = await run(python("print('a'); print('b')"), limit_s=FAR_S)
    assert (ended.code, ended.fine, ended.words) == (0, True, "b")
    ended = await run(python("raise SystemExit('no room')"), limit_s=FAR_S)
    assert (ended.code, ended.fine, ended.words) == (1, False, "no room")
    assert (await run(python(""), limit_s=FAR_S)).words == "it said nothing"


@on_loop
async def test_what_cannot_be_run_is_told() -> None:
    ended = await run(["/nonexistent/program"], limit_s=FAR_S)
    assert ended.code is None
    assert ended.words.startswith("/nonexistent/program cannot be run: ")


@on_loop
async def test_at_its_limit_it_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    stubborn = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = os.fork(); open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "print('begun', flush=True); time.sleep(600)"
    )
    ended = await run(python(stubborn), limit_s=SHORT_S + 1)
    assert ended.code is None
    both = [int(pid) for pid in pids.read_text("utf-8").split()]
    until(lambda: all(gone(pid) for pid in both))


@on_loop
async def test_who_holds_the_output_open_holds_nobody_up(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    leaves_one_behind = (
        "import os, time\n"
        f"if os.fork() == 0: open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)\n"
        f"while not os.path.exists({str(pid)!r}): pass\n"
        "print('done', flush=True); os._exit(0)"
    )
    ended = await run(python(leaves_one_behind), limit_s=FAR_S)
    assert (ended.code, ended.words) == (0, "done")
    text = pid.read_text("utf-8")
    if text:
        until(lambda: gone(int(text)))


@on_loop
async def test_the_end_of_a_long_output_is_kept() -> None:
    ended = await run(python("print('x' * 1_000_000); print('the end')"), limit_s=FAR_S)
    assert (ended.code, ended.words) == (0, "the end")
    assert len(ended.output) == OUTPUT_BYTES_MAX


@on_loop
async def test_nothing_is_inherited() -> None:
    os.environ["TELEMED_TEST_SECRET"] = "x"
    try:
        ended = await run(python("import os; print(sorted(os.environ))"), limit_s=FAR_S)
    finally:
        del os.environ["TELEMED_TEST_SECRET"]
    assert "SECRET" not in ended.output
    assert "HOME" not in ended.output


def gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return True
