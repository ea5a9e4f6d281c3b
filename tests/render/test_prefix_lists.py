"""Prefix lists of FRR and IOS: each line means the lengths that it was made from."""

from __future__ import annotations

import re

import pytest

from telemed_infra.compile.routing import FilterEntry, RouteFilter
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.render import cisco_routing, frr
from telemed_infra.render.prefix_lists import Notation, prefix_list

BOTH = pytest.mark.parametrize("notation", [frr.NOTATION, cisco_routing.NOTATION])


def written(notation: Notation, *entries: FilterEntry, family: Family = Family.V4) -> list[str]:
    one = RouteFilter(name="CORE", family=family, entries=entries, origins=("o",))
    return [entry.text for entry in prefix_list(one, notation).entries]


def meant(text: str, bits: int) -> tuple[int, int, int]:
    """Length, shortest and longest, as the manuals of both tell."""
    found = re.fullmatch(r"seq 5 permit \S+/(\d+)(?: ge (\d+))?(?: le (\d+))?", text)
    assert found
    length, ge, le = (int(one) if one else None for one in found.groups())
    assert length is not None
    assert ge is None or length < ge  # else refused by IOS
    assert le is None or length < le
    assert ge is None or le is None or ge <= le
    if ge is None and le is None:
        return (length, length, length)
    return (length, length if ge is None else ge, bits if le is None else le)


@BOTH
@pytest.mark.parametrize("family", list(Family))
def test_a_line_means_its_lengths(notation: Notation, family: Family) -> None:
    bits = family.bits
    steps = range(0, bits + 1, bits // 8)
    for length in steps:
        for shortest in (one for one in steps if one >= length):
            for longest in (one for one in steps if one >= shortest):
                entry = FilterEntry(Prefix(family, 0, length), shortest, longest, ("o",))
                (line,) = written(notation, entry, family=family)
                assert meant(line, bits) == (length, shortest, longest)


@BOTH
def test_entries_are_numbered_in_fives(notation: Notation) -> None:
    one = FilterEntry(prefix("10.0.0.0/14"), 14, 14, ("o",))
    assert written(notation, one, one) == ["seq 5 permit 10.0.0.0/14", "seq 10 permit 10.0.0.0/14"]


@pytest.mark.parametrize(
    ("notation", "family", "line"),
    [
        (frr.NOTATION, Family.V4, "seq 5 deny any"),
        (frr.NOTATION, Family.V6, "seq 5 deny any"),
        (cisco_routing.NOTATION, Family.V4, "seq 5 deny 0.0.0.0/0 le 32"),
        (cisco_routing.NOTATION, Family.V6, "seq 5 deny ::/0 le 128"),
    ],
)
def test_a_filter_without_entries_denies_everything(
    notation: Notation, family: Family, line: str
) -> None:
    """A list without entries is not there, and everything passes."""
    assert written(notation, family=family) == [line]
