"""Which view and which templates write a platform: data, one row each.

A text is made of sections in the platform's own order. What the members of a firewall pair share is
rendered once for both. The routing of a platform that keeps it in its one text is made of sections,
too: one, or several where the platform prints it in several places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import jinja2

from telemed_infra.compile.config import FirewallConfig, Origins, Policy, SwitchConfig
from telemed_infra.compile.routing import RoutingConfig
from telemed_infra.management_plane import ManagementPlane
from telemed_infra.packets import Family
from telemed_infra.plan.devices import LOCAL_ZONE
from telemed_infra.plan.prefix import address_text
from telemed_infra.render import (
    cisco_administration,
    cisco_routing,
    cisco_switch,
    cisco_zbf,
    h3c_administration,
    h3c_comware,
    h3c_routing,
    h3c_secpath,
    huawei_administration,
    huawei_routing,
    huawei_usg,
    huawei_vrp,
    ruijie_administration,
    ruijie_rgos,
)
from telemed_infra.render.text import Rendered, finish, mark, section

DEVICE, POLICY = "device", "policy"  # what a section is about: a member's own, or the pair's
ROUTING = "routing"  # a member's own, and made apart: most devices have none
MANAGEMENT = "management"  # how a device is administered: alike on many
ADDRESS = "\x04"  # stands in such a text for the address that the device speaks from


@dataclass(frozen=True, slots=True)
class PairWriter:
    """Writes the members of a firewall pair."""

    device_view: Callable[[FirewallConfig], object]
    policy_view: Callable[[Policy], object]
    sections: tuple[tuple[str, str], ...]  # template, and what it is about


@dataclass(frozen=True, slots=True)
class SwitchWriter:
    """Writes a switch."""

    view: Callable[[SwitchConfig], object]
    template: str
    end: str = ""  # of a router's text: its routing stands before it


@dataclass(frozen=True, slots=True)
class RoutingWriter:
    """Writes the routing inside of a device's one text."""

    view: Callable[[RoutingConfig], object]
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManagementWriter:
    """Writes how a device is administered; `address` is the one that it speaks from."""

    view: Callable[[ManagementPlane, str], object]
    templates: Mapping[str, str]  # the name by which other templates know a part → its template


PAIRS: Mapping[str, PairWriter] = {
    "huawei_usg": PairWriter(
        huawei_usg.device_view,
        huawei_usg.policy_view,
        (
            ("huawei_usg/device.j2", DEVICE),
            ("huawei_vrp/routing.j2", ROUTING),
            ("watching", MANAGEMENT),
            ("huawei_usg/policy.j2", POLICY),
            ("huawei_usg/break_out.j2", DEVICE),
        ),
    ),
    "h3c_secpath": PairWriter(
        h3c_secpath.device_view,
        h3c_secpath.policy_view,
        (
            ("h3c_secpath/head.j2", DEVICE),
            ("h3c_secpath/objects.j2", POLICY),
            ("h3c_secpath/break_out.j2", DEVICE),
            ("h3c_secpath/device.j2", DEVICE),
            ("h3c_secpath/routing.j2", ROUTING),
            ("h3c_secpath/tunnel_routes.j2", DEVICE),
            ("watching", MANAGEMENT),
            ("h3c_secpath/tunnels.j2", DEVICE),
            ("h3c_secpath/policy.j2", POLICY),
        ),
    ),
    "cisco_ios_zbf": PairWriter(
        cisco_zbf.device_view,
        cisco_zbf.policy_view,
        (
            ("cisco_ios_zbf/head.j2", DEVICE),
            ("cisco_ios_zbf/fhrp.j2", DEVICE),
            ("cisco_ios_zbf/groups.j2", POLICY),
            ("cisco_ios_zbf/negotiation.j2", DEVICE),
            ("cisco_ios_zbf/track.j2", DEVICE),
            ("cisco_ios_zbf/ways.j2", POLICY),
            ("cisco_ios_zbf/protection.j2", DEVICE),
            ("cisco_ios_zbf/interfaces.j2", DEVICE),
            ("cisco_ios_zbf/bgp.j2", ROUTING),
            ("http", MANAGEMENT),
            ("cisco_ios_zbf/translation.j2", DEVICE),
            ("cisco_ios_zbf/routes.j2", ROUTING),
            ("ssh", MANAGEMENT),
            ("cisco_ios_zbf/break_out_lists.j2", DEVICE),
            ("cisco_ios_zbf/groups_heard.j2", ROUTING),
            ("cisco_ios_zbf/lists.j2", POLICY),
            ("cisco_ios_zbf/prefix_lists.j2", ROUTING),
            ("cisco_ios_zbf/break_out_ways.j2", DEVICE),
            ("watching", MANAGEMENT),
            ("lines", MANAGEMENT),
            ("cisco_ios_zbf/tail.j2", DEVICE),
        ),
    ),
}
SWITCHES: Mapping[str, SwitchWriter] = {
    "huawei_vrp": SwitchWriter(huawei_vrp.switch_view, "huawei_vrp/switch.j2", "#\nreturn\n"),
    "h3c_comware": SwitchWriter(h3c_comware.switch_view, "h3c_comware/switch.j2"),
    "cisco_ios": SwitchWriter(cisco_switch.switch_view, "cisco_ios/switch.j2"),
    "ruijie_rgos": SwitchWriter(ruijie_rgos.switch_view, "ruijie_rgos/switch.j2"),
}
HUAWEI_ROUTING = RoutingWriter(huawei_routing.routing_view, ("huawei_vrp/routing.j2",))
ROUTED: Mapping[str, RoutingWriter] = {  # whose routing stands in their one text
    "huawei_usg": HUAWEI_ROUTING,
    "huawei_vrp": HUAWEI_ROUTING,
    "h3c_secpath": RoutingWriter(h3c_routing.routing_view, ("h3c_secpath/routing.j2",)),
    "cisco_ios_zbf": RoutingWriter(
        cisco_routing.routing_view,
        (
            "cisco_ios_zbf/bgp.j2",
            "cisco_ios_zbf/routes.j2",
            "cisco_ios_zbf/groups_heard.j2",
            "cisco_ios_zbf/prefix_lists.j2",
        ),
    ),
}
MANAGED: Mapping[str, ManagementWriter] = {
    "huawei_usg": ManagementWriter(
        huawei_administration.usg_view,
        {
            "administration": "huawei_usg/administration.j2",
            "watching": "huawei_vrp/watching.j2",
        },
    ),
    "huawei_vrp": ManagementWriter(
        huawei_administration.vrp_view,
        {
            "administration": "huawei_vrp/administration.j2",
            "watching": "huawei_vrp/watching.j2",
        },
    ),
    "h3c_secpath": ManagementWriter(
        h3c_administration.secpath_view,
        {
            "administration": "h3c_comware/administration.j2",
            "watching": "h3c_comware/watching.j2",
        },
    ),
    "h3c_comware": ManagementWriter(
        h3c_administration.comware_view,
        {
            "administration": "h3c_comware/administration.j2",
            "watching": "h3c_comware/watching.j2",
        },
    ),
    "cisco_ios_zbf": ManagementWriter(
        cisco_administration.router_view,
        {
            "clock": "cisco_ios/clock.j2",
            "aaa": "cisco_ios/aaa.j2",
            "http": "cisco_ios/http.j2",
            "ssh": "cisco_ios/ssh.j2",
            "watching": "cisco_ios/watching.j2",
            "lines": "cisco_ios/lines.j2",
        },
    ),
    "cisco_ios": ManagementWriter(
        cisco_administration.switch_view,
        {
            "clock": "cisco_ios/clock.j2",
            "aaa": "cisco_ios/aaa.j2",
            "http": "cisco_ios/http.j2",
            "ssh": "cisco_ios/ssh.j2",
            "watching": "cisco_ios/watching.j2",
            "lines": "cisco_ios/lines.j2",
        },
    ),
    "ruijie_rgos": ManagementWriter(
        ruijie_administration.rgos_view,
        {
            "login": "ruijie_rgos/login.j2",
            "services": "ruijie_rgos/services.j2",
            "watching": "ruijie_rgos/watching.j2",
        },
    ),
}

SharedText = Mapping[str, str]
"""Template → text of the sections that the members of a pair share."""

RoutingText = Mapping[str, str]
"""Template → text of the sections about routing, in their order."""

UNROUTED: RoutingText = MappingProxyType({})  # of a device that has no routing


def shared_text(env: jinja2.Environment, platform: str, policy: Policy) -> SharedText:
    """The sections about the policy, marks still inside."""
    writer = PAIRS[platform]
    view = writer.policy_view(policy)
    return {
        template: section(env, template, {POLICY: view})
        for template, about in writer.sections
        if about == POLICY
    }


def routing_text(env: jinja2.Environment, config: RoutingConfig) -> RoutingText:
    """The routing of a router or firewall of `ROUTED`, marks still inside."""
    writer = ROUTED[config.platform]
    view = writer.view(config)
    return {template: section(env, template, {ROUTING: view}) for template in writer.templates}


def management_text(
    env: jinja2.Environment,
    platform: str,
    plane: ManagementPlane | None,
    origins: Origins,
    address: str,
) -> Mapping[str, str]:
    """Each part of how a device is administered, marks still inside; nothing without a plane."""
    if plane is None:
        return dict.fromkeys(MANAGED[platform].templates, "")
    known = _management_text(env, platform, plane, origins)
    return {name: text.replace(ADDRESS, address) for name, text in known.items()}


@lru_cache(maxsize=256)
def _management_text(
    env: jinja2.Environment, platform: str, plane: ManagementPlane, origins: Origins
) -> Mapping[str, str]:
    """The same for all devices that differ in nothing but their address, which stands out."""
    writer = MANAGED[platform]
    values = {"plane": writer.view(plane, ADDRESS), "mark": mark(origins)}
    return {name: section(env, template, values) for name, template in writer.templates.items()}


def member_text(
    env: jinja2.Environment,
    config: FirewallConfig,
    shared: SharedText,
    routing: RoutingText = UNROUTED,
) -> Rendered:
    """One member's text; `shared` is what `shared_text` made of the pair's policy."""
    writer = PAIRS[config.platform]
    view = writer.device_view(config)
    administered = management_text(
        env, config.platform, config.plane, config.plane_origins, own_address(config)
    )
    made = {
        template: section(env, template, {DEVICE: view, MANAGEMENT: administered})
        for template, about in writer.sections
        if about == DEVICE
    }
    known = {**shared, **made, **administered, **routing}
    return finish(
        *(
            "" if about == ROUTING and not routing else known[template]
            for template, about in writer.sections
        )
    )


def switch_text(
    env: jinja2.Environment, config: SwitchConfig, routing: RoutingText = UNROUTED
) -> Rendered:
    """A switch's text, or a router's with its routing."""
    writer = SWITCHES[config.platform]
    own_text = address_text(Family.V4, config.management.first)
    administered = management_text(
        env, config.platform, config.plane, config.plane_origins, own_text
    )
    values = {"switch": writer.view(config), MANAGEMENT: administered}
    own = section(env, writer.template, values)
    if not config.routes_between_sites:
        return finish(own)
    return finish(own, *routing.values(), writer.end)


def own_address(config: FirewallConfig) -> str:
    """The address of a firewall's loopback, from which it speaks; "" without one."""
    own = (one.v4 for one in config.interfaces if one.zone == LOCAL_ZONE and one.v4)
    return next((address_text(Family.V4, one.first) for one in own), "")
