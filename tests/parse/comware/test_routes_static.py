"""Static routes of Comware texts, and what they follow."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.parse.comware import parse_comware_routes
from telemed_infra.parse.routes import StaticRoute
from tests.parse.comware.route_texts import FIREWALL, ROUTER


def routes(*lines: str) -> tuple[StaticRoute, ...]:
    read = parse_comware_routes("\n".join(lines))
    assert read.unread == ()
    return read.static_routes


def test_routes_of_a_printed_router() -> None:
    read = parse_comware_routes(ROUTER)
    found = [(one.vrf, one.prefix, one.target, one.preference, one.tag, one.watch)
             for one in read.static_routes]  # fmt: skip
    assert found == [
        ("", "172.16.0.0/12", "NULL0", 250, 0, ""),
        ("", "172.20.64.0/18", "172.20.9.2", 60, 77, "track 5"),
        ("MGMT", "0.0.0.0/0", "192.168.0.254", 60, 0, ""),
        ("", "2001:db8:2000::/36", "NULL0", 60, 0, ""),
    ]
    assert [one.discards for one in read.static_routes] == [True, False, False, True]
    assert [one.name for one in read.watches if one.runs] == ["track 5", "nqa admin head1"]


def test_routes_of_a_printed_firewall() -> None:
    found = parse_comware_routes(FIREWALL).static_routes
    assert [(one.prefix, one.target, one.preference) for one in found] == [
        ("0.0.0.0/0", "203.0.113.6", 70), ("172.20.0.0/17", "NULL0", 60),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10.0.0.0 8 192.0.2.1", ("10.0.0.0/8", "192.0.2.1", "")),
        ("10.9.9.9 255.0.0.0 192.0.2.1", ("10.0.0.0/8", "192.0.2.1", "")),
        ("0.0.0.0 0 gigabitethernet 1/0/1 192.0.2.1",
         ("0.0.0.0/0", "192.0.2.1", "GigabitEthernet1/0/1")),
        ("0.0.0.0 0 vlan10 192.0.2.1", ("0.0.0.0/0", "192.0.2.1", "Vlan-interface10")),
        ("10.0.0.0 8 Tunnel1", ("10.0.0.0/8", "Tunnel1", "")),
        ("10.0.0.0 8 NULL 0", ("10.0.0.0/8", "NULL0", "")),
        ("10.0.0.0 8 null0", ("10.0.0.0/8", "NULL0", "")),
    ],
)  # fmt: skip
def test_where_a_route_leads(words: str, expected: tuple[str, str, str]) -> None:
    (one,) = routes(f"ip route-static {words}")
    assert (one.prefix, one.target, one.interface) == expected


def test_options_in_any_order() -> None:
    (one,) = routes("ip route-static 10.0.0.0 8 192.0.2.1 tag 5 perm pref 7 description a tag 9")
    assert (one.preference, one.tag, one.permanent) == (7, 5, True)
    (one,) = routes("ip route-static default-preference 77", "ip route-static 10.0.0.0 8 NULL0")
    assert one.preference == 77
    (one,) = routes("ip route-static vpn X 10.0.0.0 8 192.0.2.1 track 3 preference 9")
    assert (one.vrf, one.watch, one.preference) == ("X", "track 3", 9)


def test_the_same_route_again_is_changed_and_another_way_is_another_route() -> None:
    one, other = routes(
        "ip route-static 10.0.0.0 8 192.0.2.1",
        "ip route-static 10.0.0.0 8 192.0.2.2 preference 100",
        "ip route-static 10.0.0.0 255.0.0.0 192.0.2.1 preference 5",
    )
    assert (one.target, one.preference, other.target) == ("192.0.2.1", 5, "192.0.2.2")


@pytest.mark.parametrize(
    ("undo", "left"),
    [
        ("10.0.0.0 8", ["192.0.2.9"]),
        ("10.0.0.0 8 192.0.2.1", ["192.0.2.2", "192.0.2.9"]),
        ("10.0.0.0 8 preference 60", ["192.0.2.2", "192.0.2.9"]),
    ],
)
def test_routes_are_taken_back(undo: str, left: list[str]) -> None:
    found = routes(
        "ip route-static 10.0.0.0 8 192.0.2.1",
        "ip route-static 10.0.0.0 8 192.0.2.2 preference 80",
        "ip route-static 11.0.0.0 8 192.0.2.9",
        f"undo ip route-static {undo}",
    )
    assert [one.target for one in found] == left


@pytest.mark.parametrize(
    "line",
    ["ip route-static 10.0.0.0 192.0.2.1", "ip route-static 10.0.0.0 8",
     "ip route-static 10.0.0.0/8 NULL0", "ip route-static 10.0.0.0 8 NULL0 preference 0",
     "ip route-static 10.0.0.0 8 NULL0 weight 5", "ip route-static 10.0.0.0 255.0.255.0 NULL0",
     "ip route-static 10.0.0.0 8 2001:db8::1", "ipv6 route-static 10.0.0.0 8 192.0.2.1",
     "ip route-static 10.0.0.0 8 192.0.2.1 track", "ip route-static",
     "ip route-static 10.0.0.0 8 192.0.2.1 track 2000",
     "ip route-static 10.0.0.0 8 192.0.2.1 p 5",
     "ip route-static vpn-instance", "undo ip route-static 10.0.0.0 8",
     "ip route-static 10.0.0.0 8 vpn-instance RED 192.0.2.1",
     "ip route-static vpn-instance RED 10.0.0.0 8 192.0.2.1 public",
     "ip route-static topology X 10.0.0.0 8 192.0.2.1",
     "ip route-static 10.0.0.0 8 GigabitEthernet1/0/1 192.0.2.1 backup-interface LoopBack0",
     "ip route-static fast-reroute auto"],
)  # fmt: skip
def test_what_is_not_modelled_or_refused_is_unread(line: str) -> None:
    read = parse_comware_routes(line)
    assert [one.line for one in read.unread] == [1]
    assert read.static_routes == ()


def test_an_undo_of_another_preference_takes_nothing_back() -> None:
    read = parse_comware_routes(
        "ip route-static 10.0.0.0 8 192.0.2.1\nundo ip route-static 10.0.0.0 8 preference 9"
    )
    assert [one.line for one in read.unread] == [2]
    assert len(read.static_routes) == 1


def test_a_track_entry_that_is_not_there_is_missing() -> None:
    read = parse_comware_routes("ip route-static 10.0.0.0 8 192.0.2.1 track 7")
    assert [(one.line, one.name) for one in read.missing] == [(1, "track 7")]


def test_a_test_runs_only_when_it_is_scheduled() -> None:
    text = dedent("""
        ip route-static 10.0.0.0 8 192.0.2.1 track 1
        ip route-static 11.0.0.0 8 192.0.2.1 track 2
        track 1 nqa entry admin icmp reaction 1
        track 2 interface GigabitEthernet1/0/1 protocol ipv4
        nqa entry admin icmp
         type icmp-echo
          destination ip 192.0.2.1
        #
    """)

    def runs(more: str) -> dict[str, bool]:
        read = parse_comware_routes(text + more)
        assert (read.unread, read.missing, read.unused) == ((), (), ())
        return {one.name: one.runs for one in read.watches if one.name.startswith("track")}

    assert runs("") == {"track 1": False, "track 2": True}
    schedule = "nqa schedule admin icmp start-time now lifetime forever\n"
    assert runs(schedule) == {"track 1": True, "track 2": True}
    assert runs(f"{schedule}undo nqa schedule admin icmp\n") == {"track 1": False, "track 2": True}
    assert parse_comware_routes(f"{schedule}{text}").watches[0].runs


def test_a_route_that_bfd_watches_brings_its_session_along() -> None:
    for mode in ("control-packet", "echo-packet", "control-packet bfd-source 192.0.2.9"):
        read = parse_comware_routes(
            f"ip route-static 10.0.0.0 8 GigabitEthernet1/0/1 192.0.2.1 bfd {mode} preference 9"
        )
        assert (read.unread, read.missing, read.unused) == ((), (), ())
        (one,) = read.static_routes
        assert (one.watch, one.preference) == ("bfd", 9)
        assert [(watch.name, watch.runs) for watch in read.watches] == [("bfd", True)]


def test_a_second_address_without_sub_takes_the_place_of_the_first() -> None:
    read = parse_comware_routes(
        "interface GigabitEthernet1/0/1\n ip address 192.0.2.1 30\n ip address 192.0.2.9 29 sub\n"
        " ip address 192.0.2.5 255.255.255.252\n ipv6 address 2001:db8::1/64\n"
    )
    assert read.addresses == {
        "GigabitEthernet1/0/1": ("192.0.2.9/29", "192.0.2.5/30", "2001:db8::1/64")
    }
