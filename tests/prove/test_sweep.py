"""The sweep against a judge that tries every packet of a tiny universe."""

from __future__ import annotations

import itertools
import random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from telemed_infra.packets import (
    ANY_SERVICE,
    TCP,
    Family,
    Ranges,
    Service,
    intersect,
    network_range,
    ports,
    union,
)
from telemed_infra.parse.behaviour import Action
from telemed_infra.prove.sweep import Judge, Kind, Product, Step, Witness, compare

PERMIT, DENY = Action.PERMIT, Action.DENY
ADDRESSES, KEYS = range(8), range(8)
SOURCE_PORTS = range(3)  # boxes end at 0, at 1 or at the top: 2 stands for all that follow it
Packet = tuple[int, int, int, int]


# The whole universe of a family must be the tiny one for a default that permits: what lies
# outside of it is declared in full, so that no witness can come from there.
def beyond(family: Family) -> list[Product]:
    top = family.every_address[0][1]
    every, outside = ((0, top),), ((8, top),)
    anything = (Service(0, (256 << 16) - 1),)
    return [
        Product((outside, every, anything)),
        Product((every, outside, anything)),
        Product((every, every, (Service(8, (256 << 16) - 1),))),
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
boxes = st.tuples(addresses, addresses, services)
products = st.builds(Product, boxes, st.integers())
steps = st.builds(
    Step,
    boxes,
    st.sampled_from([PERMIT, PERMIT, DENY]),
    certain=st.sampled_from([True, True, False]),
    line=st.integers(1, 99),
)
judges = st.builds(
    Judge, st.lists(steps, max_size=5), st.sampled_from([DENY, DENY, PERMIT]), st.integers(1, 99)
)


def holds(box: Product | Step, packet: Packet) -> bool:
    source, destination, key, port = packet
    sources, destinations, services = box.box
    return (
        any(low <= source <= high for low, high in sources)
        and any(low <= destination <= high for low, high in destinations)
        and any(
            one.key_low <= key <= one.key_high and one.source_low <= port <= one.source_high
            for one in services
        )
    )


Boxed = TypeVar("Boxed", Product, Step)


def narrowed(
    one: Boxed,
    sources: Ranges | None = None,
    destinations: Ranges | None = None,
    services: tuple[Service, ...] | None = None,
) -> Boxed:
    """The same with another side or two."""
    held = one.box
    box = (sources or held[0], destinations or held[1], services or held[2])
    return replace(one, box=box)


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


def as_steps(wanted: list[Product]) -> list[Step]:
    return [Step(one.box, PERMIT, line=10 + place) for place, one in enumerate(wanted)]


EVERYTHING = (Family.V4.every_address, Family.V4.every_address, (ANY_SERVICE,))
LAST_DENY = Step(EVERYTHING, DENY, line=99)


@given(st.lists(products, max_size=5))
def test_rules_that_say_what_is_meant_are_equal(wanted: list[Product]) -> None:
    assert compare(Family.V4, wanted, (), [Judge(as_steps(wanted), DENY)]) == ()


@given(st.lists(products, max_size=5), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_harmless_edits_stay_equal(wanted: list[Product], chance: random.Random) -> None:
    steps = [*as_steps(wanted), LAST_DENY]
    assert compare(Family.V4, wanted, (), [Judge(steps[:-1], DENY)]) == ()
    exchanged = chance.sample(steps[:-1], len(steps) - 1)
    assert compare(Family.V4, wanted, (), [Judge([*exchanged, LAST_DENY], PERMIT)]) == ()
    split = [narrowed(step, sources=(one,)) for step in steps for one in step.box[0]]
    assert compare(Family.V4, wanted, (), [Judge(split, DENY)]) == ()
    per_port = [
        narrowed(step, services=(Service(key, key, *one[2:]),))
        for step in steps[:-1]
        for one in step.box[2]
        for key in range(one.key_low, one.key_high + 1)
    ]
    assert compare(Family.V4, wanted, (), [Judge(per_port, DENY)]) == ()


@given(judges, st.data())
@settings(deadline=None)
def test_disjoint_neighbours_may_change_places(judge: Judge, data: st.DataObject) -> None:
    """Whatever a text says, exchanging two rules that share no packet changes no witness."""
    steps = list(judge.steps)
    apart = [
        place
        for place, (one, other) in enumerate(itertools.pairwise(steps))
        if not intersect(one.box[0], other.box[0])
    ]
    if not apart:
        return
    place = data.draw(st.sampled_from(apart))
    steps[place : place + 2] = reversed(steps[place : place + 2])
    wanted = data.draw(st.lists(products, max_size=3))
    before = compare(Family.V4, wanted, (), [judge])
    after = compare(Family.V4, wanted, (), [replace(judge, steps=steps)])
    assert packets(before) == packets(after)


NET = network_range("10.1.0.0/24")[1]
SERVER = network_range("10.12.0.1")[1]
MEANT = Product(((NET,), (SERVER,), (ports(TCP, 443), ports(TCP, 2762))), "P0301")
RULE = Step(MEANT.box, PERMIT, line=5)


def test_a_rule_that_lacks_an_address_is_found_with_its_policy() -> None:
    damaged = narrowed(RULE, sources=((NET[0], NET[1] - 1),))
    (witness,) = compare(Family.V4, [MEANT], (), [Judge([damaged], DENY, 3)])
    assert witness == Witness(Kind.MISSING, NET[1], SERVER[0], TCP << 16 | 443, 0, (3,), ("P0301",))


def test_a_port_too_many_is_found_with_the_rule_that_lets_it_pass() -> None:
    wider = narrowed(RULE, services=(ports(TCP, 443, 444), ports(TCP, 2762)))
    (witness,) = compare(Family.V4, [MEANT], (), [Judge([wider], DENY, 3)])
    assert witness == Witness(Kind.EXCESS, NET[0], SERVER[0], TCP << 16 | 444, 0, (5,), ())


def test_a_deny_before_the_permit_is_the_line_to_blame() -> None:
    deny = replace(narrowed(RULE, sources=((NET[0] + 7, NET[0] + 7),)), action=DENY, line=4)
    (witness,) = compare(Family.V4, [MEANT], (), [Judge([deny, RULE], DENY, 3)])
    assert (witness.source, witness.lines) == (NET[0] + 7, (4,))


def test_every_chain_has_to_permit_and_any_may_deny() -> None:
    open_chain, closed = Judge([RULE], DENY, 3), Judge([], DENY, 30)
    (witness,) = compare(Family.V4, [MEANT], (), [open_chain, closed, open_chain])
    assert (witness.kind, witness.lines) == (Kind.MISSING, (30,))
    assert compare(Family.V4, (), (), [open_chain, closed]) == ()
    (witness,) = compare(Family.V4, (), (), [open_chain, Judge([], PERMIT, 30)])
    assert (witness.kind, witness.lines) == (Kind.EXCESS, (5, 30))


def test_missing_and_excess_are_both_reported() -> None:
    elsewhere = narrowed(RULE, destinations=((7, 7),))
    missing, excess = compare(Family.V4, [MEANT], (), [Judge([elsewhere], DENY)])
    assert (missing.kind, missing.destination) == (Kind.MISSING, SERVER[0])
    assert (excess.kind, excess.destination) == (Kind.EXCESS, 7)


def test_what_may_pass_need_not() -> None:
    assert compare(Family.V4, (), [MEANT], [Judge([], DENY)]) == ()
    assert compare(Family.V4, (), [MEANT], [Judge([RULE], DENY)]) == ()


@pytest.mark.parametrize("family", list(Family))
def test_a_default_that_permits_lets_everything_else_pass(family: Family) -> None:
    (witness,) = compare(family, (), (), [Judge([], PERMIT, 3)])
    assert witness == Witness(Kind.EXCESS, 0, 0, 0, 0, (3,), ())
    top = family.every_address[0][1]
    nearly = Product((((0, top - 1),), family.every_address, (ANY_SERVICE,)))
    (witness,) = compare(family, [nearly], (), [Judge([], PERMIT, 3)])
    assert (witness.kind, witness.source) == (Kind.EXCESS, top)


def test_a_way_without_a_judge_is_open() -> None:
    (witness,) = compare(Family.V4, [MEANT], (), [])
    assert (witness.kind, witness.lines) == (Kind.EXCESS, ())


@pytest.mark.parametrize(
    ("action", "default", "kinds"),
    [
        (PERMIT, DENY, []),  # `limit rate 5/second accept`: passes in calm
        (DENY, DENY, [Kind.MISSING]),  # a limit that drops lets nothing pass by itself
        (DENY, PERMIT, []),  # `limit rate over 5/second drop`: calm, it drops nothing
    ],
)
def test_a_limit_never_bites_in_calm(action: Action, default: Action, kinds: list[Kind]) -> None:
    limited = replace(RULE, action=action, certain=False)
    everything = Product(EVERYTHING)
    found = compare(Family.V4, [MEANT], [everything], [Judge([limited], default)])
    assert [one.kind for one in found] == kinds


@pytest.mark.parametrize(
    ("action", "default", "kinds"),
    [
        (PERMIT, DENY, [Kind.EXCESS]),  # what a limit lets pass, passes
        (DENY, DENY, []),
        (DENY, PERMIT, [Kind.EXCESS]),  # a limit that drops does not forbid
    ],
)
def test_some_outcome_of_a_limit_lets_pass(
    action: Action, default: Action, kinds: list[Kind]
) -> None:
    limited = replace(RULE, action=action, certain=False)
    found = compare(Family.V4, (), (), [Judge([limited], default)])
    assert [one.kind for one in found] == kinds


def test_the_line_of_a_limited_permit_is_named_and_that_of_a_limited_deny_is_not() -> None:
    drop = replace(RULE, action=DENY, certain=False, line=4)
    accept = replace(RULE, certain=False)
    (witness,) = compare(Family.V4, (), (), [Judge([drop, accept], DENY, 3)])
    assert (witness.kind, witness.lines) == (Kind.EXCESS, (5,))
    (witness,) = compare(Family.V4, [MEANT], (), [Judge([drop], DENY, 3)])
    assert (witness.kind, witness.lines) == (Kind.MISSING, (3,))


def test_services_split_by_source_port_are_the_same_services() -> None:
    halves = (Service(5, 9, 0, 99), Service(5, 7, 100), Service(8, 9, 100))
    step = narrowed(RULE, services=halves)
    meant = narrowed(MEANT, services=(Service(5, 9),))
    assert compare(Family.V4, [meant], (), [Judge([step], DENY)]) == ()
    (witness,) = compare(
        Family.V4, [meant], (), [Judge([narrowed(RULE, services=halves[:2])], DENY)]
    )
    assert (witness.key, witness.source_port) == (8, 100)


@pytest.mark.parametrize("family", list(Family))
def test_six_hundred_rules_with_170_prefixes_each(family: Family) -> None:
    chance = random.Random(7)
    first = family.every_address[0][1] // 3
    wanted = []
    for place in range(600):
        sites = chance.sample(range(1600), 170)
        sources = union((first + site * 512, first + site * 512 + 31) for site in sites)
        server = chance.randrange(40)
        services = tuple(ports(TCP, port) for port in chance.sample(range(20), 2))
        wanted.append(Product((sources, ((server, server),), services), place))
    by_port = [
        Step((*one.box[:2], (service,)), PERMIT, line=place)
        for place, one in enumerate(wanted)
        for service in one.box[2]
    ]
    assert compare(family, wanted, (), [Judge(by_port, DENY)]) == ()
    (low, high), *rest = by_port[600].box[0]
    by_port[600] = narrowed(by_port[600], ((low, high - 1), *rest), ((50, 50),))
    missing, excess = compare(family, wanted, (), [Judge(by_port, DENY)])
    assert (missing.kind, excess.kind) == (Kind.MISSING, Kind.EXCESS)
    assert (excess.source, excess.destination, excess.lines) == (low, 50, (300,))
    assert 300 in missing.tags


damages = st.sampled_from(["none", "other order", "lacks one", "one denies", "one more", "permits"])


@given(
    families,
    st.lists(products, max_size=3),
    st.lists(products, max_size=2),
    st.lists(steps, max_size=2),
    damages,
    st.randoms(use_true_random=False),
)
@settings(max_examples=400, deadline=None)
def test_a_judge_that_says_what_is_meant_word_for_word_or_nearly_so(
    family: Family,
    must: list[Product],
    may: list[Product],
    rest: list[Step],
    damage: str,
    chance: random.Random,
) -> None:
    """Such a judge is not swept: it has to be told from all that only look like it."""
    meant = [*must, *may, *(beyond(family) if damage == "permits" else [])]
    found = [Step(one.box, PERMIT, certain=chance.random() < 0.7) for one in meant]
    place = chance.randrange(len(found) + 1)
    if damage == "other order":
        chance.shuffle(found)
    elif damage == "lacks one":
        del found[place : place + 1]
    elif damage == "one denies":
        found[place : place + 1] = [replace(one, action=DENY) for one in found[place : place + 1]]
    elif damage == "one more":
        found[place:place] = rest
    denies = [] if damage == "permits" else [replace(one, action=DENY) for one in rest]
    judge = Judge([*found, *denies], PERMIT if damage == "permits" else DENY)
    witnesses = compare(family, must, meant[len(must) :], [judge])
    assert packets(witnesses) == by_trying(must, meant[len(must) :], [judge])
    if damage == "none":
        assert not witnesses


@given(
    families,
    st.lists(products, max_size=3),
    st.lists(steps, max_size=3),
    st.lists(steps, max_size=2),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_a_chain_that_stops_nothing_is_not_swept_and_is_not_another_that_stops_some(
    family: Family, must: list[Product], rules: list[Step], marks: list[Step], denies: bool
) -> None:
    marked = [one if denies else replace(one, action=PERMIT) for one in marks]
    judges = [Judge(marked, PERMIT, 9), Judge(rules, DENY, 3)]
    assert packets(compare(family, must, (), judges)) == by_trying(must, [], judges)
