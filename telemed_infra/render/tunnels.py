"""What every platform's view of a tunnel asks for.

A renderer knows a lower end's number and inventory lines by the tunnel's secret, of which each
gateway has one, and each circuit. Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.tunnels import Mode, Selector, Tunnel


def of_townships(tunnels: Iterable[Tunnel]) -> tuple[Tunnel, ...]:
    """Those that wrap the inner packets themselves."""
    return tuple(one for one in tunnels if one.mode is Mode.TUNNEL)


def over_circuits(tunnels: Iterable[Tunnel]) -> tuple[Tunnel, ...]:
    """Those that wrap GRE between the two addresses of a circuit."""
    return tuple(one for one in tunnels if one.mode is Mode.GRE)


def circuit_ends(one: Tunnel) -> tuple[str, str]:
    """The addresses of a circuit, the own one first; of tunnels over circuits alone."""
    assert one.own_address is not None
    assert one.peer_address is not None
    return address_text(Family.V4, one.own_address), address_text(Family.V4, one.peer_address)


def lower_identity(one: Tunnel) -> str:
    """The name of the end that begins, whichever end writes it."""
    return one.own_identity if one.starts else one.peer_identity


def way_of(one: Tunnel) -> str:
    """`line` or `lte`, of a circuit the own port's number: the last part of the identity."""
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
