"""docs/concepts/policies.md, "Addresses", row by row, against numbers worked out by hand.

Bijie is prefecture 5, Weining its county 7; Guiyang is prefecture 1, Nanming its county 1.
"""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import aggregation_as_number

BLOCKS = (
    # site               IPv4 block         IPv6, first /52        AS number
    ("dc-a",             "10.0.0.0/14",     "2001:db8:a00::/52",      64512),
    ("dc-b",             "10.4.0.0/14",     "2001:db8:a10::/52",      64513),
    ("guizhou-h1",       "10.13.16.0/20",   "2001:db8:410::/52",      4200000501),
    ("guizhou-h5",       "10.13.80.0/20",   "2001:db8:450::/52",      4200000505),
    ("bijie-h1",         "10.83.0.0/20",    "2001:db8:5300::/52",     4205000500),
    ("bijie-h2",         "10.83.16.0/20",   "2001:db8:5310::/52",     4205000501),
    ("guiyang-h1",       "10.19.0.0/20",    "2001:db8:1300::/52",     4201000500),
    ("weining-c",        "10.87.0.0/20",    "2001:db8:5070::/52",     4205007000),
    ("weining-h1",       "10.80.192.0/20",  "2001:db8:507f::/52",     4205007500),
    ("weining-h2",       "10.80.208.0/20",  "2001:db8:507f:1000::/52", 4205007501),
    ("weining-haibian",  "10.87.16.0/23",   "2001:db8:5070:1000::/52", None),
    ("weining-caohai",   "10.87.24.0/23",   "2001:db8:5070:5000::/52", None),
    ("weining-zhongshui", "10.87.46.0/23",  "2001:db8:5071::/52",     None),
    ("nanming-c",        "10.20.0.0/20",    "2001:db8:1010::/52",     4201001000),
    ("nanming-h1",       "10.16.0.0/20",    "2001:db8:101f::/52",     4201001500),
)  # fmt: skip

ZONES = (
    # site, zone, VLAN, IPv4, IPv6 (the first /52 plus VLAN × 2^64)
    ("weining-c", "MGMT", 10, "10.87.0.0/26", None),
    ("weining-c", "VIDEO", 20, "10.87.0.128/27", None),
    ("weining-c", "CLINICAL", 30, "10.87.2.0/24", None),
    ("weining-c", "TEACH", 170, "10.87.4.64/26", None),
    ("weining-h1", "IMAGING", 40, "10.80.193.0/25", None),
    ("weining-caohai", "VIDEO", 20, "10.87.24.16/28", None),
    ("weining-caohai", "OFFICE", 70, "10.87.24.192/26", None),
    ("weining-caohai", "GUEST", 80, "172.31.0.0/23", None),
    ("bijie-h1", "GUEST", 80, "172.31.0.0/23", None),
    ("bijie-h1", "VIDEO", 20, "10.83.0.128/26", "2001:db8:5300:14::/64"),
    ("bijie-h1", "DMZ", 100, "10.83.0.192/26", "2001:db8:5300:64::/64"),
    ("guizhou-h1", "MGMT", 10, "10.13.16.0/25", "2001:db8:410:a::/64"),
    ("dc-b", "SECOPS", 150, "10.4.150.0/24", "2001:db8:a10:96::/64"),
)

MANAGEMENT = (
    # The enforcing role: loopbacks + host + k; others: MGMT + host + k.
    ("BJ-WN-C-FW01", "LOCAL", "10.87.0.193", None),
    ("BJ-WN-C-FW02", "LOCAL", "10.87.0.194", None),
    ("BJ-WN-C-CSW02", "MGMT", "10.87.0.11", None),
    ("BJ-WN-CH-GW01", "LOCAL", "10.87.24.33", None),
    ("BJ-WN-CH-ASW01", "MGMT", "10.87.24.4", None),
    ("BJ-WN-H1-FW01", "LOCAL", "10.80.192.193", None),
    ("BJ-H1-FW01", "LOCAL", "10.83.12.225", "2001:db8:5300:ffe::1"),
    ("BJ-H1-CSW01", "MGMT", "10.83.0.10", "2001:db8:5300:a::a"),
    ("BJ-H1-AR02", "MGMT", "10.83.0.91", "2001:db8:5300:a::5b"),
    ("BJ-H1-IDS02", "MGMT", "10.83.0.41", "2001:db8:5300:a::29"),
    ("GZ-DCB-SE02", "MGMT", "10.4.10.71", "2001:db8:a10:a::47"),
)

INSTANCES = (
    # pool + 256 × service + group
    ("portal-province", "10.12.0.0", "2001:db8:c00::"),
    ("dispatch-province", "10.12.1.0", "2001:db8:c00::100"),
    ("imaging-province", "10.12.4.0", "2001:db8:c00::400"),
    ("imaging-bijie", "10.12.4.5", "2001:db8:c00::405"),
    ("consultation-qiannan", "10.12.2.9", "2001:db8:c00::209"),
)


@pytest.mark.parametrize(("site", "v4", "v6", "as_number"), BLOCKS)
def test_blocks_and_as_numbers(
    meaning: Meaning, site: str, v4: str, v6: str, as_number: int | None
) -> None:
    plan = meaning.plan.sites[site]
    assert plan.block4 == prefix(v4)
    assert plan.block6 == prefix(v6)
    assert plan.as_number == as_number


@pytest.mark.parametrize(("site", "zone", "vlan", "v4", "v6"), ZONES)
def test_zones(meaning: Meaning, site: str, zone: str, vlan: int, v4: str, v6: str | None) -> None:
    plan = meaning.plan.sites[site].zones[zone]
    assert plan.vlan == vlan
    assert plan.v4 == prefix(v4)
    assert plan.v6 == (prefix(v6) if v6 else None)


@pytest.mark.parametrize(("device", "zone", "v4", "v6"), MANAGEMENT)
def test_management(meaning: Meaning, device: str, zone: str, v4: str, v6: str | None) -> None:
    own = (zone, prefix(v4), prefix(v6) if v6 else None)
    assert meaning.plan.management[device] == own


@pytest.mark.parametrize(("name", "v4", "v6"), INSTANCES)
def test_instances(meaning: Meaning, name: str, v4: str, v6: str) -> None:
    (one,) = (one for one in meaning.plan.instances if one.name == name)
    assert (one.v4, one.v6) == (prefix(v4), prefix(v6))


def test_the_aggregations_as_number(meaning: Meaning) -> None:
    assert aggregation_as_number(meaning.network, 5) == 4205000000
    assert aggregation_as_number(meaning.network, 1) == 4201000000


def test_links_of_the_head(meaning: Meaning) -> None:
    """/31s of the lower site's own block: the upper end 0, the lower end 1."""
    interfaces = {one.name: one for one in meaning.points.of("weining-c").by_device["BJ-WN-C-FW01"]}
    up, down = interfaces["Tunnel100"], interfaces["Tunnel103"]
    assert (up.v4, up.peer4) == (link("10.87.4.129"), link("10.87.4.128"))
    assert (down.v4, down.peer4) == (link("10.80.196.128"), link("10.80.196.129"))
    assert down.below == "weining-h1"
    up, down = interfaces["GigabitEthernet1/0/0"], interfaces["GigabitEthernet1/0/3"]
    assert (up.v4, up.peer4) == (link("10.87.4.161"), link("10.87.4.160"))
    assert (down.v4, down.peer4) == (link("10.80.196.160"), link("10.80.196.161"))


def link(address: str) -> Prefix:
    return prefix(f"{address}/32")._replace(length=31)


def test_a_county_is_two_aggregates(meaning: Meaning) -> None:
    """A /17 for its centre and townships, a /19 for its hospitals."""
    county = meaning.network.counties["weining"]
    block, hospitals = IPv4Network("10.87.0.0/17"), IPv4Network("10.80.192.0/19")
    for site in (county.center, *county.townships):
        assert IPv4Network(meaning.plan.sites[site.id].block4.text).subnet_of(block)
    for site in county.hospitals:
        assert IPv4Network(meaning.plan.sites[site.id].block4.text).subnet_of(hospitals)
