"""GRE between two ends, wrapped in transport mode, by hand-made texts."""

from __future__ import annotations

import re

import pytest

from telemed_infra.parse.behaviour import TunnelBehaviour
from telemed_infra.parse.swanctl import parse_swanctl
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel

OWN, PEER = 0xC6336401, 0xC6336400
WHOLE = """\
connections {
  core {
    version = 2
    local_addrs = 198.51.100.1
    remote_addrs = 198.51.100.0
    proposals = aes256-sha256-ecp256
    mobike = no
    dpd_delay = 10s
    rekey_time = 28800s
    local {
      auth = psk
      id = CITY-AR01.0
    }
    remote {
      auth = psk
      id = CORE-CR01.9
    }
    children {
      gre {
        mode = transport
        local_ts = 198.51.100.1[gre]
        remote_ts = 198.51.100.0[gre]
        esp_proposals = aes256gcm16-ecp256
        start_action = trap|start
        rekey_time = 3600s
      }
    }
  }
}
secrets {
  ike-core {
    id = CORE-CR01.9
    secret = vault:ike-city-ar01.0
  }
}
"""
TUNNEL = Tunnel(
    interface="",
    below="",
    own_address=OWN,
    peer_address=PEER,
    own_identity="CITY-AR01.0",
    peer_identity="CORE-CR01.9",
    secret="vault:ike-city-ar01.0",
    starts=True,
    own=Selector(((OWN, OWN),), ()),
    peer=Selector(((PEER, PEER),), ()),
    preference=0,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3600,
    liveness_s=10,
    mode=Mode.GRE,
)


def changed(old: str, new: str, text: str = WHOLE) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def whole(text: str) -> TunnelBehaviour:
    read = parse_swanctl(text)
    assert read.unread == ()
    return read


def test_gre_between_the_two_ends_is_a_tunnel() -> None:
    read = whole(WHOLE)
    assert read.tunnels == (TUNNEL,)
    assert read.tunnel_lines == {"CORE-CR01.9": 2}
    assert read.inert == frozenset()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("198.51.100.1[gre]", "198.51.100.1/32[47]"),
        ("198.51.100.0[gre]", "198.51.100.0/32[gre]"),
        ("start_action = trap|start", "start_action = start|trap"),
        (
            "rekey_time = 3600s",
            "rekey_time = 3600s\n        copy_df = no\n        hw_offload = auto",
        ),
    ],
)
def test_other_forms_of_the_same(old: str, new: str) -> None:
    assert whole(changed(old, new)).tunnels == (TUNNEL,)


def test_one_that_is_trapped_waits_for_a_packet_or_for_the_other_end() -> None:
    """Its own secret is the other end's: whoever has another one is not believed."""
    found = whole(changed("start_action = trap|start", "start_action = trap")).tunnels
    assert found == (TUNNEL._replace(starts=False),)


@pytest.mark.parametrize(
    ("old", "new", "at", "why"),
    [
        ("        mode = transport\n", "", "      gre {", "write `mode = transport`"),
        ("mode = transport", "mode = tunnel", "        mode", "write `mode = transport`"),
        ("mode = transport", "mode = beet", "        mode", "none of tunnel, transport"),
        ("        local_ts = 198.51.100.1[gre]\n", "", "      gre {", "the default of `local_ts`"),
        ("198.51.100.1[gre]", "198.51.100.1", "        local_ts", "`[gre]` are expected"),
        ("198.51.100.0[gre]", "198.51.100.0", "        remote_ts", "`[gre]` are expected"),
        ("198.51.100.1[gre]", "198.51.100.2[gre]", "        local_ts", "address of `local_addrs`"),
        ("198.51.100.0[gre]", "198.51.100.0/31[gre]", "        remote_ts", "`remote_addrs`"),
        ("198.51.100.1[gre]", "198.51.100.1[gre], 10.0.0.0/8", "        local_ts", "or nothing"),
        ("198.51.100.1[gre]", "198.51.100.1[gre/7]", "        local_ts", "protocols and ports"),
        ("198.51.100.1[gre]", "dynamic[gre]", "        local_ts", "`dynamic` selects"),
        ("    local_addrs = 198.51.100.1\n", "", "  core {", "write `local_addrs`"),
        ("    remote_addrs = 198.51.100.0\n", "", "  core {", "write `remote_addrs`"),
        ("        start_action = trap|start\n", "", "      gre {", "in plain until it is up"),
        ("= trap|start", "= start", "        start_action", "in plain until it is up"),
        ("= trap|start", "= none", "        start_action", "in plain until it is up"),
        ("mode = transport", "mode = transport\n        updown = /x/tunnel-route 10",
         "        updown", "routes go by the tunnel of GRE"),
        ("mode = transport", "mode = transport\n        if_id_out = 3", "        if_id_out",
         "not by one of IPsec"),
        ("mobike = no", "mobike = no\n    if_id_in = 3", "    if_id_in", "not by one of IPsec"),
        ("mode = transport", "mode = transport\n        policies = no", "        policies",
         "without policies"),
        ("    version = 2\n", "", "  core {", "write `version = 2`"),
        ("    id = CORE-CR01.9\n    secret", "    id = OTHER\n    secret", "  core {", "no secret"),
    ],
    ids=lambda value: str(value).strip()[:20],
)  # fmt: skip
def test_what_a_circuit_lacks_is_unread_where_it_should_stand(
    old: str, new: str, at: str, why: str
) -> None:
    text = changed(old, new)
    read = parse_swanctl(text)
    lines = text.split("\n")
    assert any(why in one.why and lines[one.line - 1].startswith(at) for one in read.unread), (
        read.unread
    )
    assert read.tunnels == ()
    assert read.tunnel_lines == {"CORE-CR01.9": 2}


def test_transport_mode_is_for_gre_alone() -> None:
    read = parse_swanctl(re.sub(r"\[gre\]", "", WHOLE))
    assert read.tunnels == ()
    assert "for selectors of `[gre]` alone" in read.unread[0].why
