"""Routing in SecPath's text: the planned sessions and routes, in Comware's words."""

from __future__ import annotations

import re
from functools import cache

import pytest

from telemed_infra.compile.routing import Neighbour, RoutingConfig, StaticRoute, routing_config
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import address_text, prefix
from telemed_infra.render import h3c_routing
from tests.plan.building import texts
from tests.plan.variants import mixed, network, small

CENTRE = ("GZ-DCB-FW01", "GZ-DCB-FW02")
SPEAKERS = (
    "QN-H1-FW01",  # a city hospital's, with IPv6
    "QN-H1-FW02",
    "QN-GD-C-FW01",  # a county's head
    "QN-GD-C-FW02",
    "QN-GD-H1-FW01",  # its hospital's
    "QN-GD-H1-FW02",
    "GZ-H1-FW01",  # a provincial hospital's, which speak with each other
    "GZ-H1-FW02",
)
WORD = {Family.V4: "ip", Family.V6: "ipv6"}


@cache
def meaning() -> Meaning:
    return Meaning(network(mixed()))


@cache
def written() -> dict[str, str]:
    """The SecPath texts of the small province with H3C in it."""
    return {
        device.name: text
        for device, _, text in texts(meaning())
        if device.platform == "h3c_secpath"
    }


def device(name: str) -> Device:
    return next(one for one in meaning().network.devices if one.name == name)


def config(name: str) -> RoutingConfig:
    made = meaning()
    return routing_config(made.network, made.plan, made.routing, device(name), ())


def found(name: str, pattern: str) -> list[str]:
    """What the group of a pattern matches, line by line."""
    return re.findall(rf"^{pattern}$", written()[name], re.MULTILINE)


def blocks(name: str) -> list[list[str]]:
    return [block.splitlines() for block in written()[name].split("\n#\n")]


def lines_of(name: str, one: Neighbour, indent: str) -> set[str]:
    peer = re.escape(address_text(*one.address[:2]))
    return set(found(name, rf"{indent}peer {peer} (.*)"))


def test_every_firewall_is_tried_here() -> None:
    assert set(written()) == {*CENTRE, *SPEAKERS}
    families = {one.address.family for name in SPEAKERS for one in config(name).neighbours}
    assert families == {Family.V4, Family.V6}


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_session_has_all_that_it_is_planned_with(name: str) -> None:
    assert config(name).neighbours
    for one in config(name).neighbours:
        version = one.address.family.value
        assert lines_of(name, one, " ") == {
            f"as-number {one.as_number}",
            f"description {one.name}",
            "ttl-security hops 1",
            f"password simple {one.key}",
            "timer connect-retry 1",
            "route-update-interval 0",
            "bfd single-hop",
        }
        standby = {f"route-policy METRIC-{one.metric} export"} if one.metric else set()
        internal = {"next-hop-local"} if one.internal else set()
        assert lines_of(name, one, "  ") == standby | internal | {
            "enable",
            f"prefix-list {one.takes.name}-V{version} import",
            f"prefix-list {one.gives.name}-V{version} export",
            f"route-limit {one.limit} reconnect 60",
        }


def test_members_at_a_provincial_hospital_speak_inside_their_as() -> None:
    for name, other in (("GZ-H1-FW01", "GZ-H1-FW02"), ("GZ-H1-FW02", "GZ-H1-FW01")):
        inside = [one for one in config(name).neighbours if one.internal]
        assert [one.name for one in inside] == [other, other]
        assert {one.address.family for one in inside} == {Family.V4, Family.V6}
        assert {one.as_number for one in inside} == {config(name).as_number}


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_session_stands_in_its_own_family_alone(name: str) -> None:
    (bgp,) = (index for index, block in enumerate(blocks(name)) if block[0].startswith("bgp "))
    text = "\n".join(blocks(name)[bgp])
    head, *families = text.split("\n #\n address-family ")
    assert f"bgp {config(name).as_number}\n router-id " in head
    assert "\n timer keepalive 3 hold 9\n" in head
    known = {text.partition(" unicast\n")[0]: text for text in families}
    assert set(known) == {f"ipv{one.address.family.value}" for one in config(name).neighbours}
    for version, lines in known.items():
        enabled = set(re.findall(r"^  peer (\S+) enable$", lines, re.MULTILINE))
        assert enabled == {
            address_text(*one.address[:2])
            for one in config(name).neighbours
            if f"ipv{one.address.family.value}" == version
        }
        assert enabled == set(re.findall(r"^  peer (\S+) ", lines, re.MULTILINE))


@pytest.mark.parametrize("name", SPEAKERS)
def test_each_name_that_is_used_is_defined_and_each_defined_is_used(name: str) -> None:
    """An undefined name would let every route pass."""
    used = set(found(name, r"  peer \S+ prefix-list (\S+) (?:im|ex)port"))
    assert used
    assert used == {
        f"{one}-{version}"
        for word, version in (("ip", "V4"), ("ipv6", "V6"))
        for one in found(name, rf" {word} prefix-list (\S+)-{version} index .*")
    }
    policies = set(found(name, r"  peer \S+ route-policy (\S+) export"))
    assert policies == set(found(name, r"route-policy (\S+) permit node 10"))
    assert bool(policies) == name.endswith("02")


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_list_has_what_the_plan_permits(name: str) -> None:
    for one in config(name).filters:
        list_name = f"{one.name}-V{one.family.value}"
        entries = found(name, rf" {WORD[one.family]} prefix-list {list_name} index (.*)")
        assert one.entries
        for number, (entry, line) in enumerate(zip(one.entries, entries, strict=True), start=1):
            address = address_text(*entry.prefix[:2])
            exact = f"{10 * number} permit {address} {entry.prefix.length}"
            between = f"{exact} greater-equal {entry.shortest} less-equal {entry.longest}"
            alone = entry.shortest == entry.longest == entry.prefix.length
            assert line == (exact if alone else between)


def in_words(one: StaticRoute) -> str:
    to = f"{address_text(*one.to[:2])} {one.to.length}"
    target = address_text(*one.gateway[:2]) if one.gateway else "NULL0 preference 250"
    return f"{WORD[one.to.family]} route-static {to} {target}"


@pytest.mark.parametrize("name", [*CENTRE, *SPEAKERS])
def test_static_routes_are_written_with_a_length(name: str) -> None:
    routes = [in_words(one) for one in config(name).routes]
    assert routes
    assert found(name, r" (ip(?:v6)? route-static (?!.* Tunnel).*)") == routes


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_block_is_told_in_the_form_that_the_device_prints(name: str) -> None:
    told = found(name, r"  network (.*)")
    blocks = [one.prefix for one in config(name).originated]
    assert len(told) == len(blocks) > 0
    for text, block in zip(told, blocks, strict=True):
        address, _, length = text.partition(" ")
        assert ("." in length) == (block.family is Family.V4)
        assert prefix(f"{address}/{block.length}") == block
    assert not found(name, r"  aggregate (.*)")


def test_a_centres_firewall_speaks_with_nobody() -> None:
    for name in CENTRE:
        text = written()[name]
        assert not re.search(r"^ *(bgp|peer|route-policy|ip prefix-list|bfd) ", text, re.MULTILINE)


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
        times = [line for line in block if line.startswith(" bfd ")]
        if times:
            timed[block[0].removeprefix("interface ")] = times
    assert set(timed) == over != set()
    for times in timed.values():
        assert times == [
            " bfd min-transmit-interval 300",
            " bfd min-receive-interval 300",
            " bfd detect-multiplier 3",
        ]


def test_routing_stands_between_the_zones_and_the_services_of_the_box() -> None:
    for name in SPEAKERS:
        text = written()[name]
        heads = ["\nsecurity-zone name Z_", "\nbgp ", "\nroute-policy ", "\n ip prefix-list "]
        heads += ["\n ip route-static ", "\n ssh server enable\n", "\nsecurity-policy ip\n"]
        places = [text.index(one) for one in heads if one in text]
        assert places == sorted(places)
        assert len(places) >= len(heads) - 1  # the first member has no policy


def test_a_key_is_a_reference() -> None:
    keys = [key for name in SPEAKERS for key in found(name, r" peer \S+ password (.*)")]
    assert keys
    assert all(re.fullmatch(r"simple vault:[a-z0-9-]+", key) for key in keys)


def test_the_other_vendor_has_the_same_sessions_lists_and_routes() -> None:
    """The same device, once by each vendor: only words and masks differ."""
    by_huawei = {one.name: text for one, _, text in texts(Meaning(network(small())))}
    for name in SPEAKERS:
        huawei, h3c = by_huawei[name], written()[name]
        for pattern in (
            r"^ peer (\S+ (?:as-number|description|timer|route-update-interval) .*)$",
            r"^  peer (\S+ (?:enable|route-limit \d+|route-policy \S+ export))(?: reconnect 60)?$",
            r"^  network (.*)$",
        ):
            told = re.findall(pattern, h3c, re.MULTILINE)
            assert told
            assert told == re.findall(pattern, huawei, re.MULTILINE)
        lists = re.findall(r"^ ip(?:v6)? prefix-list (.*)$", h3c, re.MULTILINE)
        assert lists == re.findall(r"^ip (?:ip|ipv6)-prefix (.*)$", huawei, re.MULTILINE)


# ---- what only routers have ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("router", "lacking"),
    [
        ("GZ-DCB-CR01", "a session over several lines: the session with GZ-DCB-SE01"),
        ("QN-H1-AR01", "a default route that has a condition: the session with QN-"),
    ],
)
def test_what_comware_cannot_say_is_refused(router: str, lacking: str) -> None:
    with pytest.raises(ValueError, match=f"the platform has no words for {lacking}"):
        h3c_routing.routing_view(config(router))
