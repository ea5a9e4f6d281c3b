"""SecPath: tunnels of IKEv2 and ESP, in the forms that bind peers to interfaces."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector
from tests.parse.secpath.tunnel_text import (
    BLOCK,
    EVERY,
    GATEWAY,
    HEAD,
    LINE,
    LTE,
    MOBILE,
    OTHER,
    PORT,
    SECOND,
    SIX,
    TEXT,
    read,
)

ANOTHER_FLOW = " rule 5 permit ip source 10.1.0.0 0.0.0.255 destination 10.2.0.0 0.0.0.255\n"


def line_of(text: str, line: str) -> int:
    return text.split("\n").index(line) + 1


def test_a_policy_of_templates_and_a_profile() -> None:
    found = read()
    assert found.unread == ()
    assert found.tunnels == (LINE, LTE)
    assert found.tunnel_lines == {
        GATEWAY: line_of(TEXT, " peer GW01"),
        MOBILE: line_of(TEXT, " peer GW01-LTE"),
    }
    assert found.zones["VPN"] == {"Tunnel1", "Tunnel2"}


def test_blocks_in_any_order() -> None:
    blocks = TEXT.split("\n#\n")
    found = parse_secpath("\n#\n".join([*blocks[5:-1], *blocks[:5]]))
    assert found.unread == ()
    assert set(found.tunnels) == {LINE, LTE}


WITHOUT = {
    " integrity sha256": "integrity",
    " encryption aes-cbc-256": "cipher",
    " dh group19": "group",
    " proposal P\n": "proposal",
    " transform-set TS\n": "transform set",
    " esp encryption-algorithm gcm-256": "cipher",
    " ikev2-profile LINE": "IKEv1 is accepted",
    " reverse-route dynamic": "no route stands",
    "ipsec policy LINE 1 isakmp template LINE": "there is no policy",
    " authentication-method local pre-share": "shared secret",
    " authentication-method remote pre-share": "shared secret",
    "\n keychain KEYS": "names no keys",
    " identity local fqdn HEAD.line": "own identity",
    " match remote identity fqdn GW01.line": "accepts nobody",
    "  identity fqdn GW01.line": "has no key for GW01.line",
    "  pre-shared-key ciphertext vault:gw01": "one secret",
    " source 10.0.8.4": "names no source",
    " ip address unnumbered interface GigabitEthernet1/0/8": "no address of the family",
    " vrrp vrid 250 virtual-ip 10.0.8.4 active": "no interface has this address",
    " rule 0 permit ip destination 10.9.1.0 0.0.0.255": "not defined or empty",
}


@pytest.mark.parametrize("line", WITHOUT)
def test_what_is_missing_leaves_no_tunnel_and_is_told(line: str) -> None:
    found = read(line)
    assert LINE not in found.tunnels
    assert any(WITHOUT[line] in one.why for one in found.unread), found.unread


def test_an_interface_that_binds_nothing_has_no_tunnel() -> None:
    found = read(" ipsec apply policy LINE\n")
    assert (found.unread, found.tunnels) == ((), (LTE,))
    assert GATEWAY in found.tunnel_lines


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (" prf sha384\n", "", {"ike": IkeSuite("aes-256", "sha-256", "sha-256", 19)}),
        (" pfs dh-group19\n", "", {"esp": EspSuite("aes-256-gcm", "", 0)}),
        (" sa duration time-based 1800\n", "", {"esp_lifetime_s": 3600}),
        (" sa duration 28800\n", "", {"ike_lifetime_s": 86400}),
        (" dpd interval 10 retry 5 periodic\n", "", {"liveness_s": 0}),
        (" dpd interval 10 retry 5 periodic", " dpd interval 30 on-demand", {"liveness_s": 0}),
        (" reverse-route preference 10\n", "", {"preference": 60}),
        (" remote-address 100.64.1.2\n", "", {"peer_address": None}),
        (" security acl 3001\n", "", {"peer": Selector(EVERY, ())}),
        ("destination 10.9.1.0 0.0.0.255", "source 10.9.1.0 0.0.0.255",
         {"own": Selector(BLOCK, ()), "peer": Selector(EVERY, ())}),
        ("  identity fqdn GW01.line", "  address 100.64.1.2 32", {}),
        ("10.0.8.2 255", "10.0.8.4 255", {}),
        (" dh group19", " dh group14", {"ike": IkeSuite("aes-256", "sha-256", "sha-384", 14)}),
        ("gcm-256", "aes-cbc-256\n esp authentication-algorithm sha256",
         {"esp": EspSuite("aes-256", "sha-256", 19)}),
        ("vault:gw01", "vault:another", {"secret": "vault:another"}),
        (" source 10.0.8.4", " source 10.0.8.2\n", {"own_address": HEAD - 2}),
        (" remote-address 100.64.1.2", " local-address 10.0.8.2\n remote-address 100.64.1.2",
         {"own_address": HEAD - 2}),
    ],
)  # fmt: skip
def test_what_each_line_says_and_what_holds_without_it(
    old: str, new: str, changed: dict[str, object]
) -> None:
    found = read(old, new)
    assert found.unread == ()
    assert found.tunnels[0] == LINE._replace(**changed)  # type: ignore[arg-type]


def test_what_holds_for_all_tunnels() -> None:
    text = TEXT.replace(" sa duration time-based 1800\n", "").replace(
        " dpd interval 10 retry 5 periodic\n", ""
    )
    found = read("#\n", "#\nikev2 dpd interval 20 periodic\n"
                 "ipsec sa global-duration time-based 7200\n#\n", text)  # fmt: skip
    assert [(one.esp_lifetime_s, one.liveness_s) for one in found.tunnels] == [
        (7200, 20),
        (7200, 10),
    ]


def test_a_key_that_names_an_address_and_an_identity_tells_the_address() -> None:
    found = read("  identity fqdn GW01.lte", "  address 100.64.1.9 255.255.255.255\n"
                 "  identity fqdn GW01.lte")  # fmt: skip
    assert found.tunnels[1] == LTE._replace(peer_address=0x64400109)


def test_a_policy_on_a_port() -> None:
    text = TEXT.replace(" ipsec apply policy LINE\n", "").replace(
        " port link-mode route\n", " port link-mode route\n ipsec apply policy LINE\n"
    )
    found = read(text=text)
    assert found.unread == ()
    assert found.tunnels[0] == LINE._replace(interface=PORT, own_address=HEAD - 2)


def test_a_policy_without_template_begins_by_itself() -> None:
    text = TEXT.replace("ipsec policy LINE 1 isakmp template LINE\n", "").replace(
        "ipsec policy-template LINE 1", "ipsec policy LINE 1 isakmp"
    )
    text = text.replace("  identity fqdn GW01.line", "  address 100.64.1.2 255.255.255.255")
    assert read(text=text).tunnels[0] == LINE._replace(starts=True)
    for line in (" remote-address 100.64.1.2\n", " security acl 3001\n"):
        without = read(line, text=text)
        assert without.tunnels == (LTE,)
        assert len(without.unread) == 1
    answers = read(" sa duration time", " responder-only enable\n sa duration time", text)
    assert answers.tunnels[0] == LINE


STATIC = (
    TEXT.replace("mode ipsec-p2mp\n", "mode ipsec\n destination 100.64.1.9\n")
    .replace("  identity fqdn GW01.lte\n", "  address 100.64.1.9 255.255.255.255\n")
    .replace(" reverse-route dynamic\n reverse-route preference 20\n", "")
    .replace("\nreturn", "\n ip route-static 10.9.1.0 24 Tunnel2 preference 20\n#\nreturn")
)


def test_an_interface_that_leads_to_one_end_may_have_static_routes() -> None:
    found = read(text=STATIC)
    assert found.unread == ()
    assert found.tunnels[1] == LTE._replace(peer_address=0x64400109, starts=True)
    selected = read("profile LTE\n", "profile LTE acl 3001\n", STATIC)
    assert selected.tunnels[1].peer == Selector(BLOCK, ())
    for old, new in (
        (" ip route-static 10.9.1.0 24 Tunnel2 preference 20\n", ""),
        (" ip route-static 10.9.1.0 24 Tunnel2", " ip route-static 10.9.1.0 24 10.0.8.1"),
        ("#\nreturn", "undo ip route-static 10.9.1.0 24 Tunnel2\n#\nreturn"),
        ("address 100.64.1.9", "address 100.64.1.8"),
        (" source 10.0.8.5", " source LoopBack1"),
        ("mode ipsec\n destination 100.64.1.9", "mode gre\n destination 100.64.1.9"),
    ):
        assert LINE in read(old, new, STATIC).tunnels
        assert len(read(old, new, STATIC).tunnels) == 1
        assert read(old, new, STATIC).unread


def test_many_peers_of_one_interface() -> None:
    more = TEXT.replace(
        " match remote identity fqdn GW01.lte\n",
        " match remote identity fqdn GW01.lte\n match remote identity fqdn GW02.lte\n",
    ).replace(
        " peer GW01-LTE\n",
        " peer GW02\n  identity fqdn GW02.lte\n  pre-shared-key ciphertext vault:gw02\n"
        " peer GW01-LTE\n",
    )
    found = read(text=more)
    other = LTE._replace(peer_identity="GW02.lte", secret="vault:gw02")
    assert found.unread == ()
    assert found.tunnels == (LINE, LTE, other)
    one_end = read("ipsec-p2mp", "ipsec", more)
    assert one_end.tunnels == (LINE,)
    assert [one.why for one in one_end.unread] == [
        "its interface has one other end, its profile several"
    ]


def test_each_entry_of_a_template_is_a_tunnel_of_its_own() -> None:
    found = read(text=SECOND)
    assert found.unread == ()
    assert found.tunnels == (LINE, OTHER, LTE)
    entries = SECOND.replace("policy-template LINE 2", "policy-template MORE 1").replace(
        "template LINE\n", "template LINE\n#\nipsec policy LINE 2 isakmp template MORE\n"
    )
    assert read(text=entries).tunnels == (LINE, OTHER, LTE)


def test_two_entries_may_carry_a_family_each() -> None:
    low = 0x20010DB8_0009_0000 << 64
    found = read(text=SIX)
    assert found.unread == ()
    both = Selector(BLOCK, ((low, low + (1 << 64) - 1),))
    assert found.tunnels == (
        LINE._replace(own=Selector(EVERY, Family.V6.every_address), peer=both),
        LTE,
    )
    deaf = read(" ipv6 address auto link-local\n", text=SIX)
    assert [one.text for one in deaf.unread] == ["ipsec apply policy LINE"]
    lifetimes = read(" preference 10\n sa duration time-based 1800", " preference 10", SIX)
    assert lifetimes.unread


def test_who_is_accepted_twice_at_one_address_is_told() -> None:
    both = "fqdn GW01.lte\n match remote identity fqdn GW01.line\n sa"
    elsewhere = TEXT.replace("fqdn GW01.lte\n sa", both)
    again = LTE._replace(peer_identity=GATEWAY)
    assert set(read(text=elsewhere).tunnels) == {LINE, LTE, again}
    here = read(" source 10.0.8.5", " source 10.0.8.4", elsewhere)
    assert [one.why for one in here.unread] == ["GW01.line is accepted here and elsewhere"]


def test_the_policy_for_the_address_comes_first() -> None:
    other = TEXT.replace(
        "ikev2 policy P\n",
        "ikev2 policy Q\n match local address 10.0.8.4\n proposal Q\n#\n"
        "ikev2 proposal Q\n encryption aes-cbc-128\n integrity sha1\n dh group14\n#\n"
        "ikev2 policy P\n",
    )
    found = read(text=other)
    assert found.tunnels[0].ike == IkeSuite("aes-128", "sha-1", "sha-1", 14)
    assert found.tunnels[1] == LTE
    first = read(" match local address 10.0.8.4\n", " priority 1\n", other)
    assert [one.ike.group for one in first.tunnels] == [14, 14]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" encryption aes-cbc-256", " encryption aes-cbc-256 3des-cbc"),
        (" integrity sha256", " integrity sha256 md5"),
        (" dh group19", " dh group19 group2"),
        (" proposal P\n", " proposal P\n proposal Q\n"),
        (" proposal P\n", " proposal Q\n"),
        (" transform-set TS\n", " transform-set TS\n transform-set OTHER\n"),
        (" transform-set TS\n", " transform-set OTHER\n"),
        ("algorithm gcm-256", "algorithm gcm-256 null"),
        (" pfs dh-group19", " encapsulation-mode transport"),
        (" keychain KEYS", " keychain OTHER"),
        (" ikev2-profile LINE", " ikev2-profile OTHER"),
        ("isakmp template LINE", "isakmp template OTHER"),
        ("apply policy LINE", "apply policy OTHER"),
        ("identity fqdn GW01.line\n sa", "identity fqdn GW09.line\n sa"),
        ("identity fqdn GW01.line\n sa", "identity address 100.64.1.2\n sa"),
        (" authentication-method remote pre-share",
         " authentication-method remote pre-share\n authentication-method remote rsa-signature"),
        ("ikev2 policy P\n", "ikev2 policy P\n match local address 10.0.8.9\n"),
        (" keychain KEYS", " keychain KEYS\n match local address 10.0.8.5"),
        ("permit ip destination", "deny ip destination"),
        ("permit ip destination", "permit tcp destination"),
        ("0.0.0.255\n", f"0.0.0.255\n{ANOTHER_FLOW}"),
        (" remote-address 100.64.1.2", " remote-address 100.64.1.2\n local-address 10.0.8.9"),
        (" remote-address 100.64.1.2", " remote-address 100.64.1.2\n remote-address 100.64.1.3"),
        (" ikev2-profile LINE", " ikev2-profile LINE\n ike-profile LINE"),
        ("#\nreturn", "undo ipsec decrypt-check enable\n#\nreturn"),
        ("  pre-shared-key ciphertext vault:gw01",
         "  pre-shared-key local ciphertext a\n  pre-shared-key remote ciphertext b"),
    ],
)  # fmt: skip
def test_what_is_not_modelled_is_told(old: str, new: str) -> None:
    assert read(old, new).unread


@pytest.mark.parametrize(
    "line",
    [
        "ike proposal 1",
        "ike keychain K",
        "ike profile P",
        "ike identity fqdn X",
        "ike dpd interval 10",
    ],
)
def test_ikev1_is_told(line: str) -> None:
    found = read("#\nreturn", f"{line}\n#\nreturn")
    assert [one.text for one in found.unread] == [line]
    assert "IKEv1" in found.unread[0].why


@pytest.mark.parametrize(
    ("view", "line"),
    [
        ("ikev2 proposal P\n", "gibberish"),
        ("ikev2 policy P\n", "match vrf any"),
        ("ikev2 profile LINE\n", "aaa authorization domain d username u"),
        ("ikev2 profile LINE\n", "config-exchange set accept"),
        ("ikev2 profile LINE\n", "dpd interval 5 periodic"),
        ("ikev2 profile LINE\n", "sa duration 1"),
        ("ikev2 keychain KEYS\n peer GW01\n", " hostname gw01"),
        ("ikev2 keychain KEYS\n peer GW01\n", " pre-shared-key vault:gw01"),
        ("ipsec transform-set TS\n", "protocol ah"),
        ("ipsec transform-set TS\n", "esp encryption-algorithm sm4-cbc"),
        ("ipsec transform-set TS\n", "pfs group19"),
        ("ipsec policy-template LINE 1\n", "sa idle-time 60"),
        ("ipsec policy-template LINE 1\n", "security acl 3001 aggregation"),
        ("ipsec profile LTE isakmp\n", "security acl 3001"),
        ("#\n", "ipsec policy LINE local-address LoopBack1"),
        ("#\n", "ipsec profile OSPF manual"),
        ("#\n", "ipsec ipv6-policy LINE 1 isakmp"),
        ("#\n", "ikev2 address-group A 10.0.0.1 10.0.0.9"),
        ("interface Tunnel1 mode ipsec\n", "tunnel vpn-instance V"),
        ("interface Tunnel1 mode ipsec\n", "ipsec apply ipv6-policy LINE"),
    ],
)
def test_an_unknown_line_is_unread(view: str, line: str) -> None:
    indent = "" if view == "#\n" else " "
    found = read(view, f"{view}{indent}{line}\n")
    assert line.strip() in [one.text for one in found.unread]


IDLE = (" port link-mode", "#", "return", " import interface", "security-zone name")


def test_each_line_of_ipsec_counts() -> None:
    """Without it the text means something else, or is told."""
    whole = read()
    lines = TEXT.split("\n")
    for place, line in enumerate(lines):
        if line and not line.startswith(IDLE):
            found = parse_secpath("\n".join([*lines[:place], *lines[place + 1 :]]))
            assert found.unread or found.tunnels != whole.tunnels, line


def test_each_last_word_counts() -> None:
    """With another one the text means something else, or is told; some names are free."""
    whole = read()
    lines = TEXT.split("\n")
    free = (
        *IDLE,
        " peer ",
        " ip address",
        "interface",
        " vrrp",
        "acl",
        "ipsec policy-template",
        "ikev2 policy",
    )
    for place, line in enumerate(lines):
        if line and not line.startswith(free):
            last = str((int(line[-1]) + 1) % 10) if line[-1].isdigit() else "x"
            found = parse_secpath(
                "\n".join([*lines[:place], line[:-1] + last, *lines[place + 1 :]])
            )
            assert found.unread or found.tunnels != whole.tunnels, line


def test_a_shut_interface_has_no_tunnel() -> None:
    assert read("interface Tunnel1 mode ipsec\n", "interface Tunnel1 mode ipsec\n shutdown\n"
                ).tunnels == (LTE,)  # fmt: skip
    assert read(f"interface {PORT}\n", f"interface {PORT}\n shutdown\n").tunnels == ()


def test_the_second_member_of_a_pair_has_tunnels_of_its_own() -> None:
    first = TEXT.replace(" source 10.0.8.4", f" source {PORT}")
    second = first.replace("10.0.8.2 255", "10.0.8.3 255")
    parse_secpath("#\nsysname OTHER\n")
    one, other = parse_secpath(first), parse_secpath(second)
    assert other.chains is one.chains
    assert [end.tunnels[0].own_address for end in (one, other)] == [HEAD - 2, HEAD - 1]
    assert other.tunnels[1] == LTE
    assert other.tunnel_lines == one.tunnel_lines
    parse_secpath("#\nsysname OTHER\n")
    broken = first.replace(" source 10.0.8.5\n", " destination 10.0.8.5\n")
    parse_secpath(first)
    assert parse_secpath(broken).unread
