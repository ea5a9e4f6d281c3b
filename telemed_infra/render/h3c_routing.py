"""Routing as H3C's Comware 7 writes it on firewalls (SecPath). No router of ours has this platform.

What routers need besides is not here: Comware tells a default route without asking for a condition,
and the times of BFD over several lines are the whole device's. Over one line they are the
interface's (`BFD_LINES`).

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from telemed_infra.compile.routing import BFD_INTERVAL_MS, BFD_MULTIPLIER, RoutingConfig
from telemed_infra.packets import Family
from telemed_infra.render import routing_lines
from telemed_infra.render.routing_lines import RoutingView, Words, with_length

BFD_LINES = (
    f"bfd min-transmit-interval {BFD_INTERVAL_MS}",
    f"bfd min-receive-interval {BFD_INTERVAL_MS}",
    f"bfd detect-multiplier {BFD_MULTIPLIER}",
)  # of an interface over which a session runs: the platform's own times are longer

REOPENS_S = 60  # after too many prefixes; left alone, a session stays closed until it is reset

WORDS = Words(
    same_line="ttl-security hops 1",
    farther="",
    password="password simple",  # after `cipher` it takes its own ciphertext alone
    bfd=("bfd single-hop",),
    lists={Family.V4: "prefix-list", Family.V6: "prefix-list"},
    list_heads={Family.V4: "ip prefix-list", Family.V6: "ipv6 prefix-list"},
    default_while="",
    opens_again=f" reconnect {REOPENS_S}",
    destination=with_length,
)


def routing_view(config: RoutingConfig) -> RoutingView:
    """Static routes, BGP and its lists.

    Raises:
        ValueError: a session needs what only a router has.
    """
    return routing_lines.routing_view(config, WORDS)
