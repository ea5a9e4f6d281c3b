"""A router's or firewall's FRR text against the plan of sessions.

Proven: exactly the sessions of the plan, with the AS numbers of both ends; each has its key by
reference, BFD, quick timers, filters in both directions and a limit that closes it; a neighbour on
the same line is heard on that line alone. What a filter lets in is exactly what the other end may
tell; what is told is at most what may be told, and whatever begins here or is learned elsewhere and
may be told is told. Not proven: interfaces, static routes, metrics, and on what a default depends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, joined, prefixes_within
from telemed_infra.parse.routes import Exchange, RouteBehaviour, Session
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.plan.reach import Reach
from telemed_infra.plan.routing import Origination, View
from telemed_infra.prove.findings import DeviceProof, Finding

CONNECT_S, DETECTION_MS_MAX = 1, 900


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRouter:
    """All that a speaker's text must and may do."""

    as_number: int | None  # None: it has no sessions
    router_id: Prefix
    views: tuple[View, ...]
    begins: tuple[Origination, ...]


def prove_router(device: str, behaviour: RouteBehaviour, expected: ExpectedRouter) -> DeviceProof:
    """Everything about one speaker's text.

    Sizes: `must` counts the sets that sessions must take and tell, `rules` the sessions read,
    `ways` their exchanges in both directions.
    """
    findings = [
        *_reading(behaviour),
        *_process(behaviour, expected),
        *_sessions(behaviour, expected),
    ]
    exchanges = sum(len(session.exchanges) for session in behaviour.sessions)
    return DeviceProof(
        device=device,
        findings=tuple(
            Finding(device=device, line=line, kind=kind, says=says) for line, kind, says in findings
        ),
        must=sum(len(one.takes.reaches) + len(one.gives.reaches) for one in expected.views),
        rules=len(behaviour.sessions),
        ways=2 * exchanges,
        lines=behaviour.lines,
        covered=behaviour.lines - len(behaviour.unread),
        effective=len(behaviour.effective),
    )


_Says = tuple[int, str, str]  # line, kind, sentence


def _reading(behaviour: RouteBehaviour) -> Iterator[_Says]:
    for unread in behaviour.unread:
        yield unread.line, "unread", f"`{unread.text}`: {unread.why}"
    for missing in behaviour.missing:
        yield missing.line, "missing", f"{missing.name} is used and nothing defines it"
    for unused in behaviour.unused:
        yield unused.line, "hygiene", f"{unused.name} is bound nowhere"


def _process(behaviour: RouteBehaviour, expected: ExpectedRouter) -> Iterator[_Says]:
    wanted = f"`router bgp {expected.as_number}`" if expected.as_number else "none"
    if expected.as_number and not behaviour.routers:
        yield 0, "missing", f"{wanted} is missing"
    own = address_text(*expected.router_id[:2])
    for one in behaviour.routers:
        if one.vrf or one.as_number != expected.as_number:
            yield one.line, "session", f"AS {one.as_number} {one.vrf}: the plan says {wanted}"
        if one.router_id != own:
            yield one.line, "session", f"router id {one.router_id}: the plan says {own}"


def _sessions(behaviour: RouteBehaviour, expected: ExpectedRouter) -> Iterator[_Says]:
    known = {address_text(*view.other.address[:2]): view for view in expected.views}
    seen = set()
    for session in behaviour.sessions:
        view = known.get(session.peer)
        if view is None or session.vrf or session.dynamic:
            says = f"neighbour {session.peer} is not in the plan: `no neighbor {session.peer}`"
            yield session.line, "excess", says
            continue
        seen.add(session.peer)
        who = f"neighbour {session.peer} ({view.other.device.name})"
        for wrong in (*_who(session, view), *_how(session, view)):
            yield session.line, "session", f"{who}: {wrong}"
        for exchange in session.exchanges:
            for kind, wrong in _exchange(exchange, view, expected):
                yield exchange.line, kind, f"{who}: {wrong}"
        if [one.family for one in session.exchanges] != [view.session.family]:
            says = f"{who}: carries other families than IPv{view.session.family.value}"
            yield session.line, "session", says
    for address in known.keys() - seen:
        yield 0, "missing", f"neighbour {address} ({known[address].other.device.name}) is missing"


def _who(session: Session, view: View) -> Iterator[str]:
    if session.remote_as != view.other.as_number:
        yield f"remote AS {session.remote_as}: the plan says {view.other.as_number}"
    if session.local_as != view.own.as_number:
        yield f"speaks as AS {session.local_as}: remove `local-as`"
    if session.shut:
        yield "is shut down: remove `shutdown`"
    if view.session.hops == 1 and session.ttl_security != 1:
        yield "hears packets from farther away: `ttl-security hops 1`"
    if view.session.hops > 1 and session.multihop < view.session.hops:
        yield f"cannot cross the firewall: `ebgp-multihop {view.session.hops}`"
    own = address_text(*view.own.address[:2])
    if view.session.hops > 1 and session.update_source != own:
        yield f"speaks from `{session.update_source}`: `update-source {own}`"


def _how(session: Session, view: View) -> Iterator[str]:
    key = re.escape(view.session.key)
    if session.key is None or not re.fullmatch(rf"\W{{0,3}}{key}\W{{0,3}}", session.key.text):
        yield f"its key is not the plan's reference: `password {view.session.key}`"
    if session.bfd is None:
        yield "has no BFD: `bfd profile`"
    elif session.bfd.multiplier * session.bfd.receive_ms > DETECTION_MS_MAX:
        yield f"BFD notices a loss after more than {DETECTION_MS_MAX} ms"
    if session.advertisement_s:
        yield f"holds changes back {session.advertisement_s} s: `advertisement-interval 0`"
    if session.connect_s != CONNECT_S:
        yield f"tries again after {session.connect_s} s: `timers connect {CONNECT_S}`"
    if session.restarts_gracefully:
        yield "a dead neighbour's routes would stay: `bgp graceful-restart-disable`"


def _exchange(
    exchange: Exchange, view: View, expected: ExpectedRouter
) -> Iterator[tuple[str, str]]:
    family = exchange.family
    if not (exchange.filtered_in and exchange.filtered_out):
        yield "missing", "a direction has no filter: bind a prefix list"
    maximum = exchange.maximum_prefix
    if maximum is None or not maximum.closes or maximum.count < view.takes.number:
        yield "missing", f"no limit of at least {view.takes.number} prefixes closes it"
    takes, gives = _set(family, view.takes.reaches), _set(family, view.gives.reaches)
    told = joined(family, (one.prefixes for one in exchange.announces))
    for kind, what, prefixes in (
        ("missing", "does not take", takes - exchange.accepts),
        ("excess", "takes", exchange.accepts - takes),
        ("missing", "cannot tell", (gives & _known(view, expected)) - told),
        ("excess", "may tell", told - gives),
    ):
        if prefixes:
            yield kind, f"{what} {prefixes}, {prefixes.witness()} for one"


def _known(view: View, expected: ExpectedRouter) -> PrefixSet:
    """What this speaker has to tell: what begins here, and what others may have told it."""
    family = view.session.family
    begun = [
        prefixes_within(one.prefix.text) for one in expected.begins if one.prefix.family is family
    ]
    if view.begins_default:
        begun.append(prefixes_within(Prefix(family, 0, 0).text))
    learned = [
        _set(family, other.takes.reaches)
        for other in expected.views
        if other.session.family is family
        and other is not view
        and not (other.session.internal and view.session.internal)
    ]
    return joined(family, (*begun, *learned))


def _set(family: Family, reaches: Iterable[Reach]) -> PrefixSet:
    return joined(
        family, (prefixes_within(one.prefix.text, one.shortest, one.longest) for one in reaches)
    )
