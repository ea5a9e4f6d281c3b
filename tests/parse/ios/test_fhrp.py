"""IOS: virtual routers as lines of an interface, and as the blocks of IOS XE."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import FirewallBehaviour, PairPlace
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.redundancy import ALONE, Rank, Tracked, VirtualRouter
from tests.parse.lines import accounted

PORT = "GigabitEthernet0/0/1.20"
GATEWAY, LOCAL6, GATEWAY6 = 0x0A010101, 0xFE80 << 112 | 1, 0x20010DB8 << 96 | 1
V3 = "fhrp version vrrp v3\n"
TRACK = "track 1 interface gi0/0/0 line-protocol\n delay up 30\n!\n"


def on_port(*lines: str, before: str = "") -> FirewallBehaviour:
    block = "".join(f" {one}\n" for one in lines)
    text = f"{before}int gi0/0/1.20\n encapsulation dot1Q 20\n ip address 10.1.1.2 255.255.255.0\n"
    read = parse_ios_firewall(f"{text} ipv6 address 2001:DB8::2/64\n{block}!\n")
    accounted(read)
    return read


def router(*lines: str, before: str = "") -> VirtualRouter:
    read = on_port(*lines, before=before)
    assert read.unread == ()
    (found,) = read.redundancy.routers
    return found


def test_a_block() -> None:
    found = router(
        "vrrp 20 address-family ipv4",
        " description gateway",
        " priority 120",
        " preempt delay minimum 60",
        " track 1 decrement 30",
        " timers advertise 500",
        " address 10.1.1.1 primary",
        " exit-vrrp",
        before=V3 + TRACK,
    )
    watched = frozenset({Tracked("GigabitEthernet0/0/0", 30)})
    assert found == VirtualRouter(
        PORT, Family.V4, 20, (GATEWAY,), Rank.BY_PRIORITY, 120, 60, 500, watched
    )


def test_a_block_of_ipv6() -> None:
    found = router(
        "vrrp 20 address-family ipv6",
        " address FE80::1 primary",
        " address 2001:db8::1/64",
        " no preempt",
        before=V3,
    )
    assert (found.family, found.addresses) == (Family.V6, (LOCAL6, GATEWAY6))
    assert found.preempt_s is None


def test_lines_of_older_releases() -> None:
    found = router(
        "vrrp 10 ip 10.1.1.1",
        "vrrp 10 ip 10.1.1.9 secondary",
        "vrrp 10 priority 90",
        "vrrp 10 preempt delay minimum 5",
        "vrrp 10 timers advertise msec 200",
        "vrrp 10 track 1",
        before=TRACK,
    )
    assert found.addresses == (GATEWAY, GATEWAY + 8)
    assert (found.priority, found.preempt_s, found.advertised_ms) == (90, 5, 200)
    assert found.tracked == {Tracked("GigabitEthernet0/0/0", 10)}


def test_what_holds_without_a_line() -> None:
    assert router("vrrp 10 ip 10.1.1.1") == VirtualRouter(
        PORT, Family.V4, 10, (GATEWAY,), Rank.BY_PRIORITY
    )


@pytest.mark.parametrize(
    ("lines", "before"),
    [
        (("vrrp 20 address-family ipv4", " address 10.1.1.1 primary"), ""),
        (("vrrp 20 ip 10.1.1.1",), V3),
    ],
)
def test_the_version_decides_which_form_is_taken(lines: tuple[str, ...], before: str) -> None:
    read = on_port(*lines, before=before)
    assert [one.text for one in read.unread] == [lines[0]]
    assert "fhrp version vrrp v3" in read.unread[0].why
    assert read.redundancy == ALONE


@pytest.mark.parametrize(
    "line",
    [
        "standby 1 ip 10.1.1.1",
        "standby version 2",
        "glbp 1 ip 10.1.1.1",
        "vrrp 10 authentication text x",
        "vrrp 10 timers learn",
        "vrrp 10 track 1 shutdown",
        "vrrp 10 track 7",  # no such object
        "vrrp 11 priority 90",
        "vrrp 10 ip 10.9.9.9 secondary",
        "no vrrp 11",
    ],
)
def test_what_is_not_modelled_is_unread(line: str) -> None:
    read = on_port("vrrp 10 ip 10.1.1.1", line, before=TRACK)
    assert [one.text for one in read.unread] == [line]


def test_an_address_in_no_network_of_the_interface() -> None:
    read = on_port("vrrp 10 ip 10.9.9.9")
    assert [one.text for one in read.unread] == ["vrrp 10 ip 10.9.9.9"]
    assert read.redundancy == ALONE


@pytest.mark.parametrize("down", ["shutdown", "vrrp 10 shutdown"])
def test_what_is_down_answers_nobody(down: str) -> None:
    read = on_port("vrrp 10 ip 10.1.1.1", down)
    assert read.unread == ()
    assert read.redundancy == ALONE
    assert read.pair_lines == {PairPlace(PORT, Family.V4, 10): 5}


def test_removed_groups() -> None:
    assert on_port("vrrp 10 ip 10.1.1.1", "no vrrp 10").redundancy == ALONE
    block = ("vrrp 20 address-family ipv4", " address 10.1.1.1 primary", " exit-vrrp")
    assert on_port(*block, "no vrrp 20 address-family ipv4", before=V3).redundancy == ALONE


def test_what_is_tracked_but_no_interface_keeps_its_words() -> None:
    found = router("vrrp 10 ip 10.1.1.1", "vrrp 10 track 4", before="track 4 ip sla 1\n!\n")
    assert found.tracked == {Tracked("ip sla 1", 10)}


def _member(number: int) -> str:
    return f"""hostname R{number}
fhrp version vrrp v3
zone security LAN
interface {PORT}
 ip address 10.1.1.{2 + number} 255.255.255.0
 zone-member security LAN
 vrrp 20 address-family ipv4
  priority {120 - 20 * number}
  address 10.1.1.1 primary
!
"""


def test_the_second_member_is_read_as_if_alone() -> None:
    parse_ios_firewall("hostname OTHER\n")
    alone = parse_ios_firewall(_member(1))
    parse_ios_firewall("hostname OTHER\n")
    first = parse_ios_firewall(_member(0))
    after = parse_ios_firewall(_member(1))
    assert after.chains is first.chains
    assert (after.redundancy, after.pair_lines) == (alone.redundancy, alone.pair_lines)
    (found,) = after.redundancy.routers
    assert found.priority == 100
