"""`parse_secpath`: what an H3C SecPath F1000 would do with packets, from its text alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from msgspec import structs

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.comware.management import FIREWALL
from telemed_infra.parse.comware.management_aaa import comware_aaa
from telemed_infra.parse.ipsec import Ipsec
from telemed_infra.parse.line_numbers import LineNumbers
from telemed_infra.parse.management.plane import Found, management_plane
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.secpath import break_out
from telemed_infra.parse.secpath.backup import pair_of
from telemed_infra.parse.secpath.chain import named_zones, policy_chain, speaks_ipv6, tagged
from telemed_infra.parse.secpath.dpi_state import Dpi
from telemed_infra.parse.secpath.grammar import SECPATH
from telemed_infra.parse.secpath.ipsec_bound import tunnels_of
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.secpath.translations import translated
from telemed_infra.parse.vrp.engine import read

_OWN = re.compile(
    r"(?:#\n)? ?(?:sysname|interface|remote-backup|router|bgp|ospf|ospfv3|bfd|track"
    r"|(?:hwtacacs|radius) scheme)\b"
)
"""How a block begins that two members of a pair may have each for itself."""


_NONE = Management().scheme
_MOVES = re.compile(r"^[ \t]*(?:return|quit|system-view)[ \t]*$", re.MULTILINE)


class _Own(NamedTuple):
    """What the blocks of one member say, as far as it bears on anything but that member."""

    effective: tuple[str, ...]
    inert: LineNumbers
    uses: tuple[tuple[str, int], ...]  # lists that its lines name
    six: bool  # whether an interface speaks IPv6


class _Last(NamedTuple):
    """The firewall read before this one, if it was understood to the last line."""

    shared: str
    own: _Own
    behaviour: FirewallBehaviour
    management: Management
    ipsec: Ipsec
    ways: break_out.Shared


_last: list[_Last] = []


def parse_secpath(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    The result has one chain, `security-policy`, that judges all three kinds of way. What its extra
    rules (Management and Local, intra-zone) stand for is told in `chain`. What comes by a bridging
    port in a VLAN is an interface of its own, `GigabitEthernet1/0/5 vlan 40`.

    Of two members of a pair read one after the other, the second is read in its own blocks only
    (interfaces, backup, routing, servers that are asked from an own address), if those say the same
    where it matters and everything else is the same, letter by letter. Where members differ
    elsewhere (circuits of their own) the second has the chains of the first, if they are equal and
    between the same interfaces: what is proven of these is then proven once.
    """
    parts = _parts(text)
    state = SecPath()
    own_reading = read(SECPATH, state, parts.own)
    pair = pair_of(state, own_reading.refuse)
    own = _matters(state, own_reading, parts.own)
    member = state.hostname, _addresses(state), pair.redundancy
    if own is not None and _last and _last[0].shared == parts.shared and _last[0].own == own:
        common = replace(_last[0].management, **_of_member(state.management))
        plane, complaints = _plane(common, state)
        ends = tunnels_of(_last[0].ipsec, state.ports, own_reading.refuse)
        leaving = break_out.break_outs_of(_last[0].ways, state.ports, own_reading.refuse)
        if not complaints and not own_reading.unread:
            return structs.replace(
                _last[0].behaviour,
                hostname=member[0],
                addresses=member[1],
                redundancy=member[2],
                pair_lines={place: parts.line(line) for place, line in pair.lines.items()},
                pair_key=pair.key,
                plane=plane,
                tunnels=ends.tunnels,
                tunnel_lines=ends.lines,
                break_outs=leaving.found,
                break_out_lines={name: parts.line(at) for name, at in leaving.lines.items()},
            )
    behaviour, whole = _parse(text)
    # What the own blocks alone say must be all that the text says of its member.
    said = member == (behaviour.hostname, behaviour.addresses, behaviour.redundancy)
    same = _placeless(whole.management) == _placeless(state.management)
    _last.clear()
    if own and said and same and not behaviour.unread:
        shared = break_out.shared(whole)
        _last.append(_Last(parts.shared, own, behaviour, whole.management, whole.ipsec, shared))
    return behaviour


class _Parts(NamedTuple):
    """A text in its two parts."""

    shared: str  # each of the own blocks leaves its size
    own: str
    starts: tuple[tuple[int, int], ...]  # where each own block begins, in `own` and in the text

    def line(self, line: int) -> int:
        """Where a line of `own` stands in the text."""
        own, start = self.starts[bisect_right(self.starts, (line, 1 << 30)) - 1]
        return line - own + start


def _parts(text: str) -> _Parts:
    shared: list[str] = []
    own: list[str] = []
    starts: list[tuple[int, int]] = []
    here = there = 1
    for block in text.split("\n#\n"):
        size = block.count("\n")
        if _OWN.match(block):
            own.append(block)
            shared.append(f"own {size}")
            starts.append((there, here))
            there += size + 2
        else:
            shared.append(block)
        here += size + 2
    return _Parts("\n#\n".join(shared), "\n#\n".join(own), tuple(starts))


def _matters(state: SecPath, reading: Reading, text: str) -> _Own | None:
    """None if a line was not read, or if lines bear on the chain though they count as inert."""
    more = (
        reading.unread,
        _MOVES.search(text),
        any(policy.line for policy in state.policies.values()),
        state.defined,
        state.dpi != Dpi(),
        replace(state.management, at=(), scheme=_NONE, **_of_member(Management())) != Management(),
    )
    if any(more):
        return None
    lines = text.split("\n")
    effective = tuple(lines[number - 1].strip() for number in reading.effective)
    return _Own(effective, reading.inert, tuple(state.uses), speaks_ipv6(state))


def _of_member(management: Management) -> dict[str, Any]:
    """What own blocks may say of management: of interfaces, and of servers that are asked."""
    return {"talks": management.talks, "schemes": management.schemes}


def _placeless(management: Management) -> object:
    """The same, without the lines where it stands."""
    schemes = {
        key: replace(
            scheme,
            line=0,
            servers={
                purpose: {rank: replace(server, line=0) for rank, server in held.items()}
                for purpose, held in scheme.servers.items()
            },
        )
        for key, scheme in management.schemes.items()
    }
    return management.talks, schemes


def _plane(management: Management, own: SecPath) -> Found:
    """The plane, with the interfaces of one member."""
    talkers = (name for name in own.ports if "Ethernet" in name and "." not in name)
    return management_plane(management, FIREWALL, comware_aaa, _addresses(own), talkers)


def _parse(text: str) -> tuple[FirewallBehaviour, SecPath]:
    state = SecPath()
    reading = read(SECPATH, state, text)
    chain, unused = policy_chain(state, reading)
    plane, complaints = _plane(state.management, state)
    for line, why in complaints:
        reading.refuse(line, why)
    pair = pair_of(state, reading.refuse)
    ends = tunnels_of(state.ipsec, state.ports, reading.refuse)
    changes = translated(state)
    leaving = break_out.break_outs_of(break_out.shared(state), state.ports, reading.refuse)
    behaviour = FirewallBehaviour(
        hostname=state.hostname,
        chains=(chain,),
        zones=named_zones(state),
        addresses=_addresses(state),
        vlans=tagged(state),
        unread=reading.in_order(),
        lines=reading.lines,
        effective=reading.effective,
        inert=reading.inert,
        unused=(*unused, *break_out.unbound(state)),
        plane=plane,
        redundancy=pair.redundancy,
        pair_lines=pair.lines,
        pair_key=pair.key,
        tunnels=ends.tunnels,
        tunnel_lines=ends.lines,
        translations=changes.translations,
        translation_lines=changes.lines,
        break_outs=leaving.found,
        break_out_lines=leaving.lines,
    )
    return _with_known_chains(behaviour), state


def _with_known_chains(behaviour: FirewallBehaviour) -> FirewallBehaviour:
    """With the chains of the text read before, if they are equal, between the same interfaces."""
    if behaviour.unread or not _last or _opens(_last[0].behaviour) != _opens(behaviour):
        return behaviour
    return structs.replace(behaviour, chains=_last[0].behaviour.chains)


def _opens(behaviour: FirewallBehaviour) -> object:
    """All on which it depends what passes between which interfaces."""
    return behaviour.chains, behaviour.zones, behaviour.vlans, behaviour.addresses.keys()


def _addresses(state: SecPath) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses}
