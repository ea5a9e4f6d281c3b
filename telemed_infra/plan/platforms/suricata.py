"""Linux sensors with Suricata."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import PlatformFacts

FACTS = PlatformFacts(
    extension="suricata",
    network_os="linux",
    port="eth{}",
    loopback="lo",
)
