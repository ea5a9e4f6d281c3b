"""The inventory: read, validate, resolve; beside it PyYAML alone, on the province written flat."""

from __future__ import annotations

import sys

from benchmarks.bench import INVENTORY, TELEMED, Bench
from benchmarks.figures import Row, wall
from benchmarks.flat import flat_inventory
from benchmarks.process import Measured, measure

LOAD = """
from datetime import date
from pathlib import Path
from telemed_infra.model.load import load
load(Path({inventory!r}), as_of=date.today())
"""
LIBYAML = "import yaml; yaml.load(open({file!r}, 'rb'), yaml.CSafeLoader)"
PURE = "import yaml; yaml.safe_load(open({file!r}, 'rb'))"
TARGET_S = 0.5


def rows(bench: Bench) -> list[Row]:
    flat = bench.once(flat_inventory)
    size = f"{flat.stat().st_size / 1e6:.1f} MB of YAML"
    bench.say("loading and validating the inventory")
    own, libyaml, whole = [], [], []
    for _ in range(bench.runs):
        own.append(_python(LOAD.format(inventory=str(INVENTORY))))
        libyaml.append(_python(LIBYAML.format(file=str(flat))))
        whole.append(measure([TELEMED, "check", "--json", "--inventory", INVENTORY]))
    pure = [_python(PURE.format(file=str(flat)))]
    written = sum(path.stat().st_size for path in INVENTORY.rglob("*.yml"))
    return [
        Row(
            subject="load", what="load and validate, a process", target=TARGET_S, figure=wall(own),
            peer="PyYAML with libyaml, hosts written out", beside=wall(libyaml),
            note=f"ours {written / 1e6:.1f} MB, policies and all; the peer {size}, only read",
        ),
        Row(
            subject="load", what="`telemed check --json`", target=TARGET_S, figure=wall(whole),
            peer="PyYAML safe_load (no libyaml), hosts written out", beside=wall(pure),
            note="the whole command, plan and counts included",
        ),
    ]  # fmt: skip


def _python(code: str) -> Measured:
    return measure([sys.executable, "-c", code])
