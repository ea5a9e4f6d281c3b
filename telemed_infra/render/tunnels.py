"""What every platform's view of a tunnel asks for.

A renderer knows a lower end's number and inventory lines by the tunnel's secret, of which each
gateway has one. Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import Prefix
from telemed_infra.tunnels import Selector, Tunnel


def lower_identity(one: Tunnel) -> str:
    """The name of the end that begins, whichever end writes it."""
    return one.own_identity if one.starts else one.peer_identity


def way_of(one: Tunnel) -> str:
    """`line` or `lte`: the last part of either identity."""
    return one.own_identity.rpartition(".")[2]


def selected(one: Selector) -> tuple[Prefix, ...]:
    """The prefixes of a selector, IPv4 first."""
    return (*prefixes(one.v4, Family.V4), *prefixes(one.v6, Family.V6))


def prefixes(ranges: Ranges, family: Family) -> tuple[Prefix, ...]:
    """Ranges as prefixes.

    Raises:
        ValueError: a range is no prefix; platforms select by prefixes alone.
    """
    return tuple(_prefix(first, last, family) for first, last in ranges)


def _prefix(first: int, last: int, family: Family) -> Prefix:
    size = last - first + 1
    if size & (size - 1) or first % size:
        raise ValueError(f"{first}–{last} of IPv{family.value} is no prefix")
    return Prefix(family, first, family.bits - size.bit_length() + 1)
