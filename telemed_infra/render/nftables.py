"""A gateway as nftables 1.0 reads it.

Each family has rules of its own. A way (interface in, interface out) that some rule opens has a
chain; the base chains send packets there by a verdict map; what comes back is denied and logged.
Source: nft(8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from telemed_infra.compile.config import (
    AddressEntry,
    Addresses,
    AddressSet,
    FilterRule,
    FirewallConfig,
    ServiceSet,
)
from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import LOCAL_ZONE
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.text import mark

TABLE = "telemed"
TOLERATED_RATE = "limit rate 10/second "
SELECTOR = {Family.V4: "ip", Family.V6: "ip6"}
SET_TYPE = {Family.V4: "ipv4_addr", Family.V6: "ipv6_addr"}


@dataclass(frozen=True, slots=True)
class ElementView:
    """One element of a set; the comma belongs to it."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class SetView:
    """One named set."""

    mark: str
    name: str
    type: str
    elements: tuple[ElementView, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class WayView:
    """A chain for one way between zones, and the interface pairs that lead to it."""

    name: str
    keys: tuple[str, ...]
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class GatewayView:
    """A whole ruleset."""

    mark: str
    hostname: str
    table: str
    sets: tuple[SetView, ...]
    forward: tuple[WayView, ...]
    input: tuple[WayView, ...]
    output: tuple[WayView, ...]


def gateway_view(config: FirewallConfig) -> GatewayView:
    """All of a gateway. Addresses of one prefix stand in the rule, more in a set."""
    sets = {one.name: one for one in config.policy.address_sets}
    services = _Services(config.policy.service_sets)
    interfaces = {one.zone: tuple(i.name for i in one.interfaces) for one in config.bindings}
    ways: dict[tuple[str, str], list[RuleView]] = {}
    named: dict[tuple[str, Family], None] = {}
    for rule in config.policy.rules:
        if rule.zone_in is None or rule.zone_out is None:
            continue  # the last deny is the base chains' own
        texts = ways.setdefault((rule.zone_in, rule.zone_out), [])
        for text in _rule_texts(rule, sets, services, named):
            texts.append(RuleView(mark(rule.origins), text))
    views = [_way(zones, rules, interfaces) for zones, rules in ways.items() if rules]
    return GatewayView(
        mark=mark(config.origins),
        hostname=config.hostname,
        table=TABLE,
        sets=tuple(_set_view(sets[name], family) for name, family in named),
        forward=tuple(view for zones, view in views if LOCAL_ZONE not in zones),
        input=tuple(view for zones, view in views if zones[1] == LOCAL_ZONE),
        output=tuple(view for zones, view in views if zones[0] == LOCAL_ZONE),
    )


def _way(
    zones: tuple[str, str], rules: list[RuleView], interfaces: dict[str, tuple[str, ...]]
) -> tuple[tuple[str, str], WayView]:
    zone_in, zone_out = zones
    if LOCAL_ZONE in zones:
        other = zone_in if zone_out == LOCAL_ZONE else zone_out
        keys = tuple(f'"{name}"' for name in interfaces[other])
    else:
        keys = tuple(f'"{a}" . "{b}"' for a in interfaces[zone_in] for b in interfaces[zone_out])
    return zones, WayView(f"{zone_in}-{zone_out}", keys, tuple(rules))


def _rule_texts(
    rule: FilterRule,
    sets: dict[str, AddressSet],
    services: _Services,
    named: dict[tuple[str, Family], None],
) -> Iterator[str]:
    assert rule.sources is not None
    assert rule.destinations is not None
    limit = TOLERATED_RATE if rule.limited else ""
    for family in FAMILIES:
        source = _addresses(rule.sources, family, sets)
        destination = _addresses(rule.destinations, family, sets)
        if not source or not destination:
            continue
        for side, text in ((rule.sources, source), (rule.destinations, destination)):
            if isinstance(side, str) and text.startswith("@"):
                named[side, family] = None
        ip = SELECTOR[family]
        addresses = f"{ip} saddr {source} {ip} daddr {destination}"
        for service in services.of(rule.services, family):
            yield f'{addresses} {service} {limit}accept comment "{rule.name}"'


def _addresses(addresses: Addresses, family: Family, sets: dict[str, AddressSet]) -> str:
    """The addresses of one family: a prefix, the name of a set, or "" if there are none."""
    if not isinstance(addresses, str):
        return "".join(_prefix(one) for one in addresses if one.family is family)
    entries = sets[addresses].of(family)
    if len(entries) < 2:
        return "".join(_prefix(one.prefix) for one in entries)
    return f"@{_set_name(addresses, family)}"


def _set_name(name: str, family: Family) -> str:
    return f"{name}-v{family.value}"


def _set_view(one: AddressSet, family: Family) -> SetView:
    entries = one.of(family)
    return SetView(
        mark(one.origins),
        _set_name(one.name, family),
        SET_TYPE[family],
        tuple(
            ElementView(mark(entry.origins), _prefix(entry.prefix)) for entry in _outermost(entries)
        ),
    )


def _outermost(entries: Iterable[AddressEntry]) -> list[AddressEntry]:
    """An interval set refuses overlapping elements: prefixes inside another are left out."""
    found: list[AddressEntry] = []
    for entry in sorted(entries, key=lambda one: (one.prefix.first, one.prefix.length)):
        if not found or entry.prefix.first > found[-1].prefix.last:
            found.append(entry)
    return found


def _prefix(prefix: Prefix) -> str:
    text = address_text(prefix.family, prefix.first)
    return text if prefix.length == prefix.family.bits else f"{text}/{prefix.length}"


class _Services:
    """The matches of sets of applications, each written once."""

    def __init__(self, service_sets: Iterable[ServiceSet]) -> None:
        self._apps = {one.name: one.app for one in service_sets}
        self._known: dict[tuple[tuple[str, ...], Family], list[str]] = {}

    def of(self, names: tuple[str, ...], family: Family) -> list[str]:
        """One match for each protocol, over all the applications."""
        if (names, family) not in self._known:
            apps = [self._apps[name] for name in names]
            self._known[names, family] = list(_services(apps, family))
        return self._known[names, family]


def _services(apps: list[App], family: Family) -> Iterator[str]:
    """One match for each protocol, over all applications of a rule."""
    for protocol in ("tcp", "udp"):
        numbers = [number for app in apps for number in getattr(app, protocol) or ()]
        if numbers:
            yield f"{protocol} dport {_choice(numbers)}"
    name, kinds = ("icmp", "icmp") if family is Family.V4 else ("icmpv6", "icmp6")
    types = [kind for app in apps for kind in getattr(app, kinds) or ()]
    if types:
        yield f"{name} type {_choice(types)}"
    protocols = [number for app in apps for number in app.protocol or ()]
    if protocols:
        yield f"meta l4proto {_choice(protocols)}"


def _choice(values: Sequence[int | str]) -> str:
    texts = [str(value) for value in dict.fromkeys(values)]
    return texts[0] if len(texts) == 1 else "{ " + ", ".join(texts) + " }"
