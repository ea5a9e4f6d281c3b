"""Cables and ports: each leads into a zone that has a place, and a host can be managed over one."""

from __future__ import annotations

from collections.abc import Iterator, Set

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, did_you_mean, listed
from telemed_infra.model.resolve import AGGREGATION, device_numbers
from telemed_infra.model.rules.blueprints import HOUSE, MANAGEMENT
from telemed_infra.model.schema.blueprint_file import BlueprintFile

# Platforms that filter.
FIREWALLS = frozenset({"huawei_usg", "h3c_secpath", "cisco_ios_zbf", "nftables"})


def check_cables(draft: Draft) -> Iterator[Finding]:
    """Everything of the module; the aggregation has its zones from the hospital that houses it."""
    hospital = draft.by_kind().get(HOUSE)
    for file, blueprint in draft.blueprints.items():
        house = hospital if blueprint.kind == AGGREGATION else None
        if blueprint.kind == AGGREGATION and house is None:
            continue  # its file is broken or missing, and one line says so
        yield from _zones(file, blueprint, house or blueprint, draft)
        yield from _hosts(file, blueprint, house)


def _zones(
    file: str, blueprint: BlueprintFile, home: BlueprintFile, draft: Draft
) -> Iterator[Finding]:
    # What network.yml does not know has a finding already.
    known: Set[str] = draft.network.zones.keys() if draft.network else home.zones.keys()
    for path, zone, numbered in _named(blueprint):
        if zone not in home.zones and zone in known:
            near = did_you_mean(zone, home.zones) or f"there are: {listed(home.zones, most=16)}"
            yield Finding(
                file,
                path,
                f"`{zone}` has no place at this kind of site",
                f"give the link a number, `link: …`, if it is routed; {near}" if numbered else near,
            )


def _named(blueprint: BlueprintFile) -> Iterator[tuple[Path, str, bool]]:
    """Zones whose VLAN or addresses a port takes, and whether a link's number would do instead."""
    for index, link in enumerate(blueprint.links):
        if link.zone is not None and link.link is None:
            yield ("links", index, "zone"), link.zone, True
        for number, zone in enumerate(link.zones or ()):
            yield ("links", index, "zones", number), zone, False
    for index, access in enumerate(blueprint.access):
        if access.zone is not None:
            yield ("access", index, "zone"), access.zone, False


def _hosts(file: str, blueprint: BlueprintFile, house: BlueprintFile | None) -> Iterator[Finding]:
    """Who filters for itself alone, or routes, has one cable of the management zone at least."""
    home = house or blueprint
    if home.enforcing and home.enforcing not in home.devices:
        return  # misspelt, which has a finding: who filters for the site is not known
    last: dict[str, int] = {}
    if house:
        list(device_numbers(house, last))
    managed = {
        port.partition(":")[0]
        for link in blueprint.links
        if link.zone == MANAGEMENT
        for port in (link.a, link.b)
    }
    for role, _, number in device_numbers(blueprint, last):
        name = f"{role}{number:02d}"
        filters = not FIREWALLS.isdisjoint(blueprint.devices[role].platforms)
        alone = (role != home.enforcing and filters) or role == blueprint.router
        if alone and name not in managed:
            yield Finding(
                file,
                ("devices", role),
                f"no link of zone `{MANAGEMENT}` ends at `{name}`",
                f"it is managed over that cable alone: `{{a: …, b: {name}:…, zone: {MANAGEMENT}}}`",
            )
