"""What a device's administration is to be: the inventory's wishes, as far as its platform goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from telemed_infra.management_plane import Listener, LogTarget, Method, NtpServer
from telemed_infra.model.load import load
from telemed_infra.model.network import Device, Network
from telemed_infra.packets import Family
from telemed_infra.plan import gaps
from telemed_infra.plan.gaps import administration_gaps
from telemed_infra.plan.management import ManagementPlan
from telemed_infra.plan.network import network_plan
from telemed_infra.plan.platforms import ABILITIES
from telemed_infra.plan.prefix import prefix
from tests.plan import variants

INVENTORY = Path(__file__).parents[2] / "inventory"


@pytest.fixture(scope="module")
def network() -> Network:
    return load(INVENTORY, as_of=None)


@pytest.fixture(scope="module")
def plan(network: Network) -> ManagementPlan:
    return ManagementPlan(network, network_plan(network))


def device(network: Network, name: str) -> Device:
    return next(one for one in network.devices if one.name == name)


def test_servers_of_the_home_centre_come_first(network: Network, plan: ManagementPlan) -> None:
    """毕节 is at home in A, 安顺 in B."""
    ours = plan.of(device(network, "BJ-WN-C-FW01"))
    theirs = plan.of(device(network, "AS-H1-FW01"))
    assert ours is not None
    assert theirs is not None
    assert [one.address for one in ours.tacacs] == ["10.0.150.40", "10.4.150.40"]
    assert [one.address for one in theirs.tacacs] == ["10.4.150.40", "10.0.150.40"]
    assert ours.ntp.servers == theirs.ntp.servers
    assert ours.ntp.servers == {NtpServer("10.0.150.20", 1), NtpServer("10.4.150.20", 1)}
    assert LogTarget("10.0.150.30", "tls", 6514) in ours.syslog.targets


def test_only_the_bastions_may_log_in(network: Network, plan: ManagementPlan) -> None:
    plane = plan.of(device(network, "BJ-WN-CH-ASW01"))
    assert plane is not None
    bastions = [prefix("10.0.150.10/32"), prefix("10.4.150.10/32")]
    assert plane.login.sources4 == tuple((one.first, one.first) for one in bastions)
    assert plane.login.sources6 is not None
    assert len(plane.login.sources6) == 2
    assert plane.listeners == {Listener.SSH} == plane.login.listeners
    assert plane.login.methods == (Method.TACACS, Method.LOCAL)


@pytest.mark.parametrize(
    ("name", "source", "table"),
    [
        pytest.param("BJ-WN-C-FW01", "LoopBack0", "", id="a firewall by its loopback"),
        pytest.param("BJ-WN-CH-ASW01", "Vlanif10", "", id="a switch by its leg in MGMT"),
        pytest.param("GZ-DCA-CR01", "Vlanif10", "MGMT", id="a router by its own table"),
    ],
)
def test_it_speaks_from_its_management_address(
    network: Network, plan: ManagementPlan, name: str, source: str, table: str
) -> None:
    plane = plan.of(device(network, name))
    assert plane is not None
    assert (plane.source, plane.table) == (source, table)


def test_firewalls_tell_of_flows_and_switches_ask_who_plugs_in(
    network: Network, plan: ManagementPlan
) -> None:
    exporter = next(one for one in network.devices if one.platform == "h3c_secpath")
    firewall, switch = plan.of(exporter), plan.of(device(network, "BJ-WN-C-CSW01"))
    assert firewall is not None
    assert switch is not None
    assert len(firewall.flows) == 2
    assert not firewall.radius
    assert not switch.flows
    assert len(switch.radius) == 2


def test_a_site_without_servers_keeps_its_hosts(network: Network, plan: ManagementPlan) -> None:
    """Wherever somebody is asked, and so in each zone of patients' care."""
    guards = {zone: plan.guards(zone, "huawei_vrp") for zone in network.zones}
    asking = {zone for zone, one in guards.items() if one.dot1x or one.mac_bypass}
    assert asking == {zone for zone, one in guards.items() if one.admits}
    assert {"CLINICAL", "IMAGING", "LAB", "IOMT"} <= asking


def test_hosts_are_administered_by_their_own_files(network: Network, plan: ManagementPlan) -> None:
    planned = {one.platform for one in network.devices if plan.of(one) is not None}
    assert planned == ABILITIES.keys()
    assert plan.of(device(network, "BJ-WN-CH-GW01")) is None


def test_the_shipped_inventory_declares_each_gap_and_no_other(network: Network) -> None:
    assert not list(administration_gaps(network))


def test_what_no_platform_in_use_lacks_silently(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = replace(
        ABILITIES["cisco_ios"],
        lacks=ABILITIES["cisco_ios"].lacks | {"source guard"},
        ntp=frozenset(),
    )
    monkeypatch.setattr(gaps, "ABILITIES", {**ABILITIES, "cisco_ios": less})
    lacking, unknown = sorted(administration_gaps(network), key=lambda one: one.field)
    assert lacking.problem == "cisco_ios lacks source guard, and no gap says so"
    assert "{platforms: [cisco_ios], lacks: source guard, reason: …}" in lacking.hint
    assert unknown.problem == "cisco_ios knows none of `hmac-sha-256` and `md5`"
    assert unknown.file.endswith("network.yml")


def test_a_gap_that_is_none_is_told(network: Network) -> None:
    wanted = network.administration
    stale = {"platforms": ("h3c_secpath", "huawei_ugs"), "lacks": "lockout", "reason": "because"}
    more = type(wanted).model_validate(
        {**wanted.model_dump(), "gaps": (*wanted.model_dump()["gaps"], stale)}
    )
    told = [one.problem for one in administration_gaps(replace(network, administration=more))]
    assert told == [
        "h3c_secpath does not lack lockout",
        "no platform huawei_ugs is administered from here",
    ]


def test_what_a_ruijie_switch_lacks_is_not_asked_of_it() -> None:
    """Hosts that are known by their MAC address are asked by 802.1X there, and only there."""
    one = variants.network(variants.with_ruijie())
    plan = ManagementPlan(one, network_plan(one))
    plane = plan.of(device(one, "BJ-WN-CH-ASW01"))
    assert plane is not None
    assert (plane.source, plane.passwords.kinds_min) == ("VLAN 10", 0)
    assert {key.algorithm for key in plane.ntp.keys} == {"md5"}
    assert plan.guards("IMAGING", "ruijie_rgos") == replace(
        plan.guards("IMAGING", "huawei_vrp"), dot1x=True
    )
    assert plan.guards("IMAGING", "ruijie_rgos").mac_bypass
    assert plan.guards("VIDEO", "ruijie_rgos") == plan.guards("VIDEO", "huawei_vrp")


def test_addresses_of_both_families_are_told_apart(network: Network, plan: ManagementPlan) -> None:
    plane = plan.of(device(network, "BJ-WN-C-FW01"))
    assert plane is not None
    assert plane.login.sources4 is not None
    assert all(high < 1 << Family.V4.bits for _, high in plane.login.sources4)
