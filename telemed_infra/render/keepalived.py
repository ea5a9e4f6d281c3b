"""The virtual routers of a Linux machine, as keepalived 2.2 reads them.

Each is an instance by itself, IPv4 and IPv6 apart. Both members begin as backups: only so does
keepalived wait before it preempts. There is no interface with the virtual MAC address (`use_vmac`):
packets would come in by a name that the filter does not know. An interface that is missing takes
no other one's address along (`dynamic_interfaces`). No script runs, no mail is sent.
Source: keepalived.conf(5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.compile.pairs import PairConfig
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import address_text
from telemed_infra.redundancy import Rank, VirtualRouter
from telemed_infra.render.text import mark
from telemed_infra.render.virtual_routers import by_interface


class InstanceView(NamedTuple):
    """One virtual router in one family."""

    mark: str
    name: str
    interface: str
    number: int
    priority: int
    seconds: str  # between advertisements
    preempt: str  # a line of its own, "" for none
    tracked: tuple[str, ...]
    addresses: tuple[str, ...]


class KeepalivedView(NamedTuple):
    """A whole keepalived.conf."""

    mark: str
    hostname: str
    instances: tuple[InstanceView, ...]


def keepalived_view(config: PairConfig) -> KeepalivedView:
    """All virtual routers of a machine, in the order of its interfaces."""
    return KeepalivedView(
        mark=mark(config.origins),
        hostname=config.hostname,
        instances=tuple(_instances(config)),
    )


def _instances(config: PairConfig) -> Iterator[InstanceView]:
    known = by_interface(config.redundancy.routers)
    for interface in config.interfaces:
        for one in known.get(interface.name, ()):
            yield _instance(interface, one)


def _instance(interface: Interface, one: VirtualRouter) -> InstanceView:
    """An instance is named by its zone.

    Raises:
        ValueError: the pair's state shall decide; keepalived knows priorities alone.
    """
    if one.rank is not Rank.BY_PRIORITY:
        raise ValueError(f"{one.interface}: keepalived decides by priorities")
    own = interface.v4 if one.family is Family.V4 else interface.v6
    assert own is not None  # no virtual router speaks what its interface does not
    return InstanceView(
        mark=mark((interface.origin,)),
        name=f"{interface.zone}-v{one.family.value}",
        interface=one.interface,
        number=one.number,
        priority=one.priority,
        seconds=f"{one.advertised_ms / 1000:g}",
        preempt=_preempt(one),
        tracked=tuple(
            f"{down.interface} weight -{down.reduced_by}" for down in sorted(one.tracked)
        ),
        addresses=tuple(f"{address_text(one.family, each)}/{own.length}" for each in one.addresses),
    )


def _preempt(one: VirtualRouter) -> str:
    if one.preempt_s is None:
        return "nopreempt"
    return f"preempt_delay {one.preempt_s}" if one.preempt_s else ""
