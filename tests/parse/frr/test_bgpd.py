"""FRR itself as a judge: what it says of a loaded text, and what it really announces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_network
from random import Random

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.prefixes import prefixes_within
from telemed_infra.parse.routes import Announcement, Origin, RouteBehaviour, Session
from tests.parse.frr.daemons import CONVERGES_S_MAX, Router, ip, routers, until
from tests.parse.frr.texts import EVERYTHING
from tests.prove.edge_texts import ROUTING

pytestmark = [pytest.mark.root, pytest.mark.debian("vtysh"), pytest.mark.debian("ip")]


@pytest.mark.parametrize("text", [EVERYTHING, ROUTING], ids=["everything", "edge"])
def test_what_frr_says_of_a_text_means_what_the_text_means(text: str) -> None:
    with routers("se") as (router,):
        router.load(text)
        listing = router.says("show running-config")
    read, again = parse_frr(text), parse_frr(listing)
    assert read.unread == again.unread == ()
    assert again.lines == len(again.effective) + len(again.inert)
    assert meaning(again) == meaning(read)


def meaning(behaviour: RouteBehaviour) -> tuple[object, ...]:
    """Everything but the places in the text, and the name that FRR takes from the machine."""
    return (
        [
            replace(one, line=0, origins=tuple(sorted(one.origins, key=without_line)))
            for one in behaviour.routers
        ],
        sorted((without_place(one) for one in behaviour.sessions), key=lambda one: one.peer),
        sorted((one.prefix, one.target) for one in behaviour.static_routes),
        dict(behaviour.addresses),
        sorted(one.name for one in behaviour.missing),
        sorted(one.name for one in behaviour.unused),
    )


def without_line(origin: Origin) -> str:
    return str(replace(origin, line=0))


def without_place(session: Session) -> Session:
    exchanges = tuple(
        replace(one, line=0, announces=tuple(sorted(one.announces, key=str)))
        for one in session.exchanges
    )
    # FRR forgets what is switched off.
    bfd = None if session.shut else session.bfd
    return replace(session, line=0, exchanges=exchanges, bfd=bfd)


# What bgpd announces: random filters, each on a session of its own between the same two routers.

SESSIONS = 32
SETTLES_S_MAX = 10.0
CONNECTED = [
    *("10.12.0.0/32", "10.12.0.1/32", "10.12.3.7/32", "10.12.15.255/32", "10.12.16.0/32"),
    *("10.12.2.0/24", "10.12.4.0/23", "10.12.64.0/26", "10.13.0.1/32", "10.13.0.0/30"),
    *("192.0.2.1/32", "192.0.2.128/25"),
]
WIRED = ["10.12.0.9/32", "10.14.0.0/24"]  # on the other interface


@pytest.mark.parametrize("seed", [9])
def test_bgpd_announces_what_was_worked_out(seed: int) -> None:
    text = edge_text(Random(seed))
    behaviour = parse_frr(text)
    assert behaviour.unread == ()
    with routers("se", "cr") as (edge, core):
        wire(edge, core)
        edge.load(text)
        core.load(core_text())
        until(lambda: stand(edge), "all sessions stand", CONVERGES_S_MAX)
        sessions = {one.peer: one for one in behaviour.sessions}
        wanted = {peer: expected(sessions[peer]) for peer in sessions}
        # What bgpd tells changes for a while after a session stands: the last word is compared.
        with suppress(AssertionError):
            until(lambda: told(edge) == wanted, "what was worked out", SETTLES_S_MAX)
        assert told(edge) == wanted
    assert any(wanted.values())
    assert len({frozenset(some.items()) for some in wanted.values()}) >= 5


def expected(session: Session) -> dict[str, int]:
    """The connected prefixes that the parser lets out, with their MED."""
    found: dict[str, int] = {}
    (exchange,) = session.exchanges
    for interface, prefixes in (("lo", CONNECTED), ("wire", [*WIRED, *LINKS])):
        # An interface that no route map names stands for itself under no name.
        named = {one.interface for one in exchange.announces} | {"lo", "wire"}
        name = interface if interface in named else ""
        for prefix in prefixes:
            single = prefixes_within(prefix)
            for one in exchange.announces:
                if mine(one, name) and one.prefixes & single:
                    found[prefix] = one.med or 0
    return found


def mine(one: Announcement, interface: str) -> bool:
    assert one.certain
    return one.source == "connected" and one.interface == interface


LINKS = [f"10.9.{number}.0/30" for number in range(SESSIONS)]


def told(edge: Router) -> dict[str, dict[str, int]]:
    """What bgpd has told each neighbour: prefix → MED."""
    found = {}
    for number in range(SESSIONS):
        peer = f"10.9.{number}.2"
        facts = edge.facts(f"show bgp ipv4 unicast neighbors {peer} advertised-routes")
        routes = facts.get("advertisedRoutes", {})
        found[peer] = {str(ip_network(one)): facts_of.get("metric", 0)
                       for one, facts_of in routes.items()}  # fmt: skip
    return found


def stand(edge: Router) -> bool:
    summary = edge.facts("show bgp ipv4 unicast summary")
    states = [one["state"] for one in summary.get("peers", {}).values()]
    return states == ["Established"] * SESSIONS


def wire(edge: Router, core: Router) -> None:
    ip("link", "add", "wire", "netns", edge.namespace, "type", "veth",
       "peer", "name", "wire", "netns", core.namespace)  # fmt: skip
    for router, end in ((edge, 1), (core, 2)):
        for number in range(SESSIONS):
            ip("-n", router.namespace, "address", "add", f"10.9.{number}.{end}/30", "dev", "wire")
        ip("-n", router.namespace, "link", "set", "dev", "wire", "up")
    for device, prefixes in (("lo", CONNECTED), ("wire", WIRED)):
        for prefix in prefixes:
            network = ip_network(prefix)
            host = network.network_address + (0 if network.prefixlen == 32 else 1)
            address = f"{host}/{network.prefixlen}"
            ip("-n", edge.namespace, "address", "add", address, "dev", device)


def core_text() -> str:
    return "\n".join(
        [
            "router bgp 64512",
            " bgp router-id 10.9.0.2",
            " no bgp ebgp-requires-policy",
            *(f" neighbor 10.9.{number}.1 remote-as 64514" for number in range(SESSIONS)),
            *(f" neighbor 10.9.{number}.1 timers connect 1" for number in range(SESSIONS)),
            "",
        ]
    )


def edge_text(random: Random) -> str:
    lines = ["frr version 8.4.4", "frr defaults traditional"]
    for number in range(SESSIONS):
        lines += prefix_list(random, f"P{number}")
        lines += prefix_list(random, f"Q{number}")
    lines += ["access-list A seq 5 permit 10.12.0.0/16", "access-list A seq 10 deny any"]
    lines += ["ip prefix-list EMPTY description nothing in it"]
    lines += ["bgp community-list standard MINE seq 5 permit 65000:1"]
    lines += ["bgp as-path access-list LOCAL seq 5 permit ^$"]
    for number in range(SESSIONS):
        lines += route_map(random, f"M{number}", number)
    lines += ["route-map IN permit 10", " match ip address prefix-list P0"]
    lines += [" set community 65000:1", "exit", "route-map IN permit 20", " set metric 7", "exit"]
    lines += ["router bgp 64514", " bgp router-id 10.9.0.1"]
    for number in range(SESSIONS):
        peer = f" neighbor 10.9.{number}.2"
        lines += [f"{peer} remote-as 64512", f"{peer} timers connect 1"]
    lines += [" address-family ipv4 unicast", "  redistribute connected route-map IN"]
    for number in range(SESSIONS):
        lines += bindings(random, number)
    return "\n".join([*lines, " exit-address-family", "exit", ""])


def prefix_list(random: Random, name: str) -> Iterator[str]:
    for place in sorted(random.sample(range(1, 99), random.randint(1, 4))):
        verdict = random.choice(["permit", "permit", "deny"])
        prefix = random.choice(
            ["10.12.0.0/20", "10.12.0.0/16", "10.12.3.7/32", "10.0.0.0/8", "192.0.2.0/24",
             "10.12.2.0/24", "0.0.0.0/0", "10.9.0.0/16"]
        )  # fmt: skip
        length = int(prefix.partition("/")[2])
        tail = ""
        if length < 31:
            low, high = sorted(random.sample(range(length + 1, 33), 2))
            tail = random.choice(["", f" ge {low}", f" le {high}", f" ge {low} le {high}"])
        yield f"ip prefix-list {name} seq {place} {verdict} {prefix}{tail}"


def route_map(random: Random, name: str, number: int) -> Iterator[str]:
    for place in sorted(random.sample(range(1, 60), random.randint(1, 4))):
        verdict = random.choice(["permit", "permit", "deny"])
        yield f"route-map {name} {verdict} {place}"
        matches = [
            f"match ip address prefix-list {random.choice('PQ')}{number}",
            "match ip address prefix-list NOWHERE",
            "match ip address A", "match interface lo", "match interface wire",
            "match community MINE", "match as-path LOCAL", "match metric 7",
            "match ipv6 address prefix-list NOWHERE",
        ]  # fmt: skip
        weights = [8, 1, 3, 3, 3, 2, 1, 2, 1]
        for one in dict.fromkeys(random.choices(matches, weights, k=random.randint(0, 2))):
            yield f" {one}"
        if random.random() < 0.5:
            yield f" set metric {random.choice(['50', '+5', '100'])}"
        if verdict == "permit" and random.random() < 0.3:
            yield random.choice(
                [" on-match next", f" on-match goto {random.randint(place + 1, 99)}"]
            )
        yield "exit"


def bindings(random: Random, number: int) -> Iterator[str]:
    peer = f"  neighbor 10.9.{number}.2"
    kinds = ["route-map", random.choice(["prefix-list", "distribute-list"]), "filter-list"]
    kinds = random.sample(kinds, random.choice([0, 1, 1, 2, 2, 3]))
    for kind in kinds:
        name = {
            "route-map": f"M{number}",
            "prefix-list": random.choice([f"P{number}", f"Q{number}", "EMPTY", "NOWHERE"]),
            "distribute-list": "A",
            "filter-list": "LOCAL",
        }[kind]
        yield f"{peer} {kind} {name} out"


def test_the_families_stay_apart() -> None:
    """A list of the other family, or none: what the text means without any router."""
    text = ROUTING.replace(
        "match ipv6 address prefix-list POOL6", "match ip address prefix-list POOL"
    )
    (first, *_) = [one for one in parse_frr(text).sessions if ":" in one.peer]
    assert [one.family for one in first.exchanges] == [Family.V6]
    assert first.exchanges[0].announces == ()
