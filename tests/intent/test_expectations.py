"""Expectations against policies: the real inventory, small changes, and every pair by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.intent.ends import End, Ends
from telemed_infra.intent.expectations import NOTHING
from telemed_infra.model.schema.network_file import App
from telemed_infra.model.schema.policy_file import Expectation, Partner, Policy, Selector
from telemed_infra.plan.network import network_plan
from tests.intent.provinces import (
    HOSPITALS,
    INVENTORY,
    SITES,
    TOWNSHIPS,
    Province,
    Words,
    allow,
    expect,
    selected,
)
from tests.model.small_province import write


@pytest.fixture(scope="module")
def real() -> Province:
    return Province(INVENTORY)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Province:
    return Province(write(tmp_path_factory.mktemp("small")))


# ---- the real inventory ----


def test_every_expectation_holds_and_is_about_something(real: Province) -> None:
    verdicts = real.judge()
    assert [verdict.witness for verdict in verdicts if not verdict.holds] == []
    assert len(verdicts) == 71
    assert all(verdict.pairs for verdict in verdicts)


def test_pairs_are_counted_without_ends_that_never_meet(real: Province) -> None:
    pairs = {verdict.expectation.id: verdict.pairs for verdict in real.judge()}
    assert pairs["E001"] == 1543 * 1542  # each township with each other one
    assert pairs["E034"] == 1830  # each site with its prefecture's instance: there is one of all
    assert pairs["E037"] == 1543  # each township with the archive of its prefecture
    assert pairs["E042"] == 176 * 2  # each county hospital with the two of its prefecture
    assert pairs["E051"] == 1


def test_without_any_policy_nothing_always_works_and_nothing_is_open(real: Province) -> None:
    for verdict in real.judge(policies=()):
        assert verdict.holds == (verdict.expectation.verdict == "never")
        assert verdict.holds or verdict.witness.startswith("no policy opens ")


def test_a_policy_that_says_what_never_may_be_is_found(real: Province) -> None:
    for asked in real.network.expectations:
        policy = allow(selected(asked.source), selected(asked.to), ["https"], "P9999")
        verdict = real.one(asked.model_copy(update={"verdict": "never", "apps": None}), policy)
        assert not verdict.holds
        assert verdict.witness.startswith("P9999 opens `https` from `")


@pytest.mark.parametrize(
    ("dropped", "asked", "witness"),
    [
        (
            "P0208",
            "E041",
            "no policy opens `sips` and `conference-media` from `nanming-houchao VIDEO`",
        ),
        ("P0603", "E039", "no policy opens `mqtts` from `"),
        ("P0703", "E046", "no policy opens `slides` from `liuzhi-h1 LAB` to `guizhou-h1 LAB`"),
        ("N0001", "E049", "no policy opens `ssh`, `netconf` and `ping` from `dc-a bastion` to `"),
        ("N0014", "E050", "no policy opens `syslog-tls` from `"),
        ("N0002", "E053", "no policy opens `ntp` from `"),
        ("N0012", "E055", "no policy opens `snmp` and `ping` from `dc-a nms` to `"),
    ],
)
def test_an_always_fails_without_its_policy(
    real: Province, dropped: str, asked: str, witness: str
) -> None:
    failed = {
        verdict.expectation.id: verdict.witness
        for verdict in real.judge(policies=real.without(dropped))
        if not verdict.holds
    }
    assert asked in failed
    assert failed[asked].startswith(witness)


@pytest.mark.parametrize(
    ("source", "to", "asked", "witness"),
    [
        ({"kind": "township", "zone": "IMAGING"},
         {"kind": ["township", "county-center"], "zone": "IMAGING", "within": "county"}, "E005",
         "from `nanming-houchao IMAGING` to `nanming-yunguan IMAGING`"),
        ({"site": "weining-caohai", "zone": "CLINICAL"}, {"devices": "ASW"}, "E014",
         "from `weining-caohai CLINICAL` to `"),
        ({"site": "bijie-h1", "zone": "MGMT"}, {"site": "zunyi-h1", "zone": "MGMT"}, "E016",
         "from `bijie-h1 MGMT` (shares addresses with `BJ-H1-CSW01`) to `zunyi-h1 MGMT` (shares "),
        ({"devices": "FW"}, {"management": ["bastion", "ntp"]}, "E057", "to `dc-a bastion`"),
        ({"partner": "harvard"}, {"service": "imaging"}, "E029", "from `harvard "),
    ],
)  # fmt: skip
def test_a_never_fails_with_one_policy_more(
    real: Province, source: Words, to: Words, asked: str, witness: str
) -> None:
    more = [*real.network.policies, allow(source, to, ["https"], "P9999")]
    failed = {one.expectation.id: one for one in real.judge(policies=more) if not one.holds}
    assert asked in failed
    assert failed[asked].witness.startswith("P9999 opens `https` from `")
    assert witness in failed[asked].witness


def test_a_witness_shows_where_the_policy_stands(real: Province) -> None:
    video = {"kind": "township", "zone": "VIDEO"}
    asked = expect("never", video, {"kind": "county-hospital", "zone": "VIDEO"})
    verdict = real.one(asked, *real.network.policies)
    place = r"\(inventory/policies/consultation\.yml:\d+\)"
    assert re.match(rf"P0208 {place} opens `sips` and `conference-media` from `", verdict.witness)


# ---- what counts: addresses, families, applications ----


def test_devices_lie_inside_the_management_zone(small: Province) -> None:
    to_zone = allow(TOWNSHIPS, {"kind": "city-hospital", "zone": "MGMT"}, ["ssh"])
    verdict = small.one(expect("never", TOWNSHIPS, {"devices": "CSW"}), to_zone)
    assert verdict.witness == (
        "P0001 opens `ssh` from `weining-caohai IMAGING` to "
        "`bijie-h1 MGMT` (shares addresses with `BJ-H1-CSW01`)"
    )
    to_devices = allow(TOWNSHIPS, {"devices": "CSW"}, ["ssh"])
    whole = {"kind": "city-hospital", "zone": "MGMT"}
    assert not small.one(expect("never", TOWNSHIPS, whole), to_devices).holds
    assert small.one(expect("always", TOWNSHIPS, {"devices": "AR"}, ["ssh"]), to_zone).holds
    assert not small.one(expect("always", TOWNSHIPS, whole, ["ssh"]), to_devices).holds


def test_firewalls_do_not(small: Province) -> None:
    zones = [allow(TOWNSHIPS, {"kind": kind, "zone": "MGMT"}, ["ssh"]) for kind in SITES[1:]]
    assert small.one(expect("never", TOWNSHIPS, {"devices": "FW"}), *zones).holds


def test_an_expectation_may_speak_of_parts_of_a_policy(small: Province) -> None:
    policy = allow(TOWNSHIPS, HOSPITALS, ["https", "ssh"])
    assert small.one(expect("never", TOWNSHIPS, HOSPITALS, ["ntp"]), policy).holds
    verdict = small.one(expect("never", TOWNSHIPS, HOSPITALS, ["ntp", "ssh"]), policy)
    assert verdict.witness.startswith("P0001 opens `ssh` from `weining-caohai IMAGING` to `")
    away = {"site": "weining-h1", "zone": "IMAGING"}
    assert small.one(expect("never", away, TOWNSHIPS), policy).holds
    assert small.one(expect("always", TOWNSHIPS, away), policy).holds


def test_applications_may_come_from_several_policies(small: Province) -> None:
    asked = expect("always", TOWNSHIPS, HOSPITALS, ["https", "ssh"])
    first = allow(TOWNSHIPS, HOSPITALS, ["https"], "P0001")
    second = allow(TOWNSHIPS, {**HOSPITALS, "kind": "county-hospital"}, ["ssh"], "P0002")
    third = allow(TOWNSHIPS, {**HOSPITALS, "kind": "county-center"}, ["ssh"], "P0003")
    assert small.one(asked, first, second, third).holds
    assert small.one(asked, first, second).witness == (
        "no policy opens `ssh` from `weining-caohai IMAGING` to `weining-c IMAGING` in IPv4, "
        "where `P0001` opens other things"
    )


def test_applications_are_sets_of_packets(small: Province) -> None:
    half = App.model_validate(
        {"title": "half", "dscp": "conferencing", "udp": ["10000-10249"]}, strict=False
    )
    rest = half.model_copy(update={"udp": ("10250-10499",)})
    province = small.changed(apps={**small.network.apps, "half": half, "rest": rest})
    first = allow(TOWNSHIPS, HOSPITALS, ["half"], "P0001")
    second = allow(TOWNSHIPS, HOSPITALS, ["rest"], "P0002")
    asked = expect("always", TOWNSHIPS, HOSPITALS, ["conference-media"])
    assert province.one(asked, first, second).holds
    assert not province.one(asked, first).holds
    never = expect("never", TOWNSHIPS, HOSPITALS, ["conference-media"])
    assert not province.one(never, second).holds


def with_ping_by_family(small: Province) -> Province:
    ping = small.network.apps["ping"]
    ping4, ping6 = (ping.model_copy(update={key: None}) for key in ("icmp6", "icmp"))
    return small.changed(apps={**small.network.apps, "ping4": ping4, "ping6": ping6})


def test_a_pair_counts_in_each_family_that_both_have(small: Province) -> None:
    cities = {"kind": "city-hospital", "zone": "IMAGING"}
    one = with_ping_by_family(small).one
    half = one(expect("always", cities, cities, ["ping"]), allow(cities, cities, ["ping4"]))
    assert half.witness == (
        "no policy opens `ping` from `bijie-h1 IMAGING` to `qiannan-h1 IMAGING` in IPv6, "
        "where `P0001` opens other things"
    )
    assert one(expect("never", cities, cities, ["ping4"]), allow(cities, cities, ["ping6"])).holds
    # Townships have no IPv6, so the half is all they need.
    asked = expect("always", TOWNSHIPS, cities, ["ping"])
    assert one(asked, allow(TOWNSHIPS, cities, ["ping4"])).holds
    nobody = one(expect("never", TOWNSHIPS, cities, ["ping6"]), allow(cities, cities, ["ssh"]))
    assert (nobody.holds, nobody.pairs, nobody.witness) == (False, 0, NOTHING)


def test_two_families_are_no_pair(small: Province) -> None:
    """A partner's IPv6 end and a township, which has none."""
    partner = {"partner": "west-china"}
    policy = allow(partner, TOWNSHIPS, ["ping6"])
    verdict = with_ping_by_family(small).one(expect("never", partner, TOWNSHIPS), policy)
    assert (verdict.holds, verdict.pairs) == (True, 6)


def test_a_prefix_may_lie_at_the_beginning_of_another(small: Province) -> None:
    clinic = Partner(title="a clinic of it", prefixes=("198.51.100.0/25",))
    province = small.changed(partners={**small.network.partners, "clinic": clinic})
    province.ends = Ends(province.network, network_plan(province.network))
    whole, part, to = {"partner": "west-china"}, {"partner": "clinic"}, {"service": "dispatch"}
    assert not province.one(expect("never", whole, to), allow(part, to, ["ssh"])).holds
    assert not province.one(expect("never", part, to), allow(whole, to, ["ssh"])).holds
    assert province.one(expect("always", part, to), allow(whole, to, ["ssh"])).holds
    assert not province.one(expect("always", whole, to), allow(part, to, ["ssh"])).holds


def test_nothing_is_no_pair(small: Province) -> None:
    alone = {"site": "bijie-h1", "zone": "IMAGING"}
    verdict = small.one(expect("never", alone, alone), allow(alone, alone, ["ssh"]))
    assert (verdict.holds, verdict.pairs, verdict.witness) == (False, 0, NOTHING)


# ---- every pair, one by one ----

SELECTORS: list[Words] = [
    TOWNSHIPS, HOSPITALS,
    {"kind": SITES, "zone": "VIDEO"}, {"kind": SITES, "zone": "MGMT"},
    {"site": "bijie-h1", "zone": "MGMT"}, {"prefecture": "bijie", "zone": "IMAGING"},
    {"county": "nayong", "zone": "IMAGING"}, {"group": "stroke", "zone": "IMAGING"},
    {"kind": "data-center", "zone": "DMZ"}, {"kind": "data-center", "zone": "MGMT"},
    {"service": "portal"}, {"service": "imaging"}, {"service": "dispatch"},
    {"partner": "west-china"},
    {"devices": "all"}, {"devices": "CSW"}, {"devices": "FW", "prefecture": "bijie"},
    {"devices": "AR", "site": "bijie-h1"}, {"devices": "GW"},
    {"management": ["bastion"]}, {"management": ["nms", "syslog"], "site": "dc-b"},
    {"management": ["bastion", "nms", "ntp"], "kind": "data-center"},
    {"kind": "data-center", "zone": "SECOPS"},
]  # fmt: skip
APPS = ["https", "ping", "sips", "conference-media"]

selectors = st.sampled_from(SELECTORS)
scoped = st.builds(
    lambda to, within: {**to, "within": within} if within and "partner" not in to else to,
    selectors,
    st.sampled_from([None, None, "site", "county", "prefecture"]),
)
apps_lists = st.lists(st.sampled_from(APPS), min_size=1, max_size=3, unique=True)
policies_lists = st.lists(st.tuples(selectors, scoped, apps_lists), max_size=4)


@given(policies_lists, selectors, scoped, st.none() | apps_lists, st.integers(0, 5))
def test_it_says_what_each_pair_says(
    small: Province,
    listed: list[tuple[Words, Words, list[str]]],
    source: Words,
    to: Words,
    apps: list[str] | None,
    same: int,
) -> None:
    policies = [allow(*words, f"P{number:04}") for number, words in enumerate(listed)]
    if same < len(listed):  # an expectation that some policy speaks of
        source, to, apps = listed[same][0], listed[same][1], apps and listed[same][2]
    for verdict in ("never", "always"):
        asked = expect(verdict, source, to, apps)
        found = small.one(asked, *policies)
        pairs, wrong = by_hand(small.ends, asked, policies)
        assert found.pairs == pairs
        assert found.holds == (pairs > 0 and not wrong), found.witness


def by_hand(ends: Ends, asked: Expectation, policies: list[Policy]) -> tuple[int, int]:
    """How many pairs there are, and how many of them are not as they should be."""
    pairs = wrong = 0
    products = [
        (set(policy.apps), set(meeting(ends, policy.source, policy.to))) for policy in policies
    ]
    for f, t in meeting(ends, asked.source, asked.to):
        families = [family for family in (4, 6) if address(f, family) and address(t, family)]
        pairs += bool(families)
        if asked.verdict == "never":
            wrong += any(
                touch(f, s, family) and touch(t, d, family)
                for apps, product in products
                if not asked.apps or apps & set(asked.apps)
                for s, d in product
                for family in families
            )
            continue
        for family in families:
            opened: set[str] = set()
            for apps, product in products:
                if any(lies_in(f, s, family) and lies_in(t, d, family) for s, d in product):
                    opened |= apps
            wrong += not (set(asked.apps) <= opened if asked.apps else opened)
    return pairs, wrong


def meeting(ends: Ends, source: Selector, to: Selector) -> Iterator[tuple[End, End]]:
    for f in ends.of(source):
        for t in ends.of(to):
            if in_scope(f, t, to.within):
                yield f, t


def in_scope(f: End, t: End, within: str | None) -> bool:
    if f is t or (len(f.places) == 1 and f.places == t.places):
        return False
    if within:
        return f.within(within) is not None and f.within(within) == t.within(within)
    if not (f.instance or t.instance) or f.shared or t.shared:
        return True
    return None in (f.prefecture, t.prefecture) or f.prefecture == t.prefecture


def address(end: End, family: int) -> str | None:
    prefix = end.v4 if family == 4 else end.v6
    return prefix and prefix.text


def touch(one: End, other: End, family: int) -> bool:
    first, second = address(one, family), address(other, family)
    return bool(first and second and overlap(first, second))


@cache
def overlap(first: str, second: str) -> bool:
    return ip_network(first).overlaps(ip_network(second))


def lies_in(one: End, other: End, family: int) -> bool:
    first, second = (int(str(address(end, family) or "/0").split("/")[1]) for end in (one, other))
    return touch(one, other, family) and first >= second
