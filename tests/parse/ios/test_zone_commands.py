"""The commands of the zones: what is unread, what is taken back."""

from __future__ import annotations

import pytest

from tests.parse.ios.judge import (
    INSPECT_ALL,
    OUT,
    PAIR,
    WAN,
    ZONED,
    firewall,
    passes,
    read_whole,
    unread,
)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("zone-pair security Z source LAN destination NOWHERE\n"
         " service-policy type inspect P-OUT"),
         ["zone-pair security Z source LAN destination NOWHERE"]),
        ("zone-pair security Z source LAN destination WAN\n service-policy type inspect P-NONE",
         ["service-policy type inspect P-NONE"]),
        ("zone-pair security Z source LAN destination self",
         ["zone-pair security Z source LAN destination self"]),
        ("interface GigabitEthernet0/2\n zone-member security NOWHERE",
         ["zone-member security NOWHERE"]),
        ("interface GigabitEthernet0/1\n zone-member security LAN", ["zone-member security LAN"]),
        ("zone security default", ["zone security default"]),
        ("class-map type inspect C\n match protocol ftp", ["match protocol ftp"]),
        ("ip port-map http port 8080", ["ip port-map http port 8080"]),
        ("policy-map type inspect P-OUT\n class type inspect C-NONE\n  inspect",
         ["class type inspect C-NONE"]),
        ("policy-map type inspect P-OUT\n class class-default\n  no drop\n  inspect",
         ["inspect"]),
        ("policy-map type inspect P-OUT\n class type inspect C-ALL\n  pass", ["pass"]),
        ("interface GigabitEthernet0/1\n ip inspect FW in", ["ip inspect FW in"]),
    ],
)  # fmt: skip
def test_what_is_undefined_or_not_modelled_is_unread(lines: str, expected: list[str]) -> None:
    pair = "" if "zone-pair" in lines else PAIR
    assert unread(firewall(ZONED, INSPECT_ALL, pair, lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("policy-map type inspect P-OUT\n class type inspect C-ALL", "class type inspect C-ALL"),
        (("class-map type inspect C-ALL\npolicy-map type inspect P-OUT\n"
         " class type inspect C-ALL\n  inspect"), "class-map type inspect C-ALL"),
        (("class-map type inspect C-ALL\n match access-group name A-NONE\n"
         "policy-map type inspect P-OUT\n class type inspect C-ALL\n  inspect"),
         "match access-group name A-NONE"),
        (("class-map type inspect C-ALL\n match class-map C-ALL\n"
         "policy-map type inspect P-OUT\n class type inspect C-ALL\n  inspect"),
         "match class-map C-ALL"),
    ],
)  # fmt: skip
def test_classes_that_say_too_little_are_unread(lines: str, expected: str) -> None:
    assert expected in unread(firewall(ZONED, lines, PAIR))


def test_a_map_keeps_its_kind() -> None:
    again = "class-map type inspect {} C-ALL\n match protocol ntp\n"
    assert not firewall(ZONED, INSPECT_ALL, PAIR, again.format("match-any")).unread
    assert not firewall(ZONED, INSPECT_ALL, PAIR, again.format("")).unread
    assert unread(firewall(ZONED, INSPECT_ALL, PAIR, again.format("match-all"))) == [
        "class-map type inspect match-all C-ALL", "match protocol ntp",
    ]  # fmt: skip


def test_negations_take_back() -> None:
    read = firewall(
        ZONED,
        INSPECT_ALL,
        PAIR,
        """
        class-map type inspect match-any C-ALL
         no match protocol udp
        interface GigabitEthernet0/1
         no ip address
         ip address 192.0.2.3 255.255.255.0
    """,
    )
    assert read_whole(read)
    assert passes(read, OUT, "tcp/53")
    assert not passes(read, OUT, "udp/53")
    assert read.addresses[WAN][0] == "192.0.2.3/24"
    gone = firewall(
        ZONED,
        INSPECT_ALL,
        PAIR,
        """
        no zone-pair security ZP-OUT source LAN destination WAN
        interface GigabitEthernet0/0
         no zone-member security LAN
    """,
    )
    assert not gone.unread
    assert not passes(gone, OUT, "tcp/53")
    assert gone.zones["LAN"] == frozenset()
    assert "policy-map P-OUT" in gone.unused
    assert "zone LAN" in gone.unused


def test_a_vrf_takes_the_addresses_off() -> None:
    """What is typed after it stays; what was typed before it is gone."""
    vrf = "interface GigabitEthernet0/1\n vrf forwarding CARRIER\n"
    assert WAN not in firewall(ZONED, vrf).addresses
    again = firewall(ZONED, vrf + " ip address 192.0.2.7 255.255.255.0")
    assert read_whole(again)
    assert again.addresses[WAN] == ("192.0.2.7/24",)
