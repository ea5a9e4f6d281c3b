"""The door to a build: what stands is trusted if nothing changed; else inventory in, build out.

Light: a build that only compares hashes never waits for parsers, templates and schemas.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import telemed_infra
from telemed_infra.collector import collector_paused
from telemed_infra.model.files import Texts, read_inventory
from telemed_infra.pipeline.manifest import (
    MANIFEST,
    Manifest,
    inputs_hash,
    read_manifest,
    standing,
)
from telemed_infra.pipeline.request import BuildRequest, BuildResult
from telemed_infra.resources import shipped

__all__ = ["BuildRequest", "BuildResult", "build"]


def build(request: BuildRequest) -> BuildResult:
    """Builds and proves; the build takes its place if there is no finding.

    Raises:
        InputError: the inventory has problems; nothing was written.
        OutputError: the output cannot be written; what stands there is untouched.
        PatternError: `limit` names nothing.
        WorkerLost: a process was ended from outside; what stands at `out` is untouched.
    """
    start = perf_counter()
    with collector_paused():
        inventory = read_inventory(request.inventory, request.environment)
        inputs = "" if request.limit is not None else _inputs(inventory)
        known = read_manifest(request.out / MANIFEST)
        current = known and known.current(inputs, request.as_of, request.native)
        if known and current and standing(request.out) == known.files:
            return _trusted(known, perf_counter() - start)
        # Not above: see this module's first lines.
        from telemed_infra.pipeline.making import make  # noqa: PLC0415

        result = make(request, inventory, inputs)
    return replace(result, seconds=perf_counter() - start)


def _inputs(inventory: Texts) -> str:
    program = Path(telemed_infra.__file__).parent
    return inputs_hash(inventory, [shipped("templates"), program])


def _trusted(known: Manifest, seconds: float) -> BuildResult:
    """What the build said that stands; its manifest is of this program, so it has each number."""
    shown = {
        key: value for key, value in known.summary.items() if key not in ("findings", "proven")
    }
    return BuildResult(
        **shown | {"trusted": known.inputs, "changed": 0, "seconds": seconds}, findings=()
    )
