"""From what a SecPath firewall's commands have built to one chain of first-match rules.

The chain says exactly what the device does, so it also holds what no line says. For each family:

1. the rules of its security policy, in order; a rule without zones speaks of every zone; a rule
   without action drops;
2. between the zones Management and Local, both ways: permitted unless a rule that names both zones
   decides before;
3. within a zone: dropped, unless `security-zone intra-zone default permit` (correction 1); then
   permitted as in 2.

What 2 and 3 permit stands before the first rule that does not name both zones. A document says
that only rules for this very pair judge between Management and Local; whether a rule without zones
closes these ways is not known, so it is not relied on.

Everything else is dropped: the chain's own default. It is also what an interface in no zone meets,
and one that is shut, since rules name live interfaces of zones only. Packets from and to the box
are dropped like others until a rule permits them.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.packets import ANY_SERVICE, NO_RANGES, Family, Ranges
from telemed_infra.parse.behaviour import LOCAL, Action, Chain, Rule
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.secpath.arguments import layer2_member
from telemed_infra.parse.secpath.dpi import Inspection
from telemed_infra.parse.secpath.lists import refuse_undefined
from telemed_infra.parse.secpath.references import References
from telemed_infra.parse.secpath.state import (
    ANY,
    LOCAL_ZONE,
    MANAGEMENT_ZONE,
    Policy,
    PolicyRule,
    Port,
    SecPath,
)

Ways = tuple[frozenset[str], frozenset[str]]
_ONLY_LOCAL = frozenset({LOCAL})
_NEVER_WRITTEN = Port(0)


def policy_chain(state: SecPath, reading: Reading) -> tuple[Chain, tuple[str, ...]]:
    """The chain, and the groups and profiles it does not use.

    What is not resolved is refused in the reading.
    """
    references = References(state, reading, live_zones(state))
    inspection = Inspection(state, reading)
    refuse_undefined(state, reading)
    rules = [
        rule
        for policy in state.policies.values()
        for rule in _family_rules(state, reading, (references, inspection), policy)
    ]
    written = [policy.line for policy in state.policies.values() if policy.line]
    chain = Chain(
        name="security-policy",
        line=min(written, default=1),
        judges_forwarded=True,
        judges_to_local=True,
        judges_from_local=True,
        rules=tuple(rules),
        default=Action.DENY,
        logs_denied=all(_logs_denied(policy) for policy in _spoken(state)),
        stateful=True,
    )
    return chain, (*references.unused(), *inspection.unused())


def live_zones(state: SecPath) -> dict[str, frozenset[str]]:
    """The interfaces of each zone that can pass packets, by folded name."""
    dead = {name for name, port in state.ports.items() if port.shut}
    result = {
        name: frozenset(
            member
            for member in zone.interfaces
            if not _parents(member) & dead and _carries(state, member)
        )
        for name, zone in state.zones.items()
    }
    result[LOCAL_ZONE] = _ONLY_LOCAL
    return result


def named_zones(state: SecPath) -> dict[str, frozenset[str]]:
    """The zones that the text names, but for Local, with all that it imports into them."""
    return {
        zone.name: frozenset(zone.interfaces)
        for name, zone in state.zones.items()
        if zone.line and name != LOCAL_ZONE
    }


def tagged(state: SecPath) -> dict[str, int]:
    """The VLAN of each subinterface, and of each VLAN of a bridging port."""
    result = {name: port.vlan for name, port in state.ports.items() if port.vlan is not None}
    for zone in state.zones.values():
        for member in zone.interfaces:
            port, vlan = _layer2(member)
            if vlan:
                result[layer2_member(port, vlan)] = vlan
    return result


def speaks_ipv6(state: SecPath) -> bool:
    """Whether an interface has an IPv6 address, be it of the link alone."""
    return any(
        port.six or any(":" in address for address in port.addresses)
        for port in state.ports.values()
    )


def _layer2(member: str) -> tuple[str, int]:
    port, _, vlan = member.partition(" vlan ")
    return port, int(vlan or 0)


def _parents(member: str) -> set[str]:
    """The interface, and that below it: a subinterface is down with its port."""
    port, _ = _layer2(member)
    return {port, port.partition(".")[0]}


def _carries(state: SecPath, member: str) -> bool:
    """Whether frames of the VLAN come in by the bridging port; true of every other interface."""
    name, vlan = _layer2(member)
    if not vlan:
        return True
    port = state.ports.get(name, _NEVER_WRITTEN)
    carried = vlan in port.permitted if port.trunk else vlan == port.access_vlan
    return carried and vlan in state.vlans


def _family_rules(
    state: SecPath, reading: Reading, named: tuple[References, Inspection], policy: Policy
) -> list[Rule]:
    references, inspection = named
    judged = [
        (
            held,
            _policy_rule(reading, references, policy.family, held, inspected=inspection.of(held)),
        )
        for held in policy.rules
    ]
    live = [(held, rule) for held, rule in judged if not held.disabled]
    rules = [rule for _, rule in live]
    zoned = next(
        (place for place, (held, _) in enumerate(live) if not _names_both_zones(held)), len(live)
    )
    return [*rules[:zoned], *_unwritten(state, references, policy.family), *rules[zoned:]]


def _policy_rule(
    reading: Reading, references: References, family: Family, held: PolicyRule, *, inspected: bool
) -> Rule:
    source = references.addresses(held.sources, family)
    destination = references.addresses(held.destinations, family)
    for text, line in held.conditions.items():
        reading.refuse(line, f"when `{text}` holds cannot be told from a packet's header")
    source4, source6 = _sides(source, family)
    destination4, destination6 = _sides(destination, family)
    return Rule(
        line=held.line,
        name=held.name,
        action=held.action,
        ingress=references.interfaces(held.source_zones),
        egress=references.interfaces(held.destination_zones),
        source4=source4,
        source6=source6,
        destination4=destination4,
        destination6=destination6,
        services=references.services(held.services),
        logs=held.logs,
        inspected=inspected,
    )


def _unwritten(state: SecPath, references: References, family: Family) -> Iterator[Rule]:
    """What passes though no rule says so."""
    management = references.zones.get(MANAGEMENT_ZONE)
    if management:
        line = state.zones[MANAGEMENT_ZONE].line
        for ways in ((management, _ONLY_LOCAL), (_ONLY_LOCAL, management)):
            yield _permit(line, "Management and Local", family, ways)
    if state.within_zones:
        line = state.within_zones_line
        for name, interfaces in references.zones.items():
            if interfaces and name != LOCAL_ZONE:
                title = f"intra-zone {state.zones[name].name}"
                yield _permit(line, title, family, (interfaces, interfaces))


def _names_both_zones(rule: PolicyRule) -> bool:
    named = (rule.source_zones, rule.destination_zones)
    return all(named) and not any(ANY in zones for zones in named)


def _spoken(state: SecPath) -> list[Policy]:
    """IPv4, and IPv6 where an interface has an address of it or a policy is written for it."""
    six = state.policies[Family.V6].line or speaks_ipv6(state)
    return [policy for policy in state.policies.values() if six or policy.family is Family.V4]


def _logs_denied(policy: Policy) -> bool:
    """Whether the last rule drops all that is left, and logs it; the default drop logs nothing."""
    live = [rule for rule in policy.rules if not rule.disabled]
    if not live:
        return False
    last = live[-1]
    return last.logs and last.action is Action.DENY and _matches_everything(last)


def _matches_everything(rule: PolicyRule) -> bool:
    kinds = (
        rule.source_zones,
        rule.destination_zones,
        rule.sources,
        rule.destinations,
        rule.services,
    )
    return not rule.conditions and not any(set(kind) - {ANY} for kind in kinds)


def _permit(line: int, name: str, family: Family, ways: Ways) -> Rule:
    """A rule that no rule of the text says: all addresses of the family."""
    every4, every6 = _sides(family.every_address, family)
    return Rule(
        line=line,
        name=name,
        action=Action.PERMIT,
        ingress=ways[0],
        egress=ways[1],
        source4=every4,
        source6=every6,
        destination4=every4,
        destination6=every6,
        services=(ANY_SERVICE,),
    )


def _sides(ranges: Ranges, family: Family) -> tuple[Ranges, Ranges]:
    """Addresses of one family, as IPv4 and IPv6."""
    return (ranges, NO_RANGES) if family is Family.V4 else (NO_RANGES, ranges)
