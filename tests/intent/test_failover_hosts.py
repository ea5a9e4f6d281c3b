"""The selector `failover`: where failover.yml puts agents, observers, register and witness."""

from __future__ import annotations

from typing import Any

import pytest

from telemed_infra.compile.failover_plan import failover_plan
from telemed_infra.intent.ends import End
from telemed_infra.intent.openings import Opening
from telemed_infra.intent.scope import label
from telemed_infra.model.schema.policy_file import Selector
from telemed_infra.pipeline.meaning import Meaning
from tests.intent.provinces import INVENTORY, Province


@pytest.fixture(scope="module")
def real() -> Province:
    return Province(INVENTORY)


def hosts(*names: str) -> Selector:
    return Selector.model_validate({"failover": names})


def facts(end: End) -> tuple[str, str, Any]:
    assert end.v4 is not None
    assert end.v6 is None  # the plan that agents read has IPv4 addresses
    return (end.name, end.v4.text, end.places)


def test_hosts_of_the_centres_are_single_addresses_of_their_zones(real: Province) -> None:
    found = [facts(end) for end in real.ends.of(hosts("fibre", "health", "register"))]
    assert [(name, v4.split("/")[1], places) for name, v4, places in found] == [
        ("dc-a fibre", "32", (("dc-a", "DRREPL"),)),
        ("dc-b fibre", "32", (("dc-b", "DRREPL"),)),
        ("dc-a health", "32", (("dc-a", "DMZ"),)),
        ("dc-b health", "32", (("dc-b", "DMZ"),)),
        ("dc-a register", "32", (("dc-a", "SECOPS"),)),
        ("dc-b register", "32", (("dc-b", "SECOPS"),)),
    ]


def test_they_are_the_addresses_of_the_failover_plan(real: Province) -> None:
    plan = failover_plan(real.network, Meaning(real.network).plan)
    centers = {site["name"]: site["addresses"] for site in plan["sites"]}
    for path in ("fibre", "health"):
        assert [facts(end)[1] for end in real.ends.of(hosts(path))] == [
            f"{centers[name][path]}/32" for name in ("dc-a", "dc-b")
        ]
    observers = {f"{one['name']} observer": f"{one['address']}/32" for one in plan["observers"]}
    assert {facts(end)[0]: facts(end)[1] for end in real.ends.of(hosts("observers"))} == observers
    members = {f"https://{facts(end)[1][:-3]}:2379" for end in real.ends.of(hosts("register"))}
    assert members < set(plan["register"]["endpoints"].values())


def test_the_witness_stands_at_no_site(real: Province) -> None:
    assert [facts(end) for end in real.ends.of(hosts("witness"))] == [
        ("witness-1", "10.8.0.17/32", ())
    ]


def test_labels() -> None:
    assert label(hosts("register", "witness"), "") == "FAILOVER-REGISTER-WITNESS"


def ways(openings: list[Opening], policy: str) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (
            one.zone_in,
            one.zone_out,
            [member.name for member in one.sources.members],
            [member.name for member in one.destinations.members],
        )
        for one in openings
        if one.policy == policy
    ]


def test_where_a_centres_firewall_meets_them(real: Province) -> None:
    openings = Meaning(real.network).intent.at("dc-a")
    a, b = "dc-a health", "dc-b health"
    assert ways(openings, "N0102") == [("DMZ", "WAN", [a], [b]), ("WAN", "DMZ", [b], [a])]
    assert ways(openings, "N0104") == [("DMZ", "WAN", [a], ["witness-1"])]
    assert ways(openings, "N0103") == [("WAN", "DMZ", ["witness-1"], [a])]
    assert ("DMZ", "SECOPS", [a], ["dc-a register"]) in ways(openings, "N0106")
    ((zone_in, zone_out, sources, targets),) = ways(openings, "N0105")
    assert (zone_in, zone_out, targets) == ("WAN", "DMZ", [a])
    assert len(sources) == len(real.ends.of(hosts("observers")))


def test_an_observers_report_leaves_its_hospital(real: Province) -> None:
    openings = Meaning(real.network).intent.at("weining-h1")
    assert ways(openings, "N0105") == [
        ("MGMT", "WAN", ["weining-h1 observer"], ["dc-a health", "dc-b health"])
    ]
