"""From zones, access lists and terminal lines to chains of first-match rules.

Up to four chains, which must all permit a packet:

* `zones`: everything between live interfaces and the device. What no rule matches is denied: zones
  without a pair, zone and no zone, interfaces that are shut or speak no IP;
* `access-group in`: each interface's list judges what enters by it, to the device too;
* `access-group out`: what is forwarded and leaves by it, not what the device itself sends;
* `access-class`: who may open SSH and telnet to the device, if every open line has a list.

An access list judges one family; its end denies the rest of that family. An entry with
`established` matches no first packet, so it makes no rule; it counts when answers are judged.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telemed_infra.packets import ANY_SERVICE, FAMILIES, TCP, Family, ports
from telemed_infra.parse.behaviour import LOCAL, Action, Chain, Interfaces, Rule
from telemed_infra.parse.ios.boxes import Box, everything, shared_services
from telemed_infra.parse.ios.policies import Class, inspected, not_inspected
from telemed_infra.parse.ios.replies import filters_answer, zones_answer
from telemed_infra.parse.ios.resolve import NEIGHBOUR_DISCOVERY, Resolver, Step
from telemed_infra.parse.ios.state import SELF, Binding
from telemed_infra.parse.ios.ways import NO_ZONE, OPEN, Names, Way, Ways

_GROUPS = {SELF: "self", NO_ZONE: "no zone"}
_LOGINS = (ports(TCP, 22), ports(TCP, 23))


def zone_chain(ways: Ways, *, logs_drops: bool) -> Chain:
    """What the zones let pass."""
    zoned = any(name not in (SELF, NO_ZONE) for name in ways.names)
    return Chain(
        name="zones",
        line=1,
        judges_forwarded=True,
        judges_to_local=True,
        judges_from_local=True,
        rules=tuple(
            rule for way in ways for family in FAMILIES for rule in _way_rules(way, ways, family)
        ),
        default=Action.DENY,
        logs_denied=not zoned or logs_drops or _every_drop_logs(ways),
        stateful=zones_answer(ways),
    )


def filter_chains(resolver: Resolver, ways: Ways) -> Iterator[Chain]:
    """The access lists on interfaces, one chain for each direction that has any."""
    bound = _bound(resolver)
    filters = {place: steps for place, (_, steps) in bound.items()}
    for direction in ("in", "out"):
        some = {place: held for place, held in bound.items() if place[2] == direction}
        if not some:
            continue
        yield Chain(
            name=f"access-group {direction}",
            line=min(binding.line for binding, _ in some.values()),
            judges_forwarded=True,
            judges_to_local=direction == "in",
            judges_from_local=False,
            rules=tuple(
                rule
                for (name, family, _), (binding, steps) in some.items()
                for rule in _filter_rules(name, family, direction, binding, steps)
            ),
            default=Action.PERMIT,
            logs_denied=all(_logs_rest(steps) for _, steps in some.values()),
            stateful=filters_answer(ways, filters, direction),
        )


def login_chain(resolver: Resolver) -> Chain | None:
    """Who may open a connection to the lines: None if any source may."""
    rules: list[Rule] = []
    lists: list[tuple[Step, ...]] = []
    line = 0
    for family in FAMILIES:
        binding = _login_list(resolver, family)
        steps = resolver.bound(binding, family, "the lines let in") if binding else None
        if binding is None or steps is None:
            continue
        line = line or binding.line
        lists.append(steps)
        rules += _login_rules(family, binding, steps)
    if not rules:
        return None
    return Chain(
        name="access-class",
        line=line,
        judges_forwarded=False,
        judges_to_local=True,
        judges_from_local=False,
        rules=tuple(rules),
        default=Action.PERMIT,
        logs_denied=all(_logs_rest(steps) for steps in lists),
        stateful=True,
    )


# Zones ------------------------------------------------------------------------------------------


def _way_rules(way: Way, ways: Ways, family: Family) -> Iterator[Rule]:
    between = ways.ends(way.source, way.destination, family)
    if not between[0]:
        return
    if way.policy is OPEN:
        names = [_GROUPS.get(one, one) for one in (way.source, way.destination)]
        box = everything(way.line)[FAMILIES.index(family)]
        yield _rule(box, Action.PERMIT, *between, name=" to ".join(names))
        return
    for one in way.policy:
        for box in one.openings:
            if box.family is family:
                yield from _class_rules(one, box, between)


def _class_rules(one: Class, box: Box, between: tuple[Names, Names]) -> Iterator[Rule]:
    if one.action != "inspect":
        action = Action.PERMIT if one.action == "pass" else Action.DENY
        yield _rule(box, action, *between, name=one.name, logs=one.logs)
        return
    known, unknown = inspected(box), not_inspected(box)
    if known:
        yield _rule(known, Action.PERMIT, *between, name=one.name)
    if unknown:
        yield _rule(unknown, Action.DENY, *between, name=one.name)


def _every_drop_logs(ways: Ways) -> bool:
    """Whether each way between groups that have interfaces is open, or logs what it drops last."""
    for source in ways.names:
        for destination in ways.names:
            if source == destination == SELF or not any(
                ways.ends(source, destination, family)[0] for family in FAMILIES
            ):
                continue
            way = ways.between(source, destination)
            if way is None or not (way.policy is OPEN or _logs_last(way.policy[-1])):
                return False
    return True


def _logs_last(last: Class) -> bool:
    return last.logs or last.action == "pass"


# Access lists -----------------------------------------------------------------------------------

_Place = tuple[str, Family, str]


def _bound(resolver: Resolver) -> dict[_Place, tuple[Binding, tuple[Step, ...]]]:
    found: dict[_Place, tuple[Binding, tuple[Step, ...]]] = {}
    for name, port in resolver.state.ports.items():
        for (family, direction), binding in port.filters.items():
            steps = resolver.bound(binding, family, "the interface permits")
            if steps is not None:
                found[name, family, direction] = (binding, (*steps, *_implicit(family, binding)))
    return found


def _implicit(family: Family, binding: Binding) -> Iterator[Step]:
    """What an IPv6 list permits before its end denies the rest."""
    if family is Family.V6:
        every = family.every_address
        yield Step(True, Box(family, every, every, NEIGHBOUR_DISCOVERY, binding.line), False)  # noqa: FBT003


def _filter_rules(
    name: str, family: Family, direction: str, binding: Binding, steps: Iterable[Step]
) -> Iterator[Rule]:
    ingress: Interfaces = frozenset({name}) if direction == "in" else None
    egress: Interfaces = None if direction == "in" else frozenset({name})
    for permits, box, established in steps:
        if not established:
            action = Action.PERMIT if permits else Action.DENY
            yield _rule(box, action, ingress, egress, name=binding.name, logs=box.logs)
    every = family.every_address
    rest = Box(family, every, every, (ANY_SERVICE,), binding.line)
    yield _rule(rest, Action.DENY, ingress, egress, name=binding.name)


def _logs_rest(steps: tuple[Step, ...]) -> bool:
    """Whether the list ends with a line that denies all that is left, and logs it."""
    for permits, box, established in reversed(steps):
        if box.services == NEIGHBOUR_DISCOVERY and permits:
            continue
        every = box.family.every_address
        whole = (box.sources, box.destinations, box.services) == (every, every, (ANY_SERVICE,))
        return whole and not established and (permits or box.logs)
    return False


# Terminal lines ---------------------------------------------------------------------------------


def _login_list(resolver: Resolver, family: Family) -> Binding | None:
    """The list that all open lines share; None if one of them has none, so all may come in."""
    lines = resolver.state.terminals.values()
    bindings = [one.filters.get(family) for one in lines if not one.closed]
    named = [one for one in bindings if one is not None]
    if not named or len(named) < len(bindings):
        return None
    for one in named[1:]:
        if one.name != named[0].name:
            resolver.reading.refuse(one.line, "lines whose lists differ are not modelled")
    return named[0]


def _login_rules(family: Family, binding: Binding, steps: Iterable[Step]) -> Iterator[Rule]:
    every = family.every_address
    rest = Step(False, Box(family, every, every, (ANY_SERVICE,), binding.line), False)  # noqa: FBT003
    for permits, box, established in (*steps, rest):
        services = shared_services(box.services, _LOGINS)
        if services and not established:
            action = Action.PERMIT if permits else Action.DENY
            yield _rule(
                box._replace(services=services), action, None, frozenset({LOCAL}),
                name=binding.name, logs=box.logs,
            )  # fmt: skip


# Rules ------------------------------------------------------------------------------------------


def _rule(
    box: Box,
    action: Action,
    ingress: Interfaces,
    egress: Interfaces,
    *,
    name: str,
    logs: bool = False,
) -> Rule:
    """The rule of one box, and so of one family."""
    is_four = box.family is Family.V4
    return Rule(
        line=box.line,
        name=box.name or name,
        action=action,
        ingress=ingress,
        egress=egress,
        source4=box.sources if is_four else (),
        source6=() if is_four else box.sources,
        destination4=box.destinations if is_four else (),
        destination6=() if is_four else box.destinations,
        services=box.services,
        logs=logs,
    )
