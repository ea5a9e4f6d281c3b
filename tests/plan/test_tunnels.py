"""Both ends of every tunnel of the shipped province, and of some that no province has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from telemed_infra.compile.tunnels import tunnel_config
from telemed_infra.model.network import Device, Site
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.readiness import assert_buildable
from telemed_infra.plan import tunnels as plan_of_tunnels
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.plan.tunnels import (
    BY_LINE,
    BY_LTE,
    LINE,
    LTE,
    enforcing,
    line_address,
    outer_routes,
    strangers,
    townships,
    tunnels,
    ways,
)
from telemed_infra.problem import InputError
from telemed_infra.render.swanctl import swanctl_view
from telemed_infra.tunnels import EspSuite, IkeSuite, Tunnel
from tests.plan.variants import Documents, mixed, network, small, with_cisco

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "install-a-gateway.md"
EVERYTHING = ((0, (1 << 32) - 1),)
SUITES = (IkeSuite("aes-256", "sha-256", "sha-256", 19), EspSuite("aes-256-gcm", "", 19))


def of(meaning: Meaning, device: Device) -> tuple[Tunnel, ...]:
    return tunnels(meaning.network, meaning.plan, device)


def mirrored(one: Tunnel, other: Tunnel) -> Tunnel:
    """One end as the other one would have to write it, but for what is each end's own."""
    return one._replace(
        interface=other.interface,
        below=other.below,
        own_address=one.peer_address,
        peer_address=one.own_address,
        own_identity=one.peer_identity,
        peer_identity=one.own_identity,
        starts=not one.starts,
        own=one.peer,
        peer=one.own,
    )


def assert_mirrored(head: Device, lower: Iterable[Tunnel], upper: Iterable[Tunnel]) -> None:
    """Whatever has an interface for one peer alone begins by line, too."""
    able = PLATFORMS[head.platform].tunnels
    assert able is not None
    for one, other in zip(lower, upper, strict=True):
        begins = not able.waits and one.own_address is not None
        assert mirrored(one, other)._replace(starts=begins) == other


def device(meaning: Meaning, name: str) -> Device:
    return next(one for one in meaning.network.devices if one.name == name)


# ---- the shipped province ------------------------------------------------------------------------


def test_both_ends_of_each_tunnel_say_the_same(meaning: Meaning) -> None:
    """At either member of the head's pair: whoever has the addresses ends them."""
    heads = lines = mobiles = 0
    for county in meaning.network.counties.values():
        members = enforcing(meaning.network, county.center)
        assert len(members) == 2
        heads += len(members)
        upper = [of(meaning, member) for member in members]
        assert upper[0] == upper[1]
        expected: list[Tunnel] = []
        for site in county.townships:
            (gateway,) = enforcing(meaning.network, site)
            lower = of(meaning, gateway)
            lines += 1
            mobiles += len(lower) - 1
            assert len(lower) == 1 + site.lte
            expected += lower
        assert_mirrored(members[0], expected, upper[0])
    assert (heads, lines) == (2 * 88, len([*sites(meaning)]))
    assert lines - mobiles == sum(not one.lte for one in sites(meaning)) > 0


def sites(meaning: Meaning) -> list[Site]:
    return [one for one in meaning.network.sites.values() if one.kind == "township"]


def test_nobody_else_ends_a_tunnel(meaning: Meaning) -> None:
    ends = {("township", "GW"), ("county-center", "FW")}
    for one in meaning.network.devices:
        assert bool(of(meaning, one)) == ((one.site.kind, one.role) in ends)


def test_no_name_and_no_secret_stands_twice(meaning: Meaning) -> None:
    secrets: dict[str, str] = {}
    names: set[str] = set()
    for site in sites(meaning):
        (gateway,) = enforcing(meaning.network, site)
        for one in of(meaning, gateway):
            assert one.own_identity not in names
            names.add(one.own_identity)
            assert secrets.setdefault(one.secret, gateway.name) == gateway.name
            assert one.secret == f"vault:ike-{gateway.name.lower()}"
    assert len(secrets) == len(sites(meaning))


def test_what_a_townships_tunnels_are(meaning: Meaning) -> None:
    line, lte = of(meaning, device(meaning, "BJ-WN-CH-GW01"))
    plan = meaning.plan.sites["weining-caohai"]
    head = meaning.plan.sites["weining-c"]
    assert (line.interface, line.below, line.preference) == ("ipsec0", "eth0", BY_LINE)
    assert (lte.interface, lte.below, lte.preference) == ("ipsec1", "wwan0", BY_LTE)
    assert (line.own_address, lte.own_address) == (line_address(plan).first, None)
    assert (line.peer_address, lte.peer_address) == (
        head.line_host(4).first,
        head.line_host(5).first,
    )
    for one, way in ((line, LINE), (lte, LTE)):
        assert one.starts
        assert (one.own_identity, one.peer_identity) == (
            f"BJ-WN-CH-GW01.{way.name}",
            f"BJ-WN-C.{way.name}",
        )
        assert one.own.v4 == (plan.block4.range,)
        assert (one.peer.v4, one.own.v6, one.peer.v6) == (EVERYTHING, (), ())
        assert (one.ike, one.esp) == SUITES
        assert (one.ike_lifetime_s, one.esp_lifetime_s, one.liveness_s) == (28_800, 3_600, 10)


def test_outer_packets_never_go_through_a_tunnel(meaning: Meaning) -> None:
    """A head's routes to outer addresses are longer than any block that a tunnel leads to."""
    for county in meaning.network.counties.values():
        for member in enforcing(meaning.network, county.center):
            routes = outer_routes(meaning.network, meaning.plan, member)
            lines = {one.prefix for one in routes if one.prefix.length == 32}
            assert lines == {line_address(meaning.plan.sites[s.id]) for s in county.townships}
            (pool,) = (one.prefix for one in routes if one.prefix.length < 32)
            assert pool.text == meaning.network.addresses.lte_pool
            port = next(one for one in meaning.interfaces(member) if one.zone == "LINE")
            assert port.v4 is not None
            for one in routes:
                assert within(one.target, port.v4), address_text(*one.target[:2])
            for tunnel in of(meaning, member):
                assert tunnel.below == port.name


def within(target: Prefix, own: Prefix) -> bool:
    shift = target.family.bits - own.length
    return target.family is Family.V4 and target.first >> shift == own.first >> shift


# ---- other provinces -----------------------------------------------------------------------------


def changed(files: Documents) -> Documents:
    return deepcopy(files)


@pytest.mark.parametrize("files", [small(), mixed(), with_cisco()])
def test_ends_of_other_platforms_mirror_each_other(files: Documents) -> None:
    meaning = Meaning(network(changed(files)))
    for county in meaning.network.counties.values():
        lower = [
            each
            for site in county.townships
            for each in of(meaning, enforcing(meaning.network, site)[0])
        ]
        (head, *_) = enforcing(meaning.network, county.center)
        upper = of(meaning, head)
        facts = PLATFORMS[head.platform].tunnels
        assert facts is not None
        lines = {facts.line_interface(site.num) for site in county.townships}
        assert {one.interface for one in upper} == {*lines, facts.by_lte}
        assert_mirrored(head, lower, upper)


def test_a_township_without_a_line_has_the_mobile_way_alone() -> None:
    files = changed(small())
    ups = files["blueprints/township.yml"]["uplinks"]
    files["blueprints/township.yml"]["uplinks"] = [one for one in ups if one["name"] == "lte"]
    files["policies/guests.yml"] = []  # they leave by the line
    meaning = Meaning(network(files))
    (one,) = of(meaning, device(meaning, "BJ-WN-CH-GW01"))
    assert (one.own_address, one.own_identity) == (None, "BJ-WN-CH-GW01.lte")
    (route,) = outer_routes(meaning.network, meaning.plan, device(meaning, "BJ-WN-C-FW01"))
    assert route.prefix.text == "100.64.0.0/10"


def test_a_township_without_any_way_is_not_reached_by_tunnel() -> None:
    files = changed(small())
    ups = files["blueprints/township.yml"]["uplinks"]
    files["blueprints/township.yml"]["uplinks"] = [one for one in ups if one["name"] == "lte"]
    files["policies/guests.yml"] = []  # they leave by the line
    meaning = Meaning(network(files))
    yongxi = meaning.network.sites["nayong-yongxi"]  # `lte: false`
    assert ways(yongxi) == ()
    assert yongxi not in townships(meaning.network, meaning.network.sites["nayong-c"])


@pytest.mark.parametrize(
    ("files", "key", "value", "words"),
    [
        (small(), "ike", ["sm4"], "nftables and huawei_usg know none of `tunnels.ike`"),
        (small(), "esp", ["sm4"], "nftables and huawei_usg know none of `tunnels.esp`"),
        (small(), "digests", ["sm3"], "nftables and huawei_usg know none of `tunnels.digests`"),
        (mixed(), "ike", ["sm4"], "nftables and h3c_secpath know none of `tunnels.ike`"),
        (with_cisco(), "ike", ["sm4"], "nftables and cisco_ios_zbf know none of `tunnels.ike`"),
    ],
)
def test_ends_that_know_no_algorithm_in_common(
    files: Documents, key: str, value: list[str], words: str
) -> None:
    """Told once for each two platforms, before anything is planned."""
    files = changed(files)
    files["network.yml"]["tunnels"][key] = value
    whole = network(files)
    told = [str(one) for one in strangers(whole)]
    assert len([one for one in told if words in one]) == 1
    assert all("docs/reference/platforms.md" in one for one in told)
    with pytest.raises(InputError, match="know none of"):
        assert_buildable(whole)


def test_the_first_algorithm_that_both_know() -> None:
    files = changed(small())
    rule = files["network.yml"]["tunnels"]
    rule |= {"ike": ["sm4", "aes-256"], "esp": ["sm4", "aes-256"], "digests": ["sm3", "sha-384"]}
    rule["groups"] = [21, 14]
    meaning = Meaning(network(files))
    assert not [*strangers(meaning.network)]
    (one, *_) = of(meaning, device(meaning, "BJ-WN-CH-GW01"))
    assert one.ike == IkeSuite("aes-256", "sha-384", "sha-384", 21)
    assert one.esp == EspSuite("aes-256", "sha-384", 21)


def test_a_head_that_takes_no_ipv6_through_its_tunnels() -> None:
    files = changed(small())
    files["blueprints/township.yml"]["ipv6"] = True
    (told,) = (str(one) for one in strangers(network(files)))
    assert "huawei_usg takes no IPv6 through its tunnels" in told
    assert "leave `ipv6` out" in told


def test_a_platform_that_ends_no_tunnel_is_told_by_its_limits_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poor = PLATFORMS | {"nftables": replace(PLATFORMS["nftables"], tunnels=None)}
    monkeypatch.setattr(plan_of_tunnels, "PLATFORMS", poor)
    assert not [*strangers(network(changed(small())))]


def test_the_guide_to_gateways_shows_what_is_written(meaning: Meaning) -> None:
    """Addresses, interfaces, numbers, secret and script of its example."""
    guide = GUIDE.read_text("utf-8")
    gateway = device(meaning, "BJ-WN-CH-GW01")
    config = tunnel_config(meaning.network, meaning.routing, gateway, of(meaning, gateway))
    view = swanctl_view(config)
    plan = meaning.plan.sites[gateway.site.id]
    for one, tunnel in zip(view.connections, config.tunnels, strict=True):
        assert f"ip route add {one.peer_address}/32 " in guide
        assert f"ip link add {tunnel.interface} type xfrm if_id {one.number}\n" in guide
        assert f"default dev {tunnel.interface} scope link metric {tunnel.preference}\n" in guide
        assert one.route.split()[0] in guide
    assert f"ip address add {view.connections[0].own_address}/31 dev eth0" in guide
    assert f"via {address_text(*plan.link_address(0, 0)[0][:2])} dev eth0" in guide
    assert f"(`{address_text(*plan.loopback(gateway.host)[0][:2])}`)" in guide
    assert f"secret = {view.secrets[0].secret}\n" in guide
    for shipped in re.findall(r"templates/swanctl/\S+", guide):
        assert (ROOT / shipped).is_file()
