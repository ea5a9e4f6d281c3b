"""Prefix lists and route policies of Comware, and what a name does that nothing defines."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import Family
from telemed_infra.parse.comware import parse_comware_routes
from telemed_infra.parse.prefixes import every_prefix, prefixes_within
from telemed_infra.parse.route_filter import LEARNED, Part, Route, passing
from telemed_infra.parse.routes import Exchange
from tests.parse.vrp.one_exchange import MEMBERS, PEER, members, nets


def exchange(*family: str, tail: str) -> Exchange:
    """What a session carries in IPv4, with lines of its family; the text is read whole."""
    view = "\n  ".join([f"peer {PEER} enable", *family])
    read = parse_comware_routes(
        f"bgp 65001\n peer {PEER} as-number 65002\n address-family ipv4\n  {view}\n#\n{tail}\n"
    )
    assert read.unread == ()
    (found,) = read.sessions[0].exchanges
    return found


def listed(*entries: str) -> set[IPv4Network]:
    """What a list of these entries lets in."""
    tail = "\n".join(f"ip prefix-list L {entry}" for entry in entries)
    return members(exchange(f"peer {PEER} prefix-list L import", tail=tail).accepts)


def policy(*lines: str, lists: str = "") -> Exchange:
    """A session with a policy inwards."""
    return exchange(f"peer {PEER} route-policy P import", tail="\n".join([*lines, "#", lists]))


def learned(**known: Any) -> Part:
    """A route for everything, from the peer's AS, with what is known of it."""
    values = {"source": LEARNED, "as_path": (65002,), **known}
    return Part(every_prefix(Family.V4), Route(**values), certain=True)


# Prefix lists.


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (("permit 10.0.0.0 8",), nets("10.0.0.0/8")),
        (("permit 10.9.9.9 8",), nets("10.0.0.0/8")),
        (("index 20 permit 0.0.0.0 0 less-equal 32", "index 10 deny 10.0.0.0 8 less-equal 32"),
         {one for one in MEMBERS if not one.subnet_of(IPv4Network("10.0.0.0/8"))}),
        (("permit 0.0.0.0 0",), nets("0.0.0.0/0")),
        # Not any network of eight bits, as on VRP.
        (("permit 0.0.0.0 8",), nets("0.0.0.0/8")),
        (("permit 10.0.0.0 8 greater-equal 9 less-equal 10",),
         nets("10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/10", "10.64.0.0/10")),
        (("per 10.16.0.0 16 gr 32",), nets("10.16.1.1/32", "10.16.1.2/32")),
        (("permit 10.0.0.0 8", "index 10 permit 11.0.0.0 8"), nets("11.0.0.0/8")),
        (("DENY 10.0.0.0 8",), set()),
    ],
)  # fmt: skip
def test_prefix_lists(entries: tuple[str, ...], expected: set[IPv4Network]) -> None:
    assert listed(*entries) == expected


@pytest.mark.parametrize(
    "entry",
    ["10.0.0.0 8", "permit 10.0.0.0", "permit 10.0.0.0 33", "permit 10.0.0.0 8 less-equal 7",
     "permit 10.0.0.0 8 greater-equal 20 less-equal 10", "permit 2001:db8:: 32",
     "permit 10.0.0.0 8 inverse", "index 0 permit 10.0.0.0 8", "permit 10.0.0.0 8 less 9 less 10"],
)  # fmt: skip
def test_entries_that_a_device_refuses(entry: str) -> None:
    (unread,) = parse_comware_routes(f"ip prefix-list L {entry}").unread
    assert unread.line == 1


def test_entries_and_lists_are_removed() -> None:
    entries = (
        "ip prefix-list L index 10 permit 10.0.0.0 8\nip prefix-list L index 20 permit 11.0.0.0 8"
    )
    bound = f"peer {PEER} prefix-list L import"
    one = exchange(bound, tail=f"{entries}\nundo ip prefix-list L index 10")
    assert members(one.accepts) == nets("11.0.0.0/8")
    gone = exchange(bound, tail=f"{entries}\nundo ip prefix-list L")
    assert gone.accepts == every_prefix(Family.V4)


entries = st.builds(
    lambda permits, network, low, high, index: (permits, network, low, high, index),
    st.booleans(),
    st.sampled_from(MEMBERS),
    st.none() | st.integers(0, 32),
    st.none() | st.integers(0, 32),
    st.none() | st.integers(1, 60),
)
Entry = tuple[bool, IPv4Network, int | None, int | None, int | None]


def spelled(entry: Entry) -> str:
    permits, network, low, high, index = entry
    words = [
        f"index {index}" if index else "",
        "permit" if permits else "deny",
        f"{network.network_address} {network.prefixlen}",
        f"greater-equal {low}" if low is not None else "",
        f"less-equal {high}" if high is not None else "",
    ]
    return " ".join(filter(None, words))


def judged(some: list[Entry], route: IPv4Network) -> bool:
    """The oracle: one route against the entries, one by one."""
    placed: dict[int, Entry] = {}
    for one in some:
        placed[one[4] or max(placed, default=0) + 10] = one
    for _, (permits, network, low, high, _) in sorted(placed.items()):
        shortest = network.prefixlen if low is None else low
        longest = high if high is not None else (network.prefixlen if low is None else 32)
        if route.subnet_of(network) and shortest <= route.prefixlen <= longest:
            return permits
    return False


def readable(entry: Entry) -> bool:
    _, network, low, high, _ = entry
    low = network.prefixlen if low is None else low
    return network.prefixlen <= low <= (32 if high is None else high)


@given(st.lists(entries.filter(readable), min_size=1, max_size=6))
def test_prefix_lists_against_an_oracle(some: list[Entry]) -> None:
    assert listed(*map(spelled, some)) == {one for one in MEMBERS if judged(some, one)}


# Route policies.

TEN = "ip prefix-list TEN permit 10.0.0.0 8\nip prefix-list ELEVEN permit 11.0.0.0 8"


def test_nodes_are_tried_by_number_and_none_denies() -> None:
    one = policy(
        "route-policy P permit node 20", " if-match ip address prefix-list ELEVEN", "#",
        "route-policy P deny node 10", " if-match ip address prefix-list TEN", "#",
        "route-policy P permit node 30", " if-m ip add pre TEN",
        lists=TEN,
    )  # fmt: skip
    assert members(one.accepts) == nets("11.0.0.0/8")


def test_the_last_condition_on_addresses_replaces_the_one_before() -> None:
    acl = "acl basic 2001\n rule permit source 192.0.2.0 0.0.0.255"
    one = policy(
        "route-policy P permit node 10", " if-match ip address prefix-list TEN",
        " if-match ip address acl 2001",
        lists=f"{TEN}\n{acl}",
    )  # fmt: skip
    assert members(one.accepts) == nets("192.0.2.0/24")


def test_a_condition_on_the_other_family_is_none() -> None:
    one = policy(
        "route-policy P deny node 10", " if-match ipv6 address prefix-list SIX",
        lists="ipv6 prefix-list SIX permit 2001:db8:: 32",
    )  # fmt: skip
    assert members(one.accepts) == set()


LISTS = """\
ip as-path 1 permit ^64512_
ip as-path 2 deny _5$
ip as-path 2 permit .*
ip community-list 1 permit 64512:7
ip community-list basic B permit 64512:7 64512:8
"""


@pytest.mark.parametrize(
    ("condition", "route", "passes"),
    [
        ("cost 5", {"med": 5}, True),
        ("cost 5", {"med": 6}, False),
        ("tag 5", {"tag": 5}, True),
        ("local-preference 100", {}, True),
        ("local-pref 100", {"local_preference": 200}, False),
        ("interface GigabitEthernet 1/0/1 LoopBack0", {"interface": "GigabitEthernet1/0/1"}, True),
        ("interface g1/0/1", {"interface": "LoopBack0"}, False),
        ("as-path 1", {"as_path": (64512, 5)}, True),
        ("as-path 1", {"as_path": (64513,)}, False),
        ("as-path 2", {"as_path": (64513, 5)}, False),
        ("as-path 1 2", {"as_path": (64513,)}, True),
        ("community 1", {"communities": frozenset({"64512:7", "1:1"})}, True),
        ("community 1 whole-match", {"communities": frozenset({"64512:7", "1:1"})}, False),
        ("community B", {"communities": frozenset({"64512:7"})}, False),
    ],
)
def test_conditions(condition: str, route: dict[str, Any], passes: bool) -> None:
    one = policy("route-policy P permit node 10", f" if-match {condition}", lists=LISTS)
    assert bool(passing(one.inward, [learned(**route)])) is passes


def test_several_lines_of_a_kind_are_alternatives_and_kinds_add_up() -> None:
    one = policy("route-policy P permit node 10", " if-match as-path 1", " if-match as-path 2",
                 " if-match cost 5", lists=LISTS)  # fmt: skip
    assert passing(one.inward, [learned(as_path=(7,), med=5)])
    assert not passing(one.inward, [learned(as_path=(7,), med=6)])


def test_changes() -> None:
    one = policy("route-policy P permit node 10", " apply cost + 7", " apply local-preference 300",
                 " apply community 64512:9 no-export add", " apply as-path 65009 65008",
                 " apply tag 4", " apply ip-address next-hop 192.0.2.77", " apply origin egp 5",
                 " app preferred-value 9")  # fmt: skip
    (part,) = passing(one.inward, [learned(med=5, communities=frozenset({"1:1"}))])
    route = part.route
    assert (route.med, route.local_preference, route.tag) == (12, 300, 4)
    assert route.communities == {"1:1", "64512:9", "no-export"}
    assert route.as_path == (65009, 65008, 65002)
    assert route.next_hop == "192.0.2.77"
    one = policy("route-policy P permit node 10", " apply cost 7", " apply community none",
                 " apply as-path 65009 rep")  # fmt: skip
    (part,) = passing(one.inward, [learned(med=5, communities=frozenset({"1:1"}))])
    assert (part.route.med, part.route.communities, part.route.as_path) == (
        7, frozenset(), (65009,),
    )  # fmt: skip


def test_conditions_and_changes_are_taken_back() -> None:
    for said, undone in (
        ("if-match ip address prefix-list TEN", "if-match ip address prefix-list TEN"),
        ("if-match ip address prefix-list TEN", "if-match ip address"),
        ("if-match as-path 1", "if-match as-path"),
        ("if-match cost 5", "if-match cost"),
        ("if-match ip next-hop prefix-list TEN", "if-match ip next-hop prefix-list"),
        ("apply cost 5", "apply cost"),
    ):
        one = policy("route-policy P permit node 10", f" {said}", f" undo {undone}",
                     lists=f"{TEN}\n{LISTS}")  # fmt: skip
        assert passing(one.inward, [learned(med=3)]) == (learned(med=3),)


def test_nodes_are_removed() -> None:
    nodes = ("route-policy P permit node 10", " if-match ip address prefix-list TEN", "#",
             "route-policy P permit node 20", "#")  # fmt: skip
    assert members(policy(*nodes, "undo route-policy P permit node 20", lists=TEN).accepts) == nets(
        "10.0.0.0/8"
    )
    assert policy(*nodes, "undo route-policy P node 10", lists=TEN).accepts == every_prefix(
        Family.V4
    )


REFUSED = (
    "route-policy P permit node 10\n if-match route-type internal",
    "route-policy P permit node 10\n if-match frobnicate",
    "route-policy P permit node 10\n if-match c 5",
    "route-policy P permit node 10\n if-match ip address TEN",
    "route-policy P permit node 10\n continue 20",
    "route-policy P permit node 10\n apply comm-list 1 delete",
    "route-policy P permit node 10\n apply ip-address next-hop 192.0.2.1 vpn-instance X",
    "route-policy P permit node 10\n undo if-match cost",
    "route-policy P permit node 10\n#\nroute-policy P deny node 10",
    "route-policy P permit 10",
    "ip as-path 1 permit (64512|64513)",
    "ip community-list 150 permit ^64512",
    "ip community-list advanced X permit ^64512",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_modelled_is_unread(text: str) -> None:
    assert [one.line for one in parse_comware_routes(text).unread] == [text.count("\n") + 1]


# Names that nothing defines.


@pytest.mark.parametrize(
    ("bound", "name"),
    [
        ("prefix-list NONE import", "prefix-list NONE"),
        ("route-policy NONE import", "route-policy NONE"),
        ("as-path-acl 7 import", "as-path 7"),
        ("filter-policy 2009 import", "acl 2009"),
        ("filter-policy name NONE import", "acl NONE"),
    ],
)
def test_a_missing_name_at_a_peer_lets_every_route_through(bound: str, name: str) -> None:
    text = (f"bgp 1\n peer {PEER} as-number 2\n address-family ipv4\n  peer {PEER} enable\n"
            f"  peer {PEER} {bound}")  # fmt: skip
    read = parse_comware_routes(text)
    assert [(one.line, one.name) for one in read.missing] == [(5, name)]
    (found,) = read.sessions[0].exchanges
    assert found.filtered_in
    assert passing(found.inward, [learned()]) == (learned(),)


@pytest.mark.parametrize(
    "condition",
    ["ip address prefix-list NONE", "ip address acl 2009", "as-path 7", "community 9"],
)
def test_a_missing_list_in_a_node_matches_everything(condition: str) -> None:
    one = policy("route-policy P deny node 10", f" if-match {condition}", "#",
                 "route-policy P permit node 20")  # fmt: skip
    assert members(one.accepts) == set()


def test_what_is_bound_nowhere_is_told() -> None:
    read = parse_comware_routes(
        "ip prefix-list A permit 10.0.0.0 8\nipv6 prefix-list B permit :: 0\n"
        "ip as-path 3 permit .*\nip community-list 4 permit 1:1\n"
        "route-policy C permit node 5\n#\nacl basic 2001\n rule permit\n#\n"
        "track 1 interface LoopBack0\n"
    )
    assert [one.name for one in read.unused] == [
        "prefix-list A", "ipv6 prefix-list B", "as-path 3", "community-list 4", "route-policy C",
    ]  # fmt: skip


# Access lists.


def test_an_access_list_takes_networks_by_their_own_address() -> None:
    one = exchange(
        f"peer {PEER} filter-policy 2001 import",
        tail="acl basic 2001\n rule 5 permit source 10.16.0.0 0.0.255.255\n"
        " rule 0 deny source 10.16.1.1 0",
    )
    found = members(one.accepts)
    assert found == nets("10.16.0.0/12", "10.16.0.0/16", "10.16.1.0/24", "10.16.1.2/32")


def test_a_rule_that_is_typed_again_is_laid_over_the_one_before() -> None:
    """What both say together nobody judges: it may pass and may not."""
    one = exchange(
        f"peer {PEER} filter-policy 2001 import",
        tail="acl basic 2001\n rule 5 permit source 10.0.0.0 0.255.255.255\n"
        " rule 5 permit source any",
    )
    (part,) = passing(one.inward, [learned()])
    assert not part.certain


def test_filters_of_the_process_come_on_top() -> None:
    one = exchange(
        "filter-policy prefix-list TEN import", f"peer {PEER} prefix-list BOTH import",
        tail=f"{TEN}\nip prefix-list BOTH permit 10.0.0.0 8\n"
             "ip prefix-list BOTH permit 11.0.0.0 8",
    )  # fmt: skip
    assert members(one.accepts) == nets("10.0.0.0/8")
    off = exchange(
        "filter-policy prefix-list TEN import", "undo filter-policy prefix-list TEN import",
        tail=TEN,
    )  # fmt: skip
    assert off.accepts == every_prefix(Family.V4)


def test_filters_of_the_second_family() -> None:
    read = parse_comware_routes(
        "bgp 1\n peer 2001:db8::2 as-number 2\n address-family ipv6\n  peer 2001:db8::2 enable\n"
        "  peer 2001:db8::2 prefix-list L import\n#\nip prefix-list L permit 10.0.0.0 8\n"
        "ipv6 prefix-list L permit 2001:DB8:: 32 less-equal 48\n"
    )
    assert (read.unread, read.missing) == ((), ())
    (found,) = read.sessions[0].exchanges
    assert found.accepts == prefixes_within("2001:db8::/32", 32, 48)
    assert [one.name for one in read.unused] == ["prefix-list L"]


# What begins here.


def test_what_is_told_of_what_begins_here() -> None:
    one = exchange(
        "network 10.0.0.0 255.0.0.0", "network 192.0.2.0 24 route-policy METRIC",
        "aggregate 10.16.0.0 16 detail-suppressed", "import-route direct med 7",
        f"peer {PEER} advertise-community",
        tail="route-policy METRIC permit node 10\n apply cost 9\n apply community 1:1",
    )  # fmt: skip
    told = {(part.source, part.med) for part in one.announces if part.prefixes}
    assert told == {("network", 0), ("network", 9), ("aggregate", None), ("direct", 7)}
    assert {part.communities for part in one.announces if part.med == 9} == {frozenset({"1:1"})}


def test_default_routes_are_imported_only_if_a_line_says_so() -> None:
    default = prefixes_within("0.0.0.0/0")
    for lines, expected in (((), False), (("default-route imported",), True)):
        one = exchange("import-route static", *lines, tail="")
        assert any(part.prefixes & default for part in one.announces) is expected
