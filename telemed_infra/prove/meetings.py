"""Who meets whom, from the texts alone: sessions whose ends answer each other, and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_interface
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.routes import Exchange, RouteBehaviour, Session


class End(NamedTuple):
    """One end of a session."""

    device: str
    session: Session
    exchange: Exchange


class Meeting(NamedTuple):
    """A session whose ends both speak."""

    one: End
    other: End


def owners_of(behaviours: Mapping[str, RouteBehaviour], family: Family) -> dict[str, str]:
    """Who has each address; one that two devices claim belongs to the first."""
    found: dict[str, str] = {}
    for name, behaviour in behaviours.items():
        for address in _addresses(behaviour, family):
            found.setdefault(str(ip_interface(address).ip), name)
    return found


def _addresses(behaviour: RouteBehaviour, family: Family) -> Iterator[str]:
    for some in behaviour.addresses.values():
        yield from (one for one in some if version(one.partition("/")[0]) == family)


def ends_of(behaviours: Mapping[str, RouteBehaviour], family: Family) -> Iterator[End]:
    """Every session of the main tables that carries a family."""
    for name, behaviour in behaviours.items():
        for session in behaviour.sessions:
            if session.vrf or session.dynamic:
                continue
            for exchange in session.exchanges:
                if exchange.family is family:
                    yield End(name, session, exchange)


def meetings_of(
    behaviours: Mapping[str, RouteBehaviour], ends: Iterable[End], owners: Mapping[str, str]
) -> Iterator[Meeting]:
    """Ends that name each other's address, AS and key."""
    waiting: dict[tuple[str, str], End] = {}
    for end in ends:
        other = owners.get(str(ip_address(end.session.peer)))
        source = _source(behaviours[end.device], end.session)
        if other is None or source is None:
            continue
        partner = waiting.pop((other, source), None)
        if partner is None:
            waiting[end.device, str(ip_address(end.session.peer))] = end
        elif _agree(partner.session, end.session):
            yield Meeting(partner, end)


def _source(behaviour: RouteBehaviour, session: Session) -> str | None:
    """The address that a session speaks from: as it says, or the one on the neighbour's line."""
    named = behaviour.sources(session)
    if named:
        return str(ip_address(named[0]))
    peer = ip_address(session.peer)
    found = (
        ip_interface(one)
        for some in behaviour.addresses.values()
        for one in some
        if version(one.partition("/")[0]) == peer.version
    )
    return next((str(one.ip) for one in found if peer in one.network), None)


def _agree(one: Session, other: Session) -> bool:
    return (
        one.remote_as == other.local_as
        and other.remote_as == one.local_as
        and one.key is not None
        and other.key is not None
        and _bare(one.key.text) == _bare(other.key.text)
        and not one.shut
        and not other.shut
    )


def _bare(text: str) -> str:
    return text.strip("\"'`")


def lines_of(behaviours: Mapping[str, RouteBehaviour], family: Family) -> dict[str, dict[str, str]]:
    """Of each device, its addresses on lines, with who is at the other end."""
    ends: dict[str, list[tuple[str, str]]] = {}
    for name, behaviour in behaviours.items():
        for address in _addresses(behaviour, family):
            network = ip_interface(address).network
            if network.prefixlen == family.bits - 1:
                ends.setdefault(str(network), []).append((name, address))
    found: dict[str, dict[str, str]] = {}
    for some in ends.values():
        if len(some) == 2:
            (one, first), (other, second) = some
            found.setdefault(one, {})[first] = other
            found.setdefault(other, {})[second] = one
    return found


def version(word: str) -> int:
    """4 or 6 of an address, 0 of anything else."""
    try:
        return ip_address(word).version
    except ValueError:
        return 0
