"""swanctl.conf by hand-made texts, as its manual and the net write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import network_range
from telemed_infra.parse.behaviour import TunnelBehaviour
from telemed_infra.parse.swanctl import parse_swanctl
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector, Tunnel

OWN, PEER = 0xC6336401, 0xCB007105
WHOLE = """\
# Clinic to head office
connections {
   office {
      version = 2
      local_addrs = 198.51.100.1      # our line
      remote_addrs = 203.0.113.5
      proposals = aes256-sha256-ecp256
      mobike = no
      dpd_delay = 10s
      keyingtries = 0
      rekey_time = 8h
      over_time = 1h
      local {
         auth = psk
         id = clinic.line
      }
      remote {
         auth = psk
         id = office.line
      }
      children {
         office {
            local_ts  = 10.1.0.0/23
            remote_ts = 0.0.0.0/0
            esp_proposals = aes256gcm16-ecp256
            start_action = start
            dpd_action = restart
            close_action = start
            rekey_time = 1h
            life_time = 70m
            if_id_in = 1
            if_id_out = 1
            updown = /usr/lib/telemed/tunnel-route 10
         }
      }
   }
}
secrets {
   ike-office {
      id-1 = clinic.line
      id-2 = office.line
      secret = "vault:office"
   }
}
"""
TUNNEL = Tunnel(
    interface="ipsec0",
    below="",
    own_address=OWN,
    peer_address=PEER,
    own_identity="clinic.line",
    peer_identity="office.line",
    secret="vault:office",
    starts=True,
    own=Selector((network_range("10.1.0.0/23")[1],), ()),
    peer=Selector((network_range("0.0.0.0/0")[1],), ()),
    preference=10,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3600,
    liveness_s=10,
)


def accounted(text: str) -> TunnelBehaviour:
    """Each line is effective, inert or unread, and only one of these."""
    read = parse_swanctl(text)
    unread = {one.line for one in read.unread}
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.effective) + len(read.inert) + len(unread) == read.lines
    return read


def line_of(text: str, words: str) -> int:
    (found,) = [at for at, raw in enumerate(text.split("\n"), 1) if words in raw]
    return found


def changed(old: str, new: str) -> str:
    assert WHOLE.count(old) == 1, old
    return WHOLE.replace(old, new)


def test_a_whole_connection_is_a_tunnel() -> None:
    read = accounted(WHOLE)
    assert (read.tunnels, read.unread) == ((TUNNEL,), ())
    assert read.tunnel_lines == {"office.line": 3}
    assert read.inert == frozenset()
    assert read.lines == len([raw for raw in WHOLE.split("\n")[1:] if re.search(r"\w", raw)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 2", "version=2"),
        ("auth = psk\n         id = clinic.line", "id = @clinic.line\n         auth = psk"),
        ("         id = office.line", '         id = "fqdn:office.line"'),
        ("   office {\n      version", "   office\n   {\n      version"),
        ("rekey_time = 8h", "rekey_time = 28800"),
        ("over_time = 1h", "over_time = 3600s\n      encap = yes\n      send_cert = never"),
        ("proposals = aes256-sha256-ecp256", "proposals = aes256-sha2_256-prfsha256-ecp256"),
        ("if_id_in = 1\n            if_id_out = 1\n", ""),
        ("10.1.0.0/23", "10.1.0.0/24, 10.1.1.0-10.1.1.255"),
        ("tunnel-route 10", "tunnel-route ipsec0 10"),
        ("mobike = no", "mobike = no\n      if_id_in = 1\n      if_id_out = 1"),
        ("start_action = start", "start_action = trap|start"),
        ('secret = "vault:office"', "secret = vault:office"),
        ("      id-1 = clinic.line\n      id-2 = office.line\n", ""),
        ("id-1 = clinic.line\n", "id-1 = %any\n"),
        ("life_time = 70m", "life_time = 70m\n            copy_df = no\n            mode = tunnel"),
    ],
    ids=lambda value: str(value)[:24].strip(),
)  # fmt: skip
def test_other_forms_of_the_same(old: str, new: str) -> None:
    text = changed(old, new)
    if "if_id" in old:  # of the connection, which its child inherits
        text = text.replace("mobike = no", "mobike = no\n      if_id_in = 1\n      if_id_out = 1")
    read = accounted(text)
    assert (read.tunnels, read.unread) == ((TUNNEL,), ())


def test_what_is_left_out_has_the_programs_default() -> None:
    text = changed("      dpd_delay = 10s\n", "")
    for words in ("      local_addrs = 198.51.100.1      # our line\n",
                  "      rekey_time = 8h\n      over_time = 1h\n",
                  "            rekey_time = 1h\n            life_time = 70m\n"):  # fmt: skip
        assert words in text
        text = text.replace(words, "")
    (found,) = accounted(text).tunnels
    assert found == TUNNEL._replace(own_address=None, ike_lifetime_s=14_400, liveness_s=0)


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("aes256-sha256-ecp256", "aes128-sha1-modp1024",
         {"ike": IkeSuite("aes-128", "sha", "sha", 2)}),
        ("aes256-sha256-ecp256", "aes256gcm16-prfsha384-ecp384",
         {"ike": IkeSuite("aes-256-gcm", "", "sha-384", 20)}),
        ("aes256gcm16-ecp256", "aes256-sha512-modp3072-noesn",
         {"esp": EspSuite("aes-256", "sha-512", 15)}),
        ("aes256gcm16-ecp256", "aes256gcm16", {"esp": EspSuite("aes-256-gcm", "", 0)}),
        ("10.1.0.0/23", "10.1.0.0/23, 2001:db8::/64",
         {"own": Selector(TUNNEL.own.v4, (network_range("2001:db8::/64")[1],))}),
        ("tunnel-route 10", "tunnel-route 20", {"preference": 20}),
        ("            if_id_in = 1\n            if_id_out = 1\n",
         "            if_id_in = 2\n            if_id_out = 2\n", {"interface": "ipsec1"}),
        ('"vault:office"', '"0sZm9v=#"', {"secret": "0sZm9v=#"}),
        ("            life_time = 70m\n", "", {}),
        ("      over_time = 1h\n", "", {}),
        ("rekey_time = 1h", "rekey_time = 50m", {"esp_lifetime_s": 3000}),
        ("rekey_time = 8h", "rekey_time = 7h", {"ike_lifetime_s": 25_200}),
    ],
    ids=lambda value: str(value)[:24].strip(),
)  # fmt: skip
def test_values(old: str, new: str, changes: dict[str, object]) -> None:
    read = accounted(changed(old, new))
    assert read.unread == ()
    assert read.tunnels == (TUNNEL._replace(**changes),)  # type: ignore[arg-type]


def test_one_that_only_answers() -> None:
    text = WHOLE
    for words in ("start_action = start", "dpd_action = restart", "close_action = start",
                  "keyingtries = 0", "remote_addrs = 203.0.113.5"):  # fmt: skip
        text = re.sub(rf"\n *{re.escape(words)}", "", text)
    read = accounted(text)
    assert read.unread == ()
    assert read.tunnels == (TUNNEL._replace(starts=False, peer_address=None),)
    for owners in ("", "      id = clinic.line\n", "      id = %any\n"):
        own = re.sub(r"(?m)(^ +id-\d = .*\n)+", owners, text)
        read = accounted(own)
        assert read.tunnels == ()
        assert ["whoever has a secret" in one.why for one in read.unread] == [True]


# Defaults that will not do ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "at", "why"),
    [
        ("version = 2", "   office {", "write `version = 2`"),
        ("mobike = no", "   office {", "write `mobike = no`"),
        ("proposals = aes256-sha256-ecp256", "   office {", "the default of `proposals`"),
        ("esp_proposals = aes256gcm16-ecp256", "         office {", "default of `esp_proposals`"),
        ("local_ts  = 10.1.0.0/23", "         office {", "the default of `local_ts`"),
        ("remote_ts = 0.0.0.0/0", "         office {", "the default of `remote_ts`"),
        ("updown = /usr/lib/telemed/tunnel-route 10", "         office {", "`updown`"),
        ("if_id_in = 1", "         office {", "need one interface"),
        ("if_id_out = 1", "            if_id_in", "need one interface"),
        ("start_action = start", "         office {", "neither begins by itself nor only answers"),
        ("dpd_action = restart", "         office {", "write `dpd_action = restart`"),
        ("close_action = start", "         office {", "write `close_action = start`"),
        ("keyingtries = 0", "   office {", "write `keyingtries = 0`"),
        ("remote_addrs = 203.0.113.5", "   office {", "the other end's address"),
    ],
    ids=lambda value: str(value).strip()[:16],
)
def test_a_default_that_will_not_do_is_unread(gone: str, at: str, why: str) -> None:
    text = re.sub(rf"\n *{re.escape(gone)}(?= *(#.*)?$)", "", WHOLE, count=1, flags=re.MULTILINE)
    assert text != WHOLE
    read = accounted(text)
    assert read.tunnels == ()
    assert read.tunnel_lines == {"office.line": 3}
    assert any(
        why in one.why and text.split("\n")[one.line - 1].startswith(at) for one in read.unread
    ), read.unread


@pytest.mark.parametrize("side", ["local", "remote"])
@pytest.mark.parametrize("key", ["auth", "id"])
def test_an_end_without_its_proof_or_name(side: str, key: str) -> None:
    block = re.search(rf"      {side} {{\n[^}}]*}}\n", WHOLE)
    assert block
    text = WHOLE.replace(block[0], re.sub(rf" *{key} = .*\n", "", block[0]))
    read = accounted(text)
    assert read.tunnels == ()
    assert any(f"the default of `{key}`" in one.why for one in read.unread)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version = 2", "version = 0", "IKEv1 is spoken or answered"),
        ("mobike = no", "mobike = yes", "may move to the other way"),
        ("proposals = aes256-sha256-ecp256", "proposals = default", "the release of strongSwan"),
        ("aes256-sha256-ecp256", "aes256-sha256-ecp256, aes128-sha1-modp1024", "more than one"),
        ("aes256-sha256-ecp256", "aes256-sha256-sha1-ecp256", "the other end takes its choice"),
        ("aes256-sha256-ecp256", "aes256-sha256", "needs a Diffie–Hellman group"),
        ("aes256-sha256-ecp256", "aes256-ecp256", "a cipher is expected, and a digest"),
        ("aes256-sha256-ecp256", "aes256gcm16-ecp256", "a pseudo-random function"),
        ("aes256gcm16-ecp256", "aes256gcm16-ecp256-esn", "esn is no algorithm"),
        ("aes256gcm16-ecp256", "aes256gcm16-prfsha256", "ESP has no"),
        ("remote_ts = 0.0.0.0/0", "remote_ts = dynamic", "`dynamic` selects the outer address"),
        ("10.1.0.0/23", "10.1.0.0/23[tcp/443]", "protocols and ports"),
        ("10.1.0.0/23", "10.1.0.1/23", "is not a network"),
        ("198.51.100.1 ", "198.51.100.1, 198.51.100.2 ", "is not one IPv4 address"),
        ("203.0.113.5", "office.example.org", "is not one IPv4 address"),
        ("if_id_in = 1", "if_id_in = %unique", "an interface for each tunnel"),
        ("if_id_in = 1", "if_id_in = 2", "need one interface"),
        ("tunnel-route 10", "tunnel-route ipsec1 10", "the packets go elsewhere"),
        ("/usr/lib/telemed/tunnel-route 10", "/root/anything 10", "the project's own script"),
        ("tunnel-route 10", "tunnel-route", "the project's own script"),
        ("tunnel-route 10", "tunnel-route 10; reboot", "the project's own script"),
        ("life_time = 70m", "life_time = 1h", "before new ones are made"),
        ("life_time = 70m", "life_time = 121m", "long after new ones are due"),
        ("over_time = 1h", "over_time = 9h", "long after new ones are due"),
        ("rekey_time = 8h", "rekey_time = 0", "never made anew"),
        ("over_time = 1h", "over_time = 1h\n      reauth_time = 3h", "re-authentication"),
        ("start_action = start", "start_action = trap", "neither begins by itself nor only"),
        ("office.line\n      }\n      children", "*.line\n      }\n      children", "not a name"),
        ("office.line\n      }\n      children", "10.9.9.9\n      }\n      children", "address"),
        ("         auth = psk\n         id = clinic.line", "         auth = pubkey\n", "shared"),
        ("children {", "local-2 {\n auth = psk\n id = x\n}\nchildren {", "one section `local`"),
        ("mobike = no", "mobike = no\n      vips = 0.0.0.0", "an address inside the tunnel"),
        ("mobike = no", "mobike = no\n      colour = blue", "no such word is known here"),
        ("mobike = no", "mobike = no\n      version = 2", "version stands there twice"),
        ("mobike = no", "mobike = no\n      unique = keep", "none of no, replace"),
        ("life_time = 70m", "life_time = 70m\n            mode = transport", "is for selectors"),
        ("life_time = 70m", "life_time = 70m\n            policies = no", "without policies"),
        ("life_time = 70m", "life_time = 70m\n            replay_window = 0", "not between 1"),
        ("life_time = 70m", "life_time = 70m\n            mark_out = 7", "a mark is not modelled"),
        ("id-1 = clinic.line\n      id-2 = office.line", "id = others.line", "no secret is for"),
        ('"vault:office"', '""', "a secret is expected"),
        ("secrets {", "include conf.d/*.conf\nsecrets {", "what another file says"),
        ("secrets {", "connections {\n}\nsecrets {", "connections stands there twice"),
        ("secrets {", "authorities {\n}\nsecrets {", "no such word is known here"),
        ("secrets {", "office : base {\n}\nsecrets {", "is expected"),
        ('"vault:office"', '"vault:\\"office"', "a value in quotes ends on its line"),
    ],
    ids=lambda value: str(value).strip()[:20],
)  # fmt: skip
def test_what_is_not_modelled_is_unread(old: str, new: str, why: str) -> None:
    at = WHOLE.index(old)
    read = accounted(WHOLE[:at] + new + WHOLE[at + len(old) :])
    assert any(why in one.why for one in read.unread), read.unread
    outside = any(word in new for word in ("include", "authorities", " : ", "\\"))
    assert (read.tunnels == ()) != outside


@given(
    st.lists(
        st.tuples(
            st.integers(0, WHOLE.count("\n")),
            st.sampled_from(("drop", "again", "open", "close", "quote", "words")),
        ),
        max_size=4,
    ),
    st.lists(st.sampled_from(["=", "{", "}", "2", "%any", '"', "#", "dynamic", "-"]), max_size=4),
)
def test_any_damage_leaves_each_line_accounted_for(
    edits: list[tuple[int, str]], words: list[str]
) -> None:
    lines = WHOLE.split("\n")
    more = {"open": "{", "close": "}", "quote": '"', "words": " ".join(words)}
    for place, edit in edits:
        at = place % len(lines)
        if edit == "drop":
            del lines[at]
        elif edit == "again":
            lines.insert(at, lines[at])
        else:
            lines[at] += f" {more[edit]}"
    accounted("\n".join(lines))


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(text)


def test_a_secret_is_not_shown() -> None:
    read = accounted(changed('secret = "vault:office"', 'secret = "open sesame" x'))
    assert read.unread
    assert all("sesame" not in one.text + one.why for one in read.unread)


def test_two_secrets_for_the_same_ends() -> None:
    other = '   ike-b {\n      id = office.line\n      secret = "other"\n   }\n'
    read = accounted(WHOLE.replace("secrets {\n", f"secrets {{\n{other}"))
    assert read.tunnels == (TUNNEL,)  # the one that is for both ends is nearer
    mine = WHOLE.replace("      id-1 = clinic.line\n", "")
    read = accounted(mine.replace("secrets {\n", f"secrets {{\n{other}"))
    assert read.tunnels == ()
    assert [one.why for one in read.unread] == [
        "two secrets are for these identities, and chance decides"
    ]


def test_two_connections_to_one_name() -> None:
    block = WHOLE[WHOLE.index("   office {") : WHOLE.index("}\nsecrets")]
    again = block.replace("   office {\n      version", "   again {\n      version")
    text = WHOLE.replace("}\nsecrets", f"{again}}}\nsecrets")
    read = accounted(text)
    assert read.tunnels == (TUNNEL,)
    (complaint,) = read.unread
    assert complaint.line == line_of(text, "   again {")


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 23))
def test_a_text_that_ends_early_is_never_read_whole(cut: int) -> None:
    read = accounted(WHOLE[:cut])
    assert read.unread or (read.tunnels == () and not read.tunnel_lines)
