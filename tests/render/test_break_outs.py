"""Guests in the texts of each platform: both halves are there, bound, and of the same ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from telemed_infra.break_out import MARK
from telemed_infra.compile.config import FirewallConfig
from telemed_infra.compile.firewall import compile_policy, firewall_config, servers, zones_of
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.break_outs import guests, with_next_hop
from tests.plan.building import texts
from tests.plan.variants import Documents, mixed, network, small, with_cisco

SOURCES = "172.31.0.0"
LINES: dict[str, tuple[str, ...]] = {
    "huawei_usg": (
        r"""^ rule name OUT-GUEST
  ingress-interface {ingress}
  source-address {sources} mask 255\.255\.254\.0
  action pbr egress-interface {egress} next-hop {hop}$""",
        r"""^ rule name OUT-GUEST
  source-zone Z-GUEST
  destination-zone Z-LINE
  source-address {sources} mask 255\.255\.254\.0
  action source-nat easy-ip$""",
        r"""^firewall zone name Z-LINE id \d+
 set priority \d+
 add interface {egress}$""",
    ),
    "h3c_secpath": (
        r"""^acl basic 2080
 rule 0 permit source {sources} 0\.0\.1\.255
#$""",
        r"""^policy-based-route OUT-GUEST permit node 10
 if-match acl 2080
 apply next-hop {hop}$""",
        r"^interface {ingress}\n(?: .*\n)* ip policy-based-route OUT-GUEST$",
        r"^interface {egress}\n(?: .*\n)* nat outbound 2080$",
    ),
    "cisco_ios_zbf": (
        r"""^ip access-list standard OUT-GUEST
 permit {sources} 0\.0\.1\.255
!$""",
        r"""^route-map OUT-GUEST permit 10
 match ip address OUT-GUEST
 set ip next-hop {hop}$""",
        r"^interface {ingress}\n(?: .*\n)* ip nat inside$",
        r"^interface {ingress}\n(?: .*\n)* ip policy route-map OUT-GUEST$",
        r"^interface {egress}\n(?: .*\n)* ip nat outside$",
        r"^ip nat inside source list OUT-GUEST interface {egress} overload$",
    ),
    "nftables": (
        rf'^\t\tiifname "{{ingress}}" ip saddr {{sources}}/23 meta mark set {MARK}$',
        r'^\t\toifname "{egress}" ip saddr {sources}/23 masquerade$',
    ),
}
"""What must stand in a text, each once."""
WORDS = {
    "huawei_usg": r"policy-based-route|nat-policy|source-nat",
    "h3c_secpath": r"policy-based-route|nat outbound",
    "cisco_ios_zbf": r"ip policy route-map|ip nat inside source list",
    "nftables": r"meta mark|masquerade",
}
"""What no text of a device without guests has."""


def told(meaning: Meaning) -> Iterator[tuple[Device, str]]:
    """Each text that filters."""
    for device, name, text in texts(meaning):
        if name == f"{device.name}.{PLATFORMS[device.platform].extension}" and (
            device.platform in LINES
        ):
            yield device, text


@pytest.mark.parametrize("variant", [small, mixed, with_cisco])
def test_both_halves_stand_in_the_text_and_are_bound(variant: Callable[[], Documents]) -> None:
    meaning = Meaning(network(variant()))
    seen = set()
    for device, text in told(meaning):
        found = meaning.break_outs(device)
        if not found:
            assert not re.search(WORDS[device.platform], text), device.name
            continue
        (one,) = found
        hop = "" if one.next_hop is None else address_text(Family.V4, one.next_hop)
        seen.add(device.platform)
        for line in LINES[device.platform]:
            asked = line.format(
                ingress=re.escape(one.ingress),
                egress=re.escape(one.egress),
                sources=re.escape(SOURCES),
                hop=re.escape(hop),
            )
            assert len(re.findall(asked, text, re.M)) == 1, (device.name, asked)
    assert "nftables" in seen
    assert len(seen) >= 2


@pytest.fixture(scope="module")
def hospital() -> FirewallConfig:
    """A hospital's firewall, as far as guests are concerned."""
    meaning = Meaning(network(small()))
    device = next(one for one in meaning.network.devices if one.name == "BJ-H1-FW01")
    interfaces = meaning.interfaces(device)
    policy = compile_policy(meaning.network, [], zones_of(interfaces), ipv6=False)
    home = servers(meaning.network, meaning.plan, "dc-a")
    config = firewall_config(device, interfaces, policy, home, meaning.management)
    return replace(config, break_outs=meaning.break_outs(device), break_out_origins=("o",))


def test_whoever_leaves_by_a_line_is_named_for_the_zone(hospital: FirewallConfig) -> None:
    (one,) = guests(hospital)
    assert (one.name, one.zone_in, one.zone_out) == ("OUT-GUEST", "GUEST", "LINE")
    assert one.sources == Prefix(Family.V4, 0xAC1F0000, 23)
    assert with_next_hop(hospital) == (one,)


def test_a_platform_that_names_the_next_hop_needs_one(hospital: FirewallConfig) -> None:
    (one,) = hospital.break_outs
    lost = replace(hospital, break_outs=(one._replace(next_hop=None),))
    assert guests(lost)[0].next_hop == ""
    with pytest.raises(ValueError, match="no next hop for guests behind Gig"):
        with_next_hop(lost)
