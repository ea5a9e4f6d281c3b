"""Routing as Huawei VRP5 writes it: routers (AR, S series) and firewalls (USG) alike.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.compile.routing import BFD_INTERVAL_MS, BFD_MULTIPLIER, RoutingConfig
from telemed_infra.packets import Family
from telemed_infra.render import routing_lines
from telemed_infra.render.routing_lines import RoutingView, Words, masked

LIST = {Family.V4: "ip-prefix", Family.V6: "ipv6-prefix"}
BFD_TIMES = f"min-tx-interval {BFD_INTERVAL_MS} min-rx-interval {BFD_INTERVAL_MS}"

WORDS = Words(
    same_line="valid-ttl-hops 1",
    farther="ebgp-max-hop",
    password="password cipher",
    bfd=("bfd enable", f"bfd {BFD_TIMES} detect-multiplier {BFD_MULTIPLIER}"),
    lists=LIST,
    list_heads={family: f"ip {word}" for family, word in LIST.items()},
    default_while="default-route-advertise conditional-route-match-any",
    opens_again="",
    destination=masked,
)


def routing_view(config: RoutingConfig) -> RoutingView:
    """Static routes, BGP and its lists."""
    return routing_lines.routing_view(config, WORDS)
