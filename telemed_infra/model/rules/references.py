"""Every name that a document uses is defined somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, did_you_mean
from telemed_infra.model.rules.blueprints import taken_hosts
from telemed_infra.model.rules.known import Known, Space
from telemed_infra.model.rules.numbers import clashes
from telemed_infra.model.schema.network_file import Management
from telemed_infra.model.schema.site_file import SiteFile


def check_references(draft: Draft, known: Known) -> Iterator[Finding]:
    """Names used in the network, the data centres, sites, services, groups and sensors."""
    yield from _network(draft, known)
    yield from _blueprints(draft, known)
    for file, document in draft.sites.items():
        yield from _site_file(file, document, known)
    yield from _services(draft, known)
    for name, group in (draft.groups or {}).items():
        yield from _each(draft.file("groups.yml"), (name, "members"), "site", group.members, known)
    yield from _sensors(draft, known)


def _each(
    file: str, path: Path, space: Space, names: Iterable[str], known: Known
) -> Iterator[Finding]:
    for index, name in enumerate(names):
        yield from known.refer(file, (*path, index), space, name)


def _network(draft: Draft, known: Known) -> Iterator[Finding]:
    file = draft.file("network.yml")
    for name, app in (draft.network.apps if draft.network else {}).items():
        yield from known.refer(file, ("apps", name, "dscp"), "class of service", app.dscp)
    if draft.network:
        yield from _management(file, draft.network.management, draft, known)
    if draft.data_centers:
        file, fibre = draft.file("data_centers.yml"), draft.data_centers.fibre
        yield from _each(file, ("fibre", "ends"), "data centre", fibre.ends, known)
        yield from known.refer(file, ("fibre", "carrier"), "carrier", fibre.carrier)
        yield from known.refer(file, ("fibre", "conduit"), "conduit", fibre.conduit)


def _management(file: str, management: Management, draft: Draft, known: Known) -> Iterator[Finding]:
    """Its zone is one of the data centres', with room for the hosts, each on its own."""
    path: Path = ("management", "zone")
    yield from known.refer(file, path, "zone", management.zone)
    blueprint = draft.by_kind().get("data-center")
    if blueprint is None:
        return
    place = blueprint.zones.get(management.zone)
    if place is None or place.length is None:
        yield Finding(
            file,
            path,
            f"data centres have no zone `{management.zone}`",
            did_you_mean(management.zone, blueprint.zones),
        )
        return
    last = (1 << (32 - place.length)) - 2
    for name, number in management.hosts.items():
        if number > last:
            yield Finding(
                file,
                ("management", "hosts", name),
                f"host {number} is outside {management.zone}, a /{place.length}",
                f"its hosts are 1 to {last}",
            )
    taken = taken_hosts(blueprint, management.zone)
    for name, number in management.hosts.items():
        if number in taken:
            yield Finding(
                file,
                ("management", "hosts", name),
                f"host {number} is that of {taken[number]}",
                f"choose a number that nobody has in {management.zone}",
            )
    yield from clashes(
        "host",
        [
            (file, ("management", "hosts", name), number)
            for name, number in management.hosts.items()
        ],
    )


def _blueprints(draft: Draft, known: Known) -> Iterator[Finding]:
    for file, blueprint in draft.blueprints.items():
        for zone in blueprint.zones:
            yield from known.refer(file, ("zones", zone), "zone", zone)
        for index, link in enumerate(blueprint.links):
            if link.zone:
                yield from known.refer(file, ("links", index, "zone"), "zone", link.zone)
            yield from _each(file, ("links", index, "zones"), "zone", link.zones or (), known)
        for index, access in enumerate(blueprint.access):
            if access.zone:
                yield from known.refer(file, ("access", index, "zone"), "zone", access.zone)


def _site_file(file: str, document: SiteFile, known: Known) -> Iterator[Finding]:
    prefecture = document.prefecture
    yield from known.refer(file, ("prefecture", "home"), "data centre", prefecture.home)
    yield from _aggregation(file, document)
    for index, circuit in enumerate(document.circuits):
        path: Path = ("circuits", index)
        yield from known.refer(file, (*path, "carrier"), "carrier", circuit.carrier)
        yield from known.refer(file, (*path, "conduit"), "conduit", circuit.conduit)
    for name, hospital in document.hospitals.items():
        yield from known.refer(file, ("hospitals", name, "carrier"), "carrier", hospital.carrier)
    for county_id, county in document.counties.items():
        path = ("counties", county_id)
        yield from known.refer(file, (*path, "center", "carrier"), "carrier", county.center.carrier)
        for folder, sites in (("hospitals", county.hospitals), ("townships", county.townships)):
            for name, site in sites.items():
                yield from known.refer(
                    file, (*path, folder, name, "carrier"), "carrier", site.carrier
                )


def _aggregation(file: str, document: SiteFile) -> Iterator[Finding]:
    """The router pair stands in a hospital of its own prefecture."""
    path: Path = ("prefecture", "aggregation_in")
    host = document.prefecture.aggregation_in
    if host is not None and document.prefecture.num == 0:
        yield Finding(
            file,
            path,
            "the province itself has no aggregation",
            "provincial hospitals have circuits to both centres: remove the key",
        )
    elif host is not None and host not in document.hospitals:
        yield Finding(
            file,
            path,
            f"no hospital `{host}` of this prefecture",
            did_you_mean(host, document.hospitals) or "name a key of `hospitals` here",
        )
    elif host is None and document.prefecture.num > 0:
        yield Finding(file, path, "is missing", "name the hospital that houses the router pair")


def _services(draft: Draft, known: Known) -> Iterator[Finding]:
    file = draft.file("services.yml")
    data_center = draft.by_kind().get("data-center")
    for name, service in (draft.services or {}).items():
        yield from _each(file, (name, "apps"), "application", service.apps, known)
        yield from _each(file, (name, "after"), "service", service.after, known)
        yield from known.refer(file, (name, "zone"), "zone", service.zone)
        if data_center and service.zone not in data_center.zones:
            yield Finding(
                file,
                (name, "zone"),
                f"data centres have no zone `{service.zone}`",
                did_you_mean(service.zone, data_center.zones),
            )
        home = service.instances.home
        if home != "prefecture.home":
            yield from known.refer(file, (name, "instances", "home"), "data centre", home)


def _sensors(draft: Draft, known: Known) -> Iterator[Finding]:
    if draft.ids is None:
        return
    file, rule_sets = draft.file("ids.yml"), draft.ids.rule_sets
    for name, rules in rule_sets.items():
        yield from known.refer(file, ("rule_sets", name, "owner"), "role", rules.owner)
    for kind, names in draft.ids.sensors.items():
        for index, name in enumerate(names):
            if name not in rule_sets:
                yield Finding(
                    file,
                    ("sensors", kind, index),
                    f"no rule set `{name}`",
                    did_you_mean(name, rule_sets),
                )
    for kind, blueprint in draft.by_kind().items():
        has = any("suricata" in device.platforms for device in blueprint.devices.values())
        if has and kind not in draft.ids.sensors:
            yield Finding(
                file,
                ("sensors", kind),
                "is missing",
                f"blueprints/{kind}.yml has a sensor: name the rule sets that it reads",
            )
