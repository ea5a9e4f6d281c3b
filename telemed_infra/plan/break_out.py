"""By which line the guests of a site reach the Internet, and whether they may at all.

A policy `to: {internet: true}` opens it. Its packets must not follow the routes, which lead into
the health network, and must leave under an address that the carrier knows.

Source: docs/concepts/policies.md, "Guests"; ADR-0032.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telemed_infra.break_out import BreakOut
from telemed_infra.model.matching import matches
from telemed_infra.model.network import Device, Network, Site
from telemed_infra.model.schema.policy_file import Policy
from telemed_infra.plan.devices import CARRIER_HOST, Interface, enforcing_interfaces, line_port
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.platforms.facts import PolicyRouting
from telemed_infra.plan.sites import SitePlan
from telemed_infra.plan.tunnels import enforcing


def break_outs(network: Network, plan: NetworkPlan, device: Device) -> tuple[BreakOut, ...]:
    """What a device does for its site's guests; () of every other device."""
    site = device.site
    zones = guest_zones(network, site)
    if device.role != site.blueprint.enforcing or not zones:
        return ()
    own = plan.sites[site.id]
    members = len(enforcing(network, site))
    interfaces = enforcing_interfaces(own, device, members, ())
    line = _named(interfaces, line_port(device))
    hop = _next_hop(device, own, line)
    return tuple(
        BreakOut(one.name, line.name, own.zones[one.zone].inside4.range, hop)
        for one in interfaces
        if one.zone in zones
    )


def guest_zones(network: Network, site: Site) -> tuple[str, ...]:
    """The zones of a site from which a policy leads to the Internet."""
    wanted = (one.source.zone for one in _policies(network, site))
    return tuple(dict.fromkeys(zone for zone in wanted if zone and zone in site.blueprint.zones))


def break_out_origins(network: Network, site: Site) -> tuple[str, ...]:
    """Where the inventory says that a site's guests may leave."""
    return tuple(one.origin for one in _policies(network, site))


def _policies(network: Network, site: Site) -> Iterator[Policy]:
    for one in network.policies:
        if one.to.internet and matches(site, one.source):
            yield one


def _next_hop(device: Device, plan: SitePlan, line: Interface) -> int | None:
    """The carrier's router. None where the platform's text only marks the packets."""
    if PLATFORMS[device.platform].policy_routing is PolicyRouting.BY_MARK:
        return None
    return line.peer4.first if line.peer4 else plan.line_host(CARRIER_HOST).first


def _named(interfaces: Iterable[Interface], name: str) -> Interface:
    return next(one for one in interfaces if one.name == name)
