"""What each platform calls things and what it can hold: data, one file a platform.

Sources: docs/reference/platforms.md; the vendors' command references.
"""

from __future__ import annotations

from telemed_infra.plan.platforms import (
    cisco_ios,
    cisco_ios_zbf,
    frr,
    h3c_comware,
    h3c_secpath,
    huawei_usg,
    huawei_vrp,
    nftables,
    ruijie_rgos,
    suricata,
)
from telemed_infra.plan.platforms.facts import (
    NO_LIMIT,
    Abilities,
    Algorithms,
    PlatformFacts,
    TunnelAbilities,
)

__all__ = [
    "ABILITIES",
    "NO_LIMIT",
    "PLATFORMS",
    "Abilities",
    "Algorithms",
    "PlatformFacts",
    "TunnelAbilities",
]

PLATFORMS: dict[str, PlatformFacts] = {
    "huawei_usg": huawei_usg.FACTS,
    "h3c_secpath": h3c_secpath.FACTS,
    "cisco_ios_zbf": cisco_ios_zbf.FACTS,
    "nftables": nftables.FACTS,
    "huawei_vrp": huawei_vrp.FACTS,
    "h3c_comware": h3c_comware.FACTS,
    "cisco_ios": cisco_ios.FACTS,
    "ruijie_rgos": ruijie_rgos.FACTS,
    "frr": frr.FACTS,
    "suricata": suricata.FACTS,
}
ABILITIES: dict[str, Abilities] = {
    name: facts.administration
    for name, facts in PLATFORMS.items()
    if facts.administration is not None
}
"""Of the platforms that are administered from here."""
