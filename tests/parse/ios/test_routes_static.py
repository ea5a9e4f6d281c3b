"""Static routes of IOS, tables of their own, and what routes follow."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import prefixes_within
from telemed_infra.parse.route_exchange import local_routes
from telemed_infra.parse.routes import Missing, RouteBehaviour, StaticRoute
from tests.parse.ios.route_texts import of_both, refused, routes, static, whole

GATEWAY = "ip default-gateway 10.7.10.1"
DEFAULT = "ip route 0.0.0.0 0.0.0.0 10.7.10.9"


def only(*texts: str) -> StaticRoute:
    (found,) = static(*texts)
    return found


def targets(read: RouteBehaviour) -> list[tuple[str, str]]:
    return [(one.prefix, one.target) for one in read.static_routes]


def test_a_route_with_everything() -> None:
    line = "ip route 10.12.0.0 255.255.240.0 Gi0/1 192.0.2.2 250 name TO-B tag 7 permanent"
    assert only(line) == StaticRoute(
        line=1, prefix="10.12.0.0/20", target="192.0.2.2", vrf="",
        interface="GigabitEthernet0/1", preference=250, tag=7, permanent=True,
    )  # fmt: skip


def test_a_route_with_nothing() -> None:
    one = only("  IP ROUTE 0.0.0.0 0.0.0.0 192.0.2.2")
    assert (one.prefix, one.target, one.interface) == ("0.0.0.0/0", "192.0.2.2", "")
    assert (one.preference, one.tag, one.watch, one.permanent) == (1, 0, "", False)
    assert not one.discards


@pytest.mark.parametrize("word", ["Null0", "null 0", "Nu0", "NULL0"])
def test_a_route_to_nowhere(word: str) -> None:
    one = only(f"ip route 10.12.0.0 255.255.240.0 {word} 254")
    assert (one.target, one.preference) == ("Null0", 254)
    assert one.discards


def test_a_route_out_of_an_interface() -> None:
    one = only("ip route 10.0.0.0 255.0.0.0 Tunnel 7")
    assert (one.target, one.interface) == ("Tunnel7", "")


def test_ipv6() -> None:
    one = only("ipv6 route 2001:DB8:0:5::1/48 gi0/1 FE80::1 tag 9 200 name X")
    assert (one.prefix, one.target, one.interface) == (
        "2001:db8::/48", "fe80::1", "GigabitEthernet0/1",
    )  # fmt: skip
    assert (one.preference, one.tag) == (200, 9)
    assert only("ipv6 route ::/0 2001:db8::1 unicast").prefix == "::/0"
    assert only("ipv6 route 2001:db8::/32 Null0").discards


def test_tables_of_their_own() -> None:
    read = whole("""
        vrf definition MGMT
         rd 65000:9
         !
         address-family ipv4
         exit-address-family
        ip vrf OLD
         rd 65000:8
         route-target both 65000:8
        interface GigabitEthernet0
         ip address 10.8.0.1 255.255.255.0
         vrf forwarding MGMT
         ip address 10.9.0.1 255.255.255.0
        interface GigabitEthernet0/0
         ip address 10.1.0.1 255.255.255.0
        ip route 0.0.0.0 0.0.0.0 10.1.0.2
        ip route vrf MGMT 0.0.0.0 0.0.0.0 10.9.0.2
        ipv6 route vrf OLD ::/0 GigabitEthernet0/3 2001:DB8::2
    """)
    assert [(one.vrf, one.prefix, one.target) for one in read.static_routes] == [
        ("", "0.0.0.0/0", "10.1.0.2"),
        ("MGMT", "0.0.0.0/0", "10.9.0.2"),
        ("OLD", "::/0", "2001:db8::2"),
    ]
    assert read.addresses == {"GigabitEthernet0/0": ("10.1.0.1/24",)}
    (connected, default) = local_routes(read, Family.V4)
    assert connected.prefixes == prefixes_within("10.1.0.0/24")
    assert default.prefixes == prefixes_within("0.0.0.0/0")


def test_who_leaves_a_table_comes_back_without_addresses() -> None:
    read = whole("""
        int gi0/0
         ip vrf forwarding A
         ip add 10.1.0.1 255.255.255.0
         no ip vrf forwarding
         ip add 10.1.0.2 255.255.255.0
    """)
    assert read.addresses == {"GigabitEthernet0/0": ("10.1.0.2/24",)}


def test_a_table_that_nothing_defines_is_told() -> None:
    """A device takes no route, no interface and no session into a table that it does not have."""
    read = whole("""\
        vrf definition A
        interface Gi0/1
         vrf forwarding B
        ip route vrf A 0.0.0.0 0.0.0.0 10.0.0.1
        ip route vrf C 0.0.0.0 0.0.0.0 10.0.0.1
        router bgp 65001
         address-family ipv4 vrf D
    """)
    assert read.missing == (
        Missing(line=3, name="vrf B"),
        Missing(line=5, name="vrf C"),
        Missing(line=7, name="vrf D"),
    )


def test_default_interface_leaves_the_table() -> None:
    address = "\ninterface Gi0/1\n ip address 10.0.0.1 255.0.0.0\n"
    text = f"ip vrf A\ninterface Gi0/1\n ip vrf forwarding A{address}"
    assert whole(text).addresses == {}
    again = whole(f"{text}default interface Gi0/1{address}")
    assert again.addresses == {"GigabitEthernet0/1": ("10.0.0.1/8",)}
    assert whole(f"{text}default interface Gi0/1").addresses == {}
    assert whole(f"{text}default interface mystery").addresses == {}


def test_an_interface_that_is_shut_has_no_route() -> None:
    text = """
        interface Gi0/0
         ip address 10.1.0.1 255.255.255.0
        interface Gi0/0.5
         encapsulation dot1q 5
         ip address 10.5.0.1 255.255.255.0
        interface Gi0/0
         {}
    """
    assert len(whole(text.format("no shutdown")).addresses) == 2
    assert whole(text.format("shutdown")).addresses == {}


def test_the_same_way_is_one_route_and_another_way_a_second() -> None:
    found = static(f"{DEFAULT} 10", f"{DEFAULT} 20", "ip route 0.0.0.0 0.0.0.0 10.7.10.8")
    assert [(one.target, one.preference) for one in found] == [("10.7.10.9", 20), ("10.7.10.8", 1)]


def test_removal_takes_all_that_fit() -> None:
    two = (DEFAULT, "ip route 0.0.0.0 0.0.0.0 Gi0/1 10.7.10.8", "ip route 10.0.0.0 255.0.0.0 Null0")
    assert targets(whole(*two, "no ip route 0.0.0.0 0.0.0.0")) == [("10.0.0.0/8", "Null0")]
    assert len(static(*two, "no ip route 0.0.0.0 0.0.0.0 10.7.10.9 5 name X")) == 2
    assert len(static(*two, "no ip route 0.0.0.0 0.0.0.0 Gi0/1")) == 2
    wrong = "no ip route 0.0.0.0 0.0.0.0 10.7.10.7"
    assert refused(*two, wrong) == [wrong]
    elsewhere = "no ip route vrf X 0.0.0.0 0.0.0.0"
    assert refused(DEFAULT, elsewhere) == [elsewhere]


@pytest.mark.parametrize(
    "line",
    [
        "ip route 10.0.0.1 255.0.0.0 192.0.2.2",  # bits below the mask
        "ip route 10.0.0.0 0.255.255.255 192.0.2.2",  # a wildcard
        "ip route 10.0.0.0/8 192.0.2.2",
        "ip route 10.0.0.0 255.0.0.0",
        "ip route 10.0.0.0 255.0.0.0 nowhere",
        "ip route 10.0.0.0 255.0.0.0 192.0.2.2 256",
        "ip route 10.0.0.0 255.0.0.0 192.0.2.2 0",
        "ip route 10.0.0.0 255.0.0.0 192.0.2.2 tag",
        "ip route 10.0.0.0 255.0.0.0 Gi0/1 dhcp",
        "ip route vrf A 10.0.0.0 255.0.0.0 192.0.2.2 global",
        "ipv6 route 2001:db8::/32 2001:db8::1 nexthop-vrf B",
        "ipv6 route 2001:db8::/129 2001:db8::1",
        "ip route static bfd Gi0/1 192.0.2.2",
        "ip route profile",
        "ip default-network 10.0.0.0",
    ],
)
def test_what_a_device_refuses_or_nobody_models_is_unread(line: str) -> None:
    assert refused(line) == [line]
    assert routes(line).static_routes == ()


def test_an_interface_before_does_not_take_a_route_in() -> None:
    """Typed text is flat, and words may be short: `ip rout` is not `ip router`."""
    text = "interface Gi0/1\nip address 10.0.0.1 255.0.0.0\nip route 10.9.0.0 255.255.0.0 Null0"
    assert targets(whole(text)) == [("10.9.0.0/16", "Null0")]


def test_a_route_that_follows_a_probe() -> None:
    text = """\
        ip sla 5
         icmp-echo 198.51.100.9 source-interface Gi0/1
          frequency 5
        ip sla schedule 5 life forever start-time now
        track 10 ip sla 5 reachability
         delay down 2 up 10
        track 11 interface Gi0/1 line-protocol
        ip route 0.0.0.0 0.0.0.0 192.0.2.2 track 10
        ip route 10.0.0.0 255.0.0.0 192.0.2.2 track 11
    """
    read = whole(text)
    assert [one.watch for one in read.static_routes] == ["track 10", "track 11"]
    assert [(one.name, one.peer, one.runs) for one in read.watches] == [
        ("track 10", "198.51.100.9", True),
        ("track 11", "", True),
    ]
    assert read.missing == ()
    assert not any(part.certain for part in local_routes(read, Family.V4))
    never = whole(text, "no ip sla schedule 5")
    assert not never.watches[0].runs
    gone = whole(text, "no track 10")
    assert gone.missing == (Missing(line=8, name="track 10"),)
    assert whole(text, "no ip sla 5").watches[0].peer == ""


def test_a_probe_that_waits_does_not_run() -> None:
    text = "track 1 ip sla 1\nip sla 1\n icmp-echo 10.0.0.1\nip sla schedule 1 life forever {}"
    assert not whole(text.format("")).watches[0].runs
    assert not whole(text.format("start-time pending")).watches[0].runs
    assert whole(text.format("start-time 08:00")).watches[0].runs


# Whether the box routes -----------------------------------------------------------------------


def test_a_box_that_routes_has_no_default_gateway() -> None:
    read = whole("ip routing", DEFAULT, GATEWAY)
    assert targets(read) == [("0.0.0.0/0", "10.7.10.9")]
    assert read.unused == (Missing(line=3, name="default-gateway 10.7.10.1"),)
    assert read.effective == {1, 2}
    assert read.inert == {3}


def test_a_host_sends_to_its_gateway_and_by_no_static_route() -> None:
    management = "ip route vrf Mgmt-vrf 0.0.0.0 0.0.0.0 10.9.0.1"
    read = whole(DEFAULT, "ip route 10.0.0.0 255.0.0.0 Null0", management, GATEWAY, "no ip routing")
    assert targets(read) == [("0.0.0.0/0", "10.7.10.1"), ("0.0.0.0/0", "10.9.0.1")]
    assert [one.vrf for one in read.static_routes] == ["", "Mgmt-vrf"]
    assert read.unused == (
        Missing(line=1, name="route 0.0.0.0/0 10.7.10.9"),
        Missing(line=2, name="route 10.0.0.0/8 Null0"),
    )
    assert read.effective == {3, 4, 5}
    assert read.inert == {1, 2}


def test_ipv6_routes_do_not_ask_for_ip_routing() -> None:
    read = whole("no ip routing", "ipv6 route ::/0 2001:db8::1")
    assert targets(read) == [("::/0", "2001:db8::1")]


def test_a_router_routes_until_told_otherwise() -> None:
    routed = [("0.0.0.0/0", "10.7.10.9")]
    assert targets(whole(DEFAULT, GATEWAY)) == routed
    assert targets(whole("no ip routing", DEFAULT, GATEWAY, "ip routing")) == routed


def test_what_a_switch_does_without_a_line_nobody_knows() -> None:
    read = routes(DEFAULT, GATEWAY, routes_by_default=None)
    assert [one.line for one in read.unread] == [1, 2]
    assert "model" in read.unread[0].why
    host = whole("no ip routing", GATEWAY, routes_by_default=None)
    assert targets(host) == [("0.0.0.0/0", "10.7.10.1")]
    router = whole("ip routing", DEFAULT, routes_by_default=None)
    assert targets(router) == [("0.0.0.0/0", "10.7.10.9")]
    assert whole("ip route vrf M 0.0.0.0 0.0.0.0 10.9.0.1", routes_by_default=None).lines == 1


def test_without_lines_a_small_switch_is_a_host() -> None:
    read = whole(DEFAULT, GATEWAY, routes_by_default=False)
    assert targets(read) == [("0.0.0.0/0", "10.7.10.1")]


# Whose line it is -------------------------------------------------------------------------------


def test_every_line_is_judged_by_one_reader() -> None:
    text = """\
        hostname R1
        interface Gi0/0
         ip address 10.1.0.300 255.255.255.0
         ip address 10.1.0.1 255.255.255.0
         mystery word
        ip nat inside source list 1 pool P
        ip http server
        ip route 10.0.0.0 255.0.0.0 Gi0/0 dhcp
        router ospf 1
         network 10.0.0.0 0.255.255.255 area 0
        ip route 0.0.0.0 0.0.0.0 10.1.0.2
        gibberish
    """
    assert [one.line for one in of_both(text)] == [3, 5, 6, 8, 9, 10, 12]
    read = routes(text)
    assert read.hostname == "R1"
    assert read.own == frozenset({3, 5, 8, 9, 10, 11, 12})
    assert read.effective == {11}
    assert read.lines == 7


def test_another_protocol_is_unread_with_all_that_is_in_it() -> None:
    ospf = ["router ospf 1", " passive-interface default", "!", "ip http server"]
    assert refused(*ospf) == ["router ospf 1", "passive-interface default"]
    area = "ip ospf 1 area 0"
    assert refused(f"interface Gi0/0\n {area}\n ip ospf cost 5") == [area]
    assert refused("interface Gi0/0\n ipv6 policy route-map P") == ["ipv6 policy route-map P"]
    guests = "interface Gi0/0\n ip policy route-map P"
    assert refused(guests) == []  # who reads the box judges where it leads
    assert [one.line for one in of_both(guests)] == [2]
    assert [one.name for one in routes(guests).missing] == ["route-map P"]
    leak = "import ipv4 unicast map M"
    assert refused(f"vrf definition A\n address-family ipv4\n  {leak}") == [leak]
    assert refused("no router ospf 1") == []


def test_a_banner_without_end_swallows_routes_too() -> None:
    assert routes("banner motd ^C", DEFAULT).static_routes == ()
    assert refused("banner motd ^C", DEFAULT) != []
