"""What an enforcement point needs: a way up, a leg in every zone, a side for each site below.

Members that lead to one data centre each need a line between them too.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, listed
from telemed_infra.model.resolve import device_numbers
from telemed_infra.model.schema.blueprint_file import BlueprintFile, Link
from telemed_infra.model.schema.network_file import BlueprintKind

HEAD, PROVINCIAL = "county-center", "provincial-hospital"
LINES_LENGTH_MAX = 29  # of a head's network towards the carrier: five hosts


def check_enforcing(draft: Draft) -> Iterator[Finding]:
    """Every blueprint that has an enforcing role, and what stands below the county's head."""
    network = draft.network
    transit = {name for name, zone in network.zones.items() if zone.transit} if network else set()
    for file, blueprint in draft.blueprints.items():
        if blueprint.enforcing in blueprint.devices:
            for member in _members(blueprint):
                yield from _uplink(file, blueprint, member)
                yield from _legs(file, blueprint, member, transit)
        if blueprint.kind == PROVINCIAL:
            yield from _between(file, blueprint)
        if blueprint.kind == HEAD:
            yield from _sides(file, blueprint, draft)


def _members(blueprint: BlueprintFile) -> Iterator[str]:
    for role, _, number in device_numbers(blueprint, {}):
        if role == blueprint.enforcing:
            yield f"{role}{number:02d}"


def _uplink(file: str, blueprint: BlueprintFile, member: str) -> Iterator[Finding]:
    ups = (uplink for uplink in blueprint.uplinks if uplink.to != "carrier")
    if not any(uplink.port.startswith(f"{member}:") for uplink in ups):
        yield Finding(
            file,
            ("uplinks",),
            f"no uplink begins at `{member}`",
            "each member of a pair has a way up of its own",
        )


def _legs(file: str, blueprint: BlueprintFile, member: str, transit: set[str]) -> Iterator[Finding]:
    links = [link for link in blueprint.links if _ends_at(link, member)]
    reached = {
        zone for zone in blueprint.zones if any(_carries(link, zone, transit) for link in links)
    }
    missing = [zone for zone in blueprint.zones if zone not in reached]
    if missing:
        yield Finding(
            file,
            ("links",),
            f"no cable carries {listed(missing, most=16)} to `{member}`",
            "a zone meets its firewall on a trunk, or on a cable of its own",
        )


def _between(file: str, blueprint: BlueprintFile) -> Iterator[Finding]:
    """Source: docs/concepts/routing.md, "What is told"."""
    members = {uplink.port.partition(":")[0] for uplink in blueprint.uplinks if uplink.to == "core"}
    joined = any(
        link.link is not None
        and link.zone == "WAN"
        and {port.partition(":")[0] for port in (link.a, link.b)} == members
        for link in blueprint.links
    )
    if len(members) > 1 and not joined:
        yield Finding(
            file,
            ("links",),
            f"no routed line joins {listed(sorted(members))}",
            "each has a circuit to one data centre alone; add a cable in zone WAN, such as "
            "`{a: FW01:3, b: FW02:3, zone: WAN, link: 3}`",
        )


def _ends_at(link: Link, member: str) -> bool:
    return any(port.startswith(f"{member}:") for port in (link.a, link.b))


def _carries(link: Link, zone: str, transit: set[str]) -> bool:
    """A trunk that names no zone carries all but those that lead elsewhere."""
    if link.mirror or link.link is not None:
        return False
    if link.zone is not None:
        return link.zone == zone
    return zone in link.zones if link.zones is not None else zone not in transit


def _sides(file: str, head: BlueprintFile, draft: Draft) -> Iterator[Finding]:
    if _joined(draft, "township", "tunnel") and not head.tunnels_from_below:
        yield Finding(
            file,
            ("kind",),
            "the townships' tunnels end nowhere",
            "say `tunnels_from_below: true`",
        )
    if head.tunnels_from_below:
        yield from _carrier(file, head)
    if _joined(draft, "county-hospital", "head") and head.first_downlink_port is None:
        yield Finding(
            file,
            ("kind",),
            "the county hospitals' uplinks end nowhere",
            "say from which port on they do: `first_downlink_port: 3`",
        )


def _carrier(file: str, head: BlueprintFile) -> Iterator[Finding]:
    """What tunnels from below come by."""
    if head.lines is None:
        yield Finding(
            file,
            ("tunnels_from_below",),
            "the tunnels have no address to come to",
            "give the lines towards the carrier a place: `lines: {at: 1216, length: 29}`",
        )
    elif head.lines.length > LINES_LENGTH_MAX:
        yield Finding(
            file,
            ("lines", "length"),
            f"a /{head.lines.length} has no room for the carrier, the members and two addresses",
            f"give them a /{LINES_LENGTH_MAX}",
        )
    ups = {up.port.partition(":")[0] for up in head.uplinks if up.to == "carrier"}
    count = head.devices[head.enforcing].count if head.enforcing in head.devices else 0
    missing = {f"{head.enforcing}{number:02d}" for number in range(1, count + 1)} - ups
    if missing:
        yield Finding(
            file,
            ("uplinks",),
            f"no uplink leads {listed(sorted(missing))} to the carrier",
            "each member ends the tunnels when its turn comes: add one `to: carrier`",
        )


def _joined(draft: Draft, kind: BlueprintKind, way: str) -> bool:
    """Whether a kind of site is joined upwards in this way."""
    blueprint = draft.by_kind().get(kind)
    return blueprint is not None and any(uplink.to == way for uplink in blueprint.uplinks)
