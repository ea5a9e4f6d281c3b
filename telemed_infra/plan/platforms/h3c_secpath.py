"""H3C SecPath firewalls."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import (
    Abilities,
    Algorithms,
    PlatformFacts,
    PolicyRouting,
    TunnelAbilities,
)
from telemed_infra.redundancy import SyncKind

FACTS = PlatformFacts(
    extension="secpath",
    network_os="comware",
    port="GigabitEthernet1/0/{}",
    loopback="LoopBack0",
    filters=True,
    routing=True,
    multicast=True,
    policy_routing=PolicyRouting.BY_NEXT_HOP,
    ipsec=Algorithms(
        ike=frozenset({"aes-256"}),
        esp=frozenset({"aes-256-gcm", "aes-256"}),
        digests=frozenset({"sha-256", "sha-384", "sha-512"}),
        groups=frozenset({14, 15, 19, 20}),
    ),
    tunnels=TunnelAbilities(
        by_line="Tunnel1{:03}",  # of mode `ipsec`: each has one peer
        by_lte="Tunnel2",
        pins=False,  # whoever proves an identity says what is behind it
        waits=False,
    ),
    circuit="Tunnel1{:02}",
    circuit_waits=False,  # a policy that names the other end begins when a packet is to go
    sync=SyncKind.RBM,
    name_max=63,  # of an object group; a rule's is 127
    rules_max=15_000,
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"udp"}),
        lacks=frozenset({"tunnel selectors"}),
    ),
)
