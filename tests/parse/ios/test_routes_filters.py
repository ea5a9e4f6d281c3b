"""What the lists and maps of an IOS router let through, and what it tells."""

from __future__ import annotations

from ipaddress import IPv4Network
from textwrap import dedent

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import (
    PrefixSet,
    every_prefix,
    joined,
    no_prefixes,
    prefixes_within,
)
from telemed_infra.parse.route_exchange import Table, in_bgp, local_routes, says
from telemed_infra.parse.route_filter import Part, Route, passing
from telemed_infra.parse.routes import Exchange, Missing, Origin, RouteBehaviour
from tests.parse.ios.route_texts import refused, routes, whole

PEER = "192.0.2.2"
MEMBERS = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.16.0.0/12", "10.16.0.0/16",
        "10.16.1.0/24", "10.16.1.1/32", "11.0.0.0/8", "192.0.2.0/24",
    )
]  # fmt: skip


def router(*bgp: str, tail: str = "") -> RouteBehaviour:
    lines = "\n ".join([f"router bgp 65001\n neighbor {PEER} remote-as 65002", *bgp])
    return whole(f"{lines}\n!\n{dedent(tail)}")


def exchange(*bgp: str, tail: str = "") -> Exchange:
    """What a session carries in IPv4; its text is read whole."""
    session = router(*bgp, tail=tail).sessions[0]
    return next(one for one in session.exchanges if one.family is Family.V4)


def members(prefixes: PrefixSet) -> set[str]:
    return {str(one) for one in MEMBERS if prefixes & prefixes_within(str(one))}


def listed(*entries: str) -> set[str]:
    """What of some networks a prefix list lets in."""
    tail = "\n".join(f"ip prefix-list L {one}" for one in entries)
    return members(exchange(f"neighbor {PEER} prefix-list L in", tail=tail).accepts)


def through(exchanged: Exchange, route: Route | None = None, of: str = "") -> list[Part]:
    """What of every network, or of one, passes inwards."""
    prefixes = prefixes_within(of) if of else every_prefix(Family.V4)
    part = Part(prefixes, route or Route(source="learned"), certain=True)
    return list(passing(exchanged.inward, [part]))


# Prefix lists -----------------------------------------------------------------------------------


def test_prefix_lists() -> None:
    assert listed("permit 10.0.0.0/8") == {"10.0.0.0/8"}
    assert listed("permit 10.0.0.0/8 le 9") == {"10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"}
    assert listed("permit 10.0.0.0/8 ge 24") == {"10.16.1.0/24", "10.16.1.1/32"}
    assert listed("permit 10.0.0.0/8 ge 12 le 16") == {"10.16.0.0/12", "10.16.0.0/16"}
    assert listed("permit 0.0.0.0/0") == {"0.0.0.0/0"}
    assert len(listed("permit 0.0.0.0/0 le 32")) == len(MEMBERS)
    assert listed("permit 10.9.9.9/8") == {"10.0.0.0/8"}  # bits below the length do not count


def test_the_lowest_number_decides() -> None:
    first = ("seq 20 permit 10.0.0.0/8 le 32", "seq 10 deny 10.16.0.0/12 le 32")
    assert listed(*first) == {"10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"}
    assert "10.16.0.0/16" in listed("permit 10.0.0.0/8 le 32", "deny 10.16.0.0/12 le 32")


def test_a_list_without_entries_lets_all_through() -> None:
    assert len(listed("description nothing yet")) == len(MEMBERS)


def test_entries_are_taken_back() -> None:
    two = "ip prefix-list L seq 5 permit 10.0.0.0/8\nip prefix-list L permit 11.0.0.0/8\n"
    lines = (f"neighbor {PEER} prefix-list L in",)
    for gone in ("seq 10", "seq 10 permit 11.0.0.0/8", "permit 11.0.0.0/8"):
        kept = exchange(*lines, tail=f"{two}no ip prefix-list L {gone}").accepts
        assert members(kept) == {"10.0.0.0/8"}, gone
    read = router(*lines, tail=f"{two}no ip prefix-list L")
    assert read.missing == (Missing(line=3, name="ip prefix-list L"),)


@pytest.mark.parametrize(
    "line",
    [
        "ip prefix-list L permit 10.0.0.0/8 ge 8",  # must be longer than the prefix
        "ip prefix-list L permit 10.0.0.0/8 ge 24 le 16",
        "ip prefix-list L permit 10.0.0.0/8 le 7",
        "ip prefix-list L permit any",
        "ipv6 prefix-list L permit 10.0.0.0/8",
        "ip community-list expanded C permit 65001:.*",
        "ip community-list 100 permit 65001:.*",
        "ip community-list 1 permit 70000:1",
        "ip extcommunity-list 1 permit rt 1:1",
    ],
)
def test_entries_that_are_not_taken(line: str) -> None:
    assert refused(line) == [line]


def test_a_number_in_use_is_not_taken_for_something_else() -> None:
    head = "ip prefix-list L seq 5 permit 10.0.0.0/8"
    assert refused(head, head) == []
    other = "ip prefix-list L seq 5 permit 11.0.0.0/8"
    assert refused(head, other) == [other]


# What is not there ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["prefix-list", "route-map", "distribute-list"])
def test_a_name_that_nothing_defines_may_let_all_through(kind: str) -> None:
    read = router(f"neighbor {PEER} {kind} NONE in")
    carried = read.sessions[0].exchanges[0]
    assert carried.accepts == every_prefix(Family.V4)
    assert [part.certain for part in through(carried)] == [False]
    assert [one.line for one in read.missing] == [3]


def test_what_nothing_binds_is_told() -> None:
    read = whole("""\
        ip prefix-list A permit 10.0.0.0/8
        ipv6 prefix-list B permit 2001:db8::/32
        route-map C permit 10
        ip as-path access-list 5 permit ^$
        ip community-list standard D permit 65001:1
        ip access-list standard 7
         permit 10.0.0.0 0.255.255.255
    """)
    assert [one.name for one in read.unused] == [
        "ip prefix-list A", "ipv6 prefix-list B", "route-map C", "as-path access-list 5",
        "community-list D",
    ]  # fmt: skip


# Other lists ------------------------------------------------------------------------------------


def test_a_standard_access_list_asks_for_the_address_of_a_route() -> None:
    tail = """
        access-list 7 deny 10.16.1.0 0.0.0.255
        access-list 7 permit 10.16.0.0 0.15.255.255
    """
    accepted = exchange(f"neighbor {PEER} distribute-list 7 in", tail=tail).accepts
    assert members(accepted) == {"10.16.0.0/12", "10.16.0.0/16"}


def test_an_extended_access_list_is_not_judged() -> None:
    tail = "access-list 107 permit ip host 10.0.0.0 host 255.0.0.0"
    carried = exchange(f"neighbor {PEER} distribute-list 107 in", tail=tail)
    assert [part.certain for part in through(carried)] == [False]


def test_paths() -> None:
    tail = "ip as-path access-list 5 deny _64999_\nip as-path access-list 5 permit ^65002"
    carried = exchange(f"neighbor {PEER} filter-list 5 in", tail=tail)
    for path, passes in (((65002, 1), True), ((65002, 64999), False), ((65003,), False)):
        found = through(carried, Route(source="learned", as_path=path))
        assert [part.certain for part in found] == ([True] if passes else []), path


# Route maps -------------------------------------------------------------------------------------

LISTS = """
ip prefix-list TEN permit 10.0.0.0/8 le 32
ip prefix-list ELEVEN permit 11.0.0.0/8
ip community-list 1 permit 65001:7
ip community-list 1 permit no-export
"""


def mapped(*entries: str) -> Exchange:
    tail = LISTS + "\n".join(entries)
    return exchange(f"neighbor {PEER} route-map M in", tail=tail)


def test_a_map_tries_its_entries_in_order() -> None:
    carried = mapped(
        "route-map M permit 20",
        " set local-preference 50",
        "route-map M deny 10",
        " match ip address prefix-list TEN",
    )
    assert members(carried.accepts) == {"0.0.0.0/0", "11.0.0.0/8", "192.0.2.0/24"}
    assert {part.route.local_preference for part in through(carried)} == {50}


def test_an_entry_without_words_is_permit_10() -> None:
    assert mapped("route-map M").accepts == every_prefix(Family.V4)
    same = mapped("route-map M permit 10", "route-map M deny 10")
    assert same.accepts == no_prefixes(Family.V4)


def test_names_of_one_kind_are_alternatives_and_kinds_add_up() -> None:
    one_line = mapped("route-map M", " match ip address prefix-list TEN ELEVEN")
    two_lines = mapped(
        "route-map M",
        " match ip address prefix-list TEN",
        " match ip address prefix-list ELEVEN",
    )
    assert one_line.accepts == two_lines.accepts
    assert {"11.0.0.0/8", "10.0.0.0/9"} <= members(one_line.accepts)
    both = mapped("route-map M", " match ip address prefix-list TEN", " match tag 5")
    assert through(both, Route(source="learned", tag=6)) == []
    assert len(through(both, Route(source="learned", tag=5))) == 1
    less = mapped(
        "route-map M", " match ip address prefix-list TEN ELEVEN",
        " no match ip address prefix-list TEN",
    )  # fmt: skip
    assert members(less.accepts) == {"11.0.0.0/8"}


def test_communities() -> None:
    carried = mapped("route-map M", " match community 1")
    exact = mapped("route-map M", " match community 1 exact-match")
    for some, loosely, exactly in (
        ({"65001:7"}, 1, 1), ({"65001:7", "65001:8"}, 1, 0), ({"65001:8"}, 0, 0), (set(), 0, 0),
    ):  # fmt: skip
        route = Route(source="learned", communities=frozenset(some))
        assert len(through(carried, route)) == loosely, some
        assert len(through(exact, route)) == exactly, some


def test_what_an_entry_sets() -> None:
    carried = mapped(
        "route-map M",
        " set metric 200",
        " set tag 9",
        " set community 65001:1 4259905538 additive",
        " set as-path prepend 65002 65002",
        " set ip next-hop 192.0.2.9",
    )
    (part,) = through(carried, Route(source="learned", communities=frozenset({"65009:9"})))
    route = part.route
    assert (route.med, route.tag, route.next_hop) == (200, 9, "192.0.2.9")
    assert route.communities == {"65009:9", "65001:1", "65001:2"}
    assert route.as_path == (65002, 65002)
    none = mapped("route-map M", " set community none")
    (part,) = through(none, Route(source="learned", communities=frozenset({"65009:9"})))
    assert part.route.communities == frozenset()
    added = mapped("route-map M", " set metric +10")
    assert through(added, Route(source="learned", med=5))[0].route.med == 15
    undone = mapped("route-map M", " set metric 10", " no set metric 10")
    assert through(undone, Route(source="learned", med=5))[0].route.med == 5


def test_a_condition_on_a_missing_list_may_hold() -> None:
    carried = mapped("route-map M", " match ip address prefix-list NONE")
    assert [part.certain for part in through(carried)] == [False]


@pytest.mark.parametrize(
    "line",
    ["continue", "continue 20", "match length 1 2", "match source-protocol ospf 1",
     "set comm-list 1 delete", "set as-path prepend last-as 2", "set metric many",
     "match ip address prefix-list", "no match tag 5", "no set metric"],
)  # fmt: skip
def test_lines_of_a_map_that_are_not_modelled(line: str) -> None:
    assert refused(f"route-map M permit 10\n {line}") == [line]


def test_entries_and_maps_are_removed() -> None:
    two = ("route-map M deny 10", "route-map M permit 20")
    assert mapped(*two, "no route-map M deny 10").accepts == every_prefix(Family.V4)
    gone = router(f"neighbor {PEER} route-map M in", tail="\n".join([*two, "no route-map M"]))
    assert [one.name for one in gone.missing] == ["route-map M"]


# What is taken into BGP, and told ---------------------------------------------------------------

BOX = """
interface GigabitEthernet0/0
 ip address 10.16.1.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 10.0.0.0 255.0.0.0 Null0 250
ip route 0.0.0.0 0.0.0.0 192.0.2.9
"""


def origins(*bgp: str, tail: str = "") -> tuple[Origin, ...]:
    return router(*bgp, tail=BOX + tail).routers[0].origins


def originated(*bgp: str, tail: str = "") -> set[str]:
    """The networks that the router has in BGP by itself."""
    read = router(*bgp, tail=BOX + dedent(tail))
    table = Table(family=Family.V4, local=local_routes(read, Family.V4))
    parts, _ = in_bgp(read.routers[0], table)
    return members(joined(Family.V4, (part.prefixes for part in parts)))


def test_networks() -> None:
    assert originated("network 10.16.1.0 mask 255.255.255.0") == {"10.16.1.0/24"}
    assert originated("network 10.0.0.0") == {"10.0.0.0/8"}  # of its class
    assert originated("network 192.0.2.0") == {"192.0.2.0/24"}
    assert originated("network 11.0.0.0") == set()  # there is no such route
    assert originated("network 10.0.0.0", "no network 10.0.0.0") == set()


def test_redistribution_leaves_default_routes_out_until_told() -> None:
    assert originated("redistribute connected") == {"10.16.1.0/24", "192.0.2.0/24"}
    assert originated("redistribute static") == {"10.0.0.0/8"}
    told = ("redistribute static", "default-information originate")
    assert originated(*told) == {"10.0.0.0/8", "0.0.0.0/0"}
    assert originated(*told, "no default-information originate") == {"10.0.0.0/8"}
    assert originated("redistribute static", "no redistribute static") == set()


def test_redistribution_through_a_map() -> None:
    tail = """
        route-map INSIDE permit 10
         match interface GigabitEthernet 0/0
         set metric 50
    """
    assert originated("redistribute connected route-map INSIDE", tail=tail) == {"10.16.1.0/24"}
    (one,) = origins("redistribute connected metric 5")
    assert one.med == 5
    (one,) = origins("redistribute ospf 1 match internal external 1 route-map X metric 7")
    assert (one.source, one.med) == ("ospf", 7)


def test_aggregates() -> None:
    plain = ("network 10.16.1.0 mask 255.255.255.0", "aggregate-address 10.0.0.0 255.0.0.0")
    assert originated(*plain) == {"10.0.0.0/8", "10.16.1.0/24"}
    assert originated(plain[0], f"{plain[1]} as-set summary-only") == {"10.0.0.0/8"}
    assert originated(plain[1]) == set()  # it needs a part
    some = "ip prefix-list P permit 10.16.1.0/24\n"
    some += "route-map S permit 10\n match ip address prefix-list P"
    assert originated(plain[0], f"{plain[1]} suppress-map S", tail=some) == {"10.0.0.0/8"}
    none = some.replace("permit 10.16.1.0/24", "permit 10.17.0.0/16")
    assert originated(plain[0], f"{plain[1]} advertise-map S", tail=none) == {"10.16.1.0/24"}
    one = next(one for one in origins(plain[1]) if one.source == "aggregate")
    assert one.discards
    assert originated(*plain, "no aggregate-address 10.0.0.0 255.0.0.0") == {"10.16.1.0/24"}


def told(read: RouteBehaviour) -> set[str]:
    session = read.sessions[0]
    (carried,) = session.exchanges
    table = Table(family=Family.V4, local=local_routes(read, Family.V4))
    parts = says(read.routers[0], session, carried, table)
    return members(joined(Family.V4, (part.prefixes for part in parts)))


def test_what_is_told_passes_the_filter_out() -> None:
    tail = BOX + "ip prefix-list OUT permit 10.16.1.0/24"
    read = router("redistribute connected", f"neighbor {PEER} prefix-list OUT out", tail=tail)
    assert told(read) == {"10.16.1.0/24"}
    (one,) = read.sessions[0].exchanges[0].announces
    assert (one.source, one.certain) == ("connected", True)


def test_a_default_route_is_told_without_having_one() -> None:
    lines = (f"neighbor {PEER} default-originate",)
    read = router(*lines)
    assert told(read) == {"0.0.0.0/0"}


def test_a_default_route_on_condition() -> None:
    """The map asks the routing table, and what it sets the default route has."""
    tail = """
ip prefix-list CENTRES permit 10.16.1.0/24
ip prefix-list CENTRES permit 172.16.0.0/12
route-map HAVE permit 10
 match ip address prefix-list CENTRES
 set metric 30
"""
    lines = (f"neighbor {PEER} default-originate route-map HAVE",)
    there, gone = router(*lines, tail=BOX + tail), router(*lines, tail=tail)
    default = there.sessions[0].exchanges[0].default_route
    assert default is not None
    assert default.any_of == ("172.16.0.0/12", "10.16.1.0/24")
    assert told(there) == {"0.0.0.0/0"}
    assert told(gone) == set()
    (one,) = there.sessions[0].exchanges[0].announces
    assert (one.med, one.certain) == (30, False)


def test_a_condition_that_is_no_list_of_networks_is_never_certain() -> None:
    lines = (f"neighbor {PEER} default-originate route-map HAVE",)
    wide = BOX + "ip prefix-list P permit 10.0.0.0/8 le 32\n"
    have = "route-map HAVE permit 10\n match ip address prefix-list P\n"
    default = router(*lines, tail=wide + have).sessions[0].exchanges[0].default_route
    assert default is not None
    assert default.tests_routes
    denying = "route-map HAVE deny 5\n" + have
    default = router(*lines, tail=wide + denying).sessions[0].exchanges[0].default_route
    assert default is not None
    assert not default.any_of


def test_a_flat_text_is_read_the_same() -> None:
    tail = BOX + LISTS + "route-map M permit 10\n match ip address prefix-list TEN\n"
    lines = ("redistribute connected", f"neighbor {PEER} route-map M out")
    flat = "\n".join(line.strip() for line in [
        "router bgp 65001", f"neighbor {PEER} remote-as 65002", *lines, *tail.splitlines(),
    ])  # fmt: skip
    assert told(whole(flat)) == told(router(*lines, tail=tail)) == {"10.16.1.0/24"}
    assert len(routes(flat).static_routes) == 2
