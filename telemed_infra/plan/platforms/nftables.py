"""Linux gateways and anti-DoS machines that filter by nftables."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import (
    Algorithms,
    PlatformFacts,
    PolicyRouting,
    TunnelAbilities,
)
from telemed_infra.redundancy import SyncKind

FACTS = PlatformFacts(
    extension="nft",
    network_os="linux",
    port="eth{}",
    loopback="lo",
    filters=True,
    routing=True,
    multicast=True,
    policy_routing=PolicyRouting.BY_MARK,
    ipsec=Algorithms(
        ike=frozenset({"aes-256-gcm", "aes-256"}),
        esp=frozenset({"aes-256-gcm", "aes-256"}),
        digests=frozenset({"sha-256", "sha-384", "sha-512"}),
        groups=frozenset({14, 15, 16, 19, 20, 21}),
    ),
    tunnels=TunnelAbilities(
        by_line="ipsec0",
        by_lte="ipsec1",
        inner6=True,
    ),
    circuit="gre-eth{}",
    lte="wwan0",
    sync=SyncKind.CONNTRACKD,
    name_max=64,
)
