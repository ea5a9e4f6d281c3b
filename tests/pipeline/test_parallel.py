"""Batches in processes: order, failures, and nobody left behind."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from telemed_infra.pipeline import work
from telemed_infra.pipeline.build import build
from telemed_infra.pipeline.errors import OutputError, WorkerLost
from telemed_infra.pipeline.parallel import each
from tests.pipeline.provinces import Place

JOBS = (1, 2)


@pytest.mark.parametrize("jobs", JOBS)
def test_results_in_the_order_of_batches(jobs: int) -> None:
    done: list[int] = []
    assert each(lambda number: number * 2, range(20), jobs, done.append) == list(range(0, 40, 2))
    assert sorted(done) == list(range(0, 40, 2))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("jobs", JOBS)
def test_something_is_done_meanwhile_and_here(jobs: int) -> None:
    done: list[int] = []
    each(abs, range(4), jobs, meanwhile=lambda: done.append(os.getpid()))
    assert done == [os.getpid()]


def test_no_batch_at_all() -> None:
    assert each(abs, [], 2) == []


@pytest.mark.parametrize("jobs", JOBS)
def test_an_error_of_a_batch_is_the_whole_error(jobs: int) -> None:
    def fail(number: int) -> int:
        raise OutputError(f"batch {number}", "hint")

    with pytest.raises(OutputError, match="batch"):
        each(fail, [1, 2, 3, 4], jobs)
    assert multiprocessing.active_children() == []


def test_a_process_ended_from_outside() -> None:
    def end(number: int) -> int:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(WorkerLost) as lost:
        each(end, range(8), 2)
    assert "--jobs 1" in lost.value.hint
    assert multiprocessing.active_children() == []


def test_an_interrupt_ends_the_children() -> None:
    def interrupt(number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each(abs, range(8), 2, interrupt)
    assert multiprocessing.active_children() == []


def test_others_children_are_left_alone() -> None:
    def fail(number: int) -> int:
        raise ValueError(number)

    reader, writer = os.pipe()
    other = multiprocessing.get_context("fork").Process(target=os.read, args=(reader, 1))
    other.start()
    with pytest.raises(ValueError, match=r"0|1"):
        each(fail, [0, 1], 2)
    assert other.is_alive()
    os.write(writer, b"x")
    other.join()
    assert other.exitcode == 0


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_before(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        assert each(lambda _: gc.isenabled(), [1, 2], 1) == [False, False]
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_a_build_that_loses_a_process(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(worker: object, sites: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    before = place.content()
    place.edit("services.yml", "远程影像", "影像")
    with monkeypatch.context() as patched:
        patched.setattr(work.Worker, "batch", end)
        with pytest.raises(WorkerLost):
            build(place.request(jobs=2))
    assert place.content() == before
    assert build(place.request(jobs=2)).proven


def test_a_place_that_refuses_names_the_file(place: Place, tmp_path: Path) -> None:
    """A folder where a file belongs; the worker's error comes out whole."""
    blocked = place.out.with_name(".build.b") / "configs/bijie/weining-caohai/BJ-WN-CH-GW01.nft"
    (blocked / "inner").mkdir(parents=True)
    place.edit("services.yml", "远程影像", "影像")
    before = place.content()
    with pytest.raises(OutputError, match=r"BJ-WN-CH-GW01\.nft: Is a directory"):
        build(place.request(jobs=2))
    assert place.content() == before
