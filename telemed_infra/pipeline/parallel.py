"""One function over many batches, in processes that share what was made before the fork."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from threading import Thread
from typing import Any, TypeVar

from telemed_infra.collector import collector_paused
from telemed_infra.pipeline.errors import WorkerLost

Batch = TypeVar("Batch")
Result = TypeVar("Result")

_work: Callable[[Any], Any] | None = None  # set before the fork; the children only read it


def _nothing() -> None:
    """There is nothing to do but to wait."""


def _ignore(result: object) -> None:
    """Nobody waits for single results."""


def each(
    work: Callable[[Batch], Result],
    batches: Sequence[Batch],
    jobs: int,
    done: Callable[[Result], None] = _ignore,
    meanwhile: Callable[[], None] = _nothing,
) -> list[Result]:
    """The results in the order of the batches, whatever process made them.

    `done` is called with each as it comes; `meanwhile` once, here, while the processes work. With
    one job everything happens in this process. Whatever happens, no process is left behind.

    Raises:
        WorkerLost: a process was ended from outside.
    """
    global _work  # noqa: PLW0603  # forked processes take over what is too large to send
    _work = work
    results: dict[int, Result] = {}
    try:
        with (
            collector_paused(),
            closing(_run(list(enumerate(batches)), jobs, meanwhile)) as numbered,
        ):
            for number, result in numbered:
                results[number] = result
                done(result)
    finally:
        _work = None
    return [results[number] for number in range(len(batches))]


def _run(
    batches: list[tuple[int, Any]], jobs: int, meanwhile: Callable[[], None]
) -> Generator[tuple[int, Any], None, None]:
    if jobs < 2 or len(batches) < 2:
        meanwhile()
        yield from map(_one, batches)
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(jobs, len(batches)), multiprocessing.get_context("fork"), initializer=_begin
    )
    try:
        submitted = [pool.submit(_one, numbered) for numbered in batches]
        meanwhile()
        for ended in as_completed(submitted):
            yield ended.result()
    except BrokenProcessPool as error:
        raise WorkerLost from error
    except BaseException:
        # An interrupt, or a batch that failed: nobody wants the other batches' results any more.
        for child in set(multiprocessing.active_children()) - others:
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """A child leaves an interrupt to its parent, and never outlives it: it may hold its lock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _one(numbered: tuple[int, Any]) -> tuple[int, Any]:
    number, batch = numbered
    assert _work is not None
    return number, _work(batch)
