"""Linux routers with FRR."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import PlatformFacts

FACTS = PlatformFacts(
    extension="frr",
    network_os="linux",
    port="eth{}",
    loopback="lo",
    routing=True,
    multicast=True,
)
