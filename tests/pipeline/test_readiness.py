"""A sound inventory that this program cannot build is refused before anything is written."""

from __future__ import annotations

import pytest

from telemed_infra.model.load import load
from telemed_infra.pipeline.build import build
from telemed_infra.pipeline.readiness import assert_buildable
from telemed_infra.problem import InputError
from tests.pipeline.provinces import AS_OF, Place


def test_a_rule_set_without_a_file(empty: Place) -> None:
    empty.edit(
        "ids.yml", "  hygiene:", "  hygeine: {title: misspelt, owner: security-office}\n  hygiene:"
    )
    with pytest.raises(InputError) as refused:
        build(empty.request())
    assert str(refused.value) == (
        f"inventory/ids.yml:{line_of(empty, 'hygeine')}: rule_sets.hygeine: "
        "there is no file templates/suricata/rules/hygeine.rules\n"
        "hint: did you mean `hygiene`?"
    )
    assert not empty.out.exists()


def test_a_platform_that_cannot(empty: Place) -> None:
    empty.edit("blueprints/township.yml", "platform: nftables", "platform: huawei_usg")
    with pytest.raises(InputError, match=r"township.yml:\d+: devices.GW.platform: as GW of a"):
        build(empty.request(check_only=True))
    assert not empty.out.exists()


def test_an_uplink_without_a_circuit(empty: Place) -> None:
    empty.edit("sites/5205-bijie.yml", "bijie-h1.AR02, dc-b.CR02", "bijie-h1.AR02, bijie-h1.FW01")
    with pytest.raises(InputError) as refused:
        assert_buildable(load(empty.inventory, as_of=AS_OF))
    (problem,) = refused.value.problems
    assert (problem.field, problem.problem) == (
        "hospitals.bijie-h1",
        "`AR02` has 1 circuits to the data centres, and 2 uplinks to the core",
    )


def test_everything_is_told_at_once(empty: Place) -> None:
    empty.edit("ids.yml", "  hygiene:", "  none: {title: x, owner: security-office}\n  hygiene:")
    empty.edit("blueprints/township.yml", "platform: nftables", "platform: huawei_usg")
    with pytest.raises(InputError) as refused:
        assert_buildable(load(empty.inventory, as_of=AS_OF))
    assert [problem.field for problem in refused.value.problems] == [
        "devices.GW.platform",
        "rule_sets.none",
    ]


def line_of(place: Place, word: str) -> int:
    lines = (place.inventory / "ids.yml").read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if word in line)
