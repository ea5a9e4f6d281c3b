"""Texts that no program reads are said; of too many that changed not each is asked about."""

from __future__ import annotations

from pathlib import Path

from telemed_infra.native.check import PROGRAMS
from telemed_infra.native.report import Missing
from telemed_infra.pipeline.native import (
    CHANGED_MAX,
    Asking,
    NativeUnit,
    ask_about_shapes,
    totals_of,
)

NOT_HERE = Asking("shape", {program.name: Missing(why="not installed") for program in PROGRAMS})
UNITS = [
    NativeUnit(device="SW1", platform="h3c_comware", paths=("SW1.comware",), shape="", size=9),
    NativeUnit(device="SW2", platform="h3c_comware", paths=("SW2.comware",), shape="", size=5),
    NativeUnit(device="GW1", platform="nftables", paths=("GW1.nft",), shape="one", size=7),
]


def test_the_summary_counts_every_text_that_nobody_reads(tmp_path: Path) -> None:
    (tmp_path / "GW1.nft").write_text("table\n")  # the only file that is looked for
    changed = frozenset({"SW1.comware"})
    reports = ask_about_shapes(NOT_HERE, tmp_path, UNITS, 1, changed)
    assert totals_of(NOT_HERE, UNITS, reports).as_json()["lines"] == [
        "SKIPPED nft: 1 texts not asked about: not installed",
        "no program is known that reads h3c_comware: our own parser alone judges 2 texts",
        "one text of each shape and every changed one (shapes: nftables 1 of 1)",
    ]


def test_a_change_that_touches_too_many_is_asked_about_by_shape(tmp_path: Path) -> None:
    units = [
        NativeUnit(device=f"GW{n}", platform="nftables", paths=(f"{n}.nft",), shape="one", size=n)
        for n in range(1, CHANGED_MAX + 2)
    ]
    (tmp_path / "1.nft").write_text("table\n")  # the only file that is looked for
    changed = frozenset(path for unit in units for path in unit.paths)
    reports = ask_about_shapes(NOT_HERE, tmp_path, units, 1, changed)
    assert totals_of(NOT_HERE, units, reports, changed).as_json()["lines"] == [
        "SKIPPED nft: 1 texts not asked about: not installed",
        (
            f"one text of each shape, not all of {CHANGED_MAX + 1} devices with changed ones: "
            f"--native all (shapes: nftables 1 of {CHANGED_MAX + 1})"
        ),
    ]
