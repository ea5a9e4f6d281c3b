"""Linux gateways and anti-DoS machines that filter by nftables."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import PlatformFacts
from telemed_infra.redundancy import SyncKind

FACTS = PlatformFacts(
    extension="nft",
    network_os="linux",
    port="eth{}",
    loopback="lo",
    filters=True,
    routing=True,
    tunnel="ipsec0",
    lte="wwan0",
    sync=SyncKind.CONNTRACKD,
    name_max=64,
)
