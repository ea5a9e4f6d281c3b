"""What the province means, written by Aerleon and read by our readers: proven as our own texts are.

A small translator turns openings into Aerleon's terms, so that neither our templates nor our
compiler have a part in the texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, product
from pathlib import Path

import pytest

from telemed_infra.intent.openings import Member, Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.load import load
from telemed_infra.model.network import Device
from telemed_infra.packets import FAMILIES, Family, Service
from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import parts
from telemed_infra.prove.firewall import compare_ways, meant, zones_by_interface
from tests.parse.foreign.generators import cisco, nftables
from tests.parse.foreign.reading import unread
from tests.parse.foreign.terms import PROTOCOLS, TYPES, Ports, Term

INVENTORY = Path(__file__).resolve().parents[3] / "inventory"
NAMES = {number: name for name, number in PROTOCOLS.items()}
KINDS = {(protocol, number): name for (protocol, name), number in TYPES.items()}


class Province:
    """The shipped network, and its openings as terms."""

    def __init__(self) -> None:
        self.meaning = Meaning(load(INVENTORY, as_of=None))
        self.services = AppServices(self.meaning.network.apps)
        self._numbers = count(1)

    def enforcing(self, site: str) -> Device:
        """A site's first firewall or gateway."""
        found = self.meaning.network.sites[site]
        devices = self.meaning.network.devices_of(found)
        return next(one for one in devices if one.role == found.blueprint.enforcing)

    def terms(self, opening: Opening, ingress: str = "", egress: str = "") -> Iterator[Term]:
        """One opening: a term for each family and protocol."""
        for family in FAMILIES:
            sources, destinations = (
                tuple(one for member in side.members for one in _prefixes(member, family))
                for side in (opening.sources, opening.destinations)
            )
            if not sources or not destinations:
                continue
            by_protocol: dict[str, list[Service]] = defaultdict(list)
            for service in self.services.of(opening.apps, family):
                by_protocol[NAMES[service.key_low >> 16]].append(service)
            for protocol, some in by_protocol.items():
                ports, kinds = _ports_and_types(protocol, some)
                yield Term(
                    name=f"{opening.policy}-{next(self._numbers)}".lower(),
                    protocol=protocol,
                    sources=sources,
                    destinations=destinations,
                    ports=ports,
                    types=kinds,
                    ingress=ingress,
                    egress=egress,
                )


def _prefixes(member: Member, family: Family) -> list[str]:
    found = member.v4 if family is Family.V4 else member.v6
    return [one.text for one in parts(found)] if found else []


def _ports_and_types(
    protocol: str, services: Iterable[Service]
) -> tuple[tuple[Ports, ...], tuple[str, ...]]:
    """What a term asks of its protocol; no opening asks for a source port."""
    some = list(services)
    assert {(one.source_low, one.source_high) for one in some} == {(0, 0xFFFF)}
    spans = [(one.key_low & 0xFFFF, one.key_high & 0xFFFF) for one in some]
    if protocol.startswith("icmp"):
        kinds = [KINDS[protocol, low >> 8] for low, _ in spans]
        # Aerleon's nftables writer stumbles over a single type; one said twice is the same.
        return (), tuple(kinds * 2 if len(kinds) == 1 else kinds)
    return tuple(one for one in spans if one != (0, 0xFFFF)), ()


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


def test_a_township_by_nftables(province: Province) -> None:
    device = province.enforcing("weining-caohai")
    openings = province.meaning.openings(device)
    zones = zones_by_interface(province.meaning.interfaces(device))
    filters: dict[str, list[Term]] = {"mixed forward": [], "mixed input": [], "mixed output": []}
    for opening in openings:
        for ingress, egress in ways(opening, zones):
            hook = "input" if egress == LOCAL else "output" if ingress == LOCAL else "forward"
            names = ("" if one == LOCAL else one for one in (ingress, egress))
            filters[f"mixed {hook}"] += province.terms(opening, *names)
    read = parse_nftables(nftables(filters))
    assert unread(read) == []
    proof = compare_ways(read, zones, meant(openings, province.services))
    assert [str(one) for one in proof.findings] == []
    assert proof.ways > 20
    # One term less is a packet less.
    least = filters["mixed forward"].pop()
    proof = compare_ways(
        parse_nftables(nftables(filters)), zones, meant(openings, province.services)
    )
    assert {name.lower() for one in proof.findings for name in one.policies} == {
        least.name.rpartition("-")[0]
    }


def ways(opening: Opening, zones: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of interfaces of an opening's zones."""
    into, out = ([name for name, zone in zones.items() if zone == one] for one in opening.way)
    return product(into, out)


def test_a_hospital_by_ios(province: Province) -> None:
    """Lists by Aerleon, bound by classes and pairs of zones that are typed here."""
    device = province.enforcing("liuzhi-h1")
    assert device.platform == "cisco_ios_zbf"
    interfaces = province.meaning.interfaces(device)
    zones = zones_by_interface(interfaces)
    openings = [one for one in province.meaning.openings(device) if LOCAL not in one.way]
    terms: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for opening in openings:
        terms[opening.way] += province.terms(opening)
    lists = cisco({f"{'-'.join(way)} mixed": some for way, some in terms.items()})
    read = parse_ios_firewall(lists + bound(terms, zones))
    assert unread(read) == []
    proof = compare_ways(read, zones, meant(openings, province.services))
    assert [str(one) for one in proof.findings] == []
    assert proof.ways >= 20


def bound(terms: Mapping[tuple[str, str], Iterable[Term]], zones: Mapping[str, str]) -> str:
    """Zones with their interfaces, a class for each pair of lists, and nothing for the box."""
    lines = ["ipv6 unicast-routing"]
    names = sorted(set(zones.values()) - {LOCAL})
    lines += [f"zone security {name}" for name in names]
    for number, (name, zone) in enumerate(zones.items()):
        if name != LOCAL:
            address = f"ip address 192.0.2.{4 * number + 1} 255.255.255.252"
            lines += [f"interface {name}", address, "ipv6 enable", f"zone-member security {zone}"]
    for (zone_in, zone_out), some in terms.items():
        title = f"{zone_in}-{zone_out}"
        families = {":" in prefix for term in some for prefix in term.sources}
        names_of = {False: title, True: f"ipv6-{title}"}
        lines += [
            f"class-map type inspect match-any {title}",
            *(f"match access-group name {names_of[one]}" for one in sorted(families)),
            f"policy-map type inspect {title}",
            f"class type inspect {title}",
            "inspect",
            f"zone-pair security {title} source {zone_in} destination {zone_out}",
            f"service-policy type inspect {title}",
        ]
    lines += ["policy-map type inspect NOTHING", "class class-default", "drop log"]
    for name in names:
        itself = f"source {name} destination {name}"
        for ends in (
            *([] if (name, name) in terms else [itself]),
            f"source {name} destination self",
            f"source self destination {name}",
        ):
            lines += [f"zone-pair security {ends.replace(' ', '-')} {ends}",
                      "service-policy type inspect NOTHING"]  # fmt: skip
    return "\n".join([*lines, ""])
