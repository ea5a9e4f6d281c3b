"""`parse_usg`: what a Huawei USG6000 V500 firewall would do with packets, from its text alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from telemed_infra.parse.behaviour import FirewallBehaviour, Moved
from telemed_infra.parse.vrp.engine import Reading, read
from telemed_infra.parse.vrp.usg_chain import named_zones, policy_chain
from telemed_infra.parse.vrp.usg_grammar import USG
from telemed_infra.parse.vrp.usg_state import Usg

_SHARED = re.compile(r"^(?:ip address-set|ip service-set|security-policy)", re.MULTILINE)
_OWN = re.compile(r"^(sysname| description| ip address| ipv6 address) .*$", re.MULTILINE)


_ROUTING = re.compile(
    r"^(?:#\n|bfd\n|(?:ip|ipv6) (?:route-static|ip-prefix|ipv6-prefix) .*\n"
    r"|(?:bgp|route-policy) .*\n(?: (?! *(?:quit|return|system-view)\b).*\n)*)+\Z",
    re.MULTILINE,
)
"""Routing at the end of the head: it bears on no chain, and differs between members of a pair."""


class _Last(NamedTuple):
    """The firewall read before this one, if it was understood to the last line."""

    front: str  # up to routing and the shared part, without names and addresses
    shared: str  # sets and policy
    head_lines: int  # of front and routing
    behaviour: FirewallBehaviour


_last: list[_Last] = []


def parse_usg(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    The result has one chain, `security-policy`, that judges all three kinds of way. What its extra
    rules (service-manage, intrazone, default action) stand for is told in `usg_chain`.

    Of two members of a pair read one after the other, the second is read in its own part only if
    everything else is the same, letter by letter: sets, policy, and the head but for names,
    descriptions, addresses and routing, which bear on no chain.
    """
    found = _SHARED.search(text)
    place = found.start() if found else len(text)
    head, shared = text[:place], text[place:]
    routing = _ROUTING.search(head)
    bare = _OWN.sub(r"\1", head[: routing.start()] if routing else head)
    if _last and _last[0].front == bare and _last[0].shared == shared:
        state = Usg()
        reading = read(USG, state, head)
        if not reading.in_order():
            return _partner(_last[0], state, reading, head.count("\n"))
    behaviour = _parse(text)
    _last[:] = [] if behaviour.unread else [_Last(bare, shared, head.count("\n"), behaviour)]
    return behaviour


def _partner(last: _Last, state: Usg, reading: Reading, head_lines: int) -> FirewallBehaviour:
    """The other member: its head's lines are its own, those of the shared part stand elsewhere."""
    known, after = last.behaviour, last.head_lines
    by = head_lines - after
    effective = {line + by for line in known.effective if line > after}
    inert = {line + by for line in known.inert if line > after}
    return replace(
        known,
        hostname=state.hostname,
        addresses=_addresses(state),
        lines=reading.lines + len(effective | inert),
        effective=frozenset(effective | reading.effective),
        inert=frozenset(inert | reading.inert),
        moved=Moved(after, by),
    )


def _parse(text: str) -> FirewallBehaviour:
    state = Usg()
    reading = read(USG, state, text)
    chain, unused = policy_chain(state, reading)
    return FirewallBehaviour(
        hostname=state.hostname,
        chains=(chain,),
        zones=named_zones(state),
        addresses=_addresses(state),
        vlans={name: port.vlan for name, port in state.ports.items() if port.vlan is not None},
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
        unused=unused,
    )


def _addresses(state: Usg) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses}
