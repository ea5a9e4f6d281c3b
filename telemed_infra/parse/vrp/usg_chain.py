"""From what a USG firewall's commands have built to one chain of first-match rules.

The chain says exactly what the device does, so it also holds what no line says:

1. *service-manage*: packets of the management protocols that enter by an interface and are meant
   for the box are permitted or dropped before the policy. Correction 3 [D9]. Which ports these are
   is engineer's knowledge, as is that both families obey: http 80, https 443, ssh 22, telnet 23,
   netconf 830, snmp UDP 161, ping = echo request.
2. the rules, in order; a rule without zones speaks of every zone;
3. unless `default packet-filter intrazone enable`: one permit per zone, between its own interfaces
   (correction 1 [D1]);
4. if `default action permit`: one permit between all zones.

The chain's own default is always deny: it is what an interface that is in no zone, or shut, meets,
since rules name live interfaces of zones only. A last rule that matches everything ends the list.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.packets import ANY_SERVICE, ICMP, ICMP6, TCP, UDP, Service, icmp, ports
from telemed_infra.parse.behaviour import LOCAL, Action, Chain, Rule
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.arguments import EVERY_ADDRESS
from telemed_infra.parse.vrp.usg_profiles import Inspection
from telemed_infra.parse.vrp.usg_references import References
from telemed_infra.parse.vrp.usg_state import LOCAL_ZONE, PolicyRule, Usg, Zone

Services = tuple[Service, ...]

_MANAGEMENT: dict[str, Services] = {
    "http": (ports(TCP, 80),),
    "https": (ports(TCP, 443),),
    "netconf": (ports(TCP, 830),),
    "ping": (icmp(ICMP, 8), icmp(ICMP6, 128)),
    "snmp": (ports(UDP, 161),),
    "ssh": (ports(TCP, 22),),
    "telnet": (ports(TCP, 23),),
}
_ALL_MANAGEMENT = tuple(service for services in _MANAGEMENT.values() for service in services)
_ONLY_LOCAL = frozenset({LOCAL})
_ANY_SERVICES = (ANY_SERVICE,)


def policy_chain(state: Usg, reading: Reading) -> tuple[Chain, tuple[str, ...]]:
    """The chain, and the sets and profiles it does not use.

    What is not resolved is refused in the reading.
    """
    zones = live_zones(state, reading)
    references = References(state, reading, zones)
    inspection = Inspection(state, reading)
    skipped = _disabled(state, reading)
    judged = [
        (held, rule)
        for held in state.rules.values()
        if (rule := _policy_rule(state, reading, references, held, inspected=inspection.of(held)))
        and held.name not in skipped
    ]
    policy = [rule for _, rule in judged]
    zoned = next(
        (place for place, (held, _) in enumerate(judged) if not _names_both_zones(held)),
        len(judged),
    )
    closed = bool(policy) and _matches_everything(state.rules[policy[-1].name])
    logs = state.default_logs and state.policy_log_on
    if closed:
        logs_denied = policy[-1].logs and policy[-1].action is Action.DENY
    else:
        logs_denied = logs and state.default is Action.DENY
    chain = Chain(
        name="security-policy",
        line=state.policy_line,
        judges_forwarded=True,
        judges_to_local=True,
        judges_from_local=True,
        rules=(
            *_management(state, zones),
            *policy[:zoned],
            *_intrazone(state, references),
            *policy[zoned:],
            *(() if closed else _default_permit(state, references, logs=logs)),
        ),
        default=Action.DENY,
        logs_denied=logs_denied,
        stateful=True,
    )
    return chain, (*references.unused(), *inspection.unused())


def live_zones(state: Usg, reading: Reading) -> dict[str, frozenset[str]]:
    """The interfaces of each zone that can pass packets; a zone needs a priority to be used."""
    shut = {name for name, port in state.ports.items() if port.shut}
    result: dict[str, frozenset[str]] = {}
    for zone in state.zones.values():
        if zone.priority is None:
            reading.refuse(zone.line, "a zone without priority takes no rules")
        result[zone.name] = frozenset(
            name
            for name in zone.interfaces
            if name not in shut and name.partition(".")[0] not in shut
        )
    result[LOCAL_ZONE] = _ONLY_LOCAL
    return result


def named_zones(state: Usg) -> dict[str, frozenset[str]]:
    """The zones that the text names, but for `local`, with all interfaces it puts into them."""
    return {zone.name: frozenset(zone.interfaces) for zone in state.zones.values() if _named(zone)}


def _named(zone: Zone) -> bool:
    return zone.line > 0 and zone.name != LOCAL_ZONE


def _policy_rule(
    state: Usg,
    reading: Reading,
    references: References,
    held: PolicyRule,
    *,
    inspected: bool,
) -> Rule | None:
    source = references.addresses(held.sources, held.excluded_sources)
    destination = references.addresses(held.destinations, held.excluded_destinations)
    ingress = references.interfaces(held.source_zones)
    egress = references.interfaces(held.destination_zones)
    services = references.services(held.services)
    for text, line in held.conditions.items():
        reading.refuse(line, f"when `{text}` holds cannot be told from a packet's header")
    if held.action is None:
        reading.refuse(held.line, "what a rule without action does is not known")
        return None
    return Rule(
        line=held.line,
        name=held.name,
        action=held.action,
        ingress=ingress,
        egress=egress,
        source4=source.v4,
        source6=source.v6,
        destination4=destination.v4,
        destination6=destination.v6,
        services=services,
        logs=held.logs and state.policy_log_on,
        inspected=inspected,
    )


def _disabled(state: Usg, reading: Reading) -> set[str]:
    """The names of rules that are skipped, by their own line or by that of their group."""
    order = list(state.rules)
    result = {rule.name for rule in state.rules.values() if rule.disabled}
    for group in state.groups.values():
        if not group.first:
            continue
        if group.first not in order or group.last not in order:
            reading.refuse(group.line, "the group names a rule that does not exist")
            continue
        first, last = order.index(group.first), order.index(group.last)
        if last < first:
            reading.refuse(group.line, "the group ends before it begins")
        if group.disabled:
            result.update(order[first : last + 1])
    return result


def _matches_everything(rule: PolicyRule) -> bool:
    terms = (
        rule.source_zones,
        rule.destination_zones,
        rule.sources,
        rule.destinations,
        rule.excluded_sources,
        rule.excluded_destinations,
        rule.services,
        rule.conditions,
    )
    return not any(terms)


def _management(state: Usg, zones: dict[str, frozenset[str]]) -> Iterator[Rule]:
    """What service-manage lets in, interface by interface, and what it drops."""
    live = frozenset().union(*(names for zone, names in zones.items() if zone != LOCAL_ZONE))
    handed_over = {name for name, port in state.ports.items() if not port.managed}
    for name, port in state.ports.items():
        if name in live and port.managed:
            for service, line in port.admitted.items():
                yield _made(
                    line, f"service-manage {service} {name}", Action.PERMIT,
                    frozenset({name}), _ONLY_LOCAL, _MANAGEMENT[service],
                )  # fmt: skip
    if live - handed_over:
        yield _made(
            state.policy_line, "service-manage", Action.DENY,
            live - handed_over, _ONLY_LOCAL, _ALL_MANAGEMENT,
        )  # fmt: skip


def _names_both_zones(rule: PolicyRule) -> bool:
    return bool(rule.source_zones and rule.destination_zones)


def _intrazone(state: Usg, references: References) -> Iterator[Rule]:
    """What passes within a zone until `default packet-filter intrazone enable`.

    It stands before the first rule that does not name both zones: whether such a rule judges
    within a zone then no document says, so it is not relied on to close one.
    """
    if state.intrazone_judged:
        return
    for name, interfaces in references.zones.items():
        if interfaces and name != LOCAL_ZONE:
            yield _made(
                state.zones[name].line, f"intrazone {name}", Action.PERMIT,
                interfaces, interfaces, _ANY_SERVICES,
            )  # fmt: skip


def _default_permit(state: Usg, references: References, *, logs: bool) -> Iterator[Rule]:
    if state.default is Action.PERMIT:
        yield _made(
            state.default_line, "default action permit", Action.PERMIT,
            references.everywhere, references.everywhere, _ANY_SERVICES, logs=logs,
        )  # fmt: skip


def _made(
    line: int,
    name: str,
    action: Action,
    ingress: frozenset[str],
    egress: frozenset[str],
    services: Services,
    *,
    logs: bool = False,
) -> Rule:
    """A rule that no rule of the text says: all addresses of both families."""
    return Rule(
        line=line,
        name=name,
        action=action,
        ingress=ingress,
        egress=egress,
        source4=EVERY_ADDRESS.v4,
        source6=EVERY_ADDRESS.v6,
        destination4=EVERY_ADDRESS.v4,
        destination6=EVERY_ADDRESS.v6,
        services=services,
        logs=logs,
    )
