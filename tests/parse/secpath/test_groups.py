"""Object groups of a SecPath firewall, construct by construct."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import FirewallBehaviour
from tests.parse.secpath.texts import HOST, OUT, SERVER, addresses, policy, rule, sources
from tests.parse.vrp.judge import passes, read_whole


def services(*lines: str, others: str = "") -> FirewallBehaviour:
    body = "\n ".join(lines)
    return policy(rule("service S"), before=f"{others}object-group service S\n {body}\n#\n")


def test_hosts_subnets_and_ranges() -> None:
    read = addresses(
        "description the ward",
        "0 network host address 10.0.1.7",
        "10 network subnet 10.0.2.99 255.255.255.0",
        "20 network subnet 10.0.4.0 23",
        "30 network range 10.0.9.10 10.0.9.20",
        "object 30 description beds",
    )
    assert read_whole(read), read.unread
    for source, found in {
        "10.0.1.7": True,
        "10.0.1.8": False,
        "10.0.2.1": True,
        "10.0.5.255": True,
        "10.0.6.0": False,
        "10.0.9.20": True,
        "10.0.9.21": False,
    }.items():
        assert passes(read, OUT, source, SERVER, "tcp/80") is found


def test_groups_of_ipv6() -> None:
    read = addresses(
        "0 network host address 2001:db8::1",
        "10 network subnet 2001:db8:2::9 64",
        "20 network range 2001:db8:3::1 2001:db8:3::f",
        family="ipv6",
    )
    assert read_whole(read), read.unread
    assert passes(read, OUT, "2001:db8:2::ffff", "2001:db8:9::1", "tcp/80")
    assert passes(read, OUT, "2001:db8:3::e", "2001:db8:9::1", "tcp/80")
    assert not passes(read, OUT, "2001:db8::2", "2001:db8:9::1", "tcp/80")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("network subnet 10.0.0.1 32", "network host address 10.0.0.1"),
        ("network subnet 10.0.0.1 255.255.255.255", "network host address 10.0.0.1"),
        ("network range 10.0.0.1 10.0.0.1", "network host address 10.0.0.1"),
        ("network range 10.0.0.0 10.0.0.255", "network subnet 10.0.0.0 255.255.255.0"),
        ("network range 10.0.0.9 10.0.0.1", "network range 10.0.0.1 10.0.0.9"),
    ],
)
def test_addresses_that_the_device_prints_otherwise(typed: str, printed: str) -> None:
    """Correction 15."""
    first, second = addresses(f"0 {typed}"), addresses(f"0 {printed}")
    assert read_whole(first)
    assert sources(first) == sources(second)
    twice = addresses(f"0 {typed}", f"10 {printed}")
    assert [item.why for item in twice.unread] == ["object 0 of the group says so already"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("range 0 999", "lt 1000"),
        ("range 50001 65535", "gt 50000"),
        ("range 80 80", "eq 80"),
        ("lt 1", "eq 0"),
        ("gt 65534", "eq 65535"),
        ("range 90 80", "range 80 90"),
    ],
)
@pytest.mark.parametrize("side", ["source", "destination"])
def test_ports_that_the_device_prints_otherwise(typed: str, printed: str, side: str) -> None:
    """Correction 15."""
    first, second = (
        services(f"0 service tcp {side} {ports}").chains[0].rules[0].services
        for ports in (typed, printed)
    )
    assert first == second


def test_groups_within_groups_wherever_they_are_defined() -> None:
    others = (
        "object-group ip address A\n 0 network group-object b\n#\n"
        "object-group ip address B\n 0 network host address 10.0.0.2\n#\n"
    )
    read = addresses("0 network group-object A", "network host address 10.0.0.9", others=others)
    assert read_whole(read), read.unread
    assert sources(read) == ((0x0A000002, 0x0A000002), (0x0A000009, 0x0A000009))
    inner = "object-group service T\n 0 service udp destination eq 53\n#\n"
    nested = services("0 service group-object T", "10 service group-object ftp", others=inner)
    assert read_whole(nested), nested.unread
    assert passes(nested, OUT, HOST, SERVER, "udp/53")
    assert passes(nested, OUT, HOST, SERVER, "tcp/21")


def chain_of(length: int) -> str:
    heads = [f"object-group ip address G{n}\n 0 network " for n in range(length)]
    inside = [f"group-object G{n + 1}" for n in range(length - 1)]
    return "#\n".join(
        f"{head}{entry}\n"
        for head, entry in zip(heads, [*inside, "host address 10.0.0.1"], strict=True)
    )


def test_groups_nest_five_deep() -> None:
    assert read_whole(policy(rule("source-ip G0"), before=chain_of(5)))
    (unread,) = policy(rule("source-ip G0"), before=chain_of(6)).unread
    assert unread.why == "groups nest five deep at most"


def test_a_group_within_itself_is_unread() -> None:
    loop = "object-group ip address A\n 0 network group-object G\n#\n"
    read = addresses("0 network group-object A", others=loop)
    assert [item.text for item in read.unread] == ["0 network group-object G"]
    assert not passes(read, OUT, HOST, SERVER, "tcp/80")


def test_a_group_without_objects_is_unread_where_it_is_used() -> None:
    read = policy(rule("source-ip G"), before="object-group ip address G\n#\n")
    assert [item.text for item in read.unread] == ["source-ip G"]
    assert not policy(rule(), before="object-group ip address G\n#\n").unread


def test_groups_that_no_rule_names_are_told() -> None:
    read = addresses(
        "0 network group-object A",
        others="object-group ip address A\n 0 network host address 10.0.0.2\n#\n"
        "object-group ip address B\n 0 network host address 10.0.0.3\n#\n"
        "object-group ipv6 address C\n 0 network host address 2001:db8::1\n#\n"
        "object-group service S\n 0 service tcp\n#\n",
    )
    assert read.unused == ("ip address group B", "ipv6 address group C", "service group S")


def test_an_id_used_again_replaces_its_object() -> None:
    read = addresses("0 network host address 10.0.0.1", "0 network host address 10.0.0.2")
    assert read_whole(read)
    assert sources(read) == ((0x0A000002, 0x0A000002),)


def test_objects_without_id_take_the_next_multiple_of_ten() -> None:
    """Source: command reference, `network`: after 22 comes 30."""
    read = addresses(
        "network host address 10.0.0.1",
        "network host address 10.0.0.2",
        "22 network host address 10.0.0.3",
        "network host address 10.0.0.4",
        "undo 0",
        "undo 30",
    )
    assert read_whole(read), read.unread
    assert sources(read) == ((0x0A000002, 0x0A000003),)


def test_objects_are_taken_back_by_what_they_say() -> None:
    read = addresses(
        "0 network host address 10.0.0.1",
        "10 network subnet 10.1.0.0 16",
        "undo network subnet 10.1.0.0 255.255.0.0",
    )
    assert read_whole(read), read.unread
    assert sources(read) == ((0x0A000001, 0x0A000001),)
    less = services("0 service tcp", "10 service udp", "undo service udp", "undo 0", "service 47")
    assert read_whole(less), less.unread
    assert passes(less, OUT, HOST, SERVER, "47")
    assert not passes(less, OUT, HOST, SERVER, "udp/1")
    assert not passes(less, OUT, HOST, SERVER, "tcp/1")


def test_an_object_with_an_exclusion_is_not_replaced() -> None:
    read = addresses(
        "0 network subnet 10.0.1.0 24",
        "0 network exclude 10.0.1.9",
        "0 network subnet 10.0.1.0 24",
        "0 network subnet 10.0.2.0 24",
    )
    assert [item.text for item in read.unread] == ["0 network subnet 10.0.2.0 24"]
    assert not passes(read, OUT, "10.0.1.9", SERVER, "tcp/80")


def test_an_exclusion_narrows_its_own_object_only() -> None:
    read = addresses(
        "0 network subnet 10.0.1.0 255.255.255.0",
        "0 network exclude 10.0.1.66",
        "0 network exclude 10.0.1.67",
        "undo 0 network exclude 10.0.1.67",
        "10 network range 10.0.1.0 10.0.1.9",
        "10 network exclude 10.0.1.5",
    )
    assert read_whole(read), read.unread
    assert not passes(read, OUT, "10.0.1.66", SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.1.67", SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.1.5", SERVER, "tcp/80")  # the subnet still has it


@pytest.mark.parametrize(
    "line",
    [
        "network host name pacs",
        "network host 10.0.0.1",
        "network subnet 10.0.0.0 0.0.0.255",
        "network subnet 10.0.0.0 33",
        "network range 10.0.0.1 2001:db8::1",
        "network host address 2001:db8::1",
        "network group-object any",
        "network exclude 10.0.0.1",
        "5 network exclude 10.0.0.1",
        "0 network exclude 10.0.0.0 24",
        "0 network exclude 2001:db8::1",
        "20 network exclude 10.0.0.1",
        "20 network group-object NOWHERE",
        "10 network host address 10.0.0.7",
        "4294967295 network host address 10.0.0.1",
        "network user nurse",
        "10 address 10.0.0.1",
        "10 description beds",
        "30\x1fnetwork host address 10.0.0.8",
        "30 network host address\u200310.0.0.8",
        "<30> network host address 10.0.0.8",
        "10",
        "undo 5",
        "undo network host address 10.0.0.8",
        "undo 0 network host address 10.0.0.7",
        "security-zone Trust",
    ],
)
def test_what_an_address_group_does_not_take(line: str) -> None:
    others = "object-group ip address A\n 0 network host address 10.9.9.9\n#\n"
    read = addresses(
        "0 network host address 10.0.0.7", "20 network group-object A", line, others=others
    )
    assert line in [item.text for item in read.unread]


@pytest.mark.parametrize(
    "line",
    [
        "service tcp destination eq http",
        "service tcp destination lt 0",
        "service tcp destination gt 65535",
        "service tcp destination neq 5",
        "service tcp destination range 5",
        "service tcp destination eq 5 destination eq 6",
        "service icmp 8",
        "service icmp 8 0 1",
        "service icmp 256 0",
        "service gre",
        "service 256",
        "service 6 destination eq 80",
        "service",
        "service group-object NOWHERE",
        "undo service udp",
        "undo 7",
    ],
)
def test_what_a_service_group_does_not_take(line: str) -> None:
    read = services("0 service tcp destination eq 1", line)
    assert [item.text for item in read.unread] == [line]


@pytest.mark.parametrize(
    "text",
    [
        "object-group service http",
        "object-group ip address any",
        "object-group ip address " + "x" * 64,
        "object-group ipv6 address G",
        "object-group service g",
        "object-group ip address T",
        "object-group mac-address M",
        "undo object-group service NOWHERE",
    ],
)
def test_names_of_groups_that_are_refused(text: str) -> None:
    there = (
        "object-group ip address G\n 0 network subnet 10.0.0.0 8\n#\n"
        "object-group service t\n 0 service tcp\n#\n"
    )
    read = policy(rule(), before=there + text)
    assert [item.text for item in read.unread] == [text]


def test_a_removed_group_is_undefined_where_it_is_used() -> None:
    read = policy(
        rule("source-ip G"),
        before="object-group ip address G\n 0 network subnet 10.0.0.0 8\n#\n"
        "undo object-group ip address G\n#\n",
    )
    assert [item.text for item in read.unread] == ["source-ip G"]


def test_port_groups_serve_access_lists_only() -> None:
    read = policy(rule(), before="object-group port P\n 0 port lt 20\n undo 0\n port eq 5\n#\n")
    assert read_whole(read)
