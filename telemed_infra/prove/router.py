"""A router's or firewall's routing text against the plan of sessions and routes.

Proven: exactly the sessions of the plan, each as `router_sessions` tells; exactly what the plan
lets begin here begins here; exactly the static routes that the design needs are there. Not proven:
addresses of interfaces (other proofs do, where the text gives them) and preferences.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network

from telemed_infra.parse.route_exchange import AGGREGATE, NETWORK
from telemed_infra.parse.routes import Origin, RouteBehaviour, StaticRoute
from telemed_infra.plan.prefix import address_text
from telemed_infra.plan.routing import Source
from telemed_infra.prove.expected_router import DISCARD, ExpectedRoute, ExpectedRouter
from telemed_infra.prove.findings import DeviceProof, Finding, Says
from telemed_infra.prove.router_sessions import sessions
from telemed_infra.prove.routing_words import FRR, Commands


def prove_router(
    device: str, behaviour: RouteBehaviour, expected: ExpectedRouter, commands: Commands = FRR
) -> DeviceProof:
    """Everything about one speaker's text.

    Sizes: `must` counts the sets that sessions must take and tell, and the static routes; `rules`
    the sessions read, `ways` their exchanges in both directions.
    """
    findings = [
        *_reading(behaviour),
        *_process(behaviour, expected, commands),
        *_origins(behaviour, expected, commands),
        *_static(behaviour, expected, commands),
        *sessions(behaviour, expected, commands),
    ]
    exchanges = sum(len(session.exchanges) for session in behaviour.sessions)
    sets = sum(len(one.takes.reaches) + len(one.gives.reaches) for one in expected.views)
    return DeviceProof(
        device=device,
        findings=tuple(
            Finding(device=device, line=line, kind=kind, says=says) for line, kind, says in findings
        ),
        must=sets + len(expected.routes),
        rules=len(behaviour.sessions),
        ways=2 * exchanges,
        lines=behaviour.lines,
        covered=behaviour.lines - len(behaviour.unread),
        effective=len(behaviour.effective),
    )


def with_routing(proof: DeviceProof, routing: DeviceProof) -> DeviceProof:
    """The proof of a text whose routing another reader has read.

    Its lines are counted by `proof`, to which `routing` adds those that decide about routes.
    """
    return replace(
        proof,
        findings=(*proof.findings, *routing.findings),
        must=proof.must + routing.must,
        rules=proof.rules + routing.rules,
        ways=proof.ways + routing.ways,
        effective=proof.effective + routing.effective,
        functions=proof.functions | routing.functions,
    )


def _reading(behaviour: RouteBehaviour) -> Iterator[Says]:
    for unread in behaviour.unread:
        yield Says(unread.line, "unread", f"`{unread.text}`: {unread.why}")
    for missing in behaviour.missing:
        yield Says(missing.line, "missing", f"{missing.name} is used and nothing defines it")
    for unused in behaviour.unused:
        yield Says(unused.line, "hygiene", f"{unused.name} is bound nowhere")


def _process(
    behaviour: RouteBehaviour, expected: ExpectedRouter, commands: Commands
) -> Iterator[Says]:
    wanted = "none"
    if expected.as_number:
        wanted = f"`{commands.process.format(number=expected.as_number)}`"
        if not behaviour.routers:
            yield Says(0, "missing", f"{wanted} is missing")
    own = address_text(*expected.router_id[:2])
    for one in behaviour.routers:
        if one.vrf or one.as_number != expected.as_number:
            says = f"AS {one.as_number} {one.vrf}: the plan says {wanted}"
            yield Says(one.line, "session", says)
        if one.router_id != own:
            says = f"router id {one.router_id}: the plan says {own}"
            yield Says(one.line, "session", says)


def _origins(
    behaviour: RouteBehaviour, expected: ExpectedRouter, commands: Commands
) -> Iterator[Says]:
    """What begins here, and how: an aggregate of its parts, or a route that has to be there."""
    wanted = {one.prefix.text: one.source for one in expected.begins}
    seen = set()
    for router in behaviour.routers:
        for origin in router.origins:
            text = origin.prefixes.witness() if origin.prefixes.count() == 1 else ""
            if origin.source not in (NETWORK, AGGREGATE) or text not in wanted:
                what = text or f"routes of `{origin.source}`"
                says = f"{what} must not begin here: remove it"
                yield Says(origin.line, "excess", says)
                continue
            seen.add(text)
            for wrong in _origin(origin, wanted[text], text, commands):
                yield Says(origin.line, "session", wrong)
        for text in sorted(wanted.keys() - seen):
            says = f"{text} does not begin here: {_begins(wanted[text], text, commands)}"
            yield Says(router.line, "missing", says)


def _begins(source: Source, text: str, commands: Commands) -> str:
    words = commands.aggregate if source is Source.LEARNED else commands.network
    return words.format(prefix=text)


def _origin(origin: Origin, source: Source, text: str, commands: Commands) -> Iterator[str]:
    if (origin.source == AGGREGATE) != (source is Source.LEARNED):
        yield f"{text} begins as {origin.source}: {_begins(source, text, commands)}"
    if origin.always and source is Source.FIREWALL:
        yield f"{text} would be told without a route for it: a line that is down must end it"
    if origin.suppresses is not None:
        yield f"{text} hides its parts, which its neighbours need: leave them"
    if origin.filters or origin.made_of or origin.med:
        yield f"{text} begins under a policy that the plan does not know: remove it"


def _static(
    behaviour: RouteBehaviour, expected: ExpectedRouter, commands: Commands
) -> Iterator[Says]:
    """Exactly the routes of the design, each leading where it should."""
    wanted: dict[tuple[str, str], dict[str, ExpectedRoute]] = {}
    for one in expected.routes:
        wanted.setdefault((one.table, one.prefix.text), {})[one.target] = one
    runs = {one.name for one in behaviour.watches if one.runs}
    seen: set[tuple[tuple[str, str], str]] = set()
    for route in behaviour.static_routes:
        key = (route.vrf, str(ip_network(route.prefix, strict=False)))
        meant = _meant(route, wanted.get(key, {}))
        what = f"static route to {_named(*key)} by {route.target}"
        again = meant and meant.target == DISCARD and not route.discards
        if meant is None or (again and (key, DISCARD) in seen):
            yield Says(route.line, "excess", f"{what} is not in the plan: remove it")
            continue
        seen.add((key, meant.target))
        for says in _differs(route, meant, commands, runs):
            yield Says(route.line, "session", f"{what}{says}")
    for key, by_target in sorted(wanted.items()):
        for target, one in sorted(by_target.items()):
            if (key, target) not in seen:
                says = f"no static route to {_named(*key)}: {_route(one, commands)}"
                yield Says(0, "missing", says)


def _differs(
    route: StaticRoute, meant: ExpectedRoute, commands: Commands, runs: Container[str]
) -> Iterator[str]:
    """What is wrong with a route, in words that follow its name."""
    if _target(route) != meant.target:
        yield f": the plan says {_route(meant, commands)}"
    if route.watch and route.watch not in runs:
        yield f" follows `{route.watch}`, which does not run: it is never there"
    if route.permanent and meant.target != DISCARD:
        yield " stays when its line is down: remove `permanent`"


def _meant(route: StaticRoute, by_target: Mapping[str, ExpectedRoute]) -> ExpectedRoute | None:
    """What a route is for: the one that leads where it does, else any one to its prefix."""
    found = by_target.get(_target(route))
    return found or next(iter(by_target.values()), None)


def _target(route: StaticRoute) -> str:
    """As `ExpectedRoute` has it; an interface alone is told as it stands."""
    if route.discards:
        return DISCARD
    try:
        return str(ip_address(route.target))
    except ValueError:
        return route.target


def _named(table: str, prefix: str) -> str:
    return f"{prefix} of {table}" if table else prefix


def _route(route: ExpectedRoute, commands: Commands) -> str:
    target = route.target or commands.discard
    return commands.route.format(prefix=_named(route.table, route.prefix.text), target=target)
