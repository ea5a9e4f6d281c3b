"""`why`: each line of each text, each way to name it, and what a policy gives."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from telemed_infra.model.load import load
from telemed_infra.pipeline.errors import NoBuild, OriginError
from telemed_infra.pipeline.origins import ORIGINS, origins_of
from telemed_infra.pipeline.policies import lines_of, policy_of
from tests.pipeline.provinces import Place

SITE = "configs/bijie/weining-caohai"
# Head and foot of a text, and what its syntax asks for: these lines no inventory line wanted.
STRUCTURAL = re.compile(
    r"[#{}!%\s]*|#.*|%YAML.*|---|return|.*\{|\}|flush ruleset|(add|delete|table|destroy) .*"
)


def test_each_line_has_an_origin_but_the_structural_ones(made_once: Place) -> None:
    """The lines before a text's first mark; each later line belongs to a stanza."""
    lines = without = 0
    odd = []
    for path in sorted((made_once.out / "configs").rglob("*")):
        if not path.is_file() or path.name == ORIGINS:
            continue
        for number, text in enumerate(path.read_text("utf-8").split("\n")[:-1], start=1):
            found = origins_of(made_once.out, f"{path}:{number}") if number <= 60 else None
            lines += 1
            if found is not None and not found.origins:
                without += 1
                if not STRUCTURAL.fullmatch(text):
                    odd.append(f"{path.name}:{number}: {text}")
    assert odd == []
    assert without < lines / 20


@pytest.mark.parametrize(
    "name",
    [
        "BJ-WN-CH-GW01",
        "BJ-WN-CH-GW01.nft",
        "weining-caohai/BJ-WN-CH-GW01.nft",
        f"{SITE}/BJ-WN-CH-GW01.nft",
    ],
)
def test_names_of_a_file(made_once: Place, name: str) -> None:
    path = made_once.out / SITE / "BJ-WN-CH-GW01.nft"
    lines = path.read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "dport 2762 accept" in line)
    found = origins_of(made_once.out, f"{name}:{number}")
    assert found == origins_of(made_once.out, f"{path}:{number}")
    assert (found.file, found.text) == (str(path), lines[number - 1])
    assert found.origins[0] == "inventory/policies/imaging.yml:2"


@pytest.mark.parametrize("head", ["", "weining-c/", "configs/bijie/weining-c/"])
def test_a_file_of_a_sensor(made_once: Place, head: str) -> None:
    (folder,) = (made_once.out / "configs/bijie/weining-c").glob("*.suricata")
    file = sorted(folder.iterdir())[0]
    last = file.read_text("utf-8").count("\n")
    found = origins_of(made_once.out, f"{head}{folder.name}/{file.name}:{last}")
    assert found.file == str(file)
    assert found.origins


@pytest.mark.parametrize(
    ("place", "problem", "hint"),
    [
        ("BJ-WN-CH-GW01", "is no FILE:LINE", "for example"),
        (":3", "is no FILE:LINE", "for example"),
        ("BJ-WN-CH-GW01:x", "is no FILE:LINE", "for example"),
        ("BJ-WN-CH-GW01:²", "is no FILE:LINE", "for example"),
        ("BJ-WN-CH-GW01:0", "has lines 1 to", ""),
        ("BJ-WN-CH-GW01:99999", "has lines 1 to", ""),
        ("BJ-WN-CH-GW0:1", "no file of", "did you mean `BJ-WN-CH-GW01`?"),
        ("**[:1", "no file of", ""),
        ("origin.json:1", "no file of", ""),
        ("BJ-WN-C-IDS01:1", "has several files", "BJ-WN-C-IDS01.suricata/"),
        (f"{SITE}/origin.json:1", "does not know", "name a configuration"),
    ],
)
def test_places_that_are_none(made_once: Place, place: str, problem: str, hint: str) -> None:
    with pytest.raises(OriginError) as refused:
        origins_of(made_once.out, place)
    assert problem in refused.value.problem
    assert hint in refused.value.hint


def test_no_build(tmp_path: Path) -> None:
    with pytest.raises(NoBuild):
        origins_of(tmp_path, "BJ-WN-CH-GW01:1")


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"BJ-WN-CH-GW01.nft": 3}'])
def test_damaged_origins(place: Place, damage: str) -> None:
    (place.out / SITE / ORIGINS).write_text(damage)
    with pytest.raises(OriginError, match="does not know"):
        origins_of(place.out, "BJ-WN-CH-GW01:40")


def test_a_policy(made_once: Place) -> None:
    network = load(made_once.inventory, as_of=None)
    policy = policy_of(network, "P0301")
    assert policy.origin == "inventory/policies/imaging.yml:2"
    assert policy.reviewed == date(2026, 3, 1)
    found = lines_of(made_once.out, policy).lines
    assert found["bijie/weining-caohai/BJ-WN-CH-GW01.nft"] >= 1
    named = {
        path.relative_to(made_once.out / "configs").as_posix()
        for path in (made_once.out / "configs").rglob("*")
        if path.is_file() and "P0301-" in path.read_text("utf-8")
    }
    assert found.keys() == named


def test_a_policy_counts_the_lines_that_why_would_name(made_once: Place) -> None:
    policy = policy_of(load(made_once.inventory, as_of=None), "P0302")
    path = made_once.out / SITE / "BJ-WN-CH-GW01.nft"
    count = path.read_text("utf-8").count("\n")
    mine = [
        number
        for number in range(1, count + 1)
        if policy.origin in origins_of(made_once.out, f"{path}:{number}").origins
    ]
    assert lines_of(made_once.out, policy).lines[
        path.relative_to(made_once.out / "configs").as_posix()
    ] == len(mine)


@pytest.mark.parametrize(
    ("name", "problem", "hint"),
    [
        ("P0303", "no policy `P0303`", "did you mean `P030"),
        ("D0002", "the network's own: IPsec", "telemed why DEVICE:LINE"),
    ],
)
def test_policies_that_are_none(made_once: Place, name: str, problem: str, hint: str) -> None:
    with pytest.raises(OriginError) as refused:
        policy_of(load(made_once.inventory, as_of=None), name)
    assert problem in refused.value.problem
    assert hint in refused.value.hint
