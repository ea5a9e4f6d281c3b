"""Routing in a Cisco zone firewall's text: the planned sessions and routes, in the words of IOS."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from telemed_infra.compile.routing import (
    Neighbour,
    Originated,
    RoutingConfig,
    StaticRoute,
    routing_config,
)
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import Prefix, address_text, mask_text, prefix
from telemed_infra.render import cisco_routing
from tests.plan.building import texts
from tests.plan.variants import network, small, with_cisco

CENTRE = ("GZ-DCB-FW01", "GZ-DCB-FW02")
SPEAKERS = (
    "QN-H1-FW01",  # a city hospital's, with IPv6
    "QN-H1-FW02",
    "QN-GD-C-FW01",  # a county's head
    "QN-GD-C-FW02",
    "QN-GD-H1-FW01",  # its hospital's
    "QN-GD-H1-FW02",
)
WORD = {Family.V4: "ip", Family.V6: "ipv6"}


@cache
def meaning() -> Meaning:
    return Meaning(network(with_cisco()))


@cache
def written() -> dict[str, str]:
    """The zone firewalls of the small province with Cisco in it."""
    return {
        device.name: text
        for device, _, text in texts(meaning())
        if device.platform == "cisco_ios_zbf"
    }


def device(name: str) -> Device:
    return next(one for one in meaning().network.devices if one.name == name)


@cache
def config(name: str) -> RoutingConfig:
    made = meaning()
    return routing_config(made.network, made.plan, made.routing, device(name), ())


def found(name: str, pattern: str) -> list[str]:
    """What the group of a pattern matches, line by line."""
    return re.findall(rf"^{pattern}$", written()[name], re.MULTILINE)


def blocks(name: str) -> list[list[str]]:
    return [block.splitlines() for block in written()[name].split("\n!\n")]


def shown(one: Prefix) -> str:
    """An address as IOS prints it."""
    return address_text(*one[:2]).upper()


def lines_of(name: str, one: Neighbour, indent: str) -> list[str]:
    return found(name, rf"{indent}neighbor {re.escape(shown(one.address))} (.*)")


def test_every_firewall_is_tried_here() -> None:
    assert set(written()) == {*CENTRE, *SPEAKERS}
    families = {one.address.family for name in SPEAKERS for one in config(name).neighbours}
    assert families == {Family.V4, Family.V6}


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_session_has_all_that_it_is_planned_with(name: str) -> None:
    assert config(name).neighbours
    for one in config(name).neighbours:
        version = one.address.family.value
        assert lines_of(name, one, " ") == [
            f"remote-as {one.as_number}",
            f"description {one.name}",
            "ttl-security hops 1",
            f"password 0 {one.key}",
            "fall-over bfd",
        ]
        standby = [f"route-map METRIC-{one.metric} out"] if one.metric else []
        assert lines_of(name, one, "  ") == [
            "activate",
            "advertisement-interval 0",
            f"prefix-list {one.takes.name}-V{version} in",
            f"prefix-list {one.gives.name}-V{version} out",
            *standby,
            f"maximum-prefix {one.limit}",
        ]


@pytest.mark.parametrize("name", SPEAKERS)
def test_the_second_member_alone_tells_a_metric(name: str) -> None:
    maps = set(found(name, r"  neighbor \S+ route-map (\S+) out"))
    assert maps == ({"METRIC-200"} if name.endswith("02") else set())
    assert set(found(name, r"route-map (METRIC-\S+) permit 10")) == maps
    assert len(found(name, r"( set metric 200)")) == len(maps)


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_session_stands_in_its_own_family_alone(name: str) -> None:
    text = written()[name]
    begin = text.index("\nrouter bgp ") + 1
    head, *families = text[begin : text.index("\n!\n", begin)].split("\n !\n address-family ")
    assert head.startswith(
        f"router bgp {config(name).as_number}\n"
        f" bgp router-id {address_text(*config(name).router_id[:2])}\n"
        " bgp log-neighbor-changes\n"
        " no bgp default ipv4-unicast\n"
        " timers bgp 3 9\n"
    )
    known = {block.partition("\n")[0]: block for block in families}
    assert set(known) == {f"ipv{one.address.family.value}" for one in config(name).neighbours}
    for version, lines in known.items():
        assert lines.endswith("\n exit-address-family")
        active = re.findall(r"^  neighbor (\S+) activate$", lines, re.MULTILINE)
        assert active == [
            shown(one.address)
            for one in config(name).neighbours
            if f"ipv{one.address.family.value}" == version
        ]
        assert set(active) == set(re.findall(r"^  neighbor (\S+) ", lines, re.MULTILINE))


def test_sessions_of_ipv6_are_printed_first() -> None:
    sessions = found("QN-H1-FW01", r" neighbor (\S+) remote-as .*")
    assert len({":" in one for one in sessions}) == 2
    assert sessions == sorted(sessions, key=lambda one: ":" not in one)


@pytest.mark.parametrize("name", SPEAKERS)
def test_each_list_that_is_used_is_defined_and_each_defined_is_used(name: str) -> None:
    """An undefined list would let every route pass."""
    used = set(found(name, r"  neighbor \S+ prefix-list (\S+) (?:in|out)"))
    assert used
    assert used == {
        f"{one}-{version}"
        for word, version in (("ip", "V4"), ("ipv6", "V6"))
        for one in found(name, rf"{word} prefix-list (\S+)-{version} seq .*")
    }


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_list_has_what_the_plan_permits(name: str) -> None:
    """Firewalls tell and take whole blocks: no line of theirs has `ge` or `le`."""
    for one in config(name).filters:
        assert one.entries
        list_name = f"{one.name}-V{one.family.value}"
        entries = found(name, rf"{WORD[one.family]} prefix-list {list_name} seq (.*)")
        assert entries == [
            f"{5 * number} permit {shown(entry.prefix)}/{entry.prefix.length}"
            for number, entry in enumerate(one.entries, start=1)
        ]
        assert all({each.shortest, each.longest} == {each.prefix.length} for each in one.entries)


def in_words(one: StaticRoute) -> str:
    v4 = one.to.family is Family.V4
    to = f"{shown(one.to)} {mask_text(one.to.length)}" if v4 else one.to.text.upper()
    target = shown(one.gateway) if one.gateway else "Null0 250"
    return f"{WORD[one.to.family]} route {to} {target}"


@pytest.mark.parametrize("name", [*CENTRE, *SPEAKERS])
def test_static_routes_have_a_mask_or_a_length(name: str) -> None:
    routes = [in_words(one) for one in config(name).routes]
    assert routes
    assert sorted(found(name, r"(ip(?:v6)? route .*)")) == sorted(routes)


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_block_is_told_and_thrown_away_where_no_part_answers(name: str) -> None:
    """`network` tells a prefix while that very route is in the table."""
    blocks = [one.prefix for one in config(name).originated]
    assert blocks
    told = found(name, r"  network (\S+ mask \S+|\S+/\d+)")
    own = re.compile(r" 255\.255\.255\.255$|/128$")  # a member's own address is on its loopback
    assert [
        f"{one.replace(' mask', '')} Null0 250" for one in told if not own.search(one)
    ] == found(name, r"ip(?:v6)? route (.* Null0 250)")
    assert len(told) == len(blocks)
    assert not found(name, r"  (aggregate-address) .*")


@pytest.mark.parametrize(
    ("block", "aggregate", "line"),
    [
        ("10.128.64.0/20", False, "network 10.128.64.0 mask 255.255.240.0"),
        ("10.0.0.0/8", False, "network 10.0.0.0"),
        ("172.16.0.0/16", False, "network 172.16.0.0"),
        ("172.16.0.0/12", False, "network 172.16.0.0 mask 255.240.0.0"),
        ("192.168.7.0/24", False, "network 192.168.7.0"),
        ("192.168.0.0/16", False, "network 192.168.0.0 mask 255.255.0.0"),
        ("127.0.0.0/8", False, "network 127.0.0.0"),
        ("128.0.0.0/8", False, "network 128.0.0.0 mask 255.0.0.0"),
        ("10.0.0.0/8", True, "aggregate-address 10.0.0.0 255.0.0.0"),
        ("2001:db8:8030::/52", False, "network 2001:DB8:8030::/52"),
        ("2001:db8:8000::/36", True, "aggregate-address 2001:DB8:8000::/36"),
    ],
)
def test_a_block_is_written_as_it_is_printed(block: str, aggregate: bool, line: str) -> None:
    begun = replace(
        config("QN-H1-FW01"), originated=(Originated(prefix(block), aggregate, ("o",)),)
    )
    families = cisco_routing.routing_view(begun).families
    assert [one.text for each in families for one in each.begun] == [line]


def test_a_centres_firewall_speaks_with_nobody() -> None:
    for name in CENTRE:
        assert not re.search(
            r"^ *(router|neighbor|route-map|ip prefix-list|ipv6 prefix-list|bfd|no bfd) ",
            written()[name],
            re.MULTILINE,
        )


@pytest.mark.parametrize("name", SPEAKERS)
def test_bfds_times_stand_where_a_session_runs_and_nowhere_else(name: str) -> None:
    others = {one.address[:2] for one in config(name).neighbours}
    over = {
        one.name
        for one in meaning().interfaces(device(name))
        for end in (one.peer4, one.peer6)
        if end is not None and end[:2] in others
    }
    timed = {}
    for block in blocks(name):
        times = [line for line in block if "bfd" in line.split()[:2]]
        if times and block[0].startswith("interface "):
            timed[block[0].removeprefix("interface ")] = times
    assert set(timed) == over != set()
    for times in timed.values():
        assert times == [" bfd interval 300 min_rx 300 multiplier 3", " no bfd echo"]


@pytest.mark.parametrize("name", SPEAKERS)
def test_routing_stands_in_the_printed_order(name: str) -> None:
    text = written()[name]
    heads = ["\ninterface ", "\nrouter bgp ", "\nno ip http server\n", "\nip route "]
    heads += ["\nip ssh version 2\n", "\nip access-list extended ", "\nip prefix-list "]
    heads += ["\nipv6 route ", "\nipv6 prefix-list ", "\nroute-map ", "\nline con 0\n"]
    places = [text.index(one) for one in heads if one in text]
    assert places == sorted(places)
    assert len(places) >= len(heads) - 3  # some site has no IPv6, the first member no map


@pytest.mark.parametrize("name", [*CENTRE, *SPEAKERS])
def test_a_block_of_its_own_for_whatever_the_device_prints_apart(name: str) -> None:
    """No `!` is missing or doubled where a section about routing has nothing to say."""
    assert "\n!\n!\n" not in written()[name]
    for head in ("router bgp", "interface", "route-map", "no ip http server"):
        assert not re.search(rf"(?<!\n!)\n{head}\b", written()[name])
    for block in blocks(name):
        lists = [line.split()[2] for line in block if re.match(r"ip(v6)? prefix-list ", line)]
        assert len(set(lists)) <= 1


def test_a_key_is_a_reference() -> None:
    keys = [key for name in SPEAKERS for key in found(name, r" neighbor \S+ password (.*)")]
    assert keys
    assert all(re.fullmatch(r"0 vault:[a-z0-9-]+", key) for key in keys)


def test_the_other_vendor_has_the_same_sessions_lists_and_blocks() -> None:
    """The same device, once by each vendor."""
    by_huawei = {one.name: text for one, _, text in texts(Meaning(network(small())))}
    for name in SPEAKERS:
        huawei = by_huawei[name].lower()
        for pattern, word in (
            (r" neighbor (\S+) remote-as (\d+)", "as-number"),
            (r" neighbor (\S+) description (\S+)", "description"),
            (r"  neighbor (\S+) maximum-prefix (\d+)", "route-limit"),
        ):
            told = re.findall(rf"^{pattern}$", written()[name], re.MULTILINE)
            assert told
            assert sorted((one.lower(), what.lower()) for one, what in told) == sorted(
                re.findall(rf"^ +peer (\S+) {word} (\S+)$", huawei, re.MULTILINE)
            )
        lists = re.findall(
            r"^ip(?:v6)? prefix-list (\S+) seq \d+ permit (\S+)$", written()[name], re.MULTILINE
        )
        assert lists
        assert sorted((one.lower(), block.lower()) for one, block in lists) == sorted(
            (one, f"{first}/{length}")
            for one, first, length in re.findall(
                r"^ip (?:ip|ipv6)-prefix (\S+) index \d+ permit (\S+) (\d+)$", huawei, re.MULTILINE
            )
        )


# ---- what only routers have ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({"hops": 3}, "a session over several lines"),
        ({"internal": True}, "a session within one AS"),
        ({"default_while": (prefix("10.0.0.0/14"),)}, "a default route that has a condition"),
    ],
)
def test_a_session_that_only_a_router_has_is_refused(changed: dict[str, Any], lacking: str) -> None:
    whole = config("QN-GD-C-FW01")
    first, *rest = whole.neighbours
    asked = replace(whole, neighbours=(*rest, replace(first, **changed)))
    told = f"on Cisco not written: {lacking}, which only a router has: the session with"
    with pytest.raises(ValueError, match=f"{told} {first.name}"):
        cisco_routing.routing_view(asked)


def test_a_route_of_management_alone_is_refused() -> None:
    whole = config("GZ-DCB-FW01")
    asked = replace(whole, routes=(whole.routes[0]._replace(management=True),))
    told = r"a table of management, which only a router has: the route to 0\.0\.0\.0/0"
    with pytest.raises(ValueError, match=told):
        cisco_routing.routing_view(asked)
