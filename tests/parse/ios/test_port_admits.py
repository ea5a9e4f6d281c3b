"""IOS ports that let hosts in while no RADIUS server answers."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.parse.ios import parse_ios_switch
from tests.parse.ios.judge import unread

PORT = "GigabitEthernet1/0/1"
DEVICE = """\
vlan 40,50
aaa new-model
radius server ONE
 address ipv4 10.0.4.15 auth-port 1812 acct-port 1813
 automate-tester username probe
 key x
aaa group server radius EAP
 server name ONE
 deadtime 5
aaa authentication dot1x default group EAP
radius-server dead-criteria time 10 tries 3
radius-server deadtime 5
dot1x system-auth-control
dot1x critical eapol
authentication critical recovery delay 1000
"""
ASKS = """\
switchport mode access
switchport access vlan 40
authentication host-mode multi-auth
authentication port-control auto
dot1x pae authenticator
mab"""
DEAD = "authentication event server dead action"
ALIVE = "authentication event server alive action reinitialize"


def text(*lines: str, asks: str = ASKS) -> str:
    return DEVICE + "\n ".join([f"interface {PORT}", *asks.split("\n"), *lines]) + "\n"


def guards(*lines: str, asks: str = ASKS) -> PortGuards:
    read = parse_ios_switch(text(*lines, asks=asks))
    assert unread(read) == []
    return read.ports[PORT].guards


def refused(*lines: str, asks: str = ASKS) -> list[tuple[str, str]]:
    read = parse_ios_switch(text(*lines, asks=asks))
    return [(one.text, one.why) for one in read.unread]


@pytest.mark.parametrize(
    "lines",
    [
        (f"{DEAD} authorize vlan 40", ALIVE),
        (ALIVE, f"{DEAD} reinitialize vlan 40"),
        (f"{DEAD} authorize", ALIVE),  # the access VLAN
        (f"{DEAD} authorize vlan 50", ALIVE, f"{DEAD} authorize vlan 40"),
        (f"{DEAD} authorize vlan 40", ALIVE, f"no {DEAD} authorize voice"),
        (f"{DEAD} authorize vlan 40", ALIVE, "authentication event fail retry 1 action next-method",
         "no authentication event no-response action authorize vlan 40"),
        ("authe event ser dead action authorize vl 40", ALIVE.upper()),
    ],
)  # fmt: skip
def test_hosts_come_into_the_vlan_of_the_port(lines: tuple[str, ...]) -> None:
    assert guards(*lines) == PortGuards(dot1x=True, mac_bypass=True, admits=True)


@pytest.mark.parametrize("gone", ["\nmab", "\ndot1x pae authenticator"])
def test_by_one_way_alone_too(gone: str) -> None:
    assert guards(f"{DEAD} authorize vlan 40", ALIVE, asks=ASKS.replace(gone, "")).admits


@pytest.mark.parametrize(
    "lines",
    [
        (ALIVE,),
        (f"{DEAD} authorize vlan 40", ALIVE, f"no {DEAD} authorize"),
        (f"{DEAD} reinitialize vlan 40", ALIVE, f"no {DEAD} reinitialize vlan 40"),
        (f"{DEAD} authorize vlan 40", ALIVE, f"default {DEAD} authorize vlan 40"),
        ("authentication event fail action next-method",),
    ],
)
def test_nobody_is_let_in_without_these_lines(lines: tuple[str, ...]) -> None:
    assert guards(*lines) == PortGuards(dot1x=True, mac_bypass=True)


@pytest.mark.parametrize(
    ("lines", "at", "reason"),
    [
        ((f"{DEAD} authorize vlan 50", ALIVE), 0, "VLAN 50"),
        ((f"{DEAD} reinitialize vlan 50", ALIVE), 0, "VLAN 50"),
        ((f"{DEAD} authorize vlan 40",), 0, "stay"),
        ((f"{DEAD} authorize vlan 40", ALIVE, f"no {ALIVE}"), 0, "stay"),
        ((f"{DEAD} authorize voice", ALIVE), 0, "nobody knows"),
        ((f"{DEAD} authorize vlan 40", ALIVE, f"{DEAD} authorize voice"), 2, "nobody knows"),
        ((f"{DEAD} authorize vlan STAFF", ALIVE), 0, "number"),
        ((f"{DEAD} reinitialize", ALIVE), 0, "not known"),
        ((f"{DEAD} autho", ALIVE), 0, "not known"),
        ((f"{DEAD} authorize vlan 40 now", ALIVE), 0, "not known"),
        (("authentication event no-response action authorize vlan 40",), 0, "nobody knows"),
        (("authentication event fail action authorize vlan 40",), 0, "nobody knows"),
        (("authentication event fail retry 2 action authorize vlan 40",), 0, "nobody knows"),
        (("authentication event linksec fail action authorize vlan 40",), 0, "not known"),
    ],
)
def test_what_lets_hosts_in_otherwise_is_unread(
    lines: tuple[str, ...], at: int, reason: str
) -> None:
    ((line, why),) = refused(*lines)
    assert line == lines[at]
    assert reason in why


def test_a_trunk_has_no_vlan_for_a_host() -> None:
    trunk = ASKS.replace("mode access", "mode trunk")
    ((line, _),) = refused(f"{DEAD} authorize", ALIVE, asks=trunk)
    assert line == f"{DEAD} authorize"


def test_a_port_that_asks_nobody_lets_nobody_in() -> None:
    plain = "switchport mode access\nswitchport access vlan 40"
    assert guards(f"{DEAD} authorize vlan 50", asks=plain) == OPEN_PORT
    open_to_all = f"{ASKS}\nauthentication open"
    assert guards(f"{DEAD} authorize vlan 40", ALIVE, asks=open_to_all) == OPEN_PORT


def test_a_list_that_ends_in_none_asks_nobody_then() -> None:
    line = "aaa authentication dot1x default group EAP"
    read = parse_ios_switch(text().replace(line, f"{line} none"))
    assert unread(read) == [f"{line} none"]
