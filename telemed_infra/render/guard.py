"""The guard's table as nftables reads it: the doors of a service edge, every one of them shut.

Loaded when the machine starts, before any guard runs. The guard makes the same table itself and
compares: a test holds the two equal, since neither package may import the other.
Source: docs/adr/0017-the-guard-speaks-netlink.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.service_edge import GuardConfig
from telemed_infra.packets import FAMILIES
from telemed_infra.plan.prefix import address_text
from telemed_infra.render.nftables import SELECTOR, SET_TYPE, ElementView
from telemed_infra.render.text import mark

TABLE = "telemed_guard"


class GuardedView(NamedTuple):
    """One family's part of the table."""

    name: str  # v4, v6
    type: str
    word: str  # ip, ip6
    services: tuple[ElementView, ...]


class GuardView(NamedTuple):
    """The whole table."""

    mark: str
    table: str
    families: tuple[GuardedView, ...]


def guard_view(config: GuardConfig) -> GuardView:
    """The table; both families have their sets, even if one has no address."""
    return GuardView(
        mark=mark(config.origins),
        table=TABLE,
        families=tuple(
            GuardedView(
                f"v{family.value}",
                SET_TYPE[family],
                SELECTOR[family],
                tuple(
                    ElementView(mark(origins), address_text(*address[:2]))
                    for address, origins in config.services
                    if address.family is family
                ),
            )
            for family in FAMILIES
        ),
    )
