"""Routes of services: two service edges with the texts of a build, and a core that hears both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from failover.actuators.bgp import (
    WITHOUT_TERM,
    BgpActuator,
    bgp_actuators,
    metric_of,
    term_of,
)
from failover.actuators.frr import Frr, FrrAccess
from failover.actuators.port import DONE, Role
from failover.core.cells import Term
from failover.plan_file.content import Instance, MoveGroup
from failover.plan_file.reading import plan_file_of
from tests.failover.actuators.routers import Router, Routers, routers, until
from tests.failover.guard.namespaces import NoNamespaces, ip
from tests.failover.plans import bytes_of, small_plan
from tests.failover.register.loops import on_loop

pytestmark = [
    pytest.mark.xdist_group("waiting"),
    pytest.mark.root,
    pytest.mark.debian("vtysh"),
    pytest.mark.debian("ip"),
]

A, B = "10.0.100.70", "10.4.100.70"  # the edges, as the core knows them
# Of services of the small province: an edge announces no other.
FOUR, OTHER, SIX = "10.12.1.5", "10.12.1.8", "2001:db8:c00::105"
EARLY, LATE = Term(1, 7), Term(1, 8)


@pytest.fixture(scope="session")
def made() -> Iterator[Routers]:
    try:
        with routers() as lab:
            yield lab
    except NoNamespaces as error:
        pytest.skip(f"needs network namespaces: {error}")


@pytest.fixture
def lab(made: Routers) -> Iterator[Routers]:
    """Nothing announced, nothing left by another test."""
    yield made
    for edge in made.edges.values():
        ip(edge.namespace, "address flush dev lo to 10.0.0.0/8\n")
        ip(edge.namespace, "address flush dev lo to 2001:db8::/32\n")
        edge.configure(
            *(f"no route-map SERVICES-V{v} permit {n}" for v in (4, 6) for n in (1, 2, 9))
        )
    until(lambda: not any(made.core.metrics(one) for one in (FOUR, OTHER, SIX)), "all is gone")


def group(number: int = 0, *, addresses: tuple[str, ...] = (FOUR,)) -> MoveGroup:
    """A group of the small plan, with these addresses."""
    found = plan_file_of("plan.json", bytes_of(small_plan())).groups[number]
    instances = tuple(
        Instance(name=f"one-{place}", v4=address, v6=SIX if address == FOUR else None)
        for place, address in enumerate(addresses)
    )
    return replace(found, instances=instances)


def access(edge: Router, **other: Path | float) -> FrrAccess:
    return replace(FrrAccess(sockets=edge.sockets, limit_s=30.0), **other)  # type: ignore[arg-type]


def actuator(edge: Router, of: MoveGroup | None = None, number: int = 1) -> BgpActuator:
    return BgpActuator(Frr(access(edge)), of or group(), number)


def put(edge: Router, *addresses: str, lifetime_s: int = 60) -> None:
    """What the guard does when a door opens."""
    for address in addresses:
        length = 128 if ":" in address else 32
        life = f"valid_lft {lifetime_s} preferred_lft {lifetime_s}"
        ip(edge.namespace, f"address replace {address}/{length} dev lo {life}\n")


def take_off(edge: Router, *addresses: str) -> None:
    for address in addresses:
        length = 128 if ":" in address else 32
        ip(edge.namespace, f"address delete {address}/{length} dev lo\n")


# ---- the text of a build -------------------------------------------------------------------------


def test_a_silent_line_would_be_noticed_in_a_second(lab: Routers) -> None:
    edge, seen = lab.edges["dc-a"], {}

    def up() -> bool:
        for one in edge.show("show bfd peers", "bfdd"):
            if one["peer"] == "10.0.1.50":
                seen.update(one)
        return seen.get("status") == "up"

    with suppress(TimeoutError):
        until(up, "BFD stands")
    assert seen.get("status") == "up", (seen, edge.show("show bgp summary"))
    assert (seen["multihop"], seen["detect-multiplier"]) == (True, 3)
    until(lambda: up() and seen["remote-transmit-interval"] == 300, "both have agreed")
    assert seen["receive-interval"] == 300


def test_what_is_no_service_is_not_announced(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    ip(edge.namespace, "address add 10.12.1.0/24 dev lo\naddress add 10.12.0.1/32 dev lo\n")
    put(edge, FOUR)
    until(lambda: lab.core.metrics(FOUR) == {A: WITHOUT_TERM}, "the service is announced")
    assert set(lab.core.show("show bgp ipv4 unicast")["routes"]) == {f"{FOUR}/32"}


def test_an_edge_learns_nothing(lab: Routers) -> None:
    put(lab.edges["dc-a"], FOUR)
    until(lambda: lab.core.best(FOUR) == A, "the core would have something to tell")
    assert lab.edges["dc-b"].show("show bgp ipv4 unicast")["routes"] == {}


def test_a_frozen_owners_route_goes_with_the_addresss_lifetime(lab: Routers) -> None:
    """Nobody withdraws anything: the kernel ends the address, FRR lives."""
    put(lab.edges["dc-a"], FOUR, lifetime_s=2)
    until(lambda: lab.core.best(FOUR) == A, "announced")
    until(lambda: lab.core.best(FOUR) == "", "gone by itself", seconds_max=20)


# ---- taking --------------------------------------------------------------------------------------


@on_loop
async def test_of_two_that_announce_the_later_term_is_chosen(lab: Routers) -> None:
    """Whichever announced first, and whatever the addresses of the neighbours say."""
    a, b = lab.edges.values()
    for edge in (a, b):
        put(edge, FOUR)
    assert (await actuator(a).take(EARLY)).done
    assert (await actuator(b).take(LATE)).done
    until(lambda: lab.core.metrics(FOUR) == {A: metric_of(EARLY), B: metric_of(LATE)}, "both")
    until(lambda: lab.core.best(FOUR) == B, "the later term")
    assert (await actuator(a).take(Term(1, 9))).done
    until(lambda: lab.core.best(FOUR) == A, "one still later")


@on_loop
async def test_a_new_generation_is_later_than_any_epoch_of_the_old_one(lab: Routers) -> None:
    a, b = lab.edges.values()
    for edge in (a, b):
        put(edge, FOUR)
    assert (await actuator(a).take(Term(1, 900))).done
    assert (await actuator(b).take(Term(2, 1))).done
    until(lambda: lab.core.best(FOUR) == B, "the new generation")


@on_loop
async def test_taken_before_the_door_opens_it_is_announced_with_its_term_at_once(
    lab: Routers,
) -> None:
    """As an agent does: take, then grant. The first announcement has the term already."""
    edge = lab.edges["dc-b"]
    bgp = actuator(edge)
    assert await bgp.take(LATE) == (
        True,
        f"announced with metric {metric_of(LATE)} where the guard opens",
    )
    assert (await bgp.observe()).role is Role.STANDS_BY
    put(edge, FOUR, SIX)
    until(lambda: bool(lab.core.metrics(FOUR)), "announced")
    assert lab.core.metrics(FOUR) == {B: metric_of(LATE)}
    await Frr(access(edge)).look()
    seen = await actuator(edge).observe()
    assert (seen.role, seen.fit, seen.term) == (Role.SERVES, True, LATE)
    assert seen.why == "1 of 4 BGP sessions stand; announces 2 of 2 addresses"


@on_loop
async def test_both_families_have_the_term(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    put(edge, FOUR, SIX)
    assert (await actuator(edge).take(LATE)).done
    until(
        lambda: edge.show(f"show bgp ipv6 unicast {SIX}")["paths"][0]["metric"] == metric_of(LATE),
        "IPv6 too",
    )


@on_loop
async def test_a_verb_twice_is_a_verb_once(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    bgp = actuator(edge)
    assert (await bgp.take(LATE)).done
    before = edge.show("show route-map")
    assert (await bgp.take(LATE)).done
    assert rules(edge.show("show route-map")) == rules(before)


@on_loop
async def test_a_term_of_the_past_is_refused(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    assert (await actuator(edge).take(LATE)).done
    before = rules(edge.show("show route-map"))
    told = await actuator(edge).take(EARLY)
    assert told == (False, "refused: the routes have been announced for the later term 1.8")
    assert rules(edge.show("show route-map")) == before


@on_loop
async def test_what_an_older_plan_left_is_cleared_away(lab: Routers) -> None:
    """The group had another place and another address; another group stands at its number now."""
    edge = lab.edges["dc-a"]
    put(edge, FOUR, OTHER)
    old = group(addresses=(FOUR, OTHER))
    assert (await actuator(edge, old, number=9).take(EARLY)).done
    assert (await actuator(edge, group(1, addresses=("10.12.4.5",)), number=1).take(EARLY)).done
    assert (await actuator(edge, number=1).take(LATE)).done
    until(lambda: lab.core.metrics(FOUR) == {A: metric_of(LATE)}, "its own metric")
    until(lambda: lab.core.metrics(OTHER) == {A: WITHOUT_TERM}, "no longer the group's")
    numbers = {number for name, number in rules(edge.show("show route-map")) if name[-1] == "4"}
    assert numbers == {1, 65000}


@on_loop
async def test_many_groups_at_once_are_few_processes(lab: Routers, tmp_path: Path) -> None:
    edge = lab.edges["dc-a"]
    counted = tmp_path / "counted"
    program = tmp_path / "vtysh"
    program.write_text(f'#!/bin/sh\necho run >> {counted}\nexec /usr/bin/vtysh "$@"\n', "utf-8")
    program.chmod(0o755)
    frr = Frr(access(edge, vtysh=program))
    groups = [
        replace(
            each,
            group=structs.replace(each.group, name=f"one-{number}"),
            instances=(Instance(name=f"i-{number}", v4=f"10.12.9.{number}", v6=None),),
        )
        for number, each in enumerate([group()] * 20, start=1)
    ]
    actuators = bgp_actuators(groups, frr)
    try:
        told = await asyncio.gather(*(each.take(LATE) for each in actuators.values()))
        assert all(one.done for one in told), told
        assert len(counted.read_text("utf-8").splitlines()) <= 6
        await asyncio.gather(*(each.observe() for each in actuators.values()))
        assert len(counted.read_text("utf-8").splitlines()) <= 6
    finally:
        edge.configure(*(f"no route-map SERVICES-V4 permit {n}" for n in range(1, 21)))


# ---- letting go ----------------------------------------------------------------------------------


@on_loop
async def test_released_is_what_is_not_announced(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    bgp = actuator(edge)
    assert await bgp.release(EARLY) == DONE
    put(edge, FOUR)
    assert (await bgp.take(EARLY)).done
    until(lambda: lab.core.best(FOUR) == A, "announced")
    assert await bgp.release(EARLY) == (False, f"{FOUR} is still announced: it stands on lo")
    take_off(edge, FOUR)
    assert await bgp.release(EARLY) == DONE
    until(lambda: lab.core.best(FOUR) == "", "withdrawn")


# ---- what goes wrong -----------------------------------------------------------------------------


@on_loop
async def test_bgpd_killed_is_told_and_harms_nobody(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    bgp = actuator(edge)
    put(edge, FOUR, SIX)
    assert (await bgp.take(LATE)).done
    edge.kill("bgpd")
    try:
        seen = await actuator(edge).observe()
        assert (seen.role, seen.fit) == (Role.DOWN, False)
        words = f"bgpd does not run: nobody answers at {edge.sockets}/bgpd.vty"
        assert seen.why == words
        assert await bgp.take(LATE) == (False, words)
        assert await bgp.prepare(LATE) == (False, words)
        assert await bgp.release(LATE) == (True, words)
        until(lambda: lab.core.best(FOUR) == "", "its neighbours have dropped it")
    finally:
        edge.start("bgpd")
        edge.load()
        until(lambda: A in lab.core.established(), "stands again")
    until(lambda: lab.core.metrics(FOUR) == {A: WITHOUT_TERM}, "announced without a term")
    seen = await actuator(edge).observe()
    assert (seen.role, seen.fit, seen.term) == (Role.SERVES, True, None)
    assert seen.why.endswith(f"{FOUR} without a term: bgpd was restarted since the take")
    assert (await actuator(edge).take(LATE)).done
    until(lambda: lab.core.metrics(FOUR) == {A: metric_of(LATE)}, "with its term again")


@on_loop
async def test_bgpd_frozen_holds_nobody_up(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    bgp = BgpActuator(Frr(access(edge, limit_s=0.5)), group(), 1)
    with edge.frozen("bgpd"):
        seen = await bgp.observe()
        told = await bgp.take(LATE)
    assert (seen.role, seen.fit) == (Role.UNKNOWN, False)
    assert seen.why == "vtysh has no answer of bgpd after 0.5 s"
    assert told == (False, seen.why)
    until(lambda: A in lab.core.established(), "stands")


@on_loop
async def test_without_a_session_it_is_not_fit(lab: Routers) -> None:
    edge = lab.edges["dc-b"]
    assert await actuator(edge).prepare(LATE) == DONE
    ip(lab.core.namespace, "link set dev dc-b down\n")
    try:
        until(lambda: not edge.established(), "noticed")
        seen = await actuator(edge).observe()
        assert (seen.role, seen.fit) == (Role.STANDS_BY, False)
        assert seen.why == "0 of 4 BGP sessions stand"
        assert await actuator(edge).prepare(LATE) == (False, seen.why)
        assert await actuator(edge).take(LATE) == (True, f"{seen.why}: nobody hears it yet")
    finally:
        ip(lab.core.namespace, "link set dev dc-b up\n")
        until(lambda: B in lab.core.established(), "stands again")


@on_loop
async def test_a_machine_without_the_builds_text(lab: Routers) -> None:
    edge = lab.edges["dc-a"]
    edge.configure("no route-map SERVICES-V4")
    try:
        seen = await actuator(edge).observe()
        told = await actuator(edge).take(LATE)
    finally:
        edge.configure(
            "route-map SERVICES-V4 permit 65000",
            "match interface lo",
            "match ip address prefix-list SERVICES-V4",
            f"set metric {WITHOUT_TERM}",
        )
    words = "FRR has no route map SERVICES-V4: load the text that the build has for here"
    assert not seen.fit
    assert seen.why.endswith(words)
    assert told == (False, words)
    assert (await actuator(edge).take(LATE)).done


# ---- metrics and terms ---------------------------------------------------------------------------

TERMS = st.builds(Term, st.integers(0, 3_999), st.integers(0, 999_999))


@given(TERMS, TERMS)
def test_the_later_of_two_terms_has_the_lower_metric(one: Term, other: Term) -> None:
    assert (metric_of(one) < metric_of(other)) == (one > other)
    assert 0 < metric_of(one) <= WITHOUT_TERM < 1 << 32


@given(TERMS)
def test_a_metric_tells_its_term(term: Term) -> None:
    if term > Term(0, 0):
        assert term_of(metric_of(term)) == term


@pytest.mark.parametrize("metric", [0, WITHOUT_TERM, 4_294_967_295])
def test_other_metrics_tell_none(metric: int) -> None:
    assert term_of(metric) is None


def test_terms_beyond_the_last_stay_metrics() -> None:
    assert metric_of(Term(5_000, 2_000_000)) == 1


def rules(
    route_maps: dict[str, dict[str, dict[str, list[dict[str, object]]]]],
) -> dict[tuple[str, int], tuple[object, object]]:
    """Entries by route map and number, without what FRR counts."""
    return {
        (name, int(str(rule["sequenceNumber"]))): (rule["matchClauses"], rule["setClauses"])
        for maps in route_maps.values()
        for name, route_map in maps.items()
        for rule in route_map["rules"]
    }
