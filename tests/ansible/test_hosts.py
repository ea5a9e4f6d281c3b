from __future__ import annotations

import re
from collections import Counter

from telemed_infra.model.hosts import GROUPINGS, Hosts
from telemed_infra.model.network import Network
from telemed_infra.pipeline.hosts import host_variables
from telemed_infra.plan.network import network_plan

HOST_VARIABLES_MAX = 12


def test_every_device_is_a_host(network: Network, hosts: Hosts) -> None:
    assert hosts.names == tuple(device.name for device in network.devices)
    assert len(set(hosts.names)) == len(hosts.names)


def test_names_are_what_ansible_takes(hosts: Hosts) -> None:
    for group in hosts.groups:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", group)
        assert group.split("_")[0] in GROUPINGS
    assert not set(hosts.groups) & set(hosts.names)


def test_groups_count_as_the_network_does(network: Network, hosts: Hosts) -> None:
    sizes = {group: len(members) for group, members in hosts.groups.items()}
    counted = Counter[str]()
    for device in network.devices:
        site = device.site
        counted[f"kind_{site.kind}"] += 1
        counted[f"role_{device.role}"] += 1
        counted[f"platform_{device.platform}"] += 1
        if site.prefecture:
            counted[f"prefecture_{site.prefecture.id}"] += 1
        if site.county_id:
            counted[f"county_{site.county_id}"] += 1
    assert {name.lower().replace("-", "_"): size for name, size in counted.items()} == {
        group: size for group, size in sizes.items() if not group.startswith(("home_", "group_"))
    }
    homes = sum(size for group, size in sizes.items() if group.startswith("home_"))
    assert homes == len(network.devices)
    for group in network.groups:
        members = sum(
            len(network.devices_of(site)) for site in network.sites.values() if group in site.groups
        )
        assert sizes.get(f"group_{group.replace('-', '_')}", 0) == members


def test_a_data_centre_is_at_home_in_itself(hosts: Hosts) -> None:
    assert {"GZ-DCA-FW01", "BJ-WN-CH-GW01"} <= set(hosts.groups["home_dc_a"])
    assert {"GZ-DCB-FW01"} <= set(hosts.groups["home_dc_b"])


def test_counties_are_children_of_their_prefecture(network: Network, hosts: Hosts) -> None:
    assert sum(map(len, hosts.children.values())) == len(network.counties)
    for parent, counties in hosts.children.items():
        members = hosts.groups[parent]
        assert members == (
            *hosts.own(parent),
            *(name for county in counties for name in hosts.groups[county]),
        )
        assert len(set(members)) == len(members)


def test_variables_are_few_and_plain(network: Network) -> None:
    plan = network_plan(network)
    addresses, files = set(), set()
    for device in network.devices:
        variables = host_variables(device, plan)
        assert len(variables) <= HOST_VARIABLES_MAX
        assert all(type(value) is str for value in variables.values())
        addresses.add(variables["ansible_host"])
        files.add(variables["telemed_config"])
    assert len(addresses) == len(files) == len(network.devices)
