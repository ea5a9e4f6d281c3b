"""The sweep against a judge that tries every packet of a tiny universe."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from telemed_infra.packets import Family, Ranges, Service, union
from telemed_infra.parse.behaviour import Action
from telemed_infra.prove.sweep import Judge, Kind, Product, Step, Witness, compare

PERMIT, DENY = Action.PERMIT, Action.DENY
ADDRESSES, KEYS, SOURCE_PORTS = range(8), range(8), range(2)
Packet = tuple[int, int, int, int]


# The whole universe of a family must be the tiny one for a default that permits: what lies
# outside of it is declared in full, so that no witness can come from there.
def beyond(family: Family) -> list[Product]:
    top = family.every_address[0][1]
    every, outside = ((0, top),), ((8, top),)
    anything = (Service(0, (256 << 16) - 1),)
    return [
        Product(outside, every, anything),
        Product(every, outside, anything),
        Product(every, every, (Service(8, (256 << 16) - 1),)),
        Product(every, every, (Service(0, (256 << 16) - 1, 2, 0xFFFF),)),
    ]


def some_range(high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, high), st.integers(0, high)).map(
        lambda pair: (min(pair), max(pair))
    )


addresses: st.SearchStrategy[Ranges] = st.lists(some_range(7), max_size=3).map(union)
service = st.one_of(
    some_range(7).map(lambda keys: Service(*keys)),
    st.tuples(some_range(7), some_range(1)).map(lambda box: Service(*box[0], *box[1])),
)
services = st.lists(service, max_size=3).map(tuple)
products = st.builds(Product, addresses, addresses, services, st.integers())
steps = st.builds(
    Step,
    addresses,
    addresses,
    services,
    st.sampled_from([PERMIT, PERMIT, DENY]),
    certain=st.sampled_from([True, True, False]),
    line=st.integers(1, 99),
)
judges = st.builds(
    Judge, st.lists(steps, max_size=5), st.sampled_from([DENY, DENY, PERMIT]), st.integers(1, 99)
)


def holds(box: Product | Step, packet: Packet) -> bool:
    source, destination, key, port = packet
    return (
        any(low <= source <= high for low, high in box.sources)
        and any(low <= destination <= high for low, high in box.destinations)
        and any(
            one.key_low <= key <= one.key_high and one.source_low <= port <= one.source_high
            for one in box.services
        )
    )


def outcomes(judge: Judge, packet: Packet) -> set[Action]:
    """Every action that some outcome of the limits leads to."""
    found = set()
    for step in judge.steps:
        if holds(step, packet):
            found.add(step.action)
            if step.certain:
                return found
    return found | {judge.default}


def calm(judge: Judge, packet: Packet) -> bool:
    """Whether it passes as long as no limit bites."""
    for step in judge.steps:
        bites = not step.certain and step.action is DENY
        if holds(step, packet) and not bites:
            return step.action is PERMIT
    return judge.default is PERMIT


def by_trying(must: list[Product], may: list[Product], chains: list[Judge]) -> dict[Kind, Packet]:
    found: dict[Kind, Packet] = {}
    for packet in itertools.product(ADDRESSES, ADDRESSES, KEYS, SOURCE_PORTS):
        needed = any(holds(one, packet) for one in must)
        declared = needed or any(holds(one, packet) for one in may)
        if needed and not all(calm(judge, packet) for judge in chains):
            found.setdefault(Kind.MISSING, packet)
        if not declared and all(PERMIT in outcomes(judge, packet) for judge in chains):
            found.setdefault(Kind.EXCESS, packet)
    return found


def packets(witnesses: tuple[Witness, ...]) -> dict[Kind, Packet]:
    assert [one.kind for one in witnesses] in (
        [],
        [Kind.MISSING],
        [Kind.EXCESS],
        [Kind.MISSING, Kind.EXCESS],
    )
    return {one.kind: (one.source, one.destination, one.key, one.source_port) for one in witnesses}


families = st.sampled_from(list(Family))


@given(
    families,
    st.lists(products, max_size=4),
    st.lists(products, max_size=3),
    st.lists(judges, max_size=3),
)
@settings(max_examples=400, deadline=None)
def test_verdict_and_smallest_witness_are_those_of_trying_every_packet(
    family: Family, must: list[Product], may: list[Product], chains: list[Judge]
) -> None:
    found = compare(family, must, may + beyond(family), chains)
    assert packets(found) == by_trying(must, may, chains)
