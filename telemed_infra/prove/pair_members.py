"""Both members of a pair together, from their texts alone: the plan is not asked.

A member's own text may be as planned, and the two may still not fit: both claim the address, each
looks for the other where it is not, or a lost port changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import SYNC_PLACE, PairPlace
from telemed_infra.parse.virtual_routers import OwnAddress, own_address
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.prove.findings import Says
from telemed_infra.prove.pairs import KIND, place_of
from telemed_infra.redundancy import Rank, Redundancy, VirtualRouter


class Member(NamedTuple):
    """What is known of one member."""

    device: str
    redundancy: Redundancy
    lines: Mapping[PairPlace, int]
    addresses: Mapping[str, Iterable[str]]  # interface → its own addresses, as "a/len"
    ports: frozenset[str]  # physical ports and interfaces that it has
    versions: Mapping[PairPlace, int] = {}  # of VRRP, where the text says it


class _Joint(NamedTuple):
    """A network in which virtual routers meet; of an interface without address, its name."""

    family: Family
    first: int
    length: int
    interface: str = ""

    @property
    def text(self) -> str:
        return self.interface or Prefix(self.family, self.first, self.length).text


_ByNetwork = dict[_Joint, dict[int, VirtualRouter]]


def prove_together(one: Member, other: Member) -> Iterator[Says]:
    """What does not fit; lines are those of `other`."""
    networks = _by_network(one), _by_network(other)
    yield from _routers(one, other, networks)
    yield from _claims(one, other, networks)
    yield from _owned(one, other)
    yield from _syncs(one, other)
    for member in (one, other):
        yield from _watched(member, ours=member is other)


def _routers(one: Member, other: Member, networks: tuple[_ByNetwork, _ByNetwork]) -> Iterator[Says]:
    """In each network both know the same numbers with the same addresses."""
    theirs, ours = networks
    for joint in sorted(theirs.keys() | ours.keys()):
        there, here = theirs.get(joint, {}), ours.get(joint, {})
        for number in sorted(there.keys() | here.keys()):
            first, second = there.get(number), here.get(number)
            if first is None or second is None:
                found = first or second
                assert found is not None  # of one of the two
                has, lacks = (one, other) if second is None else (other, one)
                says = (
                    f"{has.device} has virtual router {number} for {_list(found)} in {joint.text}, "
                    f"and {lacks.device} has not: neither would stand in"
                )
                yield Says(_line(other, second), KIND, says)
            elif first.addresses != second.addresses:
                says = (
                    f"virtual router {number} answers for {_list(second)} here and for "
                    f"{_list(first)} at {one.device}"
                )
                yield Says(_line(other, second), KIND, says)


def _claims(one: Member, other: Member, networks: tuple[_ByNetwork, _ByNetwork]) -> Iterator[Says]:
    """One of the two is the first, and they agree about how that is found."""
    theirs, ours = networks
    for joint, some in sorted(ours.items()):
        for number, second in sorted(some.items()):
            first = theirs.get(joint, {}).get(number)
            if first is None:
                continue
            for says in (
                *_claim(first, second, one.device),
                *_version(_told(one, first), _told(other, second), one.device),
            ):
                name = f"virtual router {number} in {joint.text}"
                yield Says(_line(other, second), KIND, f"{name}: {says}")


def _claim(first: VirtualRouter, second: VirtualRouter, device: str) -> Iterator[str]:
    if first.rank is not Rank.BY_PRIORITY and second.rank is not Rank.BY_PRIORITY:
        if first.rank is second.rank:
            yield f"both members are {second.rank.value}"
        return
    if first.rank is not second.rank:
        yield f"{second.rank.value} here and {first.rank.value} at {device}"
        return
    if first.priority == second.priority:
        yield f"both members have priority {second.priority}, so chance decides"
    if first.advertised_ms != second.advertised_ms:
        yield (
            f"told each {second.advertised_ms} ms here and each {first.advertised_ms} ms at "
            f"{device}: one would take the other for dead"
        )
    strong, weak = sorted((first, second), key=lambda router: -router.priority)
    for interface, reduced_by in sorted(strong.tracked):
        if reduced_by and strong.priority - reduced_by >= weak.priority:
            yield (
                f"priority {strong.priority} less {reduced_by} stays above {weak.priority}, so the "
                f"loss of {interface} changes nothing"
            )


def _version(there: int | None, here: int | None, device: str) -> Iterator[str]:
    if there != here:
        yield f"VRRP of version {here} here and {there} at {device}: neither hears the other"


def _told(member: Member, router: VirtualRouter) -> int | None:
    return member.versions.get(place_of(router))


def _owned(one: Member, other: Member) -> Iterator[Says]:
    """A shared address is nobody's own: its owner could not leave it."""
    owners = {
        own_address(text)[:2]: (member.device, interface)
        for member in (one, other)
        for interface, some in member.addresses.items()
        for text in some
    }
    for router in sorted(other.redundancy.routers):
        for address in router.addresses:
            owner = owners.get((router.family, address))
            if owner is not None:
                text = address_text(router.family, address)
                says = f"virtual router {router.number} answers for {text}, which is "
                says += f"{owner[0]}'s own on {owner[1]}"
                yield Says(_line(other, router), KIND, says)


def _syncs(one: Member, other: Member) -> Iterator[Says]:
    """Each names the other, over one cable, in one way."""
    first, second = one.redundancy.sync, other.redundancy.sync
    line = other.lines.get(SYNC_PLACE, 0)
    if first is None or second is None:
        if first is not second:
            has, lacks = (one, other) if second is None else (other, one)
            yield Says(line, KIND, f"{has.device} tells its state, and {lacks.device} does not")
        return
    for says in _sync(one, other):
        yield Says(line, KIND, says)


def _sync(one: Member, other: Member) -> Iterator[str]:
    first, second = one.redundancy.sync, other.redundancy.sync
    assert first is not None  # both tell their state
    assert second is not None
    if first.kind is not second.kind:
        yield f"{second.kind.value} here and {first.kind.value} at {one.device}"
    for speaker, hearer in ((one, other), (other, one)):
        yield from _heard(speaker, hearer)
    networks = [_cable(member) for member in (one, other)]
    if None not in networks and networks[0] != networks[1]:
        yield f"the two ends of the cable are in {networks[0]} and {networks[1]}"
    if first.first is not None and first.first == second.first:
        yield f"both members are {'the first' if first.first else 'the second'}"
    for name, what in (("sessions", "connections"), ("configuration", "shared lines")):
        if getattr(first, name) != getattr(second, name):
            yield f"only one of the two carries {what} over"
    if first.preempt_s != second.preempt_s:
        yield f"they wait for {second.preempt_s} s here and {first.preempt_s} s at {one.device}"


def _heard(speaker: Member, hearer: Member) -> Iterator[str]:
    """What one calls the other is the other's address on its end of the cable."""
    told, heard = speaker.redundancy.sync, hearer.redundancy.sync
    assert told is not None
    assert heard is not None
    own = _end(hearer)
    remote = address_text(Family.V4, told.remote)
    stands = None if own is None else address_text(Family.V4, own.address)
    if stands is not None and remote != stands and told.remote != heard.remote:
        yield f"{speaker.device} looks for {hearer.device} at {remote}, which is {stands}"
    if heard.own is not None and stands is not None:
        says = address_text(Family.V4, heard.own)
        if says != stands:
            yield f"{hearer.device} speaks from {says}, and {heard.interface} has {stands}"


def _watched(member: Member, *, ours: bool) -> Iterator[Says]:
    """What is watched is there, else its loss is never seen."""
    sync = member.redundancy.sync
    names = set(sync.tracked) if sync else set()
    line = member.lines.get(SYNC_PLACE, 0)
    for name in sorted(names - member.ports):
        says = f"{member.device} watches {name}, which it does not have"
        yield Says(line if ours else 0, KIND, says)
    for router in sorted(member.redundancy.routers):
        for name, _ in sorted(router.tracked):
            if name not in member.ports:
                says = f"{member.device} watches {name}, which it does not have"
                yield Says(_line(member, router) if ours else 0, KIND, says)


# Networks ----------------------------------------------------------------------------------------


def _by_network(member: Member) -> _ByNetwork:
    found: _ByNetwork = {}
    for router in member.redundancy.routers:
        found.setdefault(_joint(member, router), {})[router.number] = router
    return found


def _joint(member: Member, router: VirtualRouter) -> _Joint:
    """The interface's network that holds one of the addresses; else its first; else its name."""
    own = [own_address(one) for one in member.addresses.get(router.interface, ())]
    own = [one for one in own if one.family is router.family]
    for one in own:
        if any(address & one.mask == one.network for address in router.addresses):
            return _Joint(one.family, one.network, one.length)
    if not own:
        return _Joint(router.family, 0, 0, router.interface)
    return _Joint(own[0].family, own[0].network, own[0].length)


def _end(member: Member) -> OwnAddress | None:
    """The member's own address where it tells its state."""
    sync = member.redundancy.sync
    assert sync is not None
    own = (own_address(one) for one in member.addresses.get(sync.interface, ()))
    return next((one for one in own if one.family is Family.V4), None)


def _cable(member: Member) -> str | None:
    end = _end(member)
    return None if end is None else Prefix(end.family, end.network, end.length).text


def _line(member: Member, router: VirtualRouter | None) -> int:
    return member.lines.get(place_of(router), 0) if router else 0


def _list(router: VirtualRouter) -> str:
    return ", ".join(address_text(router.family, one) for one in router.addresses)
