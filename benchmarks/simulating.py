"""The agents in the simulated world: so many schedules, judged. No peer simulates its own."""

from __future__ import annotations

import json

from benchmarks.bench import Bench
from benchmarks.figures import Row, wall
from benchmarks.process import BIN, Failed, measure

SEEDS = 2000
TARGET_S = 60.0


def rows(bench: Bench) -> list[Row]:
    bench.say(f"simulating {SEEDS:,} schedules")
    found = measure(
        [BIN / "telemed-failover", "simulate", "--seeds", str(SEEDS), "--jobs", str(bench.jobs),
         "--json"],
    )  # fmt: skip
    document = json.loads(found.output)
    if document["runs"] != SEEDS or document["violations"]:
        raise Failed(f"{document['runs']} schedules, {len(document['violations'])} violations")
    takeover_s = ", ".join(
        f"{profile} {times['median']:.2f} s (at most {times['max']:.2f}, n={times['count']})"
        for profile, times in document["takeover_s"].items()
    )
    return [
        Row(
            subject="simulate",
            what=f"{SEEDS:,} schedules of the failover agents, {bench.jobs} processes",
            target=TARGET_S,
            figure=wall([found]),
            note=f"no rule broken; centre lost → first open door: {takeover_s}",
        )
    ]
