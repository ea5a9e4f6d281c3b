"""Sessions, their groups and their defaults, as a VRP router has them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import every_prefix, joined, prefixes_within
from telemed_infra.parse.routes import Bfd, Exchange, MaximumPrefix, RouteBehaviour, Session
from telemed_infra.parse.vrp import parse_vrp_routes
from tests.parse.vrp.route_texts import AGGREGATION, SCRIPT

PEER = "192.0.2.2"


def router(*lines: str, head: str = "bfd\n", tail: str = "") -> RouteBehaviour:
    """A router with one eBGP peer and these lines in its BGP view."""
    return parse_vrp_routes(
        "\n ".join([f"{head}bgp 65001", f"peer {PEER} as-number 65002", *lines]) + "\n" + tail
    )


def only(read: RouteBehaviour) -> Session:
    """The one session of a text that is read whole."""
    assert read.unread == ()
    (session,) = read.sessions
    return session


def session(*lines: str) -> Session:
    return only(router(*lines))


def exchange(*lines: str, tail: str = "") -> Exchange:
    (found,) = only(router(*lines, tail=tail)).exchanges
    return found


def peer(read: RouteBehaviour, name: str) -> Session:
    (found,) = (one for one in read.sessions if one.peer == name)
    return found


def test_defaults() -> None:
    one = session()
    assert (one.local_as, one.remote_as, one.external) == (65001, 65002, True)
    assert (one.keepalive_s, one.hold_s, one.connect_s) == (60, 180, 32)
    assert one.advertisement_s == 30
    assert (one.multihop, one.ttl_security, one.update_source) == (1, None, "")
    assert (one.key, one.bfd, one.shut, one.restarts_gracefully) == (None, None, False, False)
    (carried,) = one.exchanges
    assert carried.family is Family.V4
    assert (carried.filtered_in, carried.filtered_out) == (False, False)
    assert carried.maximum_prefix is None
    # Unlike FRR, no filter lets everything through.
    assert carried.accepts == every_prefix(Family.V4)
    assert not carried.sends_communities


def test_an_internal_peer_waits_half_as_long() -> None:
    read = parse_vrp_routes("bgp 65001\n peer 192.0.2.9 as-number 65001")
    assert only(read).advertisement_s == 15
    assert not only(read).external


def test_a_printed_router() -> None:
    read = parse_vrp_routes(AGGREGATION)
    assert read.unread == ()
    assert read.missing == ()
    assert read.unused == ()
    assert read.hostname == "AGG-R1"
    (process,) = read.routers
    assert (process.as_number, process.router_id) == (4201000000, "172.20.255.1")
    assert read.addresses == {
        "GigabitEthernet0/0/1": ("198.51.100.1/31",),
        "LoopBack0": ("172.20.255.1/32", "2001:db8:20::1/128"),
    }
    core = peer(read, "198.51.100.0")
    assert core.description == "core A, first router"
    assert core.bfd == Bfd(multiplier=4, receive_ms=300, transmit_ms=300)
    assert (core.keepalive_s, core.hold_s, core.connect_s) == (10, 30, 1)
    assert (core.advertisement_s, core.ttl_security, core.multihop) == (0, 1, 1)
    (carried,) = core.exchanges
    assert carried.maximum_prefix == MaximumPrefix(
        count=300, closes=True, reopens_s=300, warns_percent=80
    )
    assert carried.sends_communities
    told = joined(Family.V4, (one.prefixes for one in carried.announces))
    assert told == prefixes_within("172.16.0.0/12")
    # Node 20 asks for what nobody knows of a route: it may let anything in.
    assert carried.accepts == every_prefix(Family.V4)


def test_a_group_gives_what_a_member_does_not_say() -> None:
    read = parse_vrp_routes(AGGREGATION)
    head = peer(read, "172.20.9.2")
    assert head.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300)
    assert (head.remote_as, head.connect_s, head.advertisement_s) == (4201001000, 1, 0)
    assert (head.multihop, head.update_source) == (3, "LoopBack0")
    assert read.sources(head) == ("172.20.255.1",)
    (carried,) = head.exchanges
    assert carried.accepts == prefixes_within("172.20.0.0/16", 17, 19)
    assert carried.maximum_prefix == MaximumPrefix(count=4, closes=True, reopens_s=30)
    (default,) = carried.announces
    assert (default.source, default.prefixes) == ("default", prefixes_within("0.0.0.0/0"))
    assert not default.certain  # only while a core answers
    assert peer(read, "172.20.9.6").shut
    six = peer(read, "2001:db8:20::f")
    assert read.sources(six) == ("2001:db8:20::1",)
    assert (six.advertisement_s, six.connect_s) == (0, 32)
    (carried,) = six.exchanges
    assert carried.family is Family.V6
    assert [one.prefixes.witness() for one in carried.announces] == ["2001:db8:2000::/36"]


def test_a_typed_script() -> None:
    read = parse_vrp_routes(SCRIPT)
    one = only(read)
    assert (one.multihop, one.keepalive_s, one.hold_s) == (255, 3, 9)
    (carried,) = one.exchanges
    (told,) = carried.announces
    assert (told.source, str(told.prefixes), told.certain) == ("network", "10.1.0.0/16", False)
    assert read.addresses == {"GigabitEthernet0/0/1": ("192.0.2.1/30",)}
    (route,) = read.static_routes
    assert (route.prefix, route.target, route.discards) == ("10.1.0.0/16", "NULL0", True)
    assert [origin.family for origin in read.routers[0].origins] == [Family.V4, Family.V6]


@pytest.mark.parametrize(
    ("lines", "families"),
    [
        ((), [4]),
        ((f"undo peer {PEER} enable",), []),
        (("undo default ipv4-unicast",), []),
        (("undo default ipv4-unicast", "default ipv4-unicast"), [4]),
        (("undo default ipv4-unicast", "ipv4-family unicast", f" peer {PEER} enable"), [4]),
        (("ipv4-family unicast", f" undo peer {PEER} enable"), []),
        (("ipv6-family unicast", f" peer {PEER} enable"), [4, 6]),
    ],
)
def test_which_families_a_session_carries(lines: tuple[str, ...], families: list[int]) -> None:
    assert [int(one.family) for one in session(*lines).exchanges] == families


def test_an_ipv6_peer_carries_no_ipv4_by_default() -> None:
    read = parse_vrp_routes("bgp 65001\n peer 2001:db8::2 as-number 65002")
    assert only(read).exchanges == ()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("route-update-interval 0",), 0),
        (("route-update-interval 5",), 5),
        (("route-update-interval 0", "undo route-update-interval"), 30),
    ],
)
def test_advertisement_interval(lines: tuple[str, ...], expected: int) -> None:
    assert session(*said(lines)).advertisement_s == expected


def said(lines: tuple[str, ...]) -> list[str]:
    """`bfd enable` → `peer 192.0.2.2 bfd enable`; so with `undo`."""
    return [
        f"undo peer {PEER} {line[5:]}" if line.startswith("undo ") else f"peer {PEER} {line}"
        for line in lines
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("bfd enable",), (3, 1000, 1000)),
        (("bfd min-rx-interval 100", "bfd enable"), (3, 100, 1000)),
        (("bfd enable", "bfd detect-multiplier 5 min-tx-interval 50"), (5, 1000, 50)),
        (("bfd enable", "bfd min-rx-interval 100", "undo bfd min-rx-interval"), (3, 1000, 1000)),
        (("bfd min-rx-interval 100",), None),
        (("bfd enable", "undo bfd enable"), None),
    ],
)
def test_bfd(lines: tuple[str, ...], expected: tuple[int, int, int] | None) -> None:
    found = session(*said(lines)).bfd
    assert (found and (found.multiplier, found.receive_ms, found.transmit_ms)) == expected


def test_without_the_global_line_bfd_is_off() -> None:
    read = router(f"peer {PEER} bfd enable", head="")
    assert only(read).bfd is None
    assert [(one.line, one.name) for one in read.missing] == [(3, "bfd")]


def test_a_member_may_keep_out_of_its_groups_bfd() -> None:
    grouped = ("group G external", "peer G bfd enable", f"peer {PEER} group G")
    assert session(*grouped).bfd is not None
    assert session(*grouped, f"peer {PEER} bfd block").bfd is None


def test_a_key_is_there_and_never_its_value() -> None:
    for words in ("password simple hunter2", "password cipher %^%#xY9!#%^%#", "keychain KEYS"):
        one = session(f"peer {PEER} {words}")
        assert one.key is not None
        assert one.key.text == ""
    one = session(f"peer {PEER} password cipher vault:core-a")
    assert one.key is not None
    assert one.key.text == "vault:core-a"
    assert "vault" not in repr(one)
    assert session(f"peer {PEER} password simple x", f"undo peer {PEER} password").key is None


def test_a_secret_is_not_in_an_unread_line() -> None:
    read = router("peer 192.0.2.77 password simple hunter2")
    (unread,) = read.unread
    assert unread.text == "peer 192.0.2.77 password …"
    assert "hunter2" not in repr(read)


@pytest.mark.parametrize(
    ("lines", "multihop", "hops"),
    [
        (("ebgp-max-hop",), 255, None),
        (("ebgp-max-hop 2",), 2, None),
        (("valid-ttl-hops",), 1, 255),
        (("valid-ttl-hops 1",), 1, 1),
        (("valid-ttl-hops 1", "undo valid-ttl-hops", "ebgp-max-hop 4"), 4, None),
    ],
)
def test_how_far_a_peer_may_be(lines: tuple[str, ...], multihop: int, hops: int | None) -> None:
    one = session(*said(lines))
    assert (one.multihop, one.ttl_security) == (multihop, hops)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10", MaximumPrefix(count=10, closes=True, reopens_s=30)),
        ("10 90", MaximumPrefix(count=10, closes=True, reopens_s=30, warns_percent=90)),
        ("10 alert-only", MaximumPrefix(count=10, closes=False)),
        ("10 idle-forever", MaximumPrefix(count=10, closes=True)),
        ("10 50 idle-timeout 2",
         MaximumPrefix(count=10, closes=True, reopens_s=120, warns_percent=50)),
    ],
)  # fmt: skip
def test_a_limit_of_routes(words: str, expected: MaximumPrefix) -> None:
    assert exchange(f"peer {PEER} route-limit {words}").maximum_prefix == expected
    taken_back = (f"peer {PEER} route-limit {words}", f"undo peer {PEER} route-limit")
    assert exchange(*taken_back).maximum_prefix is None


def test_other_settings_of_a_session() -> None:
    one = session(*said((
        "ignore", "fake-as 65100", "connect-interface GigabitEthernet0/0/1 192.0.2.1",
        "log-change", "capability-advertise route-refresh",
    )))  # fmt: skip
    assert (one.shut, one.local_as, one.update_source) == (True, 65100, "192.0.2.1")
    assert not session(*said(("ignore", "undo ignore"))).shut
    assert session("graceful-restart").restarts_gracefully
    assert not session("graceful-restart", "undo graceful-restart").restarts_gracefully
    assert session("shutdown").shut
    assert session("timer connect-retry 5").connect_s == 5
    (carried,) = session(*said(("next-hop-invariable",))).exchanges
    assert carried.next_hop == "unchanged"
    (carried,) = session(*said(("next-hop-local", "undo next-hop-local"))).exchanges
    assert carried.next_hop == ""


def test_a_dotted_as_number() -> None:
    read = parse_vrp_routes("bgp 64103.27136\n peer 192.0.2.2 as-number 1.1")
    assert read.routers[0].as_number == 64103 << 16 | 27136
    assert only(read).remote_as == 65537


def test_a_block_may_be_opened_again_and_a_peer_removed() -> None:
    read = parse_vrp_routes(
        dedent("""
        bgp 65001
         peer 192.0.2.2 as-number 65002
        #
        bgp 65001
         peer 192.0.2.3 as-number 65003
         peer 192.0.2.2 description again
         peer 192.0.2.3 ip-prefix X import
         undo peer 192.0.2.3
        """)
    )
    assert only(read).description == "again"
    gone = parse_vrp_routes("bgp 65001\n peer 192.0.2.2 as-number 65002\n#\nundo bgp 65001\n")
    assert (gone.unread, gone.routers, gone.sessions) == ((), (), ())


UNREAD = {
    "a default metric": ("bgp 65001\n default med 5\n undo default local-preference", [2, 3]),
    "another process": ("bgp 65001\n#\nbgp 65009", [3]),
    "a peer nobody made": (f"bgp 65001\n peer {PEER} bfd enable", [2]),
    "a member without AS": ("bgp 65001\n group G external\n peer 192.0.2.2 group G", [3]),
    "another AS": (f"bgp 65001\n peer {PEER} as-number 2\n peer {PEER} as-number 3", [3]),
    "hops and hops": (
        "bgp 1\n group G\n peer G ebgp-max-hop 2\n peer G valid-ttl-hops 1",
        [4]),
    "an unknown keyword": (f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} allow-as-loop", [3]),
    "a session's word in a family": (
        f"bgp 1\n peer {PEER} as-number 2\n ipv4-family unicast\n  peer {PEER} ignore", [4]),
    "the other family's list": (
        f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} ipv6-prefix X import", [3]),
    "reflection": (f"bgp 1\n peer {PEER} as-number 1\n peer {PEER} reflect-client", [3]),
    "a VPN": ("bgp 1\n ipv4-family vpn-instance RED\n  peer 192.0.2.2 as-number 5", [2, 3]),
    "another protocol": ("ospf 1\n area 0\n  network 10.0.0.0 0.255.255.255", [1, 2, 3]),
    "summary automatic": ("bgp 1\n summary automatic", [2]),
    "no mask": ("bgp 1\n aggregate 10.0.0.0", [2]),
    "synchronization": ("bgp 1\n synchronization", [2]),
    "BGP's word outside": ("bgp 1\n#\n ip route-static 0.0.0.0", [3]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), UNREAD.values(), ids=UNREAD)
def test_what_is_not_modelled_is_unread(text: str, lines: list[int]) -> None:
    read = parse_vrp_routes(text)
    assert [one.line for one in read.unread] == lines
    assert all(one.why and one.text for one in read.unread)
