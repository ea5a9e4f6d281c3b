"""Sessions of Comware texts: what a line says, what silence means, what is taken back."""

from __future__ import annotations

import pytest

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.comware import parse_comware_routes
from telemed_infra.parse.prefixes import prefixes_within
from telemed_infra.parse.routes import Bfd, Exchange, MaximumPrefix, RouteBehaviour, Session
from tests.parse.comware.route_texts import FIREWALL, ROUTER, SCRIPT

PEER = "192.0.2.2"
PORT = "interface GigabitEthernet1/0/1\n ip address 192.0.2.1 30\n{}\n#\n"


def router(*lines: str, head: str = "", tail: str = "") -> RouteBehaviour:
    """A process with one external peer and further lines of the block."""
    block = "\n ".join([f"bgp 65001\n peer {PEER} as-number 65002", *lines])
    return parse_comware_routes(f"{head}{block}\n#\n{tail}\n")


def only(read: RouteBehaviour) -> Session:
    assert read.unread == ()
    (session,) = read.sessions
    return session


def session(*lines: str, head: str = "") -> Session:
    return only(router(*lines, head=head))


def exchange(*lines: str, tail: str = "") -> Exchange:
    """What the peer carries in IPv4, with lines of its family's view."""
    view = ["address-family ipv4 unicast", f" peer {PEER} enable", *(f" {one}" for one in lines)]
    (found,) = only(router(*view, tail=tail)).exchanges
    return found


def peer(read: RouteBehaviour, name: str) -> Session:
    (found,) = [one for one in read.sessions if one.peer == name]
    return found


def test_defaults() -> None:
    found = session()
    assert (found.local_as, found.remote_as, found.external) == (65001, 65002, True)
    assert (found.keepalive_s, found.hold_s, found.connect_s) == (60, 180, 32)
    assert (found.advertisement_s, found.multihop, found.ttl_security) == (30, 1, None)
    assert (found.bfd, found.key, found.shut, found.restarts_gracefully) == (
        None, None, False, False,
    )  # fmt: skip
    assert (found.update_source, found.description) == ("", "")


def test_no_family_without_a_line() -> None:
    """Not even IPv4 unicast, unlike on VRP."""
    assert session().exchanges == ()
    assert session("address-family ipv4 unicast").exchanges == ()
    gone = session("address-family ipv4", f" peer {PEER} enable", f" undo peer {PEER} enable")
    assert gone.exchanges == ()


def test_what_a_session_without_filters_carries() -> None:
    found = exchange()
    assert (found.filtered_in, found.filtered_out) == (False, False)
    assert found.accepts == prefixes_within("0.0.0.0/0", 0, 32)
    assert found.announces == ()
    assert found.maximum_prefix is None
    assert (found.default_route, found.next_hop, found.sends_communities) == (None, "", False)


def test_an_internal_peer_waits_half_as_long() -> None:
    read = parse_comware_routes("bgp 65001\n peer 192.0.2.9 as-number 65001")
    assert only(read).advertisement_s == 15


def test_a_printed_router() -> None:
    read = parse_comware_routes(ROUTER)
    assert (read.unread, read.missing, read.unused) == ((), (), ())
    assert read.hostname == "AGG-R1"
    (process,) = read.routers
    assert (process.as_number, process.router_id) == (4200050000, "10.255.0.9")
    assert read.addresses == {
        "LoopBack0": ("10.255.0.1/32",),
        "GigabitEthernet0/1": ("198.51.100.1/31", "2001:db8:10::1/127"),
        "GigabitEthernet0/2": ("172.20.9.1/30", "172.20.9.5/30"),
    }
    core = peer(read, "198.51.100.0")
    assert (core.remote_as, core.description, core.connect_s) == (64512, "core A", 5)
    assert (core.keepalive_s, core.hold_s, core.ttl_security) == (3, 9, 1)
    assert core.bfd == Bfd(multiplier=4, receive_ms=250, transmit_ms=200)
    assert core.key is not None
    assert core.key.text == ""
    (four,) = core.exchanges
    assert four.maximum_prefix == MaximumPrefix(
        count=300, closes=True, reopens_s=60, warns_percent=80
    )
    assert {one.source for one in four.announces if one.prefixes} == {"aggregate", "learned"}
    six = peer(read, "2001:db8:10::")
    assert [one.family for one in six.exchanges] == [Family.V6]
    assert (six.keepalive_s, six.hold_s) == (10, 30)


def test_a_group_gives_what_a_member_does_not_say() -> None:
    read = parse_comware_routes(ROUTER)
    for name, number, shut in (
        ("172.20.9.2", 4200050001, False), ("172.20.9.6", 4200050002, True),
    ):  # fmt: skip
        found = peer(read, name)
        assert (found.remote_as, found.shut, found.advertisement_s) == (number, shut, 0)
        assert found.bfd == Bfd(multiplier=5, receive_ms=1000, transmit_ms=1000)
        (four,) = found.exchanges
        assert not four.accepts
        assert four.default_route is not None
        assert (four.default_route.any_of, four.default_route.all_of) == ((), ())


def test_a_neighbour_far_away_has_the_times_of_the_system() -> None:
    inside = peer(parse_comware_routes(ROUTER), "10.255.0.2")
    assert (inside.external, inside.update_source) == (False, "LoopBack0")
    assert inside.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300)
    (four,) = inside.exchanges
    assert (four.next_hop, four.sends_communities) == ("self", True)


def test_a_typed_script() -> None:
    read = parse_comware_routes(SCRIPT)
    found = only(read)
    assert (found.multihop, found.advertisement_s, found.update_source) == (255, 0, "LoopBack0")
    assert (found.keepalive_s, found.hold_s) == (3, 9)
    assert read.sources(found) == ("10.0.0.1",)
    (four,) = found.exchanges
    assert four.maximum_prefix is not None
    assert not four.maximum_prefix.closes
    assert {one.family for one in read.routers[0].origins} == set(FAMILIES)
    (told,) = four.announces
    assert told.prefixes == prefixes_within("10.1.0.0/16")
    assert [(one.prefix, one.target, one.preference) for one in read.static_routes] == [
        ("10.1.0.0/16", "NULL0", 60)
    ]


def test_a_printed_firewall() -> None:
    read = parse_comware_routes(FIREWALL)
    found = only(read)
    assert (read.missing, read.unused) == ((), ())
    assert found.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300)
    assert read.routers[0].router_id == "10.8.1.1"


FAST = " bfd min-receive-interval 300\n bfd min-transmit-interval 400\n bfd detect-multiplier 3"
FAR = "bfd multi-hop min-receive-interval 500\nbfd multi-hop detect-multiplier 6\n"


@pytest.mark.parametrize(
    ("lines", "port", "expected"),
    [
        ((), FAST, None),
        ((f"peer {PEER} bfd",), "", (5, 1000, 1000)),
        ((f"peer {PEER} bfd",), FAST, (3, 300, 400)),
        ((f"peer {PEER} bfd sin",), FAST, (3, 300, 400)),
        ((f"peer {PEER} bfd multi-hop",), FAST, (6, 500, 1000)),
        ((f"peer {PEER} bfd", f"peer {PEER} ebgp-max-hop 2"), FAST, (6, 500, 1000)),
        ((f"peer {PEER} bfd", f"undo peer {PEER} bfd"), FAST, None),
        ((f"peer {PEER} bfd",), f"{FAST}\n undo bfd detect-multiplier", (5, 300, 400)),
        ((f"peer {PEER} bfd",), f"{FAST}\n ip binding vpn-instance X", (6, 500, 1000)),
    ],
)
def test_bfd(lines: tuple[str, ...], port: str, expected: tuple[int, int, int] | None) -> None:
    found = session(*lines, head=FAR + PORT.format(port)).bfd
    assert (found and (found.multiplier, found.receive_ms, found.transmit_ms)) == expected


@pytest.mark.parametrize("word", ["simple", "cipher", "SIM"])
def test_a_key_is_there_and_never_its_value(word: str) -> None:
    found = session(f"peer {PEER} password {word} abracadabra")
    assert found.key is not None
    assert found.key.text == ""
    assert "abracadabra" not in repr(found)
    by_reference = session(f"peer {PEER} pass {word} vault:bgp-a-b")
    assert by_reference.key is not None
    assert by_reference.key.text == "vault:bgp-a-b"
    assert "bgp-a-b" not in repr(by_reference)
    assert session(f"peer {PEER} keychain K").key is not None
    assert session(f"peer {PEER} keychain K", f"undo peer {PEER} keychain").key is None


@pytest.mark.parametrize(
    "line",
    [
        f"peer {PEER} pass simpel abracadabra",
        f"peer {PEER} pasword simple abracadabra",
        f"PEER {PEER} PASSWORD PLAIN abracadabra",
        f"peer {PEER} key abracadabra twice",
        f"peer {PEER} keychian simple abracadabra",
        f"peer {PEER} pwd sim abracadabra",
        "bfd multi-hop authentication-mode simple 1 plain abracadabra",
        f"undo peer {PEER} password abracadabra simple abracadabra",
        "peer 192.0.2.99 password cipher abracadabra",
    ],
)
def test_a_secret_is_in_no_unread_line(line: str) -> None:
    read = router(line)
    assert read.unread
    assert "abracadabra" not in repr(read)


@pytest.mark.parametrize(
    ("lines", "multihop", "hops"),
    [
        ((f"peer {PEER} ebgp-max-hop",), 255, None),
        ((f"peer {PEER} ebgp-max-hop 3",), 3, None),
        ((f"peer {PEER} ttl-security hops 1",), 1, 1),
        ((f"peer {PEER} ttl h 20",), 1, 20),
        ((f"peer {PEER} ttl-security hops 1", f"undo peer {PEER} ttl-security"), 1, None),
    ],
)
def test_how_far_a_peer_may_be(lines: tuple[str, ...], multihop: int, hops: int | None) -> None:
    found = session(*lines)
    assert (found.multihop, found.ttl_security) == (multihop, hops)


@pytest.mark.parametrize(
    ("words", "closes", "reopens", "percent"),
    [
        ("50", True, None, 75),
        ("50 90", True, None, 90),
        ("50 alert-only", False, None, 75),
        ("50 discard 60", False, None, 60),
        ("50 60 discard", False, None, 60),
        ("50 reconnect 30", True, 30, 75),
        ("50 90 rec 30", True, 30, 90),
    ],
)
def test_a_limit_of_routes(words: str, closes: bool, reopens: int | None, percent: int) -> None:
    assert exchange(f"peer {PEER} route-limit {words}").maximum_prefix == MaximumPrefix(
        count=50, closes=closes, reopens_s=reopens, warns_percent=percent
    )


def test_settings_are_taken_back() -> None:
    lines = ("timer connect-retry 1", "timer keepalive 3 hold 9", "route-update-interval 0",
             "ignore", "description x", "fake-as 7", "connect-interface LoopBack 0")  # fmt: skip
    said = [f"peer {PEER} {one}" for one in lines]
    undone = [f"undo peer {PEER} {one}" for one in (
        "timer connect-retry", "timer keepalive hold", "route-update-interval", "ignore",
        "description", "fake-as", "connect-interface",
    )]  # fmt: skip
    full = session(*said)
    assert (full.connect_s, full.keepalive_s, full.hold_s) == (1, 3, 9)
    assert (full.advertisement_s, full.shut, full.local_as) == (0, True, 7)
    assert session(*said, *undone) == session()


def test_settings_of_a_family_are_taken_back() -> None:
    said = ("route-limit 9", "next-hop-local", "advertise-community", "default-route-advertise",
            "prefix-list P import", "route-policy R export", "as-path-acl 3 import")  # fmt: skip
    undone = ("route-limit", "next-hop-local", "advertise-community", "default-route-advertise",
              "prefix-list import", "route-policy R export", "as-path-acl 3 import")  # fmt: skip
    lines = [f"peer {PEER} {one}" for one in said]
    full = exchange(*lines)
    assert full.filtered_in
    assert full.filtered_out
    assert exchange(*lines, *(f"undo peer {PEER} {one}" for one in undone)) == exchange()


def test_a_family_is_removed_with_all_that_stands_in_it() -> None:
    view = ["address-family ipv4", f" peer {PEER} enable", " network 10.0.0.0 255.0.0.0"]
    read = router(*view, "undo address-family ipv4 unicast")
    assert only(read).exchanges == ()
    assert read.routers[0].origins == ()


def test_a_process_and_a_peer_are_removed() -> None:
    assert parse_comware_routes("bgp 1\n peer 192.0.2.2 as-number 2\n#\nundo bgp\n").routers == ()
    assert router(f"undo peer {PEER}").sessions == ()


def test_all_peers_are_ignored() -> None:
    assert session("ignore all-peers").shut
    assert not session("ignore all-peers", "undo ignore all-peers").shut


def test_a_global_router_id() -> None:
    read = router(head="router id 10.9.9.9\n")
    assert read.routers[0].router_id == "10.9.9.9"


ONE = f"bgp 1\n peer {PEER} as-number 2"
UNREAD = {
    "another peer's line": f"bgp 1\n peer {PEER} bfd",
    "a word that nobody knows": f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} frobnicate",
    "a shortened word that means two": f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} t 3",
    "peers of a network": "bgp 1\n peer 192.0.2.0 24 as-number 2",
    "a filter in the BGP view": f"{ONE}\n peer {PEER} prefix-list A import",
    "a network in the BGP view": "bgp 1\n network 10.0.0.0 255.0.0.0",
    "reflection": f"{ONE}\n address-family ipv4\n  peer {PEER} reflect-client",
    "another family": "bgp 1\n address-family vpnv4",
    "multicast": "bgp 1\n address-family ipv4 multicast",
    "another table": "bgp 1\n ip vpn-instance X",
    "an instance": "bgp 1 instance x",
    "a default metric": "bgp 1\n address-family ipv4\n  default med 5",
    "a default preference": "bgp 1\n address-family ipv4\n  default local-preference 5",
    "both hops": f"{ONE}\n peer {PEER} ebgp-max-hop\n peer {PEER} ttl hops 1",
    "an AS again": f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} as-number 3",
    "a second AS of our own": "bgp 1\n#\nbgp 2",
    "a hold time of two": f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} timer keepalive 1 hold 2",
    "two limits": f"bgp 1\n peer {PEER} as-number 2\n address-family ipv4\n  peer {PEER} "
                  "route-limit 5 discard alert-only",
    "other protocols": "ospf 1",
    "policies of own packets": "ip local policy-based-route X",
    "BFD with keys": "bfd multi-hop authentication-mode simple 1 plain x",
    "routes of OSPF": "bgp 1\n address-family ipv4\n  import-route ospf 1",
    "no process": f"bgp 1\n undo peer {PEER}",
}  # fmt: skip


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_what_is_not_modelled_is_unread(text: str) -> None:
    read = parse_comware_routes(text)
    last = text.count("\n") + 1
    assert [one.line for one in read.unread] == [last]
    assert read.unread[0].why


def test_what_hangs_below_an_unread_line_is_unread() -> None:
    text = (
        "bgp 1\n address-family vpnv4\n  peer 192.0.2.2 enable\n#\n"
        "ospf 1\n area 0\n  network 1.1.1.1 0.0.0.0"
    )
    assert [one.line for one in parse_comware_routes(text).unread] == [2, 3, 5, 6, 7]


def test_the_order_of_blocks_says_nothing() -> None:
    blocks = [
        block for block in ROUTER.removesuffix("return\n").split("\n#\n") if block.strip("#\n")
    ]
    turned = "\n#\n".join(reversed(blocks))
    one, other = parse_comware_routes(ROUTER), parse_comware_routes(turned)
    assert other.unread == ()
    assert {each.peer: each.bfd for each in one.sessions} == {
        each.peer: each.bfd for each in other.sessions
    }
    found = [{(each.peer, part.family): (part.accepts, part.announces) for each in read.sessions
              for part in each.exchanges} for read in (one, other)]  # fmt: skip
    assert found[0] == found[1]
    assert {each.name: each.runs for each in one.watches} == {
        each.name: each.runs for each in other.watches
    }
