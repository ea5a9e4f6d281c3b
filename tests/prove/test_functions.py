"""What a text does, function by function, and what its role does: each shows in the one word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from telemed_infra.management_plane import (
    Listener,
    Lockout,
    Login,
    ManagementPlane,
    Method,
    Ntp,
    NtpServer,
    Passwords,
    PortGuards,
    Snmp,
    Syslog,
)
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.comware import parse_comware_routes
from telemed_infra.parse.vrp import parse_vrp
from telemed_infra.prove.expected_functions import expected_of_switch
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.prove.functions import (
    Function,
    Functions,
    of_guards,
    of_multicast,
    of_plane,
    of_redundancy,
    of_routes,
    of_switch,
    with_functions,
)
from telemed_infra.prove.switches import ExpectedSwitch
from telemed_infra.redundancy import ALONE, Rank, Redundancy, StateSync, SyncKind, VirtualRouter
from tests.parse.vrp import circuit_texts
from tests.prove.test_management import PLANE

ROUTER = VirtualRouter("GE1", Family.V4, 10, (0x0A000001,), Rank.ACTIVE)
SYNC = StateSync(
    kind=SyncKind.HRP, interface="GE2", own=None, remote=1, first=True,
    sessions=True, configuration=True, preempt_s=60,
)  # fmt: skip
WHOLE = replace(PLANE, syslog=replace(PLANE.syslog, zoned=True))
OF_PLANE = frozenset(
    {
        Function.SSH, Function.QUIET, Function.AAA, Function.ACCOUNTING, Function.PASSWORDS,
        Function.LOCKOUT, Function.IDLE, Function.BANNER, Function.SNMP, Function.NTP,
        Function.SYSLOG, Function.FLOWS,
    }
)  # fmt: skip


def login(**change: object) -> Login:
    return replace(PLANE.login, **change)  # type: ignore[arg-type]


def test_a_whole_plane_does_all_of_it() -> None:
    assert of_plane(WHOLE) == OF_PLANE
    assert of_plane(None) == frozenset()


@pytest.mark.parametrize(
    ("plane", "lost"),
    [
        pytest.param(replace(WHOLE, login=login(sources4=None)), Function.SSH, id="from anywhere"),
        pytest.param(replace(WHOLE, login=login(sources6=None)), Function.SSH, id="by IPv6"),
        pytest.param(
            replace(WHOLE, listeners=frozenset({Listener.SSH, Listener.HTTP})),
            Function.QUIET,
            id="a web server",
        ),
        pytest.param(replace(WHOLE, discovery=True), Function.QUIET, id="LLDP"),
        pytest.param(replace(WHOLE, tacacs=()), Function.AAA, id="no server"),
        pytest.param(
            replace(WHOLE, login=login(methods=(Method.LOCAL, Method.TACACS))),
            Function.AAA,
            id="the own account first",
        ),
        pytest.param(
            replace(WHOLE, login=login(commands_accounted=False)),
            Function.ACCOUNTING,
            id="commands",
        ),
        pytest.param(replace(WHOLE, passwords=Passwords()), Function.PASSWORDS, id="passwords"),
        pytest.param(replace(WHOLE, lockout=Lockout(0, 0)), Function.LOCKOUT, id="lockout"),
        pytest.param(replace(WHOLE, login=login(idle_s=None)), Function.IDLE, id="idle"),
        pytest.param(replace(WHOLE, banner=""), Function.BANNER, id="banner"),
        pytest.param(
            replace(WHOLE, snmp=Snmp(versions=frozenset({"v2c", "v3"}))), Function.SNMP, id="v2c"
        ),
        pytest.param(replace(WHOLE, ntp=Ntp(authenticated=False)), Function.NTP, id="unsigned"),
        pytest.param(
            replace(
                WHOLE,
                ntp=replace(WHOLE.ntp, servers=frozenset({NtpServer("10.0.150.20", 0)})),
            ),
            Function.NTP,
            id="a server without a key",
        ),
        pytest.param(replace(WHOLE, syslog=Syslog()), Function.SYSLOG, id="no log"),
        pytest.param(PLANE, Function.SYSLOG, id="a log without offset"),
        pytest.param(replace(WHOLE, flows=frozenset()), Function.FLOWS, id="no flows"),
    ],
)
def test_what_weakens_it_takes_its_function_away(plane: ManagementPlane, lost: Function) -> None:
    assert of_plane(plane) == OF_PLANE - {lost}


@pytest.mark.parametrize(
    ("guards", "function"),
    [
        (PortGuards(edge=True, bpdu_guard=True), Function.EDGE),
        (PortGuards(snooped=True), Function.SNOOPING),
        (PortGuards(source_guard=True), Function.SOURCE_GUARD),
        (PortGuards(addresses_max=2), Function.PORT_SECURITY),
        (PortGuards(dot1x=True), Function.DOT1X),
        (PortGuards(mac_bypass=True), Function.MAC_BYPASS),
    ],
)
def test_a_guard_is_a_function(guards: PortGuards, function: Function) -> None:
    assert of_guards([PortGuards(), guards]) == {function}


def test_half_a_guard_is_none() -> None:
    assert not of_guards([PortGuards(edge=True), PortGuards(bpdu_guard=True)])
    assert not of_guards([PortGuards(snooped=True, trusted=True)])


def port(name: str, mode: PortMode, guards: PortGuards) -> SwitchPort:
    return SwitchPort(
        name=name, line=1, mode=mode, access_vlan=None, native_vlan=None,
        trunk_vlans=frozenset(), guards=guards,
    )  # fmt: skip


def test_a_shut_port_guards_nothing() -> None:
    shut = port("GE1", PortMode.SHUTDOWN, PortGuards(addresses_max=2))
    live = port("GE2", PortMode.TRUNK, PortGuards())
    read = SwitchBehaviour(
        hostname="", vlans=frozenset({10}), ports={"GE1": shut, "GE2": live}, addresses={}
    )
    assert of_switch(read) == {Function.VLANS, Function.TRUNKS, Function.PARKED}
    snooping = structs.replace(read, snooped=frozenset({10}))
    assert of_switch(snooping) - of_switch(read) == {Function.GROUPS}


def test_a_routers_circuits() -> None:
    tunnels = parse_vrp(circuit_texts.ROUTER).tunnels
    switch = ExpectedSwitch(vlans=frozenset(), ports={}, addresses={})
    assert Function.CIRCUITS in of_switch(parse_vrp(circuit_texts.ROUTER))
    assert Function.CIRCUITS not in of_switch(parse_vrp("sysname AR"))
    plain = expected_of_switch(switch, None)
    assert expected_of_switch(switch, None, tunnels) == plain | {Function.CIRCUITS}


@pytest.mark.parametrize(
    ("redundancy", "does"),
    [
        (ALONE, frozenset()),
        (Redundancy(routers=frozenset({ROUTER})), {Function.VIRTUAL}),
        (Redundancy(sync=SYNC), {Function.SYNC}),
        (Redundancy(sync=replace(SYNC, sessions=False)), frozenset()),
    ],
)
def test_a_pair(redundancy: Redundancy, does: Functions) -> None:
    assert of_redundancy(redundancy) == does


ROUTES = """
bgp 4200000500
 peer 10.0.0.0 as-number 64512
 peer 10.0.0.0 password cipher vault:one
 peer 10.0.0.0 bfd
 peer 10.0.0.0 connect-interface GigabitEthernet1/0/0
 peer 10.0.0.0 route-update-interval 0
 address-family ipv4 unicast
  peer 10.0.0.0 enable
  peer 10.0.0.0 prefix-list ALL import
  peer 10.0.0.0 prefix-list ALL export
  peer 10.0.0.0 route-limit 10
  network 10.13.0.0 255.255.240.0
ip prefix-list ALL index 10 permit 10.0.0.0 8 less-equal 32
ip route-static 10.13.0.0 20 NULL0
ip route-static 10.13.64.0 20 10.0.0.0
"""


@pytest.mark.parametrize(
    ("gone", "lost"),
    [
        ("", frozenset()),
        (" peer 10.0.0.0 password cipher vault:one\n", {Function.BGP}),
        ("  peer 10.0.0.0 prefix-list ALL export\n", {Function.BGP}),
        ("  peer 10.0.0.0 route-limit 10\n", {Function.BGP}),
        (" peer 10.0.0.0 bfd\n", {Function.BFD}),
        (" peer 10.0.0.0 route-update-interval 0\n", {Function.AT_ONCE}),
        ("ip route-static 10.13.0.0 20 NULL0\n", {Function.BLOCK}),
        ("ip route-static 10.13.64.0 20 10.0.0.0\n", {Function.STATIC}),
    ],
)
def test_routing(gone: str, lost: Functions) -> None:
    assert gone in ROUTES
    whole = {Function.BGP, Function.BFD, Function.AT_ONCE, Function.BLOCK, Function.STATIC}
    assert of_routes(parse_comware_routes(ROUTES.replace(gone, ""))) == whole - lost


def test_multicast() -> None:
    read = parse_comware_routes(ROUTES)
    one = MulticastRouting((), frozenset({"GE1"}), frozenset(), {})
    assert of_routes(replace(read, multicast=one)) - of_routes(read) == {Function.MULTICAST}
    assert of_multicast(NO_MULTICAST) == frozenset()


def test_what_a_role_lacks_or_has_too_many_is_a_finding() -> None:
    proof = with_functions(
        DeviceProof(device="FW01"),
        frozenset({Function.BFD, Function.STATIC}),
        frozenset({Function.BFD, Function.BANNER}),
    )
    assert proof.functions == {"BFD on each session", "static routes"}
    assert [(one.kind, one.says) for one in proof.findings] == [
        ("function", "it does this, and its role does not: static routes"),
        ("function", "it does not do this: banner"),
    ]
