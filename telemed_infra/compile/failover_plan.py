"""The network becomes the plan that both data centres' agents must agree upon.

The format is that of failover/plan.schema.json; the two packages share nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from telemed_infra.model.duration import milliseconds, seconds
from telemed_infra.model.network import Network
from telemed_infra.model.observers import observing
from telemed_infra.model.schema.failover_file import Damping, Panel, Profile
from telemed_infra.plan.network import Instance, NetworkPlan
from telemed_infra.plan.prefix import Prefix, address_text, prefix

VERSION = 1

Document = dict[str, Any]


def failover_plan(network: Network, plan: NetworkPlan) -> Document:
    """The plan as JSON, sealed by its hash."""
    failover = network.failover
    profile = failover.profiles[failover.profile]
    document = {
        "version": VERSION,
        "port": failover.heartbeats.port,
        "sites": [_site(network, plan, name) for name in _centers(network)],
        "witness": {"name": failover.witness, "address": _witness(network)},
        "register": _register(network, plan, profile),
        "profile": _profile(profile),
        "panel": _panel(failover.panel),
        "damping": _damping(failover.damping),
        "observers": list(_observers(network, plan)),
        "groups": list(_groups(network, plan)),
    }
    return document | {"hash": sha256(_canonical(document)).hexdigest()}


def plan_text(document: Document) -> str:
    """The file's content: sorted keys, a value a line, so that two plans can be compared."""
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _canonical(document: Document) -> bytes:
    """What is hashed: sorted keys, no blanks, ASCII only."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


# ---- places -------------------------------------------------------------------------------------


def _centers(network: Network) -> list[str]:
    return sorted(network.data_centers, key=lambda name: network.data_centers[name].num)


def _site(network: Network, plan: NetworkPlan, name: str) -> Document:
    beats = network.failover.heartbeats
    return {
        "name": name,
        "short": network.data_centers[name].short,
        "addresses": {
            path: _host(plan, name, place.zone, place.host)
            for path, place in (("fibre", beats.fibre), ("health", beats.health))
        },
    }


def _host(plan: NetworkPlan, site: str, zone: str, number: int) -> str:
    v4, _ = plan.sites[site].zones[zone].host(number)
    return _text(v4)


def _text(address: Prefix) -> str:
    return address_text(address.family, address.first)


def _witness(network: Network) -> str:
    return _text(prefix(network.witnesses[network.failover.witness].v4))


def _register(network: Network, plan: NetworkPlan, profile: Profile) -> Document:
    register = network.failover.register_
    members = {name: _host(plan, name, register.zone, register.host) for name in _centers(network)}
    members[network.failover.witness] = _witness(network)
    return {
        "kind": "etcd",
        "endpoints": {
            place: f"https://{address}:{register.port}" for place, address in members.items()
        },
        "heartbeat_ms": milliseconds(profile.register_.heartbeat),
        "election_ms": milliseconds(profile.register_.election),
    }


def _observers(network: Network, plan: NetworkPlan) -> Iterator[Document]:
    """Each hospital that observes, in the inventory's order."""
    observers = network.failover.observers
    for site in observing(network):
        address = _host(plan, site.id, observers.zone, observers.host)
        yield {"name": site.id, "address": address}


# ---- times --------------------------------------------------------------------------------------


def _profile(profile: Profile) -> Document:
    return {
        "lease": {
            "length_s": seconds(profile.lease.length),
            "drift": profile.lease.drift,
            "margin_s": seconds(profile.lease.margin),
        },
        "renewal_s": seconds(profile.renewal),
        "beat_s": seconds(profile.beat),
        "silence_s": seconds(profile.silence),
        "patience_s": seconds(profile.patience),
    }


def _panel(panel: Panel) -> Document:
    return {
        "observers_min": panel.observers_min,
        "reach_share": panel.reach_share,
        "lost_share": panel.lost_share,
        "slow_share": panel.slow_share,
        "fresh_s": seconds(panel.fresh),
    }


def _damping(damping: Damping) -> Document:
    return {
        "penalty": damping.penalty,
        "half_life_s": seconds(damping.half_life),
        "suppress": damping.suppress,
        "brake_moves": damping.brake_moves,
        "brake_window_s": seconds(damping.brake_window),
        "flap_changes": damping.flap_changes,
        "flap_window_s": seconds(damping.flap_window),
    }


# ---- move groups --------------------------------------------------------------------------------


def _groups(network: Network, plan: NetworkPlan) -> Iterator[Document]:
    """In the order of the services, then of the data centres."""
    members: dict[str, list[Instance]] = {}
    order = {name: number for number, name in enumerate(network.services)}
    homes = _centers(network)
    for instance in sorted(
        plan.instances, key=lambda one: (order[one.service], homes.index(one.home))
    ):
        members.setdefault(_group_of(network, instance), []).append(instance)
    group_of = {one.name: name for name, instances in members.items() for one in instances}
    needed = _needed(network, plan)
    for name, instances in members.items():
        after = {group_of[other] for one in instances for other in needed[one.name]}
        yield _group(network, name, instances, [other for other in members if other in after])


def _group_of(network: Network, instance: Instance) -> str:
    if network.failover.move_groups.by == "instance":
        return instance.name
    return f"{instance.service}@{instance.home}"


def _needed(network: Network, plan: NetworkPlan) -> dict[str, list[str]]:
    """Which instances each one needs: those of its own tenants, else all of a service."""
    of_service: dict[str, dict[str, str]] = {name: {} for name in network.services}
    for one in plan.instances:
        of_service[one.service][one.group] = one.name
    needed: dict[str, list[str]] = {}
    for one in plan.instances:
        service = network.services[one.service]
        own = one.group if service.instances.by == "prefecture" else ""
        needed[one.name] = [
            name
            for other in service.after
            for group, name in of_service[other].items()
            if group == own or own not in of_service[other]
        ]
    return needed


def _group(network: Network, name: str, instances: list[Instance], after: list[str]) -> Document:
    service = network.services[instances[0].service]
    data = network.failover.services[instances[0].service]
    actuators: Document = {"bgp": True, "hooks": list(data.hooks)}
    if data.postgresql:
        actuators["postgresql"] = {"cluster": name.replace("@", "-")}
    return {
        "name": name,
        "home": instances[0].home,
        "priority": service.priority,
        "after": after,
        "rto_s": seconds(service.rto),
        "rpo_s": seconds(service.rpo),
        "rate_bytes_s": data.log_kbytes_s * 1000 * len(instances),
        "durability": data.durability,
        "resource_check": data.resource_check,
        "actuators": actuators,
        "instances": [_instance(network, one) for one in instances],
    }


def _instance(network: Network, instance: Instance) -> Mapping[str, str]:
    found = {"name": instance.name, "v4": _text(instance.v4)}
    if network.blueprints["data-center"].ipv6:
        found["v6"] = _text(instance.v6)
    return found
