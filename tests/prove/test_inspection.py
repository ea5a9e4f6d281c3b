"""What a firewall looks into: every damage to a text's profiles is a finding, and nothing else is.

One policy, written by hand in the words of two platforms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.schema.base import Origin
from telemed_infra.model.schema.network_file import App
from telemed_infra.parse.behaviour import LOCAL, FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.plan.boundary import crosses_boundary
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import prefix
from telemed_infra.prove.expected_functions import expected_of_firewall
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.firewall import WaysProof, compare_ways, meant
from telemed_infra.prove.functions import Function, of_firewall
from telemed_infra.prove.inspection import with_inspection
from telemed_infra.redundancy import ALONE

ELSEWHERE = frozenset({"WAN", "VPN", "LOCAL"})
PORTS = {"OFFICE": 1, "IMAGING": 2, "WAN": 3, "VPN": 4}
ZONES = {
    LOCAL: "LOCAL",
    **{f"GigabitEthernet1/0/{number}": zone for zone, number in PORTS.items()},
}
APPS = {
    "web": App(title="t", tcp=(443,), dscp="x"),
    "ping": App(title="t", icmp=(8,), dscp="x"),
}
PREFIXES = {
    "OFFICE": "10.1.1.0/24",
    "IMAGING": "10.1.2.0/24",
    "WAN": "10.9.0.0/16",
    "VPN": "10.2.0.0/16",
    "LOCAL": "10.1.0.1/32",
}
HERE = Origin("policies.yml:1")


def opening(zone_in: str, zone_out: str, app: str = "web", *, tolerated: bool = False) -> Opening:
    ends = [
        AddressGroup(zone, (Member(zone, prefix(PREFIXES[zone]), None, HERE),))
        for zone in (zone_in, zone_out)
    ]
    return Opening(
        policy="T0001" if tolerated else "P0001", origin=HERE,
        zone_in=zone_in, zone_out=zone_out, sources=ends[0], destinations=ends[1],
        apps=(app,), sense="s", tolerated=tolerated,
    )  # fmt: skip


NEEDED = [
    opening("OFFICE", "WAN"),
    opening("WAN", "IMAGING"),
    opening("VPN", "WAN"),
    opening("OFFICE", "IMAGING"),
    opening("WAN", "LOCAL"),
    opening("LOCAL", "WAN"),
]
CROSSING = [("OFFICE", "WAN"), ("WAN", "IMAGING"), ("VPN", "WAN")]


class Platform(NamedTuple):
    """How one platform writes it."""

    read: Callable[[str], FirewallBehaviour]
    head: str
    rule: str  # of zones, networks, service, and the profiles' lines
    profiles: str
    services: Mapping[str, str]
    last: str

    def text(self, wanted: list[Opening], profiled: set[tuple[str, str]]) -> str:
        rules = [self.one(number, each, profiled) for number, each in enumerate(wanted)]
        return f"{self.head}{''.join(rules)}{self.last}"

    def one(self, number: int, wanted: Opening, profiled: set[tuple[str, str]]) -> str:
        networks = [prefix(PREFIXES[zone]) for zone in wanted.way]
        return self.rule.format(
            number=number,
            zones=["local" if zone == "LOCAL" else f"z_{zone}" for zone in wanted.way],
            hosts=[one.text.split("/")[0] for one in networks],
            lengths=[one.length for one in networks],
            service=self.services[wanted.apps[0]],
            profiles=self.profiles if wanted.way in profiled else "",
        )


USG = Platform(
    read=parse_usg,
    head="log type policy enable\n#\n"
    + "".join(
        f"interface GigabitEthernet1/0/{number}\n undo service-manage enable\n#\n"
        f"firewall zone name z_{zone}\n set priority {10 + number}\n"
        f" add interface GigabitEthernet1/0/{number}\n#\n"
        for zone, number in PORTS.items()
    )
    + "security-policy\n default packet-filter intrazone enable\n",
    rule=" rule name R{number}\n  source-zone {zones[0]}\n  destination-zone {zones[1]}\n"
    "  source-address {hosts[0]} {lengths[0]}\n  destination-address {hosts[1]} {lengths[1]}\n"
    "  {service}\n{profiles}  action permit\n",
    profiles="  profile av default\n  profile ips default\n",
    services={
        "web": "service protocol tcp destination-port 443",
        "ping": "service protocol icmp icmp-type 8 0 to 255",
    },
    last=" rule name LAST\n  policy logging\n  action deny\n#\n",
)
SECPATH = Platform(
    read=parse_secpath,
    head="".join(
        f"security-zone name z_{zone}\n import interface GigabitEthernet1/0/{number}\n#\n"
        for zone, number in PORTS.items()
    )
    + "app-profile SEARCH\n ips apply policy default mode protect\n"
    " anti-virus apply policy default mode protect\n#\nsecurity-policy ip\n",
    rule=" rule {number} name R{number}\n  action pass\n{profiles}"
    "  source-zone {zones[0]}\n  destination-zone {zones[1]}\n"
    "  source-ip-subnet {hosts[0]} {lengths[0]}\n"
    "  destination-ip-subnet {hosts[1]} {lengths[1]}\n  {service}\n",
    profiles="  profile SEARCH\n",
    services={"web": "service-port tcp destination eq 443", "ping": "service-port icmp 8 0"},
    last=" rule 99 name LAST\n  logging enable\n#\n",
)
BOTH = pytest.mark.parametrize("platform", [USG, SECPATH], ids=["usg", "secpath"])


def proof(
    platform: Platform, text: str, wanted: list[Opening], *, whole: bool = True
) -> tuple[Finding, ...]:
    read = platform.read(text)
    assert not (whole and read.unread), read.unread
    products = meant(wanted, AppServices(APPS))
    compared = WaysProof(read.chains, frozenset(), ZONES, products, 0, ())
    assert not whole or not compare_ways(read, ZONES, products).findings
    return with_inspection(compared, ELSEWHERE).findings


def sound(platform: Platform) -> str:
    return platform.text(NEEDED, set(CROSSING))


def line_of(text: str, number: int) -> int:
    lines = text.split("\n")
    (found,) = [at for at, one in enumerate(lines, 1) if re.search(rf"name R{number}$", one)]
    return found


def test_what_crosses_the_boundary() -> None:
    crossing = [one.way for one in NEEDED if crosses_boundary(*one.way, ELSEWHERE)]
    assert crossing == CROSSING


@BOTH
def test_profiles_on_what_crosses_the_boundary_alone_are_right(platform: Platform) -> None:
    assert proof(platform, sound(platform), NEEDED) == ()


@BOTH
@pytest.mark.parametrize("lost", CROSSING, ids="-".join)
def test_a_rule_without_its_profile_is_found(platform: Platform, lost: tuple[str, str]) -> None:
    text = platform.text(NEEDED, {*CROSSING} - {lost})
    (only,) = proof(platform, text, NEEDED)
    number = [one.way for one in NEEDED].index(lost)
    assert (only.kind, only.line) == ("uninspected", line_of(text, number))
    assert only.says == (
        f"rule R{number} permits packets from {lost[0]} to {lost[1]}, across the site's boundary, "
        "without a search for intrusions and malware: bind profiles of both that stop what they "
        "find"
    )


@BOTH
@pytest.mark.parametrize(
    "way", [("OFFICE", "IMAGING"), ("WAN", "LOCAL"), ("LOCAL", "WAN")], ids="-".join
)
def test_a_profile_within_the_site_is_found(platform: Platform, way: tuple[str, str]) -> None:
    text = platform.text(NEEDED, {*CROSSING, way})
    (only,) = proof(platform, text, NEEDED)
    number = [one.way for one in NEEDED].index(way)
    assert (only.kind, only.line) == ("overinspected", line_of(text, number))
    assert only.says == (
        f"rule R{number} searches for intrusions and malware in packets that do not cross the "
        "site's boundary: take its profiles off"
    )


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("  profile av default\n", "", 1),
        ("  profile ips default\n", "", 1),
        ("  profile ips default\n", "  profile ips ids\n", 1),
        ("  profile ips default\n", "  profile ips default\n  undo profile ips\n", 1),
        ("  profile ips default\n", "  profile ips OWN\n", 1),
        ("  profile ips default\n", "  profile ips default\n  disable\n", 0),
    ],
)
def test_a_usgs_profile_that_searches_less_is_found(old: str, new: str, count: int) -> None:
    text = sound(USG)
    assert old in text
    found = proof(USG, text.replace(old, new, 1), NEEDED, whole=False)
    assert [(one.kind, one.line) for one in found] == [("uninspected", line_of(text, 0))] * count
    if "OWN" in new:
        (unread,) = USG.read(text.replace(old, new, 1)).unread
        assert unread.why == "there is no ips profile OWN"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ips apply policy default mode protect\n", ""),
        (" anti-virus apply policy default mode protect\n", ""),
        ("ips apply policy default mode protect", "ips apply policy default mode alert"),
        ("virus apply policy default mode protect", "virus apply policy default mode alert"),
        ("ips apply policy default", "ips apply policy OWN"),
        ("app-profile SEARCH", "app-profile ELSE"),
        ("app-profile SEARCH", "inspect bypass\n#\napp-profile SEARCH"),
    ],
)
def test_a_secpaths_profile_that_searches_less_is_found_on_each_rule(old: str, new: str) -> None:
    text = sound(SECPATH)
    assert old in text
    damaged = text.replace(old, new, 1)
    found = proof(SECPATH, damaged, NEEDED, whole=False)
    lines = [line_of(damaged, number) for number in range(len(CROSSING))]
    assert [(one.kind, one.line) for one in found] == [("uninspected", line) for line in lines]


@BOTH
def test_what_is_merely_tolerated_may_be_either(platform: Platform) -> None:
    wanted = [*NEEDED, opening("OFFICE", "WAN", "ping", tolerated=True)]
    assert proof(platform, platform.text(wanted, {*CROSSING}), wanted) == ()
    bare = platform.text(wanted, {*CROSSING} - {("OFFICE", "WAN")})
    (only,) = proof(platform, bare, wanted)  # the needed one on the same way
    assert (only.kind, only.line) == ("uninspected", line_of(bare, 0))


def test_what_is_tolerated_and_needed_too_is_to_be_inspected() -> None:
    both = opening("OFFICE", "WAN", tolerated=True)
    (only,) = proof(USG, USG.text([both], set()), [both, opening("OFFICE", "WAN")])
    assert only.kind == "uninspected"
    assert proof(USG, USG.text([both], set()), [both]) == ()


def test_a_rule_that_no_policy_wants_is_to_be_inspected() -> None:
    text = USG.text([*NEEDED, opening("IMAGING", "VPN")], {*CROSSING})
    (only,) = proof(USG, text, NEEDED, whole=False)
    assert (only.kind, only.line) == ("uninspected", line_of(text, len(NEEDED)))


def test_a_rule_that_matches_nothing_is_not_asked() -> None:
    text = sound(USG).replace("profile ips default\n", "description t\n", 1)
    empty = text.replace("source-address 10.1.1.0 24", "source-address 2001:db8:: 64", 1)
    assert len(proof(USG, text, NEEDED)) == 1
    assert proof(USG, empty, NEEDED, whole=False) == ()


@BOTH
def test_a_zone_that_lost_its_port_is_no_matter_of_profiles(platform: Platform) -> None:
    """What must pass there is missing, which the comparison of ways tells; nothing misleads."""
    port = f"GigabitEthernet1/0/{PORTS['IMAGING']}\n"
    text = re.sub(rf" (add|import) interface {port}", "", sound(platform))
    assert text != sound(platform)
    assert proof(platform, text, NEEDED, whole=False) == ()


def test_a_rule_for_any_zone_counts_by_each_way_that_it_covers() -> None:
    """Some pair of its zones crosses: it is to be inspected, and then right."""
    wide = "  source-zone z_OFFICE\n  destination-zone z_IMAGING\n"
    for narrowed in ("", "  source-zone z_OFFICE\n", "  destination-zone z_IMAGING\n"):
        text = sound(USG).replace(wide, narrowed, 1)
        (only,) = proof(USG, text, NEEDED, whole=False)
        assert (only.kind, only.line) == ("uninspected", line_of(text, 3))
        profiled = USG.text(NEEDED, {*CROSSING, ("OFFICE", "IMAGING")}).replace(wide, narrowed, 1)
        assert proof(USG, profiled, NEEDED, whole=False) == ()


def test_a_limit_decides_so_it_need_not_be() -> None:
    read = parse_usg(USG.text(NEEDED, set()))
    (chain,) = read.chains
    rules = tuple(replace(one, certain=False) for one in chain.rules)
    products = meant(NEEDED, AppServices(APPS))
    sure = WaysProof((chain,), frozenset(), ZONES, products, 0, ())
    unsure = WaysProof((replace(chain, rules=rules),), frozenset(), ZONES, products, 0, ())
    assert len(with_inspection(sure, ELSEWHERE).findings) == len(CROSSING)
    assert with_inspection(unsure, ELSEWHERE) is unsure


def test_a_chain_that_judges_no_forwarded_packet_is_not_asked() -> None:
    (chain,) = parse_usg(USG.text(NEEDED, set())).chains
    aside = WaysProof((replace(chain, judges_forwarded=False),), frozenset(), ZONES, {}, 0, ())
    assert with_inspection(aside, ELSEWHERE) is aside


def test_what_no_rule_of_the_text_says_is_asked_too() -> None:
    """Traffic within a zone that leads elsewhere, and a default that permits, cross it as well."""
    text = sound(USG).replace(" default packet-filter intrazone enable\n", "", 1)
    found = proof(USG, text, NEEDED, whole=False)
    assert {one.says.split(" permits")[0] for one in found} == {
        "rule intrazone z_WAN",
        "rule intrazone z_VPN",
    }


@BOTH
def test_it_is_a_function_of_who_can(platform: Platform) -> None:
    assert Function.INSPECTION in of_firewall(platform.read(sound(platform)))
    assert Function.INSPECTION not in of_firewall(platform.read(platform.text(NEEDED, set())))
    for able in (True, False):
        meant_to = expected_of_firewall((), None, ALONE, tags=False, inspects=able)
        assert (Function.INSPECTION in meant_to) is able


def test_who_can_look_into_packets() -> None:
    assert {name for name, facts in PLATFORMS.items() if facts.inspects} == {
        "huawei_usg",
        "h3c_secpath",
    }
