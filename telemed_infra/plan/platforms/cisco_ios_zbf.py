"""Cisco IOS XE routers with the zone firewall."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import (
    Abilities,
    Algorithms,
    PlatformFacts,
    PolicyRouting,
    TunnelAbilities,
)

FACTS = PlatformFacts(
    extension="ios",
    network_os="cisco.ios.ios",
    port="GigabitEthernet0/0/{}",
    loopback="Loopback0",
    filters=True,
    routing=True,
    policy_routing=PolicyRouting.BY_NEXT_HOP,
    multicast=True,
    ibgp=False,
    retry_s=35,
    ipsec=Algorithms(
        ike=frozenset({"aes-256-gcm", "aes-256"}),
        esp=frozenset({"aes-256-gcm", "aes-256"}),
        digests=frozenset({"sha-256", "sha-384", "sha-512"}),
        groups=frozenset({14, 15, 16, 19, 20, 21}),
    ),
    tunnels=TunnelAbilities(
        by_line="Virtual-Template1",
        by_lte="Virtual-Template2",
        pins=False,  # whoever proves an identity says what is behind it
        inner6=True,
        liveness_s_min=10,
    ),
    circuit="Tunnel1{:02}",
    name_max=64,  # of an object group
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"tls", "tcp", "udp"}),
        lacks=frozenset(
            {
                "password kinds",
                "password history",
                "password lifetime",
                "threat inspection",
                "tunnel selectors",
            }
        ),
    ),
)
