"""Access lists and object groups: what their lines say."""

from __future__ import annotations

import pytest

from tests.parse.ios.judge import (
    A6,
    B6,
    LAN,
    OUT,
    PLAIN,
    WAN,
    A,
    B,
    chain,
    filtered,
    firewall,
    passes,
    read_whole,
    unread,
)

# Lines -------------------------------------------------------------------------------------------


def test_what_no_line_permits_is_denied_in_its_family_alone() -> None:
    read = filtered("permit tcp any any eq 443")
    assert passes(read, OUT, "tcp/443")
    assert not passes(read, OUT, "tcp/80")
    assert passes(read, OUT, "tcp/80", A6, B6)
    assert passes(read, (WAN, LAN), "tcp/80", B, A)


@pytest.mark.parametrize(
    ("entry", "open_to", "closed_to"),
    [
        ("permit tcp any any eq www", "tcp/80", "tcp/443"),
        ("permit tcp any any eq 80 443 smtp", "tcp/25", "tcp/22"),
        ("permit udp any any eq non500-isakmp", "udp/4500", "udp/500"),
        ("permit tcp any any gt 1023", "tcp/1024", "tcp/1023"),
        ("permit tcp any any lt 1024", "tcp/1023", "tcp/1024"),
        ("permit tcp any any neq 22", "tcp/23", "tcp/22"),
        ("permit tcp any any range 20 ftp", "tcp/21", "tcp/22"),
        ("permit tcp any any range 21 20", "tcp/20", "tcp/22"),
        ("permit icmp any any echo", "icmp/8/0", "icmp/0/0"),
        ("permit icmp any any 3 4", "icmp/3/4", "icmp/3/3"),
        ("permit icmp any any unreachable", "icmp/3/13", "icmp/11/0"),
        ("permit esp any any log", "50", "51"),
        ("permit 89 any any", "89", "88"),
        ("permit ospf any any log-input", "89", "88"),
        ("permit TCP ANY ANY EQ 443", "tcp/443", "tcp/80"),
    ],
)
def test_services(entry: str, open_to: str, closed_to: str) -> None:
    read = filtered(entry)
    assert read_whole(read)
    assert passes(read, OUT, open_to)
    assert not passes(read, OUT, closed_to)


def test_source_ports() -> None:
    read = filtered("permit udp any eq ntp any")
    assert passes(read, OUT, "udp/40000", source_port=123)
    assert not passes(read, OUT, "udp/40000", source_port=124)


def test_a_wildcard_is_no_netmask() -> None:
    """What looks like a mask leaves nearly everything free."""
    assert unread(filtered("permit ip 10.1.0.0 255.255.255.0 any")) == [
        "permit ip 10.1.0.0 255.255.255.0 any", "ip access-group A in",
    ]  # fmt: skip
    read = filtered("permit ip 10.1.0.0 0.0.0.255 any")
    assert passes(read, OUT, "tcp/80", "10.1.0.255")
    assert not passes(read, OUT, "tcp/80", "10.1.1.0")


def test_standard_lists_know_sources_alone() -> None:
    read = filtered("permit 10.1.0.9", "deny 10.1.0.0 0.0.0.255", "permit any log", kind="standard")
    assert read_whole(read)
    assert passes(read, OUT, "tcp/80", "10.1.0.9")
    assert not passes(read, OUT, "tcp/80", "10.1.0.8")
    assert passes(read, OUT, "47", "10.2.0.8")


def test_numbers_decide_the_order_and_are_given_in_tens() -> None:
    read = filtered("permit tcp any any eq 80", "deny ip any any", "5 deny tcp host 10.1.0.9 any")
    assert not passes(read, OUT, "tcp/80", "10.1.0.9")
    assert passes(read, OUT, "tcp/80", "10.1.0.8")
    later = filtered("100 deny tcp any any", "permit tcp any any", "99 permit tcp any any eq 22")
    assert passes(later, OUT, "tcp/22")
    assert not passes(later, OUT, "tcp/80")


def test_resequencing_keeps_the_order() -> None:
    text = """
        ip access-list extended A
         5 permit tcp any any eq 22
         7 deny tcp any any
        ip access-list resequence A 100 100
        ip access-list extended A
         {} permit tcp any any eq 80
        interface GigabitEthernet0/0
         ip access-group A in
    """
    assert not passes(firewall(PLAIN, text.format(201)), OUT, "tcp/80")
    assert passes(firewall(PLAIN, text.format(199)), OUT, "tcp/80")


def test_a_number_that_is_taken_is_unread_unless_it_says_the_same() -> None:
    assert read_whole(filtered("10 permit tcp any any", "10 permit tcp any any"))
    lines = ("10 permit tcp any any", "10 permit udp any any")
    assert unread(filtered(*lines)) == ["10 permit udp any any"]


def test_entries_are_removed_by_number_or_by_what_they_say() -> None:
    read = filtered("permit tcp any any eq 80", "permit tcp any any eq 22", "deny ip any any",
                    "no 10", "no permit tcp any any eq 22", "permit ip any any")  # fmt: skip
    assert read_whole(read)
    assert not passes(read, OUT, "tcp/80")
    assert not passes(read, OUT, "tcp/22")
    assert unread(filtered("permit tcp any any", "no 30")) == ["no 30"]


def test_no_access_list_takes_the_whole_list_away() -> None:
    """Whatever stands behind the number."""
    read = firewall(
        PLAIN,
        """
        access-list 101 deny tcp any any eq 22
        access-list 101 permit ip any any
        no access-list 101 deny tcp any any eq 22
        access-list 101 permit udp any any
        interface GigabitEthernet0/0
         ip access-group 101 in
    """,
    )
    assert read_whole(read)
    assert passes(read, OUT, "udp/53")
    assert not passes(read, OUT, "tcp/80")


GENERATED = """
    ! The style of generators: take away, define anew, a remark for each term.
    no ip access-list extended edge-inbound
    ip access-list extended edge-inbound
     remark $Id: edge-inbound$

     remark accept-established
     permit tcp any any established

     remark accept-dicom-from-clinics
     permit tcp 10.1.0.0 0.0.255.255 host 192.0.2.9 eq 104
     permit tcp 10.1.0.0 0.0.255.255 192.0.2.128 0.0.0.127 range 11112 11113

     remark default-deny
     deny ip any any log

    exit
    interface GigabitEthernet0/0
     ip access-group edge-inbound in
"""


def test_a_list_in_the_style_of_a_generator() -> None:
    read = firewall(PLAIN, GENERATED)
    assert read_whole(read)
    assert passes(read, OUT, "tcp/104")
    assert passes(read, OUT, "tcp/11113", A, "192.0.2.200")
    assert not passes(read, OUT, "tcp/11114", A, "192.0.2.200")
    assert not passes(read, OUT, "tcp/80")
    assert {rule.name for rule in chain(read, "access-group in").rules} == {
        "accept-dicom-from-clinics", "default-deny", "edge-inbound",
    }  # fmt: skip


def test_remarks_name_what_follows() -> None:
    read = filtered("remark P0301 images", "permit tcp any any eq 104", "deny ip any any log")
    names = [(rule.name, rule.logs) for rule in chain(read, "access-group in").rules]
    assert names == [("P0301 images", False), ("P0301 images", True), ("A", False)]
    assert chain(read, "access-group in").logs_denied
    assert not chain(filtered("permit tcp any any eq 104"), "access-group in").logs_denied
    nothing_left = filtered("deny tcp any any eq 22", "permit ip any any")
    assert chain(nothing_left, "access-group in").logs_denied


@pytest.mark.parametrize(
    "entry",
    [
        "permit tcp any any eq 80 dscp ef",
        "permit ip any any time-range NIGHT",
        "permit ip any any fragments",
        "permit tcp any any match-all +syn -ack",
        "permit tcp any any syn",
    ],
)
def test_conditions_that_no_packet_here_shows_are_unread_where_they_are_bound(entry: str) -> None:
    assert unread(filtered(entry, "permit ip any any")) == [entry]
    unbound = firewall(PLAIN, f"ip access-list extended A\n {entry}\n")
    assert not unbound.unread


@pytest.mark.parametrize(
    "entry",
    [
        "permit tcp any", "permit tcp any any eq", "permit tcp any any eq nosuch",
        "permit tcp any any lt 0", "permit ip any any established", "permit ip any any reflect R",
        "evaluate R", "permit tcp host any any", "permit 300 any any", "permit ip 10.0.0.0 any",
        "permit tcp any any eq 70000", "permit icmp any any 256", "permit ip any any eq 80",
        "permit tcp 10.0.0.256 0.0.0.0 any", "dynamic D permit ip any any",
    ],
)  # fmt: skip
def test_lines_that_a_device_would_not_take_are_unread(entry: str) -> None:
    assert unread(filtered("permit udp any any", entry)) == [entry]


# Object groups -----------------------------------------------------------------------------------

GROUPS = """
    object-group network G-IN
     description inner
     10.1.0.0 255.255.255.0
    object-group network G-SRV
     host 192.0.2.9
     range 192.0.2.20 192.0.2.22
     192.0.2.128 /25
     group-object G-IN
    object-group service S-IMAGES
     tcp eq 104
     tcp 11112
     udp range 5000 5010
     icmp echo
     tcp source gt 1023 eq 2762
     group-object S-SSH
    object-group service S-SSH
     tcp-udp eq 22
"""


def test_groups_of_networks_and_services() -> None:
    read = firewall(
        PLAIN,
        GROUPS,
        """
        ip access-list extended A
         permit object-group S-IMAGES object-group G-IN object-group G-SRV
         permit tcp object-group G-IN host 192.0.2.50 eq 443
        interface GigabitEthernet0/0
         ip access-group A in
    """,
    )
    assert read_whole(read)
    assert read.unused == ()
    for service in ("tcp/104", "tcp/11112", "udp/5010", "icmp/8/0", "tcp/2762", "tcp/22", "udp/22"):
        assert passes(read, OUT, service)
    assert not passes(read, OUT, "tcp/2762", source_port=1023)
    assert not passes(read, OUT, "tcp/104", "10.1.1.1")
    assert passes(read, OUT, "tcp/104", A, "192.0.2.255")
    assert passes(read, OUT, "tcp/104", A, "192.0.2.21")
    assert not passes(read, OUT, "tcp/104", A, "192.0.2.23")
    assert passes(read, OUT, "tcp/104", A, "10.1.0.77")
    assert passes(read, OUT, "tcp/443", A, "192.0.2.50")


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("object-group network G\n 10.0.0.0 0.0.0.255", ["10.0.0.0 0.0.0.255", ("permit ip any "
         "object-group G")]),
        ("object-group network G\n description none", ["permit ip any object-group G"]),
        ("object-group service G\n tcp eq 80", ["permit ip any object-group G"]),
        ("object-group network G\n host 10.0.0.1\n no host 10.0.0.1",
         ["permit ip any object-group G"]),
        ("object-group network G\n host 10.0.0.1\n group-object G", ["group-object G"]),
        ("object-group network G\n host 10.0.0.1\n group-object H", ["group-object H"]),
        ("object-group network G\n host 10.0.0.1\n no object-group network G",
         ["permit ip any object-group G"]),
        ("", ["permit ip any object-group G"]),
    ],
)  # fmt: skip
def test_groups_that_say_nothing_are_unread(group: str, expected: list[str]) -> None:
    read = firewall(
        PLAIN,
        group,
        """
        ip access-list extended A
         permit ip any object-group G
         permit udp any any
        interface GigabitEthernet0/0
         ip access-group A in
    """,
    )
    assert sorted(unread(read)) == sorted(expected)
    assert not passes(read, OUT, "tcp/80")


# IPv6 --------------------------------------------------------------------------------------------


def test_ipv6_lists_permit_neighbour_discovery_at_their_end() -> None:
    text = """
        ipv6 access-list A6
         permit tcp 2001:DB8:1::/64 host 2001:db8:2::9 eq 443 sequence 20
         sequence 10 deny tcp host 2001:db8:1::8 any
         permit icmp any any echo-request
        interface GigabitEthernet0/0
         ipv6 traffic-filter A6 in
    """
    read = firewall(PLAIN, text)
    assert read_whole(read)
    assert passes(read, OUT, "tcp/443", A6, B6)
    assert not passes(read, OUT, "tcp/443", "2001:db8:1::8", B6)
    assert not passes(read, OUT, "tcp/80", A6, B6)
    assert passes(read, OUT, "icmpv6/128/0", A6, B6)
    assert passes(read, (LAN, "LOCAL"), "icmpv6/135/0", A6, "ff02::1:ff00:1")
    assert not passes(read, OUT, "icmpv6/129/0", A6, B6)
    assert passes(read, OUT, "tcp/80")  # IPv4 is not its matter
    closed = firewall(PLAIN, text.replace("permit icmp any any echo-request", "deny ipv6 any any"))
    assert not passes(closed, (LAN, "LOCAL"), "icmpv6/135/0", A6, "ff02::1:ff00:1")


def test_numbers_belong_to_kinds() -> None:
    for line in ("ip access-list standard 101", "ip access-list extended 10", "access-list 700 x"):
        assert unread(firewall(line)) == [line]
    kinds = "ip access-list standard A\n permit any\nip access-list extended A\n"
    assert unread(firewall(kinds)) == ["ip access-list extended A"]


def test_one_name_is_one_family() -> None:
    read = firewall("ip access-list extended A\n permit ip any any\nipv6 access-list A\n")
    assert unread(read) == ["ipv6 access-list A"]
