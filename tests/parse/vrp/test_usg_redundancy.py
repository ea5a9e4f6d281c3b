"""USG: HRP and virtual routers, as manuals write them and as people type them."""

from __future__ import annotations

import pytest

from telemed_infra.packets import UDP, Family
from telemed_infra.parse.behaviour import SYNC_PLACE, FirewallBehaviour, PairPlace
from telemed_infra.redundancy import ALONE, Rank, StateSync, SyncKind, VirtualRouter
from tests.parse.lines import accounted
from tests.parse.vrp.judge import firewall

PORT = "GigabitEthernet1/0/1"
GATEWAY, GATEWAY6, LOCAL6 = 0x0A010101, 0x20010DB8 << 96 | 1, 0xFE80 << 112 | 1
HRP = """
    hrp enable
    hrp interface GigabitEthernet 1/0/7 remote 10.10.0.2
    interface GigabitEthernet1/0/7
     ip address 10.10.0.1 255.255.255.0
"""


def router(lines: str) -> VirtualRouter:
    """The one virtual router of an interface with these lines."""
    read = on_port(lines)
    assert read.unread == ()
    (found,) = read.redundancy.routers
    return found


def on_port(lines: str) -> FirewallBehaviour:
    block = "\n".join(f" {one.strip()}" for one in lines.strip().split("\n"))
    read = firewall(f"interface {PORT}\n ip address 10.1.1.2 24\n{block}\n")
    accounted(read)
    return read


def sync(lines: str = "") -> StateSync | None:
    read = firewall(HRP + lines)
    assert read.unread == ()
    return read.redundancy.sync


def test_the_pair_says_who_has_the_address() -> None:
    found = router("vrrp vrid 20 virtual-ip 10.1.1.1 active")
    assert found == VirtualRouter(PORT, Family.V4, 20, (GATEWAY,), Rank.ACTIVE)
    assert router("vrrp vrid 20 virtual-ip 10.1.1.1 24 standby").rank is Rank.STANDBY


def test_an_ipv6_group_begins_with_an_address_of_the_link() -> None:
    read = on_port("""
        ipv6 address 2001:DB8::2/64
        vrrp6 vrid 20 virtual-ip FE80::1 link-local active
        vrrp6 vrid 20 virtual-ip 2001:DB8::1 active
    """)
    (found,) = read.redundancy.routers
    assert (found.family, found.addresses) == (Family.V6, (LOCAL6, GATEWAY6))
    (late,) = on_port("ipv6 address 2001:DB8::2/64\nvrrp6 vrid 1 virtual-ip 2001:DB8::1").unread
    assert "fe80::/10" in late.why


def test_without_a_pair_the_numbers_count() -> None:
    found = router("""
        vrrp vrid 10 virtual-ip 10.1.1.1
        vrrp vrid 10 priority 120
        vrrp vrid 10 preempt-mode timer delay 60
        vrrp vrid 10 timer advertise 3
        vrrp vrid 10 track interface GigabitEthernet 1/0/3 reduced 30
        vrrp vrid 10 track interface GigabitEthernet1/0/4
    """)
    assert (found.rank, found.priority, found.preempt_s) == (Rank.BY_PRIORITY, 120, 60)
    assert found.advertised_ms == 3000
    assert found.tracked == {("GigabitEthernet1/0/3", 30), ("GigabitEthernet1/0/4", 10)}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("vrrp vrid 10 preempt-mode disable", None),
        ("vrrp vrid 10 preempt-mode disable\nundo vrrp vrid 10 preempt-mode", 0),
        ("", 0),
    ],
)
def test_it_preempts_unless_told_not_to(lines: str, says: int | None) -> None:
    assert router(f"vrrp vrid 10 virtual-ip 10.1.1.1\n{lines or 'description x'}").preempt_s == says


@pytest.mark.parametrize(
    "line",
    [
        "vrrp vrid 20 virtual-ip 10.9.9.1 active",  # in no network of the interface
        "vrrp vrid 256 virtual-ip 10.1.1.1",
        "vrrp vrid 20 priority 120",  # no group yet
        "vrrp vrid 20 virtual-ip 2001:DB8::1",
        "vrrp vrid 20 authentication-mode simple x",
        "vrrp vrid 20 virtual-ip",
        "vrrp6 vrid 20 virtual-ip FE80::1 link-local",  # the interface speaks no IPv6
        "undo vrrp vrid 20",
    ],
)
def test_what_a_device_refuses_is_unread(line: str) -> None:
    read = on_port(line)
    assert [one.text for one in read.unread] == [line]
    assert read.redundancy == ALONE


@pytest.mark.parametrize(
    "second",
    [
        "vrrp vrid 20 virtual-ip 10.1.1.9 standby",
        "vrrp vrid 20 priority 120",
        "vrrp vrid 20 track interface GigabitEthernet1/0/3 increased 5",
    ],
)
def test_what_fits_no_group_of_a_pair_is_unread(second: str) -> None:
    read = on_port(f"vrrp vrid 20 virtual-ip 10.1.1.1 active\n{second}")
    assert [one.text for one in read.unread] == [second]


def test_an_address_with_a_mask_of_its_own_may_stand_elsewhere() -> None:
    found = router("vrrp vrid 20 virtual-ip 203.0.113.1 255.255.255.0 active")
    assert found.addresses == (0xCB007101,)


def test_a_group_on_a_shut_interface_answers_nobody() -> None:
    read = on_port("vrrp vrid 20 virtual-ip 10.1.1.1 active\nshutdown")
    assert read.unread == ()
    assert read.redundancy == ALONE
    assert read.pair_lines == {PairPlace(PORT, Family.V4, 20): 3}


def test_a_second_address_of_a_group_and_its_removal() -> None:
    first = "vrrp vrid 20 virtual-ip 10.1.1.1 active\nvrrp vrid 20 virtual-ip 10.1.1.7 active"
    assert router(first).addresses == (GATEWAY, GATEWAY + 6)
    assert router(f"{first}\nundo vrrp vrid 20 virtual-ip 10.1.1.1").addresses == (GATEWAY + 6,)
    assert on_port(f"{first}\nundo vrrp vrid 20").redundancy == ALONE


def test_what_holds_without_a_line() -> None:
    assert sync() == StateSync(
        kind=SyncKind.HRP,
        interface="GigabitEthernet1/0/7",
        own=None,
        remote=0x0A0A0002,
        first=None,
        sessions=False,
        configuration=True,
        preempt_s=60,
        routes_follow=True,
    )


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("hrp mirror session enable", "sessions", True),
        ("undo hrp auto-sync config", "configuration", False),
        ("hrp preempt delay 600", "preempt_s", 600),
        ("undo hrp preempt", "preempt_s", None),
        ("hrp standby-device", "first", False),
        ("undo hrp adjust bgp-cost enable", "routes_follow", False),
        ("undo hrp bgp-cost adjust-enable", "routes_follow", False),
        ("hrp adjust bgp-cost enable 100", "routes_follow", True),
        ("undo hrp adjust ospf-cost enable", "routes_follow", True),
        ("hrp track interface GigabitEthernet 1/0/0", "tracked", {"GigabitEthernet1/0/0"}),
        ("hrp track vlan 20\n    hrp track ip-link up", "tracked", {"vlan 20", "ip-link up"}),
        ("hrp standby config enable", "configuration", True),
        ("hrp timer hello 2000", "preempt_s", 60),
        ("hrp auto-sync config static-route", "configuration", True),
    ],
)
def test_lines_of_a_pair(line: str, field: str, value: object) -> None:
    assert getattr(sync(f"    {line}\n"), field) == value


@pytest.mark.parametrize(("word", "first"), [("active", True), ("standby", False)])
def test_who_is_first_the_virtual_routers_say(word: str, first: bool) -> None:
    lines = f"    interface {PORT}\n     ip address 10.1.1.2 24\n"
    found = sync(f"{lines}     vrrp vrid 1 virtual-ip 10.1.1.1 {word}\n")
    assert found is not None
    assert found.first is first


@pytest.mark.parametrize("missing", ["hrp enable", " remote 10.10.0.2"])
def test_without_a_line_there_is_no_pair(missing: str) -> None:
    read = firewall(HRP.replace(missing, ""))
    assert read.unread == ()
    assert read.redundancy.sync is None
    assert SYNC_PLACE in read.pair_lines


@pytest.mark.parametrize(
    "line",
    ["hrp frobnicate", "hrp interface Ether1 remote 10.0.0.1", "hrp preempt delay 9999",
     "hrp track cellular 0", "hrp interface GigabitEthernet1/0/7 remote 10.0.0.1 heartbeat-only",
     "undo hrp track interface GigabitEthernet1/0/0"],
)  # fmt: skip
def test_an_unknown_line_of_a_pair_is_unread(line: str) -> None:
    assert [one.text for one in firewall(line).unread] == [line]


def test_the_port_of_the_pair() -> None:
    assert firewall(HRP).pair_key == UDP << 16 | 18514
    assert firewall("").pair_key is None


SHARED = """
    firewall zone trust
     set priority 85
     add interface GigabitEthernet1/0/1
    security-policy
     rule name ONE
      source-zone trust
      destination-zone local
      action permit
"""


def _member(number: int, more: str) -> str:
    word = ("active", "standby")[number]
    lines = f"    sysname FW{number}\n    hrp enable\n{more}"
    lines += f"    hrp interface GigabitEthernet1/0/7 remote 10.10.0.{2 - number}\n"
    lines += f"    interface {PORT}\n     ip address 10.1.1.{2 + number} 24\n"
    return f"\n{lines}     vrrp vrid 20 virtual-ip 10.1.1.1 {word}\n{SHARED}"


@pytest.mark.parametrize("more", ["", "    hrp standby-device\n    hrp mirror session enable\n"])
def test_the_second_member_is_read_as_if_alone(more: str) -> None:
    """With the same lines and with more of them, its rules' lines are found where they stand."""
    second = _member(1, more)
    firewall("sysname OTHER\n")  # nothing before it is remembered
    alone = firewall(second)
    firewall("sysname OTHER\n")
    first = firewall(_member(0, ""))
    after = firewall(second)
    assert after.chains is first.chains
    assert after.redundancy == alone.redundancy
    assert after.pair_lines == alone.pair_lines
    assert (after.effective, after.inert, after.lines) == (
        alone.effective, alone.inert, alone.lines)  # fmt: skip
    lines = [after.moved.place(rule.line) for rule in first.chains[0].rules]
    assert lines == [rule.line for rule in alone.chains[0].rules]


def test_a_pair_in_the_shared_part_is_not_overlooked() -> None:
    late = f"    interface {PORT}\n     vrrp vrid 30 virtual-ip 10.1.1.9 active\n"
    firewall(_member(0, "") + late)
    read = firewall(_member(1, "") + late.replace("active", "standby"))
    assert {one.number for one in read.redundancy.routers} == {20, 30}
