"""Sets of line numbers: of long texts most lines are in one, so each is a bit of one integer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set


class LineNumbers(Set[int]):
    """A set of line numbers, from 0 on, never changed; equal to any set of the same numbers."""

    __slots__ = ("mask",)

    def __init__(self, mask: int = 0) -> None:
        """Mask: bit n stands for line n."""
        self.mask = mask

    @classmethod
    def of(cls, numbers: Iterable[int]) -> LineNumbers:
        """The set of some numbers."""
        return cls(_mask(numbers))

    @classmethod
    def _from_iterable(cls, numbers: Iterable[int]) -> LineNumbers:  # type: ignore[override]
        """What operations of `Set` make their results with."""
        return cls(_mask(numbers))

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number >= 0 and bool(self.mask >> number & 1)

    def __iter__(self) -> Iterator[int]:
        """In ascending order."""
        digits = f"{self.mask:b}"[::-1]
        place = digits.find("1")
        while place >= 0:
            yield place
            place = digits.find("1", place + 1)

    def __len__(self) -> int:
        return self.mask.bit_count()

    def __or__(self, other: Iterable[int]) -> LineNumbers:  # type: ignore[override]
        return LineNumbers(self.mask | _mask(other))

    def __and__(self, other: Iterable[int]) -> LineNumbers:
        return LineNumbers(self.mask & _mask(other))

    def __sub__(self, other: Iterable[int]) -> LineNumbers:
        return LineNumbers(self.mask & ~_mask(other))

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"LineNumbers({set(self)})"

    def isdisjoint(self, other: Iterable[int]) -> bool:
        """Whether no number is in both."""
        return not self.mask & _mask(other)

    def after(self, line: int) -> LineNumbers:
        """Those behind a line."""
        return LineNumbers(self.mask >> (line + 1) << (line + 1))

    def moved(self, by: int) -> LineNumbers:
        """All of them so much further down; up, if it is negative."""
        return LineNumbers(self.mask << by if by >= 0 else self.mask >> -by)


def _mask(numbers: Iterable[int]) -> int:
    if isinstance(numbers, LineNumbers):
        return numbers.mask
    found = tuple(numbers)
    if len(found) < 8:
        return sum(1 << number for number in set(found))
    digits = bytearray(b"0") * (max(found) + 1)
    for number in found:
        digits[-1 - number] = 49
    return int(digits, 2)
