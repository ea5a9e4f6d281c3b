"""Linux routers with FRR."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Algorithms, PlatformFacts

FACTS = PlatformFacts(
    extension="frr",
    network_os="linux",
    port="eth{}",
    loopback="lo",
    routing=True,
    ipsec=Algorithms(
        ike=frozenset({"aes-256-gcm", "aes-256"}),
        esp=frozenset({"aes-256-gcm", "aes-256"}),
        digests=frozenset({"sha-256", "sha-384", "sha-512"}),
        groups=frozenset({14, 15, 16, 19, 20, 21}),
    ),
    circuit="gre-eth{}",
    multicast=True,
)
