"""Huawei USG firewalls."""

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
    extension="usg",
    network_os="vrp",
    port="GigabitEthernet1/0/{}",
    loopback="LoopBack0",
    filters=True,
    routing=True,
    multicast=True,
    policy_routing=PolicyRouting.BY_NEXT_HOP,
    ipsec=Algorithms(
        ike=frozenset({"aes-256"}),
        esp=frozenset({"aes-256-gcm", "aes-256", "sm4"}),
        digests=frozenset({"sha-256", "sha-384", "sha-512"}),
        groups=frozenset({14, 15, 16, 19, 20, 21}),
    ),
    tunnels=TunnelAbilities(
        by_line="Tunnel1",
        by_lte="Tunnel2",
    ),
    circuit="Tunnel1{:02}",
    circuit_waits=False,
    sync=SyncKind.HRP,
    name_max=32,
    set_lines_max=4096,  # their numbers are 0–4095
    rules_max=15_000,
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha-256", "sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"tls", "udp"}),
        lacks=frozenset(
            {
                "password length",
                "password kinds",
                "password history",
                "password lifetime",
                "lockout",
                "flow records",
            }
        ),
    ),
)
