"""Members of a pair that filter alike are proven once, whatever else their texts say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from telemed_infra.intent.services import AppServices
from telemed_infra.parse.behaviour import LOCAL, Action, FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.prove.alike import lines_between
from telemed_infra.prove.firewall import compare_ways, meant, zones_by_interface
from tests.prove.rendered import province, texts

PAIRS: list[tuple[str, str, Callable[[str], FirewallBehaviour]]] = [
    ("dafang-c", "huawei_usg", parse_usg),
    ("dafang-h2", "huawei_usg", parse_usg),
    ("dushan-h1", "h3c_secpath", parse_secpath),
    ("liuzhi-h1", "cisco_ios_zbf", parse_ios_firewall),
]
ZONES = {LOCAL: "LOCAL", "GigabitEthernet1/0/0": "OUT", "GigabitEthernet1/0/1": "IN"}
TEXT = """\
sysname FW01
#
interface GigabitEthernet1/0/0
 ip address 10.0.0.0 31
interface GigabitEthernet1/0/1
 ip address 10.0.1.1 24
firewall zone trust
 add interface GigabitEthernet1/0/1
firewall zone untrust
 add interface GigabitEthernet1/0/0
#
security-policy
 default action deny
 rule name R
  source-zone trust
  destination-zone untrust
  action permit
#
"""


@pytest.mark.parametrize(("site", "platform", "read"), PAIRS)
def test_a_built_pair_is_compared_with_what_is_meant_once(
    site: str, platform: str, read: Callable[[str], FirewallBehaviour]
) -> None:
    meaning = province()
    one, other = (item for item in texts(site, platform) if "-FW0" in item.device.name)
    openings = meaning.openings(one.device)
    products = meant(openings, AppServices(meaning.network.apps))
    zones, zones_there = (
        zones_by_interface(meaning.interfaces(item.device)) for item in (one, other)
    )
    first, second = read(one.rendered.text), read(other.rendered.text)
    found = compare_ways(first, zones, products).of(second, zones_there, products)
    assert found is not None
    assert found.ways > 50
    assert found.findings == compare_ways(second, zones_there, products).findings == ()


def test_what_is_found_stands_where_the_other_text_has_it() -> None:
    products = meant((), AppServices({}))
    second = TEXT.replace("security-policy\n", "multicast routing-enable\n#\nsecurity-policy\n")
    first, other = parse_usg(TEXT), parse_usg(second)
    assert other.chains is not first.chains
    found = compare_ways(first, ZONES, products).of(other, ZONES, products)
    alone = compare_ways(other, ZONES, products)
    assert found is not None
    assert found.findings == alone.findings
    lines = {second.split("\n")[one.line - 1].strip() for one in found.findings}
    assert "rule name R" in lines
    assert found.findings != compare_ways(first, ZONES, products).findings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  source-zone trust\n", "  source-zone untrust\n"),
        ("  action permit\n", "  action deny\n"),
        (" rule name R\n", " rule name Q\n"),
        (" default action deny\n", " default action permit\n"),
        ("#\nsecurity", "interface GigabitEthernet1/0/7\n ip address 10.0.7.1 24\n#\nsecurity"),
        ("  action permit\n", "  action permit\n rule name S\n  action deny\n"),
    ],
)
def test_a_member_that_filters_otherwise_is_compared_itself(old: str, new: str) -> None:
    assert old in TEXT
    products = meant((), AppServices({}))
    known = compare_ways(parse_usg(TEXT), ZONES, products)
    assert known.of(parse_usg(TEXT), ZONES, products) is not None
    assert known.of(parse_usg(TEXT.replace(old, new)), ZONES, products) is None


def test_other_openings_or_interfaces_are_compared_anew() -> None:
    products = meant((), AppServices({}))
    read = parse_usg(TEXT)
    known = compare_ways(read, ZONES, products)
    assert known.of(read, ZONES, dict(products)) is None
    assert known.of(read, {**ZONES, "GigabitEthernet1/0/0": "IN"}, products) is None


def test_a_line_that_would_stand_at_two_places_is_not_moved() -> None:
    (chain,) = parse_usg(TEXT).chains
    twice = replace(chain, rules=chain.rules * 2, default=Action.DENY)
    rules = (*chain.rules, *(replace(one, line=one.line + 9) for one in chain.rules))
    assert lines_between((twice,), (replace(twice, rules=rules),)) is None
    assert lines_between((twice,), (twice, twice)) is None
