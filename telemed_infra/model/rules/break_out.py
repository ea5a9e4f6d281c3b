"""Who may name the Internet: guests, at sites that have a carrier's line; and what is public.

Source: docs/concepts/policies.md, "Guests".
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, collapse_addresses

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, listed
from telemed_infra.model.rules.addresses import network, prefecture_blocks
from telemed_infra.model.rules.selectors import Reach
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.policy_file import Selector

LINES_LENGTH_MAX = 29  # of a network towards the carrier: its router, and the members


def check_lines(draft: Draft) -> Iterator[Finding]:
    """A blueprint with uplinks to a carrier has addresses for them, and one for each member."""
    for file, blueprint in draft.blueprints.items():
        ups = {up.port.partition(":")[0] for up in blueprint.uplinks if up.to == "carrier"}
        if not ups or blueprint.tunnels_from_below:  # a head needs more: see `enforcing`
            continue
        if blueprint.lines is None:
            yield Finding(
                file,
                ("uplinks",),
                "the lines to the carrier have no addresses",
                f"give them a place: `lines: {{at: …, length: {LINES_LENGTH_MAX}}}`",
            )
        elif blueprint.lines.length > LINES_LENGTH_MAX:
            yield Finding(
                file,
                ("lines", "length"),
                f"a /{blueprint.lines.length} has no room for the carrier and the members",
                f"give them a /{LINES_LENGTH_MAX}",
            )
        missing = _members(blueprint) - ups
        if missing:
            yield Finding(
                file,
                ("uplinks",),
                f"no uplink leads {listed(sorted(missing))} to the carrier",
                "each member has the guests when its turn comes: add one `to: carrier`",
            )


def check_internet(
    file: str, path: Path, source: Selector, to: Selector, reach: Reach
) -> Iterator[Finding]:
    """One policy or expectation that names the Internet."""
    if source.internet:
        yield Finding(
            file, (*path, "from", "internet"), "belongs to `to`", "nobody out there begins anything"
        )
    if not to.internet:
        return
    zone, guests = source.zone or "", _guests(reach)
    if zone in guests:
        yield from _at_sites(file, path, zone, source, reach)
    elif not zone or zone in reach.selectable:  # one that is nowhere is told by its name
        yield Finding(
            file,
            (*path, "to", "internet"),
            "only guests reach the Internet",
            f"say `from: {{kind: …, zone: …}}` with a zone of guests: {listed(guests)}",
        )


def _at_sites(
    file: str, path: Path, zone: str, source: Selector, reach: Reach
) -> Iterator[Finding]:
    """Each kind of site has a line by which its guests can leave."""
    for kind in sorted(reach.kinds_of(reach.sites(source))):
        blueprint = reach.kinds.get(kind)
        place = blueprint.zones.get(zone) if blueprint else None
        if place and not place.guest:
            yield Finding(
                file,
                (*path, "from", "zone"),
                f"at a {kind}, `{zone}` is no network of guests",
                f"say `{zone}: {{vlan: {place.vlan}, guest: true}}` in its blueprint",
            )
        elif blueprint and place and not _has_line(blueprint):
            yield Finding(
                file,
                (*path, "to", "internet"),
                f"a {kind} has no line by which its guests could leave",
                "give its blueprint `lines`, and each member an uplink `to: carrier`",
            )


def check_own_addresses(draft: Draft) -> Iterator[Finding]:
    """What the plan calls its own must not be public, or guests would be let out to it."""
    if draft.network is None:
        return
    plan, file = draft.network.addresses, draft.file("network.yml")
    others = _others(plan.not_public)
    for index, text in enumerate(plan.not_public):
        found = network(text)
        if found is not None and not isinstance(found, IPv4Network):
            yield Finding(
                file, ("addresses", "not_public", index), "is not IPv4", "guests have no other"
            )
    own = [
        (file, ("addresses", key), str(getattr(plan, key)))
        for key in ("v4", "core", "guest", "lte_pool")
    ]
    for place, path, text in (*own, *prefecture_blocks(draft)):
        block = network(text)
        if isinstance(block, IPv4Network) and not any(block.subnet_of(one) for one in others):
            yield Finding(
                place,
                path,
                f"`{block}` is public: `not_public` of network.yml does not hold it",
                f"add `{block}` there",
            )


def _others(texts: tuple[str, ...]) -> list[IPv4Network]:
    found = (network(text) for text in texts)
    return list(collapse_addresses(one for one in found if isinstance(one, IPv4Network)))


def _members(blueprint: BlueprintFile) -> set[str]:
    role = blueprint.enforcing or ""
    entry = blueprint.devices.get(role)
    return {f"{role}{entry.first + k:02d}" for k in range(entry.count)} if entry else set()


def _has_line(blueprint: BlueprintFile) -> bool:
    return any(
        uplink.to in ("tunnel", "carrier") and uplink.medium != "lte"
        for uplink in blueprint.uplinks
    )


def _guests(reach: Reach) -> list[str]:
    return [name for name, selectable in reach.selectable.items() if not selectable]
