"""One function over many batches, in processes that share what was made before the fork."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")

_work: Callable[[Any], Any] | None = None  # set before the fork; the children only read it


def each(
    work: Callable[[Batch], Result],
    batches: Sequence[Batch],
    jobs: int,
    done: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """The results in the order of the batches, whatever process made them.

    `done` is called with each as it comes. With one job everything happens in this process.
    """
    global _work  # noqa: PLW0603  # forked processes take over what is too large to send
    _work = work
    gc.freeze()
    results: dict[int, Result] = {}
    try:
        for number, result in _run(list(enumerate(batches)), jobs):
            results[number] = result
            done(result)
    finally:
        gc.unfreeze()
        _work = None
    return [results[number] for number in range(len(batches))]


def _run(batches: list[tuple[int, Any]], jobs: int) -> Iterator[tuple[int, Any]]:
    if jobs < 2 or len(batches) < 2:
        yield from map(_one, batches)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_one, batches)


def _one(numbered: tuple[int, Any]) -> tuple[int, Any]:
    """What a batch makes is freed by counting; looking for cycles would only cost time."""
    number, batch = numbered
    assert _work is not None
    enabled = gc.isenabled()
    gc.disable()
    try:
        return number, _work(batch)
    finally:
        if enabled:
            gc.enable()
