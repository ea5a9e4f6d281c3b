"""`parse_secpath`: what an H3C SecPath F1000 would do with packets, from its text alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath.chain import named_zones, policy_chain, speaks_ipv6, tagged
from telemed_infra.parse.secpath.grammar import SECPATH
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.engine import Reading, read

_OWN = re.compile(r" ?(?:sysname|interface|remote-backup|router|bgp|ospf|ospfv3|bfd|track)\b")
"""How a block begins that two members of a pair may have each for itself."""


_MOVES = re.compile(r"^[ \t]*(?:return|quit|system-view)[ \t]*$", re.MULTILINE)


class _Own(NamedTuple):
    """What the blocks of one member say, as far as it bears on anything but that member."""

    effective: tuple[str, ...]
    inert: frozenset[int]
    uses: tuple[tuple[str, int], ...]  # lists that its lines name
    six: bool  # whether an interface speaks IPv6


class _Last(NamedTuple):
    """The firewall read before this one, if it was understood to the last line."""

    shared: str
    own: _Own
    behaviour: FirewallBehaviour


_last: list[_Last] = []


def parse_secpath(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    The result has one chain, `security-policy`, that judges all three kinds of way. What its extra
    rules (Management and Local, intra-zone) stand for is told in `chain`. What comes by a bridging
    port in a VLAN is an interface of its own, `GigabitEthernet1/0/5 vlan 40`.

    Of two members of a pair read one after the other, the second is read in its own blocks only
    (interfaces, backup, routing), if those say the same where it matters and everything else is the
    same, letter by letter.
    """
    shared, own_text = _parts(text)
    state = SecPath()
    own_reading = read(SECPATH, state, own_text)
    own = _matters(state, own_reading, own_text)
    if own is not None and _last and _last[0].shared == shared and _last[0].own == own:
        return replace(_last[0].behaviour, hostname=state.hostname, addresses=_addresses(state))
    behaviour = _parse(text)
    understood = not behaviour.unread and own is not None
    # What the own blocks alone say must be all that the text says of its member.
    whole = behaviour.hostname == state.hostname and behaviour.addresses == _addresses(state)
    _last[:] = [_Last(shared, own, behaviour)] if understood and whole and own else []
    return behaviour


def _parts(text: str) -> tuple[str, str]:
    """A text without a member's own blocks, each of which leaves its size; and these blocks."""
    blocks = text.split("\n#\n")
    own = [block for block in blocks if _OWN.match(block)]
    shared = [f"own {block.count(chr(10))}" if _OWN.match(block) else block for block in blocks]
    return "\n#\n".join(shared), "\n#\n".join(own)


def _matters(state: SecPath, reading: Reading, text: str) -> _Own | None:
    """None if a line was not read, or if lines bear on the chain though they count as inert."""
    more = (
        reading.unread,
        _MOVES.search(text),
        any(policy.line for policy in state.policies.values()),
        state.defined,
    )
    if any(more):
        return None
    lines = text.split("\n")
    effective = tuple(lines[number - 1].strip() for number in sorted(reading.effective))
    return _Own(effective, frozenset(reading.inert), tuple(state.uses), speaks_ipv6(state))


def _parse(text: str) -> FirewallBehaviour:
    state = SecPath()
    reading = read(SECPATH, state, text)
    chain, unused = policy_chain(state, reading)
    return FirewallBehaviour(
        hostname=state.hostname,
        chains=(chain,),
        zones=named_zones(state),
        addresses=_addresses(state),
        vlans=tagged(state),
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
        unused=unused,
    )


def _addresses(state: SecPath) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses}
