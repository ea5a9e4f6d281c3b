"""What the zones of an IOS router let pass."""

from __future__ import annotations

from telemed_infra.parse.behaviour import LOCAL
from tests.parse.ios.judge import (
    A6,
    B6,
    BACK,
    DMZ,
    INSPECT_ALL,
    LAN,
    OUT,
    PAIR,
    PLAIN,
    WAN,
    ZONED,
    A,
    B,
    chain,
    firewall,
    passes,
    read_whole,
)


def test_zones_without_a_pair_are_closed_and_a_zone_is_open_within() -> None:
    read = firewall(
        ZONED,
        """
        interface GigabitEthernet0/2
         ip address 10.2.0.1 255.255.255.0
         zone-member security LAN
    """,
    )
    assert read_whole(read)
    assert not passes(read, OUT, "tcp/443")
    assert not passes(read, BACK, "tcp/443", B, A)
    assert passes(read, (LAN, DMZ), "tcp/443", A, "10.2.0.9")
    assert passes(read, (LAN, LAN), "tcp/443", A, "10.1.0.10")


def test_a_zone_paired_with_itself_is_judged() -> None:
    read = firewall(
        ZONED,
        INSPECT_ALL,
        """
        zone-pair security ZP-IN source LAN destination LAN
         service-policy type inspect P-OUT
    """,
    )
    assert passes(read, (LAN, LAN), "tcp/443", A, "10.1.0.10")
    assert not passes(read, (LAN, LAN), "47", A, "10.1.0.10")


def test_zone_and_no_zone_do_not_meet_but_what_is_in_none_is_open() -> None:
    read = firewall(
        PLAIN,
        """
        zone security LAN
        interface GigabitEthernet0/2
         ip address 10.2.0.1 255.255.255.0
         zone-member security LAN
    """,
    )
    assert passes(read, OUT, "tcp/443")
    assert not passes(read, (LAN, DMZ), "tcp/443", A, "10.2.0.9")
    assert not passes(read, (DMZ, LAN), "tcp/443", "10.2.0.9", A)
    assert passes(read, (LAN, LOCAL), "tcp/22", A, "10.1.0.1")


def test_an_interface_that_is_shut_or_unknown_passes_nothing() -> None:
    read = firewall(
        PLAIN,
        """
        interface GigabitEthernet0/1
         shutdown
    """,
    )
    assert not passes(read, OUT, "tcp/443")
    assert not passes(read, (LAN, "(other)"), "tcp/443")
    assert not passes(read, ("(other)", LOCAL), "tcp/443")
    assert passes(firewall(PLAIN, "interface g0/1\n shut\n no shut"), OUT, "tcp/443")


def test_a_subinterface_is_shut_with_its_port() -> None:
    text = """
        interface GigabitEthernet0/3
         {}
        interface GigabitEthernet0/3.40
         encapsulation dot1Q 40
         ip address 10.4.0.1 255.255.255.0
    """
    way = ("GigabitEthernet0/3.40", WAN)
    up, down = (firewall(PLAIN, text.format(word)) for word in ("no shutdown", "shutdown"))
    assert up.vlans == {"GigabitEthernet0/3.40": 40}
    assert passes(up, way, "tcp/443", "10.4.0.9")
    assert not passes(up, ("GigabitEthernet0/3", WAN), "tcp/443")  # it has no address
    assert not passes(down, way, "tcp/443", "10.4.0.9")


def test_a_pair_opens_one_direction() -> None:
    read = firewall(ZONED, INSPECT_ALL, PAIR)
    assert read_whole(read)
    assert passes(read, OUT, "tcp/443")
    assert passes(read, OUT, "icmp/8/0")
    assert passes(read, OUT, "tcp/443", A6, B6)
    assert passes(read, OUT, "icmpv6/128/0", A6, B6)
    assert not passes(read, BACK, "tcp/443", B, A)


def test_inspection_knows_tcp_udp_and_icmp_only() -> None:
    read = firewall(
        ZONED,
        """
        access-list 100 permit ip any any
        class-map type inspect C
         match access-group 100
        policy-map type inspect P-OUT
         class type inspect C
          inspect
         class class-default
          pass
    """,
        PAIR,
    )
    assert passes(read, OUT, "udp/53")
    assert not passes(read, OUT, "50")  # the class takes ESP, and inspection drops it
    assert passes(read, OUT, "50", A6, B6)  # the list is IPv4: class-default takes it


def test_the_self_zone_is_open_until_a_pair_of_that_direction() -> None:
    assert passes(firewall(ZONED, INSPECT_ALL), (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    read = firewall(
        ZONED,
        INSPECT_ALL,
        """
        ip access-list extended A-SSH
         permit tcp host 192.0.2.9 any eq 22
        class-map type inspect match-all C-SSH
         match access-group name A-SSH
        policy-map type inspect P-SELF
         class type inspect C-SSH
          inspect
        zone-pair security ZP-SELF source WAN destination self
         service-policy type inspect P-SELF
    """,
    )
    assert passes(read, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    assert not passes(read, (WAN, LOCAL), "tcp/22", "192.0.2.8", "192.0.2.1")
    assert not passes(read, (WAN, LOCAL), "tcp/22", B6, "2001:db8:2::1")
    assert passes(read, (LAN, LOCAL), "tcp/23", A, "10.1.0.1")
    assert passes(read, (LOCAL, WAN), "tcp/49", "192.0.2.1", B)


def test_match_all_wants_everything_and_is_what_no_word_means() -> None:
    text = """
        access-list 100 permit ip 10.1.0.0 0.0.0.255 any
        class-map type inspect {} C
         match access-group 100
         match protocol https
        policy-map type inspect P-OUT
         class type inspect C
          inspect
    """
    for word in ("match-all", ""):
        read = firewall(ZONED, text.format(word), PAIR)
        assert passes(read, OUT, "tcp/443")
        assert not passes(read, OUT, "tcp/80")
        assert not passes(read, OUT, "tcp/443", "10.9.9.9")
    read = firewall(ZONED, text.format("match-any"), PAIR)
    assert passes(read, OUT, "tcp/80")
    assert passes(read, OUT, "tcp/443", "10.9.9.9")


def test_match_all_of_two_protocols_matches_nothing() -> None:
    read = firewall(
        ZONED,
        """
        class-map type inspect C
         match protocol tcp
         match protocol udp
        policy-map type inspect P-OUT
         class type inspect C
          inspect
    """,
        PAIR,
    )
    assert read_whole(read)
    assert not passes(read, OUT, "tcp/443")
    assert not passes(read, OUT, "udp/53")


def test_classes_are_tried_in_order_and_nest() -> None:
    read = firewall(
        ZONED,
        """
        class-map type inspect match-any C-WEB
         match protocol http
         match protocol https
        class-map type inspect match-any C-MORE
         match class-map C-WEB
         match protocol dns
        class-map type inspect match-any C-TLS
         match protocol https
        policy-map type inspect P-OUT
         class type inspect C-TLS
          drop
         class type inspect C-MORE
          inspect
    """,
        PAIR,
    )
    assert read_whole(read)
    assert [passes(read, OUT, one) for one in ("tcp/443", "tcp/80", "udp/53", "tcp/22")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_deny_in_a_list_hands_on_to_the_next_class() -> None:
    read = firewall(
        ZONED,
        """
        ip access-list extended A-1
         deny tcp host 10.1.0.9 any eq 443
         permit tcp any any eq 443
        ip access-list extended A-2
         permit tcp any host 192.0.2.9 range 400 500
        class-map type inspect C-1
         match access-group name A-1
        class-map type inspect C-2
         match access-group name A-2
        policy-map type inspect P-OUT
         class type inspect C-1
          drop
         class type inspect C-2
          inspect
    """,
        PAIR,
    )
    assert passes(read, OUT, "tcp/443", "10.1.0.9", B)
    assert not passes(read, OUT, "tcp/443", "10.1.0.9", "192.0.2.8")
    assert not passes(read, OUT, "tcp/443", "10.1.0.8", B)


def test_logs_are_whole_only_if_every_drop_is_logged() -> None:
    lines = (ZONED, INSPECT_ALL, PAIR)
    assert not chain(firewall(*lines), "zones").logs_denied  # the way back has no pair
    back = "zone-pair security ZP source WAN destination LAN\n service-policy type inspect P-OUT\n"
    assert chain(firewall(*lines, back), "zones").logs_denied
    assert chain(firewall(*lines, "ip inspect log drop-pkt"), "zones").logs_denied
    silent = INSPECT_ALL.replace("drop log", "drop")
    assert not chain(firewall(ZONED, silent, PAIR, back), "zones").logs_denied
    global_log = "parameter-map type inspect-global\n log dropped-packets\n max-incomplete low 18\n"
    read = firewall(ZONED, silent, PAIR, global_log)
    assert read_whole(read)
    assert chain(read, "zones").logs_denied


def test_default_interface_leaves_nothing() -> None:
    read = firewall(ZONED, "default interface GigabitEthernet0/0")
    assert read_whole(read)
    assert LAN not in read.addresses
    assert not passes(read, (LAN, LOCAL), "tcp/22", A, "10.1.0.1")


def test_ipv6_is_forwarded_only_where_it_is_routed_and_spoken() -> None:
    lines = (ZONED, INSPECT_ALL, PAIR)
    assert passes(firewall(*lines), OUT, "tcp/443", A6, B6)
    read = firewall(*lines, "no ipv6 unicast-routing")
    assert not passes(read, OUT, "tcp/443", A6, B6)
    assert passes(read, (LAN, LOCAL), "tcp/22", A6, "2001:db8:1::1")
    read = firewall(*lines, "interface GigabitEthernet0/0\n no ipv6 address")
    assert not passes(read, OUT, "tcp/443", A6, B6)
    assert not passes(read, (LAN, LOCAL), "tcp/22", A6, "2001:db8:1::1")
    assert passes(read, OUT, "tcp/443")


def test_ipv4_is_forwarded_unless_a_line_says_otherwise() -> None:
    lines = (ZONED, INSPECT_ALL, PAIR)
    read = firewall(*lines, "no ip routing", "ip default-gateway 192.0.2.9")
    assert read_whole(read)
    assert not passes(read, OUT, "tcp/443")
    assert not passes(read, (LAN, LAN), "tcp/443", A, "10.1.0.10")
    assert passes(read, OUT, "tcp/443", A6, B6)
    assert passes(read, (LAN, LOCAL), "tcp/22", A, "10.1.0.1")
    assert passes(read, (LOCAL, WAN), "udp/123", "192.0.2.1", B)
    assert read.addresses[LAN] == ("10.1.0.1/24", "2001:db8:1::1/64")
    assert passes(firewall(*lines, "no ip routing", "IP ROUTING"), OUT, "tcp/443")
    assert passes(firewall(*lines, "ip routing"), OUT, "tcp/443")


def test_what_is_not_forwarded_needs_no_way_back() -> None:
    """ESP is passed one way, but no packet goes from one interface to another."""
    text = """
        ip access-list extended A-OUT
         permit esp any any
        class-map type inspect C-OUT
         match access-group name A-OUT
        policy-map type inspect P-OUT
         class type inspect C-OUT
          pass
    """
    assert not chain(firewall(ZONED, text, PAIR), "zones").stateful
    assert chain(firewall(ZONED, text, PAIR, "no ip routing"), "zones").stateful


def test_what_is_bound_nowhere_is_told() -> None:
    read = firewall(
        ZONED,
        INSPECT_ALL,
        """
        object-group network G-OLD
         host 10.0.0.1
        ip access-list extended A-OLD
         permit ip any any
        ip access-list standard 10
         permit 10.0.0.1
        ip access-list extended A-MARKS
         permit udp any any
        class-map match-any C-VIDEO
         match access-group name A-MARKS
        snmp-server community secret RO 10
    """,
    )
    assert set(read.unused) == {
        "object-group G-OLD", "access-list A-OLD", "class-map C-ALL", "policy-map P-OUT",
    }  # fmt: skip
