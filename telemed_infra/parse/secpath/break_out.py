"""Guests' break-out of a SecPath: `policy-based-route` on an interface, `nat outbound` on another.

A policy's nodes are tried by number. Read are nodes of mode `permit` that send the sources of an
access list to one next hop, and `nat outbound` of an access list, which takes the address of the
port itself (Easy IP). Whether a `deny` in a list that a policy names counts differs between
releases, so it is unread; so is each other form: it sends or changes packets of which nobody says
whose they are. Source: docs/reference/platforms.md, "Guests' break-out, as it is read".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.packets import ANY_PORT, Family, Ranges, intersect, union
from telemed_infra.parse.break_out import (
    NO_NEIGHBOUR,
    BreakOuts,
    Cover,
    Way,
    earlier,
    towards,
    whole,
)
from telemed_infra.parse.comware.management_lists import list_name
from telemed_infra.parse.management.lists import AccessList
from telemed_infra.parse.secpath.state import Node, Port, SecPath
from telemed_infra.parse.virtual_routers import Refuse
from telemed_infra.parse.vrp.arguments import ipv4, name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words

_NODE_MAX = 65535
_FORM = "`nat outbound` is read with an access list alone: it hides its sources behind the port"
_EVERYBODY = "without an access list it changes the sources of all that leaves by the port"
_NOT_TAKEN = "what a node that sends packets nowhere keeps from the nodes behind it is not modelled"
_HOP = "one next hop alone is read: with another one, packets go to either"
_DENIES = "whether a `deny` counts in a list that a policy or a translation names is not known"
_PARTS = "a rule that takes only some packets of its sources"
_TAKEN = "an earlier node sends these packets already"
_STATIC = "a static translation changes these addresses already"


# Commands ----------------------------------------------------------------------------------------


def enter_node(words: Words) -> Effect[SecPath]:
    """`policy-based-route <policy> [permit|deny] node <n>`."""
    mode = words[1] if len(words) == 4 else "permit"
    if len(words) not in (3, 4) or words[-2] != "node" or mode not in ("permit", "deny"):
        raise Unreadable("a policy, `permit`, and a node are expected")
    title, place = name(words[0]), number(words[-1], 0, _NODE_MAX)

    def effect(state: SecPath, line: int) -> None:
        made = Node(line, permits=mode == "permit")
        state.node = state.way_policies.setdefault(title, {}).setdefault(place, made)
        if len(words) == 4:
            state.node.permits = mode == "permit"

    return effect


def undo_node(words: Words) -> Effect[SecPath]:
    """`undo policy-based-route <policy> [node <n>]`."""
    if len(words) not in (1, 3) or words[1:2] not in ((), ("node",)):
        raise Unreadable("a policy, or one of its nodes, is expected")
    title = name(words[0])
    place = number(words[2], 0, _NODE_MAX) if len(words) > 1 else None

    def effect(state: SecPath, _line: int) -> None:
        nodes = state.way_policies.get(title, {})
        if place is None:
            nodes = state.way_policies.pop(title, {})
        elif nodes.pop(place, None) is None:
            nodes = {}
        elif not state.way_policies[title]:
            del state.way_policies[title]
            return
        if place is None and not nodes:
            raise Unreadable(f"there is no policy {title} to remove")

    return effect


def match_list(words: Words) -> Effect[SecPath]:
    """`if-match acl {<n> | name <list>}`: the last one counts."""
    title, rest = list_name(words)
    nothing(rest)

    def effect(state: SecPath, line: int) -> None:
        state.node.list = title, line

    return effect


def match_all(words: Words) -> Effect[SecPath]:
    """`undo if-match acl`."""
    nothing(words)

    def effect(state: SecPath, _line: int) -> None:
        state.node.list = None

    return effect


def next_hop(words: Words) -> Effect[SecPath]:
    """`apply next-hop <ip> [direct]`."""
    if words[1:] not in ((), ("direct",)):
        raise Unreadable(_HOP)
    address = ipv4(words[0] if words else "")

    def effect(state: SecPath, line: int) -> None:
        if state.node.next_hop not in (None, address):
            raise Unreadable(_HOP)
        state.node.next_hop, state.node.hop_line = address, line

    return effect


def no_next_hop(words: Words) -> Effect[SecPath]:
    """`undo apply next-hop [<ip>]`."""
    address = ipv4(one(words)) if words else None

    def effect(state: SecPath, _line: int) -> None:
        if state.node.next_hop is None or address not in (None, state.node.next_hop):
            raise Unreadable("the node has no such next hop")
        state.node.next_hop = None

    return effect


def bind(words: Words) -> Effect[SecPath]:
    """`ip policy-based-route <policy>` on an interface."""
    title = one(words)

    def effect(state: SecPath, line: int) -> None:
        if state.port.way_policy is not None and state.port.way_policy[0] != title:
            raise Unreadable("the interface has a policy already")
        state.port.way_policy = title, line

    return effect


def unbind(words: Words) -> Effect[SecPath]:
    """`undo ip policy-based-route [<policy>]`."""
    title = one(words) if words else ""

    def effect(state: SecPath, _line: int) -> None:
        held = state.port.way_policy
        if held is None or title not in ("", held[0]):
            raise Unreadable("the interface has no such policy")
        state.port.way_policy = None

    return effect


def outbound(words: Words) -> Effect[SecPath]:
    """`nat outbound {<n> | name <list>} [description <text>]`."""
    title = _outbound_list(words)

    def effect(state: SecPath, line: int) -> None:
        state.port.covers.setdefault(title, line)

    return effect


def no_outbound(words: Words) -> Effect[SecPath]:
    """`undo nat outbound {<n> | name <list>}`."""
    title = _outbound_list(words)

    def effect(state: SecPath, _line: int) -> None:
        if state.port.covers.pop(title, None) is None:
            raise Unreadable("the port changes no such sources")

    return effect


def _outbound_list(words: Words) -> str:
    if not words:
        raise Unreadable(_EVERYBODY)
    title, rest = list_name(words)
    named = words[0].lower() == "name"
    if (not named and not title.isdigit()) or rest[:1] not in ((), ("description",)):
        raise Unreadable(_FORM)
    return title


# The whole text ----------------------------------------------------------------------------------


class Shared(NamedTuple):
    """What the members of a pair share: policies, and the lists that they name."""

    policies: Mapping[str, Mapping[int, Node]]
    lists: Mapping[str, AccessList]
    changed: tuple[Ranges, ...]  # addresses that are changed one to one


def shared(state: SecPath) -> Shared:
    """Of a text read through."""
    changed = tuple((inside,) for inside in state.statics)
    return Shared(state.way_policies, state.management.lists, changed)


def break_outs_of(common: Shared, ports: Mapping[str, Port], refuse: Refuse) -> BreakOuts:
    """The break-outs of a text read through; what makes none is refused."""
    reader = _Reader(common, ports, refuse)
    return whole(reader.ways(), list(reader.covers()), refuse)


def unbound(state: SecPath) -> tuple[str, ...]:
    """Policies that no interface binds."""
    used = {port.way_policy[0] for port in state.ports.values() if port.way_policy}
    return tuple(f"policy-based-route {one}" for one in state.way_policies if one not in used)


@dataclass(slots=True)
class _Reader:
    common: Shared
    ports: Mapping[str, Port]
    refuse: Callable[[int, str], None]
    _told: set[int] = field(default_factory=set)

    def ways(self) -> list[Way]:
        found: list[Way] = []
        for title, port in self.ports.items():
            if port.way_policy is None:
                continue
            policy, line = port.way_policy
            nodes = self.common.policies.get(policy)
            if not nodes:
                self.refuse(line, f"there is no policy {policy}: packets follow the other routes")
                continue
            for _, node in sorted(nodes.items()):
                way = self._way(title, node, line)
                if way is None:
                    continue
                if earlier(found, title, way.sources):
                    self._tell(node.line, _TAKEN)
                    continue
                found.append(way)
        return found

    def covers(self) -> Iterator[Cover]:
        for title, port in self.ports.items():
            for held, line in port.covers.items():
                sources = self._sources(held, line)
                if any(intersect(sources, inside) for inside in self.common.changed):
                    self.refuse(line, _STATIC)
                elif sources:
                    yield Cover(title, sources, line)

    def _way(self, ingress: str, node: Node, line: int) -> Way | None:
        if not node.permits or node.next_hop is None:
            self._tell(node.line, _NOT_TAKEN)
            return None
        sources = self._sources(*node.list) if node.list else Family.V4.every_address
        addresses = {name: port.addresses for name, port in self.ports.items()}
        egress = towards(node.next_hop, addresses)
        if egress is None:
            self._tell(node.hop_line, NO_NEIGHBOUR)
        if egress is None or not sources:
            return None
        works = not (self._shut(ingress) or self._shut(egress))
        return Way(ingress, egress, sources, node.next_hop, line, works)

    def _shut(self, title: str) -> bool:
        held = (self.ports.get(title), self.ports.get(title.partition(".")[0]))
        return any(port is not None and port.shut for port in held)

    def _sources(self, title: str, line: int) -> Ranges:
        """The sources that a list permits; () where that is not known, which is told."""
        held = self.common.lists.get(title)
        if held is None or not held.rules or held.family is not Family.V4:
            self._tell(line, f"access list {title} of IPv4 is not defined or empty")
            return ()
        found: list[tuple[int, int]] = []
        for rule, at in held.rules.values():
            partly = rule.why_unread or rule.instance or rule.protocol is not None
            if not rule.permits:
                self._tell(at, _DENIES)
            elif partly or rule.ports != ANY_PORT:
                self._tell(at, f"{_PARTS}{f': {rule.why_unread}' if rule.why_unread else ''}")
            else:
                found += rule.source
                continue
            return ()
        return union(found)

    def _tell(self, line: int, why: str) -> None:
        """Once, though several interfaces or lines lead there."""
        if line not in self._told:
            self._told.add(line)
            self.refuse(line, why)
