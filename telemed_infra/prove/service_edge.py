"""A service edge's routing text against what it is for: sessions, and what they say and believe.

Proven: each core router has a session in each family, nobody else has one; it carries a key by
reference, BFD, filters in both directions and a limit of prefixes; the addresses of all instances
can be announced once they are on the loopback, and nothing outside of the pool can; nothing is
believed. Of static routes: none touches the pool, a default leads to the firewall, and whom the
agent speaks with has one by name where another would lead elsewhere. Addresses of
interfaces are read and not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from telemed_infra.packets import Family, Ranges, intersect, union
from telemed_infra.parse.prefixes import PrefixSet, host_ranges, hosts, joined
from telemed_infra.parse.routes import Exchange, RouteBehaviour, Router, Session
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.prove.expected_edge import (
    CONNECT_S,
    DETECTION_MS_MAX,
    ExpectedEdge,
    ExpectedNeighbor,
)
from telemed_infra.prove.findings import DeviceProof, Finding

LOOPBACK = "lo"  # where a service address stands while its lease runs
WORDS = {Family.V4: "IPv4", Family.V6: "IPv6"}


def prove_routes(device: str, behaviour: RouteBehaviour, expected: ExpectedEdge) -> DeviceProof:
    """Everything about one service edge's FRR text.

    Sizes: `must` counts the addresses that each session must be able to announce, `rules` the
    sessions read, `ways` their exchanges in both directions.
    """
    findings = (
        *_reading(behaviour),
        *_routers(behaviour, expected),
        *_all(behaviour, expected),
        *_static(behaviour, expected),
    )
    exchanges = [one for session in behaviour.sessions for one in session.exchanges]
    return DeviceProof(
        device=device,
        findings=tuple(one.finding(device) for one in findings),
        must=len(expected.neighbors) * sum(map(_size, expected.instances.values())),
        may=len(expected.neighbors) * sum(_size(expected.may[f]) for f in expected.families),
        rules=len(behaviour.sessions),
        ways=2 * len(exchanges),
        lines=behaviour.lines,
        covered=behaviour.lines - len(behaviour.unread),
        effective=len(behaviour.effective),
    )


def announced(behaviour: RouteBehaviour) -> dict[Family, Ranges]:
    """Every address that some announcement may cover: what the guard must be able to close."""
    return {
        family: union(
            part
            for session in behaviour.sessions
            for one in session.exchanges
            if one.family is family
            for announcement in one.announces
            for part in host_ranges(announcement.prefixes)
        )
        for family in Family
    }


@dataclass(frozen=True, slots=True)
class _Says:
    line: int
    kind: str
    says: str

    def finding(self, device: str) -> Finding:
        return Finding(device=device, line=self.line, kind=self.kind, says=self.says)


def _size(ranges: Ranges) -> int:
    return sum(high - low + 1 for low, high in ranges)


def _reading(behaviour: RouteBehaviour) -> Iterator[_Says]:
    for unread in behaviour.unread:
        yield _Says(unread.line, "unread", f"`{unread.text}`: {unread.why}")
    for missing in behaviour.missing:
        yield _Says(missing.line, "missing", f"{missing.name} is used and nothing defines it")
    for unused in behaviour.unused:
        yield _Says(unused.line, "hygiene", f"{unused.name} is bound nowhere")


def _routers(behaviour: RouteBehaviour, expected: ExpectedEdge) -> Iterator[_Says]:
    wanted = f"`router bgp {expected.local_as}`"
    found = [one for one in behaviour.routers if not one.vrf]
    for one in behaviour.routers:
        if one.vrf:
            yield _Says(one.line, "excess", f"`router bgp` of VRF {one.vrf}: remove it")
    if not found:
        yield _Says(0, "missing", f"{wanted} is missing")
    for one in found:
        if one.as_number != expected.local_as:
            yield _Says(one.line, "session", f"AS {one.as_number}: the inventory says {wanted}")
        yield from _router_id(one, expected)


def _router_id(router: Router, expected: ExpectedEdge) -> Iterator[_Says]:
    """By default it is the highest loopback address: a service address, which comes and goes."""
    mend = f"write `bgp router-id` with an address of {expected.block.text}"
    if not router.router_id:
        says = f"without a router id each take-over would restart the sessions: {mend}"
        yield _Says(router.line, "session", says)
    elif not _within(router.router_id, expected.block):
        yield _Says(router.line, "session", f"router id {router.router_id} is not its own: {mend}")


def _within(address: str, prefix: Prefix) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return found.version == prefix.family and prefix.first <= int(found) <= prefix.last


def _all(behaviour: RouteBehaviour, expected: ExpectedEdge) -> Iterator[_Says]:
    """Every neighbour that should be there, and every one that is."""
    known = {address: one for one in expected.neighbors for address in one.addresses}
    for session in behaviour.sessions:
        neighbor = known.get(session.peer)
        if neighbor is None or session.vrf or session.dynamic:
            says = f"neighbour {session.peer} is not in the inventory: `no neighbor {session.peer}`"
            yield _Says(session.line, "excess", says)
            continue
        yield from _session(session, neighbor, expected)
    for neighbor in expected.neighbors:
        mine = [one for one in behaviour.sessions if one.peer in neighbor.addresses]
        carried = {exchange.family for one in mine for exchange in one.exchanges}
        for family in expected.families:
            if family not in carried:
                addresses = " or ".join(sorted(neighbor.addresses))
                yield _Says(
                    min((one.line for one in mine), default=0),
                    "missing",
                    f"no session carries {WORDS[family]} to {neighbor.name}: "
                    f"`neighbor {addresses}` with `activate` in that family",
                )


def _static(behaviour: RouteBehaviour, expected: ExpectedEdge) -> Iterator[_Says]:
    """A static route into the pool would keep the other centre's services from being reached."""
    for one in behaviour.static_routes:
        network = ip_network(one.prefix, strict=False)
        family = Family(network.version)
        route = (int(network.network_address), int(network.broadcast_address))
        gateway = expected.gateways.get(family)
        if network.prefixlen == 0:
            if one.target != gateway:
                says = f"default route by {one.target}: the firewall is {gateway}"
                yield _Says(one.line, "session", says)
        elif intersect((route,), expected.pool[family]):
            says = f"static route {one.prefix} lies in the service pool or around it: remove it"
            yield _Says(one.line, "excess", says)
    for host, gateway in expected.by_name.items():
        yield from _named(behaviour, host, gateway)


def _named(behaviour: RouteBehaviour, host: str, gateway: str) -> Iterator[_Says]:
    """A host that has a route of its own, by that gateway and no other."""
    own = [one for one in behaviour.static_routes if one.prefix == f"{host}/32" and not one.vrf]
    mend = f"write `ip route {host}/32 {gateway}`"
    for one in own:
        if one.target != gateway:
            yield _Says(one.line, "session", f"the way to {host} leads to {one.target}: {mend}")
    if not own:
        says = f"no way to {host} by name, with which the agent here speaks: {mend}"
        yield _Says(0, "missing", says)


def _session(
    session: Session, neighbor: ExpectedNeighbor, expected: ExpectedEdge
) -> Iterator[_Says]:
    for wrong, mend in (*_who(session, neighbor, expected), *_how(session, expected)):
        says = f"neighbour {session.peer} ({neighbor.name}): {wrong}: {mend}"
        yield _Says(session.line, "session", says)
    for exchange in session.exchanges:
        for kind, wrong in _exchange(exchange, expected):
            says = f"neighbour {session.peer} ({neighbor.name}), {WORDS[exchange.family]}: {wrong}"
            yield _Says(exchange.line, kind, says)


def _who(
    session: Session, neighbor: ExpectedNeighbor, expected: ExpectedEdge
) -> Iterator[tuple[str, str]]:
    """Who speaks with whom: what is wrong, and the mend."""
    if session.remote_as != neighbor.remote_as:
        yield f"remote AS {session.remote_as}", f"`remote-as {neighbor.remote_as}`"
    if session.local_as != expected.local_as:
        yield f"speaks as AS {session.local_as}", "remove `local-as`"
    if session.shut:
        yield "is shut down", "remove `shutdown`"
    family = Family(4 if isinstance(ip_address(session.peer), IPv4Address) else 6)
    source = expected.sources[family]
    if not _within(session.update_source, source):
        found = f"speaks from {session.update_source}" if session.update_source else "has no source"
        yield found, f"`update-source {address_text(source.family, source.first)}`"
    if session.multihop < 2 and session.ttl_security is None:
        yield "cannot cross the firewall", "`ebgp-multihop` or `ttl-security hops`"


def _how(session: Session, expected: ExpectedEdge) -> Iterator[tuple[str, str]]:
    """How fast, and how safe."""
    if session.key is None:
        yield "has no key", "`password` with a reference to the secret"
    elif not re.fullmatch(rf"\W{{0,3}}{re.escape(expected.key)}\W{{0,3}}", session.key.text):
        mend = f"write `password {expected.key}`; the secret itself comes at the device"
        yield "its key is not the inventory's reference", mend
    if session.bfd is None:
        yield "has no BFD", "`bfd profile` with 3 × 300 ms"
    elif session.bfd.multiplier * session.bfd.receive_ms > DETECTION_MS_MAX:
        slow = session.bfd.multiplier * session.bfd.receive_ms
        yield f"BFD notices a loss after {slow} ms", f"at most {DETECTION_MS_MAX} ms"
    if session.advertisement_s:
        yield f"holds changes back {session.advertisement_s} s", "`advertisement-interval 0`"
    if session.connect_s != CONNECT_S:
        yield f"tries again after {session.connect_s} s", f"`timers connect {CONNECT_S}`"
    if session.restarts_gracefully:
        yield "a dead edge's routes would stay", "`bgp graceful-restart-disable`"


def _exchange(exchange: Exchange, expected: ExpectedEdge) -> Iterator[tuple[str, str]]:
    """Kind and sentence of everything that one family of a session does wrong."""
    for bound, word in ((exchange.filtered_in, "in"), (exchange.filtered_out, "out")):
        if not bound:
            yield "missing", f"no filter in direction {word}: bind a route map or prefix list"
    if exchange.accepts:
        example = exchange.accepts.witness()
        yield "excess", f"believes {exchange.accepts}, {example} for one: let its filter deny all"
    maximum = exchange.maximum_prefix
    if maximum is None or not maximum.closes:
        yield "missing", "no limit of prefixes closes it: `maximum-prefix` without `warning-only`"
    family = exchange.family
    if family not in expected.instances:
        yield "excess", "the site does not speak this family: remove `activate`"
        return
    must, may = hosts(family, expected.instances[family]), hosts(family, expected.may[family])
    for kind, prefixes in (
        ("missing", must - _certain(exchange)),
        ("excess", _any(exchange) - may),
    ):
        if prefixes:
            what = "cannot announce" if kind == "missing" else "may announce"
            why = "an instance's address" if kind == "missing" else "which the guard does not close"
            yield kind, f"{what} {prefixes} ({prefixes.witness()} for one), {why}"


def _certain(exchange: Exchange) -> PrefixSet:
    """What is announced without fail when it is on the loopback."""
    return joined(
        exchange.family,
        (
            one.prefixes
            for one in exchange.announces
            if one.source == "connected" and one.interface == LOOPBACK and one.certain
        ),
    )


def _any(exchange: Exchange) -> PrefixSet:
    return joined(exchange.family, (one.prefixes for one in exchange.announces))


def guarded_addresses(
    behaviour: RouteBehaviour | None, expected: ExpectedEdge, family: Family
) -> Ranges:
    """The addresses that the guard must be able to close.

    All of the pool, unless the routing text is known: then those that it may announce, and every
    instance's.
    """
    pool = expected.pool[family]
    if behaviour is None:
        return pool
    instances = expected.instances.get(family, ())
    return union((*instances, *intersect(pool, announced(behaviour)[family])))
