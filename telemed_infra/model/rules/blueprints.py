"""A blueprint's places, VLANs, hosts and ports: inside the block, and each used once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, did_you_mean, listed
from telemed_infra.model.resolve import AGGREGATION, device_numbers
from telemed_infra.model.rules.numbers import Item, clashes
from telemed_infra.model.schema.blueprint_file import (
    BlueprintFile,
    Placement,
    Uplink,
    ZonePlacement,
)
from telemed_infra.model.schema.network_file import BlueprintKind, Kind

HOUSE: Kind = "city-hospital"
MANAGEMENT = "MGMT"
ABOVE: Mapping[str, BlueprintKind] = {
    "core": "data-center",
    "aggregation": AGGREGATION,
    "head": "county-center",
}
Devices = dict[str, str]  # FW01 → FW


def check_blueprints(draft: Draft) -> Iterator[Finding]:
    """Everything of the module; the aggregation together with the hospital that houses it."""
    kinds = draft.by_kind()
    for file, blueprint in draft.blueprints.items():
        if file != draft.file(f"blueprints/{blueprint.kind}.yml"):
            yield Finding(
                file,
                ("kind",),
                f"the file should be named `{blueprint.kind}.yml`",
                "a file is named for the kind of which it tells",
            )
        house = kinds.get(HOUSE) if blueprint.kind == AGGREGATION else None
        yield from _places(file, blueprint)
        yield from _vlans(file, blueprint)
        yield from _hosts(file, blueprint, house)
        yield from _ports(file, blueprint, house, draft)
        yield from _links(file, blueprint, house)
        yield from _trunks(file, blueprint, house, draft)
        yield from _peers(file, blueprint, kinds)
        yield from _circuits(file, blueprint)
    yield from _kinds(draft)


def _kinds(draft: Draft) -> Iterator[Finding]:
    """Each kind of site that exists has a blueprint."""
    folder = draft.file("blueprints")
    if any(file.startswith(folder) for file in draft.broken):
        return
    needed: set[str] = {site.kind for site in draft.placed()}
    needed |= {"data-center"} if draft.centers() else set()
    if any(document.prefecture.aggregation_in for document in draft.sites.values()):
        needed.add(AGGREGATION)
    for kind in sorted(needed - set(draft.by_kind())):
        yield Finding(
            f"{folder}/{kind}.yml",
            (),
            "is missing",
            "there are sites of this kind: it says what they have",
        )


def _places(file: str, blueprint: BlueprintFile) -> Iterator[Finding]:
    """Zones, loopbacks and links: aligned, inside the block, none over another."""
    found: list[tuple[int, int, Path]] = []
    for zone, place in blueprint.zones.items():
        path: Path = ("zones", zone)
        if place.guest and (place.at is not None or place.length is not None):
            yield Finding(
                file,
                path,
                "the guest zone has no place in the block",
                "leave out `at` and `length`: it takes the plan's guest prefix",
            )
        elif place.at is not None and place.length is not None:
            found.append((place.at, place.length, path))
        elif not place.guest:
            yield Finding(
                file, path, "has no place in the block", "give `at` and `length`, or `guest: true`"
            )
    for name in ("loopbacks", "links_block", "lines"):
        part = getattr(blueprint, name)
        if part:
            found.append((part.at, part.length, (name,)))
    for at, length, path in found:
        yield from _place(file, path, at, length, blueprint.block)
    yield from _overlaps(file, sorted(found))


def _overlaps(file: str, places: list[tuple[int, int, Path]]) -> Iterator[Finding]:
    end, last = 0, ""
    for at, length, path in places:
        if at < end:
            hint = f"the next free place for a /{length} after it: {_aligned(end, length)}"
            yield Finding(file, path, f"overlaps `{last}`, which ends at {end - 1}", hint)
        if at + _size(length) > end:
            end, last = at + _size(length), ".".join(map(str, path))


def _place(file: str, path: Path, at: int, length: int, block: int) -> Iterator[Finding]:
    if length < block or at + _size(length) > _size(block):
        yield Finding(
            file,
            path,
            f"leaves the block: /{block} has {_size(block)} addresses, and "
            f"this ends at {at + _size(length) - 1}",
            "choose a smaller `at` or a longer `length`",
        )
    elif at % _size(length):
        yield Finding(
            file,
            path,
            f"a /{length} cannot begin at {at}",
            f"the next multiple of {_size(length)} is {_aligned(at, length)}",
        )


def _size(length: int) -> int:
    return 1 << (32 - length)


def _aligned(at: int, length: int) -> int:
    return -(-at // _size(length)) * _size(length)


def _vlans(file: str, blueprint: BlueprintFile) -> Iterator[Finding]:
    vlans: list[Item] = [
        (file, ("zones", zone, "vlan"), place.vlan) for zone, place in blueprint.zones.items()
    ]
    yield from clashes("VLAN", [*vlans, (file, ("parking_vlan",), blueprint.parking_vlan)])


def _hosts(file: str, blueprint: BlueprintFile, house: BlueprintFile | None) -> Iterator[Finding]:
    """Management addresses: inside MGMT (the enforcing role: the loopbacks), each used once."""
    if blueprint.enforcing and blueprint.enforcing not in blueprint.devices:
        yield Finding(
            file,
            ("enforcing",),
            f"no device role `{blueprint.enforcing}` here",
            did_you_mean(blueprint.enforcing, blueprint.devices),
        )
    home = house or blueprint
    taken = _gateways(home)
    if house:
        taken |= {
            number: f"the hospital's `{role}`"
            for role, numbers in _management(house)
            for number in numbers
        }
    for role, numbers in _management(blueprint):
        path: Path = ("devices", role, "host")
        yield from _host_place(file, path, numbers, home.zones.get(MANAGEMENT), MANAGEMENT)
        twice = [number for number in numbers if number in taken]
        if twice:
            yield Finding(
                file,
                path,
                f"host {twice[0]} is that of {taken[twice[0]]}",
                "choose numbers that nobody has in this zone",
            )
        taken |= dict.fromkeys(numbers, f"`devices.{role}`")
    enforcing = blueprint.devices.get(blueprint.enforcing or "")
    if enforcing:
        numbers = range(enforcing.host, enforcing.host + enforcing.count)
        path = ("devices", str(blueprint.enforcing), "host")
        yield from _host_place(file, path, numbers, blueprint.loopbacks, "loopbacks")


def _gateways(home: BlueprintFile) -> dict[int, str]:
    """1 is each zone's gateway; the members of a pair follow. Source: `telemed_infra.plan`."""
    enforcing = home.devices.get(home.enforcing or "")
    members = enforcing.count if enforcing and enforcing.count > 1 else 0
    return dict.fromkeys(range(1, members + 2), "the zone's gateway")


def taken_hosts(blueprint: BlueprintFile, zone: str) -> dict[int, str]:
    """Host numbers of a zone that its gateway and devices have already, and whose each is."""
    devices = _management(blueprint) if zone == MANAGEMENT else ()
    return _gateways(blueprint) | {
        number: f"`devices.{role}`" for role, numbers in devices for number in numbers
    }


def _management(blueprint: BlueprintFile) -> Iterator[tuple[str, range]]:
    for role, device in blueprint.devices.items():
        if role != blueprint.enforcing:
            yield role, range(device.host, device.host + device.count)


def _host_place(
    file: str, path: Path, numbers: range, place: Placement | ZonePlacement | None, name: str
) -> Iterator[Finding]:
    if place is None or place.length is None:
        yield Finding(
            file,
            path,
            f"`{name}` has no place, and its management address lies there",
            f"give the blueprint a place for `{name}`",
        )
    elif numbers[-1] > _size(place.length) - 2:
        yield Finding(
            file,
            path,
            f"host {numbers[-1]} is outside {name}, a /{place.length}: "
            f"1 to {_size(place.length) - 2}",
            "choose smaller numbers, or make the place larger",
        )


def _devices(blueprint: BlueprintFile, house: BlueprintFile | None) -> Devices:
    last: dict[str, int] = {}
    return {
        f"{role}{number:02d}": role
        for owner in (house, blueprint)
        if owner
        for role, _, number in device_numbers(owner, last)
    }


def _ports(
    file: str, blueprint: BlueprintFile, house: BlueprintFile | None, draft: Draft
) -> Iterator[Finding]:
    """Each port belongs to a device that is there, and serves once."""
    devices = _devices(blueprint, house)
    used: list[Item] = []
    if house:
        used += [
            (draft.file(f"blueprints/{HOUSE}.yml"), path, port) for path, port in used_ports(house)
        ]
    own = list(used_ports(blueprint))
    yield from clashes("port", [*used, *((file, path, port) for path, port in own)])
    for path, port in own:
        device = port.partition(":")[0]
        if device not in devices:
            yield Finding(
                file,
                path,
                f"no device `{device}` here",
                did_you_mean(device, devices) or f"there are: {listed(devices)}",
            )
    for index, link in enumerate(blueprint.links):
        if link.zone and link.zones:
            yield Finding(
                file,
                ("links", index, "zones"),
                "a link has `zone` or `zones`, not both",
                "`zones` are those of a trunk",
            )


def used_ports(blueprint: BlueprintFile) -> Iterator[tuple[Path, str]]:
    """Each port that a blueprint itself names, `FW01:0`, and where."""
    for index, link in enumerate(blueprint.links):
        yield ("links", index, "a"), link.a
        yield ("links", index, "b"), link.b
    for index, access in enumerate(blueprint.access):
        low, _, high = access.ports.partition("-")
        for port in range(int(low), int(high or low) + 1):
            yield ("access", index, "ports"), f"{access.device}:{port}"
    for index, uplink in enumerate(blueprint.uplinks):
        yield ("uplinks", index, "port"), uplink.port


def _link_numbers(file: str, blueprint: BlueprintFile) -> Iterator[Item]:
    for index, link in enumerate(blueprint.links):
        if link.link is not None:
            yield file, ("links", index, "link"), link.link
    for index, uplink in enumerate(blueprint.uplinks):
        if uplink.link is not None:
            yield file, ("uplinks", index, "link"), uplink.link
        if uplink.over is not None:
            yield file, ("uplinks", index, "over"), uplink.over


def _links(file: str, blueprint: BlueprintFile, house: BlueprintFile | None) -> Iterator[Finding]:
    place = (house or blueprint).links_block
    links = list(_link_numbers(file, blueprint))
    taken = {number for _, _, number in _link_numbers(file, house)} if house else set()
    for _, path, number in links:
        if place is None or (isinstance(number, int) and 2 * number + 1 >= _size(place.length)):
            yield Finding(
                file,
                path,
                f"link {number} is outside `links_block`",
                "make it larger, or choose a smaller number",
            )
        if number in taken:
            yield Finding(
                file,
                path,
                f"link {number} is one of the hospital's own",
                f"choose a number that blueprints/{HOUSE}.yml does not use",
            )
    yield from clashes("link number", links)


def _trunks(
    file: str, blueprint: BlueprintFile, house: BlueprintFile | None, draft: Draft
) -> Iterator[Finding]:
    """Two trunks between the same two switches: a loop, which spanning tree cuts for every VLAN."""
    enforcing = (house or blueprint).enforcing
    above = draft.file(f"blueprints/{HOUSE}.yml")
    seen = {pair: (above, path) for pair, path in (_pairs(house, enforcing) if house else ())}
    for pair, path in _pairs(blueprint, enforcing):
        if pair in seen:
            yield Finding(
                file,
                path,
                f"is a second trunk between {listed(sorted(pair))}, beside {{other}}: "
                "spanning tree blocks one of them with all its VLANs",
                "bundle them: one link carries the zones of both",
                other=seen[pair],
            )
        seen.setdefault(pair, (file, path))


def _pairs(
    blueprint: BlueprintFile, enforcing: str | None
) -> Iterator[tuple[frozenset[str], Path]]:
    """The two switches of each trunk; the enforcing role routes, so no loop goes through it."""
    for index, link in enumerate(blueprint.links):
        ends = frozenset(port.partition(":")[0] for port in (link.a, link.b))
        routed = any(end[:-2] == enforcing for end in ends)
        if link.zone is None and not link.mirror and not routed:
            yield ends, ("links", index)


def _peers(
    file: str, blueprint: BlueprintFile, kinds: Mapping[BlueprintKind, BlueprintFile]
) -> Iterator[Finding]:
    for index, uplink in enumerate(blueprint.uplinks):
        kind = ABOVE.get(uplink.to)
        if uplink.peer is None or kind is None or kind not in kinds:
            continue
        peers = _devices(kinds[kind], kinds.get(HOUSE) if kind == AGGREGATION else None)
        if uplink.peer not in peers:
            yield Finding(
                file,
                ("uplinks", index, "peer"),
                f"a {kind} has no device `{uplink.peer}`",
                did_you_mean(uplink.peer, peers),
            )


def _circuits(file: str, blueprint: BlueprintFile) -> Iterator[Finding]:
    """What is encrypted is a line of its own over a circuit, and leaves the site by cable."""
    for index, uplink in enumerate(blueprint.uplinks):
        if uplink.over is None:
            continue
        path: Path = ("uplinks", index, "over")
        why = _unencrypted(blueprint, uplink)
        if why:
            yield Finding(
                file, path, f"nothing is encrypted here: the uplink {why}", "leave `over` out"
            )
        elif uplink.link is None:
            yield Finding(
                file,
                path,
                "the tunnel over this circuit has no number of its own",
                "give the uplink a `link`: `over` is the circuit's, `link` the tunnel's",
            )


def _unencrypted(blueprint: BlueprintFile, uplink: Uplink) -> str:
    """Why an uplink is no circuit that a tunnel of its own goes over; "" if it is one."""
    if uplink.medium == "lte":
        return "goes by a mobile network"
    if uplink.to in ("tunnel", "carrier"):
        return "leads to a carrier, and the tunnels of townships go over it"
    if blueprint.kind == "data-center" and uplink.to == "core":
        return "stays inside of the centre"
    return ""
