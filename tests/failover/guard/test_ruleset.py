"""The table as one description: its text, its places, and what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from failover.core.guard import Sets
from failover.guard.ruleset import (
    Family,
    differences,
    family_of,
    places_of,
    ruleset_of,
    set_name,
    text_of,
)

GOLDEN = Path(__file__).parent / "golden" / "guard.nft"
ADDRESSES = ("10.12.0.10", "10.12.0.9", "2001:db8:c00::a", "2001:db8:c00::9")


def test_the_text_of_the_table(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN, text_of(ruleset_of(ADDRESSES)))


def test_the_same_addresses_make_the_same_bytes() -> None:
    others = (*reversed(ADDRESSES), "2001:db8:c00:0::a", "10.12.0.9")
    assert text_of(ruleset_of(others)) == text_of(ruleset_of(ADDRESSES))


def test_no_address_is_no_table() -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        ruleset_of(["10.12.0"])


def test_each_of_the_cores_sets_is_there_in_both_families() -> None:
    ruleset = ruleset_of(ADDRESSES)
    filled = {each.name: each for each in ruleset.sets if each.addresses is None}
    assert filled.keys() == {set_name(which, family) for which in Sets for family in Family}
    for each in filled.values():
        assert each.runs_out == each.name.startswith("armed")
        assert each.name.endswith(each.family.value)
    assert family_of("10.12.0.9") is Family.V4
    assert family_of("2001:db8::") is Family.V6


def test_what_is_as_it_should_be_does_not_differ() -> None:
    places = places_of(ruleset_of(ADDRESSES))
    assert differences(places, places_of(ruleset_of(reversed(ADDRESSES)))) == []


def test_differences_name_the_place_and_both_sides() -> None:
    wanted = places_of(ruleset_of(ADDRESSES))
    found = dict(wanted)
    del found["set services_v4, 10.12.0.9"]
    found["set services_v4, 10.12.0.11"] = "guarded"
    found["set live0_v6"] = "type ipv6_addr; flags timeout"
    assert differences(found, wanted) == [
        "set services_v4, 10.12.0.9 is missing",
        "set live0_v6 is `type ipv6_addr; flags timeout`, and should be `type ipv6_addr`",
        "set services_v4, 10.12.0.11 (`guarded`) does not belong there",
    ]


def test_of_a_table_that_is_not_there_nothing_else_is_said() -> None:
    wanted = places_of(ruleset_of(ADDRESSES))
    assert differences({}, wanted) == ["table inet telemed_guard is missing"]
