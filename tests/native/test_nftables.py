from __future__ import annotations

from pathlib import Path

import pytest

from telemed_infra.native import nftables
from telemed_infra.native.check import check
from telemed_infra.native.report import Available, Unit
from tests.native.samples import GATEWAY, GATEWAY_RULE_LINE, file, gateways

pytestmark = [pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("unshare")]


def test_fifty_gateways_are_accepted() -> None:
    report = check(gateways(50), every=True, jobs=2)
    (run,) = report.runs
    assert report.refusals == ()
    assert (run.program, run.texts, run.checked) == ("nft", 50, 50)
    assert run.version.startswith("1.")


def test_the_one_broken_line_of_fifty_is_told_by_file_and_line() -> None:
    files = gateways(50)
    files[31] = file("GW031.nft", GATEWAY.replace("tcp dport", "tcp dprot"))
    (refusal,) = check(files, every=True, jobs=2).refusals
    assert refusal.device == "GW031"
    assert str(refusal.path) == "configs/GW031.nft"
    assert refusal.line == GATEWAY_RULE_LINE
    assert refusal.words == "Error: syntax error, unexpected string"
    assert refusal.program == "nft"


def test_two_broken_files_are_both_told() -> None:
    files = gateways(20)
    files[0] = file("GW000.nft", GATEWAY.replace("jump VIDEO-WAN", "jump NOWHERE"))
    files[19] = file("GW019.nft", GATEWAY + "}\n")
    assert [one.device for one in check(files, every=True, jobs=1).refusals] == ["GW000", "GW019"]


def test_a_text_does_not_lean_on_the_one_before_it() -> None:
    leaning = "table inet telemed {\n\tchain OTHER { jump VIDEO-WAN; }\n}\n"
    (refusal,) = check([*gateways(1), file("GW900.nft", leaning)], every=True, jobs=1).refusals
    assert (refusal.device, refusal.line) == ("GW900", 2)
    assert "No such file or directory" in refusal.words


def test_a_definition_does_not_outlive_its_text() -> None:
    files = [
        file("GW000.nft", "define HOST = 10.0.0.1\n" + GATEWAY),
        file("GW001.nft", GATEWAY.replace("10.20.16.16/28", "$HOST")),
    ]
    (refusal,) = check(files, every=True, jobs=1).refusals
    assert refusal.device == "GW001"


def test_overlapping_elements_are_refused_in_every_mode_only() -> None:
    """A shape says nothing about values: this is its limit, and why `every` exists."""
    files = [*gateways(1), file("GW001.nft", GATEWAY.replace("10.16.16.128/27", "10.16.0.0/16"))]
    assert check(files, every=False, jobs=1).refusals == ()
    (refusal,) = check(files, every=True, jobs=1).refusals
    assert refusal.words == "Error: conflicting intervals specified"
    changed = check(files, every=False, jobs=1, changed={files[1].path})
    assert [one.device for one in changed.refusals] == ["GW001"]


def test_a_fault_of_all_is_told_of_some() -> None:
    files = [file(one.path.name, one.text.replace("accept", "acept")) for one in gateways(60)]
    refused = {one.device for one in check(files, every=True, jobs=2).refusals}
    assert 0 < len(refused) < 60


def test_the_tables_of_the_machine_are_not_touched() -> None:
    program = nftables.available()
    assert isinstance(program, Available)
    assert Path(program.command[0]).name == "unshare"
    assert "--net" in program.command


def test_batches_hold_every_unit_once_and_in_order() -> None:
    units = [Unit(platform="nftables", files=(one,)) for one in gateways(120)]
    found = list(nftables.batches(units))
    assert [unit for batch in found for unit in batch] == units
    assert max(map(len, found)) == nftables.BATCH_TEXTS
