"""H3C Comware 7 switches."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts

FACTS = PlatformFacts(
    extension="comware",
    network_os="comware",
    port="GigabitEthernet1/0/{}",
    first_port=1,
    loopback="LoopBack0",
    vlan_interface="Vlan-interface{}",
    snooping=True,
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"udp"}),
    ),
)
