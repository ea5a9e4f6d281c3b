"""What the inventory wishes of administration and a platform in use cannot do.

Each must be declared with a reason, so that an auditor finds it in one place; what is declared and
not the case is told too. Nothing is left out silently.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from telemed_infra.model.finding import did_you_mean, listed
from telemed_infra.model.network import Network
from telemed_infra.plan.platforms import ABILITIES, PLATFORMS, Abilities
from telemed_infra.problem import Problem


def administration_gaps(network: Network) -> Iterator[Problem]:
    """Each wish that a platform in use does not know, and each gap that is none."""
    used = sorted({device.platform for device in network.devices} & ABILITIES.keys())
    declared = {
        (platform, gap.lacks) for gap in network.administration.gaps for platform in gap.platforms
    }
    for platform in used:
        yield from _unknown(network, platform, ABILITIES[platform])
        for lack in sorted(ABILITIES[platform].lacks):
            if (platform, lack) not in declared:
                yield Problem.at(
                    network.administration.origin,
                    "administration.gaps",
                    f"{platform} lacks {lack}, and no gap says so",
                    f"bear it: `{{platforms: [{platform}], lacks: {lack}, reason: …}}`, "
                    "or choose another platform in the blueprints",
                )
    yield from _stale(network)


def _unknown(network: Network, platform: str, able: Abilities) -> Iterator[Problem]:
    wanted = network.administration
    yield from _none_known(platform, "ntp.algorithms", wanted.ntp, wanted.ntp.algorithms, able.ntp)
    snmp = wanted.snmp
    yield from _none_known(platform, "snmp.authentication", snmp, snmp.authentication, able.digests)
    yield from _none_known(platform, "snmp.privacy", snmp, snmp.privacy, able.ciphers)
    if "log" not in able.lacks:
        yield from _none_known(platform, "syslog", wanted, tuple(wanted.syslog), able.transports)


def _none_known(
    platform: str, field: str, item: object, wanted: Sequence[str], known: Collection[str]
) -> Iterator[Problem]:
    if not any(one in known for one in wanted):
        yield Problem.at(
            getattr(item, "origin", ""),
            f"administration.{field}",
            f"{platform} knows none of {listed(list(wanted), most=16)}",
            f"add one that it knows at the end: {listed(sorted(known), most=16)}",
        )


def _stale(network: Network) -> Iterator[Problem]:
    for gap in network.administration.gaps:
        for platform in gap.platforms:
            able = ABILITIES.get(platform)
            if able is None:
                yield Problem.at(
                    gap.origin,
                    "administration.gaps",
                    f"no platform {platform} is administered from here",
                    did_you_mean(platform, sorted(PLATFORMS))
                    or f"known: {listed(sorted(ABILITIES), most=16)}",
                )
            elif gap.lacks not in able.lacks:
                yield Problem.at(
                    gap.origin,
                    "administration.gaps",
                    f"{platform} does not lack {gap.lacks}",
                    "take the platform out of this gap",
                )
