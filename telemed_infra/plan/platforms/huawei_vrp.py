"""Huawei VRP switches and AR routers."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, Algorithms, PlatformFacts

FACTS = PlatformFacts(
    extension="vrp",
    network_os="vrp",
    port="GigabitEthernet0/0/{}",
    loopback="LoopBack0",
    vlan_interface="Vlanif{}",
    routing=True,
    ipsec=Algorithms(
        ike=frozenset({"aes-256"}),
        esp=frozenset({"aes-256"}),
        digests=frozenset({"sha-256", "sha-384", "sha-512"}),
        groups=frozenset({14, 19, 20, 21}),
    ),
    circuit="Tunnel0/0/{}",
    circuit_waits=False,
    multicast=True,
    snooping=True,
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha-256", "sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"tls", "udp"}),
        lacks=frozenset({"password length", "password kinds"}),
    ),
)
