"""SecPath: `remote-backup group`, track entries and virtual routers."""

from __future__ import annotations

import pytest

from telemed_infra.packets import TCP, Family
from telemed_infra.parse.behaviour import SYNC_PLACE, FirewallBehaviour, PairPlace
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.redundancy import ALONE, Rank, StateSync, SyncKind, Tracked, VirtualRouter
from tests.parse.lines import accounted

PORT = "GigabitEthernet1/0/1"
GATEWAY, LOCAL6 = 0x0A010101, 0xFE80 << 112 | 1
GROUP = """#
remote-backup group
 local-ip 10.255.250.1
 remote-ip 10.255.250.2
 data-channel interface GigabitEthernet 1/0/9
"""


def on_port(*lines: str, before: str = "") -> FirewallBehaviour:
    block = "".join(f" {one}\n" for one in lines)
    read = parse_secpath(f"{before}interface {PORT}\n ip address 10.1.1.2 24\n{block}#\n")
    accounted(read)
    return read


def router(*lines: str, before: str = "") -> VirtualRouter:
    read = on_port(*lines, before=before)
    assert read.unread == ()
    (found,) = read.redundancy.routers
    return found


def sync(*lines: str, before: str = "") -> StateSync:
    read = parse_secpath(before + GROUP + "".join(f" {one}\n" for one in lines))
    assert read.unread == ()
    assert read.redundancy.sync is not None
    return read.redundancy.sync


def test_the_pair_says_who_has_the_address() -> None:
    found = router("vrrp vrid 20 virtual-ip 10.1.1.1 standby")
    assert found == VirtualRouter(PORT, Family.V4, 20, (GATEWAY,), Rank.STANDBY)


def test_times_are_hundredths_and_what_is_watched_is_an_entry() -> None:
    found = router(
        "vrrp vrid 10 virtual-ip 10.1.1.1",
        "vrrp vrid 10 priority 120",
        "vrrp vrid 10 preempt-mode delay 6000",
        "vrrp vrid 10 timer advertise 50",
        "vrrp vrid 10 track 1 priority reduced 30",
        "vrrp vrid 10 track 2 reduced",
        before="track 1 interface GE1/0/0\n#\ntrack 2 interface GigabitEthernet1/0/2 physical\n#\n",
    )
    assert (found.priority, found.preempt_s, found.advertised_ms) == (120, 60, 500)
    watched = {Tracked("GigabitEthernet1/0/0", 30), Tracked("GigabitEthernet1/0/2", 10)}
    assert found.tracked == watched


def test_sixty_is_less_than_a_second() -> None:
    read = on_port("vrrp vrid 1 virtual-ip 10.1.1.1", "vrrp vrid 1 preempt-mode delay 60")
    assert [one.text for one in read.unread] == ["vrrp vrid 1 preempt-mode delay 60"]


def test_ipv6_groups() -> None:
    found = router(
        "ipv6 address auto link-local",
        "vrrp ipv6 vrid 20 virtual-ip FE80::1 link-local",
        "vrrp ipv6 vrid 20 shutdown",
        "undo vrrp ipv6 vrid 20 shutdown",
    )
    assert (found.family, found.addresses, found.preempt_s) == (Family.V6, (LOCAL6,), 0)


@pytest.mark.parametrize(
    ("line", "preempt_s"),
    [("vrrp vrid 1 preempt-mode", 0), ("undo vrrp vrid 1 preempt-mode", None)],
)
def test_it_preempts_unless_told_not_to(line: str, preempt_s: int | None) -> None:
    assert router("vrrp vrid 1 virtual-ip 10.1.1.1", line).preempt_s == preempt_s


@pytest.mark.parametrize("line", ["vrrp vrid 1 shutdown", "shutdown"])
def test_what_is_down_answers_nobody(line: str) -> None:
    read = on_port("vrrp vrid 1 virtual-ip 10.1.1.1 active", line)
    assert read.unread == ()
    assert read.redundancy == ALONE
    assert read.pair_lines == {PairPlace(PORT, Family.V4, 1): 3}


@pytest.mark.parametrize(
    "line",
    [
        "vrrp vrid 1 track 9 reduced 30",  # no such entry
        "vrrp vrid 1 track 1 switchover",
        "vrrp vrid 1 track interface GigabitEthernet1/0/0 reduced 30",  # VRP's
        "vrrp vrid 1 preempt-mode timer delay 60",
        "vrrp vrid 1 authentication-mode md5 cipher x",
        "vrrp vrid 2 priority 120",
        "vrrp vrid 2 virtual-ip 10.2.2.2",
        "vrrp version 2",
    ],
)
def test_what_is_not_modelled_is_unread(line: str) -> None:
    read = on_port("vrrp vrid 1 virtual-ip 10.1.1.1", line, before="track 1 interface GE1/0/0\n#\n")
    assert [one.text for one in read.unread] == [line]


def test_balanced_groups_are_unread() -> None:
    assert [one.text for one in parse_secpath("vrrp mode load-balance\n").unread]


def test_what_holds_without_a_line() -> None:
    assert sync() == StateSync(
        kind=SyncKind.RBM,
        interface="GigabitEthernet1/0/9",
        own=0x0AFFFA01,
        remote=0x0AFFFA02,
        first=None,
        sessions=True,
        configuration=True,
        preempt_s=None,
    )


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("device-role primary", "first", True),
        ("device-role secondary", "first", False),
        ("undo hot-backup enable", "sessions", False),
        ("undo data-channel", "sessions", False),
        ("undo configuration auto-sync enable", "configuration", False),
        ("delay-time 2", "preempt_s", 120),
        ("adjust-cost bgp enable absolute", "routes_follow", True),
        ("adjust-cost bgp enable increment 1000", "routes_follow", True),
        ("adjust-cost ospf enable absolute", "routes_follow", False),
        ("track interface GE1/0/0", "tracked", {"GigabitEthernet1/0/0"}),
        ("track 3", "tracked", {"GigabitEthernet1/0/4"}),
        ("configuration sync-check interval 12", "preempt_s", None),
    ],
)
def test_lines_of_a_pair(line: str, field: str, value: object) -> None:
    entry = "track 3 interface GigabitEthernet1/0/4\n delay negative 5\n#\n"
    assert getattr(sync(line, before=entry), field) == value


@pytest.mark.parametrize("line", ["backup-mode dual-active", "track 4", "frobnicate",
                                  "delay-time 0", "local-ipv6 2001:db8::1",
                                  "adjust-cost bgp enable"])  # fmt: skip
def test_an_unknown_line_of_a_pair_is_unread(line: str) -> None:
    assert [one.text for one in parse_secpath(f"{GROUP} {line}\n").unread] == [line]


@pytest.mark.parametrize("missing", [" local-ip 10.255.250.1\n", " remote-ip 10.255.250.2\n"])
def test_without_a_channel_there_is_no_pair(missing: str) -> None:
    read = parse_secpath(GROUP.replace(missing, ""))
    assert read.redundancy.sync is None
    assert read.pair_lines == {SYNC_PLACE: 2}
    assert parse_secpath(f"{GROUP}#\nundo remote-backup group\n").redundancy == ALONE


def test_the_port_of_the_pair() -> None:
    assert parse_secpath(GROUP).pair_key == TCP << 16 | 60064
    moved = GROUP.replace("250.2", "250.2 port 50000")
    assert parse_secpath(moved).pair_key == TCP << 16 | 50000


def _member(number: int) -> str:
    word, role = (("active", "primary"), ("standby", "secondary"))[number]
    return f"""#
sysname FW{number}
#
security-zone name Trust
 import interface {PORT}
#
interface {PORT}
 ip address 10.1.1.{2 + number} 24
 vrrp vrid 20 virtual-ip 10.1.1.1 {word}
#
remote-backup group
 local-ip 10.255.250.{1 + number}
 remote-ip 10.255.250.{2 - number}
 device-role {role}
#
security-policy ip
 rule 0 name R
  action pass
"""


def test_the_second_member_is_read_as_if_alone() -> None:
    parse_secpath("#\nsysname OTHER\n")
    alone = parse_secpath(_member(1))
    parse_secpath("#\nsysname OTHER\n")
    first = parse_secpath(_member(0))
    after = parse_secpath(_member(1))
    assert after.chains is first.chains
    assert (after.redundancy, after.pair_lines) == (alone.redundancy, alone.pair_lines)
    assert after.redundancy != first.redundancy
    assert after.pair_lines == {PairPlace(PORT, Family.V4, 20): 9, SYNC_PLACE: 11}
