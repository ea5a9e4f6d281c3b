"""Address sets and service sets of a USG firewall."""

from __future__ import annotations

import pytest

from telemed_infra.packets import ANY_SERVICE, ICMP, ICMP6, TCP, UDP, Service, icmp, network_range
from telemed_infra.packets import ports as dports
from telemed_infra.parse.behaviour import Rule
from tests.parse.vrp.judge import firewall, read_whole


def used(sets: str, use: str) -> Rule:
    """The only rule of a policy that uses the sets; all is read."""
    read = firewall(f"{sets}\n#\nsecurity-policy\n rule name R\n  {use}\n  action permit")
    assert read_whole(read), read.unread
    assert read.unused == ()
    return read.chains[0].rules[0]


def sources(entries: str) -> Rule:
    lines = "\n".join(f" {line.strip()}" for line in entries.strip().split("\n"))
    return used(f"ip address-set A type object\n{lines}", "source-address address-set A")


def ranges(*prefixes: str) -> tuple[tuple[int, int], ...]:
    return tuple(network_range(prefix)[1] for prefix in prefixes)


@pytest.mark.parametrize(
    ("entry", "prefixes"),
    [
        ("address 0 10.0.16.0 mask 24", ["10.0.16.0/24"]),
        ("address 10.0.16.0 mask 255.255.255.0", ["10.0.16.0/24"]),
        ("address 2 10.0.17.30 0", ["10.0.17.30/32"]),
        ("address 0 10.0.17.0 0.0.0.3", ["10.0.17.0/30"]),
        ("address 0 10.0.17.30 mask 32 description the archive", ["10.0.17.30/32"]),
        ("address 0 range 10.0.17.10 10.0.17.10", ["10.0.17.10/32"]),
        ("address 0 10.0.1.0 0.0.2.255", ["10.0.1.0/24", "10.0.3.0/24"]),
        ("address 0 10.0.1.0 mask 255.255.253.0", ["10.0.1.0/24", "10.0.3.0/24"]),
    ],
)
def test_forms_of_an_ipv4_entry(entry: str, prefixes: list[str]) -> None:
    rule = sources(entry)
    assert rule.source4 == ranges(*prefixes)
    assert rule.source6 == ()


def test_a_set_holds_both_families_and_joins_neighbours() -> None:
    rule = sources("""
        address 0 10.0.0.0 mask 25
        address 1 10.0.0.128 mask 25
        address 5 2001:db8:: 32
        address range 2001:db9:: 2001:db9::f
    """)
    assert rule.source4 == ranges("10.0.0.0/24")
    assert rule.source6 == ((0x20010DB8 << 96, (0x20010DB9 << 96) + 15),)


def test_groups_nest_and_hold_raw_addresses() -> None:
    """Also: uses before definitions, and quotes around a name with a space."""
    rule = used(
        """ip address-set ALL type group
 description everything
 address 0 address-set "CT ROOM"
 address 1 address-set INNER
 address 2 10.9.0.0 mask 16
#
ip address-set INNER type group
 address 0 address-set ONE
#
ip address-set "CT ROOM" type object
 address 0 10.1.0.0 mask 16
#
ip address-set ONE type object
 address 0 10.5.0.0 mask 16""",
        "destination-address address-set ALL",
    )
    assert rule.destination4 == ranges("10.1.0.0/16", "10.5.0.0/16", "10.9.0.0/16")


@pytest.mark.parametrize(
    ("undo", "left"),
    [
        ("undo address 0", ["10.1.0.0/16"]),
        ("undo address all\n address 10.2.0.0 mask 16", ["10.2.0.0/16"]),
    ],
)
def test_entries_are_undone(undo: str, left: list[str]) -> None:
    rule = sources(f"address 0 10.0.0.0 mask 16\naddress 1 10.1.0.0 mask 16\n{undo}")
    assert rule.source4 == ranges(*left)


@pytest.mark.parametrize(
    ("sets", "unread"),
    [
        ("ip address-set A type object", "source-address address-set A"),  # empty
        ("ip address-set A type object\n address 0 10.0.0.0 24", "address 0 10.0.0.0 24"),
        ("ip address-set A type object\n address 0 00e0-fc12-3456", "address 0 00e0-fc12-3456"),
        ("ip address-set A type object\n address 0 address-set B", "address 0 address-set B"),
        ("ip address-set A type group\n address 0 address-set B", "address 0 address-set B"),
        ("ip address-set A type group\n address 0 address-set A", "address 0 address-set A"),
        (
            "ip address-set A type object\n address 0 10.0.0.1 0\n address 0 10.0.0.2 0",
            "address 0 10.0.0.2 0",
        ),
        (
            "ip address-set A type object\n address 0 10.0.0.1 0\nundo ip address-set A",
            "source-address address-set A",
        ),
    ],
)
def test_a_set_that_cannot_be_known_is_unread(sets: str, unread: str) -> None:
    read = firewall(
        f"{sets}\nsecurity-policy\n rule name R\n  source-address address-set A\n  action permit"
    )
    assert unread in [item.text for item in read.unread]


def services(entries: str) -> tuple[Service, ...]:
    lines = "\n".join(f" {line.strip()}" for line in entries.strip().split("\n"))
    return used(f"ip service-set S type object\n{lines}", "service S").services


def high(service: Service) -> Service:
    return service._replace(source_low=1024)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "service 0 protocol tcp source-port 0 to 65535 destination-port 104",
            [dports(TCP, 104)],
        ),
        ("service protocol tcp destination-port 104", [dports(TCP, 104)]),
        ("service 1 protocol 17 destination-port 5060 to 5061", [dports(UDP, 5060, 5061)]),
        (
            "service 1 protocol tcp destination-port 80 443 8000 to 8010 description web",
            [dports(TCP, 80), dports(TCP, 443), dports(TCP, 8000, 8010)],
        ),
        (
            "service protocol udp destination-port 53 source-port 1024 to 65535",
            [high(dports(UDP, 53))],
        ),
        ("service protocol tcp", [dports(TCP, 0, 65535)]),
        ("service protocol 47", [Service(47 << 16, 47 << 16 | 0xFFFF)]),
        ("service protocol icmp", [Service(ICMP << 16, ICMP << 16 | 0xFFFF)]),
        ("service protocol icmp icmp-type echo", [icmp(ICMP, 8, 0)]),
        ("service protocol icmp icmp-type 8 0", [icmp(ICMP, 8, 0)]),
        ("service protocol icmp icmp-type 3 0 to 15", [Service(1 << 16 | 768, 1 << 16 | 783)]),
        ("service protocol icmp icmp-type 8 0 13 0", [icmp(ICMP, 8, 0), icmp(ICMP, 13, 0)]),
        ("service protocol icmpv6 icmpv6-type 135 0 to 255", [icmp(ICMP6, 135)]),
        ("service protocol icmpv6 icmpv6-type packet-too-big", [icmp(ICMP6, 2, 0)]),
    ],
)
def test_forms_of_a_service(entry: str, expected: list[Service]) -> None:
    assert services(entry) == tuple(expected)


def test_groups_hold_sets_and_predefined_services() -> None:
    rule = used(
        """ip service-set G type group
 service 0 service-set S
 service 1 service-set ntp
#
ip service-set S type object
 service 0 protocol tcp destination-port 104""",
        "service G",
    )
    assert rule.services == (dports(TCP, 104), dports(UDP, 123))


@pytest.mark.parametrize(
    "entry",
    [
        "service 0 protocol tcp destination-port www",
        "service 0 protocol tcp destination-port 9 to 1",
        "service 0 protocol tcp destination-port 1 destination-port 2",
        "service 0 protocol icmp destination-port 1",
        "service 0 protocol icmp icmp-type hello",
        "service 0 protocol icmpv6 icmp-type 128 0",
        "service 0 protocol 256",
        "service 0 service-set S2",
        "service 0 protocol tcp destination-port " + " ".join(map(str, range(65))),
    ],
)
def test_a_service_that_cannot_be_known_is_unread(entry: str) -> None:
    read = firewall(f"ip service-set S type object\n {entry}")
    assert [item.text for item in read.unread] == [entry]


def test_the_name_of_a_predefined_service_is_not_for_sets() -> None:
    assert firewall("ip service-set ssh type object").unread


def test_what_no_rule_names_is_unused() -> None:
    read = firewall("""
        ip address-set A type object
         address 0 10.0.0.0 mask 8
        ip service-set S type object
         service 0 protocol tcp
    """)
    assert read.unused == ("address-set A", "service-set S")
    assert read_whole(read)


def test_service_any() -> None:
    assert used("", "service any").services == (ANY_SERVICE,)
