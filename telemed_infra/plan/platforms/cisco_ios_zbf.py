"""Cisco IOS XE routers with the zone firewall."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts

FACTS = PlatformFacts(
    extension="ios",
    network_os="cisco.ios.ios",
    port="GigabitEthernet0/0/{}",
    loopback="Loopback0",
    filters=True,
    routing=True,
    ibgp=False,
    retry_s=35,
    tunnel="Tunnel1",
    name_max=64,  # of an object group
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"tls", "tcp", "udp"}),
        lacks=frozenset({"password kinds", "password history", "password lifetime"}),
    ),
)
