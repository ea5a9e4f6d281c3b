"""Tunnels as the texts of routers and firewalls need them: of a head's townships, over circuits.

What one interface carries stands in one group; suites are named by their number in the text.

Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from telemed_infra.packets import Family
from telemed_infra.render.tunnels import way_of
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Tunnel

KEYS = {Mode.TUNNEL: "TOWNSHIPS", Mode.GRE: "CIRCUITS"}  # the lists of keys
HEADERS = {Family.V4: 40, Family.V6: 60}  # octets of IP and TCP: what a segment is less than an MTU

Suite = TypeVar("Suite", bound=Hashable)


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


class Protection(NamedTuple):
    """What protects packets: a text names it once, however many tunnels use it."""

    mode: Mode
    suite: EspSuite


class Offer(NamedTuple):
    """What negotiations at some of the own addresses may come to."""

    name: str
    addresses: tuple[int, ...]  # (): at every one
    suites: tuple[str, ...]  # by name


def protection(one: Tunnel) -> Protection:
    """What protects a tunnel's packets."""
    return Protection(one.mode, one.esp)


def offers(tunnels: Iterable[Tunnel], names: Mapping[IkeSuite, str]) -> tuple[Offer, ...]:
    """The suites of each own address, so that none is offered where another one is agreed on."""
    asked: dict[int | None, dict[str, None]] = {}
    for one in tunnels:
        asked.setdefault(one.own_address, {})[names[one.ike]] = None
    found: dict[tuple[str, ...], list[int | None]] = {}
    for address, suites in asked.items():
        found.setdefault(tuple(suites), []).append(address)
    return tuple(
        Offer("-".join(suites), _told_apart(addresses, alone=len(found) == 1), suites)
        for suites, addresses in found.items()
    )


def numbered(word: str, suites: Iterable[Suite]) -> Mapping[Suite, str]:
    """A name for each suite: the word and a number."""
    return {one: f"{word}{number}" for number, one in enumerate(dict.fromkeys(suites), 1)}


def way_name(one: Tunnel) -> str:
    """The way by which a tunnel comes, as the name of what is written for all that come so."""
    return way_of(one).upper()


def peer_name(one: Tunnel) -> str:
    """A name for the other end, without characters that some names may not have."""
    return one.peer_identity.replace(".", "-").upper()


def _told_apart(addresses: Sequence[int | None], *, alone: bool) -> tuple[int, ...]:
    known = tuple(one for one in addresses if one is not None)
    return () if alone or len(known) < len(addresses) else known


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
