"""The model's list of own applications is the one that the derived openings name."""

from __future__ import annotations

import yaml

from telemed_infra.intent.derived import DERIVED
from telemed_infra.model.rules.cables import FIREWALLS
from telemed_infra.model.rules.own_network import MULTICAST_APPS, OWN_APPS
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.resources import shipped


def test_derived_openings_name_exactly_the_own_applications() -> None:
    named = {app for policy in DERIVED for app in policy.apps}
    assert sorted(named) == sorted(OWN_APPS | MULTICAST_APPS)


def test_hints_say_what_the_shipped_inventory_says() -> None:
    network = yaml.safe_load((shipped("inventory") / "network.yml").read_text("utf-8"))
    for name, traffic in (OWN_APPS | MULTICAST_APPS).items():
        told = yaml.safe_load(f"{{{traffic}}}")
        there = network["apps"][name]
        assert told == {key: there[key] for key in there if key not in ("title", "dscp")}, name


def test_platforms_that_filter() -> None:
    assert {name for name, facts in PLATFORMS.items() if facts.filters} == FIREWALLS
