"""Static routes, and what they watch."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.parse.routes import Bfd, RouteBehaviour, StaticRoute, Watch
from telemed_infra.parse.vrp import parse_vrp_routes
from tests.parse.vrp.route_texts import AGGREGATION, FIREWALL


def routes(*lines: str) -> tuple[StaticRoute, ...]:
    read = parse_vrp_routes("\n".join(lines))
    assert read.unread == ()
    return read.static_routes


def summary(read: RouteBehaviour) -> list[tuple[str, str, str, str]]:
    return [(one.vrf, one.prefix, one.target, one.watch) for one in read.static_routes]


def test_routes_of_a_printed_router() -> None:
    read = parse_vrp_routes(AGGREGATION)
    assert summary(read) == [
        ("", "172.16.0.0/12", "NULL0", ""),
        ("", "172.20.64.0/18", "172.20.9.2", "bfd-session HEAD1"),
        ("default", "0.0.0.0/0", "192.168.0.254", ""),
        ("", "2001:db8:2000::/36", "NULL0", ""),
    ]
    null, tagged, *_ = read.static_routes
    assert (null.preference, null.discards) == (250, True)
    assert (tagged.preference, tagged.tag, tagged.discards) == (60, 77, False)
    assert read.watches == (
        Watch(
            line=115,
            name="bfd-session HEAD1",
            peer="172.20.9.2",
            runs=True,
            bfd=Bfd(multiplier=3, receive_ms=300, transmit_ms=300),
        ),
    )


def test_routes_of_a_printed_firewall() -> None:
    read = parse_vrp_routes(FIREWALL)
    assert (read.unread, read.missing) == ((), ())
    assert summary(read) == [
        ("", "0.0.0.0/0", "203.0.113.6", "ip-link carrier"),
        ("", "172.20.0.0/17", "NULL0", ""),
    ]
    (watch,) = read.watches
    assert (watch.name, watch.peer, watch.runs) == ("ip-link carrier", "203.0.113.6", True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10.0.0.0 8 192.0.2.1", ("10.0.0.0/8", "192.0.2.1", "")),
        ("10.9.9.9 255.0.0.0 192.0.2.1", ("10.0.0.0/8", "192.0.2.1", "")),
        ("0.0.0.0 0 gigabitethernet 0/0/1 192.0.2.1",
         ("0.0.0.0/0", "192.0.2.1", "GigabitEthernet0/0/1")),
        ("10.0.0.0 8 Tunnel0/0/1", ("10.0.0.0/8", "Tunnel0/0/1", "")),
        ("10.0.0.0 8 NULL 0", ("10.0.0.0/8", "NULL0", "")),
    ],
)  # fmt: skip
def test_where_a_route_leads(words: str, expected: tuple[str, str, str]) -> None:
    (one,) = routes(f"ip route-static {words}")
    assert (one.prefix, one.target, one.interface) == expected


def test_options_in_any_order() -> None:
    (one,) = routes(
        "ip route-static 10.0.0.0 8 192.0.2.1 tag 5 permanent preference 7 description a tag 9"
    )
    assert (one.preference, one.tag, one.permanent) == (7, 5, True)
    (one,) = routes("bfd", "quit", "ip route-static 10.0.0.0 8 192.0.2.1 bfd enable")
    assert one.watch == "bfd"
    (one,) = routes("ip route-static 10.0.0.0 8 192.0.2.1 track nqa admin icmp1 preference 9",
                    "nqa test-instance admin icmp1", "#")  # fmt: skip
    assert (one.watch, one.preference) == ("nqa admin icmp1", 9)
    (one,) = routes("ip route-static default-preference 77", "ip route-static 10.0.0.0 8 NULL0")
    assert one.preference == 77


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
        ("10.0.0.0 8 192.0.2.1 preference 60", ["192.0.2.2", "192.0.2.9"]),
    ],
)
def test_routes_are_taken_back(undo: str, left: list[str]) -> None:
    found = routes(
        "ip route-static 10.0.0.0 8 192.0.2.1",
        "ip route-static 10.0.0.0 8 192.0.2.2",
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
     "ip route-static 10.0.0.0 8 192.0.2.1 track efm-state X", "ip route-static",
     "ip route-static vpn-instance", "undo ip route-static 10.0.0.0 8",
     "ip route-static 10.0.0.0 8 vpn-instance RED 192.0.2.1"],
)  # fmt: skip
def test_what_a_device_would_refuse_is_unread(line: str) -> None:
    read = parse_vrp_routes(line)
    assert [one.line for one in read.unread] == [1]
    assert read.static_routes == ()


def test_a_watch_that_is_not_there_is_missing() -> None:
    read = parse_vrp_routes(
        dedent("""
        ip route-static 10.0.0.0 8 192.0.2.1 track bfd-session GONE
        ip route-static 11.0.0.0 8 192.0.2.1 track nqa a b
        ip route-static 12.0.0.0 8 192.0.2.1 bfd enable
    """)
    )
    assert [one.name for one in read.missing] == ["bfd-session GONE", "nqa a b", "bfd"]


def test_watches_run_only_when_told() -> None:
    text = dedent("""
        bfd
        #
        bfd ONE bind peer-ip 192.0.2.1 source-ip 192.0.2.2
         discriminator local 1
        #
        nqa test-instance admin icmp1
         test-type icmp
         destination-address ipv4 192.0.2.1
         frequency 5
        #
        ip route-static 10.0.0.0 8 192.0.2.1 track bfd-session ONE
        ip route-static 11.0.0.0 8 192.0.2.1 track nqa admin icmp1
    """)
    read = parse_vrp_routes(text)
    assert (read.unread, read.missing, read.unused) == ((), (), ())
    assert [(one.name, one.peer, one.runs) for one in read.watches] == [
        ("bfd-session ONE", "192.0.2.1", False),
        ("nqa admin icmp1", "192.0.2.1", False),
    ]
    ended = f"{text}nqa test-instance admin icmp1\n start now\n#\nbfd ONE\n commit\n"
    assert [one.runs for one in parse_vrp_routes(ended).watches] == [True, True]
    stopped = f"{ended}nqa test-instance admin icmp1\n stop\n#\nundo bfd ONE\n"
    read = parse_vrp_routes(stopped)
    assert [one.runs for one in read.watches] == [False]
    assert [one.name for one in read.missing] == ["bfd-session ONE"]
