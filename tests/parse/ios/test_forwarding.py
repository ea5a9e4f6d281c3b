"""`ip routing` on switches: which lines then do nothing."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode
from tests.parse.ios.judge import read_whole, switch, unread

SVI = """
    interface Vlan10
     ip address 10.7.10.2 255.255.255.0
    interface GigabitEthernet1/0/24
     no switchport
     ip address 192.0.2.2 255.255.255.252
"""
GATEWAY = "ip default-gateway 10.7.10.1"
DEFAULT = "ip route 0.0.0.0 0.0.0.0 10.7.10.1"


def said(*lines: str) -> list[str]:
    """The unread lines of a switch that has two addresses and says this."""
    read = switch(SVI + "".join(f"    {line}\n" for line in lines))
    assert read.addresses == {
        "Vlan10": ("10.7.10.2/24",),
        "GigabitEthernet1/0/24": ("192.0.2.2/30",),
    }
    assert read.ports["GigabitEthernet1/0/24"].mode is PortMode.ROUTED
    return unread(read)


@pytest.mark.parametrize(
    "lines",
    [
        ("no ip routing", GATEWAY),
        ("ip routing", DEFAULT),
        ("no ip routing",),
        # What the model does without a line is not known: nothing is concluded.
        (GATEWAY,),
        (DEFAULT,),
        (DEFAULT, GATEWAY),
    ],
)
def test_a_switch_that_says_one_thing_is_read(lines: tuple[str, ...]) -> None:
    assert said(*lines) == []


def test_a_default_gateway_does_nothing_where_the_switch_routes() -> None:
    assert said("ip routing", DEFAULT, GATEWAY) == [GATEWAY]
    assert said(GATEWAY, "ip routing") == [GATEWAY]


def test_static_routes_do_nothing_where_the_switch_does_not_route() -> None:
    other = "ip route 10.0.0.0 255.0.0.0 Vlan10 10.7.10.9 200 name OLD"
    assert said(GATEWAY, DEFAULT, other, "no ip routing") == [DEFAULT, other]


def test_the_last_of_both_lines_counts() -> None:
    assert said("no ip routing", GATEWAY, DEFAULT, "ip routing") == [GATEWAY]
    assert said("ip routing", GATEWAY, DEFAULT, "no ip routing") == [DEFAULT]


def test_what_was_taken_back_is_no_contradiction() -> None:
    assert said("ip routing", GATEWAY, "no ip default-gateway") == []
    assert said("ip routing", GATEWAY, f"no {GATEWAY}") == []
    assert said("no ip routing", DEFAULT, f"no {DEFAULT}") == []
    assert said("no ip routing", f"{DEFAULT} 250", "no ip route 0.0.0.0 0.0.0.0") == []


def test_taking_back_another_gateway_is_no_command_that_a_device_takes() -> None:
    assert said(GATEWAY, "no ip default-gateway 10.7.10.9") == ["no ip default-gateway 10.7.10.9"]
    assert said("no ip default-gateway") == ["no ip default-gateway"]
    assert said("ip default-gateway 10.7.10.256") == ["ip default-gateway 10.7.10.256"]


def test_another_gateway_takes_the_place_of_the_first() -> None:
    read = switch("ip routing\nip default-gateway 10.7.10.1\nip default-gateway 10.7.10.9")
    assert [one.line for one in read.unread] == [3]


def test_removing_one_route_leaves_those_that_only_look_like_it() -> None:
    assert said("no ip routing", DEFAULT, "no ip route 0.0.0.0 0.0.0.0 10.7.10.11") == [DEFAULT]


def test_a_table_of_its_own_is_not_touched() -> None:
    management = "ip route vrf Mgmt-vrf 0.0.0.0 0.0.0.0 10.9.0.1"
    assert said("no ip routing", GATEWAY, management) == []
    assert said("no ip routing", management, f"no {management}") == []


def test_that_a_switch_does_not_route_is_inert() -> None:
    read = switch("NO IP ROUTING\nip default-gateway 10.7.10.1")
    assert read_whole(read)
    assert read.inert == {1, 2}
