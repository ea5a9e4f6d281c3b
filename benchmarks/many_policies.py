"""One nftables firewall with very many policies: compile, render, parse back, prove.

Synthetic openings, the same for the same seed. Alone:
    python -m benchmarks.many_policies INVENTORY POLICIES RUNS
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from time import perf_counter

import jinja2

from benchmarks.bench import INVENTORY, Bench, answer
from benchmarks.figures import Figure, Row
from benchmarks.process import Failed
from telemed_infra.compile.config import Servers
from telemed_infra.compile.firewall import compile_policy, firewall_config, zones_of
from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.model.schema.base import Origin
from telemed_infra.packets import Family
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.plan.devices import LOCAL_ZONE, Interface
from telemed_infra.plan.management import ManagementPlan
from telemed_infra.plan.network import network_plan
from telemed_infra.plan.prefix import Prefix
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.prove.firewall import compare_ways, meant, prove_firewall, zones_by_interface
from telemed_infra.render import nftables
from telemed_infra.render.text import environment, finish, section
from telemed_infra.resources import shipped

SEED = 20261122
TARGETS_S = {1000: 0.15, 5000: 0.7}
STAGES = ("compile", "render", "parse", "prove")
ZONES = ("WAN", "CLINICAL", "IMAGING", "VIDEO", "DMZ")
NAME = "firewall"


def rows(bench: Bench) -> list[Row]:
    found = []
    for count, target in TARGETS_S.items():
        bench.say(f"compiling and proving {count:,} policies")
        stages = answer("benchmarks.many_policies", INVENTORY, str(count), str(bench.runs))
        seconds = tuple(map(sum, zip(*stages.values(), strict=True)))
        parts = ", ".join(
            f"{name} {sorted(each)[len(each) // 2]:.3f}" for name, each in stages.items()
        )
        found.append(
            Row(
                subject="policies", what=f"{count:,} policies to nftables, proven", target=target,
                figure=Figure("s", seconds), note=parts,
            )
        )  # fmt: skip
    return found


def openings(count: int, apps: Sequence[str], random: Random) -> list[Opening]:
    """So many policies between zones, each with one or two addresses on each side."""
    found = []
    for number in range(count):
        zone_in, zone_out = random.sample(ZONES, 2)
        found.append(
            Opening(
                policy=f"S{number:05d}", origin=Origin(f"synthetic.yml:{number + 1}"),
                zone_in=zone_in, zone_out=zone_out,
                sources=_group(random, zone_in, f"S{number:05d}-FROM"),
                destinations=_group(random, zone_out, f"S{number:05d}-TO"),
                apps=(random.choice(apps),),
                sense=f"S{number:05d}",
            )
        )  # fmt: skip
    return found


def prove_once(network: Network, intended: Sequence[Opening]) -> tuple[list[float], str]:
    """Seconds of each stage, and the text.

    Raises:
        Failed: the text is not proven.
    """
    device = next(one for one in network.devices if one.platform == "nftables")
    management = ManagementPlan(network, network_plan(network))
    templates = environment(jinja2.FileSystemLoader(shipped("templates")))
    templates.get_template("nftables/gateway.j2")
    moments = [perf_counter()]
    policy = compile_policy(network, intended, zones_of(INTERFACES), ipv6=False)
    config = firewall_config(device, INTERFACES, policy, Servers(ntp=(), origins=()), management)
    moments.append(perf_counter())
    view = {"gateway": nftables.gateway_view(config)}
    text = finish(section(templates, "nftables/gateway.j2", view)).text
    moments.append(perf_counter())
    behaviour = parse_nftables(text)
    moments.append(perf_counter())
    zones = zones_by_interface(INTERFACES)
    compared = compare_ways(behaviour, zones, meant(intended, AppServices(network.apps)))
    proof = prove_firewall(NAME, behaviour, INTERFACES, intended, compared)
    moments.append(perf_counter())
    if proof.findings or proof.must != len(intended):
        raise Failed(f"not proven: {proof.findings[:3]}")
    return [b - a for a, b in pairwise(moments)], text


def prove_text(network: Network, intended: Sequence[Opening], text: str) -> DeviceProof:
    """A text against openings."""
    behaviour = parse_nftables(text)
    zones = zones_by_interface(INTERFACES)
    compared = compare_ways(behaviour, zones, meant(intended, AppServices(network.apps)))
    return prove_firewall(NAME, behaviour, INTERFACES, intended, compared)


INTERFACES = (
    Interface(name="lo", port="", zone=LOCAL_ZONE),
    *(Interface(name=f"eth{number}", port=f"eth{number}", zone=zone)
      for number, zone in enumerate(ZONES)),
)  # fmt: skip


def _group(random: Random, zone: str, label: str) -> AddressGroup:
    """Hosts and small networks in the zone's own sixteenth of 10/8."""
    base = (10 << 24) + (ZONES.index(zone) << 20)
    members = []
    for _ in range(random.choice((1, 1, 1, 2))):
        length = random.choice((32, 32, 32, 27))
        first = base + (random.randrange(1 << 20) >> (32 - length) << (32 - length))
        prefix = Prefix(Family.V4, first, length)
        members.append(Member(prefix.text, prefix, None, Origin(f"synthetic.yml:{first}")))
    return AddressGroup(label=label, members=tuple(members))


def _main(inventory: str, count: str, runs: str) -> None:
    network = load(Path(inventory), as_of=None)
    apps = sorted(name for name, app in network.apps.items() if app.tcp or app.udp)
    intended = openings(int(count), apps, Random(SEED))
    gc.collect()
    gc.freeze()
    gc.disable()  # as in a build
    found = [prove_once(network, _fresh(intended))[0] for _ in range(int(runs))]
    print(json.dumps(dict(zip(STAGES, zip(*found, strict=True), strict=True))))


def _fresh(intended: Sequence[Opening]) -> list[Opening]:
    """Groups remember what was computed of them; each run begins without it."""
    return [
        Opening(
            policy=one.policy, origin=one.origin, zone_in=one.zone_in, zone_out=one.zone_out,
            sources=AddressGroup(one.sources.label, one.sources.members),
            destinations=AddressGroup(one.destinations.label, one.destinations.members),
            apps=one.apps,
            sense=one.sense,
        )
        for one in intended
    ]  # fmt: skip


if __name__ == "__main__":
    _main(*sys.argv[1:])
