"""The shape of a routing view that several platforms share: lines, peers and families.

A platform brings its words: what it says of a peer, and of a block that begins at the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from telemed_infra.compile.routing import Neighbour, Originated, RoutingConfig
from telemed_infra.packets import Family
from telemed_infra.render.text import mark


class Line(NamedTuple):
    """One line."""

    mark: str
    text: str


class PeerView(NamedTuple):
    """A BGP peer: its own lines, and those in its family."""

    mark: str
    lines: tuple[str, ...]
    family_lines: tuple[str, ...]


class FamilyView(NamedTuple):
    """One family of BGP."""

    mark: str
    name: str  # ipv4, ipv6
    begun: tuple[Line, ...]  # the blocks that begin here
    peers: tuple[PeerView, ...]


def families(
    config: RoutingConfig, begun: Callable[[Originated], str], peer: Callable[[Neighbour], PeerView]
) -> Iterator[FamilyView]:
    """Every family in which the device has a session, IPv4 first."""
    for family in Family:
        some = [one for one in config.neighbours if one.address.family is family]
        if some:
            yield FamilyView(
                mark=mark(config.origins),
                name=f"ipv{family.value}",
                begun=tuple(
                    Line(mark(one.origins), begun(one))
                    for one in config.originated
                    if one.prefix.family is family
                ),
                peers=tuple(map(peer, some)),
            )


def metrics(config: RoutingConfig) -> tuple[int, ...]:
    """The metrics that some peer is told, each once."""
    return tuple(sorted({one.metric for one in config.neighbours if one.metric}))
