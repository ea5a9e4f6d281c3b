"""Lectures to many: what a text forwards and snoops, against what the plan says, and no more.

What of a text takes no effect (a switch left out, an old version of IGMP) its reader leaves out,
so it is told as missing here. What else a text says of multicast is unread. Knows nothing of how
the text was made.

Source: docs/concepts/multicast.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import Finding

KIND = "multicast"
PRIORITY = 1
"""Of a designated router that says none (RFC 7761, 4.11)."""


def prove_multicast(
    device: str, found: MulticastRouting, lines: Mapping[str, int], expected: MulticastRouting
) -> Iterator[Finding]:
    """A finding for each interface that does more or less, and for other groups.

    `lines`: interface → where the text first speaks of multicast there.
    """
    for name, says in _differences(found, expected):
        yield Finding(device=device, line=lines.get(name, 0), kind=KIND, says=says)


def prove_snooping(
    device: str, found: frozenset[int], lines: Mapping[int, int], expected: frozenset[int]
) -> Iterator[Finding]:
    """A finding for each VLAN that a switch snoops and should not, or the other way.

    `lines`: VLAN → where the text speaks of it. VLANs that are snooped without a line are told
    together: on some platforms all of them are.
    """
    for vlan in sorted(expected - found):
        says = (
            f"lectures go to every port of VLAN {vlan}: turn IGMP snooping on, for the switch and "
            "in that VLAN, up to version 3"
        )
        yield Finding(device=device, line=lines.get(vlan, 0), kind=KIND, says=says)
    more: dict[int, list[str]] = {}
    for vlan in sorted(found - expected):
        more.setdefault(lines.get(vlan, 0), []).append(str(vlan))
    for line, vlans in more.items():
        says = (
            f"IGMP snooping is on in VLAN {', '.join(vlans)}, without lectures: turn it off there"
        )
        yield Finding(device=device, line=line, kind=KIND, says=says)


def _differences(found: MulticastRouting, expected: MulticastRouting) -> Iterator[tuple[str, str]]:
    """What is wrong, with the interface where it is; "": of the whole device."""
    if found == NO_MULTICAST and expected != NO_MULTICAST:
        where = ", ".join(sorted(expected.speaks))
        yield "", f"it forwards no multicast: turn it on, and PIM sparse mode at {where}"
        return
    if found.groups != expected.groups and expected != NO_MULTICAST:
        yield "", _other_groups(found.groups, expected.groups)
    for name in sorted(found.speaks ^ expected.speaks):
        yield name, _speaking(name, wanted=name in expected.speaks)
    for name in sorted(found.listens ^ expected.listens):
        yield name, _listening(name, wanted=name in expected.listens)
    for name in sorted(found.speaks & expected.speaks):
        has, wants = (one.preferred.get(name, PRIORITY) for one in (found, expected))
        if has != wants:
            yield name, f"{name} would be designated router by {has} in place of {wants}: set that"


def _other_groups(found: Ranges, wanted: Ranges) -> str:
    return f"source-specific are {_ranges(found)} in place of {_ranges(wanted)}: name those groups"


def _speaking(name: str, *, wanted: bool) -> str:
    if wanted:
        return f"{name} does not speak PIM: turn sparse mode on there"
    return f"{name} speaks PIM, and the plan has no multicast there: take it off"


def _listening(name: str, *, wanted: bool) -> str:
    if wanted:
        return f"hosts at {name} cannot ask for a lecture: turn IGMP on there, in version 3"
    return f"hosts at {name} can ask for groups, and the plan has none there: take IGMP off"


def _ranges(groups: Ranges) -> str:
    texts = ("-".join(address_text(Family.V4, one) for one in group) for group in groups)
    return ", ".join(texts) or "none"
