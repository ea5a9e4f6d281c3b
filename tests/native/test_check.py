from __future__ import annotations

from pathlib import Path

import pytest

from telemed_infra.native import check as checks
from telemed_infra.native.check import check, shape_of, units_of
from telemed_infra.native.process import find
from telemed_infra.native.report import Missing, NativeFile
from telemed_infra.native.shape import Shapes
from tests.native.samples import FIREWALL, SWITCH, file, gateways


def firewalls(count: int) -> list[NativeFile]:
    return [
        file(f"FW{number:02d}.usg", FIREWALL.replace("10.20.0.130", f"10.20.{number}.130"),
             "huawei_usg")
        for number in range(count)
    ]  # fmt: skip


def test_one_text_of_each_shape_is_asked_about() -> None:
    files = [*firewalls(9), file("SW01.vrp", SWITCH, "huawei_vrp")]
    (run,) = check(files, every=False, jobs=1).runs
    assert (run.texts, run.shapes, run.checked) == (10, 2, 2)


def test_a_changed_text_is_asked_about_too() -> None:
    files = firewalls(9)
    (run,) = check(files, every=False, jobs=1, changed={files[4].path}).runs
    assert (run.texts, run.shapes, run.checked) == (9, 1, 2)


def test_every_text_is_asked_about() -> None:
    (run,) = check(firewalls(9), every=True, jobs=1).runs
    assert run.checked == 9


def test_a_missing_program_is_said_and_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemed_infra.native.nftables.find", {}.get)
    report = check(gateways(3), every=True, jobs=1)
    (skipped,) = report.skipped
    assert (skipped.program, skipped.texts, skipped.why) == ("nft", 3, "nft is not installed")
    assert not report.runs
    assert not report.refusals


def test_programs_that_are_known_are_not_looked_for() -> None:
    programs = {"nft": Missing(why="somebody has looked already")}
    (skipped,) = check(gateways(3), every=True, jobs=1, programs=programs).skipped
    assert skipped.why == "somebody has looked already"


def test_missing_rights_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    false = find("false")
    assert false is not None
    monkeypatch.setattr("telemed_infra.native.nftables.find", lambda _: false)
    (skipped,) = check(gateways(3), every=True, jobs=1).skipped
    assert skipped.why == "neither root nor allowed to make a namespace of its own"


def test_a_platform_that_no_program_reads_is_said() -> None:
    (skipped,) = check([file("R1.ios", "hostname R1\n", "cisco_ios")], every=True, jobs=1).skipped
    assert skipped.why == "no program is known that reads cisco_ios"


def test_the_files_of_a_sensor_are_one_unit() -> None:
    folder = Path("configs/S1.suricata")
    files = [
        NativeFile(path=folder / name, platform="suricata", device="S1", text="")
        for name in ("suricata.yaml", "telemed.rules")
    ]
    (unit,) = units_of(files)
    assert unit.files == tuple(files)


def test_other_rules_of_a_sensor_are_another_shape() -> None:
    def of(rules: str) -> str:
        path = Path("S1.suricata/telemed.rules")
        rule = NativeFile(path=path, platform="suricata", device="S1", text=rules)
        (unit,) = units_of([rule])
        return shape_of(unit, Shapes())

    assert of("content; offset:26;") != of("content; offset:27;")


def test_each_platform_has_one_program() -> None:
    platforms = [name for program in checks.PROGRAMS for name in program.platforms]
    assert len(set(platforms)) == len(platforms)
