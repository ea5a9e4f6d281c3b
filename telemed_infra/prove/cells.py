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
from typing import Generic, NamedTuple, TypeVar

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


class Problem(NamedTuple, Generic[B]):
    """What must pass, what may, and the chains that each have to permit a point."""

    must: frozenset[B]
    declared: frozenset[B] | None  # what may pass, with what must; None: excess is not asked for
    chains: tuple[Runs[B], ...]  # at least one


class Verdict(NamedTuple):
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
    must, declared, chains = problem
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
    must, declared, chains = problem
    return Problem(
        become(must),
        None if declared is None else become(declared),
        tuple([normal([become(run) for run in runs]) for runs in chains]),
    )


class Cells:
    """Boxes by number, and the answers about them so far; one for each order of dimensions.

    A box is a pair: its set in the first dimension, and the box of the dimensions behind it.
    """

    def __init__(self) -> None:
        self._unions: dict[Ranges, int] = {}
        self._ranges: list[Ranges] = []
        self._numbers: dict[tuple[int, int], int] = {}
        self._boxes: list[tuple[int, int]] = [(END, END)]
        self._answers: dict[Problem[int], Verdict] = {}

    def box(self, dimensions: Sequence[Ranges]) -> int:
        """The number of the product of these sets, first dimension first; none may be empty."""
        number = END
        for ranges in reversed(dimensions):
            union = self._unions.setdefault(ranges, len(self._ranges))
            if union == len(self._ranges):
                self._ranges.append(ranges)
            pair = (union, number)
            number = self._numbers.setdefault(pair, len(self._boxes))
            if number == len(self._boxes):
                self._boxes.append(pair)
        return number

    def solve(self, problem: Problem[int]) -> Verdict:
        """The smallest witnesses; all boxes of the problem have equally many dimensions."""
        lacking, surplus = suspects(problem)
        if not lacking and not surplus:
            return CLEAN
        if END in lacking or END in surplus:
            return Verdict(() if lacking else None, () if surplus else None)
        answer = self._answers.get(problem)
        if answer is None:
            answer = self._answers[problem] = self._descend(problem, lacking, surplus)
        return answer

    def _descend(
        self, problem: Problem[int], lacking: frozenset[int], surplus: frozenset[int]
    ) -> Verdict:
        declared = problem.declared if surplus else None
        question = Problem(lacking, declared, problem.chains)
        active = _Active(self._boxes, question)
        seeking_missing, seeking_excess = active.mask(lacking), active.mask(surplus)
        missing: Point | None = None
        excess: Point | None = None
        seen: set[int] = set()
        for start, mask in intervals([self._ranges[union] for union in active.unions]):
            if not mask & (seeking_missing | seeking_excess) or mask in seen:
                continue
            seen.add(mask)
            found = self.solve(active.behind(question, mask))
            if found.missing is not None and missing is None:
                missing = (start, *found.missing)
                seeking_missing, question = 0, question._replace(must=frozenset())
            if found.excess is not None and excess is None:
                excess = (start, *found.excess)
                seeking_excess, question = 0, question._replace(declared=None)
            if not seeking_missing and not seeking_excess:
                break
        return Verdict(missing, excess)


class _Active:
    """The boxes of one problem by their set in the first dimension, each set with a bit."""

    def __init__(self, boxes: Sequence[tuple[int, int]], problem: Problem[int]) -> None:
        self._boxes = boxes
        self._bits: dict[int, int] = {}
        # The empty group stands for a kind that is not, or no longer, sought.
        groups = [_NONE, problem.must, problem.declared or _NONE]
        groups += [run for runs in problem.chains for run in runs]
        self._tails = {group: self._by_set(group) for group in groups}
        self.unions = tuple(self._bits)

    def mask(self, group: Iterable[int]) -> int:
        """The bits of the sets of these boxes."""
        mask = 0
        for number in group:
            mask |= self._bits[self._boxes[number][0]]
        return mask

    def behind(self, problem: Problem[int], mask: int) -> Problem[int]:
        """The problem of one dimension less, of those boxes whose sets are in the mask."""

        def become(group: frozenset[int]) -> frozenset[int]:
            found = [tails for bit, tails in self._tails[group] if bit & mask]
            return found[0] if len(found) == 1 else _NONE.union(*found)

        return translate(problem, become)

    def _by_set(self, group: Iterable[int]) -> list[tuple[int, frozenset[int]]]:
        tails: dict[int, list[int]] = {}
        for number in group:
            union, tail = self._boxes[number]
            tails.setdefault(union, []).append(tail)
        bits = self._bits
        return [
            (bits.setdefault(union, 1 << len(bits)), frozenset(numbers))
            for union, numbers in tails.items()
        ]


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
