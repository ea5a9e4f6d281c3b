"""A gateway as nftables 1.0 reads it.

Each family has rules of its own. A way (interface in, interface out) that some rule opens has a
chain; the base chains send packets there by a verdict map; what comes back is denied and logged.
Source: nft(8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.break_out import MARK
from telemed_infra.compile.config import (
    AddressEntry,
    Addresses,
    AddressSet,
    FilterRule,
    FirewallConfig,
    Origins,
)
from telemed_infra.compile.services import (
    IcmpMatch,
    PortMatch,
    ProtocolMatch,
    ServiceMatch,
    service_matches,
)
from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import LOCAL_ZONE
from telemed_infra.plan.prefix import Prefix, Span, address_text
from telemed_infra.render.break_outs import guests
from telemed_infra.render.text import mark
from telemed_infra.render.translations import network
from telemed_infra.translation import Translation

TABLE = "telemed"
TOLERATED_RATE = "limit rate 10/second "
SELECTOR = {Family.V4: "ip", Family.V6: "ip6"}
SET_TYPE = {Family.V4: "ipv4_addr", Family.V6: "ipv6_addr"}


class ElementView(NamedTuple):
    """One element of a set; the comma belongs to it."""

    mark: str
    text: str


class SetView(NamedTuple):
    """One named set."""

    mark: str
    name: str
    type: str
    elements: tuple[ElementView, ...]


class RuleView(NamedTuple):
    """One rule."""

    mark: str
    text: str


class WayView(NamedTuple):
    """A chain for one way between zones, and the interface pairs that lead to it."""

    name: str
    keys: tuple[str, ...]
    rules: tuple[RuleView, ...]


class TranslationView(NamedTuple):
    """Addresses that are changed one to one at the boundary."""

    mark: str
    boundary: str
    inside: str
    outside: str


class GuestsView(NamedTuple):
    """Who leaves by the carrier's line."""

    mark: str
    ingress: str
    egress: str
    sources: str


class GatewayView(NamedTuple):
    """A whole ruleset."""

    mark: str
    hostname: str
    table: str
    sets: tuple[SetView, ...]
    forward: tuple[WayView, ...]
    input: tuple[WayView, ...]
    output: tuple[WayView, ...]
    translations: tuple[TranslationView, ...]
    guests: tuple[GuestsView, ...]
    mark_of_guests: int


class ServiceWords:
    """The matches of applications, written once; of one network, since they go by name."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, ...], Family], list[str]] = {}

    def of(self, names: tuple[str, ...], family: Family, apps: Mapping[str, App]) -> list[str]:
        """Each match of the applications in one family."""
        key = names, family
        if key not in self._known:
            matches = service_matches([apps[name] for name in names], family)
            self._known[key] = [_match(one, family) for one in matches]
        return self._known[key]


def gateway_view(config: FirewallConfig, known: ServiceWords | None = None) -> GatewayView:
    """All of a gateway. Addresses of one prefix stand in the rule, more in a set.

    `known` are the words for services that other gateways of the network have needed.
    """
    sets = {one.name: one for one in config.policy.address_sets}
    apps = {one.name: one.app for one in config.policy.service_sets}
    words = ServiceWords() if known is None else known
    interfaces = {one.zone: tuple(i.name for i in one.interfaces) for one in config.bindings}
    ways: dict[tuple[str, str], list[RuleView]] = {}
    named: dict[tuple[str, Family], None] = {}
    families = FAMILIES if config.ipv6 else (Family.V4,)
    for rule in config.policy.rules:
        if rule.zone_in is None or rule.zone_out is None:
            continue  # the last deny is the base chains' own
        texts = ways.setdefault((rule.zone_in, rule.zone_out), [])
        own = mark(rule.origins)
        for family in families:
            services = words.of(rule.services, family, apps)
            for text in _rule_texts(rule, family, sets, services, named):
                texts.append(RuleView(own, text))
    views = [_way(zones, rules, interfaces) for zones, rules in ways.items() if rules]
    return GatewayView(
        mark=mark(config.origins),
        hostname=config.hostname,
        table=TABLE,
        sets=tuple(_set_view(sets[name], family) for name, family in named),
        forward=tuple(view for zones, view in views if LOCAL_ZONE not in zones),
        input=tuple(view for zones, view in views if zones[1] == LOCAL_ZONE),
        output=tuple(view for zones, view in views if zones[0] == LOCAL_ZONE),
        translations=tuple(_translation(one, config.origins) for one in config.translations),
        guests=tuple(
            GuestsView(one.mark, one.ingress, one.egress, one.sources.text)
            for one in guests(config)
        ),
        mark_of_guests=MARK,
    )


def _translation(one: Translation, origins: Origins) -> TranslationView:
    return TranslationView(
        mark=mark(origins),
        boundary=", ".join(f'"{name}"' for name in sorted(one.boundary)),
        inside=network(one.inside).text,
        outside=network(one.outside).text,
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
    family: Family,
    sets: dict[str, AddressSet],
    services: Sequence[str],
    named: dict[tuple[str, Family], None],
) -> Iterator[str]:
    assert rule.sources is not None
    assert rule.destinations is not None
    source = _addresses(rule.sources, family, sets)
    destination = _addresses(rule.destinations, family, sets)
    if not source or not destination:
        return
    for side, text in ((rule.sources, source), (rule.destinations, destination)):
        if isinstance(side, str) and text.startswith("@"):
            named[side, family] = None
    ip = SELECTOR[family]
    addresses = f"{ip} saddr {source} {ip} daddr {destination}"
    limit = TOLERATED_RATE if rule.limited else ""
    for service in services:
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
    for entry in sorted(entries, key=lambda one: (one.prefix.first, -one.prefix.last)):
        if not found or entry.prefix.first > found[-1].prefix.last:
            found.append(entry)
    return found


@lru_cache(maxsize=1 << 12)
def _prefix(prefix: Prefix | Span) -> str:
    if isinstance(prefix, Span):
        return prefix.text
    text = address_text(prefix.family, prefix.first)
    return text if prefix.length == prefix.family.bits else f"{text}/{prefix.length}"


def _match(one: ServiceMatch, family: Family) -> str:
    match one:
        case PortMatch(tcp=tcp, udp=udp) if tcp and udp:
            return f"meta l4proto . th dport {{ {', '.join(_with_protocol(tcp, udp))} }}"
        case PortMatch(tcp=tcp, udp=udp):
            return f"tcp dport {_choice(tcp)}" if tcp else f"udp dport {_choice(udp)}"
        case IcmpMatch(types=types):
            return f"{'icmp' if family is Family.V4 else 'icmpv6'} type {_choice(types)}"
        case ProtocolMatch(numbers=numbers):
            return f"meta l4proto {_choice(numbers)}"


def _with_protocol(tcp: Sequence[str], udp: Sequence[str]) -> Iterator[str]:
    yield from (f"tcp . {port}" for port in tcp)
    yield from (f"udp . {port}" for port in udp)


def _choice(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else "{ " + ", ".join(values) + " }"
