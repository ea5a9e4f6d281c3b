"""Addresses that are changed one to one, as the platforms' views need them."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.packets import Family, Range
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import Prefix, address_text


def network(one: Range) -> Prefix:
    """A range that is one prefix; the inventory's rules see to it."""
    return Prefix(Family.V4, one[0], 33 - (one[1] - one[0] + 1).bit_length())


def span(one: Range) -> str:
    """First and last address, as a command has them."""
    return " ".join(address_text(Family.V4, end) for end in one)


def is_boundary(config: FirewallConfig, interface: Interface) -> bool:
    """Whether outside addresses are spoken behind an interface."""
    return any(interface.name in one.boundary for one in config.translations)


def is_inside(config: FirewallConfig, interface: Interface) -> bool:
    """Whether hosts that bear addresses of their own stand behind an interface."""
    own = interface.v4
    return own is not None and any(
        one.inside[0] <= own.first <= one.inside[1] for one in config.translations
    )


def boundary_zones(config: FirewallConfig) -> Iterator[str]:
    """The zones in which outside addresses are spoken."""
    for binding in config.bindings:
        if any(is_boundary(config, one) for one in binding.interfaces):
            yield binding.zone
