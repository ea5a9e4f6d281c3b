"""`parse_usg`: what a Huawei USG6000 V500 firewall would do with packets, from its text alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.break_out import BreakOuts
from telemed_infra.parse.line_numbers import LineNumbers
from telemed_infra.parse.management.plane import Found, management_plane
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.engine import read
from telemed_infra.parse.vrp.management_bound import huawei_aaa
from telemed_infra.parse.vrp.management_rows import FIREWALL
from telemed_infra.parse.vrp.tunnels import tunnels_of
from telemed_infra.parse.vrp.usg_break_out import break_outs_of, leads_alike
from telemed_infra.parse.vrp.usg_chain import named_zones, policy_chain
from telemed_infra.parse.vrp.usg_grammar import USG
from telemed_infra.parse.vrp.usg_pair import (
    HRP_KEY,
    Head,
    PairRead,
    moved_between,
    pair_of,
    without_pair,
)
from telemed_infra.parse.vrp.usg_state import Usg
from telemed_infra.parse.vrp.usg_translations import translated

_SHARED = re.compile(r"^(?:ip address-set|ip service-set|security-policy)", re.MULTILINE)
_OWN = re.compile(
    r"^(sysname| description| ip address| ipv6 address| vrrp6?| ?hwtacacs-server source-ip"
    r"| ?ip netstream export source"
    r"|ike peer| pre-shared-key| local-id| remote-id| remote-address| ike-peer| tunnel local"
    r"| ?ipsec policy| source| destination| rule \d+ permit gre) .*$",
    re.MULTILINE,
)
"""Lines of which each member has its own, and which bear on no chain."""


_SPEAKS_FOR_ITSELF = re.compile(
    r"^ *(?:undo )?(?:hrp|vrrp6?|ike|ipsec|acl|tunnel-protocol) ", re.MULTILINE
)
"""Lines about the pair and about tunnels, which each member's own head is read for."""
_ROUTING = re.compile(
    r"^(?:#\n|bfd\n|(?:ip|ipv6) (?:route-static|ip-prefix|ipv6-prefix) .*\n"
    r"|(?:bgp|route-policy) .*\n(?: (?! *(?:quit|return|system-view)\b).*\n)*)+\Z",
    re.MULTILINE,
)
"""Routing at the end of the head: it bears on no chain, and differs between members of a pair."""


ESP_DEFAULTS = {"esp encryption-algorithm": "aes-256", "esp authentication-algorithm": "sha-256"}
"""Of IPsec, where no line sets them."""


class _Last(NamedTuple):
    """The firewall read before this one, if it was understood to the last line."""

    front: Head  # up to routing and the shared part, without names and addresses
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
    descriptions, addresses, what keeps the pair alike, and routing, which bear on no chain. What of
    management stands in the shared part is not seen then, so the planes of the first and of this
    head must be equal.
    """
    found = _SHARED.search(text)
    place = found.start() if found else len(text)
    head, shared = text[:place], text[place:]
    routing = _ROUTING.search(head)
    front = without_pair(_OWN.sub(r"\1", head[: routing.start()] if routing else head))
    if found and _last and _last[0].front.bare == front.bare and _last[0].shared == shared:
        state = Usg()
        reading = read(USG, state, head)
        pair = pair_of(state, reading.refuse)
        tunnels = tunnels_of(state, reading.refuse, ESP_DEFAULTS)
        plane, complaints = _plane(state)
        same = translated(state, reading.refuse).translations == _last[0].behaviour.translations
        known = BreakOuts(_last[0].behaviour.break_outs)
        same = same and leads_alike(state, known)
        understood = same and not (reading.in_order() or complaints or tunnels.unused)
        if understood and plane == _last[0].behaviour.plane:
            places = front.places, head.count("\n")
            return replace(
                _partner(_last[0], state, reading, pair, places),
                tunnels=tunnels.tunnels,
                tunnel_lines=tunnels.lines,
            )
    behaviour = _parse(text)
    understood = not (behaviour.unread or _SPEAKS_FOR_ITSELF.search(shared))
    _last[:] = [_Last(front, shared, head.count("\n"), behaviour)] if understood else []
    return behaviour


def _partner(
    last: _Last, state: Usg, reading: Reading, pair: PairRead, places: tuple[tuple[int, ...], int]
) -> FirewallBehaviour:
    """The other member: its head's lines are its own, those of the shared part stand elsewhere.

    `places`: its lines that keep the pair alike, and how many lines its head has.
    """
    known, after = last.behaviour, last.head_lines
    by = places[1] - after
    effective = LineNumbers.of(known.effective).after(after).moved(by)
    inert = LineNumbers.of(known.inert).after(after).moved(by)
    moved = moved_between(last.front.places, places[0], after, by)
    return replace(
        known,
        hostname=state.hostname,
        addresses=_addresses(state),
        lines=reading.lines + len(effective | inert),
        effective=effective | reading.effective,
        inert=inert | reading.inert,
        moved=moved,
        redundancy=pair.redundancy,
        pair_lines=pair.lines,
        pair_key=HRP_KEY if pair.redundancy.sync else None,
        translation_lines={
            outside: moved.place(line) for outside, line in known.translation_lines.items()
        },
        break_out_lines={
            ingress: moved.place(line) for ingress, line in known.break_out_lines.items()
        },
    )


def _plane(state: Usg) -> Found:
    talkers = (name for name in state.ports if "Ethernet" in name and "." not in name)
    return management_plane(state.management, FIREWALL, huawei_aaa, _addresses(state), talkers)


def _parse(text: str) -> FirewallBehaviour:
    state = Usg()
    reading = read(USG, state, text)
    chain, unused = policy_chain(state, reading)
    plane, complaints = _plane(state)
    for line, why in complaints:
        reading.refuse(line, why)
    pair = pair_of(state, reading.refuse)
    tunnels = tunnels_of(state, reading.refuse, ESP_DEFAULTS)
    changes = translated(state, reading.refuse)
    leaving = break_outs_of(state, reading)
    return FirewallBehaviour(
        hostname=state.hostname,
        chains=(chain,),
        zones=named_zones(state),
        addresses=_addresses(state),
        vlans={name: port.vlan for name, port in state.ports.items() if port.vlan is not None},
        unread=reading.in_order(),
        lines=reading.lines,
        effective=reading.effective,
        inert=reading.inert,
        unused=(*_unused(unused, leaving.sets), *tunnels.unused),
        plane=plane,
        redundancy=pair.redundancy,
        pair_lines=pair.lines,
        pair_key=HRP_KEY if pair.redundancy.sync else None,
        tunnels=tunnels.tunnels,
        tunnel_lines=tunnels.lines,
        translations=changes.translations,
        translation_lines=changes.lines,
        break_outs=leaving.whole.found,
        break_out_lines=leaving.whole.lines,
    )


def _unused(unused: Iterable[str], sets: Set[str]) -> Iterator[str]:
    """What the security policy does not use, and no other rules either."""
    return (one for one in unused if one.removeprefix("address-set ") not in sets)


def _addresses(state: Usg) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses}
