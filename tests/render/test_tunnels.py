"""How tunnels are written where the kept texts do not show it."""

from __future__ import annotations

import re

import pytest

from telemed_infra.compile.config import FirewallConfig, LowerEnd, Policy, Servers
from telemed_infra.compile.tunnels import TunnelConfig
from telemed_infra.native import swanctl as strongswan
from telemed_infra.native.check import check
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.huawei_ipsec import CIPHERS as OF_HUAWEI
from telemed_infra.render.huawei_ipsec import DIGESTS as DIGESTS_OF_HUAWEI
from telemed_infra.render.huawei_tunnels import interface_lines, tunnel_blocks
from telemed_infra.render.swanctl import CIPHERS, DIGESTS, GROUPS, swanctl_view
from telemed_infra.render.tunnels import prefixes, selected
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector, Tunnel
from tests.native.samples import file
from tests.plan.building import texts
from tests.plan.variants import network
from tests.routing.province import on_linux

V4, V6 = (family.every_address for family in FAMILIES)
HEAD = Tunnel(
    interface="Tunnel1",
    below="GigabitEthernet1/0/8",
    own_address=prefix("10.87.4.196/32").first,
    peer_address=prefix("10.87.24.49/32").first,
    own_identity="BJ-WN-C.line",
    peer_identity="BJ-WN-CH-GW01.line",
    secret="vault:ike-bj-wn-ch-gw01",
    starts=False,
    own=Selector(V4, ()),
    peer=Selector((prefix("10.87.24.0/23").range,), ()),
    preference=10,
    ike=IkeSuite("aes-256", "sha-256", "sha-384", 20),
    esp=EspSuite("aes-256", "sha-256", 0),
    ike_lifetime_s=7200,
    esp_lifetime_s=1800,
    liveness_s=15,
)
BY_LTE = HEAD._replace(
    interface="Tunnel2",
    own_address=prefix("10.87.4.197/32").first,
    peer_address=None,
    own_identity="BJ-WN-C.lte",
    peer_identity="BJ-WN-CH-GW01.lte",
    preference=20,
)
END = {HEAD.secret: LowerEnd(number=7, origins=("site:1",))}


def head(*tunnels: Tunnel) -> FirewallConfig:
    return FirewallConfig(
        hostname="FW01",
        platform="huawei_usg",
        interfaces=(),
        bindings=(),
        policy=Policy(zones=(), address_sets=(), service_sets=(), rules=()),
        servers=Servers(ntp=(), origins=()),
        ipv6=False,
        origins=("device:1",),
        tunnels=tunnels,
        lower_ends=END,
    )


def usg(*tunnels: Tunnel) -> list[str]:
    """The lines of a head, one after another."""
    return [line for one in tunnel_blocks(head(*tunnels)) for line in (one.head, *one.lines)]


def linux(*tunnels: Tunnel) -> TunnelConfig:
    return TunnelConfig(hostname="GW01", tunnels=tunnels, lower_ends=END, origins=("device:1",))


# ---- Huawei --------------------------------------------------------------------------------------


def test_usg_says_what_a_cipher_without_integrity_needs() -> None:
    lines = usg(HEAD, BY_LTE)
    assert lines[:3] == [
        "ike dpd type periodic",
        "ike dpd idle-time 15",
        "ike dpd retransmit-interval 5",
    ]
    assert "esp authentication-algorithm sha2-256" in lines
    assert "undo esp authentication-algorithm" not in lines
    assert "integrity-algorithm hmac-sha2-256" in lines
    assert "prf hmac-sha2-384" in lines
    assert not [one for one in lines if one.startswith("pfs ")]  # group 0: none
    assert lines.count("acl number 3107") == 1  # both ways select the same
    assert [one for one in lines if one.startswith("remote-address")] == [
        "remote-address 10.87.24.49"
    ]  # the mobile way is whoever proves the name


def test_usg_says_no_integrity_where_the_cipher_of_the_negotiation_brings_it() -> None:
    sealed = HEAD._replace(ike=IkeSuite("aes-256-gcm", "", "sha-256", 19))
    assert not [one for one in usg(sealed) if one.startswith("integrity-algorithm")]


def test_usg_numbers_suites_as_they_come() -> None:
    other = BY_LTE._replace(esp=EspSuite("aes-256-gcm", "", 19), ike_lifetime_s=3600)
    lines = usg(HEAD, other)
    assert [one for one in lines if one.startswith(("ipsec proposal", "ike proposal"))] == [
        "ipsec proposal TUNNEL-1",
        "ipsec proposal TUNNEL-2",
        "ike proposal 1",
        "ike proposal 2",
    ]
    assert [one for one in lines if one.startswith(("ike-proposal", "proposal "))] == [
        "ike-proposal 1",
        "ike-proposal 2",
        "proposal TUNNEL-1",
        "proposal TUNNEL-2",
    ]
    assert "pfs dh-group19" in lines


def test_usg_binds_each_way_to_its_interface() -> None:
    assert interface_lines(head(HEAD, BY_LTE), "Tunnel2") == (
        "ip address unnumbered interface GigabitEthernet1/0/8",
        "tunnel-protocol ipsec",
        "ipsec policy LTE",
    )
    assert interface_lines(head(HEAD, BY_LTE), "LoopBack0") == ()


@pytest.mark.parametrize(
    ("tunnel", "words"),
    [
        (HEAD._replace(starts=True), "its tunnels answer"),
        (HEAD._replace(peer=Selector(V4, V6)), "carry IPv4 alone"),
        (HEAD._replace(own=HEAD.peer), "its own end of a tunnel is everything"),
    ],
)
def test_usg_writes_no_tunnel_of_another_kind(tunnel: Tunnel, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        usg(tunnel)


def test_every_algorithm_that_a_platform_knows_has_a_word() -> None:
    for platform, ciphers, digests in (
        ("huawei_usg", OF_HUAWEI, DIGESTS_OF_HUAWEI),
        ("huawei_vrp", OF_HUAWEI, DIGESTS_OF_HUAWEI),
        ("nftables", CIPHERS, DIGESTS),
        ("frr", CIPHERS, DIGESTS),
    ):
        known = PLATFORMS[platform].ipsec
        assert known is not None
        assert ciphers.keys() >= known.ike | known.esp
        assert digests.keys() >= known.digests
        if ciphers is CIPHERS:
            assert GROUPS.keys() >= known.groups


# ---- strongSwan ----------------------------------------------------------------------------------


def test_swanctl_says_a_suite_in_its_words() -> None:
    begun = HEAD._replace(starts=True, interface="ipsec0")
    (one,) = swanctl_view(linux(begun)).connections
    assert (one.ike, one.esp) == ("aes256-sha256-prfsha384-ecp384", "aes256-sha256")
    sealed = begun._replace(
        ike=IkeSuite("aes-256-gcm", "", "sha-512", 14), esp=EspSuite("aes-256-gcm", "", 16)
    )
    (one,) = swanctl_view(linux(sealed)).connections
    assert (one.ike, one.esp) == ("aes256gcm16-prfsha512-modp2048", "aes256gcm16-modp4096")


def test_swanctl_selects_both_families_and_refuses_an_interface_that_is_none() -> None:
    begun = HEAD._replace(
        interface="ipsec1",
        own=Selector(HEAD.peer.v4, (prefix("2001:db8:5::/52").range,)),
        peer=Selector(V4, V6),
    )
    (one,) = swanctl_view(linux(begun)).connections
    assert (one.own, one.peer) == ("10.87.24.0/23,2001:db8:5::/52", "0.0.0.0/0,::/0")
    assert (one.number, one.route) == (2, "/usr/local/lib/telemed/tunnel-route ipsec1 10")
    with pytest.raises(ValueError, match="Tunnel1"):
        swanctl_view(linux(HEAD))


def test_a_head_on_linux_answers_each_gateway_by_its_name() -> None:
    """Its connections and secrets bear the gateways' names; it begins nothing."""
    (text,) = (
        text
        for _, name, text in texts(Meaning(network(on_linux())))
        if name == "BJ-WN-C-FW01.swanctl"
    )
    assert "start_action" not in text
    assert "keyingtries" not in text
    assert text.count("dpd_action = clear") == text.count("version = 2") == 4
    assert "    BJ-WN-CH-GW01-line {\n" in text
    secret = re.search(r"    ike-BJ-WN-CH-GW01 \{\n(.*?)    \}\n", text, re.DOTALL)
    assert secret is not None
    assert secret[1].split() == [
        "id-line", "=", "fqdn:BJ-WN-CH-GW01.line",
        "id-lte", "=", "fqdn:BJ-WN-CH-GW01.lte",
        "secret", "=", "vault:t-bj-wn-ch-gw01",
    ]  # fmt: skip


@pytest.mark.debian("charon-systemd")
def test_strongswan_takes_a_heads_text_and_a_gateways() -> None:
    made = [
        file(name, text, "swanctl")
        for _, name, text in texts(Meaning(network(on_linux())))
        if name in ("BJ-WN-C-FW01.swanctl", "BJ-WN-CH-GW01.swanctl")
    ]
    assert len(made) == 2
    report = check(made, every=True, jobs=1)
    assert [(one.program, one.checked) for one in report.runs] == [(strongswan.NAME, 2)]
    assert report.refusals == ()


# ---- selectors -----------------------------------------------------------------------------------


def test_ranges_are_prefixes_or_an_error() -> None:
    some = (prefix("10.0.0.0/8").range, prefix("192.0.2.1/32").range)
    assert [one.text for one in prefixes(some, Family.V4)] == ["10.0.0.0/8", "192.0.2.1/32"]
    assert [one.text for one in selected(Selector(V4, V6))] == ["0.0.0.0/0", "::/0"]
    for first, last in ((0, 2), (1, 2), (2, 5)):
        with pytest.raises(ValueError, match="is no prefix"):
            prefixes(((first, last),), Family.V4)
