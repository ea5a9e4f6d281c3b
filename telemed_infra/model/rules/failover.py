"""Failover: each service has a word on its data, each address a place, each observer is a hospital.

What agents refuse of a plan is told here, at its line, before a plan is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import WHOLE, Finding, Path, did_you_mean, listed
from telemed_infra.model.observers import HOSPITALS
from telemed_infra.model.rules.blueprints import taken_hosts
from telemed_infra.model.rules.failover_times import check_times
from telemed_infra.model.rules.known import Known, Space
from telemed_infra.model.rules.selectors import Reach
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.failover_file import (
    FailoverFile,
    Host,
    ObserverSelector,
    ServiceData,
)
from telemed_infra.model.schema.network_file import Ports
from telemed_infra.model.schema.policy_file import Selector

FILE = "failover.yml"
INSTANCES_MAX = 120  # a take compares seven cells besides, and a transaction has 127
OBSERVERS_MAX = 256  # a plan has no more


def check_failover(draft: Draft, known: Known) -> Iterator[Finding]:
    """Everything that `failover.yml` says of other documents, and its times."""
    failover = draft.failover
    if failover is None:
        return
    file = draft.file(FILE)
    yield from _witness(file, failover, draft)
    yield from _hosts(file, failover, draft, known)
    yield from _ports(file, failover, draft)
    yield from _services(file, failover, draft, known)
    yield from _observers(file, failover, draft, known)
    yield from check_times(draft, failover)


def _witness(file: str, failover: FailoverFile, draft: Draft) -> Iterator[Finding]:
    if draft.data_centers is None:
        return
    witnesses = draft.data_centers.witnesses
    name = failover.witness
    if name not in witnesses:
        hint = did_you_mean(name, witnesses) or f"there are: {listed(witnesses)}"
        yield Finding(file, ("witness",), f"no witness `{name}`", hint)
    elif name in draft.centers():
        yield Finding(file, ("witness",), f"`{name}` is a data centre too", "rename the witness")
    elif not witnesses[name].v4.endswith("/32"):
        yield Finding(
            draft.file("data_centers.yml"),
            ("witnesses", name, "v4"),
            f"`{witnesses[name].v4}` is not one address, and failover.yml asks the witness there",
            "name a /32",
        )


# ---- addresses in the data centres ---------------------------------------------------------------


def _hosts(file: str, failover: FailoverFile, draft: Draft, known: Known) -> Iterator[Finding]:
    """Each in a zone of the data centres, with room for it, and nobody else's."""
    blueprint = draft.by_kind().get("data-center")
    beats, register = failover.heartbeats, failover.register_
    members = Host(zone=register.zone, host=register.host)
    places: Mapping[Path, Host] = {
        ("heartbeats", "fibre"): beats.fibre,
        ("heartbeats", "health"): beats.health,
        ("register",): members,
    }
    for path, place in places.items():
        missing = list(known.refer(file, (*path, "zone"), "zone", place.zone))
        yield from missing
        if blueprint and not missing:
            yield from _host(file, path, place, blueprint, "data centres")
            yield from _managed(file, path, place, draft)
    if beats.fibre.zone == beats.health.zone:
        yield Finding(
            file,
            ("heartbeats", "health", "zone"),
            f"`{beats.health.zone}` is the fibre's too: one route would carry both paths",
            "name a zone that is reached over the health network",
        )
    for path in (("heartbeats", "fibre"), ("heartbeats", "health")):
        if places[path] == members:
            yield Finding(
                file,
                ("register", "host"),
                f"host {members.host} of {members.zone} is that of {'.'.join(path)}",
                "give the member of the register an address of its own",
            )


def _host(
    file: str, path: Path, place: Host, blueprint: BlueprintFile, whose: str
) -> Iterator[Finding]:
    zone = blueprint.zones.get(place.zone)
    if zone is None or zone.length is None:
        yield Finding(
            file,
            (*path, "zone"),
            f"{whose} have no zone `{place.zone}` with addresses",
            did_you_mean(place.zone, blueprint.zones),
        )
        return
    last = (1 << (32 - zone.length)) - 2
    taken = taken_hosts(blueprint, place.zone)
    if place.host > last:
        yield Finding(
            file,
            (*path, "host"),
            f"host {place.host} is outside {place.zone}, at {whose} a /{zone.length}",
            f"its hosts are 1 to {last}",
        )
    elif place.host in taken:
        yield Finding(
            file,
            (*path, "host"),
            f"host {place.host} is that of {taken[place.host]} at {whose}",
            f"choose a number that nobody has in {place.zone}",
        )


def _managed(file: str, path: Path, place: Host, draft: Draft) -> Iterator[Finding]:
    management = draft.network.management if draft.network else None
    if management is None or management.zone != place.zone:
        return
    for name, number in management.hosts.items():
        if number == place.host:
            yield Finding(
                file,
                (*path, "host"),
                f"host {number} is that of {{other}}",
                f"choose a number that nobody has in {place.zone}",
                other=(draft.file("network.yml"), ("management", "hosts", name)),
            )


def _ports(file: str, failover: FailoverFile, draft: Draft) -> Iterator[Finding]:
    """Policies open applications: what agents speak must be one, or no firewall lets it pass."""
    if draft.network is None:
        return
    apps = draft.network.apps.values()
    spoken: tuple[tuple[Path, int, str, set[int | str]], ...] = (
        (("heartbeats", "port"), failover.heartbeats.port, "udp", _listed(app.udp for app in apps)),
        (("register", "port"), failover.register_.port, "tcp", _listed(app.tcp for app in apps)),
    )
    for path, port, protocol, opened in spoken:
        if port not in opened:
            yield Finding(
                file,
                path,
                f"no application of network.yml is {protocol} {port}: firewalls would drop it",
                f"give the application that policies/failover.yml opens `{protocol}: [{port}]`",
            )


def _listed(ports: Iterable[Ports | None]) -> set[int | str]:
    return {port for some in ports for port in some or ()}


# ---- services ------------------------------------------------------------------------------------


def _services(file: str, failover: FailoverFile, draft: Draft, known: Known) -> Iterator[Finding]:
    for name, data in failover.services.items():
        yield from known.refer(file, ("services", name), "service", name)
        yield from _data(file, ("services", name), data)
    for name in draft.services or {}:
        if name not in failover.services:
            yield Finding(
                file,
                ("services", name),
                "is missing",
                "say what a move may lose: `{durability: asynchronous, log_kbytes_s: 100}`",
            )
    yield from _instances(draft)


def _data(file: str, path: Path, data: ServiceData) -> Iterator[Finding]:
    stateless = data.durability == "stateless"
    if stateless and data.log_kbytes_s:
        yield Finding(
            file, (*path, "log_kbytes_s"), "what is stateless writes no log", "remove the key"
        )
    if stateless and data.postgresql:
        yield Finding(
            file, (*path, "postgresql"), "what is stateless has no database", "remove the key"
        )
    if not stateless and not data.log_kbytes_s:
        yield Finding(
            file,
            (*path, "log_kbytes_s"),
            "is missing",
            "how many kbytes of log one instance writes in its busiest second",
        )
    if data.durability == "synchronous" and not data.resource_check:
        yield Finding(
            file,
            (*path, "resource_check"),
            "is needed where nothing may be lost",
            "write `resource_check: true`: a paused owner could acknowledge writes that are lost",
        )
    for index, hook in enumerate(data.hooks):
        if hook in data.hooks[:index]:
            yield Finding(
                file, (*path, "hooks", index), f"`{hook}` stands there twice", "write it once"
            )


def _instances(draft: Draft) -> Iterator[Finding]:
    prefectures = len(draft.sites)
    count = sum(
        prefectures if service.instances.by == "prefecture" else 1
        for service in (draft.services or {}).values()
    )
    if count > INSTANCES_MAX:
        yield Finding(
            draft.file("services.yml"),
            WHOLE,
            f"makes {count} instances, and one transaction of the register takes {INSTANCES_MAX}",
            "have a service `by: province`",
        )


# ---- observers -----------------------------------------------------------------------------------


def _observers(file: str, failover: FailoverFile, draft: Draft, known: Known) -> Iterator[Finding]:
    observers = failover.observers
    path: Path = ("observers",)
    missing = list(known.refer(file, (*path, "zone"), "zone", observers.zone))
    for index, selector in enumerate(observers.sites):
        missing += _names(file, (*path, "sites", index), selector, known)
    yield from missing
    if missing or not known.whole("site", "group"):
        return
    reach = Reach(draft)
    hospitals = {site.id for site in draft.placed() if site.kind in HOSPITALS}
    found: set[str] = set()
    for index, selector in enumerate(observers.sites):
        matched = hospitals & reach.sites(Selector(**selector.model_dump(exclude_none=True)))
        found |= matched
        if not matched:
            yield Finding(
                file,
                (*path, "sites", index),
                "matches no hospital",
                "observers are provincial, city and county hospitals",
            )
    place = Host(zone=observers.zone, host=observers.host)
    for kind in sorted(reach.kinds_of(found) & reach.kinds.keys()):
        yield from _host(file, path, place, reach.kinds[kind], f"{kind}s")
    yield from _panel(file, failover, len(found))


def _panel(file: str, failover: FailoverFile, observers: int) -> Iterator[Finding]:
    if observers > OBSERVERS_MAX:
        yield Finding(
            file,
            ("observers", "sites"),
            f"matches {observers} hospitals, more than {OBSERVERS_MAX}",
            "a panel of some tens tells as much",
        )
    if observers < failover.panel.observers_min:
        yield Finding(
            file,
            ("panel", "observers_min"),
            f"{failover.panel.observers_min} are more than the {observers} observers",
            "the panel would always be blind: name more observers",
        )


def _names(file: str, path: Path, selector: ObserverSelector, known: Known) -> Iterator[Finding]:
    conditions: tuple[Space, ...] = ("prefecture", "county", "site", "group")
    for space in conditions:
        name = getattr(selector, space)
        if name is not None:
            yield from known.refer(file, (*path, space), space, name)
