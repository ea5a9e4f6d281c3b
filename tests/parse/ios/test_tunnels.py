"""IOS XE: tunnels of IKEv2 and ESP: templates, interfaces of their own, maps."""

from __future__ import annotations

import pytest

from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector
from tests.parse.ios.judge import passes
from tests.parse.ios.tunnel_text import (
    BLOCK,
    EVERY,
    EVERY6,
    GATEWAY,
    HEAD,
    LINE,
    LIST,
    LTE,
    MAP,
    MAPPED,
    MINE,
    MOBILE,
    OWN,
    PORT,
    TEXT,
    read,
)

TEMPLATE = "Virtual-Template1"


def test_templates() -> None:
    found = read()
    assert found.unread == ()
    assert found.tunnels == (LINE, LTE)
    lines = TEXT.split("\n")
    assert found.tunnel_lines == {
        GATEWAY: lines.index(" peer GW01") + 1,
        MOBILE: lines.index(" peer GW01-LTE") + 1,
    }


def test_blocks_in_any_order() -> None:
    blocks = TEXT.removesuffix("end\n").split("\n!\n")
    found = parse_ios_firewall("\n!\n".join(reversed(blocks)))
    assert found.unread == ()
    assert set(found.tunnels) == {LINE, LTE}


def test_a_template_is_an_interface_of_its_zone() -> None:
    text = TEXT.replace("!\nend\n", """!
interface GigabitEthernet0/0/1
 ip address 10.0.1.1 255.255.255.0
 zone-member security IN
zone security IN
ip access-list extended A
 permit tcp any any eq 443
class-map type inspect match-any C
 match access-group name A
policy-map type inspect PM
 class type inspect C
  inspect
 class class-default
  drop
zone-pair security Z source VPN destination IN
 service-policy type inspect PM
""")  # fmt: skip
    found = read(text=text)
    assert found.unread == ()
    assert found.zones["VPN"] == {"Virtual-Template1", "Virtual-Template2"}
    way = (TEMPLATE, "GigabitEthernet0/0/1")
    assert passes(found, way, "tcp/443", "10.9.1.1", "10.0.1.9")
    assert not passes(found, way, "tcp/80", "10.9.1.1", "10.0.1.9")
    assert not passes(found, (PORT, way[1]), "tcp/443", "10.9.1.1", "10.0.1.9")


WITHOUT = {
    " encryption aes-cbc-256": "cipher",
    " integrity sha256": "pseudorandom function",
    " group 19": "group",
    "\n proposal P": "it needs one proposal",
    "crypto ikev2 policy P\n proposal P": "no policy of IKEv2 is for it",
    "  identity fqdn GW01.line": "has no key for GW01.line",
    "  pre-shared-key vault:gw01": "one secret",
    " match address local 10.0.8.4": "at which address it answers",
    " match identity remote fqdn GW01.line": "accepts nobody",
    " identity local fqdn HEAD.line": "own identity",
    " authentication remote pre-share": "shared secret",
    " authentication local pre-share": "shared secret",
    "\n keyring local KEYS": "names no keys",
    " virtual-template 1": "does not name this template",
    " set transform-set TS": "it needs one transform set",
    " set ikev2-profile LINE": "does not name this template",
    "\n reverse-route": "no route stands",
    " ip unnumbered GigabitEthernet0/0/8": "no address of what it is to carry",
    " tunnel mode ipsec ipv4": "in mode `gre ip`",
    " tunnel protection ipsec profile LINE": "is not protected by this profile",
    " type tunnel": "the interface names no source",
    " vrrp 250 ip 10.0.8.4\n vrrp 250 ip 10.0.8.5 secondary": "no interface has this address",
}


@pytest.mark.parametrize("line", WITHOUT)
def test_what_is_missing_leaves_no_tunnel_and_is_told(line: str) -> None:
    found = read(line)
    assert LINE not in found.tunnels
    assert any(WITHOUT[line] in one.why for one in found.unread), found.unread


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (" integrity sha256", " integrity sha256\n prf sha512",
         {"ike": IkeSuite("aes-256", "sha-256", "sha-512", 19)}),
        (" encryption aes-cbc-256\n integrity sha256", " encryption aes-gcm-256\n prf sha384",
         {"ike": IkeSuite("aes-256-gcm", "", "sha-384", 19)}),
        ("  address 100.64.1.2\n", "", {"peer_address": None}),
        ("  address 100.64.1.2", "  address 100.64.1.0 255.255.255.0", {"peer_address": None}),
        (" lifetime 28800\n", "", {"ike_lifetime_s": 86400}),
        (" dpd 10 2 periodic\n", "", {"liveness_s": 0}),
        (" dpd 10 2 periodic", " dpd 15 2 on-demand", {"liveness_s": 0}),
        (" set security-association lifetime seconds 1800\n", "", {"esp_lifetime_s": 3600}),
        (" set reverse-route distance 10\n", "", {"preference": 1}),
        (" set pfs group19\n", "", {"esp": EspSuite("aes-256-gcm", "", 0)}),
        (" tunnel mode ipsec ipv4\n", " ipv6 enable\n tunnel mode ipsec ipv4 v6-overlay\n",
         {"own": Selector((), EVERY6), "peer": Selector((), EVERY6)}),
        (" match address local 10.0.8.4", f" match address local interface {PORT}",
         {"own_address": HEAD - 2}),
        (" tunnel mode ipsec ipv4", f" tunnel source {PORT}\n tunnel mode ipsec ipv4", None),
        (" set pfs group19", " set pfs group19\n responder-only", {}),
    ],
)  # fmt: skip
def test_what_each_line_says_and_what_holds_without_it(
    old: str, new: str, changed: dict[str, object] | None
) -> None:
    found = read(old, new)
    if changed is None:
        assert [one.why for one in found.unread] == ["profile LINE is for another local address"]
        return
    assert found.unread == ()
    assert found.tunnels[0] == LINE._replace(**changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("transforms", "suite"),
    [
        ("esp-gcm", EspSuite("aes-128-gcm", "", 19)),
        ("esp-aes 256 esp-sha256-hmac", EspSuite("aes-256", "sha-256", 19)),
        ("esp-aes esp-sha-hmac", EspSuite("aes-128", "sha-1", 19)),
        ("esp-3des esp-md5-hmac", EspSuite("3des", "md5", 19)),
    ],
)
def test_transforms(transforms: str, suite: EspSuite) -> None:
    found = read("esp-gcm 256\n mode tunnel", f"{transforms} ")
    assert found.unread == ()
    assert found.tunnels[0] == LINE._replace(esp=suite)


def test_addresses_of_virtual_routers_in_blocks() -> None:
    block = (
        " vrrp 250 address-family ipv4\n  address 10.0.8.4 primary\n"
        "  address 10.0.8.5 secondary\n  exit-vrrp\n"
    )
    lines = " vrrp 250 ip 10.0.8.4\n vrrp 250 ip 10.0.8.5 secondary\n"
    found = read("ipv6 unicast-routing", "fhrp version vrrp v3", TEXT.replace(lines, block))
    assert found.unread == ()
    assert found.tunnels == (LINE, LTE)


def test_what_holds_for_all_tunnels() -> None:
    text = TEXT.replace(" set security-association lifetime seconds 1800\n", "").replace(
        " dpd 10 2 periodic\n", ""
    )
    wide = (
        "crypto ikev2 dpd 30 5 periodic\ncrypto ipsec security-association lifetime seconds 900\n"
    )
    found = read("!\n", f"!\n{wide}!\n", text)
    assert found.unread == ()
    assert [(one.esp_lifetime_s, one.liveness_s) for one in found.tunnels] == [(900, 30)] * 2


def test_each_peer_that_a_profile_accepts() -> None:
    more = TEXT.replace(
        " peer GW01-LTE\n", " peer GW02\n  identity fqdn GW02.lte\n"
        "  pre-shared-key vault:gw02\n !\n peer GW01-LTE\n",
    )  # fmt: skip
    other = LTE._replace(peer_identity="GW02.lte", secret="vault:gw02")
    found = read(text=more)
    assert found.unread == ()
    assert set(found.tunnels) == {LINE, LTE, other}
    named = read("fqdn domain lte", "fqdn GW01.lte", more)
    assert named.tunnels == (LINE, LTE)
    anybody = read("fqdn domain lte", "any", more)
    assert {one.peer_identity for one in anybody.tunnels[1:]} == {GATEWAY, MOBILE, "GW02.lte"}
    shared = read("  identity fqdn GW02.lte", "  address 0.0.0.0 0.0.0.0", more).unread
    for_all = more.replace("fqdn domain lte", "fqdn GW03.lte")
    unnamed = read("  identity fqdn GW02.lte", "  address 0.0.0.0 0.0.0.0", for_all)
    assert unnamed.tunnels == (LINE, other._replace(peer_identity="GW03.lte"))
    assert [one.text for one in shared] == ["match identity remote fqdn domain lte"]


def test_an_interface_of_its_own_begins() -> None:
    found = read(text=OWN)
    assert found.unread == ()
    assert found.tunnels == (MINE, LTE)
    answers = read(" set pfs group19", " set pfs group19\n responder-only", OWN)
    assert answers.tunnels[0] == MINE._replace(starts=False)
    routed = read("\n reverse-route\n", "\nip route 10.9.1.0 255.255.255.0 Tunnel1 10\n", OWN)
    assert (routed.unread, routed.tunnels[0]) == ((), MINE)
    lost = read("\n reverse-route\n", "\nip route 10.9.1.0 255.255.255.0 Tunnel1 10\n"
                "no ip route 10.9.1.0 255.255.255.0 Tunnel1\n", OWN)  # fmt: skip
    assert [one.text for one in lost.unread] == ["tunnel protection ipsec profile LINE"]


def test_a_list_selects_what_an_interface_of_its_own_carries() -> None:
    text = LIST + OWN.replace(
        " profile LINE\n!", " profile LINE\n tunnel protection ipsec policy ipv4 A\n!"
    )  # fmt: skip
    found = read(text=text)
    assert (found.unread, found.unused) == ((), ())
    assert found.tunnels[0] == MINE._replace(peer=Selector(BLOCK, ()))
    for bad in ("deny ip any", "permit tcp any", "permit ip object-group G"):
        assert MINE not in read("permit ip any", bad, text).tunnels
        assert read("permit ip any", bad, text).unread


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" tunnel destination 100.64.1.2\n", ""),
        (" tunnel destination 100.64.1.2", " tunnel destination 100.64.1.3"),
        (" tunnel destination 100.64.1.2", " tunnel destination dynamic"),
        (f" tunnel source {PORT}\n", ""),
        (f" tunnel source {PORT}", " tunnel source Loopback7"),
        ("remote fqdn GW01.line", "remote fqdn GW09.line"),
        ("protection ipsec profile LINE", "protection ipsec profile LINE shared"),
        ("  address 100.64.1.2\n", ""),
    ],
)
def test_pieces_of_an_interface_of_its_own(old: str, new: str) -> None:
    found = read(old, new, OWN)
    assert found.unread
    assert found.tunnels == (LTE,)


def test_a_map_on_a_port() -> None:
    found = read(text=MAP)
    assert (found.unread, found.unused) == ((), ())
    assert found.tunnels == (MAPPED, LTE)
    assert read(" set pfs group19\n", " set peer 100.64.1.3\n set pfs group19\n", MAP).unread


def test_a_map_of_a_template_answers() -> None:
    dynamic = MAP.replace("crypto map M 10 ipsec-isakmp\n", "crypto dynamic-map D 10\n").replace(
        "!\nzone security VPN", "crypto map M 10 ipsec-isakmp dynamic D\n!\nzone security VPN"
    )
    found = read(text=dynamic)
    assert found.unread == ()
    assert found.tunnels == (MAPPED._replace(starts=False), LTE)
    free = dynamic.replace(" set peer 100.64.1.2\n", "").replace(" match address A\n", "")
    assert read(text=free).tunnels[0] == MAPPED._replace(starts=False, peer=Selector(EVERY, ()))
    assert read("dynamic D\n", "dynamic E\n", dynamic).unread


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" set peer 100.64.1.2\n", ""),
        (" match address A\n", ""),
        (" match address A\n", " match address B\n"),
        ("\n reverse-route\n", "\n"),
        (" crypto map M\n", " crypto map N\n"),
        (" set ikev2-profile LINE\n", ""),
        (" set ikev2-profile LINE\n", " set isakmp-profile LINE\n"),
    ],
)
def test_pieces_of_a_map(old: str, new: str) -> None:
    found = read(old, new, MAP)
    assert found.unread
    assert MAPPED not in found.tunnels


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" encryption aes-cbc-256", " encryption aes-cbc-256 3des"),
        (" group 19", " group 19 2"),
        (" proposal P\n", " proposal P\n proposal Q\n"),
        (" set transform-set TS", " set transform-set TS OTHER"),
        (" mode tunnel", " mode transport"),
        (" match identity remote fqdn GW01.line", " match identity remote address 100.64.1.2"),
        (" authentication remote pre-share", " authentication remote pre-share key secret"),
        (" authentication remote pre-share", " authentication remote rsa-sig"),
        (" virtual-template 1", " virtual-template 7"),
        ("fqdn domain lte", "fqdn domain lte\n match identity remote fqdn GW01.line"),
        ("  pre-shared-key vault:gw01", "  pre-shared-key local a\n  pre-shared-key remote b"),
        (" tunnel mode ipsec ipv4", " tunnel mode ipsec ipv4\n tunnel destination 100.64.1.2"),
    ],
)
def test_what_is_not_modelled_is_told(old: str, new: str) -> None:
    text = TEXT.replace("local 10.0.8.5", "local 10.0.8.4") if "domain" in old else TEXT
    assert read(old, new, text).unread


@pytest.mark.parametrize(
    "line",
    ["crypto isakmp policy 10", "crypto isakmp key SECRET address 0.0.0.0", "crypto keyring K",
     "crypto isakmp profile P"],
)  # fmt: skip
def test_ikev1_is_told(line: str) -> None:
    found = read("!\nend", f"{line}\n!\nend")
    (only,) = found.unread
    assert only.text.startswith(line.partition(" SECRET")[0])
    assert "SECRET" not in only.text
    assert "IKEv1" in only.why
    assert read("!\nend", "no crypto isakmp enable\n!\nend").unread == ()


@pytest.mark.parametrize(
    ("view", "line"),
    [
        ("crypto ikev2 proposal P\n", "gibberish"),
        ("crypto ikev2 proposal P\n", "group 77"),
        ("crypto ikev2 policy P\n", "match fvrf any"),
        ("crypto ikev2 profile LINE\n", "aaa authorization group psk list L P"),
        ("crypto ikev2 profile LINE\n", "ivrf RED"),
        ("crypto ikev2 profile LINE\n", "identity local address 10.0.8.4"),
        ("crypto ikev2 profile LINE\n", "lifetime 1"),
        ("crypto ikev2 profile LINE\n", "no lifetime"),
        ("crypto ikev2 keyring KEYS\n peer GW01\n", " hostname gw01"),
        ("crypto ikev2 keyring KEYS\n peer GW01\n", " pre-shared-key hex 00ff"),
        ("crypto ipsec profile LINE\n", "set security-association idle-time 60"),
        ("crypto ipsec profile LINE\n", "set reverse-route gateway 10.0.8.1"),
        ("crypto ipsec profile LINE\n", "set mixed-mode"),
        ("interface Virtual-Template1 type tunnel\n", "tunnel vrf RED"),
        ("interface Virtual-Template1 type tunnel\n", "tunnel protection ipsec profile X ikev2"),
        ("!\n", "crypto ipsec transform-set X ah-sha-hmac"),
        ("!\n", "crypto ikev2 redirect gateway init"),
        ("!\n", "crypto ikev2 authorization policy default"),
        ("!\n", "crypto gdoi group G"),
        ("!\n", "interface Tunnel7 type tunnel"),
    ],
)
def test_an_unknown_line_is_unread(view: str, line: str) -> None:
    indent = "" if view == "!\n" else " "
    found = read(view, f"{view}{indent}{line}\n")
    assert any(line.strip().startswith(one.text.rstrip("…")) for one in found.unread), found.unread


IDLE = ("!", " !", "end", "ipv6 unicast", "no crypto", " zone-member", "zone",
        " mode tunnel", " set security-association lifetime kilobytes", " vrrp")  # fmt: skip


def test_each_line_of_ipsec_counts() -> None:
    """Without it the text means something else, or is told."""
    whole = read()
    lines = TEXT.split("\n")
    for place, line in enumerate(lines):
        if line and not line.startswith(IDLE):
            found = parse_ios_firewall("\n".join([*lines[:place], *lines[place + 1 :]]))
            assert found.unread or found.tunnels != whole.tunnels, line


def test_each_last_word_counts() -> None:
    """With another one the text means something else, or is told; names of peers are free."""
    whole = read()
    lines = TEXT.split("\n")
    for place, line in enumerate(lines):
        if line and not line.startswith((*IDLE, " peer ", " ip address", "crypto ikev2 policy")):
            last = str((int(line[-1]) + 1) % 10) if line[-1].isdigit() else "x"
            other = "\n".join([*lines[:place], line[:-1] + last, *lines[place + 1 :]])
            found = parse_ios_firewall(other)
            assert found.unread or found.tunnels != whole.tunnels, line


def test_a_shut_interface_has_no_tunnel() -> None:
    head = "interface Virtual-Template1 type tunnel\n"
    assert read(head, f"{head} shutdown\n").tunnels == (LTE,)
    assert read(f"interface {PORT}\n", f"interface {PORT}\n shutdown\n").tunnels == ()


def test_the_second_member_of_a_pair_has_tunnels_of_its_own() -> None:
    first = MAP.replace(LIST, f"!\n{LIST}")
    second = first.replace("10.0.8.2 255", "10.0.8.3 255")
    parse_ios_firewall("hostname OTHER\n")
    one, other = parse_ios_firewall(first), parse_ios_firewall(second)
    assert other.chains is one.chains
    assert one.tunnels[0] == MAPPED
    assert other.tunnels == (MAPPED._replace(own_address=HEAD - 1), LTE)
