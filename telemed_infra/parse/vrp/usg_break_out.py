"""Guests' break-out of a USG: a rule of `policy-based-route`, and one of `nat-policy`.

Read are rules that send the sources of an interface or zone to one next hop, whatever else the
packets are, and rules that hide such sources behind the address of the port (`easy-ip`). A rule for
some services, destinations or hours, one that spares packets (`no-pbr`, `no-nat`), and every other
action is unread: nobody says whose packets it concerns, or keeps from the rules behind it.
Source: docs/reference/platforms.md, "Guests' break-out, as it is read".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.packets import Ranges, intersect
from telemed_infra.parse.break_out import (
    NO_NEIGHBOUR,
    OTHER_PORT,
    BreakOuts,
    Cover,
    Way,
    earlier,
    towards,
    whole,
)
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.arguments import interface, ipv4, name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.usg_chain import live_zones
from telemed_infra.parse.vrp.usg_references import References
from telemed_infra.parse.vrp.usg_state import ANY, PacketRule, PolicyRule, Sent, Usg

_RULES_MAX = 65535
_SENDS = "`action pbr [egress-interface PORT] next-hop ADDRESS` is read: one port, one next hop"
_HIDES = "`action source-nat easy-ip` is read: the sources bear the address of the port"
_NO_ACTION = "what a rule without action does is not known"
_PART = "a rule that concerns only some packets of its sources"
_EVERYWHERE = "it concerns what comes in, or leaves, by whatever interface"
_TAKEN = "a rule before it sends these packets already"
_STATIC = "`nat server` changes these addresses already"


# Commands ----------------------------------------------------------------------------------------


def enter_rule(kind: str) -> Reader[Usg]:
    """`rule name <name> [<n>]` of the rules in a field of the state: a new one goes last."""

    def reader(words: Words) -> Effect[Usg]:
        if len(words) == 2:
            number(words[1], 0, _RULES_MAX)
        title = one(words[:1] if len(words) == 2 else words)

        def effect(state: Usg, line: int) -> None:
            made = PacketRule(PolicyRule(title, line))
            state.packet_rule = getattr(state, kind).setdefault(title, made)
            state.rule = state.packet_rule.terms

        return effect

    return reader


def undo_rule(kind: str) -> Reader[Usg]:
    """`undo rule name <name>`."""

    def reader(words: Words) -> Effect[Usg]:
        title = one(words)

        def effect(state: Usg, _line: int) -> None:
            if getattr(state, kind).pop(title, None) is None:
                raise Unreadable(f"there is no rule {title}")

        return effect

    return reader


def add_port(words: Words) -> Effect[Usg]:
    """`ingress-interface <port>`, `egress-interface <port>`."""
    port = interface(words)

    def effect(state: Usg, line: int) -> None:
        state.packet_rule.ports.setdefault(port, line)

    return effect


def drop_port(words: Words) -> Effect[Usg]:
    """`undo` of these."""
    port = interface(words)

    def effect(state: Usg, _line: int) -> None:
        if state.packet_rule.ports.pop(port, None) is None:
            raise Unreadable("the rule has no such line")

    return effect


def send(words: Words) -> Effect[Usg]:
    """`action pbr [egress-interface <port>] next-hop <ip>`: the last action counts."""
    if words[:1] != ("pbr",) or words[-2:-1] != ("next-hop",):
        raise Unreadable(_SENDS)
    egress, next_hop = words[1:-2], ipv4(words[-1])
    if egress and egress[0] != "egress-interface":
        raise Unreadable(_SENDS)
    port = interface(egress[1:]) if egress else ""

    def effect(state: Usg, line: int) -> None:
        state.packet_rule.sent = Sent(port, next_hop, line)

    return effect


def hide(words: Words) -> Effect[Usg]:
    """`action source-nat easy-ip`, in older versions `action nat easy-ip`."""
    if words not in (("source-nat", "easy-ip"), ("nat", "easy-ip")):
        raise Unreadable(_HIDES)

    def effect(state: Usg, _line: int) -> None:
        state.packet_rule.hides = True

    return effect


def undo_action(words: Words) -> Effect[Usg]:
    """`undo action …`: the rule does nothing."""
    name(words[0] if words else "")

    def effect(state: Usg, _line: int) -> None:
        state.packet_rule.sent, state.packet_rule.hides = None, False

    return effect


def enter(words: Words) -> Effect[Usg]:
    """`policy-based-route`, `nat-policy`."""
    nothing(words)
    return lambda _state, _line: None


# The whole text ----------------------------------------------------------------------------------


class BreakOutsRead(NamedTuple):
    """The break-outs of a text, and the address sets that these rules name."""

    whole: BreakOuts
    sets: frozenset[str]


def break_outs_of(state: Usg, reading: Reading) -> BreakOutsRead:
    """The break-outs of a text read through; what makes none is refused."""
    if not (state.way_rules or state.cover_rules):
        return BreakOutsRead(BreakOuts(), frozenset())
    references = References(state, reading, live_zones(state, reading))
    reader = _Reader(state, reading, references)
    found = whole(list(reader.ways()), list(reader.covers()), reading.refuse)
    return BreakOutsRead(found, references.address_sets())


def leads_alike(state: Usg, found: BreakOuts) -> bool:
    """Whether the other member of a pair, whose head this is, has the same neighbours."""
    own = bool(state.way_rules or state.cover_rules)
    return not own and all(
        one.next_hop is None or _neighbour(state, one.next_hop) == one.egress for one in found.found
    )


def _neighbour(state: Usg, next_hop: int) -> str | None:
    return towards(next_hop, {name: port.addresses for name, port in state.ports.items()})


@dataclass(slots=True)
class _Reader:
    state: Usg
    reading: Reading
    references: References

    def ways(self) -> Iterator[Way]:
        found: list[Way] = []
        for rule in self._live(self.state.way_rules.values()):
            sources = self._sources(rule)
            places = self._ports(rule, rule.terms.source_zones)
            egress = self._egress(rule.sent) if rule.sent else None
            if rule.sent is None:
                self.reading.refuse(rule.terms.line, _NO_ACTION)
            if not sources or not places or rule.sent is None or egress is None:
                continue
            for ingress in sorted(places):
                if earlier(found, ingress, sources):
                    self.reading.refuse(rule.terms.line, _TAKEN)
                    break
                works = not (self._shut(ingress) or self._shut(egress))
                hop = rule.sent.next_hop
                found.append(Way(ingress, egress, sources, hop, rule.terms.line, works))
        yield from found

    def covers(self) -> Iterator[Cover]:
        inside = [one.inside for one in self.state.nat_servers.values()]
        for rule in self._live(self.state.cover_rules.values()):
            sources = self._sources(rule)
            places = self._ports(rule, rule.terms.destination_zones)
            if not rule.hides:
                self.reading.refuse(rule.terms.line, _NO_ACTION)
            elif any(intersect(sources, (one,)) for one in inside):
                self.reading.refuse(rule.terms.line, _STATIC)
            elif sources and places:
                ingress = self._zoned(rule.terms.source_zones)
                for egress in sorted(places):
                    yield Cover(egress, sources, rule.terms.line, ingress)

    def _live(self, rules: Iterable[PacketRule]) -> Iterator[PacketRule]:
        """Rules that are on."""
        yield from (one for one in rules if not one.terms.disabled)

    def _sources(self, rule: PacketRule) -> Ranges:
        """() if the rule concerns only some of their packets, which is refused."""
        terms = rule.terms
        partly = [*terms.conditions.values(), *terms.excluded_destinations.values()]
        for kind in (terms.destinations, terms.services):
            partly += [line for term, line in kind.items() if term != ANY]
        for line in partly:
            self.reading.refuse(line, _PART)
        found = self.references.addresses(terms.sources, terms.excluded_sources)
        return () if partly else found.v4

    def _ports(self, rule: PacketRule, zones: dict[str, int]) -> frozenset[str]:
        """Where it holds, by ports or by the zones on that side."""
        zoned = self._zoned(zones)
        named = frozenset(rule.ports)
        if zoned is not None and named:
            return named & zoned
        if zoned is None and not named:
            self.reading.refuse(rule.terms.line, _EVERYWHERE)
        return named or zoned or frozenset()

    def _zoned(self, zones: dict[str, int]) -> frozenset[str] | None:
        """The interfaces of zones; None: whatever zone."""
        return self.references.interfaces(zones) if zones and ANY not in zones else None

    def _egress(self, sent: Sent) -> str | None:
        """The port of a next hop; None where that is not so, which is refused."""
        found = _neighbour(self.state, sent.next_hop)
        if found is None or sent.port not in ("", found):
            self.reading.refuse(sent.line, OTHER_PORT if found else NO_NEIGHBOUR)
            return None
        return found

    def _shut(self, title: str) -> bool:
        held = (self.state.ports.get(title), self.state.ports.get(title.partition(".")[0]))
        return any(port is not None and port.shut for port in held)
