"""`parse_ios_firewall`: what an IOS router would do with packets, from its text alone."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.ios.chains import filter_chains, login_chain, zone_chain
from telemed_infra.parse.ios.entries import Group
from telemed_infra.parse.ios.firewall_grammar import FIREWALL
from telemed_infra.parse.ios.policies import Policies
from telemed_infra.parse.ios.reading import named_elsewhere, read_ios
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Ios
from telemed_infra.parse.ios.ways import Ways


def parse_ios_firewall(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    Which chains there are, and what they stand for, is told in `chains`; which ways the zones
    open, in `ways`. A chain that lets through what cannot be answered is not `stateful`: so a
    `pass` without its way back, or a list on an interface that stops answers, is seen.
    """
    state = Ios()
    reading = read_ios(FIREWALL, state, text)
    for port in state.ports.values():
        if port.zone is not None and port.zone.name not in state.zones:
            reading.refuse(port.zone.line, f"there is no zone {port.zone.name}")
    resolver = Resolver(state, reading)
    policies = Policies(resolver)
    ways = Ways(state, policies)
    logins = login_chain(resolver)
    chains = (
        zone_chain(ways, logs_drops=state.logs_drops),
        *filter_chains(resolver, ways),
        *((logins,) if logins else ()),
    )
    return FirewallBehaviour(
        hostname=state.hostname,
        chains=chains,
        zones={
            zone: frozenset(
                name for name, port in state.ports.items() if port.zone and port.zone.name == zone
            )
            for zone in state.zones
        },
        addresses={
            name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses
        },
        vlans={name: port.vlan for name, port in state.ports.items() if port.vlan is not None},
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
        unused=tuple(_unused(state, policies, text)),
    )


def _unused(state: Ios, policies: Policies, text: str) -> Iterator[str]:
    """What is defined and bound nowhere; lists are also used by what is inert here."""
    resolver = policies.resolver
    elsewhere = named_elsewhere(text)
    in_lists = _groups_in(state, resolver.used_groups)
    for name in state.lists:
        if name not in resolver.used_lists and name not in elsewhere:
            yield f"access-list {name}"
    yield from (f"object-group {name}" for name in state.groups if name not in in_lists)
    for name in state.class_maps:
        if name not in policies.used_classes:
            yield f"class-map {name}"
    yield from (f"policy-map {name}" for name in state.policy_maps if name not in policies.used)
    held = {port.zone.name for port in state.ports.values() if port.zone}
    yield from (f"zone {name}" for name in state.zones if name not in held)


def _groups_in(state: Ios, used: set[str]) -> set[str]:
    """The groups that a list or a group of the text names, judged here or not."""
    found = set(used)
    for held in state.lists.values():
        for one in held.entries.values():
            for term in (one.entry.services, one.entry.source, one.entry.destination):
                found.add(getattr(term, "name", ""))
    for group in state.groups.values():
        found.update(term.name for term in group.terms if isinstance(term, Group))
    return found
