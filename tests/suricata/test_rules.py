from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from telemed_infra.render.suricata import TRUSTED_FOR
from tests.suricata.sensors import KINDS, RULES, TEMPLATES, config_of, files_of, network

FILES = sorted(RULES.glob("*.rules"))
RANGES = {
    "medical-imaging": range(1100001, 1100500),
    "medical-messages": range(1100501, 1101000),
    "video-signalling": range(1101001, 1102000),
    "lateral-movement": range(1102001, 1103000),
    "hygiene": range(1103001, 1103400),
    "database": range(1103401, 1103600),
    "perimeter": range(1103601, 1104000),
    "ransomware": range(1104001, 1105000),
}


def rules_of(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def number_of(rule: str) -> int:
    (found,) = re.findall(r"; sid:(\d+);", rule)
    return int(found)


def test_each_set_of_the_inventory_has_a_file_and_each_file_a_set() -> None:
    assert {path.stem for path in FILES} == set(network().ids.rule_sets) == set(RANGES)


def test_numbers_are_unique() -> None:
    numbers = Counter(number_of(rule) for path in FILES for rule in rules_of(path))
    assert not [number for number, count in numbers.items() if count > 1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_says_what_it_is(path: Path) -> None:
    classes = (TEMPLATES / "suricata" / "classification.config").read_text("utf-8")
    known = set(re.findall(r"^config classification: ([\w-]+),", classes, re.MULTILINE))
    for rule in rules_of(path):
        assert number_of(rule) in RANGES[path.stem], rule
        assert re.match(r'alert \w+ .+ -> .+ \(msg:"TELEMED [^"]+"; ', rule), rule
        assert re.search(r"; rev:[1-9]\d*;", rule), rule
        assert re.search(r"; target:(?:src|dest)_ip;", rule), rule
        found = re.search(r"; classtype:([\w-]+);", rule)
        assert found, rule
        assert found[1] in known, rule
        assert re.search(
            r"; metadata:tier \w+, created_at \d{4}_\d\d_\d\d, "
            r"signature_severity (?:Critical|Major|Minor);\)$",
            rule,
        ), rule


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_uses_only_variables_that_every_sensor_has(path: Path) -> None:
    used = {name for rule in rules_of(path) for name in re.findall(r"\$([A-Z][A-Z0-9_]+)", rule)}
    for kind in KINDS:
        config = config_of(kind)
        assert used <= {one.name for one in config.addresses} | {one.name for one in config.ports}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_repeats_itself_at_a_bounded_rate(path: Path) -> None:
    assert all("; threshold:type " in rule for rule in rules_of(path))


def test_messages_are_unique() -> None:
    texts = Counter(rule.split('"')[1] for path in FILES for rule in rules_of(path))
    assert not [text for text, count in texts.items() if count > 1]


def test_a_rule_stands_in_a_sensor_as_in_its_file() -> None:
    """Nothing in it is taken for a template's tag."""
    for kind in KINDS:
        text = {file.path.name: file.text for file in files_of(kind)}["telemed.rules"]
        names = network().ids.sensors[kind]  # type: ignore[index]
        for name in names:
            assert (RULES / f"{name}.rules").read_text("utf-8") in text


def test_what_our_own_servers_may_do_is_said_of_rules_that_exist() -> None:
    numbers = {number_of(rule) for path in FILES for rule in rules_of(path)}
    assert {sid for some in TRUSTED_FOR.values() for sid in some} <= numbers
    assert set(TRUSTED_FOR) == {one.server for one in config_of("data-center").trusted}
