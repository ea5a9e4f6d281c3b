"""The whole pipeline as a user starts it, from nothing and after small changes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import INVENTORY, TELEMED, Bench
from benchmarks.figures import Figure, Row, memory, wall
from benchmarks.process import Failed, Measured, measure
from benchmarks.rendering import PEER, jinja

COLD_S, COLD_MB, NATIVE_S, UNCHANGED_S = 10.0, 400.0, 15.0, 1.0

# One policy gets one application more, and the next time it loses it again.
POLICY_FILE = Path("policies", "imaging.yml")
BEFORE, AFTER = "apps: [dicom-tls]\n", "apps: [dicom-tls, dicomweb]\n"


@dataclass(frozen=True, slots=True)
class Cold:
    """Cold builds; the last of them stays for who proves it again."""

    folder: Path
    runs: tuple[Measured, ...]

    @property
    def wall(self) -> Figure:
        return wall(self.runs)


def cold(bench: Bench) -> Cold:
    """Builds into folders that never were; no cache, no build before."""
    bench.say(f"building the province, cold, {bench.runs} times")
    found = []
    for number in range(bench.runs):
        folder = bench.folder(f"cold-{number}") / "build"
        found.append(build(bench, folder, native="shape"))
    return Cold(folder, tuple(found))


def build(bench: Bench, out: Path, *, native: str, inventory: Path = INVENTORY) -> Measured:
    """`telemed build`."""
    return measure([
        TELEMED, "build", "--inventory", inventory, "--out", out, "--jobs", str(bench.jobs),
        "--native", native,
    ])  # fmt: skip


def rows(bench: Bench) -> list[Row]:
    found = bench.once(cold)
    plain = bench.once(jinja)
    native = _native(bench)
    processes = f"{bench.jobs} processes"
    return [
        Row(
            subject="build", what=f"cold build, proven, {processes}", target=COLD_S,
            figure=found.wall, peer=PEER, beside=plain.figure,
            note="native checks by shape; the peer renders only: nothing loaded, written, proven",
        ),
        Row(
            subject="build", what="memory of a cold build, all processes", target=COLD_MB,
            figure=memory(found.runs), note="peak of summed PSS, every 50 ms",
        ),
        Row(
            subject="build", what="cold build, native checks of every text", target=NATIVE_S,
            figure=native, note="`--native all`: nft, suricata, vrp-ir",
        ),
        Row(
            subject="build", what="of it, the native checks", figure=native.beyond(found.wall),
            note="what `--native all` takes more than the cold build above",
        ),
        Row(
            subject="build", what="nothing changed", target=UNCHANGED_S,
            figure=_unchanged(bench, found.folder), note="inputs and every file by hash",
        ),
        Row(
            subject="build", what="one policy changed", figure=_changed(bench),
            note="all rendered and proven again; only what differs is written",
        ),
    ]  # fmt: skip


def _native(bench: Bench) -> Figure:
    bench.say("building with native checks of every text")
    return wall(
        build(bench, bench.folder(f"native-{number}") / "build", native="all")
        for number in range(bench.runs)
    )


def _unchanged(bench: Bench, folder: Path) -> Figure:
    bench.say("building with nothing changed")
    return wall(build(bench, folder, native="shape") for _ in range(bench.runs))


def _changed(bench: Bench) -> Figure:
    bench.say("building after a change of one policy")
    folder = bench.folder("changed")
    inventory = folder / "inventory"
    shutil.copytree(INVENTORY, inventory)
    build(bench, folder / "build", native="shape", inventory=inventory)
    found = []
    for number in range(bench.runs):
        change(inventory / POLICY_FILE, back=bool(number % 2))
        found.append(build(bench, folder / "build", native="shape", inventory=inventory))
    return wall(found)


def change(file: Path, *, back: bool) -> None:
    """Gives the first policy that has not got it one application more, or takes it back."""
    old, new = (AFTER, BEFORE) if back else (BEFORE, AFTER)
    text = file.read_text("utf-8")
    if old not in text:
        raise Failed(f"{file} has no `{old.strip()}` to change")
    file.write_text(text.replace(old, new, 1), "utf-8")
