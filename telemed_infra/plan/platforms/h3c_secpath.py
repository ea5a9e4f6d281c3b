"""H3C SecPath firewalls."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts
from telemed_infra.redundancy import SyncKind

FACTS = PlatformFacts(
    extension="secpath",
    network_os="comware",
    port="GigabitEthernet1/0/{}",
    loopback="LoopBack0",
    filters=True,
    routing=True,
    tunnel="Tunnel1",
    sync=SyncKind.RBM,
    name_max=63,  # of an object group; a rule's is 127
    rules_max=15_000,
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"udp"}),
    ),
)
