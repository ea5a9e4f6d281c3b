"""Tunnels against the plan: what is said, and where."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from telemed_infra.prove.findings import Says
from telemed_infra.prove.functions import Function, of_tunnels
from telemed_infra.prove.tunnel_words import WORDS, PlatformWords, TunnelWords
from telemed_infra.prove.tunnels import prove_tunnels
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel

EVERYTHING = Selector(((0, (1 << 32) - 1),), ())
BLOCK = Selector(((0x0A570000, 0x0A5701FF),), ())
PLANNED = Tunnel(
    interface="Tunnel1",
    below="GigabitEthernet1/0/8",
    own_address=0x0A570C04,
    peer_address=0x0A571001,
    own_identity="HEAD.line",
    peer_identity="CLINIC.line",
    secret="vault:ike-clinic",
    starts=False,
    own=EVERYTHING,
    peer=BLOCK,
    preference=10,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3600,
    liveness_s=10,
)
BY_LTE = PLANNED._replace(
    interface="Tunnel2", peer_address=None, peer_identity="CLINIC.lte", preference=20
)
OWN_END, PEER_END = (Selector(((one, one),), ()) for one in (0x0A570C04, 0x0A571001))
CIRCUIT = PLANNED._replace(
    interface="Tunnel100",
    own=OWN_END,
    peer=PEER_END,
    preference=0,
    mtu=1400,
    mode=Mode.GRE,
)
LINES = {"CLINIC.line": 7, "CLINIC.lte": 30}
USG, LINUX = WORDS["huawei_usg"], WORDS["nftables"]
CHANGES: dict[str, tuple[object, str]] = {
    "interface": ("Tunnel2", "the inner packets go by Tunnel2 in place of Tunnel1"),
    "below": ("GigabitEthernet1/0/0", "outer packets go by GigabitEthernet1/0/0 in place of"),
    "own_address": (0x0A570C05, r"its own address is 10\.87\.12\.5 in place of 10\.87\.12\.4"),
    "peer_address": (None, r"the other end is at any address in place of 10\.87\.16\.1"),
    "own_identity": ("HEAD.lte", r"it calls itself HEAD\.lte in place of HEAD\.line"),
    "secret": ("sesame", "its secret is not the one of vault:ike-clinic"),
    "starts": (True, "it begins by itself, and only answers in the plan"),
    "own": (BLOCK, r"takes packets from 10\.87\.0\.0/23 in place of 0\.0\.0\.0/0"),
    "peer": (Selector(((0x0A570000, 0x0A5702FF),), ()),
             r"takes packets to 10\.87\.0\.0-10\.87\.2\.255 in place of 10\.87\.0\.0/23"),
    "preference": (60, "its routes have the preference 60 in place of 10"),
    "ike": (IkeSuite("aes-256-gcm", "", "sha-256", 14),
            "IKE is protected by aes-256-gcm, function sha-256, group 14 in place of aes-256, sha"),
    "esp": (EspSuite("aes-256", "sha-256", 0),
            "ESP is protected by aes-256, sha-256, no group of its own in place of aes-256-gcm, g"),
    "ike_lifetime_s": (86_400, "keys of IKE are new after, in seconds, 86400 in place of 28800"),
    "esp_lifetime_s": (3601, "keys of ESP are new after, in seconds, 3601 in place of 3600"),
    "liveness_s": (0, "silence is borne, in seconds, 0 in place of 10"),
    "mtu": (1500, "its packets are at most, in octets, 1500 in place of 0"),
    "mode": (Mode.GRE, "ESP wraps GRE between the two ends in place of the inner packets"),
}  # fmt: skip


OF_CIRCUITS: dict[str, tuple[object, str]] = {
    **CHANGES,
    "interface": ("Tunnel101", "the inner packets go by Tunnel101 in place of Tunnel100"),
    "own": (PEER_END, r"takes packets from 10\.87\.16\.1/32 in place of 10\.87\.12\.4/32"),
    "peer": (OWN_END, r"takes packets to 10\.87\.12\.4/32 in place of 10\.87\.16\.1/32"),
    "preference": (60, "its routes have the preference 60 in place of 0"),
    "mtu": (0, "its packets are at most, in octets, 0 in place of 1400"),
    "mode": (Mode.TUNNEL, "ESP wraps the inner packets in place of GRE between the two ends"),
}


def said(read: list[Tunnel], planned: list[Tunnel], words: PlatformWords = USG) -> list[Says]:
    return list(prove_tunnels(read, LINES, planned, words))


@pytest.mark.parametrize("words", WORDS.values())
def test_what_is_as_planned_is_not_spoken_of(words: PlatformWords) -> None:
    assert said([CIRCUIT], [CIRCUIT], words) == []
    assert said([PLANNED, BY_LTE], [BY_LTE, PLANNED], words) == []
    assert said([], [], words) == []


def test_every_field_is_compared() -> None:
    assert CHANGES.keys() | {"peer_identity"} == set(Tunnel._fields)
    assert {one.name for one in fields(TunnelWords)} == (CHANGES.keys() | {"gone"})


@pytest.mark.parametrize("platform", WORDS)
@pytest.mark.parametrize("planned", [PLANNED, CIRCUIT], ids=["tunnel", "circuit"])
@pytest.mark.parametrize("field", CHANGES)
def test_one_field_that_differs_is_told_alone(field: str, planned: Tunnel, platform: str) -> None:
    words = WORDS[platform]
    value, says = (CHANGES if planned is PLANNED else OF_CIRCUITS)[field]
    (found,) = said([planned._replace(**{field: value}), BY_LTE], [planned, BY_LTE], words)  # type: ignore[arg-type]
    assert (found.line, found.kind) == (7, "tunnel")
    assert re.search(says, found.says), found.says
    mend = found.says.rpartition(": ")[2]
    assert "{" not in mend.replace("{ id", "")
    template = getattr(words[planned.mode], field)
    template = template[planned.starts] if isinstance(template, tuple) else template
    assert re.split(r"[ :=]", template)[0].strip("`") in found.says


def test_a_secret_of_the_text_is_not_shown() -> None:
    (found,) = said([PLANNED._replace(secret="open sesame")], [PLANNED])
    assert "sesame" not in found.says


def test_a_text_that_does_not_name_the_port_below() -> None:
    assert said([PLANNED._replace(below="")], [PLANNED], LINUX) == []
    assert said([CIRCUIT._replace(below="", interface="")], [CIRCUIT], LINUX) == []


def test_only_what_is_behind_an_end_may_be_wider_where_a_platform_cannot_say_it() -> None:
    tunnel, circuit = PLANNED._replace(peer=EVERYTHING), CIRCUIT._replace(peer=EVERYTHING)
    assert not list(prove_tunnels([tunnel], LINES, [PLANNED], USG, pins=False))
    (found,) = prove_tunnels([circuit], LINES, [CIRCUIT], USG, pins=False)
    assert "it takes packets to 0.0.0.0/0" in found.says


def test_tunnels_that_are_missing_or_too_many() -> None:
    (begun,) = said([BY_LTE], [PLANNED, BY_LTE])
    assert (begun.line, begun.kind) == (7, "tunnel")
    assert "the tunnel with CLINIC.line cannot come up" in begun.says
    stranger = PLANNED._replace(peer_identity="OTHER.line")
    (missing,) = said([], [stranger])
    assert missing.line == 0
    assert missing.says == (
        "the tunnel with OTHER.line is missing: write one by Tunnel1 to 10.87.16.1"
    )
    (excess,) = said([PLANNED, BY_LTE], [PLANNED])
    assert excess.line == 30
    assert "the tunnel with CLINIC.lte is not planned: `undo ipsec policy-template`" in excess.says
    circuit = CIRCUIT._replace(peer_identity="CLINIC.lte")
    (excess,) = said([PLANNED, circuit], [PLANNED])
    assert "CLINIC.lte is not planned: `undo ipsec policy` on its port" in excess.says
    (anybody,) = said([PLANNED, PLANNED._replace(peer_identity="")], [PLANNED])
    assert "the tunnel with anybody is not planned" in anybody.says


def test_two_tunnels_with_one_name() -> None:
    (found,) = said([PLANNED, PLANNED], [PLANNED])
    assert found == Says(7, "tunnel", "there are 2 tunnels with CLINIC.line: keep one")


def test_the_function() -> None:
    assert of_tunnels([PLANNED]) == {Function.TUNNELS}
    assert of_tunnels([CIRCUIT]) == {Function.CIRCUITS}
    assert of_tunnels([PLANNED, CIRCUIT]) == {Function.TUNNELS, Function.CIRCUITS}
    assert of_tunnels([]) == frozenset()
