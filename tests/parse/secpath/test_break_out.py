"""Guests' break-out of a SecPath: a policy on their interface, `nat outbound` on the line."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import network_range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.prove.break_out import prove_break_outs
from tests.parse.lines import accounted

GUESTS, LINE, WAN = "GigabitEthernet1/0/1.80", "GigabitEthernet1/0/8", "GigabitEthernet1/0/0"
TEXT = """\
#
sysname FW0{k}
#
policy-based-route GUESTS permit node 10
 if-match acl 3080
 apply next-hop 10.9.7.1
#
interface GigabitEthernet1/0/0
 port link-mode route
 ip address 10.9.0.{k} 255.255.255.254
#
interface GigabitEthernet1/0/1.80
 ip address 172.31.0.{k} 255.255.254.0
 ip policy-based-route GUESTS
 vlan-type dot1q vid 80
#
interface GigabitEthernet1/0/8
 port link-mode route
 ip address 10.9.7.{k} 255.255.255.248
 nat outbound 2080
#
security-zone name GUEST
 import interface GigabitEthernet1/0/1.80
#
security-zone name LINE
 import interface GigabitEthernet1/0/8
#
security-zone name WAN
 import interface GigabitEthernet1/0/0
#
acl basic 2080
 rule 0 permit source 172.31.0.0 0.0.1.255
#
acl advanced 3080
 rule 0 permit ip source 172.31.0.0 0.0.1.255
#
security-policy ip
 rule 0 name R
  action pass
  source-zone GUEST
  destination-zone LINE
#
"""
SOUND = TEXT.format(k=2)
NODE = "policy-based-route GUESTS permit node 10"
HALF = " rule 0 permit ip source 172.31.0.0 0.0.0.255"
STATIC = "nat static outbound net-to-net"
PLANNED = BreakOut(GUESTS, LINE, network_range("172.31.0.0/23")[1], int(ip_address("10.9.7.1")))


def read(text: str) -> FirewallBehaviour:
    found = parse_secpath(text)
    accounted(found)
    return found


def complaints(text: str) -> list[str]:
    """What is unread, and what the proof says."""
    found = read(text)
    proven = prove_break_outs("FW", found.break_outs, found.break_out_lines, (PLANNED,))
    return [*(one.text for one in found.unread), *(one.says for one in proven)]


def edited(old: str, new: str = "") -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def test_both_halves_are_one() -> None:
    found = read(SOUND)
    assert found.unread == ()
    assert found.unused == ()
    assert found.break_outs == (PLANNED,)
    line = SOUND.split("\n").index(" ip policy-based-route GUESTS") + 1
    assert found.break_out_lines == {GUESTS: line}
    assert complaints(SOUND) == []
    said = [at for at, one in enumerate(SOUND.split("\n"), 1) if "apply" in one or "nat " in one]
    assert set(said) <= found.effective


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("acl basic 2080\n rule 0 permit source", "acl number 2080\n rule permit source"),
        ("acl basic 2080", "acl basic name Hidden") ,
        ("apply next-hop 10.9.7.1", "apply next-hop 10.9.7.1 direct"),
        ("permit node 10\n", "node 10\n"),
        ("172.31.0.0 0.0.1.255\n#\nacl advanced", "172.31.0.0 0.0.1.255 logging\n#\nacl advanced"),
        (" nat outbound 2080\n", " nat outbound 2080 description guests\n"),
        (
            " rule 0 permit ip source 172.31.0.0 0.0.1.255",
            f"{HALF}\n{HALF.replace('rule 0', 'rule 5').replace('31.0', '31.1')} destination any",
        ),
    ],
)  # fmt: skip
def test_other_words_for_the_same(old: str, new: str) -> None:
    text = edited(old, new)
    if "Hidden" in new:
        text = text.replace("nat outbound 2080", "nat outbound name hidden")
    assert complaints(text) == []


def test_lines_are_taken_back() -> None:
    more = (
        "interface GigabitEthernet1/0/8\n undo nat outbound 2080\n#\n"
        "interface GigabitEthernet1/0/1.80\n undo ip policy-based-route\n#\n"
        "undo policy-based-route GUESTS\n#\n"
    )
    found = read(SOUND + more)
    assert found.unread == ()
    assert found.break_outs == ()
    assert found.break_out_lines == {}
    node = "policy-based-route GUESTS permit node 10\n undo apply next-hop\n#\n"
    assert "policy-based-route GUESTS permit node 10" in complaints(SOUND + node)
    everybody = "policy-based-route GUESTS permit node 10\n undo if-match acl\n#\n"
    assert complaints(SOUND + everybody)


DAMAGES = {
    "the way": (" ip policy-based-route GUESTS\n", "", "nat outbound 2080"),
    "the policy": (
        "policy-based-route GUESTS permit node 10\n if-match acl 3080\n apply next-hop 10.9.7.1\n",
        "",
        "ip policy-based-route GUESTS",
    ),
    "the next hop": (" apply next-hop 10.9.7.1\n", "", "policy-based-route GUESTS permit node 10"),
    "its list": (" if-match acl 3080\n", "", "one half is missing"),
    "a list that is not there": ("acl 3080", "acl 3081", "if-match acl 3081"),
    "another next hop": ("next-hop 10.9.7.1", "next-hop 10.9.7.3", "10.9.7.3 in place of 10.9.7.1"),
    "a next hop elsewhere": ("next-hop 10.9.7.1", "next-hop 10.9.9.1", "apply next-hop 10.9.9.1"),
    "by the network": ("next-hop 10.9.7.1", "next-hop 10.9.0.3", "nat outbound 2080"),
    "a watched next hop": ("10.9.7.1\n", "10.9.7.1 track 1\n", "apply next-hop 10.9.7.1 track 1"),
    "a second next hop": ("10.9.7.1\n", "10.9.7.1\n apply next-hop 10.9.7.4\n", "10.9.7.4"),
    "a default next hop": ("apply next-hop", "apply default-next-hop", "default-next-hop"),
    "a node that denies": ("permit node 10", "deny node 10", "deny node 10"),
    "a node before": (
        NODE,
        f"policy-based-route GUESTS deny node 5\n if-match acl 2080\n#\n{NODE}",
        "policy-based-route GUESTS deny node 5",
    ),
    "a node before that sends": (
        NODE,
        f"{NODE.replace('10', '5')}\n if-match acl 2080\n apply next-hop 10.9.0.3\n#\n{NODE}",
        NODE,
    ),
    "a list that denies": (
        " rule 0 permit ip source",
        " rule 0 deny ip source 172.31.1.0 0.0.0.255\n rule 5 permit ip source",
        "rule 0 deny ip source 172.31.1.0 0.0.0.255",
    ),
    "a translation that denies": (
        " rule 0 permit source",
        " rule 0 deny source 172.31.1.0 0.0.0.255\n rule 5 permit source",
        "rule 0 deny source 172.31.1.0 0.0.0.255",
    ),
    "a way for some packets": ("permit ip source", "permit tcp source", "rule 0 permit tcp"),
    "to some destinations": (
        "permit ip source 172.31.0.0 0.0.1.255",
        "permit ip source 172.31.0.0 0.0.1.255 destination 10.0.0.0 0.255.255.255",
        "destination 10.0.0.0",
    ),
    "at some hours": (
        "permit ip source 172.31.0.0 0.0.1.255",
        "permit ip source 172.31.0.0 0.0.1.255 time-range DAY",
        "time-range DAY",
    ),
    "fewer guests": ("ip source 172.31.0.0 0.0.1.255", "ip source 172.31.0.0 0.0.0.255", "nat out"),
    "more guests": ("ip source 172.31.0.0 0.0.1.255", "ip source 172.31.0.0 0.0.3.255", "one half"),
    "the translation": (" nat outbound 2080\n", "", "one half is missing"),
    "its sources": (" rule 0 permit source 172.31.0.0 0.0.1.255\n", "", "nat outbound 2080"),
    "translation of fewer": ("permit source 172.31.0.0 0.0.1.255", "permit source 172.31.0.0 0",
                             "one half is missing"),
    "translation of more": (
        "permit source 172.31.0.0 0.0.1.255", "permit source 172.30.0.0 0.1.255.255", "nat out"),
    "translation of all": (" nat outbound 2080\n", " nat outbound\n", "nat outbound"),
    "translation into others": (
        " nat outbound 2080\n", " nat outbound 2080 address-group 1\n", "address-group 1"),
    "translation that is off": (" nat outbound 2080\n", " nat outbound 2080 disable\n", "disable"),
    "translation at another port": (
        " ip address 10.9.0.2 255.255.255.254\n",
        " ip address 10.9.0.2 255.255.255.254\n nat outbound 2080\n",
        "nat outbound 2080",
    ),
    "a static one before": (
        "acl basic 2080",
        f"{STATIC} 172.31.0.0 172.31.0.127 global 10.9.1.0 25\n#\nacl basic 2080",
        "nat outbound 2080",
    ),
    "the line shut": (" nat outbound 2080\n", " nat outbound 2080\n shutdown\n", "one half"),
    "a policy of the device": (
        "acl basic 2080", "ip local policy-based-route GUESTS\n#\nacl basic 2080", "ip local"),
    "another policy for IPv6": (
        " vlan-type dot1q vid 80\n",
        " vlan-type dot1q vid 80\n ipv6 policy-based-route SIX\n",
        "ipv6 policy-based-route SIX",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_each_part_is_missed(name: str) -> None:
    old, new, says = DAMAGES[name]
    found = complaints(edited(old, new))
    assert any(says in one for one in found), found


def test_the_translation_at_another_port_alone() -> None:
    text = edited(" nat outbound 2080\n").replace(
        "10.9.0.2 255.255.255.254\n", "10.9.0.2 255.255.255.254\n nat outbound 2080\n"
    )
    found = complaints(text)
    assert found[0] == "nat outbound 2080"
    assert "one half is missing" in found[1]


def test_a_policy_that_no_interface_binds_is_of_no_use() -> None:
    text = edited(" ip policy-based-route GUESTS\n").replace(" nat outbound 2080\n", "")
    found = read(text)
    assert found.unread == ()
    assert found.unused == ("policy-based-route GUESTS",)
    assert found.break_outs == ()


def test_the_other_member_has_its_own() -> None:
    first, second = read(SOUND), read(TEXT.format(k=3))
    assert first.break_outs == second.break_outs == (PLANNED,)
    assert second.break_out_lines == first.break_out_lines
    longer = TEXT.format(k=4).replace(
        " port link-mode route\n ip address 10.9.7", " ip address 10.9.7"
    )
    third = read(longer)
    assert third.break_outs == (PLANNED,)
    for k in (2, 3):
        damaged = TEXT.format(k=k).replace(" nat outbound 2080\n", "")
        assert read(damaged).break_outs == ()
        elsewhere = TEXT.format(k=k).replace(f"10.9.7.{k} ", f"10.9.8.{k} ")
        assert [one.text for one in read(elsewhere).unread] == [
            "apply next-hop 10.9.7.1", "nat outbound 2080",
        ]  # fmt: skip
