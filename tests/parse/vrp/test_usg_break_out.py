"""Guests' break-out of a USG: a rule of `policy-based-route`, and one of `nat-policy`."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import network_range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.prove.break_out import prove_break_outs
from tests.parse.lines import accounted

GUESTS, LINE, WAN = "GigabitEthernet1/0/1.80", "GigabitEthernet1/0/8", "GigabitEthernet1/0/0"
TEXT = """\
sysname FW0{k}
#
interface GigabitEthernet1/0/0
 ip address 10.9.0.{k} 255.255.255.254
#
interface GigabitEthernet1/0/1.80
 vlan-type dot1q 80
 ip address 172.31.0.{k} 255.255.254.0
#
interface GigabitEthernet1/0/8
 ip address 10.9.7.{k} 255.255.255.248
#
firewall zone name WAN id 4
 set priority 10
 add interface GigabitEthernet1/0/0
#
firewall zone name LINE id 5
 set priority 20
 add interface GigabitEthernet1/0/8
#
firewall zone name GUEST id 6
 set priority 30
 add interface GigabitEthernet1/0/1.80
#
ip address-set PATIENTS type object
 address 0 172.31.0.0 mask 23
#
security-policy
 rule name R
  source-zone GUEST
  destination-zone LINE
  action permit
#
policy-based-route
 rule name GUESTS
  ingress-interface GigabitEthernet1/0/1.80
  source-address address-set PATIENTS
  action pbr egress-interface GigabitEthernet1/0/8 next-hop 10.9.7.1
#
nat-policy
 rule name HIDE
  source-zone GUEST
  egress-interface GigabitEthernet1/0/8
  source-address 172.31.0.0 mask 255.255.254.0
  action source-nat easy-ip
#
return
"""
SOUND = TEXT.format(k=2)
HOP = "  action pbr egress-interface GigabitEthernet1/0/8 next-hop 10.9.7.1\n"
HIDE = "  action source-nat easy-ip\n"
COMES, LEAVES = f"  ingress-interface {GUESTS}\n", f"  egress-interface {LINE}\n"
SOURCES = "  source-address 172.31.0.0 mask 255.255.254.0\n"
FROM = "  source-zone GUEST\n  egress-interface"
SERVER = "nat server A zone LINE global 10.9.1.0 10.9.1.63 inside"
PLANNED = BreakOut(GUESTS, LINE, network_range("172.31.0.0/23")[1], int(ip_address("10.9.7.1")))


def read(text: str) -> FirewallBehaviour:
    found = parse_usg(text)
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
    lines = SOUND.split("\n")
    assert found.unread == ()
    assert found.unused == ()
    assert found.break_outs == (PLANNED,)
    assert found.break_out_lines == {GUESTS: lines.index(" rule name GUESTS") + 1}
    assert complaints(SOUND) == []
    assert {lines.index(one.rstrip()) + 1 for one in (HOP, HIDE, COMES, LEAVES)} <= found.effective


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HOP, "  action pbr next-hop 10.9.7.1\n"),
        (HOP, "  action pbr egress-interface GigabitEthernet 1/0/8 next-hop 10.9.7.1\n"),
        (" rule name GUESTS\n", " rule name GUESTS 1\n  description to the carrier\n"),
        (COMES, "  source-zone GUEST\n"),
        (COMES, f"{COMES}  destination-address any\n  service any\n"),
        (HIDE, "  action nat easy-ip\n"),
        (LEAVES, "  destination-zone LINE\n"),
        (LEAVES, f"{LEAVES}  destination-zone LINE\n"),
        (FROM, "  egress-interface"),
        (SOURCES, "  source-address range 172.31.0.0 172.31.1.255\n"),
        (SOURCES, "  source-address 172.31.0.0 24\n  source-address 172.31.1.0 24\n"),
        (" rule name HIDE\n", " rule name OFF\n  disable\n  action no-nat\n rule name HIDE\n"),
    ],
)
def test_other_words_for_the_same(old: str, new: str) -> None:
    found = complaints(edited(old, new))
    assert [one for one in found if one != "action no-nat"] == []


def test_lines_are_taken_back() -> None:
    more = "policy-based-route\n undo rule name GUESTS\n#\nnat-policy\n undo rule name HIDE\n#\n"
    found = read(SOUND.replace("return\n", more))
    assert found.unread == ()
    assert found.break_outs == ()
    assert found.break_out_lines == {}
    assert found.unused == ("address-set PATIENTS",)
    for rule, undo in (
        ("policy-based-route\n rule name GUESTS", f"undo ingress-interface {GUESTS}"),
        ("nat-policy\n rule name HIDE", f"undo egress-interface {LINE}"),
        ("nat-policy\n rule name HIDE", "undo action source-nat easy-ip"),
        ("nat-policy\n rule name HIDE", "disable"),
        ("policy-based-route\n rule name GUESTS", "disable"),
    ):
        assert complaints(SOUND.replace("return\n", f"{rule}\n  {undo}\n#\n"))


DAMAGES = {
    "the way": (" rule name GUESTS\n" + COMES + "  source-address address-set PATIENTS\n" + HOP,
                "", "rule name HIDE"),
    "its action": (HOP, "", "rule name GUESTS"),
    "no action": (HOP, "  action no-pbr\n", "action no-pbr"),
    "its interface": (COMES, "", "rule name GUESTS"),
    "another interface": (COMES, f"  ingress-interface {WAN}\n", "half a break-out"),
    "another zone": (COMES, "  source-zone WAN\n", "half a break-out"),
    "a zone that is not there": (COMES, "  source-zone LAN\n", "source-zone LAN"),
    "interface and zone apart": (COMES, f"{COMES}  source-zone WAN\n", "write their way"),
    "its sources": ("  source-address address-set PATIENTS\n", "", "one half is missing"),
    "a set that is not there": ("address-set PATIENTS\n  action", "address-set X\n  action",
                                "source-address address-set X"),
    "fewer guests": (" address 0 172.31.0.0 mask 23\n", " address 0 172.31.0.0 mask 24\n", "HIDE"),
    "more guests": ("172.31.0.0 mask 23\n", "172.31.0.0 mask 22\n", "one half"),
    "but some": (COMES, f"{COMES}  source-address-exclude 172.31.1.0 24\n", "HIDE"),
    "to some destinations": (COMES, f"{COMES}  destination-address 10.0.0.0 8\n",
                             "destination-address 10.0.0.0 8"),
    "but some destinations": (COMES, f"{COMES}  destination-address-exclude 10.0.0.0 8\n",
                              "destination-address-exclude 10.0.0.0 8"),
    "of some services": (COMES, f"{COMES}  service http\n", "service http"),
    "at some hours": (COMES, f"{COMES}  time-range DAY\n", "time-range DAY"),
    "watched": (COMES, f"{COMES}  track ip-link 1\n", "track ip-link 1"),
    "a way that is off": (COMES, f"{COMES}  disable\n", "rule name HIDE"),
    "another next hop": ("next-hop 10.9.7.1", "next-hop 10.9.7.4", "10.9.7.4 in place of 10.9.7.1"),
    "a next hop elsewhere": ("next-hop 10.9.7.1", "next-hop 10.9.9.1", "next-hop 10.9.9.1"),
    "another port": ("pbr egress-interface GigabitEthernet1/0/8", f"pbr egress-interface {WAN}",
                     f"egress-interface {WAN}"),
    "by the network": (HOP, f"  action pbr egress-interface {WAN} next-hop 10.9.0.3\n", "HIDE"),
    "a port alone": (HOP, f"  action pbr egress-interface {LINE}\n", "action pbr"),
    "two next hops": ("next-hop 10.9.7.1", "next-hop 10.9.7.1 10.9.7.4", "10.9.7.1 10.9.7.4"),
    "another table": (HOP, "  action pbr vpn-instance X\n", "vpn-instance X"),
    "a rule before that sends": (
        " rule name GUESTS\n",
        " rule name ALL\n  source-zone GUEST\n  action pbr next-hop 10.9.0.3\n rule name GUESTS\n",
        "rule name GUESTS",
    ),
    "a rule before that spares": (
        " rule name GUESTS\n",
        " rule name NO\n  source-address 172.31.1.0 24\n  action no-pbr\n rule name GUESTS\n",
        "action no-pbr",
    ),
    "the translation": (
        f" rule name HIDE\n  source-zone GUEST\n{LEAVES}{SOURCES}{HIDE}", "", "one half"),
    "its hiding": (HIDE, "", "rule name HIDE"),
    "translation that spares": (HIDE, "  action no-nat\n", "action no-nat"),
    "translation that is off": (HIDE, f"{HIDE}  disable\n", "one half is missing"),
    "translation into others": (HIDE, "  action source-nat address-group 1\n", "address-group 1"),
    "translation of another zone": (FROM, "  source-zone WAN\n  egress-interface", "HIDE"),
    "translation at another port": (LEAVES, f"  egress-interface {WAN}\n", "rule name HIDE"),
    "translation at another zone": (LEAVES, "  destination-zone WAN\n", "rule name HIDE"),
    "translation at two zones": (LEAVES, "  destination-zone LINE WAN\n", "rule name HIDE"),
    "translation at every port": (LEAVES, "", "rule name HIDE"),
    "translation of all": (SOURCES, "", "rule name HIDE"),
    "translation of more": (SOURCES, "  source-address 172.31.0.0 16\n", "rule name HIDE"),
    "translation of fewer": (SOURCES, "  source-address 172.31.0.0 24\n", "one half is missing"),
    "translation of some services": (HIDE, f"  service https\n{HIDE}", "service https"),
    "translation to some": (HIDE, f"  destination-address 8.0.0.0 8\n{HIDE}", "8.0.0.0 8"),
    "translation at some hours": (HIDE, f"  time-range DAY\n{HIDE}", "time-range DAY"),
    "translation spared before": (
        " rule name HIDE\n",
        " rule name NO\n  source-address 172.31.1.0 24\n  action no-nat\n rule name HIDE\n",
        "action no-nat",
    ),
    "a server before": (
        "firewall zone name WAN id 4",
        f"{SERVER} 172.31.0.0 172.31.0.63\n#\nfirewall zone name WAN id 4",
        "rule name HIDE",
    ),
    "the line shut": (" ip address 10.9.7.2 255.255.255.248\n",
                      " ip address 10.9.7.2 255.255.255.248\n shutdown\n", "one half is missing"),
    "a destination changed": (HIDE, "  action destination-nat address 10.0.0.1\n", "dest"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_each_part_is_missed(name: str) -> None:
    old, new, says = DAMAGES[name]
    found = complaints(edited(old, new))
    assert any(says in one for one in found), found


def test_servers_of_others_stand_beside_it() -> None:
    server = "nat server A zone WAN global 10.9.1.0 10.9.1.63 inside 192.168.4.0 192.168.4.63\n#\n"
    found = read(edited("firewall zone name WAN id 4", f"{server}firewall zone name WAN id 4"))
    assert found.unread == ()
    assert len(found.translations) == len(found.break_outs) == 1


@pytest.mark.parametrize("undo", [False, True])
def test_the_other_member_has_its_own(undo: bool) -> None:
    head = "hrp enable\n#\n" if undo else ""
    first, second = read(head + TEXT.format(k=2)), read(TEXT.format(k=3))
    assert second.hostname == "FW03"
    assert first.break_outs == second.break_outs == (PLANNED,)
    assert second.break_out_lines == {GUESTS: TEXT.split("\n").index(" rule name GUESTS") + 1}
    third = TEXT.format(k=4).replace("10.9.7.4 ", "10.9.8.4 ")
    assert [one.text for one in read(third).unread] == [HOP.strip(), "rule name HIDE"]
