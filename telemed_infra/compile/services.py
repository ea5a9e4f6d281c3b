"""Applications of a rule become matches: what a rule of a platform without service sets asks.

TCP and UDP are one match, since only their ports differ; ICMP types and whole protocols are
matches of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import Family


@dataclass(frozen=True, slots=True)
class PortMatch:
    """Destination ports and ranges of them (`10000-10499`), each once; one side may be empty."""

    tcp: tuple[str, ...]
    udp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IcmpMatch:
    """Types of the family's ICMP."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProtocolMatch:
    """Everything of some IP protocols, by number."""

    numbers: tuple[str, ...]


ServiceMatch = PortMatch | IcmpMatch | ProtocolMatch


def service_matches(apps: Sequence[App], family: Family) -> Iterator[ServiceMatch]:
    """The matches that together are these applications in one family."""
    tcp, udp = _each([app.tcp for app in apps]), _each([app.udp for app in apps])
    if tcp or udp:
        yield PortMatch(tcp, udp)
    types = _each([app.icmp if family is Family.V4 else app.icmp6 for app in apps])
    if types:
        yield IcmpMatch(types)
    numbers = _each([app.protocol for app in apps])
    if numbers:
        yield ProtocolMatch(numbers)


def _each(lists: Sequence[Sequence[int | str] | None]) -> tuple[str, ...]:
    """The values of some lists, each where it first stands."""
    return tuple(dict.fromkeys(str(value) for values in lists for value in values or ()))
