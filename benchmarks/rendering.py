"""Plain Jinja2 on the same templates: the least that any tool with these templates costs.

The views are made beforehand and not measured; a pair's shared policy is rendered once, as we do.
Alone: python -m benchmarks.rendering INVENTORY RUNS
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter

from jinja2 import FileSystemLoader

from benchmarks.bench import INVENTORY, Bench, answer
from benchmarks.figures import Figure, Row
from benchmarks.views import View, Views
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

PEER = "plain Jinja2, render only, 1 process"
BATCH_VIEWS = 64


@dataclass(frozen=True, slots=True)
class Plain:
    """Jinja2 alone over the fleet."""

    figure: Figure
    devices: int
    lines: int


def jinja(bench: Bench) -> Plain:
    """Measured in a process of its own."""
    bench.say("rendering with plain Jinja2")
    found = answer("benchmarks.rendering", INVENTORY, str(bench.runs))
    seconds = tuple(found["seconds"])
    return Plain(Figure("s", seconds), found["devices"], found["lines"])


def rows(bench: Bench) -> list[Row]:
    found = bench.once(jinja)
    note = f"{found.devices:,} devices, {found.lines:,} lines; views ready, garbage collector off"
    return [
        Row(subject="jinja", what=PEER, figure=found.figure, note=note),
        Row(
            subject="jinja", what="plain Jinja2, each device",
            figure=found.figure.each(found.devices, "µs", 1e6),
        ),
    ]  # fmt: skip


def render_all(views: Views, runs: int) -> tuple[list[float], int, int]:
    """Seconds of each run, devices, lines. Batch by batch, so that memory stays small."""
    templates = environment(FileSystemLoader(shipped("templates")))
    seconds = [0.0] * runs
    devices: set[str] = set()
    lines = 0
    batch: list[View] = []
    for device, found in chain(views.by_device(), [(None, [])]):
        batch += found
        if device is not None:
            devices.add(device.name)
            if len(batch) < BATCH_VIEWS:
                continue
        for view in batch:
            templates.get_template(view.template)
        for run in range(runs):
            start = perf_counter()
            texts = [templates.get_template(one.template).render(one.values) for one in batch]
            seconds[run] += perf_counter() - start
        lines += _lines(texts)
        batch = []
    return seconds, len(devices), lines


def _lines(texts: Iterable[str]) -> int:
    return sum(text.count("\n") for text in texts)


def _main(inventory: str, runs: str) -> None:
    gc.disable()
    seconds, devices, lines = render_all(Views(Path(inventory)), int(runs))
    print(json.dumps({"seconds": seconds, "devices": devices, "lines": lines}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
