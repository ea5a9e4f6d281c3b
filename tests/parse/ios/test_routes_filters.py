"""What the lists and maps of an IOS router let through."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.ios import parse_ios_routes
from telemed_infra.parse.prefixes import (
    every_prefix,
    no_prefixes,
)
from telemed_infra.parse.route_filter import Part, Route, passing
from telemed_infra.parse.routes import Exchange, Missing
from tests.parse.ios.route_texts import MEMBERS, PEER, members, refused, router, whole


def exchange(*bgp: str, tail: str = "") -> Exchange:
    """What a session carries in IPv4; its text is read whole."""
    session = router(*bgp, tail=tail).sessions[0]
    return next(one for one in session.exchanges if one.family is Family.V4)


def listed(*entries: str) -> set[str]:
    """What of some networks a prefix list lets in."""
    tail = "\n".join(f"ip prefix-list L {one}" for one in entries)
    return members(exchange(f"neighbor {PEER} prefix-list L in", tail=tail).accepts)


def through(exchanged: Exchange, route: Route | None = None) -> list[Part]:
    """What of every network passes inwards."""
    part = Part(every_prefix(Family.V4), route or Route(source="learned"), certain=True)
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
    wrong = "no ip prefix-list L seq 15"
    assert refused(two, wrong) == [wrong]
    assert refused("no ip prefix-list NONE seq 5") == []
    read = router(*lines, tail=f"{two}no ip prefix-list L")
    assert read.missing == (Missing(line=3, name="ip prefix-list L"),)


@pytest.mark.parametrize(
    "line",
    [
        "ip prefix-list L permit 10.0.0.0/8 ge 8",  # must be longer than the prefix
        "ip prefix-list L permit 10.0.0.0/8 ge 24 le 16",
        "ip prefix-list L permit 10.0.0.0/8 le 7",
        "ip prefix-list L permit any",
        "ipv6 prefix-list L permit :::/8",
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


@pytest.mark.parametrize("kind", ["prefix-list", "route-map", "distribute-list", "filter-list"])
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


def test_an_access_list_with_a_group_is_not_judged() -> None:
    tail = "ip access-list extended E\n permit ip object-group G any\n"
    carried = exchange(f"neighbor {PEER} distribute-list E in", tail=tail)
    assert [part.certain for part in through(carried)] == [False]


def test_other_lists_are_removed() -> None:
    paths = "ip as-path access-list 5 permit ^$\n"
    communities = "ip community-list 1 permit internet\nip community-list standard C permit 1:1\n"
    read = whole(paths + communities)
    assert len(read.unused) == 3
    gone = (
        "no ip as-path access-list 5",
        "no ip community-list 1",
        "no ip community-list standard C",
    )
    assert whole(paths + communities + "\n".join(gone)).unused == ()


def test_an_extended_access_list_is_not_judged() -> None:
    tail = "access-list 107 permit ip host 10.0.0.0 host 255.0.0.0"
    carried = exchange(f"neighbor {PEER} distribute-list 107 in", tail=tail)
    assert [part.certain for part in through(carried)] == [False]


def test_entries_of_extended_lists_hide_no_other_line() -> None:
    """They are left out, but not where their head is no command, nor what only looks like one."""
    entries = "ip access-list extended A\n permit ip any any\n remark ip route x\n"
    assert parse_ios_routes(f"{entries} ip route 10.0.0.0 255.0.0.0 Null0\n").static_routes
    assert not parse_ios_routes(f"banner motd ^\n{entries}^\n").unread
    after = parse_ios_routes(f"end\n{entries}")
    assert [one.line for one in after.unread] == [2, 3, 4]


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
    again = mapped("route-map M deny 10", "route-map M")
    assert again.accepts == every_prefix(Family.V4)
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
    none = mapped("route-map M", " match ip address prefix-list TEN",
                  " no match ip address prefix-list")  # fmt: skip
    assert none.accepts == every_prefix(Family.V4)


def test_communities() -> None:
    carried = mapped("route-map M", " match community 1")
    exact = mapped("route-map M", " match community 1 exact-match")
    for some, loosely, exactly in (
        ({"65001:7"}, 1, 1), ({"65001:7", "65001:8"}, 1, 0), ({"65001:8"}, 0, 0), (set(), 0, 0),
    ):  # fmt: skip
        route = Route(source="learned", communities=frozenset(some))
        assert len(through(carried, route)) == loosely, some
        assert len(through(exact, route)) == exactly, some


def test_other_conditions() -> None:
    paths = "ip as-path access-list 5 permit _65002$"
    carried = mapped(paths, "route-map M", " match as-path 5")
    assert len(through(carried, Route(source="learned", as_path=(65009, 65002)))) == 1
    assert through(carried, Route(source="learned", as_path=(65009,))) == []
    for condition in ("route-type internal", "ip next-hop 7", "as-path 9", "community 9"):
        found = through(mapped("route-map M", f" match {condition}"))
        assert [part.certain for part in found] == [False], condition
    protocol = mapped("route-map M", " match source-protocol bgp static")
    assert len(through(protocol)) == 1
    assert through(protocol, Route(source="connected")) == []
    numbers = mapped("route-map M", " match metric 5 6", " match local-preference 100")
    assert len(through(numbers, Route(source="learned", med=6))) == 1
    assert through(numbers, Route(source="learned", med=6, local_preference=90)) == []
    ports = mapped("route-map M", " match interface Gi0/1 Port-channel 2 Vlan10")
    for name, passes in (("Port-channel2", 1), ("Vlan10", 1), ("GigabitEthernet0/2", 0)):
        assert len(through(ports, Route(source="connected", interface=name))) == passes, name


def test_a_condition_on_the_other_family_may_hold() -> None:
    carried = mapped("ipv6 prefix-list SIX permit ::/0", "route-map M",
                     " match ipv6 address prefix-list SIX")  # fmt: skip
    assert [part.certain for part in through(carried)] == [False]


def test_one_map_for_two_families() -> None:
    read = router(
        f"neighbor {PEER} route-map M in",
        f"neighbor {PEER} route-map M out",
        "address-family ipv6",
        f" neighbor {PEER} activate",
        f" neighbor {PEER} route-map M in",
        tail="route-map M permit 10\n set metric 5",
    )
    four, six = read.sessions[0].exchanges
    assert (four.accepts, six.accepts) == (every_prefix(Family.V4), every_prefix(Family.V6))


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
    wrong = "no route-map M deny 30"
    assert refused(*two, wrong) == [wrong]
    both = ("no route-map M deny 10", "no route-map M permit 20")
    assert whole(*two, *both).unused == ()
    gone = router(f"neighbor {PEER} route-map M in", tail="\n".join([*two, "no route-map M"]))
    assert [one.name for one in gone.missing] == ["route-map M"]
