"""Ruijie RGOS access switches."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts

FACTS = PlatformFacts(
    extension="rgos",
    network_os="rgos",
    port="GigabitEthernet 0/{}",
    first_port=1,
    loopback="Loopback 0",
    vlan_interface="VLAN {}",
    administration=Abilities(
        ntp=frozenset({"md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-128"}),
        transports=frozenset({"udp"}),
        lacks=frozenset(
            {"password kinds", "MAC authentication alone", "admission without a server"}
        ),
    ),
)
