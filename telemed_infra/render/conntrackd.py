"""How two Linux firewalls know each other's connections, as conntrackd 1.4 reads it.

Each puts what the other tells into its own kernel at once (no external cache): nothing has to run
when an address moves, and an answer that comes by the other member passes. What begins or ends at
the machine itself is its own and not told. The port is the one that the derived policy opens.
Source: conntrackd.conf(5), conntrackd(8).
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.pairs import PairConfig
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.redundancy import SyncKind
from telemed_infra.render.text import mark

PORT = 3780  # of the derived policy between the members
LOOPBACKS = {Family.V4: 0x7F000001, Family.V6: 1}


class ConntrackdView(NamedTuple):
    """A whole conntrackd.conf."""

    mark: str
    hostname: str
    own: str
    remote: str
    port: int
    interface: str
    ignored: tuple[str, ...]  # addresses with the word of their family


def conntrackd_view(config: PairConfig) -> ConntrackdView:
    """One member's side.

    Raises:
        ValueError: the members do not synchronise by conntrackd, or the own address is missing.
    """
    sync = config.redundancy.sync
    if sync is None or sync.kind is not SyncKind.CONNTRACKD or sync.own is None:
        raise ValueError(f"{config.hostname}: its state is not kept by conntrackd")
    return ConntrackdView(
        mark=mark(config.origins),
        hostname=config.hostname,
        own=address_text(Family.V4, sync.own),
        remote=address_text(Family.V4, sync.remote),
        port=PORT,
        interface=sync.interface,
        ignored=tuple(_ignored(config)),
    )


def _ignored(config: PairConfig) -> list[str]:
    """The machine's own addresses, those of its virtual routers, and loopback; IPv4 first."""
    found = set(LOOPBACKS.items())
    for one in config.interfaces:
        found |= {(each.family, each.first) for each in (one.v4, one.v6) if each is not None}
    for router in config.redundancy.routers:
        found |= {(router.family, each) for each in router.addresses}
    return [
        f"IPv{family.value}_address {address_text(family, address)}"
        for family, address in sorted(found)
    ]
