"""What interfaces say of multicast: platforms differ in words alone.

Source: docs/concepts/multicast.md, docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.multicast import MulticastRouting
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.translations import network

LIST = 2020  # of the groups, where lists have numbers
NAME = "LECTURES"  # of their list, where it has a name


class Words(NamedTuple):
    """Lines of an interface."""

    speaks: str
    preferred: str  # its priority stands behind
    listens: tuple[str, ...]


VRP = Words("pim sm", "pim hello-option dr-priority", ("igmp enable", "igmp version 3"))
"""Comware's, too. IGMP has version 2 unless a line says otherwise."""
IOS = Words("ip pim sparse-mode", "ip pim dr-priority", ("ip igmp version 3",))
"""IGMP comes with PIM, in version 2."""
FRR = Words("ip pim", "ip pim drpriority", ("ip igmp",))


def interface_lines(multicast: MulticastRouting, name: str, words: Words) -> tuple[str, ...]:
    """The lines of one interface; () where nothing of multicast passes."""
    return tuple(_lines(multicast, name, words))


def group_prefixes(multicast: MulticastRouting) -> tuple[Prefix, ...]:
    """What is source-specific, one prefix a line."""
    return tuple(network(one) for one in multicast.groups)


def wildcards(multicast: MulticastRouting) -> tuple[str, ...]:
    """The same with the bits that a list does not look at."""
    return tuple(
        f"{address_text(one.family, one.first)} {address_text(one.family, one.last - one.first)}"
        for one in group_prefixes(multicast)
    )


def _lines(multicast: MulticastRouting, name: str, words: Words) -> Iterator[str]:
    if name in multicast.speaks:
        yield words.speaks
    if name in multicast.preferred:
        yield f"{words.preferred} {multicast.preferred[name]}"
    if name in multicast.listens:
        yield from words.listens
