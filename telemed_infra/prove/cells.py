"""Does one union of boxes hold what must pass, and nothing more: decided cell by cell, exactly.

A *box* is a product of one set of integers per dimension. A problem asks, for first-match rules
over boxes, for the smallest point that must pass and does not, and for the smallest that passes
and is not declared. The first dimension is cut where any box begins or ends; between two cuts the
same boxes are active, so the rest of the question is the same problem with one dimension less.
Equal sets of active boxes are asked once.

What makes it fast, and why it stays exact: a box that must pass and is itself a permit before any
deny does pass; a permit that is itself declared lets nothing undeclared through. Only the other
boxes, the *suspects*, can hold a witness, and only cells that touch one are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from telemed_infra.packets import Range, Ranges

Point = tuple[int, ...]
"""One coordinate for each dimension that is left, in their order."""

END = 0
"""The box of no dimensions: what is left of every box when all coordinates are chosen."""

_NONE: frozenset[int] = frozenset()

B = TypeVar("B", bound=Hashable)
C = TypeVar("C", bound=Hashable)

Runs = tuple[frozenset[B], ...]
"""First-match rules as permits, denies, permits, …; rules of one run may be tried in any order.

Never empty, ends with permits, names a box once: where it is first tried. What no run holds is
denied.
"""


class Problem(Struct, Generic[B], frozen=True):
    """What must pass, what may, and the chains that each have to permit a point."""

    must: frozenset[B]
    declared: frozenset[B] | None  # what may pass, with what must; None: excess is not asked for
    chains: tuple[Runs[B], ...]  # at least one


class Verdict(Struct, frozen=True):
    """The smallest point of each kind, None where there is none."""

    missing: Point | None
    excess: Point | None


CLEAN = Verdict(None, None)


def normal(runs: Sequence[Iterable[B]]) -> Runs[B]:
    """Normal form of alternating runs, permits first, of which some may be empty."""
    if len(runs) == 1:
        return (frozenset(runs[0]),)
    result: list[frozenset[B]] = [frozenset()]
    seen: frozenset[B] = frozenset()
    for number, run in enumerate(runs):
        fresh = frozenset(run) - seen
        if not fresh:
            continue
        seen |= fresh
        if number % 2 == (len(result) - 1) % 2:
            result[-1] |= fresh
        else:
            result.append(fresh)
    if len(result) % 2 == 0:
        result.pop()
    return tuple(result)


def suspects(problem: Problem[B]) -> tuple[frozenset[B], frozenset[B]]:
    """The boxes that alone can hold a missing point, and those that alone can hold an excess one.

    A point that passes is permitted by each chain, so the permits of any one chain will do.
    """
    must, declared, chains = problem.must, problem.declared, problem.chains
    lacking = must - chains[0][0]
    for runs in chains[1:]:
        lacking |= must - runs[0]
    if declared is None:
        return lacking, frozenset()
    surplus = chains[0][0].union(*chains[0][2::2]) - declared
    for runs in chains[1:]:
        other = runs[0].union(*runs[2::2]) - declared
        if len(other) < len(surplus):
            surplus = other
    return lacking, surplus


def translate(problem: Problem[B], become: Callable[[frozenset[B]], frozenset[C]]) -> Problem[C]:
    """The same question about other boxes: `become` gives those that a set of boxes turns into."""
    declared = problem.declared
    return Problem(
        become(problem.must),
        None if declared is None else become(declared),
        tuple([normal([become(run) for run in runs]) for runs in problem.chains]),
    )


class Cells:
    """Boxes by number, and the answers about them so far; one for each order of dimensions.

    A box is a pair: its set in the first dimension, and the box of the dimensions behind it.
    The order of the dimensions is free, since a cell is a product: its smallest point has the
    smallest coordinate in the one dimension, whatever the point is in the others.
    """

    def __init__(self, order: Sequence[int]) -> None:
        """Order: which coordinate of a point comes first, second …: a permutation of 0, 1, …."""
        self._order = tuple(order)
        # By the number of dimensions behind: where in their point this coordinate belongs.
        self._places = [
            sum(inner < outer for inner in self._order[depth + 1 :])
            for depth, outer in enumerate(self._order)
        ][::-1]
        self._unions: dict[Ranges, int] = {}
        self._ranges: list[Ranges] = []
        self._numbers: dict[tuple[int, int], int] = {}
        self._boxes: list[tuple[int, int]] = [(END, END)]
        self._answers: dict[Problem[int], Verdict] = {}

    def box(self, dimensions: Sequence[Ranges]) -> int:
        """The number of the product of these sets, coordinate 0 first; none may be empty."""
        number = END
        for dimension in reversed(self._order):
            ranges = dimensions[dimension]
            union = self._unions.setdefault(ranges, len(self._ranges))
            if union == len(self._ranges):
                self._ranges.append(ranges)
            pair = (union, number)
            number = self._numbers.setdefault(pair, len(self._boxes))
            if number == len(self._boxes):
                self._boxes.append(pair)
        return number

    def solve(self, problem: Problem[int]) -> Verdict:
        """The smallest points; all boxes of the problem have all dimensions."""
        return self._solve(problem, len(self._order))

    def _solve(self, problem: Problem[int], dimensions: int) -> Verdict:
        lacking, surplus = suspects(problem)
        if not lacking and not surplus:
            return CLEAN
        if not dimensions:
            return Verdict(() if lacking else None, () if surplus else None)
        answer = self._answers.get(problem)
        if answer is None:
            question = Problem(lacking, problem.declared if surplus else None, problem.chains)
            answer = self._descend(question, surplus, dimensions - 1)
            self._answers[problem] = answer
        return answer

    def _descend(self, problem: Problem[int], surplus: frozenset[int], behind: int) -> Verdict:
        """Open the cells that hold a suspect: what lacks is what must pass, the rest is `surplus`.

        If this coordinate weighs more than all behind it, the first point of a kind is the least.
        """
        place = self._places[behind]
        active = _Active(self._boxes, problem)
        missing_in, excess_in = active.mask(problem.must), active.mask(surplus)
        missing: Point | None = None
        excess: Point | None = None
        seen: set[int] = set()
        for start, mask in intervals([self._ranges[union] for union in active.unions]):
            if not mask & (missing_in | excess_in) or mask in seen:
                continue
            seen.add(mask)
            found = self._solve(active.behind(problem, mask), behind)
            if found.missing is not None:
                missing = _smaller(missing, found.missing, start, place)
                if place == 0:
                    missing_in, problem = 0, replace(problem, must=_NONE)
            if found.excess is not None:
                excess = _smaller(excess, found.excess, start, place)
                if place == 0:
                    excess_in, problem = 0, replace(problem, declared=None)
        return Verdict(missing, excess)


def _smaller(best: Point | None, behind: Point, start: int, place: int) -> Point:
    point = (*behind[:place], start, *behind[place:])
    return point if best is None or point < best else best


class _Active:
    """The boxes of one problem by their set in the first dimension, each set with a bit."""

    def __init__(self, boxes: Sequence[tuple[int, int]], problem: Problem[int]) -> None:
        self._boxes = boxes
        self._bits: dict[int, int] = {}
        # The empty group stands for a kind that is not, or no longer, sought.
        groups = [_NONE, problem.must, problem.declared or _NONE]
        groups += [run for runs in problem.chains for run in runs]
        self._tails = {group: self._by_bit(group) for group in groups}
        self.unions = tuple(self._bits)

    def mask(self, group: Iterable[int]) -> int:
        """The bits of the sets of these boxes."""
        mask = 0
        for bit in {self._bits[self._boxes[number][0]] for number in group}:
            mask |= 1 << bit
        return mask

    def behind(self, problem: Problem[int], mask: int) -> Problem[int]:
        """The problem of one dimension less, of those boxes whose sets are in the mask."""
        active = bits(mask)

        def become(group: frozenset[int]) -> frozenset[int]:
            tails = self._tails[group]
            found = [tails[bit] for bit in active if bit in tails]
            return found[0] if len(found) == 1 else _NONE.union(*found)

        return translate(problem, become)

    def _by_bit(self, group: Iterable[int]) -> dict[int, frozenset[int]]:
        tails: dict[int, list[int]] = {}
        for number in group:
            union, tail = self._boxes[number]
            tails.setdefault(self._bits.setdefault(union, len(self._bits)), []).append(tail)
        return {bit: frozenset(numbers) for bit, numbers in tails.items()}


def bits(mask: int) -> list[int]:
    """The places of the ones in a mask, ascending."""
    if mask.bit_length() < 8 * mask.bit_count():
        return [place for place, one in enumerate(reversed(f"{mask:b}")) if one == "1"]
    result = []
    while mask:
        low = mask & -mask
        result.append(low.bit_length() - 1)
        mask ^= low
    return result


def intervals(unions: Sequence[Ranges]) -> list[tuple[int, int]]:
    """Cuts in ascending order, each with the mask of the unions active from there to the next."""
    by_range: dict[Range, int] = {}
    for number, ranges in enumerate(unions):
        bit = 1 << number
        for one in ranges:
            by_range[one] = by_range.get(one, 0) | bit
    toggles: dict[int, int] = {}
    for (low, high), mask in by_range.items():
        toggles[low] = toggles.get(low, 0) ^ mask
        toggles[high + 1] = toggles.get(high + 1, 0) ^ mask
    active = 0
    result = []
    for cut in sorted(toggles):
        active ^= toggles[cut]
        result.append((cut, active))
    return result
