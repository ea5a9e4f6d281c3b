"""Addresses that a firewall's text changes, against those that the plan changes: all, and no other.

The same range inside, at the same interfaces, and one to one among themselves. What is compared is
all that the readers know of address translation: what else a text says of it is unread. Knows
nothing of how the text was made.

Source: docs/concepts/policies.md, "A hospital's own addresses".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from telemed_infra.packets import Family, Range
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import Finding
from telemed_infra.translation import Translation, joined

KIND = "translation"


def prove_translations(
    device: str,
    found: Collection[Translation],
    lines: Mapping[Range, int],
    expected: Collection[Translation],
) -> Iterator[Finding]:
    """A finding for each that lacks, differs, is too many, or meets another one.

    `lines`: outside addresses → where the text speaks of them.
    """
    found, expected = joined(found), joined(expected)
    there = {one.outside: one for one in found}
    wanted = {one.outside for one in expected}
    for one in expected:
        read = there.get(one.outside)
        if read is None:
            says = f"{_words(one)} lacks: write it at {_names(one.boundary)}"
            yield Finding(device=device, line=0, kind=KIND, says=says)
        else:
            line = _line(lines, one)
            for says in _differences(one, read):
                yield Finding(device=device, line=line, kind=KIND, says=says)
    for one in found:
        if one.outside not in wanted:
            says = f"{_words(one)} is not planned: take it away"
            yield Finding(device=device, line=_line(lines, one), kind=KIND, says=says)
    yield from _meetings(device, found, lines)


def _differences(wanted: Translation, read: Translation) -> Iterator[str]:
    if read.inside != wanted.inside:
        yield (
            f"{_range(read.outside)} outside is {_range(read.inside)} inside in place of "
            f"{_range(wanted.inside)}: write the planned one"
        )
    lost, more = wanted.boundary - read.boundary, read.boundary - wanted.boundary
    if lost:
        yield f"{_words(wanted)} does not happen at {_names(lost)}, where the site ends"
    if more:
        yield f"{_words(wanted)} happens at {_names(more)}, where the site does not end"


def _meetings(
    device: str, found: Collection[Translation], lines: Mapping[Range, int]
) -> Iterator[Finding]:
    """Addresses that stand for two others, or that two others stand for: not one to one."""
    sides: tuple[tuple[str, Callable[[Translation], Range]], ...] = (
        ("inside", lambda one: one.inside),
        ("outside", lambda one: one.outside),
    )
    for side, of in sides:
        for one, other in pairwise(sorted(found, key=of)):
            if of(other)[0] <= of(one)[1]:
                shared = of(other)[0], min(of(one)[1], of(other)[1])
                says = (
                    f"{_range(shared)} {side} is changed twice, by {_words(one)} "
                    f"and by {_words(other)}: keep one"
                )
                line = _line(lines, other)
                yield Finding(device=device, line=line, kind=KIND, says=says)


def _line(lines: Mapping[Range, int], one: Translation) -> int:
    """Where the text begins to speak of it; 0 if it does not say."""
    first, last = one.outside
    return min(
        (line for (low, high), line in lines.items() if first <= low <= high <= last), default=0
    )


def _words(one: Translation) -> str:
    return f"the change of {_range(one.inside)} inside into {_range(one.outside)} outside"


def _range(addresses: Range) -> str:
    first, last = (address_text(Family.V4, one) for one in addresses)
    return f"{first}-{last}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no interface"
