"""The texts of a pair against the plan: who has which address, and what keeps the two equal.

Of each member by itself: virtual routers and state synchronisation as planned. Of both together,
without the plan: they speak of the same virtual routers, one of the two is the first, and each
names the other's address. Source: docs/concepts/proof.md, "Pairs".
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.packets import Family, Service
from telemed_infra.parse.behaviour import SYNC_PLACE, PairPlace
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import PROTOCOL_NAMES, Says
from telemed_infra.prove.pair_words import PairWords
from telemed_infra.redundancy import Rank, Redundancy, StateSync, Tracked, VirtualRouter

KIND = "pair"
_FAMILIES = {Family.V4: "IPv4", Family.V6: "IPv6"}


class Gateway(NamedTuple):
    """An address that hosts of a zone send to."""

    zone: str
    interface: str
    family: Family
    address: int


def place_of(router: VirtualRouter) -> PairPlace:
    """What names a virtual router on its device."""
    return PairPlace(router.interface, router.family, router.number)


def prove_member(
    read: Redundancy, lines: Mapping[PairPlace, int], planned: Redundancy, words: PairWords
) -> Iterator[Says]:
    """One member's part as its text says it, against its part in the plan."""
    there = {place_of(one): one for one in read.routers}
    wanted = {place_of(one): one for one in planned.routers}
    for place, router in sorted(wanted.items()):
        if place not in there:
            yield _missing(router, lines.get(place, 0), words)
        else:
            for says in _differences(there[place], router, words):
                yield Says(lines.get(place, 0), KIND, says)
    for place, router in sorted(there.items()):
        if place not in wanted:
            mend = f"`{_line(words.gone, router, words)}`"
            says = f"{_name(router)} for {_list(router)} is not planned: {mend}"
            yield Says(lines.get(place, 0), KIND, says)
    for says in _sync(read.sync, planned.sync, words):
        yield Says(lines.get(SYNC_PLACE, 0), KIND, says)


def answered(read: Redundancy, planned: Redundancy, gateways: Iterable[Gateway]) -> Iterator[Says]:
    """Addresses that hosts send to; of those that the plan names, `prove_member` says the rest."""
    held = {(one.interface, address) for one in read.routers for address in one.addresses}
    known = {(one.interface, address) for one in planned.routers for address in one.addresses}
    for zone, interface, family, address in gateways:
        if (interface, address) not in held | known:
            text = address_text(family, address)
            says = f"hosts of {zone} send to {text}, and nobody answers there: {interface} has none"
            yield Says(0, KIND, says)


def opened(key: int | None, line: int, heard: Iterable[Service]) -> Iterator[Says]:
    """By what states are told is what the policies open between the members."""
    services = tuple(heard)
    if key is None or any(one.key_low <= key <= one.key_high for one in services):
        return
    wanted = ", ".join(_key(one.key_low) for one in services) or "nothing"
    says = (
        f"states are told by {_key(key)}, and between the members {wanted} is open: speak by that"
    )
    yield Says(line, KIND, says)


def untold(
    addresses: Iterable[tuple[Family, int]], own: Container[tuple[Family, int]], line: int
) -> Iterator[Says]:
    """Of the machine's own connections alone the other member may know nothing."""
    for family, address in sorted(addresses):
        if (family, address) not in own:
            text = address_text(family, address)
            says = f"connections of {text} are kept from the other member: drop that address"
            yield Says(line, KIND, says)


def _key(key: int) -> str:
    return f"{PROTOCOL_NAMES.get(key >> 16, 'protocol')} {key & 0xFFFF}"


# Virtual routers ---------------------------------------------------------------------------------


def _missing(router: VirtualRouter, line: int, words: PairWords) -> Says:
    if line:
        says = f"{_name(router)} does not run: its interface is shut, or an address does not fit"
        return Says(line, KIND, says)
    mend = f"`{_line(words.router, router, words)}`"
    return Says(0, KIND, f"{_name(router)} for {_list(router)} is missing: {mend}")


def _differences(there: VirtualRouter, wanted: VirtualRouter, words: PairWords) -> Iterator[str]:
    name = _name(wanted)
    if there.addresses != wanted.addresses:
        mend = _line(words.addresses, wanted, words)
        yield f"{name} answers for {_list(there)} in place of {_list(wanted)}: `{mend}`"
    if there.rank is not wanted.rank:
        mend = _line(words.rank or words.router, wanted, words)
        yield f"{name} is {there.rank.value} in place of {wanted.rank.value}: `{mend}`"
    elif wanted.rank is Rank.BY_PRIORITY:
        yield from _numbers(there, wanted, words)


def _numbers(there: VirtualRouter, wanted: VirtualRouter, words: PairWords) -> Iterator[str]:
    name = _name(wanted)
    if there.priority != wanted.priority:
        mend = _line(words.priority, wanted, words, value=wanted.priority)
        yield f"{name} has priority {there.priority} in place of {wanted.priority}: `{mend}`"
    if there.preempt_s != wanted.preempt_s:
        seconds = wanted.preempt_s
        template = words.no_preempt if seconds is None else words.preempt
        value = (seconds or 0) * words.preempt_scale
        mend = _line(template, wanted, words, value=value)
        yield (
            f"{name} takes its address back {_delay(there.preempt_s)} in place of "
            f"{_delay(seconds)}: `{mend}`"
        )
    if there.advertised_ms != wanted.advertised_ms:
        value = wanted.advertised_ms // words.advertised_unit_ms
        mend = _line(words.advertised, wanted, words, value=value)
        yield (
            f"{name} tells of itself each {there.advertised_ms} ms in place of "
            f"{wanted.advertised_ms} ms: `{mend}`"
        )
    for tracked in sorted(wanted.tracked - there.tracked):
        mend = _tracking(words.tracked, tracked, wanted, words)
        by = f"by {tracked.reduced_by} when {tracked.interface} fails"
        yield f"{name} does not yield {by}: {mend}"
    for tracked in sorted(there.tracked - wanted.tracked):
        yield f"{name} yields by {tracked.reduced_by} when {tracked.interface} fails: remove that"


def _tracking(template: str, tracked: Tracked, router: VirtualRouter, words: PairWords) -> str:
    mend = _line(template, router, words, value=tracked.reduced_by, name=tracked.interface)
    return f"`{mend}`"


def _line(
    template: str, router: VirtualRouter, words: PairWords, *, value: int = 0, name: str = ""
) -> str:
    return template.format(
        head=words.head(router.family).format(number=router.number),
        number=router.number,
        address=address_text(router.family, router.addresses[0]),
        rank="" if router.rank is Rank.BY_PRIORITY else router.rank.value,
        value=value,
        name=name,
    ).rstrip()


def _name(router: VirtualRouter) -> str:
    return f"{router.interface}: virtual router {router.number} ({_FAMILIES[router.family]})"


def _list(router: VirtualRouter) -> str:
    return ", ".join(address_text(router.family, one) for one in router.addresses)


def _delay(seconds: int | None) -> str:
    return "never" if seconds is None else f"after {seconds} s"


# State synchronisation ---------------------------------------------------------------------------


def _sync(there: StateSync | None, wanted: StateSync | None, words: PairWords) -> Iterator[str]:
    if there is None or wanted is None:
        if wanted is not None:
            yield f"nothing keeps the pair's states equal: `{_of_pair(words.pair, wanted)}`"
        elif there is not None:
            yield f"{there.kind.value} with {_v4(there.remote)} is not planned: remove it"
        return
    if (there.kind, there.interface) != (wanted.kind, wanted.interface):
        yield (
            f"states go by {there.kind.value} over {there.interface or 'no interface'} in place of "
            f"{wanted.kind.value} over {wanted.interface}: `{_of_pair(words.remote, wanted)}`"
        )
    if there.remote != wanted.remote:
        mend = _of_pair(words.remote, wanted)
        yield f"the other member is {_v4(there.remote)} in place of {_v4(wanted.remote)}: `{mend}`"
    if there.own != wanted.own:
        yield f"it speaks from {_v4(there.own)} in place of {_v4(wanted.own)}: name that address"
    yield from _habits(there, wanted, words)


def _habits(there: StateSync, wanted: StateSync, words: PairWords) -> Iterator[str]:
    if there.first != wanted.first:
        mend = words.first[not wanted.first]
        yield f"it is {_first(there.first)} in place of {_first(wanted.first)}: `{mend}`"
    yield from _switch(there.sessions, wanted.sessions, "connections", words.sessions, wanted)
    yield from _switch(
        there.configuration, wanted.configuration, "shared lines", words.configuration, wanted
    )
    if there.preempt_s != wanted.preempt_s:
        value = (wanted.preempt_s or 0) // words.pair_preempt_s
        yield (
            f"the first member works again {_delay(there.preempt_s)} in place of "
            f"{_delay(wanted.preempt_s)}: `{words.pair_preempt.format(value=value)}`"
        )
    for name in sorted(wanted.tracked - there.tracked):
        mend = words.pair_tracked.format(name=name)
        yield f"the pair does not change when {name} fails: `{mend}`"
    for name in sorted(there.tracked - wanted.tracked):
        yield f"the pair changes when {name} fails, which is not planned: remove that"
    if there.routes_follow != wanted.routes_follow:
        told = "as good as the first's" if wanted.routes_follow else "as the worse ones"
        yield f"the standby's routes are told {told}: `{words.routes}`"


def _switch(
    there: bool,  # noqa: FBT001
    wanted: bool,  # noqa: FBT001
    what: str,
    template: str,
    planned: StateSync,
) -> Iterator[str]:
    if there and not wanted:
        yield f"{what} are carried over to the other member, which is not planned: remove that"
    elif wanted and not there:
        mend = _of_pair(template, planned)
        yield f"{what} are not carried over to the other member: `{mend}`"


def _of_pair(template: str, wanted: StateSync) -> str:
    return template.format(
        interface=wanted.interface, own=_v4(wanted.own), remote=_v4(wanted.remote)
    )


def _first(value: bool | None) -> str:  # noqa: FBT001
    return {True: "the first", False: "the second", None: "neither first nor second"}[value]


def _v4(address: int | None) -> str:
    return "no address" if address is None else address_text(Family.V4, address)
