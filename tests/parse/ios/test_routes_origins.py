"""What an IOS router takes into BGP, and what it tells."""

from __future__ import annotations

from textwrap import dedent

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import joined, prefixes_within
from telemed_infra.parse.route_exchange import Table, in_bgp, local_routes, says
from telemed_infra.parse.routes import Origin, RouteBehaviour
from tests.parse.ios.route_texts import PEER, members, router, routes, whole

BOX = """
interface GigabitEthernet0/0
 ip address 10.16.1.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 10.0.0.0 255.0.0.0 Null0 250
ip route 0.0.0.0 0.0.0.0 192.0.2.9
"""


def origins(*bgp: str, tail: str = "") -> tuple[Origin, ...]:
    return router(*bgp, tail=BOX + tail).routers[0].origins


def originated(*bgp: str, tail: str = "") -> set[str]:
    """The networks that the router has in BGP by itself."""
    read = router(*bgp, tail=BOX + dedent(tail))
    table = Table(family=Family.V4, local=local_routes(read, Family.V4))
    parts, _ = in_bgp(read.routers[0], table)
    return members(joined(Family.V4, (part.prefixes for part in parts)))


def test_networks() -> None:
    assert originated("network 10.16.1.0 mask 255.255.255.0") == {"10.16.1.0/24"}
    assert originated("network 10.0.0.0") == {"10.0.0.0/8"}  # of its class
    assert originated("network 192.0.2.0") == {"192.0.2.0/24"}
    middle = "ip route 172.16.0.0 255.255.0.0 Null0"
    (one,) = origins("network 172.16.0.0", tail=middle)
    assert one.prefixes == prefixes_within("172.16.0.0/16")
    six = ("address-family ipv6", " network 2001:DB8::/32", " no network 2001:DB8::/32")
    assert origins(*six) == ()
    assert originated("network 11.0.0.0") == set()  # there is no such route
    assert originated("network 10.0.0.0", "no network 10.0.0.0") == set()


def test_redistribution_leaves_default_routes_out_until_told() -> None:
    assert originated("redistribute connected") == {"10.16.1.0/24", "192.0.2.0/24"}
    assert originated("redistribute static") == {"10.0.0.0/8"}
    told = ("redistribute static", "default-information originate")
    assert originated(*told) == {"10.0.0.0/8", "0.0.0.0/0"}
    assert originated(*told, "no default-information originate") == {"10.0.0.0/8"}
    assert originated("redistribute static", "no redistribute static") == set()


def test_redistribution_through_a_map() -> None:
    tail = """
        route-map INSIDE permit 10
         match interface GigabitEthernet 0/0
         set metric 50
    """
    assert originated("redistribute connected route-map INSIDE", tail=tail) == {"10.16.1.0/24"}
    (one,) = origins("redistribute connected metric 5")
    assert one.med == 5
    (one,) = origins("redistribute ospf 1 match internal external 1 route-map X metric 7")
    assert (one.source, one.med) == ("ospf", 7)


def test_aggregates() -> None:
    plain = ("network 10.16.1.0 mask 255.255.255.0", "aggregate-address 10.0.0.0 255.0.0.0")
    assert originated(*plain) == {"10.0.0.0/8", "10.16.1.0/24"}
    assert originated(plain[0], f"{plain[1]} as-set summary-only") == {"10.0.0.0/8"}
    assert originated(plain[1]) == set()  # it needs a part
    some = "ip prefix-list P permit 10.16.1.0/24\n"
    some += "route-map S permit 10\n match ip address prefix-list P"
    assert originated(plain[0], f"{plain[1]} suppress-map S", tail=some) == {"10.0.0.0/8"}
    none = some.replace("permit 10.16.1.0/24", "permit 10.17.0.0/16")
    assert originated(plain[0], f"{plain[1]} advertise-map S", tail=none) == {"10.16.1.0/24"}
    read = router(f"{plain[1]} attribute-map A", tail="route-map A permit 10\n set metric 9\n")
    assert read.routers[0].origins[0].filters[0][0].changes.med == 9
    one = next(one for one in origins(plain[1]) if one.source == "aggregate")
    assert one.discards
    assert originated(*plain, "no aggregate-address 10.0.0.0 255.0.0.0") == {"10.16.1.0/24"}


def told(read: RouteBehaviour) -> set[str]:
    session = read.sessions[0]
    (carried,) = session.exchanges
    table = Table(family=Family.V4, local=local_routes(read, Family.V4))
    parts = says(read.routers[0], session, carried, table)
    return members(joined(Family.V4, (part.prefixes for part in parts)))


def test_what_is_told_passes_the_filter_out() -> None:
    tail = BOX + "ip prefix-list OUT permit 10.16.1.0/24"
    read = router("redistribute connected", f"neighbor {PEER} prefix-list OUT out", tail=tail)
    assert told(read) == {"10.16.1.0/24"}
    (one,) = read.sessions[0].exchanges[0].announces
    assert (one.source, one.certain) == ("connected", True)


def test_a_default_route_is_told_without_having_one() -> None:
    lines = (f"neighbor {PEER} default-originate",)
    read = router(*lines)
    assert told(read) == {"0.0.0.0/0"}


def test_a_default_route_on_condition() -> None:
    """The map asks the routing table, and what it sets the default route has."""
    tail = """
ip prefix-list CENTRES permit 10.16.1.0/24
ip prefix-list CENTRES permit 172.16.0.0/12
route-map HAVE permit 10
 match ip address prefix-list CENTRES
 set metric 30
"""
    lines = (f"neighbor {PEER} default-originate route-map HAVE",)
    there, gone = router(*lines, tail=BOX + tail), router(*lines, tail=tail)
    default = there.sessions[0].exchanges[0].default_route
    assert default is not None
    assert default.any_of == ("172.16.0.0/12", "10.16.1.0/24")
    assert told(there) == {"0.0.0.0/0"}
    assert told(gone) == set()
    (one,) = there.sessions[0].exchanges[0].announces
    assert (one.med, one.certain) == (30, False)


def test_a_condition_that_is_no_list_of_networks_is_never_certain() -> None:
    lines = (f"neighbor {PEER} default-originate route-map HAVE",)
    wide = BOX + "ip prefix-list P permit 10.0.0.0/8 le 32\n"
    have = "route-map HAVE permit 10\n match ip address prefix-list P\n"
    default = router(*lines, tail=wide + have).sessions[0].exchanges[0].default_route
    assert default is not None
    assert default.tests_routes
    narrow = "ip prefix-list P permit 10.0.0.0/8\nip prefix-list Q permit 11.0.0.0/8\n"
    denying = "route-map HAVE deny 5\n match ip address prefix-list Q\n"
    tagged = " match tag 5\n"
    for text in (narrow + denying + have, narrow + have + tagged):
        default = router(*lines, tail=text).sessions[0].exchanges[0].default_route
        assert default is not None
        assert not default.any_of
        assert default.tests_routes


def test_a_flat_text_is_read_the_same() -> None:
    ten = "ip prefix-list TEN permit 10.0.0.0/8 le 32\n"
    tail = BOX + ten + "route-map M permit 10\n match ip address prefix-list TEN\n"
    lines = ("redistribute connected", f"neighbor {PEER} route-map M out")
    flat = "\n".join(line.strip() for line in [
        "router bgp 65001", f"neighbor {PEER} remote-as 65002", *lines, *tail.splitlines(),
    ])  # fmt: skip
    assert told(whole(flat)) == told(router(*lines, tail=tail)) == {"10.16.1.0/24"}
    assert len(routes(flat).static_routes) == 2
