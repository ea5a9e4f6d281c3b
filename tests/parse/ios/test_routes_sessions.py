"""Sessions, their groups and their defaults, as an IOS router has them."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import every_prefix
from telemed_infra.parse.routes import (
    MaximumPrefix,
    Missing,
)
from tests.parse.ios.route_texts import (
    PEER,
    exchange,
    peer,
    refused,
    router,
    routes,
    session,
    text,
    whole,
)


def test_defaults() -> None:
    one = session()
    assert (one.local_as, one.remote_as, one.external) == (65001, 65002, True)
    assert (one.keepalive_s, one.hold_s, one.connect_s) == (60, 180, 35)
    assert one.advertisement_s == 30
    assert (one.multihop, one.ttl_security, one.update_source) == (1, None, "")
    assert (one.key, one.bfd, one.shut, one.restarts_gracefully) == (None, None, False, False)
    assert (one.vrf, one.dynamic, one.description) == ("", False, "")
    (carried,) = one.exchanges
    assert carried.family is Family.V4
    assert (carried.filtered_in, carried.filtered_out) == (False, False)
    assert (carried.maximum_prefix, carried.default_route, carried.next_hop) == (None, None, "")
    # Unlike FRR, no filter lets everything through.
    assert carried.accepts == every_prefix(Family.V4)
    assert not carried.sends_communities


def test_an_internal_neighbour_is_told_at_once() -> None:
    read = router("neighbor 192.0.2.9 remote-as 65001", "neighbor 192.0.2.9 next-hop-self")
    one = peer(read, "192.0.2.9")
    assert (one.advertisement_s, one.external) == (0, False)
    assert one.exchanges[0].next_hop == "self"


def test_a_session_with_everything() -> None:
    one = session(
        "bgp router-id 10.255.0.1",
        "bgp log-neighbor-changes",
        "timers bgp 10 30",
        f"neighbor {PEER} description to the core, circuit 7",
        f"neighbor {PEER} password vault:BGP-CORE",
        f"neighbor {PEER} ttl-security hops 1",
        f"neighbor {PEER} update-source Loopback 0",
        f"neighbor {PEER} timers 3 9",
        f"neighbor {PEER} advertisement-interval 0",
        f"neighbor {PEER} local-as 65009 no-prepend replace-as",
        f"neighbor {PEER} ha-mode graceful-restart",
        f"neighbor {PEER} maximum-prefix 200 80 restart 5",
        f"neighbor {PEER} send-community both",
        f"neighbor {PEER} soft-reconfiguration inbound",
    )
    assert one.description == "to the core, circuit 7"
    assert one.key is not None
    assert one.key.text == "vault:BGP-CORE"
    assert (one.ttl_security, one.update_source, one.local_as) == (1, "Loopback0", 65009)
    assert (one.keepalive_s, one.hold_s, one.advertisement_s) == (3, 9, 0)
    assert one.restarts_gracefully
    (carried,) = one.exchanges
    assert carried.maximum_prefix == MaximumPrefix(
        count=200, closes=True, reopens_s=300, warns_percent=80
    )
    assert carried.sends_communities


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("maximum-prefix 10", MaximumPrefix(count=10, closes=True)),
        ("maximum-prefix 10 90", MaximumPrefix(count=10, closes=True, warns_percent=90)),
        ("maximum-prefix 10 warning-only", MaximumPrefix(count=10, closes=False)),
        ("maximum-prefix 10 restart 1", MaximumPrefix(count=10, closes=True, reopens_s=60)),
    ],
)
def test_limits_of_prefixes(line: str, limit: MaximumPrefix) -> None:
    assert exchange(f"neighbor {PEER} {line}").maximum_prefix == limit


@pytest.mark.parametrize(
    ("words", "text_of"),
    [("vault:K", "vault:K"), ("7 vault:K", "vault:K"), ("s3cret", ""), ("7 08224559", "")],
)
def test_a_key_is_kept_as_a_reference_only(words: str, text_of: str) -> None:
    one = session(f"neighbor {PEER} password {words}")
    assert one.key is not None
    assert one.key.text == text_of
    assert session(f"neighbor {PEER} password x", f"no neighbor {PEER} password").key is None


def test_a_finding_does_not_show_a_key() -> None:
    (found,) = routes(text("neighbor 192.0.2.77 password s3cret")).unread
    assert "s3cret" not in found.text


def test_which_communities_are_sent() -> None:
    for words, sends in (("", True), (" both", True), (" standard", True), (" extended", False)):
        assert exchange(f"neighbor {PEER} send-community{words}").sends_communities is sends, words


def test_what_is_taken_back_is_gone() -> None:
    for on, off in (
        ("ebgp-multihop 3", "ebgp-multihop"),
        ("ttl-security hops 2", "ttl-security hops 2"),
        ("shutdown", "shutdown"),
        ("timers 3 9", "timers"),
        ("advertisement-interval 0", "advertisement-interval 0"),
        ("update-source Lo0", "update-source Lo0"),
        ("local-as 65009", "local-as 65009"),
        ("next-hop-self", "next-hop-self"),
        ("send-community", "send-community"),
        ("maximum-prefix 10", "maximum-prefix 10"),
        ("default-originate", "default-originate"),
        ("description x y", "description"),
        ("prefix-list N in", "prefix-list N in"),
    ):
        changed, back = f"neighbor {PEER} {on}", f"no neighbor {PEER} {off}"
        assert session(changed) != session(), on
        assert session(changed, back) == session(), on


def test_a_neighbour_that_is_far() -> None:
    assert session(f"neighbor {PEER} ebgp-multihop").multihop == 255
    assert session(f"neighbor {PEER} ebgp-multihop 3").multihop == 3


def test_families() -> None:
    read = router(
        "no bgp default ipv4-unicast",
        "neighbor 2001:DB8::2 remote-as 65002",
        "address-family ipv4",
        f" neighbor {PEER} activate",
        " neighbor 2001:DB8::2 activate",
        " no neighbor 2001:DB8::2 activate",
        "exit-address-family",
        "!",
        "address-family ipv6",
        " neighbor 2001:DB8::2 activate",
        " neighbor 2001:DB8::2 prefix-list P6 in",
        " network 2001:DB8:1::/48",
        "exit-address-family",
        tail="ipv6 prefix-list P6 permit 2001:DB8::/32 le 48",
    )
    four, six = peer(read, PEER), peer(read, "2001:db8::2")
    assert [one.family for one in four.exchanges] == [Family.V4]
    (carried,) = six.exchanges
    assert carried.family is Family.V6
    assert carried.filtered_in
    assert [(one.family, one.source) for one in read.routers[0].origins] == [(Family.V6, "network")]


def test_by_default_every_neighbour_carries_ipv4() -> None:
    """A device prints the `no` line of an IPv6 neighbour, since it is not the default."""
    lines = ("neighbor 2001:DB8::2 remote-as 65002",)
    assert [e.family for e in peer(router(*lines), "2001:db8::2").exchanges] == [Family.V4]
    off = (*lines, "address-family ipv4", " no neighbor 2001:DB8::2 activate")
    assert peer(router(*off), "2001:db8::2").exchanges == ()


def test_a_line_behind_a_family_is_of_the_whole_process_again() -> None:
    read = router(
        "address-family ipv6",
        " network 2001:DB8::/32",
        "exit-address-family",
        "network 10.0.0.0",
        f"neighbor {PEER} next-hop-self",
    )
    assert [one.family for one in read.routers[0].origins] == [Family.V4, Family.V6]
    assert read.sessions[0].exchanges[0].next_hop == "self"


def test_a_session_in_a_table_of_its_own() -> None:
    read = whole("""
        vrf definition TELE
         rd 65001:7
         address-family ipv4
         exit-address-family
        router bgp 65001
         bgp router-id 10.255.0.1
         neighbor 192.0.2.2 remote-as 65002
         !
         address-family ipv4 vrf TELE
          redistribute connected
          neighbor 198.51.100.2 remote-as 65003
          neighbor 198.51.100.2 description inside
          neighbor 198.51.100.2 activate
          neighbor 198.51.100.2 default-originate
         exit-address-family
    """)
    assert [(one.vrf, one.as_number) for one in read.routers] == [("", 65001), ("TELE", 65001)]
    one = peer(read, "198.51.100.2")
    assert (one.vrf, one.remote_as, one.advertisement_s) == ("TELE", 65003, 0)
    assert one.description == "inside"
    assert [origin.source for origin in read.routers[1].origins] == ["connected"]
    assert read.routers[0].origins == ()
    assert one.exchanges[0].default_route is not None
    assert peer(read, PEER).vrf == ""


def test_groups() -> None:
    read = router(
        "neighbor CORE peer-group",
        "neighbor CORE remote-as 65010",
        "neighbor CORE timers 3 9",
        "neighbor CORE prefix-list P in",
        "neighbor 192.0.2.6 peer-group CORE",
        "neighbor 192.0.2.6 timers 5 15",
        "neighbor 192.0.2.7 peer-group CORE",
        "bgp listen range 10.9.0.0/24 peer-group CORE",
        tail="ip prefix-list P seq 5 permit 10.0.0.0/8",
    )
    own, plain, any_of = (peer(read, name) for name in ("192.0.2.6", "192.0.2.7", "10.9.0.0/24"))
    assert {own.remote_as, plain.remote_as, any_of.remote_as} == {65010}
    assert (own.hold_s, plain.hold_s) == (15, 9)
    assert own.exchanges[0].filtered_in
    assert any_of.dynamic
    assert not own.dynamic


def test_removed() -> None:
    assert router(f"no neighbor {PEER}").sessions == ()
    assert whole(text() + "\nno router bgp 65001").routers == ()
    assert len(whole(text() + "\nno router bgp 65009").routers) == 1


def test_short_words_and_capitals() -> None:
    read = whole("""
        ROUTER BGP 65001
        neigh 192.0.2.2 remote 65002
        nei 192.0.2.2 upd lo0
        address-family IPV4
        Neighbor 192.0.2.2 act
        neigh 192.0.2.2 pref Mixed in
        neigh 192.0.2.2 shut
        int Lo0
        ip add 10.255.0.1 255.255.255.255
        ip pref Mixed permit 10.0.0.0/8
    """)
    (one,) = read.sessions
    assert one.shut
    assert one.exchanges[0].filtered_in
    assert read.missing == ()
    assert read.sources(one) == ("10.255.0.1",)


@pytest.mark.parametrize(
    "line",
    [
        "neighbor 192.0.2.77 shutdown",  # no neighbour yet
        "neighbor NOBODY remote-as 65002",
        f"neighbor {PEER} timers connect 1",  # no such command on IOS
        f"neighbor {PEER} route-reflector-client",
        f"neighbor {PEER} allowas-in 2",
        f"neighbor {PEER} remove-private-as all",
        f"neighbor {PEER} peer-group NOBODY",
        f"neighbor {PEER} advertisement-interval 601",
        f"neighbor {PEER} fall-over route-map M",
        "distribute-list 10 out",
        "bgp confederation identifier 1",
        "auto-summary",
        "synchronization",
        "address-family vpnv4",
        "redistribute static subnets banana",
        "redistribute static metric transparent",
        "aggregate-address 10.0.0.0 255.0.0.0 banana",
        "network 10.0.0.1 mask 255.0.0.0",
        "aggregate-address 10.0.0.1 255.0.0.0",
        "bgp mystery",
    ],
)
def test_what_is_not_known_is_unread(line: str) -> None:
    assert refused(text(line)) == [line]


def test_a_box_that_does_not_route_speaks_no_bgp() -> None:
    assert refused(text(), "no ip routing") == ["router bgp 65001"]


def test_another_as_number_is_refused() -> None:
    assert refused(text(), "router bgp 65009") == ["router bgp 65009"]


def test_lines_of_the_process_are_judged_here_alone() -> None:
    read = router(f"neighbor {PEER} prefix-list NONE in", head="hostname R1")
    assert read.missing == (Missing(line=4, name="ip prefix-list NONE"),)
    assert read.effective == {2, 3, 4}
    assert read.lines == 3
