"""A firewall's text against the openings of its enforcement point: equal, or a witness packet.

Proven for each way between two interfaces, in both families: what must pass passes (calm reading),
and what passes in any reading must or may. Ways that neither side speaks of are closed by the text
(`Filters.open_ways` says which are not). Knows nothing of how the text was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import Struct

from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.packets import FAMILIES, Family, Service
from telemed_infra.parse.behaviour import LOCAL, Action, Chain, FirewallBehaviour
from telemed_infra.plan.devices import LOCAL_ZONE, Interface
from telemed_infra.prove.alike import lines_between
from telemed_infra.prove.filters import OTHER, Filters, Way, interfaces_named
from telemed_infra.prove.findings import DeviceProof, Finding, packet_text
from telemed_infra.prove.services import by_protocol
from telemed_infra.prove.sweep import Judge, Kind, Product, Witness, compare

LOOPBACKS = ("lo",)  # what the kernel sends itself never meets the network


class WayProducts(Struct, frozen=True):
    """What must and what may pass between two zones, by family.

    `whole` has a product for each of `must`, with every code of its ICMP types: it may pass.
    """

    must: Mapping[Family, list[Product]]
    may: Mapping[Family, list[Product]]
    whole: Mapping[Family, list[Product]]


Meant = Mapping[tuple[str, str], WayProducts]


def meant(openings: Iterable[Opening], services: AppServices) -> Meant:
    """The openings of an enforcement point as sets, by zone in and zone out."""
    found: dict[tuple[str, str], WayProducts] = {}
    for opening in openings:
        way = found.get(opening.way)
        if way is None:
            way = found[opening.way] = _nothing()
        for family in FAMILIES:
            every, needed = services.needed_of(opening.apps, family)
            products = _products(opening, family, every)
            if opening.tolerated:
                way.may[family].extend(products)
                continue
            way.whole[family].extend(products)
            way.must[family].extend(
                products if needed is every else _products(opening, family, needed)
            )
    return found


def _products(opening: Opening, family: Family, services: tuple[Service, ...]) -> Sequence[Product]:
    sources = opening.sources.ranges(family)
    destinations = opening.destinations.ranges(family) if sources else ()
    if not destinations:
        return ()
    return [
        Product((sources, destinations, part), opening.policy)
        for part in by_protocol(services, family)
    ]


@dataclass(frozen=True, slots=True)
class WaysProof:
    """What came of comparing every way; the findings name no device yet."""

    chains: tuple[Chain, ...]
    named: frozenset[str]  # interfaces that the text names elsewhere than in its chains
    zones: Mapping[str, str]
    products: Meant
    ways: int
    findings: tuple[Finding, ...]

    def of(
        self, behaviour: FirewallBehaviour, zones: Mapping[str, str], products: Meant
    ) -> WaysProof | None:
        """What comes of comparing another text (a pair's other member); None: it is not known.

        It is known of equal chains, between interfaces of the same names, against the same
        openings. Only where the chains stand in the text may differ.
        """
        alike = self.products is products and self.zones == zones
        moved = None
        if alike and self.named == interfaces_named(behaviour):
            moved = lines_between(self.chains, behaviour.chains)
        if moved is None:
            return None
        findings = tuple(replace(one, line=moved.place(one.line)) for one in self.findings)
        return replace(self, findings=findings)


def compare_ways(
    behaviour: FirewallBehaviour, zones: Mapping[str, str], products: Meant
) -> WaysProof:
    """Each way that the text leaves open or an opening needs, in both families."""
    filters = Filters(behaviour)
    expected = {
        (a, b)
        for zone_in, zone_out in products
        for a in _of_zone(zones, zone_in)
        for b in _of_zone(zones, zone_out)
    }
    named = [name for name in zones if name != LOCAL]
    ways = {
        way
        for way in filters.open_ways(named) | expected
        if not any(name in LOOPBACKS for name in way)
    }
    findings = [one for way in sorted(ways) for one in _way(filters, zones, products, way)]
    return WaysProof(
        chains=behaviour.chains,
        named=interfaces_named(behaviour),
        zones=zones,
        products=products,
        ways=len(ways),
        findings=tuple(findings),
    )


def prove_firewall(
    device: str,
    behaviour: FirewallBehaviour,
    interfaces: Sequence[Interface],
    openings: Sequence[Opening],
    compared: WaysProof,
) -> DeviceProof:
    """Everything about one firewall's text; `compared` is `compare_ways` of it."""
    findings = [
        *_unread(device, behaviour),
        *_bindings(device, behaviour, interfaces),
        *(
            replace(one, device=device, line=behaviour.moved.place(one.line))
            for one in compared.findings
        ),
        *_hygiene(device, behaviour),
    ]
    may = sum([one.tolerated for one in openings])
    return DeviceProof(
        device=device,
        findings=tuple(findings),
        must=len(openings) - may,
        may=may,
        rules=sum(len(chain.rules) for chain in behaviour.chains),
        ways=compared.ways,
        lines=behaviour.lines,
        covered=behaviour.lines - len(behaviour.unread),
        effective=len(behaviour.effective),
    )


def zones_by_interface(interfaces: Sequence[Interface]) -> dict[str, str]:
    """Interface → zone; loopbacks are the device itself."""
    found = {LOCAL: LOCAL_ZONE}
    found.update((one.name, one.zone) for one in interfaces if one.zone != LOCAL_ZONE)
    return found


def _of_zone(zones: Mapping[str, str], zone: str) -> list[str]:
    return [name for name, of in zones.items() if of == zone]


def _nothing() -> WayProducts:
    must, may, whole = (_no_products() for _ in range(3))
    return WayProducts(must, may, whole)


def _no_products() -> dict[Family, list[Product]]:
    return {family: [] for family in FAMILIES}


_NOTHING = _nothing()


def _way(
    filters: Filters, zones: Mapping[str, str], products: Meant, way: Way
) -> Iterator[Finding]:
    pair = (zones.get(way[0], OTHER), zones.get(way[1], OTHER))
    wanted = products.get(pair, _NOTHING)
    for family in FAMILIES:
        judges = filters.way_rules(*way, family)
        must, may = wanted.must[family], wanted.may[family]
        if not must and any(_stops_everything(one) for one in judges):
            continue  # nothing passes, and nothing has to
        for witness in compare(family, must, may, judges, whole=wanted.whole[family]):
            yield _finding(way, pair, family, witness)


def _stops_everything(judge: Judge) -> bool:
    return judge.default is Action.DENY and Action.PERMIT not in [
        step.action for step in judge.steps
    ]


def _finding(way: Way, pair: tuple[str, str], family: Family, witness: Witness) -> Finding:
    packet = packet_text(
        family, witness.source, witness.destination, witness.key, witness.source_port
    )
    where = f"from {way[0]} ({pair[0]}) to {way[1]} ({pair[1]})"
    if witness.kind is Kind.MISSING:
        says = f"{packet} {where} must pass and does not"
    else:
        says = f"{packet} {where} passes and no policy allows it"
    return Finding(
        device="",
        line=witness.lines[0] if witness.lines else 0,
        kind=witness.kind.value,
        says=says,
        policies=tuple(sorted({str(tag) for tag in witness.tags})),
    )


def _unread(device: str, behaviour: FirewallBehaviour) -> Iterator[Finding]:
    for one in behaviour.unread:
        yield Finding(
            device=device, line=one.line, kind="unread", says=f"`{one.text.strip()}`: {one.why}"
        )


def _bindings(
    device: str, behaviour: FirewallBehaviour, interfaces: Sequence[Interface]
) -> Iterator[Finding]:
    """VLANs and addresses of the interfaces, where the text gives them; zones by their effect."""
    if not behaviour.addresses and not behaviour.vlans:
        return
    for one in interfaces:
        if one.vlan != behaviour.vlans.get(one.name):
            found = behaviour.vlans.get(one.name, "none")
            yield Finding(
                device=device,
                line=0,
                kind="binding",
                says=f"{one.name}: VLAN {found} in place of {one.vlan}",
            )
        wanted = {address.text for address in (one.v4, one.v6) if address}
        there = set(behaviour.addresses.get(one.name, ()))
        if wanted != there:
            yield Finding(
                device=device,
                line=0,
                kind="binding",
                says=f"{one.name}: addresses {_list(there)} in place of {_list(wanted)}",
            )


def _list(texts: Iterable[str]) -> str:
    return ", ".join(sorted(texts)) or "none"


def _denies(chain: Chain) -> bool:
    """Whether some packet is stopped here: a chain that marks alone has nothing to log."""
    return chain.default is Action.DENY or any(one.action is Action.DENY for one in chain.rules)


def _hygiene(device: str, behaviour: FirewallBehaviour) -> Iterator[Finding]:
    for chain in behaviour.chains:
        if not chain.stateful:
            yield Finding(
                device=device,
                line=behaviour.moved.place(chain.line),
                kind="missing",
                says=f"chain {chain.name}: replies to permitted openings do not pass",
            )
        if not chain.logs_denied and _denies(chain):
            yield Finding(
                device=device,
                line=behaviour.moved.place(chain.line),
                kind="unlogged",
                says=f"chain {chain.name}: what it denies is not logged",
            )
    for name in behaviour.unused:
        yield Finding(device=device, line=0, kind="hygiene", says=f"{name} is bound nowhere")
