"""Tunnels between townships and the head of their county: who ends which, and by which addresses.

A township has one tunnel by its line and, where it has a mobile one, a second by that. They go to
two addresses of the head's pair, so that each keeps to its own way. The head only answers.

Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, TypeVar

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.model.schema.tunnels import TunnelDigest, TunnelRule
from telemed_infra.packets import FAMILIES, Family, Ranges
from telemed_infra.plan.devices import CARRIER_HOST, line_port
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS, Algorithms, TunnelAbilities
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import SitePlan
from telemed_infra.problem import Problem
from telemed_infra.tunnels import AEAD, EspSuite, IkeSuite, Selector, Tunnel

LINE_HOST, LTE_HOST = 4, 5  # virtual addresses: what tunnels by line and by mobile network go to
BY_LINE, BY_LTE = 10, 20  # preferences of routes: the line while it is there


Known = TypeVar("Known", bound=str | int)


class Way(NamedTuple):
    """One of a township's two ways to its head."""

    name: str
    host: int  # among the head's lines: the address that it goes to
    preference: int


LINE = Way("line", LINE_HOST, BY_LINE)
LTE = Way("lte", LTE_HOST, BY_LTE)


class OuterRoute(NamedTuple):
    """By which next hop an end reaches the other one's outer address."""

    prefix: Prefix
    target: Prefix


def tunnels(network: Network, plan: NetworkPlan, device: Device) -> tuple[Tunnel, ...]:
    """A device's part in each tunnel that it ends; those of a head in the order of its sites."""
    site = device.site
    if device.role != site.blueprint.enforcing:
        return ()
    ends = _Ends(network, plan)
    if site.blueprint.tunnels_from_below:
        return tuple(one for lower in townships(network, site) for one in ends.upper(device, lower))
    return tuple(ends.lower(device))


def outer_routes(network: Network, plan: NetworkPlan, device: Device) -> tuple[OuterRoute, ...]:
    """A head's routes to the outer addresses of its townships; a township knows its own lines."""
    site = device.site
    if device.role != site.blueprint.enforcing or not site.blueprint.tunnels_from_below:
        return ()
    carrier = plan.sites[site.id].line_host(CARRIER_HOST)
    below = townships(network, site)
    found = [line_address(plan.sites[one.id]) for one in below if LINE in ways(one)]
    if any(LTE in ways(one) for one in below):
        found.append(prefix(network.addresses.lte_pool))
    return tuple(OuterRoute(one, carrier) for one in found)


def townships(network: Network, head: Site) -> list[Site]:
    """The sites that reach a head by tunnel."""
    county = network.counties.get(head.county_id or "")
    return [site for site in county.townships if ways(site)] if county else []


def ways(site: Site) -> tuple[Way, ...]:
    """By which ways a site reaches its head by tunnel."""
    ups = [uplink for uplink in site.blueprint.uplinks if uplink.to == "tunnel"]
    found = (LTE if uplink.medium == "lte" else LINE for uplink in ups)
    return tuple(one for one in found if one is LINE or site.lte)


def line_address(plan: SitePlan) -> Prefix:
    """The outer address of a township's line, as /32; only of one that has a line."""
    links = (up.link for up in plan.site.blueprint.uplinks if up.to == "tunnel")
    link = next(one for one in links if one is not None)
    return plan.link_address(link, 1)[0]._replace(length=32)


class _Ends:
    """Both ends of a tunnel, each said once."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._rule = network.tunnels
        self._network = network
        self._plan = plan

    def lower(self, device: Device) -> Iterator[Tunnel]:
        """The tunnels that a township's gateway begins."""
        county = self._network.counties.get(device.site.county_id or "")
        if county is None:
            return
        (head, *_) = enforcing(self._network, county.center)
        for way in ways(device.site):
            yield self._end(device, device, head, way, starts=True)

    def upper(self, device: Device, lower: Site) -> Iterator[Tunnel]:
        """A head's part in the tunnels of one township."""
        (gateway, *_) = enforcing(self._network, lower)
        for way in ways(lower):
            yield self._end(device, gateway, device, way, starts=False)

    def _end(
        self, device: Device, gateway: Device, head: Device, way: Way, *, starts: bool
    ) -> Tunnel:
        mine = _abilities(device)
        ike, esp = suites(self._rule, algorithms(gateway), algorithms(head))
        lower = self._plan.sites[gateway.site.id]
        addresses = (
            line_address(lower).first if way is LINE else None,
            self._plan.sites[head.site.id].line_host(way.host).first,
        )
        identities = (f"{gateway.name}.{way.name}", f"{head.name.rpartition('-')[0]}.{way.name}")
        selectors = (_block(lower), _everything(gateway.site))
        order = 1 if starts else -1
        return Tunnel(
            interface=mine.line_interface(gateway.site.num) if way is LINE else mine.by_lte,
            below=_below(device, way),
            own_address=addresses[::order][0],
            peer_address=addresses[::order][1],
            own_identity=identities[::order][0],
            peer_identity=identities[::order][1],
            secret=f"{self._rule.secrets}{gateway.name.lower()}",
            starts=starts or (way is LINE and not mine.waits),
            own=selectors[::order][0],
            peer=selectors[::order][1],
            preference=way.preference,
            ike=ike,
            esp=esp,
            ike_lifetime_s=self._rule.ike_lifetime_s,
            esp_lifetime_s=self._rule.esp_lifetime_s,
            liveness_s=max(self._rule.liveness_s, mine.liveness_s_min),
        )


def enforcing(network: Network, site: Site) -> list[Device]:
    """The devices of a site's enforcement point."""
    return [one for one in network.devices_of(site) if one.role == site.blueprint.enforcing]


def suites(rule: TunnelRule, one: Algorithms, other: Algorithms) -> tuple[IkeSuite, EspSuite]:
    """The first algorithms of the rule that both ends know.

    Raises:
        StopIteration: they have none in common; `plan/limits.py` has told it.
    """
    digest = _first(rule.digests, one.digests & other.digests)
    group = _first(rule.groups, one.groups & other.groups)
    ike = _first(rule.ike, one.ike & other.ike)
    esp = _first(rule.esp, one.esp & other.esp)
    return (
        IkeSuite(ike, _integrity(ike, digest), digest, group),
        EspSuite(esp, _integrity(esp, digest), group),
    )


def strangers(network: Network) -> Iterator[Problem]:
    """Townships and heads that have no algorithm or family in common, once for each two kinds."""
    told = set()
    for county in network.counties.values():
        for site in county.townships:
            for words, hint in _differences(network, site, county.center):
                if words not in told:
                    told.add(words)
                    yield Problem.at(county.center.origin, f"counties.{county.id}", words, hint)


def _differences(network: Network, lower: Site, head: Site) -> Iterator[tuple[str, str]]:
    """What keeps a township and its head from a tunnel, and the mend."""
    names = [enforcing(network, one)[0].platform for one in (lower, head)]
    ends = PLATFORMS[names[1]].tunnels
    if PLATFORMS[names[0]].tunnels is None or ends is None or not ways(lower):
        return  # plan/limits.py tells of a platform that ends none
    yield from no_algorithm(network, *names)
    if lower.blueprint.ipv6 and not ends.inner6:
        yield (
            f"{names[1]} takes no IPv6 through its tunnels, and the townships speak it",
            "leave `ipv6` out of the townships' blueprint, or choose another platform",
        )


def no_algorithm(network: Network, *names: str) -> Iterator[tuple[str, str]]:
    """What two platforms lack to encrypt what is between them, and the mend."""
    one, other = (PLATFORMS[name].ipsec for name in names)
    if one is None or other is None:
        return  # plan/limits.py tells of a platform that encrypts nothing
    lacks = _lacking(network.tunnels, one, other)
    if lacks:
        yield (
            f"{names[0]} and {names[1]} know none of `tunnels.{lacks}` of network.yml both",
            "add one that both know: docs/reference/platforms.md lists them",
        )


def _lacking(rule: TunnelRule, one: Algorithms, other: Algorithms) -> str:
    """The first list of the rule from which two ends take nothing."""
    rows = (
        ("ike", set(rule.ike) & one.ike & other.ike),
        ("esp", set(rule.esp) & one.esp & other.esp),
        ("digests", set(rule.digests) & one.digests & other.digests),
        ("groups", set(rule.groups) & one.groups & other.groups),
    )
    return next((name for name, common in rows if not common), "")


def _first(wanted: Iterable[Known], known: Collection[Known]) -> Known:
    return next(one for one in wanted if one in known)


def _integrity(cipher: str, digest: TunnelDigest) -> str:
    return "" if cipher in AEAD else digest


def algorithms(device: Device) -> Algorithms:
    """What a device that ends tunnels knows of IPsec."""
    found = PLATFORMS[device.platform].ipsec
    assert found is not None  # plan/limits.py has seen to it
    return found


def _abilities(device: Device) -> TunnelAbilities:
    found = PLATFORMS[device.platform].tunnels
    assert found is not None  # plan/limits.py has seen to it
    return found


def _below(device: Device, way: Way) -> str:
    """The port that leads to the carrier, or to the mobile network."""
    mobile = any(
        uplink.medium == "lte" and uplink.port.startswith(f"{device.role}{device.number:02d}:")
        for uplink in device.site.blueprint.uplinks
    )
    return PLATFORMS[device.platform].lte if way is LTE and mobile else line_port(device)


def _block(plan: SitePlan) -> Selector:
    def ranges(one: Prefix, family: Family) -> Ranges:
        return ((one.first, one.first + (1 << (family.bits - one.length)) - 1),)

    v6 = ranges(plan.block6, Family.V6) if plan.ipv6 else ()
    return Selector(ranges(plan.block4, Family.V4), v6)


def _everything(lower: Site) -> Selector:
    v4, v6 = (family.every_address for family in FAMILIES)
    return Selector(v4, v6 if lower.blueprint.ipv6 else ())
