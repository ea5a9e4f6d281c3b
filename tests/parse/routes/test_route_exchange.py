"""What sessions let in and out, over texts of two platforms: a small province by hand."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.prefixes import joined, no_prefixes, prefixes_within
from telemed_infra.parse.route_exchange import Heard, Table, hears, local_routes, says, too_many
from telemed_infra.parse.route_filter import LEARNED, Part, Route
from telemed_infra.parse.routes import Exchange, RouteBehaviour, Session
from telemed_infra.parse.vrp import parse_vrp_routes

EDGE = """\
router bgp 64514
 no bgp ebgp-requires-policy
 neighbor 10.0.0.2 remote-as 64512
 neighbor 10.0.0.2 prefix-list POOL out
 redistribute connected
exit
ip prefix-list POOL permit 10.12.0.0/20 ge 32
"""
CORE = """\
bgp 64512
 peer 10.0.0.1 as-number 64514
 peer 10.0.0.1 ip-prefix POOL import
 peer 10.0.0.1 ip-prefix NOTHING export
 peer 10.0.1.1 as-number 4201000000
 peer 10.0.1.1 ip-prefix PREFECTURE import
 peer 10.0.1.1 ip-prefix DOWN export
 network 10.0.0.0 255.252.0.0
#
ip ip-prefix NOTHING deny 0.0.0.0 0 less-equal 32
ip ip-prefix POOL permit 10.12.0.0 20 greater-equal 32
ip ip-prefix PREFECTURE permit 10.16.0.0 12
ip ip-prefix DOWN permit 10.12.0.0 20 greater-equal 32
ip ip-prefix DOWN permit 10.0.0.0 14
ip route-static 10.0.0.0 14 NULL0
"""
AGGREGATOR = """\
bgp 4201000000
 aggregate 10.16.0.0 255.240.0.0 detail-suppressed
 peer 10.0.1.2 as-number 64512
 peer 10.0.1.2 advertise-community
 peer 10.0.2.1 as-number 4201001000
 peer 10.0.2.1 ip-prefix NOTHING export
 peer 10.0.2.1 ip-prefix COUNTY import
 peer 10.0.2.1 default-route-advertise conditional-route-match-any 10.0.0.0 14 10.4.0.0 14
#
ip ip-prefix COUNTY permit 10.17.0.0 17
ip ip-prefix NOTHING deny 0.0.0.0 0 less-equal 32
"""
HEAD = """\
bgp 4201001000
 network 10.17.0.0 255.255.128.0
 peer 10.0.2.2 as-number 4201000000
#
ip route-static 10.17.0.0 17 NULL0
"""


class Device:
    """A device of the fixpoint: what it has by itself, and what it has heard."""

    def __init__(self, behaviour: RouteBehaviour, *services: str) -> None:
        assert behaviour.unread == ()
        self.behaviour = behaviour
        self.local = local_routes(behaviour, Family.V4) + tuple(
            Part(prefixes_within(one), Route(source=behaviour.connected), certain=True)
            for one in services
        )
        self.heard: dict[str, tuple[Part, ...]] = {}

    def session(self, peer: str) -> tuple[Session, Exchange]:
        (found,) = (one for one in self.behaviour.sessions if one.peer == peer)
        (exchange,) = found.exchanges
        return found, exchange

    def says(self, peer: str) -> tuple[Part, ...]:
        heard = tuple(Heard(self.session(one)[0], parts) for one, parts in self.heard.items())
        table = Table(family=Family.V4, local=self.local, heard=heard)
        return says(self.behaviour.routers[0], *self.session(peer), table)

    def hear(self, peer: str, told: tuple[Part, ...]) -> None:
        self.heard[peer] = hears(*self.session(peer), told)

    def knows(self, peer: str) -> set[str]:
        return {part.prefixes.witness() for part in self.heard[peer]}


def province() -> dict[str, Device]:
    return {
        "edge": Device(parse_frr(EDGE), "10.12.4.1/32", "10.0.100.0/24"),
        "core": Device(parse_vrp_routes(CORE)),
        "aggregator": Device(parse_vrp_routes(AGGREGATOR)),
        "head": Device(parse_vrp_routes(HEAD)),
    }


LINKS = (
    ("edge", "10.0.0.2", "core", "10.0.0.1"),
    ("core", "10.0.1.1", "aggregator", "10.0.1.2"),
    ("aggregator", "10.0.2.1", "head", "10.0.2.2"),
)


def converge(devices: dict[str, Device], *cut: str) -> None:
    for _ in range(2 * len(LINKS)):
        for one, there, other, here in LINKS:
            up = not {one, other} & set(cut)
            devices[other].hear(here, devices[one].says(there) if up else ())
            devices[one].hear(there, devices[other].says(here) if up else ())


def test_a_province_converges() -> None:
    devices = province()
    converge(devices)
    assert devices["core"].knows("10.0.0.1") == {"10.12.4.1/32"}
    assert devices["aggregator"].knows("10.0.1.2") == {"10.12.4.1/32", "10.0.0.0/14"}
    assert devices["aggregator"].knows("10.0.2.1") == {"10.17.0.0/17"}
    assert devices["core"].knows("10.0.1.1") == {"10.16.0.0/12"}
    assert devices["head"].knows("10.0.2.2") == {"0.0.0.0/0"}
    assert devices["edge"].knows("10.0.0.2") == set()
    (service,) = (
        part for part in devices["aggregator"].heard["10.0.1.2"] if part.prefixes.count() == 1
        and part.prefixes.witness() == "10.12.4.1/32"
    )  # fmt: skip
    assert service.route.as_path == (64512, 64514)
    assert service.certain


def test_the_default_goes_with_the_core() -> None:
    devices = province()
    converge(devices)
    converge(devices, "core")
    assert devices["head"].knows("10.0.2.2") == set()


def test_the_aggregate_goes_with_its_last_part() -> None:
    devices = province()
    converge(devices)
    converge(devices, "head")
    assert devices["core"].knows("10.0.1.1") == set()


def part(prefix: str, **known: Any) -> Part:
    values = {"source": LEARNED, "as_path": (65002,), **known}
    return Part(prefixes_within(prefix), Route(**values), certain=True)


def one_session(*lines: str, tail: str = "") -> tuple[RouteBehaviour, Session, Exchange]:
    bgp = "\n ".join(["bgp 65001", "peer 192.0.2.2 as-number 65002", *lines])
    read = parse_vrp_routes(f"{bgp}\n{tail}\n")
    assert read.unread == ()
    (session,) = (one for one in read.sessions if one.peer == "192.0.2.2")
    return read, session, session.exchanges[0]


def told(
    *lines: str, local: tuple[Part, ...] = (), heard: tuple[Heard, ...] = (), tail: str = ""
) -> list[Part]:
    read, session, exchange = one_session(*lines, tail=tail)
    table = Table(family=Family.V4, local=local, heard=heard)
    return list(says(read.routers[0], session, exchange, table))


def static(prefix: str, **known: Any) -> Part:
    return part(prefix, source="static", as_path=(), **known)


def test_our_own_as_in_the_path_is_not_believed() -> None:
    _, session, exchange = one_session()
    looped = part("10.0.0.0/8", as_path=(65002, 65001))
    assert hears(session, exchange, [looped, part("11.0.0.0/8")]) == (part("11.0.0.0/8"),)


def test_a_network_needs_its_route() -> None:
    assert not told("network 10.0.0.0 8", local=(static("10.0.0.0/9"),))
    (one,) = told("network 10.0.0.0 8", local=(static("10.0.0.0/8"),))
    assert (one.route.as_path, one.route.med, one.certain) == ((65001,), 0, True)


def test_imports_by_protocol_with_their_metric() -> None:
    local = (static("10.0.0.0/8"), part("11.0.0.0/8", source="direct", as_path=()))
    (one,) = told("import-route direct med 7", local=local)
    assert (one.prefixes.witness(), one.route.med) == ("11.0.0.0/8", 7)


def test_learned_routes_go_on_but_not_back() -> None:
    _, session, _ = one_session()
    given = part("10.0.0.0/8", med=9, communities=frozenset({"1:1"}))
    assert not told(heard=(Heard(session, (given,)),))
    third = parse_vrp_routes("bgp 65001\n peer 192.0.2.3 as-number 65003").sessions[0]
    (one,) = told(heard=(Heard(third, (given,)),))
    assert (one.route.as_path, one.route.med) == ((65001, 65002), None)
    assert one.route.communities == frozenset()  # VRP sends them only when told to
    (one,) = told("peer 192.0.2.2 advertise-community", heard=(Heard(third, (given,)),))
    assert one.route.communities == {"1:1"}
    kept = part("10.0.0.0/8", communities=frozenset({"no-export"}))
    assert not told(heard=(Heard(third, (kept,)),))


def test_nothing_goes_from_one_internal_peer_to_another() -> None:
    text = "bgp 65001\n peer 192.0.2.2 as-number 65001\n peer 192.0.2.3 as-number 65001"
    read = parse_vrp_routes(text)
    one, other = read.sessions
    table = Table(family=Family.V4, heard=(Heard(one, (part("10.0.0.0/8"),)),))
    assert not says(read.routers[0], other, other.exchanges[0], table)
    assert not says(read.routers[0], one, one.exchanges[0], table)


def test_an_aggregate_needs_a_part_and_may_hide_its_parts() -> None:
    local = (static("10.1.0.0/16"), static("11.0.0.0/8"))
    both = told("import-route static", "aggregate 10.0.0.0 8", local=local)
    assert {one.prefixes.witness() for one in both} == {"10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8"}
    less = told("import-route static", "aggregate 10.0.0.0 8 detail-suppressed", local=local)
    assert {one.prefixes.witness() for one in less} == {"10.0.0.0/8", "11.0.0.0/8"}
    assert not told("aggregate 10.0.0.0 8", local=(static("10.0.0.0/8"),))


@pytest.mark.parametrize(
    ("words", "there", "expected"),
    [
        ("", (), 1),
        ("conditional-route-match-any 10.0.0.0 14 10.4.0.0 14", (), 0),
        ("conditional-route-match-any 10.0.0.0 14 10.4.0.0 14", ("10.4.0.0/14",), 1),
        ("conditional-route-match-all 10.0.0.0 14 10.4.0.0 14", ("10.4.0.0/14",), 0),
        ("conditional-route-match-all 10.0.0.0 14 10.4.0.0 14", ("10.4.0.0/14", "10.0.0.0/14"), 1),
    ],
)
def test_default_routes(words: str, there: tuple[str, ...], expected: int) -> None:
    for verdict in ("deny", "permit"):
        found = told(
            f"peer 192.0.2.2 default-route-advertise {words}",
            "peer 192.0.2.2 ip-prefix ONE export",
            local=tuple(static(one) for one in there),
            tail=f"ip ip-prefix ONE {verdict} 0.0.0.0 0",
        )
        assert [one.prefixes.witness() for one in found] == ["0.0.0.0/0"] * expected
        # No document tells whether a filter is asked: then it is told for certain if it passes.
        assert all(one.certain == (verdict == "permit") for one in found)


def test_a_default_route_on_a_condition_that_may_hold() -> None:
    maybe = static("10.4.0.0/14")._replace(certain=False)
    (one,) = told(
        "peer 192.0.2.2 default-route-advertise conditional-route-match-any 10.4.0.0 14",
        local=(maybe,),
    )
    assert not one.certain


def test_a_limit_of_routes() -> None:
    _, _, exchange = one_session("peer 192.0.2.2 route-limit 2")
    two = [part("10.0.0.0/8"), part("11.0.0.0/8"), part("11.0.0.0/8")]
    assert not too_many(exchange, two)
    assert too_many(exchange, [*two, part("12.0.0.0/8")])
    _, _, exchange = one_session("peer 192.0.2.2 route-limit 2 alert-only")
    assert not too_many(exchange, [*two, part("12.0.0.0/8")])


def test_a_session_that_is_shut_carries_nothing() -> None:
    read, session, exchange = one_session("peer 192.0.2.2 ignore", "import-route static")
    table = Table(family=Family.V4, local=(static("10.0.0.0/8"),))
    assert says(read.routers[0], session, exchange, table) == ()
    assert hears(session, exchange, [part("10.0.0.0/8")]) == ()


def test_frr_without_policy_says_and_hears_nothing() -> None:
    text = dedent("""
        router bgp 65001
         neighbor 192.0.2.2 remote-as 65002
         network 10.0.0.0/8
         neighbor 192.0.2.2 default-originate route-map M
        exit
        route-map M permit 5
        """)
    read = parse_frr(text)
    (session,) = read.sessions
    (exchange,) = session.exchanges
    table = Table(family=Family.V4, local=(static("10.0.0.0/8"),))
    (default,) = says(read.routers[0], session, exchange, table)
    assert default.prefixes.witness() == "0.0.0.0/0"
    empty = Table(family=Family.V4)
    assert says(read.routers[0], session, exchange, empty) == ()
    assert hears(session, exchange, [part("10.0.0.0/8")]) == ()
    unchecked = parse_frr(
        text.replace(
            "network", "no bgp ebgp-requires-policy\n no bgp network import-check\nnetwork"
        )
    )
    (session,) = unchecked.sessions
    found = says(unchecked.routers[0], session, session.exchanges[0], empty)
    assert {one.prefixes.witness() for one in found} == {"10.0.0.0/8", "0.0.0.0/0"}


def test_a_table_knows_what_is_there_for_certain() -> None:
    sure, maybe = static("10.0.0.0/8"), static("11.0.0.0/8")._replace(certain=False)
    certain, perhaps = Table(family=Family.V4, local=(sure, maybe)).prefixes()
    assert certain == sure.prefixes
    assert perhaps == joined(Family.V4, (sure.prefixes, maybe.prefixes))
    assert Table(family=Family.V6).prefixes() == (no_prefixes(Family.V6),) * 2


def test_what_a_device_has_by_itself() -> None:
    text = dedent("""
        interface Vlanif10
         ip address 10.1.0.1 24
         ipv6 address 2001:db8::1/64
        #
        bfd
        ip route-static 10.16.0.0 12 NULL0 tag 7
        ip route-static 10.17.0.0 16 10.1.0.2 bfd enable
        ip route-static vpn-instance RED 0.0.0.0 0 10.1.0.2
        """)
    found = local_routes(parse_vrp_routes(text), Family.V4)
    assert [(one.prefixes.witness(), one.route.source, one.certain) for one in found] == [
        ("10.1.0.0/24", "direct", True),
        ("10.16.0.0/12", "static", True),
        ("10.17.0.0/16", "static", False),
    ]
    assert (found[0].route.interface, found[1].route.tag) == ("Vlanif10", 7)
    (six,) = local_routes(parse_vrp_routes(text), Family.V6)
    assert six.prefixes.witness() == "2001:db8::/64"
    read = parse_frr("interface lo\n ip address 10.12.0.1/32\nip route 10.0.0.0/8 Null0\n")
    found = local_routes(read, Family.V4)
    assert [one.route.source for one in found] == ["connected", "static"]
