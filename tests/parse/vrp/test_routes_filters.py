"""Route policies, access lists as filters, and what a name does that nothing defines."""

from __future__ import annotations

from typing import Any

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import every_prefix, prefixes_within
from telemed_infra.parse.route_filter import LEARNED, Part, Route, passing
from telemed_infra.parse.routes import Exchange
from telemed_infra.parse.vrp import parse_vrp_routes
from tests.parse.vrp.one_exchange import MEMBERS, PEER, exchange, members, nets

# Route policies.


def policy(*lines: str, lists: str = "") -> Exchange:
    """A session with a policy inwards."""
    return exchange(f"peer {PEER} route-policy P import", tail="\n".join([*lines, "#", lists]))


def learned(**known: Any) -> Part:
    """A route for everything, from the peer's AS, with what is known of it."""
    values = {"source": LEARNED, "as_path": (65002,), **known}
    return Part(every_prefix(Family.V4), Route(**values), certain=True)


TEN = "ip ip-prefix TEN permit 10.0.0.0 8\nip ip-prefix ELEVEN permit 11.0.0.0 8"


def test_nodes_are_tried_by_number_and_none_denies() -> None:
    one = policy(
        "route-policy P permit node 20", " if-match ip-prefix ELEVEN", "#",
        "route-policy P deny node 10", " if-match ip-prefix TEN", "#",
        "route-policy P permit node 30", " if-match ip-prefix TEN",
        lists=TEN,
    )  # fmt: skip
    assert members(one.accepts) == nets("11.0.0.0/8")


def test_the_last_condition_on_addresses_replaces_the_one_before() -> None:
    one = policy(
        "route-policy P permit node 10", " if-match ip-prefix TEN", " if-match ip-prefix ELEVEN",
        lists=TEN,
    )  # fmt: skip
    assert members(one.accepts) == nets("11.0.0.0/8")
    acl = "acl number 2001\n rule permit source 192.0.2.0 0.0.0.255"
    one = policy(
        "route-policy P permit node 10", " if-match ip-prefix TEN", " if-match acl 2001",
        lists=f"{TEN}\n{acl}",
    )  # fmt: skip
    assert members(one.accepts) == nets("192.0.2.0/24")


def test_a_condition_on_the_other_family_is_none() -> None:
    one = policy(
        "route-policy P deny node 10", " if-match ipv6 address prefix-list SIX",
        lists="ip ipv6-prefix SIX permit 2001:db8:: 32",
    )  # fmt: skip
    assert not one.accepts
    one = policy(
        "route-policy P permit node 10", " if-match ipv6 next-hop prefix-list SIX",
        lists="ip ipv6-prefix SIX permit 2001:db8:: 32",
    )  # fmt: skip
    assert passing(one.inward, [learned()])[0].certain


@pytest.mark.parametrize(
    ("condition", "route", "passes"),
    [
        ("if-match cost 5", {"med": 5}, True),
        ("if-match cost 5", {}, False),
        ("if-match tag 7", {"tag": 7}, True),
        ("if-match as-path-filter 1", {"as_path": (65002, 7)}, True),
        ("if-match as-path-filter 1", {"as_path": (7, 65002)}, False),
        ("if-match as-path-filter 1 2", {"as_path": (65002, 9)}, True),
        ("if-match as-path-filter 2", {"as_path": (65002, 9)}, True),
        ("if-match as-path-filter 2", {"as_path": (65002, 19)}, False),
        ("if-match community-filter 1", {"communities": frozenset({"1:1", "1:2", "1:3"})}, True),
        ("if-match community-filter 1", {"communities": frozenset({"1:1"})}, False),
        ("if-match community-filter 1 whole-match",
         {"communities": frozenset({"1:1", "1:2", "1:3"})}, False),
        ("if-match community-filter 1 B", {"communities": frozenset({"0:77"})}, True),
    ],
)  # fmt: skip
def test_conditions(condition: str, route: dict[str, Any], passes: bool) -> None:
    one = policy(
        "route-policy P permit node 10", f" {condition}",
        lists="ip as-path-filter 1 permit ^65002_\nip as-path-filter 2 permit _9$\n"
        "ip community-filter 1 permit 1:1 1:2\nip community-filter basic B permit 77",
    )  # fmt: skip
    assert bool(passing(one.inward, [learned(**route)])) == passes


def test_several_filters_of_a_kind_are_alternatives_and_kinds_add_up() -> None:
    one = policy(
        "route-policy P permit node 10", " if-match as-path-filter 1",
        " if-match as-path-filter 2", " if-match cost 5",
        lists="ip as-path-filter 1 permit ^1_\nip as-path-filter 2 permit ^2_",
    )  # fmt: skip
    for path, med, passes in (((1, 9), 5, 1), ((2, 9), 5, 1), ((2, 9), 6, 0), ((3,), 5, 0)):
        assert len(passing(one.inward, [learned(as_path=path, med=med)])) == passes


def test_what_is_not_known_may_pass_and_may_not() -> None:
    one = policy(
        "route-policy P deny node 5", " if-match ip next-hop ip-prefix TEN", "#",
        "route-policy P permit node 10",
        lists=TEN,
    )  # fmt: skip
    (part,) = passing(one.inward, [learned()])
    assert part.prefixes == every_prefix(Family.V4)
    assert not part.certain


def test_changes() -> None:
    one = policy(
        "route-policy P permit node 10", " apply cost +5", " apply local-preference 200",
        " apply community 1:9 no-export additive", " apply as-path 7 7 additive", " apply tag 3",
        " apply preferred-value 9", " apply ip-address next-hop 192.0.2.9", " apply origin igp",
    )  # fmt: skip
    (part,) = passing(one.inward, [learned(med=4, communities=frozenset({"1:1"}))])
    route = part.route
    assert (route.med, route.local_preference, route.tag) == (9, 200, 3)
    assert route.communities == {"1:1", "1:9", "no-export"}
    assert (route.as_path, route.next_hop) == ((7, 7, 65002), "192.0.2.9")
    one = policy(
        "route-policy P permit node 10", " apply community 65538", " apply as-path none overwrite",
        " apply cost 8", " apply tag 3", " undo apply tag",
    )  # fmt: skip
    (part,) = passing(one.inward, [learned(med=4, communities=frozenset({"1:1"}))])
    assert part.route.communities == {"1:2"}
    assert part.route.as_path == ()
    assert (part.route.med, part.route.tag) == (8, 0)


def test_conditions_are_taken_back() -> None:
    one = policy(
        "route-policy P permit node 10", " if-match ip-prefix TEN", " if-match cost 9",
        " undo if-match ip-prefix", " undo if-match cost", "#",
        "route-policy P permit node 20", "#", "undo route-policy P node 20",
        lists=TEN.split("\n", maxsplit=1)[0],
    )  # fmt: skip
    assert one.accepts == every_prefix(Family.V4)


REFUSED = {
    "the other verdict": "route-policy P permit node 10\n#\nroute-policy P deny node 10",
    "no such node": "undo route-policy P node 5",
    "a jump": "route-policy P permit node 10\n goto next-node 20",
    "an expression": "ip as-path-filter 1 permit (1|2)+",
    "an expression over communities": "ip community-filter 100 permit 1:.*",
    "a cost that is none": "route-policy P permit node 10\n apply cost inherit",
    "half a community": "route-policy P permit node 10\n apply community 1:",
    "a kind of route": "route-policy P permit node 10\n if-match route-type internal",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_modelled_is_unread(text: str) -> None:
    assert len(parse_vrp_routes(text).unread) == 1


# Names that nothing defines.


@pytest.mark.parametrize(
    ("bound", "name"),
    [
        ("ip-prefix GONE", "ip-prefix GONE"),
        ("route-policy GONE", "route-policy GONE"),
        ("as-path-filter GONE", "as-path-filter GONE"),
        ("filter-policy 2099", "acl 2099"),
    ],
)
def test_a_missing_name_at_a_peer_lets_perhaps_everything_through(bound: str, name: str) -> None:
    text = f"bgp 65001\n peer {PEER} as-number 65002\n peer {PEER} {bound} import\n"
    text += f" import-route static\n peer {PEER} {bound} export"
    read = parse_vrp_routes(text)
    assert read.unread == ()
    assert [(one.line, one.name) for one in read.missing] == [(3, name)]
    (carried,) = read.sessions[0].exchanges
    assert carried.accepts == every_prefix(Family.V4)
    assert carried.announces
    assert not any(one.certain for one in carried.announces)
    assert not any(part.certain for part in passing(carried.inward, [learned()]))


@pytest.mark.parametrize(
    "condition",
    ["ip-prefix GONE", "acl 2099", "as-path-filter 9", "community-filter 9",
     "as-path-filter 1 9"],
)  # fmt: skip
def test_a_missing_list_in_a_node_matches_everything(condition: str) -> None:
    text = f"bgp 65001\n peer {PEER} as-number 65002\n peer {PEER} route-policy P import\n"
    text += f"route-policy P deny node 10\n if-match {condition}\n#\nroute-policy P permit node 20"
    text += "\n#\nip as-path-filter 1 permit ^1_"
    read = parse_vrp_routes(text)
    assert read.unread == ()
    assert [one.line for one in read.missing] == [5]
    assert not read.sessions[0].exchanges[0].accepts


def test_what_is_bound_nowhere_is_told() -> None:
    text = (
        f"{TEN}\nroute-policy P permit node 5\n if-match ip-prefix TEN\n#\n"
        "ip community-filter 1 permit 1:1"
    )
    read = parse_vrp_routes(text)
    assert [one.name for one in read.unused] == [
        "ip-prefix ELEVEN", "route-policy P", "community-filter 1",
    ]  # fmt: skip


# Access lists and filters of the whole process.


def test_an_access_list_takes_networks_by_their_own_address() -> None:
    acl = (
        "acl number 2001\n rule 5 deny source 10.16.1.0 0.0.0.255\n rule 10 permit source 10.0.0.0 "
        "0.255.255.255\n rule 15 permit source 192.0.2.0 0\n"
    )
    one = exchange(f"peer {PEER} filter-policy 2001 import", tail=acl)
    ten = {net for net in MEMBERS if str(net).startswith("10.")}
    assert members(one.accepts) == ten - nets(
        "10.16.1.0/24", "10.16.1.1/32", "10.16.1.2/32"
    ) | nets("192.0.2.0/24")
    one = exchange(f"peer {PEER} filter-policy 2001 import", tail=f"{acl} undo rule 5\n")
    assert members(one.accepts) == ten | nets("192.0.2.0/24")


def test_an_access_list_that_says_more_is_not_judged() -> None:
    acl = "acl name WIDE 3001\n rule 5 permit tcp source 10.0.0.0 0.255.255.255\n"
    one = exchange(f"peer {PEER} filter-policy WIDE import", tail=acl)
    assert one.accepts == every_prefix(Family.V4)
    assert not passing(one.inward, [learned()])[0].certain


def test_filters_of_the_process_come_on_top() -> None:
    both = (f"peer {PEER} ip-prefix TEN import", "filter-policy ip-prefix ELEVEN import")
    one = exchange(*both, tail=TEN)
    assert (one.accepts, one.filtered_in) == (one.accepts - one.accepts, True)
    one = exchange(*both, "undo filter-policy import", tail=TEN)
    assert members(one.accepts) == nets("10.0.0.0/8")
    told = exchange(
        "import-route static", "import-route direct", "filter-policy ip-prefix TEN export static",
        "default-route imported", tail=TEN,
    ).announces  # fmt: skip
    assert {one.source: one.prefixes.count() for one in told}["static"] == 1
    assert {one.source: one.prefixes for one in told}["direct"] == every_prefix(Family.V4)


def test_default_routes_are_imported_only_if_a_line_says_so() -> None:
    (told,) = exchange("import-route static", tail="").announces
    assert told.prefixes == every_prefix(Family.V4) - prefixes_within("0.0.0.0/0")


def test_filters_are_unbound_by_direction() -> None:
    lines = (
        f"peer {PEER} ip-prefix TEN import", f"peer {PEER} ip-prefix ELEVEN export",
        f"undo peer {PEER} ip-prefix TEN import",
    )  # fmt: skip
    one = exchange(*lines, tail=TEN)
    assert (one.filtered_in, one.filtered_out) == (False, True)


# The second family, groups.

SIX = """\
bgp 65001
 peer 2001:db8::2 as-number 65002
 ipv6-family unicast
  peer 2001:db8::2 enable
  peer 2001:db8::2 route-policy P import
  peer 2001:db8::2 ipv6-prefix OUT export
  import-route direct
#
route-policy P permit node 10
 if-match ipv6 address prefix-list IN
 if-match ip-prefix NOBODY-ASKS
#
route-policy P permit node 20
 if-match ipv6 address acl 2001
 if-match cost 9
#
ip ip-prefix NOBODY-ASKS deny 0.0.0.0 0 less-equal 32
ip ipv6-prefix IN permit 2001:db8:5:: 48 less-equal 56
ip ipv6-prefix OUT deny :: 0
ip ipv6-prefix OUT permit :: 0 less-equal 64
"""


def test_filters_of_the_second_family() -> None:
    read = parse_vrp_routes(SIX)
    assert read.unread == ()
    assert [one.name for one in read.missing] == ["acl ipv6 2001"]
    (carried,) = read.sessions[0].exchanges
    part = Part(every_prefix(Family.V6), Route(source=LEARNED, as_path=(65002,)), certain=True)
    assert [one.prefixes for one in passing(carried.inward, [part])] == [
        prefixes_within("2001:db8:5::/48", 48, 56)
    ]
    (told,) = carried.announces
    assert told.prefixes == prefixes_within("::/0", 1, 64)


def test_a_peers_own_filter_comes_before_its_groups() -> None:
    lines = (
        "group G external", f"peer {PEER} group G", "peer G ip-prefix TEN import",
        "peer G ip-prefix TEN export", f"peer {PEER} ip-prefix ELEVEN import",
    )  # fmt: skip
    one = exchange(*lines, tail=TEN)
    assert members(one.accepts) == nets("11.0.0.0/8")
    assert one.filtered_out
    one = exchange(*lines, f"undo peer {PEER} ip-prefix ELEVEN import", tail=TEN)
    assert members(one.accepts) == nets("10.0.0.0/8")


def test_an_undo_that_names_another_filter_is_unread() -> None:
    text = f"bgp 1\n peer {PEER} as-number 2\n peer {PEER} ip-prefix TEN import\n"
    read = parse_vrp_routes(f"{text} undo peer {PEER} ip-prefix ELEVEN import\n{TEN}")
    assert [one.line for one in read.unread] == [4]


def test_a_member_whose_family_says_another_group_is_unread() -> None:
    text = (
        f"bgp 1\n group G\n group H\n peer {PEER} group G\n ipv4-family unicast\n"
        f"  peer {PEER} group H"
    )
    assert [one.line for one in parse_vrp_routes(text).unread] == [6]
