"""The sessions of a routing text against those of the plan.

Proven of each: the AS numbers of both ends, its key by reference, BFD, quick timers, filters in
both directions and a limit that closes it; a neighbour on the same line is heard on that line
alone. What a filter lets in is exactly what the other end may tell, whatever else a route carries;
what is told is at most what may be told, with the plan's metric, and whatever begins here or is
learned elsewhere and may be told is told. A default route begins where the plan lets it, while one
of the plan's prefixes is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, joined, no_prefixes, prefixes_within
from telemed_infra.parse.route_exchange import everything
from telemed_infra.parse.route_filter import NO_CHANGES, Changes, RouteFilter, passing
from telemed_infra.parse.routes import DefaultRoute, Exchange, RouteBehaviour, Session
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.plan.reach import Reach
from telemed_infra.plan.routing import View
from telemed_infra.prove.expected_router import ExpectedRouter
from telemed_infra.prove.findings import Says
from telemed_infra.prove.routing_words import Commands

KEEPALIVE_S, HOLD_S, DETECTION_MS_MAX = 3, 9, 900
"""Source: docs/concepts/routing.md, "Who speaks"."""
REMEMBERED_SETS = 1 << 10


def sessions(
    behaviour: RouteBehaviour, expected: ExpectedRouter, commands: Commands
) -> Iterator[Says]:
    """What is wrong with each session, which are too many, and which are missing."""
    known = {address_text(*view.other.address[:2]): view for view in expected.views}
    seen = set()
    for session in behaviour.sessions:
        view = known.get(session.peer)
        if view is None or session.vrf or session.dynamic:
            gone = commands.gone.format(peer=session.peer)
            says = f"neighbour {session.peer} is not in the plan: `{gone}`"
            yield Says(session.line, "excess", says)
            continue
        seen.add(session.peer)
        yield from _session(behaviour, session, view, expected, commands)
    line = behaviour.routers[0].line if behaviour.routers else 0
    for address in sorted(known.keys() - seen):
        other = known[address].other
        mend = commands.neighbor.format(peer=address, number=other.as_number)
        says = f"neighbour {address} ({other.device.name}) is missing: `{mend}`"
        yield Says(line, "missing", says)


def _session(
    behaviour: RouteBehaviour,
    session: Session,
    view: View,
    expected: ExpectedRouter,
    commands: Commands,
) -> Iterator[Says]:
    who = f"neighbour {session.peer} ({view.other.device.name})"
    for wrong in (
        *_who(session, view, commands),
        *_from(behaviour, session, view, commands),
        *_how(session, view, expected, commands),
    ):
        yield Says(session.line, "session", f"{who}: {wrong}")
    for exchange in session.exchanges:
        if exchange.family is not view.session.family:
            continue  # one too many, which is told below
        for kind, wrong in (
            *_bound(exchange, view, commands),
            *_sets(exchange, view, expected),
            *_default(exchange, view),
        ):
            yield Says(exchange.line, kind, f"{who}: {wrong}")
    if [one.family for one in session.exchanges] != [view.session.family]:
        says = f"{who}: carries other families than IPv{view.session.family.value}"
        yield Says(session.line, "session", says)


def _who(session: Session, view: View, commands: Commands) -> Iterator[str]:
    if session.remote_as != view.other.as_number:
        yield f"remote AS {session.remote_as}: the plan says {view.other.as_number}"
    if session.local_as != view.own.as_number:
        yield f"speaks as AS {session.local_as}: {commands.local_as}"
    if session.shut:
        yield f"is shut down: {commands.shut}"
    hops = view.session.hops
    if hops == 1 and session.ttl_security != 1:
        yield f"hears packets from farther away: {commands.ttl}"
    if hops > 1 and max(session.multihop, session.ttl_security or 0) < hops:
        yield f"cannot cross the firewall: {commands.multihop.format(hops=hops)}"


def _from(
    behaviour: RouteBehaviour, session: Session, view: View, commands: Commands
) -> Iterator[str]:
    """From its own address of the plan, which has to be one of the main table's interfaces."""
    own = address_text(*view.own.address[:2])
    named = behaviour.sources(session)
    if (session.update_source or view.session.hops > 1) and named != (own,):
        found = ", ".join(named) or session.update_source
        yield f"speaks from `{found}`: {commands.source.format(address=own)}"
    if behaviour.addresses and not any(
        one.partition("/")[0] == own for some in behaviour.addresses.values() for one in some
    ):
        yield f"no interface of the main table has {own}, from which it speaks"


def _how(
    session: Session, view: View, expected: ExpectedRouter, commands: Commands
) -> Iterator[str]:
    key = re.escape(view.session.key)
    if session.key is None or not re.fullmatch(rf"\W{{0,3}}{key}\W{{0,3}}", session.key.text):
        mend = commands.key.format(key=view.session.key)
        yield f"its key is not the plan's reference: {mend}"
    yield from _bfd(session, commands)
    if session.advertisement_s:
        yield f"holds changes back {session.advertisement_s} s: {commands.held_back}"
    if (session.keepalive_s, session.hold_s) != (KEEPALIVE_S, HOLD_S):
        mend = commands.timers.format(keepalive=KEEPALIVE_S, hold=HOLD_S)
        yield f"keepalive {session.keepalive_s} s, hold {session.hold_s} s: {mend}"
    if session.connect_s != expected.connect_s:
        mend = commands.connect.format(seconds=expected.connect_s)
        yield f"tries again after {session.connect_s} s: {mend}"
    if session.restarts_gracefully:
        yield f"a dead neighbour's routes would stay: {commands.graceful}"


def _bfd(session: Session, commands: Commands) -> Iterator[str]:
    if session.bfd is None:
        yield f"has no BFD: {commands.bfd}"
        return
    if session.bfd.multiplier * session.bfd.receive_ms > DETECTION_MS_MAX:
        yield f"BFD notices a loss after more than {DETECTION_MS_MAX} ms"
    if session.bfd.echo:
        yield f"BFD wants its own packets back, which no firewall returns: {commands.no_echo}"


_Wrong = tuple[str, str]  # kind, sentence


def _bound(exchange: Exchange, view: View, commands: Commands) -> Iterator[_Wrong]:
    """Filters in both directions that ask for prefixes alone, a limit, whose next hop is told."""
    if not (exchange.filtered_in and exchange.filtered_out):
        yield "missing", f"a direction has no filter: {commands.bound}"
    maximum = exchange.maximum_prefix
    if maximum is None or not maximum.closes or maximum.count < view.takes.number:
        yield "missing", f"no limit of at least {view.takes.number} prefixes closes it"
    if view.session.internal and exchange.next_hop != "self":
        yield "session", f"its partner could not reach what it tells: {commands.own_hop}"
    if not view.session.internal and exchange.next_hop == "unchanged":
        yield "session", "tells next hops that the other end does not know"
    yield from _plain(exchange.inward, (NO_CHANGES,), "in")
    yield from _plain(exchange.outward, (NO_CHANGES, Changes(med=view.metric)), "out")
    metrics = {one.med or 0 for one in exchange.announces if one.prefixes} - {view.metric}
    if metrics:
        found = ", ".join(map(str, sorted(metrics)))
        yield "session", f"tells routes with metric {found}: the plan says {view.metric}"


def _plain(filters: RouteFilter, changes: tuple[Changes, ...], way: str) -> Iterator[_Wrong]:
    """What a filter asks for and sets beyond the plan."""
    nodes = [node for stage in filters for node in stage]
    if any(node.conditions for node in nodes):
        yield "session", f"its filter {way} asks for more than prefixes: let these alone decide"
    if any(node.permits and node.changes not in changes for node in nodes):
        yield "session", f"its filter {way} changes what the plan leaves as it is"


def _sets(exchange: Exchange, view: View, expected: ExpectedRouter) -> Iterator[_Wrong]:
    family = exchange.family
    takes, gives = set_of(family, view.takes.reaches), set_of(family, view.gives.reaches)
    told = joined(family, (one.prefixes for one in exchange.announces))
    for kind, what, prefixes in (
        ("missing", "does not take", _less(takes, exchange.accepts)),
        ("excess", "takes", _less(exchange.accepts, takes)),
        ("missing", "cannot tell", _less(gives & _known(view, expected), told)),
        ("excess", "may tell", _less(told, gives)),
    ):
        if prefixes:
            yield kind, f"{what} {prefixes}, {prefixes.witness()} for one"


def _less(one: PrefixSet, other: PrefixSet) -> PrefixSet:
    return no_prefixes(one.family) if one == other else one - other


def _default(exchange: Exchange, view: View) -> Iterator[_Wrong]:
    """Where a default route begins, and what it depends on."""
    default, conditions = exchange.default_route, view.begins_default
    if default is None:
        if conditions:
            yield "missing", "no default route begins here for it"
        return
    family = exchange.family
    if not conditions:
        yield "excess", "a default route begins here: it may be passed on alone, when learned"
    elif _depends(default, family) != set_of(family, map(_itself, conditions)):
        found = ", ".join(one.text for one in conditions)
        yield "session", f"its default route has to depend on {found}: one of these known"
    if any(node.changes != NO_CHANGES for stage in default.filters for node in stage):
        yield "session", "its default route carries what the plan does not know"


def _depends(default: DefaultRoute, family: Family) -> PrefixSet | None:
    """Prefixes of which one has to be known; None: it depends on something else, or on nothing."""
    if default.tests_routes:
        parts = passing(default.filters, [everything(family)])
        return joined(family, (part.prefixes for part in parts))
    if default.all_of or default.filters:
        return None
    return joined(family, map(prefixes_within, default.any_of))


def _known(view: View, expected: ExpectedRouter) -> PrefixSet:
    """What this speaker has to tell: what begins here, and what others may have told it."""
    family = view.session.family
    begun = [_itself(one.prefix) for one in expected.begins if one.prefix.family is family]
    if view.begins_default:
        begun.append(_itself(Prefix(family, 0, 0)))
    learned = (
        other.takes.reaches
        for other in expected.views
        if other.session.family is family
        and other is not view
        and not (other.session.internal and view.session.internal)
    )
    sets = {set_of(family, reaches) for reaches in (tuple(begun), *learned)}
    return joined(family, sets)


def _itself(prefix: Prefix) -> Reach:
    return Reach(prefix, prefix.length, prefix.length, "")


def set_of(family: Family, reaches: Iterable[Reach]) -> PrefixSet:
    """The prefixes of some reaches, all of one family."""
    return _set(family, tuple((one.prefix, one.shortest, one.longest) for one in reaches))


@lru_cache(REMEMBERED_SETS)
def _set(family: Family, reaches: tuple[tuple[Prefix, int, int], ...]) -> PrefixSet:
    return joined(family, (prefixes_within(one.text, low, high) for one, low, high in reaches))
