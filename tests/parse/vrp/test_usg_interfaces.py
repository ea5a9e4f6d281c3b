"""Zones, interfaces and service-manage of a USG firewall."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.parse.behaviour import LOCAL
from tests.parse.vrp.judge import (
    INSIDE,
    INSIDE2,
    OUTSIDE,
    WIRED,
    firewall,
    passes,
    policy,
    read_whole,
)

ADD = " add interface Eth-Trunk1"
OPEN = "rule name ALL\n action permit"
HOST, BOX = "10.0.1.1", "10.0.1.254"


def with_management(*lines: str) -> str:
    body = "\n".join(f"         {line}" for line in lines)
    return f"""
        firewall zone trust
         add interface {INSIDE}
        firewall zone untrust
         add interface {OUTSIDE}
        interface {INSIDE}
{body}
        security-policy
         rule name ALL
          action permit
    """


def test_service_manage_drops_what_a_local_rule_permits() -> None:
    """Correction 3: on by default on every interface, with or without a block or an address."""
    read = firewall(with_management("description no address"))
    assert read_whole(read)
    for ingress in (INSIDE, OUTSIDE):
        for service in ("tcp/22", "tcp/23", "tcp/80", "tcp/443", "tcp/830", "udp/161", "icmp/8/0"):
            assert not passes(read, (ingress, LOCAL), HOST, BOX, service)
        assert not passes(read, (ingress, LOCAL), "2001:db8::1", "2001:db8::2", "icmpv6/128/0")
        assert passes(read, (ingress, LOCAL), HOST, BOX, "tcp/179")
    assert passes(read, (INSIDE, OUTSIDE), HOST, "203.0.113.9", "tcp/22")


def test_service_manage_admits_what_the_policy_denies() -> None:
    read = firewall(
        with_management("service-manage ssh permit", "service-manage ping permit").replace(
            "action permit", "action deny"
        )
    )
    assert passes(read, (INSIDE, LOCAL), HOST, BOX, "tcp/22")
    assert passes(read, (INSIDE, LOCAL), HOST, BOX, "icmp/8/0")
    assert not passes(read, (INSIDE, LOCAL), HOST, BOX, "tcp/443")
    assert not passes(read, (OUTSIDE, LOCAL), HOST, BOX, "tcp/22")


@pytest.mark.parametrize(
    ("lines", "open_"),
    [
        (("service-manage all permit",), True),
        (("service-manage all permit", "service-manage ssh deny"), False),
        (("service-manage ssh permit", "undo service-manage ssh permit"), False),
        (("undo service-manage enable",), True),  # the policy decides, which permits
        (("undo service-manage enable", "service-manage enable"), False),
    ],
)
def test_forms_of_service_manage(lines: tuple[str, ...], *, open_: bool) -> None:
    read = firewall(with_management(*lines))
    assert read_whole(read)
    assert passes(read, (INSIDE, LOCAL), HOST, BOX, "tcp/22") is open_


@pytest.mark.parametrize("line", ["service-manage ftp permit", "service-manage ssh", "nat enable"])
def test_unknown_lines_of_an_interface_are_unread(line: str) -> None:
    assert [item.text for item in firewall(with_management(line)).unread] == [line]


def test_an_interface_in_no_zone_passes_nothing() -> None:
    read = policy(f"default action permit\n{OPEN}")
    assert passes(read, (INSIDE, OUTSIDE), HOST, BOX, "tcp/80")
    for way in (("GigabitEthernet1/0/9", INSIDE), (INSIDE, "GigabitEthernet1/0/9")):
        assert not passes(read, way, HOST, BOX, "tcp/80")
    assert not passes(read, ("GigabitEthernet1/0/9", LOCAL), HOST, BOX, "tcp/80")
    assert not passes(read, (LOCAL, "GigabitEthernet1/0/9"), HOST, BOX, "tcp/80")


def test_a_shut_interface_passes_nothing_nor_do_its_subinterfaces() -> None:
    text = f"""
        firewall zone trust
         add interface {INSIDE}.40
        firewall zone untrust
         add interface {OUTSIDE}
        interface {INSIDE}
         {{}}
        security-policy
         rule name ALL
          action permit
    """
    way = (f"{INSIDE}.40", OUTSIDE)
    assert passes(firewall(text.format("undo shutdown")), way, HOST, BOX, "tcp/80")
    assert not passes(firewall(text.format("shutdown")), way, HOST, BOX, "tcp/80")


def test_zones_are_told_as_the_text_names_them() -> None:
    read = firewall(f"""
        firewall zone local
         set priority 100
        firewall zone trust
         set priority 85
         add interface {INSIDE}
         add interface GigabitEthernet 1/0/2
        firewall zone name WAN id 4
         set priority 20
         description to the province
         add interface {OUTSIDE}
        firewall zone name EMPTY
         set priority 30
    """)
    assert read.zones == {
        "trust": {INSIDE, INSIDE2},
        "WAN": {OUTSIDE},
        "EMPTY": frozenset(),
    }
    assert read_whole(read)


@pytest.mark.parametrize(
    ("lines", "unread"),
    [
        (
            "firewall zone WAN\n add interface Eth-Trunk1",
            ["firewall zone WAN", "add interface Eth-Trunk1"],
        ),
        ("firewall zone name WAN\n add interface Eth-Trunk1", ["firewall zone name WAN"]),
        ("firewall zone local\n add interface Eth-Trunk1", ["add interface Eth-Trunk1"]),
        ("firewall zone name WAN\n set priority 85", ["firewall zone name WAN", "set priority 85"]),
        ("firewall zone trust\n set priority 50", ["set priority 50"]),
        (
            f"firewall zone trust\n{ADD}\nfirewall zone dmz\n{ADD}",
            ["add interface Eth-Trunk1"],
        ),
        ("firewall zone trust\n add interface Eth1", ["add interface Eth1"]),
        ("undo firewall zone name trust", ["undo firewall zone name trust"]),
    ],
)  # fmt: skip
def test_what_the_device_refuses_is_unread(lines: str, unread: list[str]) -> None:
    assert [item.text for item in firewall(lines).unread] == unread


def test_an_interface_changes_its_zone_by_undo() -> None:
    read = firewall(
        f"{dedent(WIRED)}firewall zone trust\n undo add interface {INSIDE2}\n"
        f"firewall zone untrust\n add interface {INSIDE2}"
    )
    assert read.zones["untrust"] == {INSIDE2, OUTSIDE}


def test_addresses_and_tags() -> None:
    read = firewall("""
        sysname GZ-FW-A
        interface GigabitEthernet1/0/1.40
         vlan-type dot1q 40
         ip address 10.16.0.1 255.255.255.0
         ip address 10.16.9.1 24 sub
         ipv6 enable
         ipv6 address 2001:db8:0:0::1/64
         ipv6 address 2001:db8:1::1 64
         ipv6 address auto link-local
        interface LoopBack0
         ip address 10.8.0.1 32
        interface LoopBack1
         ip address 10.8.0.2 32
         undo ip address 10.8.0.2 32
    """)
    assert read_whole(read)
    assert read.hostname == "GZ-FW-A"
    assert read.vlans == {"GigabitEthernet1/0/1.40": 40}
    assert read.addresses == {
        "GigabitEthernet1/0/1.40": (
            "10.16.0.1/24", "10.16.9.1/24", "2001:db8::1/64", "2001:db8:1::1/64",
        ),
        "LoopBack0": ("10.8.0.1/32",),
    }  # fmt: skip
    assert read.effective.isdisjoint(read.inert)
