"""What is read, what is not, and how views nest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import Family
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.frr.engine import match
from telemed_infra.parse.frr.grammar import GRAMMAR
from telemed_infra.parse.routes import Bfd, MaximumPrefix, RouteBehaviour, Session
from tests.parse.frr.texts import EVERYTHING


def accounted(read: RouteBehaviour) -> None:
    unread = {one.line for one in read.unread}
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.effective) + len(read.inert) + len(unread) == read.lines


def session(text: str, peer: str = "10.0.0.1") -> Session:
    (found,) = (one for one in parse_frr(text).sessions if one.peer == peer)
    return found


def router(*lines: str) -> str:
    """A block with one eBGP neighbour."""
    return "\n".join(["router bgp 1", " neighbor 10.0.0.1 remote-as 2", *lines, ""])


def test_everything_is_read() -> None:
    read = parse_frr(EVERYTHING)
    assert read.unread == ()
    assert read.hostname == "edge"
    accounted(read)
    assert [one.name for one in read.missing] == []
    assert [one.name for one in read.unused] == ["ip prefix-list NONE"]
    assert read.addresses == {"lo": ("10.0.1.70/32",)}
    assert [(one.prefix, one.target) for one in read.static_routes] == [
        ("10.13.0.0/20", "Null0"),
        ("10.14.0.0/20", "blackhole"),
        ("2001:db8:1::/48", "2001:db8::1"),
    ]


def test_groups_and_defaults_are_put_in() -> None:
    one = session(EVERYTHING, "10.0.1.50")
    assert (one.local_as, one.remote_as, one.external) == (64514, 64512, True)
    assert (one.keepalive_s, one.hold_s, one.connect_s, one.advertisement_s) == (3, 9, 1, 0)
    assert (one.multihop, one.ttl_security, one.update_source) == (3, None, "10.0.100.71")
    assert one.bfd == Bfd(multiplier=5, receive_ms=100, transmit_ms=100)  # its own, not its group's
    assert session(EVERYTHING, "10.0.1.51").bfd == Bfd(
        multiplier=3, receive_ms=300, transmit_ms=300
    )
    assert one.key is not None
    assert one.key.text == "vault:bgp-key"
    assert not one.restarts_gracefully
    (exchange,) = one.exchanges
    assert exchange.maximum_prefix == MaximumPrefix(
        count=10, closes=True, reopens_s=300, warns_percent=80
    )
    assert not exchange.accepts
    six = session(EVERYTHING, "2001:db8:a00:ffe::32")
    assert [one.family for one in six.exchanges] == [Family.V6]
    assert six.exchanges[0].maximum_prefix == MaximumPrefix(count=5, closes=False)
    assert session(EVERYTHING, "2001:db8:a00:ffe::33").shut
    assert session(EVERYTHING, "10.5.0.0/24").dynamic


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (router(), []),  # eBGP without policy: silent, though active
        (router(" no bgp ebgp-requires-policy"), ["*"]),
        ("frr defaults datacenter\n" + router(), ["*"]),
        ("frr version 7.3\n" + router(), ["*"]),
        ("frr version 10.1\n" + router(), []),
        (router(" no bgp ebgp-requires-policy", " no bgp default ipv4-unicast"), None),
        (router(" no bgp ebgp-requires-policy", " no neighbor 10.0.0.1 activate"), None),
        (router(" no bgp default ipv4-unicast", " neighbor 10.0.0.1 activate",
                " no bgp ebgp-requires-policy"), ["*"]),
    ],
)  # fmt: skip
def test_defaults_of_frr(text: str, says: list[str] | None) -> None:
    exchanges = session(
        text.replace("router bgp 1", "router bgp 1\n redistribute connected")
    ).exchanges
    if says is None:
        assert exchanges == ()
    else:
        (exchange,) = exchanges
        assert bool(exchange.announces) == bool(says)
        assert bool(exchange.accepts) == bool(says)


def test_learned_routes_are_passed_on_to_others() -> None:
    text = router(
        " neighbor 10.0.0.2 remote-as 3", " neighbor 10.0.0.3 remote-as 1",
        " neighbor 10.0.0.4 remote-as 1", " no bgp ebgp-requires-policy",
        " neighbor 10.0.0.1 prefix-list P in", " neighbor 10.0.0.2 prefix-list N in",
        "exit", "ip prefix-list P permit 10.0.0.0/8", "ip prefix-list N deny any",
        "router bgp 1", " neighbor 10.0.0.3 prefix-list N in",
        " neighbor 10.0.0.4 prefix-list N in",
    )  # fmt: skip
    for peer, tells in (("10.0.0.1", 0), ("10.0.0.2", 1), ("10.0.0.3", 1)):
        (exchange,) = session(text, peer).exchanges
        assert [one.prefixes.witness() for one in exchange.announces] == ["10.0.0.0/8"] * tells
        assert not any(one.certain for one in exchange.announces)


def test_a_route_that_may_not_leave_is_not_announced() -> None:
    for community, told in (("no-export", 0), ("64514:1", 3)):
        text = router(
            " redistribute connected route-map M", " neighbor 10.0.0.1 prefix-list P out", "exit",
            "ip prefix-list P permit any", "route-map M permit 5", f" set community {community}",
        )  # fmt: skip
        text = text.replace("router bgp 1", "interface lo\nrouter bgp 1")
        (exchange,) = session(text).exchanges
        assert bool(exchange.announces) == bool(told)


def test_an_empty_list_is_none() -> None:
    """FRR lets it match or not, by its place: nothing is certain of it, and it is reported."""
    read = parse_frr(router(
        " redistribute connected", " neighbor 10.0.0.1 route-map M out", "exit",
        "ip prefix-list P description nothing", "route-map M permit 5",
        " match ip address prefix-list P",
    ))  # fmt: skip
    assert [one.name for one in read.missing] == ["ip prefix-list P"]
    (exchange,) = read.sessions[0].exchanges
    assert exchange.announces
    assert not any(one.certain for one in exchange.announces)


UNREAD = {
    "an abbreviation": "router bgp 1\n neigh 10.0.0.1 remote-as 2",
    "a number too large": "router bgp 1\n neighbor 10.0.0.1 remote-as 5000000000",
    "no such neighbour": "router bgp 1\n neighbor 10.0.0.1 timers connect 1",
    "a second AS": "router bgp 1\nrouter bgp 2",
    "an unknown family": "router bgp 1\n address-family l2vpn evpn",
    "a leak": "router bgp 1\n address-family ipv4 unicast\n  import vrf red",
    "prefix too long": "ip prefix-list X permit 10.0.0.0/33",
    "ge below": "ip prefix-list X permit 10.0.0.0/24 ge 20",
    "ge at": "ip prefix-list X permit 10.0.0.0/24 ge 24",
    "le below ge": "ip prefix-list X permit 10.0.0.0/8 ge 24 le 20",
    "the other family": "router bgp 1\n address-family ipv6\n  network 10.0.0.0/8",
    "a call": "route-map M permit 5\n call N",
    "backwards": "route-map M permit 5\n on-match goto 5",
    "a deny goes on": "route-map M deny 5\n on-match next",
    "two kinds of list": "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n"
    " neighbor 10.0.0.1 prefix-list P in\n neighbor 10.0.0.1 distribute-list D in",
    "an expression": "bgp as-path access-list L permit ^65000_",
    "a wildcard": "access-list L permit 10.0.0.0 0.0.0.255",
    "a length beyond the family": "ipv6 access-list L permit ::1/200 exact-match",
    "a view left twice": "exit",
    "a sign that does not print": "hostname a\x00b",
    "a metric of time": "route-map M permit 5\n set metric rtt",
    "vrf": "vrf red\n vni 5",
}


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_what_is_not_modelled_is_unread(text: str) -> None:
    read = parse_frr(text)
    assert read.unread
    accounted(read)


def test_a_block_that_is_not_known_hides_its_lines() -> None:
    """What stands in another protocol must not be taken for BGP's."""
    text = router("router ospf", " neighbor 10.0.0.9 remote-as 5", " redistribute static")
    read = parse_frr(text)
    assert [one.line for one in read.unread] == [3, 4, 5]
    assert [one.peer for one in read.sessions] == ["10.0.0.1"]
    text = router(" address-family l2vpn evpn", "  advertise-all-vni")
    assert [one.line for one in parse_frr(text).unread] == [3, 4]


def test_views_nest_by_commands_not_by_indentation() -> None:
    flat = "\n".join(line.strip() for line in EVERYTHING.split("\n"))
    read, again = parse_frr(EVERYTHING), parse_frr(flat)
    assert again.unread == ()
    assert again.sessions == read.sessions
    assert again.static_routes == read.static_routes


def test_a_secret_is_not_in_an_unread_line() -> None:
    (unread,) = parse_frr("router bgp 1\n neighbor 10.0.0.1 password s3cret").unread
    assert "s3cret" not in unread.text
    assert "s3cret" not in unread.why


@pytest.mark.parametrize(
    ("pattern", "line", "args"),
    [
        ("a (1-5) [b WORD] <x|y>", "a 5 b c y", ("5", "c", "y")),
        ("a (1-5) [b WORD] <x|y>", "a 5 x", ("5", "", "x")),
        ("a (1-5) [b WORD] <x|y>", "a 6 x", None),
        ("a LINE", "a b  c", ("b  c",)),
        ("a A.B.C.D", "a 10.0.0.256", None),
        ("a A.B.C.D/M", "a 10.0.0.1/32", ("10.0.0.1/32",)),
        ("a X:X::X:X", "a 10.0.0.1", None),
        ("a X:X::X:X/M", "a ::ffff:10.0.0.1/96", ("::ffff:10.0.0.1/96",)),
        ("a WORD", "a", None),
    ],
)
def test_patterns(pattern: str, line: str, args: tuple[str, ...] | None) -> None:
    assert match(pattern, line) == args


PATTERNS = sorted({row.pattern for view in GRAMMAR.values() for row in view.rows})
PLACES: dict[str, st.SearchStrategy[str]] = {
    "WORD": st.sampled_from(["A", "10.0.0.1", "::1", "lo", "CORE", "x" * 40, "10.0.0.0/8"]),
    "LINE": st.sampled_from(["a b", "10.0.0.0/8", "65000:1 additive", "^$", "none"]),
    "A.B.C.D": st.just("10.0.0.1"),
    "A.B.C.D/M": st.sampled_from(["10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0"]),
    "X:X::X:X": st.sampled_from(["::1", ":::", "1::2::3"]),
    "X:X::X:X/M": st.sampled_from(["::/0", "2001:db8::/32", "::1/200", ":::/5"]),
}


@st.composite
def commands(draw: st.DrawFn) -> str:
    """A command of some table, its places filled at random."""
    words = draw(st.sampled_from(PATTERNS)).replace("[", "").replace("]", "").split()
    filled: list[Any] = []
    for word in words:
        if word in PLACES:
            filled.append(draw(PLACES[word]))
        elif word[0] == "(":
            low, high = map(int, word[1:-1].split("-"))
            filled.append(str(draw(st.integers(low, high))))
        elif word[0] == "<":
            filled.append(draw(st.sampled_from(word[1:-1].split("|"))))
        else:
            filled.append(word)
    return " ".join(filled)


@given(st.lists(commands() | st.sampled_from(["exit", "end", "!", "router bgp 1"]), max_size=40))
def test_soup_of_commands(lines: list[str]) -> None:
    accounted(parse_frr("\n".join(lines)))


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(parse_frr(text))


def test_many_lines_take_time_in_proportion() -> None:
    text = "router bgp 1\n" + "\n".join(f" gibberish {number}" for number in range(20_000))
    assert len(parse_frr(text).unread) == 20_000


@pytest.mark.parametrize(
    ("lines", "next_hop", "sends"),
    [
        ((), "", True),
        ((" neighbor 10.0.0.1 next-hop-self force",), "self", True),
        ((" neighbor 10.0.0.1 next-hop-self", " no neighbor 10.0.0.1 next-hop-self"), "", True),
        ((" no neighbor 10.0.0.1 send-community",), "", False),
        ((" no neighbor 10.0.0.1 send-community extended",), "", True),
        ((" no neighbor 10.0.0.1 send-community both", " neighbor 10.0.0.1 send-community"),
         "", True),
    ],
)  # fmt: skip
def test_what_is_told_with_a_route(lines: tuple[str, ...], next_hop: str, sends: bool) -> None:
    (exchange,) = session(router(*lines)).exchanges
    assert (exchange.next_hop, exchange.sends_communities) == (next_hop, sends)
