"""Guests who leave by a carrier's line, as the platforms' views need them."""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.text import mark
from telemed_infra.render.translations import network


class Guests(NamedTuple):
    """What a device does for the guests behind one interface."""

    mark: str
    name: str  # of what the device has for them: rules, lists, routes
    ingress: str
    egress: str
    zone_in: str
    zone_out: str
    sources: Prefix
    next_hop: str  # "": the host's own routes know it


def guests(config: FirewallConfig) -> tuple[Guests, ...]:
    """In the order of the plan; () where nobody leaves."""
    zones = {one.name: bound.zone for bound in config.bindings for one in bound.interfaces}
    return tuple(
        Guests(
            mark=mark(config.break_out_origins),
            name=f"OUT-{zones[one.ingress]}",
            ingress=one.ingress,
            egress=one.egress,
            zone_in=zones[one.ingress],
            zone_out=zones[one.egress],
            sources=(found := network(one.sources)),
            next_hop=address_text(found.family, one.next_hop) if one.next_hop is not None else "",
        )
        for one in config.break_outs
    )


def with_next_hop(config: FirewallConfig) -> tuple[Guests, ...]:
    """The same, of a platform whose text says where their packets go.

    Raises:
        ValueError: the plan does not say it.
    """
    found = guests(config)
    for one in found:
        if not one.next_hop:
            raise ValueError(f"{config.hostname}: no next hop for guests behind {one.ingress}")
    return found


def behind(found: tuple[Guests, ...], interface: Interface) -> Guests | None:
    """The guests behind an interface."""
    return next((one for one in found if one.ingress == interface.name), None)


def leaving_by(found: tuple[Guests, ...], interface: Interface) -> tuple[Guests, ...]:
    """The guests who leave by an interface."""
    return tuple(one for one in found if one.egress == interface.name)
