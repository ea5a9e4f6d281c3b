"""Tunnels of a head as the texts of routers and firewalls need them.

What one interface carries stands in one group; suites are named by their number in the text.

Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from telemed_infra.render.tunnels import way_of
from telemed_infra.tunnels import EspSuite, IkeSuite, Tunnel

KEYS = "TOWNSHIPS"  # the one list of keys, and what holds for every negotiation

Suite = TypeVar("Suite", IkeSuite, EspSuite)


class Block(NamedTuple):
    """A line with the lines below it, if there are any."""

    mark: str
    head: str
    lines: tuple[str, ...] = ()


class Group(NamedTuple):
    """The tunnels of one interface: they have all in common but their other ends."""

    interface: str
    tunnels: tuple[Tunnel, ...]

    @property
    def first(self) -> Tunnel:
        """One of them, for what they have in common."""
        return self.tunnels[0]


def groups(tunnels: Iterable[Tunnel]) -> tuple[Group, ...]:
    """By interface, in the order in which these come first.

    Raises:
        ValueError: tunnels of one interface differ in what a text says once for all of them.
    """
    found: dict[str, list[Tunnel]] = {}
    for one in tunnels:
        found.setdefault(one.interface, []).append(one)
    for name, some in found.items():
        if len({_common(one) for one in some}) > 1:
            raise ValueError(f"{name}: its tunnels differ in more than their other ends")
    return tuple(Group(name, tuple(some)) for name, some in found.items())


def numbered(word: str, suites: Iterable[Suite]) -> Mapping[Suite, str]:
    """A name for each suite: the word and a number."""
    return {one: f"{word}{number}" for number, one in enumerate(dict.fromkeys(suites), 1)}


def way_name(one: Tunnel) -> str:
    """The way by which a tunnel comes, as the name of what is written for all that come so."""
    return way_of(one).upper()


def peer_name(one: Tunnel) -> str:
    """A name for the other end, without characters that some names may not have."""
    return one.peer_identity.replace(".", "-").upper()


def _common(one: Tunnel) -> tuple[object, ...]:
    return (
        one.below,
        one.own_address,
        one.own_identity,
        one.own,
        one.preference,
        one.ike_lifetime_s,
        one.esp_lifetime_s,
        one.liveness_s,
    )
