"""Real processes, really ended or refused by the disk: the old build stays and stays valid."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from telemed_infra.pipeline.build import build
from tests.pipeline.provinces import AS_OF, Place

TELEMED = Path(sys.executable).with_name("telemed")
SECONDS_MAX = 30
# Stops in the middle: tells its children's numbers and waits for what never comes.
BUILD = """
import multiprocessing, sys
from datetime import date
from pathlib import Path
from telemed_infra.cli.talk import refusals
from telemed_infra.pipeline.build import BuildRequest, build

def stop(done, whole):
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    sys.stdin.read()

with refusals(as_json=False):
    build(BuildRequest(inventory=Path(sys.argv[1]), out=Path(sys.argv[2]), as_of=date(2026, 7, 1),
                       native="none", jobs=2, progress=stop))
"""


@contextmanager
def stopped_build(place: Place) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A build in the middle, and handles of its children."""
    process = subprocess.Popen(
        # Whoever started the tests in the background has them ignore the keyboard.
        ["env", "--default-signal=INT", sys.executable, "-c", BUILD, place.inventory, place.out],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        children = [os.pidfd_open(int(pid)) for pid in process.stdout.readline().split()]
        try:
            yield process, children
        finally:
            process.kill()
            for child in children:
                os.close(child)


def ends(child: int) -> bool:
    return bool(select.select([child], [], [], SECONDS_MAX)[0])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_build_that_is_ended(place: Place, how: signal.Signals) -> None:
    before = place.content()
    place.edit("services.yml", "远程影像", "影像")
    with stopped_build(place) as (process, children):
        assert len(children) == 2
        process.send_signal(how)
        assert process.wait(SECONDS_MAX) == -how
        assert all(map(ends, children))
    assert place.content() == before
    place.edit("services.yml", "影像", "远程影像")
    assert not place.verify().findings
    place.edit("services.yml", "远程影像", "影像")
    assert build(place.request()).proven
    assert not place.verify().findings


def test_a_build_that_is_interrupted_at_the_keyboard(place: Place) -> None:
    """The terminal tells all its processes; only the parent speaks."""
    before = place.content()
    place.edit("services.yml", "远程影像", "影像")
    with stopped_build(place) as (process, children):
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(SECONDS_MAX) == 1
        assert all(map(ends, children))
        assert process.stderr
        said = process.stderr.read()
    assert said == "error: interrupted\nhint: a build that stood before still stands\n"
    assert place.content() == before


def command(place: Place) -> str:
    return shlex.join(
        [
            str(TELEMED), "build", "--inventory", str(place.inventory), "--out", str(place.out),
            "--native", "none", "--as-of", str(AS_OF), "--jobs", "2",
        ]
    )  # fmt: skip


def refused(script: str) -> str:
    run = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    lines = [line for line in run.stderr.splitlines() if not line.startswith("building:")]
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"], run.stderr
    return lines[0]


def test_a_limit_of_file_sizes(place: Place) -> None:
    before = place.content()
    place.edit("services.yml", "远程影像", "影像")
    assert "File too large" in refused(f"ulimit -f 8; exec {command(place)}")
    assert place.content() == before


@pytest.mark.root
def test_a_full_disk(empty: Place) -> None:
    """Room for two builds first; then a file takes what is left."""
    disk = empty.out.parent / "disk"
    disk.mkdir()
    on_disk = Place(empty.inventory, disk / "build")
    build_it = command(on_disk)
    script = f"""
        set -e
        mount -t tmpfs -o size=16m none {disk}
        {build_it} >&2
        head -c 16m /dev/zero > {disk}/filler 2>/dev/null || true
        echo "# one more line" >> {on_disk.inventory}/services.yml
        sha256sum $(find {disk}/build/ -type f) > {disk.parent}/before
        code=0; {build_it} > {disk.parent}/out 2> {disk.parent}/err || code=$?
        sha256sum --quiet -c {disk.parent}/before
        exit $code
    """
    run = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, run.stderr
    said = (disk.parent / "err").read_text()
    assert "No space left on device" in said
    assert "Traceback" not in said


@pytest.mark.root
def test_a_disk_that_cannot_be_written(empty: Place) -> None:
    disk = empty.out.parent / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o ro none {disk} && {command(Place(empty.inventory, disk / 'build'))}"
    )
    said = refused(f"unshare --mount sh -c {shlex.quote(script)}")
    assert "Read-only file system" in said
