"""Names of address sets and rules on devices.

A rule's name is its policy's id and a digest of what the rule is for, never of its addresses or of
its place: adding a policy or a site renames no other rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

from telemed_infra.intent.openings import AddressGroup, Opening
from telemed_infra.plan.platforms import PLATFORMS

# Characters, on the narrowest platform.
LONGEST = min(facts.name_max for facts in PLATFORMS.values())
DIGEST = 6  # of them, where a name ends in a digest


def digest(text: str) -> str:
    """A few characters that tell texts apart; not a secret, and the same everywhere."""
    return f"{crc32(text.encode()) & 0xFFFFFF:06x}"


def rule_name(opening: Opening) -> str:
    """`P0301-IMAGING-WAN-1a2b3c`."""
    return _rule_name(
        opening.policy, opening.zone_in, opening.zone_out, opening.sense, opening.apps
    )


@lru_cache(maxsize=1 << 14)
def _rule_name(policy: str, zone_in: str, zone_out: str, sense: str, apps: tuple[str, ...]) -> str:
    stem = f"{policy}-{zone_in}-{zone_out}"[: LONGEST - DIGEST - 1]
    return f"{stem}-{digest('|'.join((zone_in, zone_out, sense, *apps)))}"


def set_name(group: AddressGroup) -> str:
    """The group's label, shortened if the platforms ask for it."""
    label = group.label.upper()
    if len(label) <= LONGEST:
        return label
    return label[: LONGEST - DIGEST - 1] + "-" + digest(label)


class Names:
    """Hands out names that are unique on one device; the same thing gets the same name."""

    def __init__(self) -> None:
        self._holders: dict[str, object] = {}

    def take(self, name: str, holder: object, groups: Iterable[AddressGroup]) -> str:
        """`name`; if another thing holds it, `name` with a digest of the groups' members."""
        if self._holders.setdefault(name, holder) == holder:
            return name
        members = "|".join(member for group in groups for member in group.key)
        other = f"{name[: LONGEST - DIGEST - 1]}-{digest(members)}"
        if self._holders.setdefault(other, holder) != holder:
            raise ValueError(f"two different things would both be named {other}")
        return other
