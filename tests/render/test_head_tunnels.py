"""The tunnels of a county's head, as H3C and Cisco write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest

from telemed_infra.compile.config import FirewallConfig, Policy, Servers
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import address_text, prefix
from telemed_infra.plan.tunnels import strangers, tunnels
from telemed_infra.render.cisco_tunnels import (
    negotiation_blocks,
    protection_blocks,
    tunnel_lines,
)
from telemed_infra.render.h3c_tunnels import tunnel_blocks, tunnel_interfaces, tunnel_routes
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector, Tunnel
from tests.plan.building import texts
from tests.plan.variants import Documents, mixed, network, small, with_cisco

HEAD = "QN-GD-C-FW01"
V4, V6 = (family.every_address for family in FAMILIES)
BLOCK4, BLOCK6 = (prefix(text).range for text in ("10.9.0.0/23", "2001:db8:9::/56"))
CBC = IkeSuite("aes-256", "sha-256", "sha-256", 19)
LINE = Tunnel(
    interface="Tunnel1001",
    below="port8",
    own_address=prefix("10.1.0.4/32").first,
    peer_address=prefix("10.9.0.49/32").first,
    own_identity="X-C.line",
    peer_identity="X-T1-GW01.line",
    secret="vault:ike-x-t1-gw01",
    starts=False,
    own=Selector(V4, ()),
    peer=Selector((BLOCK4,), ()),
    preference=10,
    ike=CBC,
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3_600,
    liveness_s=10,
)
LTE = LINE._replace(
    interface="Tunnel2",
    own_address=prefix("10.1.0.5/32").first,
    peer_address=None,
    own_identity="X-C.lte",
    peer_identity="X-T1-GW01.lte",
    preference=20,
)
OTHER = LTE._replace(peer_identity="X-T2-GW01.lte", secret="vault:ike-x-t2-gw01")


def config(*some: Tunnel) -> FirewallConfig:
    names = dict.fromkeys(one.interface for one in some)
    return FirewallConfig(
        hostname="FW01",
        platform="x",
        interfaces=tuple(Interface(name=name, port="", zone="VPN", origin=name) for name in names),
        bindings=(),
        policy=Policy(zones=(), address_sets=(), service_sets=(), rules=()),
        servers=Servers(ntp=(), origins=()),
        ipv6=True,
        origins=("o",),
        tunnels=some,
    )


def templates(*some: Tunnel) -> FirewallConfig:
    """The same tunnels, on Cisco's interfaces."""
    number = {"Tunnel1001": 1, "Tunnel2": 2}
    return config(
        *(one._replace(interface=f"Virtual-Template{number[one.interface]}") for one in some)
    )


def block(blocks: object, head: str) -> list[str]:
    assert isinstance(blocks, list)
    (found,) = [one for one in blocks if isinstance(one, Block) and one.head == head]
    return list(found.lines)


@cache
def h3c() -> str:
    return written(mixed())[f"{HEAD}.secpath"]


@cache
def cisco() -> str:
    return written(with_cisco())[f"{HEAD}.ios"]


def written(files: Documents) -> dict[str, str]:
    return {name: text for _, name, text in texts(Meaning(network(files)))}


def planned(files: Documents) -> tuple[Tunnel, ...]:
    meaning = Meaning(network(files))
    (head,) = [one for one in meaning.network.devices if one.name == HEAD]
    return tunnels(meaning.network, meaning.plan, head)


def parts(text: str, separator: str) -> dict[str, list[str]]:
    """Head of each block → its lines."""
    found: dict[str, list[str]] = {}
    for some in text.split(f"\n{separator}\n"):
        head, *lines = some.splitlines() or [""]
        found[head] = lines
    return found


# SecPath -----------------------------------------------------------------------------------------


def test_each_township_by_line_has_an_interface_with_its_own_peer() -> None:
    by_head = parts(h3c(), "#")
    lines = [one for one in planned(mixed()) if one.peer_address is not None]
    assert len({one.interface for one in lines}) == len(lines) > 1
    for one in lines:
        assert one.peer_address is not None
        found = by_head[f"interface {one.interface} mode ipsec"]
        assert f" destination {address_text(Family.V4, one.peer_address)}" in found
        (bound,) = [line for line in found if line.startswith(" tunnel protection")]
        name = bound.split()[-1]
        assert f" ikev2-profile {name}" in by_head[f"ipsec profile {name} isakmp"]
        profile = by_head[f"ikev2 profile {name}"]
        assert [line for line in profile if "remote identity" in line] == [
            f" match remote identity fqdn {one.peer_identity}"
        ]


def test_mobile_ones_share_an_interface_that_takes_known_names_alone() -> None:
    by_head = parts(h3c(), "#")
    found = by_head["interface Tunnel2 mode ipsec-p2mp"]
    assert not [line for line in found if "destination" in line]
    known = [one.peer_identity for one in planned(mixed()) if one.peer_address is None]
    assert [line for line in by_head["ikev2 profile LTE"] if "remote" in line][1:] == [
        f" match remote identity fqdn {name}" for name in known
    ]


def test_every_name_that_a_line_refers_to_is_there_once() -> None:
    text = h3c()
    for reference, definition in (
        (r"tunnel protection ipsec profile (\S+)", r"^ipsec profile (\S+) isakmp$"),
        (r"^ transform-set (\S+)", r"^ipsec transform-set (\S+)$"),
        (r"^ ikev2-profile (\S+)", r"^ikev2 profile (\S+)$"),
        (r"^ keychain (\S+)", r"^ikev2 keychain (\S+)$"),
        (r"^ proposal (\S+)", r"^ikev2 proposal (\S+)$"),
        (r"^ match remote identity fqdn (\S+)", r"^  identity fqdn (\S+)$"),
    ):
        used = set(re.findall(reference, text, re.MULTILINE))
        defined = re.findall(definition, text, re.MULTILINE)
        assert defined, reference
        assert sorted(used) == sorted(defined), reference


def test_tunnels_are_in_their_zone_and_the_carrier_in_another() -> None:
    by_head = parts(h3c(), "#")
    inside = {line.split()[-1] for line in by_head["security-zone name Z_VPN"]}
    assert inside == {one.interface for one in planned(mixed())}
    assert by_head["security-zone name Z_LINE"] == [" import interface GigabitEthernet1/0/8"]


def test_the_carrier_reaches_the_box_and_nothing_behind_it() -> None:
    rules = re.split(r"^ rule ", h3c(), flags=re.MULTILINE)
    from_line = [rule for rule in rules if "\n  source-zone Z_LINE\n" in rule]
    assert from_line
    assert all("\n  destination-zone Local\n" in rule for rule in from_line)


def test_the_line_is_preferred_while_it_is_there() -> None:
    assert [line.text for line in tunnel_routes(config(LINE, LTE))] == [
        "ip route-static 10.9.0.0 23 Tunnel1001 preference 10",
        "ip route-static 10.9.0.0 23 Tunnel2 preference 20",
    ]


def test_h3c_writes_the_digest_where_the_cipher_brings_none() -> None:
    plain = LINE._replace(esp=EspSuite("aes-256", "sha-384", 0))
    assert block(list(tunnel_blocks(config(plain))), "ipsec transform-set ESP1") == [
        "esp encryption-algorithm aes-cbc-256",
        "esp authentication-algorithm sha384",
    ]


def test_h3c_names_every_suite_once() -> None:
    some = list(tunnel_blocks(config(LTE, OTHER._replace(ike=CBC._replace(group=14)))))
    assert block(some, "ikev2 policy IKE1-IKE2") == ["proposal IKE1", "proposal IKE2"]
    assert block(some, "ipsec profile LTE isakmp")[0] == "transform-set ESP1"


def test_a_lifetime_that_is_the_platforms_own_is_not_printed() -> None:
    day = LINE._replace(ike_lifetime_s=86_400)
    found = block(list(tunnel_blocks(config(day))), "ikev2 profile X-T1-GW01-LINE")
    assert not [line for line in found if line.startswith("sa duration")]


def test_h3c_refuses_two_peers_on_an_interface_for_one() -> None:
    second = LINE._replace(peer_identity="X-T2-GW01.line")
    with pytest.raises(ValueError, match="Tunnel1001: a tunnel interface has one peer"):
        tunnel_interfaces(config(LINE, second))


def test_h3c_refuses_ipv6_inside() -> None:
    both = LINE._replace(peer=Selector((BLOCK4,), (BLOCK6,)))
    with pytest.raises(ValueError, match=r"X-T1-GW01\.line: tunnels carry no IPv6 here"):
        list(tunnel_routes(config(both)))


def test_ipv6_behind_secpath_is_told_before_anything_is_built() -> None:
    told = {}
    for name, variant in (("h3c_secpath", mixed), ("cisco_ios_zbf", with_cisco)):
        files = deepcopy(variant())
        assert list(strangers(network(files))) == []
        files["blueprints/township.yml"]["ipv6"] = True
        found = "\n".join(map(str, strangers(network(files))))
        told[name] = f"{name} takes no IPv6 through its tunnels" in found
    assert told == {"h3c_secpath": True, "cisco_ios_zbf": False}


def test_without_tunnels_there_is_no_line_about_them() -> None:
    assert list(tunnel_blocks(config())) == []
    assert list(negotiation_blocks(config())) == []
    assert list(protection_blocks(config())) == []


# Cisco -------------------------------------------------------------------------------------------


def test_a_profile_knows_its_townships_by_their_whole_names() -> None:
    by_head = parts(cisco(), "!")
    for way, number in (("LINE", 1), ("LTE", 2)):
        known = [
            one.peer_identity
            for one in planned(with_cisco())
            if one.interface == f"Virtual-Template{number}"
        ]
        assert len(known) > 1
        profile = by_head[f"crypto ikev2 profile {way}"]
        assert [line for line in profile if "identity remote" in line] == [
            f" match identity remote fqdn {name}" for name in known
        ]
        assert f" virtual-template {number}" in profile
        template = by_head[f"interface Virtual-Template{number} type tunnel"]
        assert " zone-member security VPN" in template
        assert f" tunnel protection ipsec profile {way}" in template
        assert f" set ikev2-profile {way}" in by_head[f"crypto ipsec profile {way}"]


def test_each_township_has_its_own_key() -> None:
    keys = re.findall(
        r"^  identity fqdn (\S+)\n  pre-shared-key (\S+)$", cisco(), flags=re.MULTILINE
    )
    assert dict(keys) == {one.peer_identity: one.secret for one in planned(with_cisco())}
    assert "pre-shared-key" not in re.sub(r"pre-shared-key vault:t-\S+", "", cisco())


def test_no_suite_of_the_platforms_own_is_left() -> None:
    for line in ("ikev2 policy", "ikev2 proposal", "ipsec profile", "ipsec transform-set"):
        assert f"\nno crypto {line} default\n" in cisco()
    assert "\nno crypto isakmp default policy\n" in cisco()
    assert not re.search(r"^crypto (isakmp|map|dynamic-map)", cisco(), re.MULTILINE)


def test_the_carrier_has_no_way_to_another_zone() -> None:
    pairs = re.findall(r"^zone-pair security \S+ source LINE destination (\S+)", cisco(), re.M)
    assert sorted(pairs) == ["LINE", "self"]
    assert "source LINE destination LINE\n service-policy type inspect DENY-ALL" in cisco()


def test_a_cipher_with_integrity_of_its_own_has_the_function_named() -> None:
    best = LINE._replace(ike=IkeSuite("aes-256-gcm", "", "sha-256", 19))
    found = block(list(negotiation_blocks(templates(best))), "crypto ikev2 proposal IKE1")
    assert found == ["encryption aes-gcm-256", "prf sha256", "group 19"]


def test_cisco_has_the_digest_of_the_function() -> None:
    odd = LINE._replace(ike=CBC._replace(prf="sha-512"))
    with pytest.raises(ValueError, match="sha-512: the pseudo-random function"):
        list(negotiation_blocks(templates(odd)))


def test_cisco_writes_the_digest_where_the_cipher_brings_none() -> None:
    plain = LINE._replace(esp=EspSuite("aes-256", "sha-256", 0), esp_lifetime_s=1_800)
    some = list(protection_blocks(templates(plain)))
    assert block(some, "crypto ipsec transform-set ESP1 esp-aes 256 esp-sha256-hmac")
    assert block(some, "crypto ipsec profile LINE") == [
        "set security-association lifetime seconds 1800",
        "set transform-set ESP1",
        "set reverse-route distance 10",
        "set ikev2-profile LINE",
        "reverse-route",
    ]


def test_cisco_has_one_group_of_secrecy_for_a_way() -> None:
    second = OTHER._replace(esp=OTHER.esp._replace(group=14))
    with pytest.raises(ValueError, match="Virtual-Template2: one group of perfect forward"):
        list(protection_blocks(templates(LTE, second)))


def test_ipv6_goes_through_the_same_tunnels() -> None:
    both = LINE._replace(peer=Selector((BLOCK4,), (BLOCK6,)))
    assert tunnel_lines(templates(LINE))["Virtual-Template1"][0] == "tunnel mode ipsec ipv4"
    assert tunnel_lines(templates(both))["Virtual-Template1"][:2] == (
        "ipv6 unnumbered Loopback0",
        "tunnel mode ipsec dual-overlay",
    )


def test_cisco_asks_no_sooner_than_it_can() -> None:
    files = deepcopy(with_cisco())
    files["network.yml"]["tunnels"]["liveness_s"] = 5
    assert {one.liveness_s for one in planned(files)} == {10}
    files = deepcopy(mixed())
    files["network.yml"]["tunnels"]["liveness_s"] = 5
    assert {one.liveness_s for one in planned(files)} == {5}


# Both --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [tunnel_blocks, negotiation_blocks])
def test_tunnels_of_an_interface_have_all_in_common_but_their_other_ends(
    write: Callable[[FirewallConfig], object],
) -> None:
    apart = config(LTE, OTHER._replace(preference=30))
    with pytest.raises(ValueError, match="Tunnel2: its tunnels differ"):
        list(write(apart))  # type: ignore[call-overload]


def test_where_one_interface_has_many_peers_the_names_stay() -> None:
    meaning = Meaning(network(small()))
    (head,) = [one for one in meaning.network.devices if one.name == "BJ-WN-C-FW01"]
    found = [one.name for one in meaning.interfaces(head)]
    assert [name for name in found if name.startswith("Tunnel")] == ["Tunnel1", "Tunnel2"]
