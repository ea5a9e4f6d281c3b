"""Which texts let answers back: `stateful` of each chain."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import LOCAL
from tests.parse.ios.judge import BACK, OUT, PLAIN, WAN, ZONED, A, B, chain, firewall, passes

SELF_CLOSED = """
    class-map type inspect match-any C-BASIC
     match protocol tcp
     match protocol udp
     match protocol icmp
    policy-map type inspect P-SELF
     class type inspect C-BASIC
      inspect
    zone-pair security ZP-1 source WAN destination self
     service-policy type inspect P-SELF
"""
SELF_BOTH = f"""{SELF_CLOSED}
    zone-pair security ZP-2 source self destination WAN
     service-policy type inspect P-SELF
"""
PASS = """
    ip access-list extended A-THERE
     permit udp any any eq 500
     permit esp any any
    ip access-list extended A-BACK
     {}
    class-map type inspect C-THERE
     match access-group name A-THERE
    class-map type inspect C-BACK
     match access-group name A-BACK
    policy-map type inspect P-THERE
     class type inspect C-THERE
      pass
    policy-map type inspect P-BACK
     class type inspect C-BACK
      pass
    zone-pair security ZP-3 source LAN destination WAN
     service-policy type inspect P-THERE
    zone-pair security ZP-4 source WAN destination LAN
     service-policy type inspect P-BACK
"""
INSPECT = """
    class-map type inspect match-any C-OUT
     match protocol tcp
    policy-map type inspect P-OUT
     class type inspect C-OUT
      inspect
    zone-pair security ZP-OUT source LAN destination WAN
     service-policy type inspect P-OUT
"""


def test_inspection_keeps_state() -> None:
    assert chain(firewall(ZONED, INSPECT), "zones").stateful


def test_a_pair_to_the_device_stops_the_answers_to_the_device() -> None:
    """What the device sends is open and not inspected, and its answers meet the pair."""
    assert not chain(firewall(ZONED, SELF_CLOSED), "zones").stateful
    assert chain(firewall(ZONED, SELF_BOTH), "zones").stateful


@pytest.mark.parametrize(
    ("back", "answered"),
    [
        ("permit ip any any", False),  # it opens what nobody may answer
        ("permit udp any eq 500 any\n     permit esp any any", True),
        ("permit udp any eq 500 any", False),  # ESP has no way back
        ("permit udp any any eq 500\n     permit esp any any", False),  # the wrong port
        ("deny udp any eq 500 host 10.1.0.9\n     permit ip any any", False),
    ],
)
def test_pass_needs_a_way_back(back: str, *, answered: bool) -> None:
    read = firewall(ZONED, PASS.format(back))
    assert not read.unread
    assert passes(read, OUT, "udp/500")
    assert passes(read, OUT, "50")
    assert chain(read, "zones").stateful is answered


def test_a_pass_for_established_connections_opens_none() -> None:
    text = PASS.replace("permit udp any any eq 500", "permit tcp any any eq 179")
    read = firewall(ZONED, text.format("permit tcp any eq bgp any established\n     "
                                       "permit esp any any"))  # fmt: skip
    assert passes(read, OUT, "tcp/179")
    assert not passes(read, BACK, "tcp/40000", B, A, source_port=179)
    assert chain(read, "zones").stateful


def test_inspection_of_the_way_back_does_not_take_an_answer() -> None:
    text = PASS.format("permit ip any any").replace(
        "class type inspect C-BACK\n      pass", "class type inspect C-BACK\n      inspect"
    )
    read = firewall(ZONED, text)
    assert not read.unread
    assert not chain(read, "zones").stateful


def test_what_a_class_has_taken_the_next_does_not_pass() -> None:
    """ESP would have no answer, but a class before drops it."""
    first = """
        ip access-list extended A-FIRST
         permit esp any any
        class-map type inspect C-FIRST
         match access-group name A-FIRST
        policy-map type inspect P-THERE
         class type inspect C-FIRST
          drop
    """
    text = PASS.format("permit udp any eq 500 any")
    assert not chain(firewall(ZONED, text), "zones").stateful
    read = firewall(ZONED, first, text)
    assert not passes(read, OUT, "50")
    assert chain(read, "zones").stateful


GROUP_PASS = """
    {}
    class-map type inspect match-any C-GROUPS
     match access-group name A-GROUPS
     match access-group name A-GROUPS6
    policy-map type inspect P-GROUPS
     class type inspect C-GROUPS
      pass
    zone-pair security ZP-SELF source self destination WAN
     service-policy type inspect P-GROUPS
    zone-pair security ZP-WAN source WAN destination self
     service-policy type inspect {}
    policy-map type inspect P-NONE
     class class-default
      drop
"""
HELLOS = """
    object-group network {}
     host 224.0.0.18
     224.0.0.4 /30
     {}
    ip access-list extended A-GROUPS
     permit 112 any object-group G-GROUPS
     permit ospf any object-group G-GROUPS
     permit pim any object-group G-GROUPS
    ipv6 access-list A-GROUPS6
     permit 89 any {}
"""


@pytest.mark.parametrize(
    ("also", "six", "answered"),
    [
        ("225.0.0.0 255.0.0.0", "FF02::/16", True),
        ("239.255.255.255 255.255.255.255", "FF00::/8", True),
        # A neighbour of its own needs a way back, also between groups …
        ("host 192.0.2.9", "FF00::/8", False),
        ("host 240.0.0.0", "FF00::/8", False),
        ("host 223.255.255.255", "FF00::/8", False),
        ("host 224.0.0.5", "host 2001:DB8:2::9", False),
        # … and so does what begins among other addresses and ends among the groups.
        ("128.0.0.0 128.0.0.0", "FF00::/8", False),
        ("host 224.0.0.5", "FE00::/7", False),
        ("host 224.0.0.5", "any", False),
    ],
)
def test_what_goes_to_a_group_needs_no_way_back(also: str, six: str, *, answered: bool) -> None:
    """Greetings of VRRP, OSPF and PIM: no packet comes from a group."""
    hellos = HELLOS.format("G-GROUPS", also, six)
    read = firewall(ZONED, GROUP_PASS.format(hellos, "P-NONE"))
    assert not read.unread
    assert passes(read, (LOCAL, WAN), "112", "192.0.2.1", "224.0.0.18")
    assert not passes(read, (WAN, LOCAL), "112", "192.0.2.2", "224.0.0.18")
    assert chain(read, "zones").stateful is answered


def test_the_neighbours_greetings_ask_nothing_of_ours() -> None:
    """Both sides speak to the group, neither answers; but what one may also say to the other does.

    `permit ospf any any` back takes the answers to a neighbour's own address.
    """
    hellos = HELLOS.format("G-GROUPS", "host 224.0.0.22", "FF02::/16")
    assert chain(firewall(ZONED, GROUP_PASS.format(hellos, "P-GROUPS")), "zones").stateful
    mixed = hellos + "    ip access-list extended A-GROUPS\n     permit ospf any host 192.0.2.9\n"
    assert not chain(firewall(ZONED, GROUP_PASS.format(mixed, "P-GROUPS")), "zones").stateful
    any_to_us = mixed + "     permit ospf host 192.0.2.9 any\n"
    assert chain(firewall(ZONED, GROUP_PASS.format(any_to_us, "P-GROUPS")), "zones").stateful


def test_a_list_on_an_interface_asks_nothing_of_what_goes_to_a_group() -> None:
    text = """
        access-list 101 permit 112 any {}
        interface GigabitEthernet0/0
         ip access-group 101 in
        access-list 102 deny ip any any
        interface GigabitEthernet0/1
         ip access-group 102 in
        zone-pair security ZP-S source self destination WAN
         service-policy type inspect P-NONE
        zone-pair security ZP-R source self destination LAN
         service-policy type inspect P-NONE
        policy-map type inspect P-NONE
        zone-pair security ZP-T source LAN destination WAN
         service-policy type inspect P-ALL
        class-map type inspect C-ALL
         match access-group name 101
        policy-map type inspect P-ALL
         class type inspect C-ALL
          pass
    """
    group = firewall(ZONED, text.format("host 224.0.0.18"))
    assert chain(group, "access-group in").stateful
    one = firewall(ZONED, text.format("host 192.0.2.9"))
    assert not chain(one, "access-group in").stateful


LISTS = """
    ip access-list extended A-WAN
     {}
    interface GigabitEthernet0/1
     ip access-group A-WAN in
"""


@pytest.mark.parametrize(
    ("entry", "answered"),
    [
        ("permit tcp any any established", True),
        ("permit ip any any", True),
        ("permit tcp any any eq 443", False),
        ("deny tcp host 192.0.2.9 any established\n     permit ip any any", False),
    ],
)
def test_a_list_on_an_interface_knows_no_state(entry: str, *, answered: bool) -> None:
    """The zones inspect; the list of the interface stands before them and must permit answers."""
    no_router = """
        policy-map type inspect P-NONE
        zone-pair security ZP-S source self destination WAN
         service-policy type inspect P-NONE
    """
    read = firewall(ZONED, INSPECT, no_router, LISTS.format(entry))
    assert not read.unread
    assert chain(read, "access-group in").stateful is answered
    assert chain(read, "zones").stateful is False  # WAN to self is open, self to WAN closed


def test_a_list_on_the_way_in_asks_nothing_of_answers_on_the_way_out() -> None:
    read = firewall(
        PLAIN,
        """
        access-list 101 permit tcp any any eq 443
        interface GigabitEthernet0/0
         ip access-group 101 in
        access-list 102 permit tcp any eq 443 any
        interface GigabitEthernet0/1
         ip access-group 102 in
    """,
    )
    assert not read.unread
    # What enters by the WAN from port 443 may be a first packet, and its answer may not go.
    assert not chain(read, "access-group in").stateful


def test_a_list_for_out_judges_answers_but_not_those_of_the_device() -> None:
    text = """
        access-list 101 permit tcp 10.1.0.0 0.0.0.255 any
        access-list 101 {}
        interface GigabitEthernet0/1
         ip access-group 101 out
        access-list 103 permit tcp host 192.0.2.9 host 10.1.0.9 eq 443
        interface GigabitEthernet0/1
         ip access-group 103 in
    """
    assert chain(firewall(PLAIN, text.format("remark x")), "access-group out").stateful
    narrow = text.replace("permit tcp 10.1.0.0 0.0.0.255", "permit tcp host 10.1.0.8")
    read = firewall(PLAIN, narrow.format("deny ip any any"))
    assert not chain(read, "access-group out").stateful


OUTWARD = """
    access-list 101 {}
    interface GigabitEthernet0/1
     ip access-group 101 out
"""


def test_what_the_device_answers_meets_no_list_for_out() -> None:
    closed = """
        policy-map type inspect P-CLOSED
        zone-pair security ZP-W source WAN destination WAN
         service-policy type inspect P-CLOSED
    """
    read = firewall(ZONED, closed, OUTWARD.format("permit tcp host 10.1.0.8 any"))
    assert not read.unread
    assert passes(read, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    assert chain(read, "access-group out").stateful


def test_what_the_device_asks_is_asked_past_the_list_for_out() -> None:
    text = """
        access-list 102 permit tcp any any established
        interface GigabitEthernet0/1
         ip access-group 102 in
    """
    read = firewall(PLAIN, OUTWARD.format("deny ip any any"), text)
    assert passes(read, (LOCAL, WAN), "udp/123", "192.0.2.1", B)
    assert not chain(read, "access-group in").stateful
