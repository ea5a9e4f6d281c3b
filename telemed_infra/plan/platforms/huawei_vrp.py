"""Huawei VRP switches and AR routers."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts

FACTS = PlatformFacts(
    extension="vrp",
    network_os="vrp",
    port="GigabitEthernet0/0/{}",
    loopback="LoopBack0",
    vlan_interface="Vlanif{}",
    routing=True,
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
