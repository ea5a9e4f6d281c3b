"""`parse_usg`: what a Huawei USG6000 V500 firewall would do with packets, from its text alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp.engine import read
from telemed_infra.parse.vrp.usg_chain import named_zones, policy_chain
from telemed_infra.parse.vrp.usg_grammar import USG
from telemed_infra.parse.vrp.usg_state import Usg

_SHARED = re.compile(r"^(?:ip address-set|ip service-set|security-policy)", re.MULTILINE)
_OWN = re.compile(r"^(sysname| description| ip address| ipv6 address) .*$", re.MULTILINE)


class _Last(NamedTuple):
    """The firewall read before this one, if it was understood to the last line."""

    head: str  # up to the shared part, without names and addresses
    shared: str  # sets and policy
    behaviour: FirewallBehaviour


_last: list[_Last] = []


def parse_usg(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    The result has one chain, `security-policy`, that judges all three kinds of way. What its extra
    rules (service-manage, intrazone, default action) stand for is told in `usg_chain`.

    Of two members of a pair read one after the other, the second is read in its own part only if
    everything else is the same, letter by letter: sets, policy, and the head but for names,
    descriptions and addresses, which bear on no chain.
    """
    found = _SHARED.search(text)
    place = found.start() if found else len(text)
    head, shared = text[:place], text[place:]
    bare = _OWN.sub(r"\1", head)
    if _last and _last[0].head == bare and _last[0].shared == shared:
        state = Usg()
        if not read(USG, state, head).in_order():
            return replace(_last[0].behaviour, hostname=state.hostname, addresses=_addresses(state))
    behaviour = _parse(text)
    _last[:] = [] if behaviour.unread else [_Last(bare, shared, behaviour)]
    return behaviour


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
