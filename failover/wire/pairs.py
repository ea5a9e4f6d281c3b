"""The keys of a whole plan: one for each pair of speakers, made, changed and looked over. Pure.

    completed(rings, plan)   a key where a pair has none
    added → used → dropped   the three steps in which a key is changed, each at both ends
    findings(rings, plan)    what is missing, unknown, or not the same at both ends

A step is finished at both ends, and known to both processes, before the next begins: then every
datagram bears a key that the other end accepts. A step may be done twice, and at one end alone: it
ends the same. The newer of two keys stands below the older in the file; see `keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from failover.plan_file.content import PlanFile
from failover.wire.directory import Role, Speaker, partners, speaker
from failover.wire.keys import Keyring, Keys, fresh_secret

RandomBytes = Callable[[int], bytes]
Rings = Mapping[str, Keyring]  # by the place whose they are


class Pair(NamedTuple):
    """Two speakers."""

    one: str
    other: str

    @property
    def words(self) -> str:
        """Both names."""
        return f"{self.one} and {self.other}"


class NotNow(Exception):
    """A step that does not follow on what the rings hold. `hint`: which one does."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


def speakers_of(plan: PlanFile) -> tuple[Speaker, ...]:
    """Everybody in the plan who has keys."""
    return (
        *(speaker(plan, each.name, Role.CENTRE) for each in plan.sites),
        speaker(plan, plan.witness.name, Role.WITNESS),
        *(speaker(plan, each.name, Role.OBSERVER) for each in plan.observers),
    )


def pairs_of(plan: PlanFile) -> tuple[Pair, ...]:
    """Everybody who speaks with somebody: the centres with each other, all others with both."""
    found = {
        frozenset((me.name, other)): Pair(me.name, other)
        for me in reversed(speakers_of(plan))
        for other in partners(plan, me)
    }
    return tuple(sorted(found.values()))


def completed(rings: Rings, plan: PlanFile, random_bytes: RandomBytes) -> dict[str, Keyring]:
    """A new key for each pair that has none; one that only one end has goes to the other."""
    held = _held(rings)
    for one, other in pairs_of(plan):
        ours, theirs = held.setdefault(one, {}), held.setdefault(other, {})
        keys = ours.get(other) or theirs.get(one) or Keys(fresh_secret(random_bytes))
        ours.setdefault(other, keys)
        theirs.setdefault(one, keys)
    return {place: Keyring(keys) for place, keys in held.items()}


def added(rings: Rings, pairs: Iterable[Pair], random_bytes: RandomBytes) -> dict[str, Keyring]:
    """First step: a new key is accepted at both ends, and sends nowhere. Raises NotNow."""

    def add(pair: Pair, keys: Keys, others: Keys) -> Keys:
        if any(each.accepts and not each.newer_accepted for each in (keys, others)):
            raise NotNow(
                f"{pair.words}: the old key is still accepted",
                "first `keys rotate drop`, when both ends know the last step",
            )
        fresh = keys.accepts or others.accepts or (fresh_secret(random_bytes),)
        return Keys(keys.sends, fresh, newer_accepted=True)

    return _changed(rings, pairs, add)


def used(rings: Rings, pairs: Iterable[Pair]) -> dict[str, Keyring]:
    """Second step: the new key sends, the old one is accepted. Raises NotNow."""

    def use(pair: Pair, keys: Keys, others: Keys) -> Keys:
        if not (keys.accepts and others.accepts):
            raise NotNow(f"{pair.words}: no new key is there", "first `keys rotate add`")
        return Keys(keys.accepts[0], (keys.sends,)) if keys.newer_accepted else keys

    return _changed(rings, pairs, use)


def dropped(rings: Rings, pairs: Iterable[Pair]) -> dict[str, Keyring]:
    """Last step: only the new key is left. Raises NotNow."""

    def drop(pair: Pair, keys: Keys, others: Keys) -> Keys:
        if keys.newer_accepted or others.newer_accepted:
            raise NotNow(
                f"{pair.words}: the new key does not send yet",
                "first `keys rotate use`, when both ends know the new key",
            )
        return Keys(keys.sends)

    return _changed(rings, pairs, drop)


def findings(rings: Rings, plan: PlanFile) -> Iterator[str]:
    """What is not as it should be, a sentence each; no key is in any of them."""
    known = {one.name: set(partners(plan, one)) for one in speakers_of(plan)}
    for place, ring in rings.items():
        if place not in known:
            yield f"{place}: the plan has no such place"
            continue
        for name in ring.content:
            if name not in known[place]:
                yield f"{place}: a key for `{name}`, with whom it does not speak"
        for name in sorted(known[place] - ring.content.keys()):
            yield f"{place}: no key for `{name}`"
    yield from _at_odds(rings, pairs_of(plan))
    yield from _shared(rings)


def _at_odds(rings: Rings, pairs: tuple[Pair, ...]) -> Iterator[str]:
    for pair in pairs:
        one, other = (
            rings[me].of(them) if me in rings else None for me, them in (pair, reversed(pair))
        )
        if one is None or other is None:
            continue  # said already, or not here to be looked at
        for name, speaks, hearer, hears in (
            (pair.one, one, pair.other, other),
            (pair.other, other, pair.one, one),
        ):
            if not any(speaks.sends.same(key) for key in (hears.sends, *hears.accepts)):
                yield f"{hearer}: does not accept the key that {name} sends under"


def _shared(rings: Rings) -> Iterator[str]:
    """One key for two pairs: whoever has one end of it can speak for another."""
    whose: dict[bytes, frozenset[str]] = {}
    for place, ring in rings.items():
        for name, keys in ring.content.items():
            pair = frozenset((place, name))
            for key in (keys.sends, *keys.accepts):
                first = whose.setdefault(key.code(b""), pair)
                if first != pair:
                    others = " and ".join(sorted(first))
                    yield f"{place}: a key for `{name}` is also one of {others}"


def _changed(
    rings: Rings, pairs: Iterable[Pair], change: Callable[[Pair, Keys, Keys], Keys]
) -> dict[str, Keyring]:
    """The rings with other keys for these pairs. The second end is changed after the first."""
    held = _held(rings)
    for pair in pairs:
        one, other = pair
        ours, theirs = held.get(one, {}), held.get(other, {})
        if other not in ours or one not in theirs:
            raise NotNow(f"{pair.words}: there is no key to change", "first `keys make`")
        ours[other] = change(pair, ours[other], theirs[one])
        theirs[one] = change(pair, theirs[one], ours[other])
    return {place: Keyring(keys) for place, keys in held.items()}


def _held(rings: Rings) -> dict[str, dict[str, Keys]]:
    return {place: dict(ring.content) for place, ring in rings.items()}
