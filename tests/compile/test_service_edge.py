"""What a service edge has besides its filter: the guard's table, and routing."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import pytest

from failover.actuators import bgp
from failover.core.cells import Term
from failover.guard.ruleset import ruleset_of, text_of
from telemed_infra.compile.failover_plan import failover_plan
from telemed_infra.compile.routing import RoutingConfig
from telemed_infra.compile.service_edge import METRIC_WITHOUT_TERM, edge_config
from telemed_infra.model.load import load
from telemed_infra.model.network import Device, Network
from telemed_infra.pipeline.layout import Part, config_files
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.texts import DeviceText
from telemed_infra.plan.network import network_plan
from telemed_infra.plan.prefix import address_text
from telemed_infra.plan.routing import RoutingPlan
from telemed_infra.render import frr
from telemed_infra.resources import shipped
from tests.plan.building import maker
from tests.plan.variants import network, small

BLUEPRINT = "blueprints/data-center.yml"


@cache
def province() -> Network:
    return load(shipped("inventory"), as_of=None)


@cache
def configs() -> dict[str, RoutingConfig]:
    """How each service edge of the province is routed."""
    plan = network_plan(province())
    routing = RoutingPlan(province(), plan)
    return {one.name: edge_config(province(), plan, routing, one) for one in edges(province())}


def edges(of: Network) -> list[Device]:
    return [device for device in of.devices if device.role == "SE"]


def files_of(of: Network, site: str, part: Part) -> list[DeviceText]:
    meaning = Meaning(of)
    return [one for one in maker(meaning).of(of.sites[site]) if one.part is part]


def addresses(of: Network) -> list[str]:
    """Those that the plan of the agents names."""
    plan = failover_plan(of, network_plan(of))
    return [
        instance[family]
        for group in plan["groups"]
        for instance in group["instances"]
        for family in ("v4", "v6")
        if family in instance
    ]


@pytest.mark.parametrize("site", ["dc-a", "dc-b"])
def test_the_guards_table_is_the_one_that_the_guard_makes(site: str) -> None:
    wanted = text_of(ruleset_of(addresses(province())))
    found = [one.rendered.text for one in files_of(province(), site, Part.GUARD)]
    assert found == [wanted, wanted]
    assert wanted.count("\t\t\t10.12.") == 84


def test_without_ipv6_the_guards_table_is_theirs_too() -> None:
    files = deepcopy(small())
    files[BLUEPRINT]["ipv6"] = False
    without = network(files)
    (first, _) = files_of(without, "dc-a", Part.GUARD)
    assert first.rendered.text == text_of(ruleset_of(addresses(without)))
    (routing, _) = files_of(without, "dc-a", Part.ROUTING)
    assert "ipv6" not in routing.rendered.text.replace("no ipv6 forwarding", "")


def test_each_guarded_address_knows_its_service() -> None:
    (guard, _) = files_of(province(), "dc-a", Part.GUARD)
    lines = guard.rendered.text.splitlines()
    number = lines.index("\t\t\t10.12.4.5,") + 1
    assert guard.rendered.origin(number) == province().services["imaging"].origin
    assert guard.rendered.origin(1) == edges(province())[0].origin


def test_a_session_with_each_core_router_from_the_services_zone() -> None:
    plan = network_plan(province())
    for device in edges(province()):
        config = configs()[device.name]
        center = province().data_centers[device.site.id]
        assert config.as_number == center.service_edge_as
        assert {one.as_number for one in config.neighbours} == {center.as_number}
        zone = plan.sites[device.site.id].zones["DMZ"]
        assert {(one.name[-4:], one.own.first) for one in config.neighbours} == {
            (router, address.host(device.host).first)
            for router in ("CR01", "CR02")
            for address in (zone.v4, zone.v6)
            if address
        }


def test_neighbours_and_managers_are_reached_by_routes_of_their_own() -> None:
    """A neighbour whom only the default route reaches is none to FRR."""
    plan = network_plan(province())
    config = configs()[edges(province())[0].name]
    gateways = {route.to: route.gateway for route in config.routes}
    zones = plan.sites["dc-a"].zones
    for session in config.neighbours:
        family = session.address.family
        (dmz,) = (one for one in zones["DMZ"].host(1) if one and one.family is family)
        assert gateways[session.address] == dmz
    for center in province().data_centers:
        assert gateways[plan.sites[center].zones["SECOPS"].v4] == zones["MGMT"].v4.host(1)


def test_each_path_of_the_agents_is_an_address_of_the_first_service_edge() -> None:
    plan = network_plan(province())
    agents = {site["name"]: site["addresses"] for site in failover_plan(province(), plan)["sites"]}
    for device in edges(province()):
        config = configs()[device.name]
        own = {address_text(*one.v4[:2]) for one in config.interfaces if one.v4}
        assert (set(agents[device.site.id].values()) <= own) == (device.number == 1)


def test_the_agent_calls_by_the_address_that_policies_name() -> None:
    """Longest prefix: the register is not answered with the managers among whom it stands."""
    plan = network_plan(province())
    for device in edges(province()):
        gateways = {route.to: route.gateway for route in configs()[device.name].routes}
        zones = plan.sites[device.site.id].zones
        for center in ("dc-a", "dc-b"):
            member = gateways.get(plan.sites[center].zones["SECOPS"].v4.host(70))
            agent = gateways.get(plan.sites[center].zones["DRREPL"].v4.host(70))
            first, other = device.number == 1, center != device.site.id
            assert member == (zones["DMZ"].v4.host(1) if first else None)
            assert agent == (zones["DRREPL"].v4.host(1) if first and other else None)


def test_keys_are_references() -> None:
    for site in ("dc-a", "dc-b"):
        for one in files_of(province(), site, Part.ROUTING):
            keys = {
                line.split()[3]
                for line in one.rendered.text.splitlines()
                if line.split()[2:3] == ["password"]
            }
            assert keys == {f"vault:bgp-{site}-service-edge"}


def test_what_actuators_look_for_is_what_is_written() -> None:
    """Neither package may import the other; both speak of the same route maps."""
    (routing, _) = files_of(network(small()), "dc-a", Part.ROUTING)
    for name in bgp.ROUTE_MAPS.values():
        assert f"route-map {name} permit {bgp.LAST_ENTRY}\n" in routing.rendered.text
        assert f"redistribute connected route-map {name}\n" in routing.rendered.text
    assert frr.LAST_ENTRY == bgp.LAST_ENTRY
    assert frr.LOOPBACK == bgp.LOOPBACK
    assert METRIC_WITHOUT_TERM == bgp.WITHOUT_TERM > bgp.metric_of(Term(1, 1))


def test_on_linux_each_program_has_a_file_of_its_own() -> None:
    for device in network(small()).devices:
        names = [file.name for file in config_files(device)]
        if device.role == "SE":
            assert names == [
                f"{device.name}.nft", f"{device.name}.guard.nft", f"{device.name}.frr",
                f"{device.name}.keepalived",
            ]  # fmt: skip
        elif device.platform == "nftables" and device.site.kind != "township":
            assert names == [
                f"{device.name}.{ending}" for ending in ("nft", "frr", "keepalived", "conntrackd")
            ]
        elif device.platform == "nftables":
            assert names == [f"{device.name}.nft", f"{device.name}.swanctl"]
        else:
            assert len(names) == 1


def test_the_names_of_files_are_those_that_are_written() -> None:
    of = network(small())
    texts = maker(Meaning(of))
    for site in of.sites.values():
        written = [one.name.split("/")[0] for one in texts.of(site)]
        promised = [file.name for device in of.devices_of(site) for file in config_files(device)]
        assert list(dict.fromkeys(written)) == promised
