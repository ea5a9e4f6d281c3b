"""Groups of addresses of Cisco's lists: object groups, in IPv4.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.compile.config import AddressEntry, Policy
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Span, address_text, mask_text
from telemed_infra.render.text import mark
from telemed_infra.render.translations import span


class LineView(NamedTuple):
    """One line of a group."""

    mark: str
    text: str


class GroupView(NamedTuple):
    """An object group of IPv4 networks."""

    mark: str
    name: str
    lines: tuple[LineView, ...]


def groups(policy: Policy, used: set[str]) -> Iterator[GroupView]:
    """The groups that some list names."""
    for one in policy.address_sets:
        if one.name in used:
            lines = tuple(
                LineView(mark(entry.origins), _member(entry)) for entry in one.of(Family.V4)
            )
            yield GroupView(mark(one.origins), one.name, lines)


def _member(entry: AddressEntry) -> str:
    """A line of a group: networks by their mask, where a list has the wildcard."""
    if isinstance(entry.prefix, Span):
        return f"range {span(entry.prefix.range)}"
    text = address_text(Family.V4, entry.prefix.first)
    if entry.prefix.length == Family.V4.bits:
        return f"host {text}"
    return f"{text} {mask_text(entry.prefix.length)}"
