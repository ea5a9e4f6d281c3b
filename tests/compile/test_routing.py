"""What routers and firewalls are told to do, and how both families of platforms write it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from telemed_infra.compile.routing import Neighbour, RoutingConfig, routing_config
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import prefix
from telemed_infra.plan.routing import joins_sites
from telemed_infra.plan.tunnels import line_address, outer_routes
from tests.plan.building import texts
from tests.plan.variants import network, small
from tests.routing.province import meaning, on_linux, written

ROUTERS = ("GZ-DCA-CR01", "GZ-DCB-CR02", "BJ-H1-AR01", "QN-H1-AR02", "BJ-WN-C-FW02", "GZ-H1-FW01")


@cache
def of_vendors() -> Meaning:
    return Meaning(network(small()))


@cache
def vendors_texts() -> dict[str, str]:
    """Texts of Huawei's routers and firewalls, by device."""
    return {
        device.name: text
        for device, name, text in texts(of_vendors())
        if name.endswith((".vrp", ".usg")) and joins_sites(device)
    }


def device(name: str) -> Device:
    return next(one for one in of_vendors().network.devices if one.name == name)


def config(name: str) -> RoutingConfig:
    made = of_vendors()
    return routing_config(made.network, made.plan, made.routing, device(name), ())


@pytest.mark.parametrize("name", ROUTERS)
def test_each_session_holds_its_filters_and_a_reference(name: str) -> None:
    found = config(name).neighbours
    assert found
    for one in found:
        assert one.takes.family is one.gives.family is one.address.family
        assert one.key.startswith("vault:")
        assert one.limit >= len(one.takes.entries)
    assert len({one.address for one in found}) == len(found)


def test_equal_names_are_equal_sets() -> None:
    """Each name is written once, whichever session uses it."""
    for each in of_vendors().network.devices:
        if not of_vendors().routing.speaks(each) or each.role == "SE":
            continue
        sets: dict[tuple[str, Family], object] = {}
        for one in config(each.name).neighbours:
            for some in (one.takes, one.gives):
                entries = [entry[:3] for entry in some.entries]
                assert sets.setdefault((some.name, some.family), entries) == entries


def test_a_router_that_tells_a_default_route_asks_for_a_centre() -> None:
    below = [one for one in config("BJ-H1-AR01").neighbours if one.default_while]
    assert {one.name for one in below} == {"BJ-H1-FW01", "BJ-WN-C-FW01", "BJ-NY-C-FW01"}
    for one in below:
        assert {each.length for each in one.default_while} == (
            {14} if one.address.family is Family.V4 else {52}
        )


def test_a_centres_firewall_leads_the_pool_to_the_edges_and_all_else_to_the_core() -> None:
    routes = {one.to: one.gateway for one in config("GZ-DCB-FW02").routes}
    assert routes[prefix("10.12.0.0/20")] == prefix("10.4.100.79/32")
    (core,) = (one for one in of_vendors().routing.lines_of(device("GZ-DCB-FW02")))
    assert routes[prefix("0.0.0.0/0")] == core[2].v4._replace(length=32)
    assert routes.keys() == {
        prefix(text) for text in ("0.0.0.0/0", "::/0", "10.12.0.0/20", "2001:db8:c00::/116")
    }


def test_each_of_a_pair_leads_to_the_others_loopback_by_their_line() -> None:
    for name, loopbacks in (
        ("GZ-DCA-CR01", {"10.0.1.51/32": "10.0.2.17/32"}),
        ("GZ-DCA-CR02", {"10.0.1.50/32": "10.0.2.16/32"}),
        ("GZ-H1-FW01", {"10.13.28.226/32": "10.13.29.7/32"}),
        ("GZ-H1-FW02", {"10.13.28.225/32": "10.13.29.6/32"}),
    ):
        hosts = [one for one in config(name).routes if one.to.length == one.to.family.bits]
        assert [one.to.family for one in hosts] == [Family.V4, Family.V6]
        assert {
            one.to.text: one.gateway and one.gateway.text
            for one in hosts
            if one.to.family is Family.V4
        } == loopbacks
        assert {one.gateway for one in hosts} <= {one.address for one in config(name).neighbours}


def test_whoever_tells_a_block_throws_away_what_no_part_answers_for() -> None:
    for name, block in (("BJ-H1-AR01", "10.80.0.0/12"), ("BJ-WN-C-FW02", "10.87.128.0/17")):
        (route,) = (one for one in config(name).routes if one.to == prefix(block))
        assert (route.gateway, route.preference) == (None, 250)


@pytest.mark.parametrize("name", ["BJ-WN-C-FW01", "BJ-WN-C-FW02"])
def test_a_head_reaches_the_outer_ends_of_its_tunnels_by_the_carrier(name: str) -> None:
    """Each township's line, and all that the mobile carriers give; both members alike."""
    routes = {one.to.text: one.gateway and one.gateway.text for one in config(name).routes}
    made = of_vendors()
    carrier = made.plan.sites["weining-c"].line_host(1)
    lines = {
        line_address(made.plan.sites[one.id]).text
        for one in made.network.counties["weining"].townships
    }
    assert len(lines) == 2
    by_carrier = {to for to, by in routes.items() if by == carrier._replace(length=32).text}
    assert by_carrier == lines | {"100.64.0.0/10"}


def test_nobody_but_a_head_has_outer_routes() -> None:
    for each in of_vendors().network.devices:
        routes = outer_routes(of_vendors().network, of_vendors().plan, each)
        assert bool(routes) == (each.site.kind == "county-center" and each.role == "FW")


def test_management_of_a_router_is_a_table_of_its_own() -> None:
    routes = [one for one in config("GZ-DCA-CR01").routes if one.to.length == 0]
    assert [one.management for one in routes] == [True, True]
    text = vendors_texts()["GZ-DCA-CR01"]
    assert text.index("ip binding vpn-instance MGMT") < text.index("ip address 10.0.10.50")


# ---- texts of vendors ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROUTERS)
def test_on_huawei_each_name_that_is_used_is_defined_and_each_defined_is_used(name: str) -> None:
    text = vendors_texts()[name]
    for word in ("ip-prefix", "ipv6-prefix"):
        used = set(re.findall(rf"^  peer \S+ {word} (\S+) (?:im|ex)port$", text, re.MULTILINE))
        assert used == set(re.findall(rf"^ip {word} (\S+) index", text, re.MULTILINE))
        assert used
    used = set(re.findall(r" route-policy (\S+) export$", text, re.MULTILINE))
    assert used == set(re.findall(r"^route-policy (\S+) permit", text, re.MULTILINE))
    assert bool(used) == ("FW02" in name)


def lines_of(name: str, one: Neighbour) -> set[str]:
    peer = one.address.text.partition("/")[0]
    found = re.findall(rf"^ +peer {re.escape(peer)} (.*)$", vendors_texts()[name], re.MULTILINE)
    return set(found)


@pytest.mark.parametrize("name", ROUTERS)
def test_on_huawei_each_session_has_what_every_session_has(name: str) -> None:
    for one in config(name).neighbours:
        found = lines_of(name, one)
        word = "ip-prefix" if one.address.family is Family.V4 else "ipv6-prefix"
        version = one.address.family.value
        assert found >= {
            f"as-number {one.as_number}",
            f"password cipher {one.key}",
            "timer connect-retry 1",
            "route-update-interval 0",
            "bfd enable",
            "bfd min-tx-interval 300 min-rx-interval 300 detect-multiplier 3",
            "enable",
            f"{word} {one.takes.name}-V{version} import",
            f"{word} {one.gives.name}-V{version} export",
            f"route-limit {one.limit}",
            "valid-ttl-hops 1" if one.hops == 1 else "ebgp-max-hop 3",
        }
        assert ("next-hop-local" in found) == one.internal
        assert any("default-route-advertise" in line for line in found) == bool(one.default_while)


def test_a_condition_is_written_as_network_and_mask() -> None:
    text = vendors_texts()["BJ-H1-AR01"]
    assert (
        "default-route-advertise conditional-route-match-any "
        "10.0.0.0 255.252.0.0 10.4.0.0 255.252.0.0\n"
    ) in text


def test_both_platforms_have_the_same_sessions() -> None:
    """The same device, once by each vendor."""
    linux = {one.name: one for one in meaning().network.devices}
    for name in ("GZ-DCA-CR01", "BJ-H1-AR01", "BJ-WN-C-FW01"):
        assert (linux[name].vendor, network(on_linux()).sites["dc-a"].vendor) == ("linux", "linux")
        told = set(re.findall(r"^ neighbor (\S+) remote-as (\d+)$", written()[name], re.MULTILINE))
        wanted = set(
            re.findall(r"^ peer (\S+) as-number (\d+)$", vendors_texts()[name], re.MULTILINE)
        )
        assert told == wanted
        assert told
