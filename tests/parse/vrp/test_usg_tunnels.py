"""Tunnels of a USG by hand-made texts: what is bound, what is left out, and forms of releases."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import network_range
from telemed_infra.parse.tunnels import EVERYTHING
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.tunnels import EspSuite, Selector
from tests.parse.lines import accounted
from tests.parse.vrp.tunnel_texts import HALVES, TUNNEL, WHOLE, changed, whole


def test_a_template_that_is_bound_is_a_tunnel() -> None:
    read = whole(WHOLE)
    assert read.tunnels == (TUNNEL,)
    assert read.tunnel_lines == {"clinic.line": 1 + WHOLE.split("\n").index("ike peer clinic-line")}
    assert read.unused == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" remote-id-type fqdn\n remote-id clinic.line\n", " remote-id-type fqdn clinic.line\n"),
        (" local-id-type fqdn\n local-id office.line\n", " local-id-type fqdn office.line\n"),
        (" encryption-algorithm aes-256\n", " encryption-algorithm aes-cbc-256\n"),
        (" esp encryption-algorithm aes-256-gcm-128\n",
         " esp authentication-algorithm sha2-256\n esp encryption-algorithm aes-gcm-256\n"),
        (" pre-shared-key %^%#vault:ike-clinic%^%#\n", " pre-shared-key cipher vault:ike-clinic\n"),
        (" tunnel local 203.0.113.4\n", " local-address 203.0.113.4\n"),
        (" rule 5 permit ip destination 10.87.24.0 0.0.1.255\n",
         HALVES),
        (" undo version 1\n", " undo version 1\n version 2\n exchange-mode auto\n nat traversal\n"),
        (" ipsec policy by-line\n", " ipsec policy by-line master\n"),
        (" transform esp\n encapsulation-mode tunnel\n", ""),
        (" sa duration time-based 3600\n", " sa duration traffic-based 0\n"),
        (" ike-peer clinic-line\n", " ike-peer clinic-line\n policy enable\n alias a\n"),
        ("interface Tunnel1\n", "interface Tunnel 1\n source 203.0.113.4\n"),
        ("interface Tunnel1\n", "interface Tunnel1\n source GigabitEthernet1/0/8\n"),
    ],
    ids=lambda value: str(value).strip()[:24],
)  # fmt: skip
def test_other_forms_of_the_same(old: str, new: str) -> None:
    assert whole(changed(old, new)).tunnels == (TUNNEL,)


def test_what_other_views_say() -> None:
    text = changed(" local-id office.line\n", "")
    assert whole(f"ike local-name office.line\n#\n{text}").tunnels == (TUNNEL,)
    text = changed(" dpd idle-time 10\n", "")
    assert whole(f"ike dpd interval 10 30\n#\n{text}").tunnels == (TUNNEL,)
    text = changed(" tunnel local 203.0.113.4\n", "")
    text = changed("interface Tunnel1\n", "interface Tunnel1\n source 203.0.113.4\n", text)
    assert whole(text).tunnels == (TUNNEL,)


def test_a_peer_of_any_address_is_known_by_its_name() -> None:
    (found,) = whole(changed(" remote-address 198.51.100.9\n", "")).tunnels
    assert found == TUNNEL._replace(peer_address=None)


def test_several_peers_by_one_template() -> None:
    peer = WHOLE[WHOLE.index("ike peer") : WHOLE.index("ipsec proposal")]
    other = peer.replace("clinic", "ward").replace(" remote-address 198.51.100.9\n", "")
    entry = WHOLE[WHOLE.index("ipsec policy-template") : WHOLE.index("ipsec policy by-line")]
    second = entry.replace("lines 5", "lines 10").replace("clinic", "ward").replace("3101", "3102")
    acl = "acl number 3102\n rule 5 permit ip destination 10.87.26.0 0.0.1.255\n#\n"
    text = acl + WHOLE.replace("ipsec policy-template", f"{other}{second}ipsec policy-template")
    read = whole(text)
    ward = TUNNEL._replace(
        peer_identity="ward.line",
        peer_address=None,
        secret="vault:ike-ward",
        peer=Selector((network_range("10.87.26.0/23")[1],), ()),
    )
    assert read.tunnels == (TUNNEL, ward)
    assert set(read.tunnel_lines) == {"clinic.line", "ward.line"}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (" dh group19", " dh group14", {"ike": TUNNEL.ike._replace(group=14)}),
        (" encryption-algorithm aes-256\n", " encryption-algorithm sm4\n",
         {"ike": TUNNEL.ike._replace(cipher="sm4")}),
        (" integrity-algorithm hmac-sha2-256", " integrity-algorithm hmac-sha1-96",
         {"ike": TUNNEL.ike._replace(integrity="sha")}),
        (" prf hmac-sha2-256", " prf hmac-sm3", {"ike": TUNNEL.ike._replace(prf="sm3")}),
        (" sa duration 28800\n", "", {"ike_lifetime_s": 86_400}),
        (" sa duration time-based 3600", " sa duration time-based 600", {"esp_lifetime_s": 600}),
        (" pfs dh-group19\n", "", {"esp": EspSuite("aes-256-gcm", "", 0)}),
        (" esp encryption-algorithm aes-256-gcm-128\n",
         " esp encryption-algorithm aes-256\n esp authentication-algorithm sha2-384\n",
         {"esp": EspSuite("aes-256", "sha-384", 19)}),
        (" esp encryption-algorithm aes-256-gcm-128\n", "",
         {"esp": EspSuite("aes-256", "sha-256", 19)}),
        (" preference 10", "", {"preference": 60}),
        (" preference 10", " preference 20", {"preference": 20}),
        (" dpd idle-time 10\n", "", {"liveness_s": 30}),
        (" dpd type periodic\n", "", {"liveness_s": 0}),
        (" dpd type periodic\n", " dpd type on-demand\n", {"liveness_s": 0}),
        (" security acl 3101\n", "", {"own": EVERYTHING, "peer": EVERYTHING}),
        ("ip destination 10.87.24.0 0.0.1.255", "ip source 10.0.0.0 0.255.255.255",
         {"own": Selector((network_range("10.0.0.0/8")[1],), ()),
          "peer": Selector(EVERYTHING.v4, ())}),
    ],
    ids=lambda value: str(value).strip()[:24],
)  # fmt: skip
def test_values_and_defaults(old: str, new: str, changes: dict[str, object]) -> None:
    assert whole(changed(old, new)).tunnels == (TUNNEL._replace(**changes),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "undo"),
    [
        (" pfs dh-group19", " undo pfs"),
        (" sa duration time-based 3600", " undo sa duration time-based"),
        (" security acl 3101", " undo security acl"),
        (" dpd idle-time 10", " undo dpd idle-time 10"),
        (" esp encryption-algorithm aes-256-gcm-128", " undo esp encryption-algorithm"),
    ],
)
def test_a_line_that_is_taken_back_was_never_there(line: str, undo: str) -> None:
    without = whole(changed(f"{line}\n", "")).tunnels
    assert whole(changed(f"{line}\n", f"{line}\n{undo}\n")).tunnels == without
    assert whole(changed(f"{line}\n", f"{undo.removesuffix(' 10')}\n")).tunnels == without
    (complaint,) = parse_usg(changed(f"{line}\n", f"{line}\n{undo}7\n")).unread[:1]
    assert complaint.text == f"{undo}7".strip()


def test_system_lines_that_are_taken_back() -> None:
    off = "undo ipsec sha2 compatible enable\nike dpd type periodic\nundo ike dpd type\n#\n"
    text = changed(" dpd type periodic\n", "")
    assert whole(off + text).tunnels == (TUNNEL._replace(liveness_s=0),)


def test_the_lifetime_of_the_system_view() -> None:
    text = changed(" sa duration time-based 3600\n", "")
    (found,) = whole(f"ipsec sa global-duration time-based 7200\n#\n{text}").tunnels
    assert found.esp_lifetime_s == 7200


def test_a_policy_that_begins() -> None:
    text = changed(
        "ipsec policy-template lines 5\n", "ipsec policy by-line 1 isakmp\n sa trigger-mode auto\n"
    )
    text = changed("ipsec policy by-line 1 isakmp template lines\n#\n", "", text)
    assert whole(text).tunnels == (TUNNEL._replace(starts=True),)
    text = changed(" sa trigger-mode auto\n", "", text)
    at_once = changed(" ipsec policy by-line\n", " ipsec policy by-line auto-neg\n", text)
    assert whole(at_once).tunnels == (TUNNEL._replace(starts=True),)
    (complaint,) = parse_usg(text).unread
    assert "begins with the first packet" in complaint.why


def test_one_on_a_port_of_its_own() -> None:
    text = WHOLE.replace(" ipsec policy by-line\n", "")
    text = changed(
        " vrrp vrid 250 virtual-ip 203.0.113.4 active\n",
        " vrrp vrid 250 virtual-ip 203.0.113.4 active\n ipsec policy by-line\n",
        text,
    )
    port = "GigabitEthernet1/0/8"
    assert whole(text).tunnels == (TUNNEL._replace(interface=port),)


# No tunnel ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ipsec policy by-line\n", ""),
        (" ipsec policy by-line\n", " ipsec policy by-line\n undo ipsec policy\n"),
        (" ipsec policy by-line\n", " ipsec policy by-line\n shutdown\n"),
        (" ike-peer clinic-line\n", " ike-peer clinic-line\n undo policy enable\n"),
    ],
    ids=["not bound", "bound no more", "shut", "disabled"],
)
def test_what_is_not_bound_or_off_is_no_tunnel(old: str, new: str) -> None:
    read = whole(changed(old, new))
    assert read.tunnels == ()
    assert read.tunnel_lines


def test_what_nothing_uses_is_told() -> None:
    text = changed(" ipsec policy by-line\n", "")
    assert set(whole(text).unused) >= {"ipsec policy by-line", "ike peer clinic-line"}
    spare = (
        "ike proposal 99\n encryption-algorithm aes-256\n#\nike proposal default\n dh group14\n#\n"
    )
    assert whole(spare + WHOLE).unused == ("ike proposal 99",)


@pytest.mark.parametrize(
    ("old", "new", "at", "why"),
    [
        (" undo version 1\n", "", "ike peer", "write `undo version 1`"),
        (" undo version 1\n", " undo version 1\n version 1\n", "ike peer", "`undo version 1`"),
        (" undo version 1\n", " undo version 1\n undo version 2\n", " undo version 2", "off"),
        (" encryption-algorithm aes-256\n", "", "ike proposal", "write `encryption-algorithm`"),
        (" encryption-algorithm aes-256\n", " encryption-algorithm aes-256 aes-128\n",
         " encryption-algorithm", "the other end takes its choice"),
        (" encryption-algorithm aes-256\n", " encryption-algorithm rot13\n",
         " encryption-algorithm", "no algorithm"),
        (" dh group19\n", "", "ike proposal", "write `dh`"),
        (" dh group19\n", " dh group3\n", " dh group3", "no group"),
        (" integrity-algorithm hmac-sha2-256\n", "", "ike proposal", "`integrity-algorithm`"),
        (" prf hmac-sha2-256\n", "", "ike proposal", "write `prf`"),
        (" authentication-method pre-share\n", " authentication-method rsa-signature\n",
         " authentication-method", "a shared secret"),
        (" pre-shared-key %^%#vault:ike-clinic%^%#\n", "", "ike peer", "it needs a secret"),
        (" ike-proposal 10\n", "", "ike peer", "there is no ike proposal named"),
        (" ike-proposal 10\n", " ike-proposal 11\n", " ike-proposal", "no ike proposal 11"),
        (" local-id-type fqdn\n", "", "ike peer", "known by its address"),
        (" local-id office.line\n", "", "ike peer", "it has no name"),
        (" remote-id-type fqdn\n", "", "ike peer", "any name would do"),
        (" remote-id clinic.line\n", "", " remote-id-type", "any name would do"),
        (" encapsulation-mode tunnel\n", " encapsulation-mode transport\n",
         " encapsulation-mode", "the inner addresses may show"),
        (" transform esp\n", " transform ah\n", " transform", "ESP alone"),
        (" esp encryption-algorithm aes-256-gcm-128\n", " esp encryption-algorithm aes-256-gmac\n",
         " esp encryption-algorithm", "no algorithm"),
        (" ipsec policy by-line\n", " ipsec policy by-line alone\n", " ipsec policy by-line",
         "`master` or `slave`"),
        (" security acl 3101\n", " security acl 3999\n", " security acl", "no acl 3999"),
        (" rule 5 permit ip", " rule 5 deny ip", " rule 5", "leaves out"),
        (" rule 5 permit ip", " rule 5 permit tcp", " rule 5", "`permit ip`"),
        ("10.87.24.0 0.0.1.255", "10.87.24.0 0.255.0.255", " rule 5", "wildcard with gaps"),
        (" ike-peer clinic-line\n", "", "ipsec policy-template", "no ike peer named"),
        (" ike-peer clinic-line\n", " ike-peer other\n", " ike-peer other", "no ike peer other"),
        (" proposal esp\n", " proposal esp old\n", " proposal esp old", "of several"),
        (" tunnel local 203.0.113.4\n", " tunnel local 203.0.113.5\n", " tunnel local",
         "no interface answers at 203.0.113.5"),
        (" tunnel local 203.0.113.4\n", "", "ipsec policy-template", "write `tunnel local`"),
        (" route inject dynamic preference 10\n", "", "ipsec policy-template", "route inject"),
        (" route inject dynamic preference 10\n", " route inject static\n", " route inject",
         "just while the tunnel does"),
        (" tunnel-protocol ipsec\n", "", "interface Tunnel1", "`tunnel-protocol`"),
        ("isakmp template lines", "isakmp template other", "ipsec policy by-line", "one template"),
        (" ipsec policy by-line\n", " ipsec policy other\n", " ipsec policy other", "no ipsec"),
        (" remote-address 198.51.100.9\n", " undo nat traversal\n", " undo nat traversal",
         "nobody comes in"),
        (" local-id-type fqdn\n", " local-id-type fqdn\n certificate local x\n",
         " certificate", "no such command"),
        (" remote-address 198.51.100.9\n", " remote-address 198.51.100.9 198.51.100.10\n",
         " remote-address", "one IPv4 address"),
        (" pfs dh-group19\n", " pfs dh-group19\n qos group 3\n", " qos", "no such command"),
        ("ipsec policy by-line 1 isakmp template lines",
         "ipsec policy by-line 1 manual", "ipsec policy by-line", "keys by hand"),
    ],
    ids=lambda value: str(value).strip()[:20],
)  # fmt: skip
def test_what_a_tunnel_lacks_is_unread_where_it_should_stand(
    old: str, new: str, at: str, why: str
) -> None:
    text = changed(old, new)
    read = parse_usg(text)
    lines = text.split("\n")
    assert any(why in one.why and lines[one.line - 1].startswith(at) for one in read.unread), (
        read.unread
    )
    beside = re.search(r"certificate|198\.51\.100\.10|qos", new)  # a line more, all else stands
    assert bool(read.tunnels) == bool(beside)


@given(
    st.lists(st.tuples(st.integers(0, WHOLE.count("\n")), st.integers(0, 5)), max_size=5),
    st.sampled_from(["", "any", "fqdn", "aes-128", "group14", "10.0.0.1", "lines", "1", '"']),
)
def test_any_damage_leaves_each_line_accounted_for(edits: list[tuple[int, int]], word: str) -> None:
    """Lines dropped, repeated, cut after some words, or ended in another word."""
    lines = WHOLE.split("\n")
    for place, edit in edits:
        at = place % len(lines)
        if edit == 0:
            del lines[at]
        elif edit == 1:
            lines.insert(at, lines[at])
        else:
            indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
            lines[at] = indent + " ".join((*lines[at].split()[: edit - 1], word))
    accounted(parse_usg("\n".join(lines)))


def test_digests_that_are_cut() -> None:
    cut = f"ipsec sha2 compatible enable\n#\n{WHOLE}"
    assert whole(cut).tunnels == (TUNNEL,)  # its cipher brings its own integrity
    text = changed(
        " esp encryption-algorithm aes-256-gcm-128\n",
        " esp encryption-algorithm aes-256\n esp authentication-algorithm sha2-256\n",
        cut,
    )
    (complaint,) = parse_usg(text).unread
    assert (complaint.line, "SHA-2" in complaint.why) == (1, True)


def test_a_policy_on_two_interfaces_and_two_templates_in_a_policy() -> None:
    text = changed(
        "firewall zone name", "interface Tunnel2\n ipsec policy by-line\n#\nfirewall zone name"
    )
    read = parse_usg(text)
    assert (read.tunnels, len(read.unread)) == ((TUNNEL,), 1)
    assert "Tunnel1 has the policy already" in read.unread[0].why
    text = changed(
        "interface Tunnel1\n",
        "ipsec policy by-line 2 isakmp template lines\n#\ninterface Tunnel1\n",
    )
    read = parse_usg(text)
    assert (read.tunnels, len(read.unread)) == ((TUNNEL,), 1)


def test_the_other_member_of_a_pair_has_its_own() -> None:
    """Two members read one after the other share chains, and each has its own line's address."""
    shared = "ip address-set A type object\n address 0 10.0.0.0 mask 8\n#\nsecurity-policy\n"
    first = changed("security-policy\n", shared)
    second = first.replace("203.0.113.2", "203.0.113.3").replace(" active", " standby")
    for text in (first, second, first):
        assert parse_usg(text).tunnels == (TUNNEL,)
    without = second.replace(" vrrp vrid 250 virtual-ip 203.0.113.4 standby\n", "")
    read = parse_usg(without)
    assert read.tunnels == ()
    assert "no interface answers" in read.unread[0].why


def test_a_policys_list_filters_nothing() -> None:
    bare = re.sub(r"(?s)acl number 3101.*?#\n", "", WHOLE).replace(" security acl 3101\n", "")
    rules, others = ([(one.name, one.action) for one in whole(text).chains[0].rules]
                     for text in (WHOLE, bare))  # fmt: skip
    assert rules == others
