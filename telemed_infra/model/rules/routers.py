"""Routers: each line from below has a port, and no port serves twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, listed
from telemed_infra.model.resolve import AGGREGATION
from telemed_infra.model.rules.blueprints import taken_hosts
from telemed_infra.model.rules.numbers import Item, clashes
from telemed_infra.model.schema.blueprint_file import Below, BlueprintFile

CENTER = "data-center"
FIRST_CITY_HOSPITAL = 48
Numbers = Mapping[Below, set[int]]  # what lies below a router: the numbers that its ports follow


def check_routers(draft: Draft) -> Iterator[Finding]:
    """Everything of the module."""
    for file, blueprint in draft.blueprints.items():
        yield from _router(file, blueprint)
        yield from _virtual(file, blueprint)
        if blueprint.kind == CENTER and blueprint.router:
            yield from _ports(file, blueprint, _below_core(draft))
        if blueprint.kind == AGGREGATION and blueprint.router:
            yield from _ports(file, blueprint, _below_aggregation(draft))


def _router(file: str, blueprint: BlueprintFile) -> Iterator[Finding]:
    if blueprint.router and blueprint.router not in blueprint.devices:
        yield Finding(
            file,
            ("router",),
            f"no device role `{blueprint.router}` here",
            f"there are: {listed(blueprint.devices)}",
        )
    if blueprint.kind in (CENTER, AGGREGATION) and not blueprint.router:
        yield Finding(
            file,
            (),
            "names no `router`",
            "say which role joins the sites, such as `router: CR`",
        )


def _virtual(file: str, blueprint: BlueprintFile) -> Iterator[Finding]:
    for role, entry in blueprint.devices.items():
        taken = {
            **taken_hosts(blueprint, "MGMT"),
            **dict.fromkeys(range(entry.host, entry.host + entry.count), f"`devices.{role}`"),
        }
        if entry.virtual in taken:
            yield Finding(
                file,
                ("devices", role, "virtual"),
                f"host {entry.virtual} is that of {taken[entry.virtual]}",
                "the pair's own address needs a number that nobody has",
            )


def _ports(file: str, blueprint: BlueprintFile, below: Numbers) -> Iterator[Finding]:
    """The ports of each router of a pair are used alike, so they are looked at together."""
    role = blueprint.router
    cables = {
        f"{role}:{port}"
        for link in blueprint.links
        for device, _, port in (link.a.partition(":"), link.b.partition(":"))
        if device[:-2] == role
    }
    own: list[Item] = [(file, ("links",), port) for port in sorted(cables)]
    for index, uplink in enumerate(blueprint.uplinks):
        device, _, port = uplink.port.partition(":")
        if device == f"{role}01":
            own.append((file, ("uplinks", index), f"{role}:{port}"))
    for what, numbers in below.items():
        if numbers and what not in blueprint.downlinks:
            yield Finding(
                file,
                ("downlinks",),
                f"says no port for `{what}`, and {len(numbers)} lead here",
                f"add the first one, for example `{what}: 20`",
            )
            continue
        own += [
            (file, ("downlinks", what), f"{role}:{blueprint.downlinks[what] + number}")
            for number in sorted(numbers)
        ]
    yield from clashes("port", own)


def _below_core(draft: Draft) -> Numbers:
    return {
        "firewall": {0},
        "prefecture": {
            document.prefecture.num
            for document in draft.sites.values()
            if document.prefecture.aggregation_in
        },
        "hospital": {
            site.item.num for site in draft.placed() if site.kind == "provincial-hospital"
        },
    }


def _below_aggregation(draft: Draft) -> Numbers:
    return {
        "county": {
            county.num for document in draft.sites.values() for county in document.counties.values()
        },
        "hospital": {
            site.item.num - FIRST_CITY_HOSPITAL
            for site in draft.placed()
            if site.kind == "city-hospital"
        },
    }
