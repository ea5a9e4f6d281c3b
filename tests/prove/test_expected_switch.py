"""What the switches of the real inventory are for, worked out by hand, and damages of a text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from msgspec import structs

from telemed_infra.management_plane import PortGuards
from telemed_infra.model.load import load
from telemed_infra.model.network import Device, Network
from telemed_infra.parse.behaviour import PortMode
from telemed_infra.parse.vrp import parse_vrp
from telemed_infra.plan.network import network_plan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.routing import RoutingPlan
from telemed_infra.plan.sites import site_plan
from telemed_infra.prove.expected_switch import carried_vlans, expected_switch
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.prove.switch import prove_switch
from telemed_infra.prove.switches import ExpectedPort, ExpectedSwitch

INVENTORY = Path(__file__).parents[2] / "inventory"
PORT = "GigabitEthernet0/0/{}"
PARKED: frozenset[int] = frozenset()
ROUTED = -1

HOSPITAL = frozenset({10, 20, 30, 40, 50, 60, 70, 80, 100, 170, 190})
CENTER = frozenset({10, 20, 40, 100, 110, 120, 140, 150, 160, 170, 190})  # without PARTNER
TOWNSHIP = frozenset({10, 20, 30, 40, 60, 70, 80})


def to(first: int, last: int, vlan: int | None) -> dict[int, int | frozenset[int]]:
    """Ports first to last: access ports of a VLAN, or parked."""
    return dict.fromkeys(range(first, last + 1), PARKED if vlan is None else vlan)


@dataclass(frozen=True)
class Case:
    """An int is the VLAN of an access port, a set a trunk's, the empty set a port that is shut."""

    site: str
    device: str
    addresses: tuple[str, ...]
    ports: dict[int, int | frozenset[int]]


CASES = [
    # 威宁 is county 7 of prefecture 5 (10.80.0.0/12): 10.87.0.0/17; its township 5: 10.87.24.0/23.
    Case("weining-caohai", "BJ-WN-CH-ASW01", ("10.87.24.4/28",), {
        24: TOWNSHIP,
        **to(1, 2, 20), **to(3, 8, 30), **to(9, 10, 40), **to(11, 12, 60), **to(13, 18, 70),
        **to(19, 20, 80), **to(21, 23, None),
    }),
    Case("weining-c", "BJ-WN-C-CSW01", ("10.87.0.10/26",), {
        1: HOSPITAL, 24: HOSPITAL, 22: 10, 23: PARKED,
        **to(2, 5, 20), **to(6, 9, 30), **to(10, 11, 40), **to(12, 13, 170), **to(14, 15, 100),
        **to(16, 18, 70), **to(19, 21, None),
    }),
    # A data centre: 10.0.0.0/14, 2001:db8:a00::/44; VLAN 200 has its own to the firewall.
    Case("dc-a", "GZ-DCA-CSW01", ("10.0.10.10/24", "2001:db8:a00:a::a/64"), {
        1: CENTER, 24: CENTER | {200}, 2: frozenset({200}), 23: PARKED,
        3: frozenset({10, 110}), 4: frozenset({10, 120, 140, 160}),
        5: frozenset({10, 20, 40, 170}), 6: frozenset({10, 150}), 9: frozenset({10}),
        7: 100, 8: 190, 22: PARKED,
        **to(10, 14, 100), 15: 200, 16: 140, **to(17, 21, None),
    }),
    # Firewall 0, other router 1, fibre 5, prefectures from 11 on; the anti-DoS machine later.
    Case("dc-b", "GZ-DCB-CR01", ("10.4.10.50/24", "2001:db8:a10:a::32/64"), {
        **dict.fromkeys((0, 1, 5, *range(11, 20)), ROUTED), **to(2, 3, None), 4: 10,
    }),
    Case("dc-a", "GZ-DCA-OOB01", ("10.0.10.80/24", "2001:db8:a00:a::50/64"), {
        23: frozenset({10}), 24: frozenset({10}), **to(1, 8, 10), **to(9, 22, None),
    }),
    # Hospital 48 of prefecture 5, 10.83.0.0/20; 19 to 21 by the aggregation it houses.
    Case("bijie-h1", "BJ-H1-CSW01", ("10.83.0.10/25", "2001:db8:5300:a::a/64"), {
        1: HOSPITAL, 24: HOSPITAL, 22: 10, 23: PARKED,
        2: frozenset({10, 20, 30, 40, 70, 170}), 3: frozenset({10, 30, 50, 60, 70, 80}),
        **to(4, 9, 100), **to(10, 18, None), 19: 10, 20: 10, 21: PARKED,
    }),
    Case("bijie-h1", "BJ-H1-CSW02", ("10.83.0.11/25", "2001:db8:5300:a::b/64"), {
        1: HOSPITAL, 24: HOSPITAL, 22: 190, 23: PARKED,
        2: frozenset({10, 20, 30, 40, 70, 170}), 3: frozenset({10, 30, 50, 60, 70, 80}),
        **to(4, 9, 100), **to(10, 18, None), 19: 10, 20: 190, 21: PARKED,
    }),
    # Hospital 49 houses none: it has no ports 19 to 21.
    Case("bijie-h2", "BJ-H2-CSW01", ("10.83.16.10/25", "2001:db8:5310:a::a/64"), {
        1: HOSPITAL, 24: HOSPITAL, 22: 10, 23: PARKED,
        2: frozenset({10, 20, 30, 40, 70, 170}), 3: frozenset({10, 30, 50, 60, 70, 80}),
        **to(4, 9, 100), **to(10, 18, None),
    }),
    # Circuits 0 and 1, the other router 2, counties from 11 on, hospitals from 40; a mirror later.
    Case("bijie-h1", "BJ-H1-AR01", ("10.83.0.90/25", "2001:db8:5300:a::5a/64"), {
        **dict.fromkeys((*range(3), *range(11, 19), 40, 41), ROUTED), 3: 10, 4: PARKED,
    }),
]  # fmt: skip


@pytest.fixture(scope="module")
def network() -> Network:
    return load(INVENTORY, as_of=None)


def expected(network: Network, name: str) -> ExpectedSwitch:
    device = named(network, name)
    return expected_switch(site_plan(network, device.site), device, routing(), network.zones)


def unguarded(switch: ExpectedSwitch) -> ExpectedSwitch:
    """VLANs and modes alone; what guards a port has tests of its own."""
    ports = {name: structs.replace(port, guards=None) for name, port in switch.ports.items()}
    return structs.replace(switch, ports=ports)


@cache
def routing() -> RoutingPlan:
    network = load(INVENTORY, as_of=None)
    return RoutingPlan(network, network_plan(network))


def named(network: Network, name: str) -> Device:
    return next(device for device in network.devices if device.name == name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.device)
def test_a_switch_is_what_its_blueprints_say(network: Network, case: Case) -> None:
    found = unguarded(expected(network, case.device))
    assert named(network, case.device).site.id == case.site
    assert found.ports == {PORT.format(number): meant(what) for number, what in case.ports.items()}
    assert found.addresses["Vlanif10"] == case.addresses
    routed = list(case.ports.values()).count(ROUTED)
    core = "-CR" in case.device
    within = routed and 1 + core  # to the other router, and of a core to its firewall
    circuits = routed - within  # the port has an address, and so has the tunnel over it
    assert len(found.addresses) == 1 + core + within + 2 * circuits
    carried = frozenset().union(*map(carried_vlans, found.ports.values()))
    assert found.vlans == carried | {10, 999}


def meant(what: int | frozenset[int]) -> ExpectedPort:
    if what == ROUTED:
        return ExpectedPort(mode=PortMode.ROUTED)
    if isinstance(what, int):
        return ExpectedPort(mode=PortMode.ACCESS, access_vlan=what)
    return ExpectedPort(mode=PortMode.TRUNK if what else PortMode.SHUTDOWN, vlans=what)


def test_a_switch_defines_no_vlan_that_it_has_no_use_for(network: Network) -> None:
    assert expected(network, "BJ-H1-ASW02").vlans == {10, 30, 50, 60, 70, 80, 999}
    assert expected(network, "GZ-DCB-CR01").vlans == {10, 999}


def test_every_port_of_every_switch_is_understood(network: Network) -> None:
    plans = {site.id: site_plan(network, site) for site in network.sites.values()}
    devices = [device for device in network.devices if PLATFORMS[device.platform].vlan_interface]
    known = routing()
    switches = [
        expected_switch(plans[device.site.id], device, known, network.zones) for device in devices
    ]
    assert len(switches) > 2000
    assert all(len(switch.ports) >= 4 and switch.addresses for switch in switches)
    assert all(any(map(carried_vlans, switch.ports.values())) for switch in switches)


def test_ports_and_the_own_leg_are_named_as_the_platform_names_them(network: Network) -> None:
    found = unguarded(expected(network, "GZ-DCB-ASW01"))
    assert found.ports["GigabitEthernet1/0/1"] == meant(110)
    assert found.ports["GigabitEthernet1/0/22"].mode is PortMode.SHUTDOWN
    assert list(found.addresses) == ["Vlan-interface10"]


def test_two_sentences_about_one_port_are_refused(network: Network) -> None:
    device = named(network, "BJ-WN-CH-ASW01")
    plan = site_plan(network, device.site)
    again = {"access": (*plan.site.blueprint.access, plan.site.blueprint.access[0])}
    site = replace(plan.site, blueprint=plan.site.blueprint.model_copy(update=again))
    with pytest.raises(ValueError, match="port 1 is spoken of twice"):
        expected_switch(replace(plan, site=site), device, routing(), network.zones)


def test_a_port_is_guarded_as_the_zone_of_its_hosts_asks(network: Network) -> None:
    ports = expected(network, "BJ-WN-CH-ASW01").ports
    host = PortGuards(edge=True, bpdu_guard=True, snooped=True, addresses_max=2)
    known = replace(host, mac_bypass=True, admits=True)
    asked = replace(known, dot1x=True)
    assert ports[PORT.format(1)].guards == host  # VIDEO
    assert ports[PORT.format(3)].guards == asked  # CLINICAL
    assert ports[PORT.format(9)].guards == known  # IMAGING
    assert ports[PORT.format(19)].guards == replace(host, addresses_max=8)  # GUEST
    assert ports[PORT.format(22)].guards is None  # parked
    assert ports[PORT.format(24)].guards == PortGuards(trusted=True)


def test_who_cannot_know_hosts_by_their_address_alone_asks_them_first(network: Network) -> None:
    device = replace(named(network, "BJ-WN-CH-ASW01"), platform="ruijie_rgos")
    plan = site_plan(network, device.site)
    ports = expected_switch(plan, device, routing(), network.zones).ports
    host = PortGuards(edge=True, bpdu_guard=True, snooped=True, addresses_max=2)
    asked = replace(host, dot1x=True, mac_bypass=True)
    assert ports["GigabitEthernet 0/1"].guards == host  # VIDEO
    assert ports["GigabitEthernet 0/9"].guards == asked  # IMAGING


def test_a_cable_to_a_device_of_ours_asks_nobody(network: Network) -> None:
    """A sensor's management, and a server's zone without a rule for hosts."""
    ours = PortGuards(edge=True, bpdu_guard=True)
    assert expected(network, "BJ-WN-C-CSW01").ports[PORT.format(22)].guards == ours
    assert expected(network, "BJ-WN-C-CSW01").ports[PORT.format(14)].guards == ours


def test_a_guard_that_is_missing_is_told_with_its_port_and_line(network: Network) -> None:
    switch = expected(network, "BJ-WN-CH-ASW01")
    found = prove_switch("BJ-WN-CH-ASW01", parse_vrp(TEXT), switch).findings
    assert len(found) == 21
    assert found[0].says == (
        "GigabitEthernet0/0/1: guards () in place of (edge, bpdu guard, snooped, addresses max 2)"
    )
    assert TEXT.splitlines()[found[0].line - 1] == "interface GigabitEthernet0/0/1"


# ---- a text against it ----


def access(port: int, vlan: int) -> str:
    return f"interface {PORT.format(port)}\n port link-type access\n port default vlan {vlan}\n"


def parked(port: int) -> str:
    return f"interface {PORT.format(port)}\n shutdown\n"


TEXT = "\n".join([
    "sysname BJ-WN-CH-ASW01",
    "vlan batch 10 20 30 40 60 70 80 999",
    "interface Vlanif10",
    " ip address 10.87.24.4 255.255.255.240",
    *(access(port, 20) for port in range(1, 3)),
    *(access(port, 30) for port in range(3, 9)),
    *(access(port, 40) for port in range(9, 11)),
    *(access(port, 60) for port in range(11, 13)),
    *(access(port, 70) for port in range(13, 19)),
    *(access(port, 80) for port in range(19, 21)),
    *(parked(port) for port in range(21, 24)),
    f"interface {PORT.format(24)}",
    " port link-type trunk",
    " port trunk pvid vlan 999",
    " undo port trunk allow-pass vlan 1",
    " port trunk allow-pass vlan 10 20 30 40 60 70 80",
])  # fmt: skip


def proof(network: Network, text: str) -> DeviceProof:
    switch = unguarded(expected(network, "BJ-WN-CH-ASW01"))
    return prove_switch("BJ-WN-CH-ASW01", parse_vrp(text), switch)


def test_a_text_that_says_so_is_proven_with_its_sizes(network: Network) -> None:
    found = proof(network, TEXT)
    assert not found.findings
    assert (found.must, found.rules, found.ways) == (20 + 7, 24, 7)
    assert found.lines == found.covered == 4 + 20 * 3 + 3 * 2 + 5
    assert 0 < found.effective <= found.lines


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "allow-pass vlan 10 20 30 40 60 70 80", "allow-pass vlan 10 20 30 40 60 70 80 999",
            {f"{PORT.format(24)}: trunk vlans 999 is not meant",
             f"{PORT.format(24)}: native vlan 999 in place of none"},
            id="a VLAN added to a trunk",
        ),
        pytest.param(
            "allow-pass vlan 10 20", "allow-pass vlan 10",
            {f"{PORT.format(24)}: trunk vlans 20 is missing"},
            id="a VLAN taken from a trunk",
        ),
        pytest.param(
            " undo port trunk allow-pass vlan 1\n", "",
            {f"{PORT.format(24)}: trunk vlans 1 is not meant"},
            id="VLAN 1 on a trunk",
        ),
        pytest.param(
            access(9, 40), access(9, 70),
            {f"{PORT.format(9)}: access vlan 70 in place of 40"},
            id="an access port on another VLAN",
        ),
        pytest.param(
            parked(22), access(22, 70),
            {f"{PORT.format(22)}: mode access in place of shutdown"},
            id="a parked port opened",
        ),
        pytest.param(
            parked(22), parked(22) + access(25, 70),
            {f"{PORT.format(25)}: port access is not meant"},
            id="a port that nobody planned",
        ),
        pytest.param(
            "40 60 70 80 999", "40 70 80 999",
            {"vlan 60 is missing", f"{PORT.format(24)}: trunk vlans 60 is missing",
             f"{PORT.format(11)}: access vlan 60 (not defined) in place of 60",
             f"{PORT.format(12)}: access vlan 60 (not defined) in place of 60"},
            id="a VLAN undefined",
        ),
        pytest.param(
            "10.87.24.4 ", "10.87.24.5 ",
            {"Vlanif10: address 10.87.24.4/28 is missing",
             "Vlanif10: address 10.87.24.5/28 is not meant"},
            id="management address off by one",
        ),
        pytest.param(
            "255.255.255.240", "255.255.255.0",
            {"Vlanif10: address 10.87.24.4/28 is missing",
             "Vlanif10: address 10.87.24.4/24 is not meant"},
            id="management mask too wide",
        ),
    ],
)  # fmt: skip
def test_a_damage_is_found(network: Network, old: str, new: str, says: set[str]) -> None:
    assert old in TEXT
    found = proof(network, TEXT.replace(old, new, 1))
    assert {finding.says for finding in found.findings} == says
    assert {finding.kind for finding in found.findings} == {"switch"}


def test_a_finding_shows_the_line_of_its_port(network: Network) -> None:
    damaged = TEXT.replace(access(9, 40), access(9, 70))
    (finding,) = proof(network, damaged).findings
    assert damaged.splitlines()[finding.line - 1] == f"interface {PORT.format(9)}"
    assert str(finding).startswith(f"BJ-WN-CH-ASW01:{finding.line}: switch: ")


def test_a_line_that_nobody_understands_is_a_finding(network: Network) -> None:
    found = proof(network, TEXT + "\nbridge everything\n")
    assert [finding.kind for finding in found.findings] == ["unread"]
    assert found.findings[0].says.startswith("`bridge everything`: ")
    assert found.covered == found.lines - 1
