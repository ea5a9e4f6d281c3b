"""One way through a device, one family: what must pass passes, and nothing passes undeclared.

A *way* leads from one interface to another. For each chain that judges it there is a `Judge`;
a packet passes if every judge lets it pass, so a way without a judge is open.

Uncertain steps (a limit or a quota decides whether they match) have two readings. *Calm*: limits
never bite, so `limit rate 5/second accept` matches and `limit rate over 5/second drop` does not.
*Any*: a packet passes if some outcome of the limits lets it pass. Proven: must ⊆ calm and
any ⊆ must or may. Both readings come out alike, so one sweep decides both:

- an uncertain permit matches. Calm says so; and of the outcomes the one where it matches lets
  the packet pass this judge, so no other need be tried;
- an uncertain deny never matches. Calm says so; and the outcome where it does not match lets
  pass whatever the other outcome lets pass.

This holds since each uncertain step has a limit of its own: a reader of texts must not hand over
as uncertain what calm reads otherwise (`limit rate 5/second drop`, which drops in calm;
`limit rate over 5/second accept`; a limit on a jump to a chain that denies). It has no words for
these and leaves them unread.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from telemed_infra.packets import ANY_SERVICE, Family, Range, Ranges, Service, union
from telemed_infra.parse.behaviour import Action
from telemed_infra.prove.cells import (
    Cells,
    Point,
    Problem,
    Runs,
    Verdict,
    intervals,
    normal,
    suspects,
    translate,
)

Box = tuple[Ranges, Ranges, tuple[Service, ...]]
"""Sources × destinations × services; addresses in normal form, of the family in question."""


class Product(Struct, frozen=True):
    """What must or may pass."""

    box: Box
    tag: object = None  # names it in a witness


class Step(Struct, frozen=True):
    """One first-match rule of a judge."""

    box: Box
    action: Action
    certain: bool = True
    line: int = 0


class Judge(Struct, frozen=True):
    """What one chain says about one way and family: steps in order, then the default."""

    steps: Sequence[Step]
    default: Action
    line: int = 0


class Kind(Enum):
    """How a way differs from what is meant."""

    MISSING = "missing"  # must pass, and does not
    EXCESS = "excess"  # passes, and is not declared


class Witness(NamedTuple):
    """The smallest packet of its kind by source, destination, key and source port."""

    kind: Kind
    source: int
    destination: int
    key: int
    source_port: int
    lines: tuple[int, ...]  # of the steps (or defaults) that stop it, or let it pass
    tags: tuple[object, ...]  # of the products that need it; none for an excess


def compare(
    family: Family,
    must: Sequence[Product],
    may: Sequence[Product],
    judges: Sequence[Judge],
    *,
    whole: Sequence[Product] = (),
) -> tuple[Witness, ...]:
    """The smallest missing packet, then the smallest excess one; empty if there is neither.

    Args:
        family: of the addresses.
        must: what has to pass.
        may: what merely may.
        judges: of the way; without one it is open.
        whole: what may pass too and holds all of `must`. If all of it passes nothing is missing,
            which is asked first: most texts write it so.
    """
    claims = [must] if not whole or whole == must else [whole, must]
    stopping = [one for one in judges if _stops_something(one)]
    if len(stopping) == 1 and any(_permits_just(stopping[0], [*claim, *may]) for claim in claims):
        return ()
    for claim in claims:
        also = may if claim is claims[0] else [*may, *whole]
        problem = _problem(family, claim, also, stopping)
        lacking, surplus = suspects(problem)
        if not lacking and not surplus:
            return ()
    problem = Problem(lacking, problem.declared if surplus else None, problem.chains)
    # Addresses last, the longer lists at the very end: few cells in front, and few lists in each.
    spread = [sum(map(len, {box[side] for box in _boxes(problem)})) for side in (0, 1)]
    verdict = _solve(problem, (3, 2, 1, 0) if spread[0] >= spread[1] else (3, 2, 0, 1))
    result = []
    if verdict.missing is not None:
        result.append(_explain(Kind.MISSING, verdict.missing, must, judges))
    if verdict.excess is not None:
        result.append(_explain(Kind.EXCESS, verdict.excess, must, judges))
    return tuple(result)


def _stops_something(judge: Judge) -> bool:
    """Whether some packet does not pass it: a chain that only marks packets lets them all."""
    return judge.default is Action.DENY or Action.DENY in [step.action for step in judge.steps]


def _permits_just(judge: Judge, products: Sequence[Product]) -> bool:
    """Whether it permits these products one by one and then denies: what most ways come to."""
    steps, count = judge.steps, len(products)
    actions = [Action.PERMIT] * count + [Action.DENY] * (len(steps) - count)
    return (
        judge.default is Action.DENY
        and [step.action for step in steps] == actions
        and [step.box for step in steps[:count]] == [product.box for product in products]
    )


_Problem = Problem[Box]


def _problem(
    family: Family, must: Sequence[Product], may: Sequence[Product], judges: Sequence[Judge]
) -> _Problem:
    needed = frozenset([product.box for product in must])
    declared = needed.union([product.box for product in may])
    everything = (family.every_address, family.every_address, (ANY_SERVICE,))
    chains = [_runs(judge, everything) for judge in judges] or [(frozenset([everything]),)]
    return Problem(needed, declared, tuple(chains))


def _runs(judge: Judge, everything: Box) -> Runs[Box]:
    """Steps as alternating permits and denies; a default that permits is one more permit."""
    runs: list[list[Box]] = [[]]
    for step in judge.steps:
        permits = step.action is Action.PERMIT
        if not permits and not step.certain:
            continue
        if permits == (len(runs) % 2 == 0):
            runs.append([])
        runs[-1].append(step.box)
    if judge.default is Action.PERMIT:
        if len(runs) % 2 == 0:
            runs.append([])
        runs[-1].append(everything)
    return normal(runs)


def _boxes(problem: _Problem) -> frozenset[Box]:
    """Every box of a problem, once."""
    runs = [run for chain in problem.chains for run in chain]
    return problem.must.union(problem.declared or (), *runs)


def _solve(problem: _Problem, order: tuple[int, ...]) -> Verdict:
    """The verdict; points are (source, destination, key, source port), cut in this order."""
    cells = Cells(order)
    boxes: dict[Box, list[int]] = {}
    services: dict[tuple[Service, ...], list[tuple[Ranges, Ranges]]] = {}
    for triple in _boxes(problem):
        if triple[2] not in services:
            services[triple[2]] = split(triple[2])
        numbers = boxes[triple] = []
        for keys, source_ports in services[triple[2]]:
            dimensions = (triple[0], triple[1], keys, source_ports)
            if all(dimensions):
                numbers.append(cells.box(dimensions))

    def become(group: frozenset[Box]) -> frozenset[int]:
        return frozenset([number for triple in group for number in boxes[triple]])

    return cells.solve(translate(problem, become))


def split(services: Iterable[Service]) -> list[tuple[Ranges, Ranges]]:
    """The same set as products of keys and source ports, the keys disjoint; one per port set."""
    by_ports: dict[Range, list[Range]] = {}
    for low, high, source_low, source_high in services:
        by_ports.setdefault((source_low, source_high), []).append((low, high))
    alike: list[tuple[Ranges, Ranges]] = [
        (union(keys), (source_ports,)) for source_ports, keys in by_ports.items()
    ]
    if len(alike) < 2:
        return alike
    cuts = intervals([keys for keys, _ in alike])
    cells: dict[Ranges, list[Range]] = {}
    for (start, mask), (stop, _) in pairwise(cuts):
        active = [ports[0] for number, (_, ports) in enumerate(alike) if mask >> number & 1]
        if active:
            cells.setdefault(union(active), []).append((start, stop - 1))
    return [(union(keys), source_ports) for source_ports, keys in cells.items()]


def _explain(kind: Kind, point: Point, must: Sequence[Product], judges: Sequence[Judge]) -> Witness:
    wanted = Action.PERMIT if kind is Kind.EXCESS else Action.DENY
    lines = []
    for judge in judges:
        action, line = _judgement(judge, point)
        if action is wanted:
            lines.append(line)
    tags: list[object] = []
    if kind is Kind.MISSING:
        tags = [product.tag for product in must if _holds(product.box, point)]
    source, destination, key, source_port = point
    return Witness(kind, source, destination, key, source_port, tuple(lines), tuple(tags))


def _judgement(judge: Judge, point: Point) -> tuple[Action, int]:
    """What a judge does to one packet, and by which line."""
    for step in judge.steps:
        if (step.certain or step.action is Action.PERMIT) and _holds(step.box, point):
            return step.action, step.line
    return judge.default, judge.line


def _holds(box: Box, point: Point) -> bool:
    sources, destinations, services = box
    source, destination, key, source_port = point
    return (
        _within(destinations, destination)
        and any(
            one.key_low <= key <= one.key_high and one.source_low <= source_port <= one.source_high
            for one in services
        )
        and _within(sources, source)
    )


def _within(ranges: Ranges, value: int) -> bool:
    place = bisect_right(ranges, value, key=itemgetter(0)) - 1
    return place >= 0 and value <= ranges[place][1]
