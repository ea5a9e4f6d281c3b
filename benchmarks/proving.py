"""Parse the fleet's texts back and prove them, from texts and inventory alone."""

from __future__ import annotations

import json

from benchmarks.bench import INVENTORY, TELEMED, Bench
from benchmarks.building import cold
from benchmarks.figures import Row, memory, wall
from benchmarks.process import measure

TARGET_S = 4.0


def rows(bench: Bench) -> list[Row]:
    folder = bench.once(cold).folder
    bench.say("proving the texts again")
    found = [
        measure([
            TELEMED, "verify", folder, "--proof-only", "--json", "--inventory", INVENTORY,
            "--jobs", str(bench.jobs),
        ])
        for _ in range(bench.runs)
    ]  # fmt: skip
    proof = json.loads(found[-1].output)["proof"]
    note = (
        f"{proof['devices']:,} devices, {proof['lines']:,} lines, {proof['rules']:,} rules read "
        f"back, {proof['openings_must'] + proof['openings_may']:,} openings; no peer proves"
    )
    return [
        Row(
            subject="verify", what=f"parse back and prove the fleet, {bench.jobs} processes",
            target=TARGET_S, figure=wall(found), note=note,
        ),
        Row(subject="verify", what="memory of that proof, all processes", figure=memory(found)),
    ]  # fmt: skip
