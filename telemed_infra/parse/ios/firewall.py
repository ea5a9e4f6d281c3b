"""`parse_ios_firewall`: what an IOS router would do with packets, from its text alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour, moved_by
from telemed_infra.parse.ios.break_out import break_outs_of
from telemed_infra.parse.ios.chains import filter_chains, login_chain, zone_chain
from telemed_infra.parse.ios.entries import Group
from telemed_infra.parse.ios.fhrp import pair_of
from telemed_infra.parse.ios.firewall_grammar import FIREWALL
from telemed_infra.parse.ios.ipsec_bound import tunnels_of
from telemed_infra.parse.ios.pairs import (
    Matter,
    Own,
    Parts,
    bindings,
    matter,
    read_own,
    split,
)
from telemed_infra.parse.ios.plane.context import Context
from telemed_infra.parse.ios.plane.plane import management_plane
from telemed_infra.parse.ios.policies import Policies
from telemed_infra.parse.ios.reading import named_elsewhere, read_ios
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Ios
from telemed_infra.parse.ios.translations import translated
from telemed_infra.parse.ios.ways import Ways
from telemed_infra.parse.reading import Reading


class _Last(NamedTuple):
    """The router read before this one, if it was understood to the last line."""

    parts: Parts
    matter: Matter
    bindings: tuple[int, ...]
    behaviour: FirewallBehaviour
    lists: tuple[str, ...]  # access lists that no chain uses
    unused: tuple[str, ...]  # of what else is defined
    state: Ios


_last: list[_Last] = []


def parse_ios_firewall(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    Which chains there are, and what they stand for, is told in `chains`; which ways the zones
    open, in `ways`. A chain that lets through what cannot be answered is not `stateful`: so a
    `pass` without its way back, or a list on an interface that stops answers, is seen.

    Of two members of a pair read one after the other, the second is read in its own lines only, if
    the shared ones are the same, letter by letter (see `pairs`).
    """
    parts = split(text)
    if parts and _last and _last[0].parts.shared == parts.shared:
        found = read_own(parts)
        partner = _partner(_last[0], parts, *found, text) if found else None
        if partner is not None:
            return partner
    return _parse(text, parts)


def _partner(
    last: _Last, parts: Parts, state: Own, reading: Reading, text: str
) -> FirewallBehaviour | None:
    """The other member; None if its own lines make other chains."""
    if matter(state) != last.matter:
        return None
    places = [
        *zip(last.parts.numbers, parts.numbers, strict=True),
        *zip(last.bindings, bindings(state), strict=True),
    ]
    by = moved_by(places)
    pair = pair_of(state, reading.refuse)
    changes = translated(state, reading.refuse)
    if by is None:
        return None
    known, shared = last.behaviour, dict(zip(last.parts.numbers, parts.numbers, strict=True))
    # Access lists are shared; no line of them is complained about, or the text is read whole.
    state.lists, state.groups = last.state.lists, last.state.groups
    resolver = Resolver(state, reading)
    plane = management_plane(Context(state, reading, resolver, is_switch=False))
    ends = tunnels_of(state, resolver)
    leaving = break_outs_of(state, resolver)
    if reading.unread:
        return None
    effective = reading.effective | {shared[one] for one in known.effective if one in shared}
    inert = reading.inert | {shared[one] for one in known.inert if one in shared}
    return replace(
        known,
        hostname=state.hostname,
        addresses=_addresses(state),
        lines=len(effective) + len(inert),
        effective=effective,
        inert=inert,
        unused=(*_named_nowhere(last.lists, text), *last.unused),
        moved=by,
        plane=plane,
        redundancy=pair.redundancy,
        pair_lines=pair.lines,
        tunnels=ends.tunnels,
        tunnel_lines=ends.lines,
        translations=changes.translations,
        translation_lines=changes.lines,
        break_outs=leaving.found,
        break_out_lines=leaving.lines,
    )


def _parse(text: str, parts: Parts | None) -> FirewallBehaviour:
    """The text read through; kept for the next one, if nothing of it is unread."""
    state = Ios()
    reading = read_ios(FIREWALL, state, text)
    _zones_are_there(state, reading)
    resolver = Resolver(state, reading)
    policies = Policies(resolver)
    ways = Ways(state, policies)
    logins = login_chain(resolver)
    chains = (
        zone_chain(ways, logs_drops=state.logs_drops),
        *filter_chains(resolver, ways),
        *((logins,) if logins else ()),
    )
    ends = tunnels_of(state, resolver)
    leaving = break_outs_of(state, resolver)
    lists = tuple(name for name in state.lists if name not in resolver.used_lists)
    unused = tuple(_unused(state, policies))
    plane = management_plane(Context(state, reading, resolver, is_switch=False))
    pair = pair_of(state, reading.refuse)
    changes = translated(state, reading.refuse)
    behaviour = FirewallBehaviour(
        hostname=state.hostname,
        chains=chains,
        zones=_members(state),
        addresses=_addresses(state),
        vlans={name: port.vlan for name, port in state.ports.items() if port.vlan is not None},
        unread=reading.in_order(),
        lines=reading.lines,
        effective=reading.effective,
        inert=reading.inert,
        unused=(*_named_nowhere(lists, text), *unused),
        plane=plane,
        redundancy=pair.redundancy,
        pair_lines=pair.lines,
        tunnels=ends.tunnels,
        tunnel_lines=ends.lines,
        translations=changes.translations,
        translation_lines=changes.lines,
        break_outs=leaving.found,
        break_out_lines=leaving.lines,
    )
    keeps = parts and not behaviour.unread and behaviour.effective >= set(parts.begins)
    _last[:] = (
        [_Last(parts, matter(state), tuple(bindings(state)), behaviour, lists, unused, state)]
        if parts and keeps
        else []
    )
    return behaviour


def _zones_are_there(state: Ios, reading: Reading) -> None:
    for port in state.ports.values():
        if port.zone is not None and port.zone.name not in state.zones:
            reading.refuse(port.zone.line, f"there is no zone {port.zone.name}")


def _members(state: Ios) -> Mapping[str, frozenset[str]]:
    return {
        zone: frozenset(
            name for name, port in state.ports.items() if port.zone and port.zone.name == zone
        )
        for zone in state.zones
    }


def _addresses(state: Ios) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses}


def _named_nowhere(lists: tuple[str, ...], text: str) -> Iterator[str]:
    """Access lists that no chain uses, and nothing that is inert here."""
    elsewhere = named_elsewhere(text) if lists else frozenset()
    yield from (f"access-list {name}" for name in lists if name not in elsewhere)


def _unused(state: Ios, policies: Policies) -> Iterator[str]:
    """What else is defined and bound nowhere."""
    in_lists = _groups_in(state, policies.resolver.used_groups)
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
