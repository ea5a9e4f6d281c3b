"""Huawei USG firewalls."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts
from telemed_infra.redundancy import SyncKind

FACTS = PlatformFacts(
    extension="usg",
    network_os="vrp",
    port="GigabitEthernet1/0/{}",
    loopback="LoopBack0",
    filters=True,
    routing=True,
    tunnel="Tunnel1",
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
