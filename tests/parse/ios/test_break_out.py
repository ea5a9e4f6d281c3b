"""Guests' break-out of an IOS router: a route map on their interface, `overload` on the line."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import network_range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes, parse_ios_switch
from telemed_infra.parse.vrp import unread_of_both
from telemed_infra.prove.break_out import prove_break_outs
from tests.parse.lines import accounted

GUESTS, LINE, WAN = "GigabitEthernet0/0/1.80", "GigabitEthernet0/0/8", "GigabitEthernet0/0/0"
TEXT = """\
hostname RT-{k}
!
zone security GUEST
zone security LINE
zone security WAN
!
interface GigabitEthernet0/0/0
 ip address 10.9.0.{k} 255.255.255.254
 zone-member security WAN
!
interface GigabitEthernet0/0/1.80
 encapsulation dot1Q 80
 ip address 172.31.0.{k} 255.255.254.0
 ip nat inside
 ip policy route-map GUESTS
 zone-member security GUEST
!
interface GigabitEthernet0/0/8
 ip address 10.9.7.{k} 255.255.255.248
 ip nat outside
 zone-member security LINE
!
ip nat inside source list GUESTS interface GigabitEthernet0/0/8 overload
ip route 10.0.0.0 255.0.0.0 10.9.0.3
!
ip access-list extended GUESTS
 10 permit ip 172.31.0.0 0.0.1.255 any
!
route-map GUESTS permit 10
 match ip address GUESTS
 set ip next-hop 10.9.7.1
!
end
"""
SOUND = TEXT.format(k=2)
COVER = f"ip nat inside source list GUESTS interface {LINE} overload\n"
ENTRY = "route-map GUESTS permit 10\n"
PERMIT = " 10 permit ip 172.31.0.0 0.0.1.255 any\n"
SENT = " ip policy route-map GUESTS\n"
HOP = " set ip next-hop 10.9.7.1\n"
MATCH = " match ip address GUESTS\n"
HALF = " 10 permit ip 172.31.0.0 0.0.0.255 any\n"
PEOPLE = "object-group network PEOPLE\n 172.31.0.0 255.255.254.0\n"
BY_MAP = f"ip nat inside source route-map HIDE interface {LINE} overload\n!\n"
OTHERS = f"{COVER.replace('GUESTS', 'ALL')}ip access-list standard ALL\n"
PLANNED = BreakOut(GUESTS, LINE, network_range("172.31.0.0/23")[1], int(ip_address("10.9.7.1")))


def read(text: str) -> FirewallBehaviour:
    found = parse_ios_firewall(text)
    accounted(found)
    return found


def complaints(text: str) -> list[str]:
    """What neither reader has read, what is named or bound nowhere, and what the proof says."""
    found, routes = read(text), parse_ios_routes(text)
    proven = prove_break_outs("RT", found.break_outs, found.break_out_lines, (PLANNED,))
    lines = ["", *text.split("\n")]
    return [
        *(lines[one.line].strip() for one in unread_of_both(routes, found.unread)),
        *(one.name for one in (*routes.missing, *routes.unused)),
        *found.unused,
        *(one.says for one in proven),
    ]


def edited(old: str, new: str = "") -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def test_both_halves_are_one() -> None:
    found = read(SOUND)
    lines = SOUND.split("\n")
    assert found.unread == ()
    assert found.unused == ()
    assert found.break_outs == (PLANNED,)
    assert found.break_out_lines == {GUESTS: lines.index(SENT.rstrip()) + 1}
    assert found.translations == ()
    assert complaints(SOUND) == []
    said = {lines.index(one.rstrip()) + 1 for one in (SENT, COVER, PERMIT)}
    assert said <= found.effective
    routing = parse_ios_routes(SOUND)
    assert lines.index(HOP.rstrip()) + 1 in routing.effective
    assert said.isdisjoint(routing.own or ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PERMIT, " permit ip 172.31.0.0 0.0.1.255 any log\n"),
        (PERMIT, f"{PERMIT} 20 deny ip any any\n"),
        (PERMIT, f"{HALF}{HALF.replace('10 p', '20 p').replace('31.0', '31.1')}"),
        (PERMIT, f" remark guests\n 10 permit ip object-group PEOPLE any\n!\n{PEOPLE}"),
        (COVER, COVER.replace("GigabitEthernet0/0/8", "Gi0/0/8")),
        (ENTRY, "route-map GUESTS\n description guests\n"),
        (COVER, f"{BY_MAP}route-map HIDE permit 10\n{MATCH} match interface {LINE}\n!\n"),
    ],
)  # fmt: skip
def test_other_words_for_the_same(old: str, new: str) -> None:
    assert complaints(edited(old, new)) == []


def test_a_list_of_sources_alone() -> None:
    text = edited(COVER, COVER.replace("list GUESTS", "list 80")) + "\n"
    text = text.replace("end\n", "access-list 80 permit 172.31.0.0 0.0.1.255\nend\n")
    assert complaints(text) == []


def test_lines_are_taken_back() -> None:
    more = (
        f"interface {GUESTS}\n no ip policy route-map GUESTS\n!\nno {COVER}!\n"
        "no route-map GUESTS\nno ip access-list extended GUESTS\nend\n"
    )
    found = read(SOUND.replace("end\n", more))
    assert found.unread == ()
    assert found.break_outs == ()
    assert found.break_out_lines == {}
    for undo in ("no set ip next-hop 10.9.7.1", "no match ip address"):
        text = SOUND.replace("end\n", f"{ENTRY} {undo}\nend\n")
        assert SENT.strip() in complaints(text)
    fewer = read(SOUND.replace("end\n", "no route-map GUESTS permit 10\nend\n"))
    assert [one.text.strip() for one in fewer.unread] == [SENT.strip(), COVER.strip()]


DAMAGES = {
    "the way": (SENT, "", COVER.strip()),
    "the map": (ENTRY + MATCH + HOP, "", "route-map GUESTS"),
    "its hop": (HOP, "", SENT.strip()),
    "its list": (MATCH, "", SENT.strip()),
    "an entry that denies": (ENTRY, "route-map GUESTS deny 10\n", SENT.strip()),
    "an entry before": (ENTRY, f"route-map GUESTS deny 5\n{MATCH}!\n{ENTRY}", SENT.strip()),
    "an entry before that sends": (
        ENTRY, f"route-map GUESTS permit 5\n{MATCH} set ip next-hop 10.9.0.3\n!\n{ENTRY}",
        SENT.strip()),
    "another hop": (HOP, HOP.replace("7.1", "7.4"), "10.9.7.4 in place of 10.9.7.1"),
    "a hop elsewhere": (HOP, HOP.replace("7.1", "9.1"), SENT.strip()),
    "by the network": (HOP, HOP.replace("7.1", "0.3"), COVER.strip()),
    "two hops": (HOP, HOP.replace("7.1", "7.1 10.9.7.4"), "set ip next-hop 10.9.7.1 10.9.7.4"),
    "a default hop": (HOP, HOP.replace("ip next", "ip default next"), "set ip default next-hop"),
    "a checked hop": (HOP, " set ip next-hop verify-availability 10.9.7.1 1 track 1\n",
                      "set ip next-hop verify"),
    "an interface alone": (HOP, f" set interface {LINE}\n", f"set interface {LINE}"),
    "of some lengths": (MATCH, f"{MATCH} match length 0 500\n", "match length"),
    "a map by its name alone": (SENT, " ip policy route-map GUEST\n", "ip policy route-map GUEST"),
    "packets of the box": (COVER, f"{COVER}ip local policy route-map GUESTS\n", "ip local policy"),
    "IPv6": (SENT, f"{SENT} ipv6 policy route-map GUESTS\n", "ipv6 policy route-map GUESTS"),
    "a list that is not there": (MATCH, " match ip address OTHERS\n", SENT.strip()),
    "two lists": (MATCH, " match ip address GUESTS OTHERS\n", SENT.strip()),
    "routes in place of packets": (MATCH, " match ip address prefix-list GUESTS\n", SENT.strip()),
    "no sources": (PERMIT, "", COVER.strip()),
    "a list that denies": (PERMIT, f" 5 deny ip 172.31.1.0 0.0.0.255 any\n{PERMIT}", "5 deny ip"),
    "a list that denies some destinations": (
        PERMIT, f" 5 deny ip any 10.0.0.0 0.255.255.255\n{PERMIT}", "5 deny ip any 10.0.0.0"),
    "a list of TCP": (PERMIT, PERMIT.replace("permit ip", "permit tcp"), "10 permit tcp"),
    "a list of some destinations": (PERMIT, PERMIT.replace("any", "host 8.8.8.8"), "8.8.8.8"),
    "fewer guests": (PERMIT, PERMIT.replace("1.255", "0.255"), "172.31.0.0-172.31.0.255 in place"),
    "more guests": (PERMIT, PERMIT.replace("0.0.1.255", "0.0.3.255"), "172.31.3.255 in place of"),
    "the translation": (COVER, "", "one half is missing"),
    "translation without ports": (COVER, COVER.replace(" overload", ""), "inside source list"),
    "translation into others": (COVER, COVER.replace(f"interface {LINE}", "pool P"), "pool P"),
    "translation at another port": (COVER, COVER.replace(LINE, WAN), f"interface {WAN} overload"),
    "translation of more": (
        COVER, f"{OTHERS} permit any\n!\n", "list ALL interface"),
    "translation of others too": (
        COVER, f"{COVER}{OTHERS} permit 10.1.0.0 0.0.255.255\n!\n", "list ALL interface"),
    "translation of fewer": (
        COVER, f"{OTHERS} permit 172.31.0.0 0.0.0.255\n!\n", "one half is missing"),
    "translation of nobody": (COVER, COVER.replace("GUESTS", "NONE"), "list NONE interface"),
    "the mark of the guests' side": (" ip nat inside\n", "", COVER.strip()),
    "the mark of the line": (" ip nat outside\n", "", COVER.strip()),
    "the marks exchanged": (" ip nat outside\n", " ip nat inside\n", COVER.strip()),
    "a map that hides and sends": (
        COVER, COVER.replace("list GUESTS", "route-map GUESTS"), "source route-map GUESTS"),
    "a map that hides elsewhere": (
        COVER,
        f"{BY_MAP}route-map HIDE permit 10\n{MATCH} match interface {WAN}\n!\n",
        "source route-map HIDE"),
    "a static network before": (
        COVER, f"ip nat inside source static network 172.31.0.0 10.9.1.0 /24\n{COVER}",
        COVER.strip()),
    "a list on the line": (
        " ip nat outside\n", " ip nat outside\n ip access-group GUESTS out\n", "ip access-group"),
    "the line shut": (" ip nat outside\n", " ip nat outside\n shutdown\n", "one half is missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_each_part_is_missed(name: str) -> None:
    old, new, says = DAMAGES[name]
    found = complaints(edited(old, new))
    assert any(says in one for one in found), found


def test_own_addresses_may_be_changed_beside_it() -> None:
    port = "interface GigabitEthernet0/0/1.40\n encapsulation dot1Q 40\n"
    own = f"{port} ip address 192.168.40.1 255.255.255.0\n ip nat inside\n!\n"
    static = "ip nat inside source static network 192.168.40.0 10.9.1.0 /24\n"
    found = read(
        edited(COVER, f"{COVER}{static}").replace(f"interface {LINE}\n", f"{own}interface {LINE}\n")
    )
    assert found.unread == ()
    assert found.break_outs == (PLANNED,)
    assert [one.boundary for one in found.translations] == [{LINE}]


def test_the_other_member_has_its_own() -> None:
    first, second = read(SOUND), read(TEXT.format(k=3))
    assert second.hostname == "RT-3"
    assert first.break_outs == second.break_outs == (PLANNED,)
    assert second.break_out_lines == first.break_out_lines
    for k in (2, 3):
        assert read(TEXT.format(k=k).replace(SENT, "")).break_outs == ()
    assert [one.text for one in read(TEXT.format(k=4).replace(SENT, "")).unread] == [COVER.strip()]


def test_a_switch_sends_no_packets_another_way() -> None:
    text = "interface Vlan10\n ip policy route-map GUESTS\n!\n"
    assert [one.line for one in parse_ios_switch(text).unread] == [2]
