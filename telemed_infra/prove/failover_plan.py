"""A plan file against the inventory, fact by fact; nothing of how it was made is read here.

A fact is a place and a value, `groups.portal@dc-a.home`: `dc-a`. Items of a list go by their name,
so what merely stands elsewhere is no difference.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from hashlib import sha256
from itertools import islice

from telemed_infra.model.duration import milliseconds
from telemed_infra.model.network import Network, Site
from telemed_infra.model.schema.failover_file import ObserverSelector
from telemed_infra.plan.network import Instance, NetworkPlan
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import Finding

KIND = "failover"
SHOWN_MAX = 20  # differences of one file

Facts = dict[str, object]


def prove_plan(path: str, content: bytes, network: Network, plan: NetworkPlan) -> list[Finding]:
    """Every way in which the file is not what the inventory says; at most `SHOWN_MAX` and one."""
    try:
        document = json.loads(content)
        stated = dict(_stated(document, ""))
    except (ValueError, RecursionError) as error:
        return [Finding(device=path, line=0, kind="unread", says=f"is not JSON: {error}")]
    if not isinstance(document, dict):
        return [Finding(device=path, line=0, kind="unread", says="is no JSON object")]
    meant = dict(_meant(network, plan)) | {"hash": _hash(document)}
    found = list(islice(_differences(stated, meant), SHOWN_MAX + 1))
    if len(found) > SHOWN_MAX:
        found[SHOWN_MAX:] = ["and more"]
    return [Finding(device=path, line=0, kind=KIND, says=says) for says in found]


def _differences(stated: Facts, meant: Facts) -> Iterator[str]:
    for place in sorted(stated.keys() | meant.keys()):
        if place not in meant:
            yield f"{place} is not in the inventory"
        elif place not in stated:
            yield f"{place} is missing"
        elif _written(stated[place]) != _written(meant[place]):
            yield (
                f"{place} is {_written(stated[place])}, and the inventory says "
                f"{_written(meant[place])}"
            )


def _written(value: object) -> str:
    """As JSON; a whole number is the same however it is written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def _hash(document: Mapping[str, object]) -> str:
    """What the file's hash must be, whatever it says."""
    bare = {key: value for key, value in document.items() if key != "hash"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


def _stated(node: object, place: str) -> Iterator[tuple[str, object]]:
    """Everything that a document says."""
    if isinstance(node, dict) and node:
        for key, below in node.items():
            yield from _stated(below, f"{place}.{key}" if place else key)
    elif isinstance(node, list) and all(isinstance(one, dict) and "name" in one for one in node):
        yield from _items(node, place)
    elif isinstance(node, list) and place.endswith(".after"):
        yield place, sorted(node, key=str)  # a set
    else:
        yield place, node


def _items(items: list[dict[str, object]], place: str) -> Iterator[tuple[str, object]]:
    if not items:
        yield place, []
    seen: set[str] = set()
    for number, one in enumerate(items):
        # Of two with one name the second is another place, which nobody meant.
        name = str(one["name"])
        yield from _stated(one, f"{place}.{name}#{number}" if name in seen else f"{place}.{name}")
        seen.add(name)


# ---- what the inventory says --------------------------------------------------------------------


def _meant(network: Network, plan: NetworkPlan) -> Iterator[tuple[str, object]]:
    yield "version", 1
    yield from _times(network)
    yield from _places(network, plan)
    for site in network.sites.values():
        if site.kind.endswith("-hospital") and _observes(site, network):
            observers = network.failover.observers
            yield f"observers.{site.id}.name", site.id
            address = _address(plan, site.id, observers.zone, observers.host)
            yield f"observers.{site.id}.address", address
    yield from _groups(network, plan)


def _times(network: Network) -> Iterator[tuple[str, object]]:
    failover = network.failover
    profile = failover.profiles[failover.profile]
    for place, text in (
        ("profile.lease.length_s", profile.lease.length),
        ("profile.lease.margin_s", profile.lease.margin),
        ("profile.renewal_s", profile.renewal),
        ("profile.beat_s", profile.beat),
        ("profile.silence_s", profile.silence),
        ("profile.patience_s", profile.patience),
        ("panel.fresh_s", failover.panel.fresh),
        ("damping.half_life_s", failover.damping.half_life),
        ("damping.brake_window_s", failover.damping.brake_window),
        ("damping.flap_window_s", failover.damping.flap_window),
    ):
        yield place, milliseconds(text) / 1000
    yield "profile.lease.drift", profile.lease.drift
    yield "register.heartbeat_ms", milliseconds(profile.register_.heartbeat)
    yield "register.election_ms", milliseconds(profile.register_.election)
    for key in ("observers_min", "reach_share", "lost_share", "slow_share"):
        yield f"panel.{key}", getattr(failover.panel, key)
    for key in ("penalty", "suppress", "brake_moves", "flap_changes"):
        yield f"damping.{key}", getattr(failover.damping, key)


def _places(network: Network, plan: NetworkPlan) -> Iterator[tuple[str, object]]:
    failover = network.failover
    beats, register = failover.heartbeats, failover.register_
    witness = network.witnesses[failover.witness].v4.removesuffix("/32")
    yield "port", beats.port
    yield "witness.name", failover.witness
    yield "witness.address", witness
    yield "register.kind", "etcd"
    yield f"register.endpoints.{failover.witness}", f"https://{witness}:{register.port}"
    for name, center in network.data_centers.items():
        yield f"sites.{name}.name", name
        yield f"sites.{name}.short", center.short
        fibre = _address(plan, name, beats.fibre.zone, beats.fibre.host)
        yield f"sites.{name}.addresses.fibre", fibre
        health = _address(plan, name, beats.health.zone, beats.health.host)
        yield f"sites.{name}.addresses.health", health
        member = _address(plan, name, register.zone, register.host)
        yield f"register.endpoints.{name}", f"https://{member}:{register.port}"


def _address(plan: NetworkPlan, site: str, zone: str, number: int) -> str:
    block = plan.sites[site].zones[zone].v4
    return address_text(block.family, block.first + number)


def _observes(site: Site, network: Network) -> bool:
    has: dict[str, Set[object]] = {
        "kind": {site.kind},
        "prefecture": {site.prefecture.id} if site.prefecture else set(),
        "county": {site.county_id},
        "site": {site.id},
        "group": site.groups,
    }
    return any(
        all(not has[key].isdisjoint(_words(asked)) for key, asked in _asked(selector))
        for selector in network.failover.observers.sites
    )


def _asked(selector: ObserverSelector) -> Iterator[tuple[str, object]]:
    for key in ("kind", "prefecture", "county", "site", "group"):
        if getattr(selector, key) is not None:
            yield key, getattr(selector, key)


def _words(asked: object) -> tuple[object, ...]:
    return asked if isinstance(asked, tuple) else (asked,)


def _groups(network: Network, plan: NetworkPlan) -> Iterator[tuple[str, object]]:
    rates: Counter[str] = Counter()
    needed: dict[str, set[str]] = {}
    for one in plan.instances:
        name = _group_name(network, one)
        place = f"groups.{name}"
        yield from _group(network, one, place)
        yield f"{place}.name", name
        yield f"{place}.instances.{one.name}.name", one.name
        yield f"{place}.instances.{one.name}.v4", one.v4.text.removesuffix("/32")
        if network.blueprints["data-center"].ipv6:
            yield f"{place}.instances.{one.name}.v6", one.v6.text.removesuffix("/128")
        rates[place] += 1000 * network.failover.services[one.service].log_kbytes_s
        needed.setdefault(place, set()).update(
            _group_name(network, other) for other in plan.instances if _needs(network, one, other)
        )
    for place, others in needed.items():
        yield f"{place}.after", sorted(others)
        yield f"{place}.rate_bytes_s", rates[place]


def _group(network: Network, one: Instance, place: str) -> Iterator[tuple[str, object]]:
    service, data = network.services[one.service], network.failover.services[one.service]
    yield f"{place}.home", one.home
    yield f"{place}.priority", service.priority
    yield f"{place}.rto_s", milliseconds(service.rto) / 1000
    yield f"{place}.rpo_s", milliseconds(service.rpo) / 1000
    yield f"{place}.durability", data.durability
    yield f"{place}.resource_check", data.resource_check
    yield f"{place}.actuators.bgp", True
    yield f"{place}.actuators.hooks", list(data.hooks)
    if data.postgresql:
        cluster = _group_name(network, one).replace("@", "-")
        yield f"{place}.actuators.postgresql.cluster", cluster


def _group_name(network: Network, one: Instance) -> str:
    by_service = network.failover.move_groups.by == "service"
    return f"{one.service}@{one.home}" if by_service else one.name


def _needs(network: Network, one: Instance, other: Instance) -> bool:
    """Of a service of prefectures an instance needs that of its own; of others every one."""
    if other.service not in network.services[one.service].after:
        return False
    cut_alike = all(
        network.services[each.service].instances.by == "prefecture" for each in (one, other)
    )
    return one.group == other.group or not cut_alike
