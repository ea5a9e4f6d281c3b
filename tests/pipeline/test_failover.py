"""The plan of the failover in a build: written, kept, carried along, and proven again."""

from __future__ import annotations

import json

import pytest

from failover.plan_file import read_plan
from telemed_infra.pipeline.build import build
from telemed_infra.pipeline.manifest import read_manifest
from tests.pipeline.provinces import Place

PLAN = "failover/plan.json"


def said(place: Place, **other: object) -> list[str]:
    return [str(one) for one in place.verify(**other).findings]


def test_a_build_has_a_plan_that_agents_take(made_once: Place) -> None:
    plan = read_plan(made_once.out / PLAN)
    assert {one.name for one in plan.groups} == {
        "portal@dc-a", "dispatch@dc-a", "dispatch@dc-b", "imaging@dc-a", "imaging@dc-b",
    }  # fmt: skip
    manifest = read_manifest(made_once.out / "manifest.json")
    assert manifest is not None
    assert PLAN in manifest.files


def test_a_limited_build_writes_it_too(place: Place) -> None:
    before = read_plan(place.out / PLAN)
    place.edit("failover.yml", "patience: 10s", "patience: 5s")
    assert build(place.request(limit="BJ-WN-CH-GW01")).proven
    assert read_plan(place.out / PLAN).hash != before.hash


def test_a_plan_that_was_changed_is_noticed_and_mended(place: Place) -> None:
    path = place.out / PLAN
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"patience_s": 10.0', b'"patience_s": 9.0'))
    assert any("profile.patience_s is 9, and the inventory says 10" in one for one in said(place))
    result = build(place.request())
    assert (result.trusted, result.changed) == ("", 1)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["gone", "empty"])
def test_a_plan_that_cannot_be_read(place: Place, damage: str) -> None:
    path = place.out / PLAN
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"")
    assert any(one.startswith(f"{PLAN}: unread: ") for one in said(place))
    assert said(place, proof_only=True) == []


def test_a_changed_inventory_is_not_what_the_plan_says(place: Place) -> None:
    place.edit("services.yml", "rpo: 5s", "rpo: 6s")
    assert f"{PLAN}: failover: groups.dispatch@dc-a.rpo_s is 5, and the inventory says 6" in said(
        place
    )


def test_the_plan_is_laid_out_to_be_compared(made_once: Place) -> None:
    text = (made_once.out / PLAN).read_text("ascii")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
