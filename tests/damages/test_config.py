"""Damages before rendering: a compiled configuration that means something else is found out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from telemed_infra.compile.config import (
    AddressEntry,
    FilterRule,
    FirewallConfig,
    PortConfig,
    PortUse,
    SwitchConfig,
    Verdict,
)
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix, prefix
from tests.damages.damage import check_packets
from tests.damages.workshop import CITY, GATEWAY, HOSPITAL, SWITCH, Workshop

IMAGES = "P0301-IMAGING-WAN"  # township images to the archive
HOSPITAL_IMAGES = "P1204-IMAGING-WAN"
VIDEO = "P0201-VIDEO-WAN"

FirewallEdit = Callable[[FirewallConfig], FirewallConfig]
SwitchEdit = Callable[[SwitchConfig], SwitchConfig]


# Firewalls ---------------------------------------------------------------------------------------


def with_rules(change: Callable[[tuple[FilterRule, ...]], tuple[FilterRule, ...]]) -> FirewallEdit:
    return lambda one: replace(one, policy=replace(one.policy, rules=change(one.policy.rules)))


def rule(head: str, change: Callable[[FilterRule], FilterRule]) -> FirewallEdit:
    """Changes the first rule whose name begins so."""

    def edit(rules: tuple[FilterRule, ...]) -> tuple[FilterRule, ...]:
        place = next(n for n, one in enumerate(rules) if one.name.startswith(head))
        return (*rules[:place], change(rules[place]), *rules[place + 1 :])

    return with_rules(edit)


def address_set(
    name: str, change: Callable[[tuple[AddressEntry, ...]], tuple[AddressEntry, ...]]
) -> FirewallEdit:
    def edit(config: FirewallConfig) -> FirewallConfig:
        sets = config.policy.address_sets
        assert any(one.name == name for one in sets)
        changed = tuple(
            replace(one, entries=change(one.entries)) if one.name == name else one for one in sets
        )
        return replace(config, policy=replace(config.policy, address_sets=changed))

    return edit


def app(name: str, **values: object) -> FirewallEdit:
    def edit(config: FirewallConfig) -> FirewallConfig:
        sets = config.policy.service_sets
        assert any(one.name == name for one in sets)
        changed = tuple(
            replace(one, app=one.app.model_copy(update=values)) if one.name == name else one
            for one in sets
        )
        return replace(config, policy=replace(config.policy, service_sets=changed))

    return edit


def zones_exchanged(one: str, other: str) -> FirewallEdit:
    def edit(config: FirewallConfig) -> FirewallConfig:
        members = {binding.zone: binding.interfaces for binding in config.bindings}
        members[one], members[other] = members[other], members[one]
        return replace(config, bindings=tuple(
            replace(binding, interfaces=members[binding.zone]) for binding in config.bindings
        ))  # fmt: skip

    return edit


def zone_emptied(zone: str) -> FirewallEdit:
    return lambda config: replace(config, bindings=tuple(
        replace(one, interfaces=()) if one.zone == zone else one for one in config.bindings
    ))  # fmt: skip


def interface(zone: str, **values: object) -> FirewallEdit:
    """Changes the first interface of a zone, there and among the device's own."""

    def edit(config: FirewallConfig) -> FirewallConfig:
        old = next(one for one in config.interfaces if one.zone == zone)
        new = replace(old, **values)
        return replace(
            config,
            interfaces=tuple(new if one is old else one for one in config.interfaces),
            bindings=tuple(
                replace(b, interfaces=tuple(new if one is old else one for one in b.interfaces))
                for b in config.bindings
            ),
        )

    return edit


def turned(one: FilterRule) -> FilterRule:
    verdict = Verdict.DENY if one.verdict is Verdict.PERMIT else Verdict.PERMIT
    return replace(one, verdict=verdict)


def second_half(entries: tuple[AddressEntry, ...]) -> tuple[AddressEntry, ...]:
    """The last IPv4 prefix loses its first half."""
    last = max(n for n, one in enumerate(entries) if one.prefix.family is Family.V4)
    old = entries[last].prefix
    assert isinstance(old, Prefix)
    half = old.part((old.last - old.first + 1) // 2, old.length + 1)
    return (*entries[:last], replace(entries[last], prefix=half), *entries[last + 1 :])


def twice_as_wide(entries: tuple[AddressEntry, ...]) -> tuple[AddressEntry, ...]:
    old = entries[0].prefix
    assert isinstance(old, Prefix)
    size = old.last - old.first + 1
    wide = old._replace(first=old.first & ~size, length=old.length - 1)
    return (replace(entries[0], prefix=wide), *entries[1:])


EVERYTHING = FilterRule(
    name="HELP", zone_in="OFFICE", zone_out="WAN", sources=(prefix("0.0.0.0/0"),),
    destinations=(prefix("0.0.0.0/0"),), services=("https",), verdict=Verdict.PERMIT,
)  # fmt: skip

# name, damage, kind of one finding, what it says
FIREWALL_ROWS: tuple[tuple[str, FirewallEdit, str, str], ...] = (
    ("a service of a rule dropped", rule(VIDEO, lambda one: replace(
        one, services=one.services[1:])), "missing", r"\(VIDEO\) to \S+ \(WAN\)"),
    ("a service of a rule more", rule(VIDEO, lambda one: replace(
        one, services=(*one.services, "ssh"))), "excess", r":22 from \S+ \(VIDEO\)"),
    ("an application's port dropped", app("h323", tcp=[1720]),
     "missing", r"^tcp .*:2776 from \S+ \(VIDEO\)"),
    ("an application's port widened", app("https", tcp=["443-444"]),
     "excess", r"^tcp .*:444 from"),
    ("an application's ICMP type lost", app("ping", icmp=[]), "missing", r"^icmp type 8"),
    ("an address entry dropped", address_set("DC-DMZ", lambda some: tuple(
        one for one in some if one.prefix != prefix("10.4.100.0/24"))),
     "missing", r"10\.4\.100\.0"),
    ("an address entry more", address_set("DC-DMZ", lambda some: (*some, AddressEntry(
        prefix=prefix("10.200.0.0/16"), origins=()))), "excess", r"10\.200\.0\.0"),
    ("an address entry halved", address_set("DC-DMZ", second_half), "missing", r"10\.4\.100\.0:53"),
    ("an address entry doubled", address_set("DC-DMZ", twice_as_wide),
     "excess", r"10\.0\.101\.0"),
    ("the sides of a rule exchanged", rule(VIDEO, lambda one: replace(
        one, sources=one.destinations, destinations=one.sources)), "missing", r"\(VIDEO\) to \S+"),
    ("a rule dropped", with_rules(lambda rules: rules[1:]), "missing", "must pass"),
    ("all rules dropped", with_rules(lambda rules: rules[-1:]), "missing", "must pass"),
    ("a rule more", with_rules(lambda rules: (EVERYTHING, *rules)),
     "excess", r"^tcp 0\.0\.0\.0:0 -> \S+:443 from \S+ \(OFFICE\)"),
    ("a rule's zones exchanged", rule(VIDEO, lambda one: replace(
        one, zone_in=one.zone_out, zone_out=one.zone_in)), "excess", r"\(WAN\) to \S+ \(VIDEO\)"),
    ("a rule from another zone", rule(VIDEO, lambda one: replace(one, zone_in="OFFICE")),
     "excess", r"from \S+ \(OFFICE\) to \S+ \(WAN\)"),
    ("two zones' interfaces exchanged", zones_exchanged("VIDEO", "OFFICE"),
     "missing", r"from \S+ \(VIDEO\)"),
    ("an interface out of its zone", zone_emptied("IMAGING"), "missing", r"from \S+ \(IMAGING\)"),
    ("an interface's name", interface("VIDEO", name="eth77"), "missing", r"from \S+ \(VIDEO\)"),
)  # fmt: skip

USG_ROWS: tuple[tuple[str, FirewallEdit, str, str], ...] = (
    ("a permit turned to deny", rule(VIDEO, turned), "missing", r"\(VIDEO\) to \S+ \(WAN\)"),
    ("the last deny turned to permit", rule("DENY-ALL", turned), "excess", r"\(GUEST\)"),
    ("the last deny first", with_rules(lambda rules: (rules[-1], *rules[:-1])),
     "missing", r"\(VIDEO\) to \S+ \(WAN\)"),
    ("the last deny from one zone, within zones open", lambda config: replace(
        rule("DENY-ALL", lambda one: replace(one, zone_in="GUEST"))(config), policy=replace(
            rule("DENY-ALL", lambda one: replace(one, zone_in="GUEST"))(config).policy,
            closed_within_zones=False)), "excess", r"\(VIDEO\) to \S+ \(VIDEO\)"),
    ("no last deny, within zones open", lambda config: replace(config, policy=replace(
        config.policy, rules=config.policy.rules[:-1], closed_within_zones=False)),
     "excess", r"\(WAN\) to \S+ \(WAN\)"),
    ("a rule from any zone", rule(VIDEO, lambda one: replace(one, zone_in=None)),
     "excess", r"from \S+ \(GUEST\) to \S+ \(WAN\)"),
    ("a rule with any addresses", rule(VIDEO, lambda one: replace(one, destinations=None)),
     "excess", r"-> 0\.0\.0\.0:"),
    ("a rule with any service", rule(VIDEO, lambda one: replace(one, services=())),
     "excess", r"from \S+ \(VIDEO\) to \S+ \(WAN\)"),
    ("a deny above", with_rules(lambda rules: (
        replace(EVERYTHING, verdict=Verdict.DENY, zone_in="VIDEO", services=()), *rules)),
     "missing", r"\(VIDEO\) to \S+ \(WAN\)"),
    ("an interface's VLAN", interface("VIDEO", vlan=21), "binding", "VLAN 21 in place of 20"),
    ("an interface's address", interface("VIDEO", v4=prefix("10.9.9.9/32")._replace(length=27)),
     "binding", r"addresses \S*10\.9\.9\.9/27"),
    ("the log of the last deny lost", rule("DENY-ALL", lambda one: replace(one, logged=False)),
     "unlogged", "not logged"),
)  # fmt: skip

NFT_ROWS: tuple[tuple[str, FirewallEdit, str, str], ...] = (
    ("a single end widened", rule(IMAGES, lambda one: replace(
        one, destinations=(prefix("10.12.4.0/24"),))), "excess", r"-> 10\.12\.4\.0:2762"),
    ("another single end", rule(IMAGES, lambda one: replace(
        one, destinations=(prefix("10.12.4.6/32"),))), "missing", r"-> 10\.12\.4\.5:2762"),
    ("the lines without rules", with_rules(lambda rules: tuple(
        one for one in rules if "LINE" not in (one.zone_in, one.zone_out))),
     "missing", r"^udp .*:500 from eth0 \(LINE\) to LOCAL"),
)  # fmt: skip


def of(device: str, rows: tuple[tuple[str, FirewallEdit, str, str], ...]):  # type: ignore[no-untyped-def]
    return [pytest.param(device, *row[1:], id=f"{device}: {row[0]}") for row in rows]


FIREWALL_DAMAGES = [
    *of(HOSPITAL, (*FIREWALL_ROWS, *USG_ROWS)),
    *of(GATEWAY, (*FIREWALL_ROWS, *NFT_ROWS)),
]


@pytest.mark.parametrize(("device", "edit", "kind", "says"), FIREWALL_DAMAGES)
def test_a_damaged_firewall_is_found(
    workshop: Workshop, device: str, edit: FirewallEdit, kind: str, says: str
) -> None:
    config = workshop.firewall(device)
    assert workshop.rendered(config) == workshop.text(device)
    damaged = workshop.rendered(edit(config))
    findings = workshop.prove(device, damaged)
    assert any(one.kind == kind and re.search(says, one.says) for one in findings), findings
    check_packets(workshop, device, findings, workshop.read(device, damaged))


def test_ipv6_is_proven_too(workshop: Workshop) -> None:
    """IPv6 lost from a set, and nothing else."""
    config = address_set("DC-DMZ", lambda some: tuple(
        one for one in some if one.prefix.family is Family.V4
    ))(workshop.firewall(CITY))  # fmt: skip
    findings = workshop.prove(CITY, workshop.rendered(config))
    assert findings
    assert {one.kind for one in findings} == {"missing"}
    assert all("2001:db8" in one.says for one in findings)


# Switches ----------------------------------------------------------------------------------------


def port(number: int, **values: object) -> SwitchEdit:
    def change(one: PortConfig) -> PortConfig:
        return replace(one, **values) if one.number == number else one

    return lambda config: replace(config, ports=tuple(map(change, config.ports)))


def ports_exchanged(one: int, other: int) -> SwitchEdit:
    numbers = {one: other, other: one}
    return lambda config: replace(config, ports=tuple(
        replace(each, number=numbers.get(each.number, each.number)) for each in config.ports
    ))  # fmt: skip


SWITCH_DAMAGES: tuple[tuple[str, SwitchEdit, str], ...] = (
    ("another access VLAN", port(1, vlan=40), r"0/1: access vlan 40 in place of 20"),
    ("a VLAN added to a trunk", port(24, vlans=(10, 20, 30, 40, 60, 70, 80, 999)),
     r"0/24: trunk vlans 999 is not meant"),
    ("a VLAN taken from a trunk", port(24, vlans=(10, 20, 30, 60, 70, 80)),
     r"0/24: trunk vlans 40 is missing"),
    ("another native VLAN", port(24, vlan=20), r"0/24: native vlan 20 in place of none"),
    ("a parked port opened", port(22, use=PortUse.ACCESS, vlan=10),
     r"0/22: mode access in place of shutdown"),
    ("a port parked", port(1, use=PortUse.PARKED), r"0/1: mode shutdown in place of access"),
    ("an access port made a trunk", port(1, use=PortUse.TRUNK, vlans=(20,)),
     r"0/1: mode trunk in place of access"),
    ("two ports exchanged", ports_exchanged(1, 19),
     r"0/1: access vlan 80 in place of 20"),
    ("a port dropped", lambda config: replace(config, ports=config.ports[1:]),
     r"0/1: port access is missing"),
    ("a port more", lambda config: replace(config, ports=(
        *config.ports, replace(config.ports[0], number=48))), r"0/48: port access is not meant"),
    ("a VLAN undefined", lambda config: replace(config, vlans=config.vlans[1:]),
     r"^vlan 10 is missing"),
    ("a VLAN more", lambda config: replace(config, vlans=(
        *config.vlans, replace(config.vlans[0], number=13))), r"^vlan 13 is not meant"),
    ("another management address", lambda config: replace(
        config, management=config.management._replace(first=config.management.first + 1)),
     r"^Vlanif10: address 10\.87\.24\.5/28 is not meant"),
    ("another management VLAN", lambda config: replace(config, management_vlan=20),
     r"^Vlanif20: address 10\.87\.24\.4/28 is not meant"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "says"), [row[1:] for row in SWITCH_DAMAGES], ids=[row[0] for row in SWITCH_DAMAGES]
)
def test_a_damaged_switch_is_found(workshop: Workshop, edit: SwitchEdit, says: str) -> None:
    config = workshop.switch(SWITCH)
    assert workshop.rendered(config) == workshop.text(SWITCH)
    findings = workshop.prove(SWITCH, workshop.rendered(edit(config)))
    assert any(one.kind == "switch" and re.search(says, one.says) for one in findings), findings


def test_there_are_damages() -> None:
    assert len(FIREWALL_ROWS) + len(USG_ROWS) >= 30
    assert len(FIREWALL_DAMAGES) >= 50
    assert len(SWITCH_DAMAGES) >= 14
