"""Access lists where they are bound: on interfaces and on terminal lines."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import LOCAL
from tests.parse.ios.judge import (
    A6,
    LAN,
    OUT,
    PLAIN,
    WAN,
    A,
    B,
    chain,
    firewall,
    passes,
    read_whole,
    unread,
)

WEB = """
    ip access-list extended A-WEB
     permit tcp any any eq 443
     deny ip any any log
"""


def test_an_unbound_list_filters_nothing() -> None:
    read = firewall(PLAIN, WEB)
    assert passes(read, OUT, "tcp/80")
    assert read.unused == ("access-list A-WEB",)


def test_in_judges_what_is_for_the_device_and_out_does_not_judge_what_it_sends() -> None:
    inward = firewall(PLAIN, WEB, f"interface {WAN}\n ip access-group A-WEB in")
    assert not passes(inward, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    assert passes(inward, (LOCAL, WAN), "tcp/22", "192.0.2.1", B)
    assert passes(inward, OUT, "tcp/80")
    outward = firewall(PLAIN, WEB, f"interface {WAN}\n ip access-group A-WEB out")
    assert not passes(outward, OUT, "tcp/80")
    assert passes(outward, OUT, "tcp/443")
    assert passes(outward, (LOCAL, WAN), "tcp/80", "192.0.2.1", B)
    assert passes(outward, (WAN, LOCAL), "tcp/80", B, "192.0.2.1")


@pytest.mark.parametrize("listed", ["", "ip access-list extended A-NONE\n remark nothing yet\n"])
def test_an_undefined_or_empty_list_permits_all_and_is_told(listed: str) -> None:
    read = firewall(PLAIN, listed, f"interface {LAN}\n ip access-group A-NONE in")
    assert passes(read, OUT, "tcp/80")
    (told,) = read.unread
    assert told.text == "ip access-group A-NONE in"
    assert "permits everything" in told.why


def test_a_second_list_replaces_the_first_and_no_takes_it_off() -> None:
    more = "access-list 101 permit tcp any any eq 80\n"
    bound = f"interface {LAN}\n ip access-group A-WEB in\n ip access-group 101 in\n"
    read = firewall(PLAIN, WEB, more, bound)
    assert read_whole(read)
    assert passes(read, OUT, "tcp/80")
    assert not passes(read, OUT, "tcp/443")
    assert passes(firewall(PLAIN, WEB, more, bound + " no ip access-group 101 in\n"), OUT, "udp/53")
    assert unread(firewall(PLAIN, WEB, f"interface {LAN}\n no ip access-group A-WEB in")) == [
        "no ip access-group A-WEB in"
    ]


@pytest.mark.parametrize(
    "line",
    ["ip access-group A-WEB", "ip access-group A-WEB in common C", "mac access-group M in",
     "ipv6 traffic-filter A-WEB in", "crypto map M", "ip inspect F out", "ip address dhcp",
     "bridge-group 1", "switchport", "ip nat enable", "encapsulation dot1Q 40 native",
     "encapsulation dot1Q 40 second-dot1q 5", "service-policy type inspect P"],
)  # fmt: skip
def test_bindings_that_are_not_modelled_are_unread(line: str) -> None:
    assert unread(firewall(PLAIN, WEB, f"interface {LAN}\n {line}")) == [line]


def test_address_translation_is_unread_and_its_sides_are_not() -> None:
    read = firewall(
        PLAIN,
        f"""
        ip nat pool P 192.0.2.5 192.0.2.6 netmask 255.255.255.0
        ip nat inside source list 1 interface {WAN} overload
        ip nat inside source static 10.1.0.9 192.0.2.9
        ip nat translation timeout 300
        interface {LAN}
         ip nat inside
        interface {WAN}
         ip nat outside
    """,
    )
    assert unread(read) == [
        "ip nat pool P 192.0.2.5 192.0.2.6 netmask 255.255.255.0",
        f"ip nat inside source list 1 interface {WAN} overload",
        "ip nat inside source static 10.1.0.9 192.0.2.9",
    ]


SSH = """
    ip access-list standard 10
     permit 10.1.0.9
     deny any log
    ip access-list extended A-VTY-IN
     10 permit tcp 10.1.0.0 0.0.0.255 any eq 22
     4000 deny ip any any log
"""
TO_BOX = (LAN, LOCAL)


@pytest.mark.parametrize("name", ["10", "A-VTY-IN"])
def test_an_access_class_says_who_may_log_in(name: str) -> None:
    read = firewall(PLAIN, SSH, f"line vty 0 4\n access-class {name} in\n transport input ssh")
    assert not read.unread
    assert passes(read, TO_BOX, "tcp/22", A, "10.1.0.1")
    assert not passes(read, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    assert not passes(read, (WAN, LOCAL), "tcp/23", B, "192.0.2.1")
    assert passes(read, (WAN, LOCAL), "udp/161", B, "192.0.2.1")
    assert passes(read, OUT, "tcp/22")
    assert passes(read, TO_BOX, "tcp/22", A6, "2001:db8:1::1")  # IPv6 has a list of its own
    assert chain(read, "access-class").logs_denied


def test_lines_without_the_list_leave_the_door_open() -> None:
    """A login takes the first free line: one range without the list, and anybody may come in."""
    text = """
        line vty 0 4
         access-class 10 in
        line vty 5 15
         transport input ssh
    """
    read = firewall(PLAIN, SSH, text)
    assert passes(read, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    both = firewall(PLAIN, SSH, text + "         access-class 10 in\n")
    assert not passes(both, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    shut = firewall(PLAIN, SSH, text.replace("input ssh", "input none"))
    assert not passes(shut, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    removed = firewall(PLAIN, SSH, text, "no line vty 5")
    assert not passes(removed, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    differing = firewall(PLAIN, SSH, text + "         access-class A-VTY-IN in\n")
    assert unread(differing) == ["access-class A-VTY-IN in"]


def test_ranges_of_lines_overlap() -> None:
    whole = "line vty 0 15\n access-class 10 in\nline vty 0 4\n exec-timeout 5 0\n"
    assert not passes(firewall(PLAIN, SSH, whole), (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
    part = firewall(PLAIN, SSH, whole, "line vty 3\n no access-class 10 in\n")
    assert read_whole(part)
    assert passes(part, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")


def test_ipv6_logins_and_undefined_lists() -> None:
    six = "ipv6 access-list A6\n permit ipv6 2001:db8:1::/64 any\n"
    read = firewall(PLAIN, six, "line vty 0 4\n ipv6 access-class A6 in")
    assert read_whole(read)
    assert passes(read, TO_BOX, "tcp/22", A6, "2001:db8:1::1")
    assert not passes(read, (WAN, LOCAL), "tcp/22", "2001:db8:2::9", "2001:db8:2::1")
    missing = firewall(PLAIN, "line vty 0 4\n access-class 99 in")
    assert unread(missing) == ["access-class 99 in"]
    assert passes(missing, (WAN, LOCAL), "tcp/22", B, "192.0.2.1")
