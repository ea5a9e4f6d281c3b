"""The keys of a whole plan: whose there are, how they change without a gap, what is found wrong."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest

from failover.core.messages import PathName
from failover.wire import pairs, read_keyring
from failover.wire.envelope import LIFE_BYTES, Envelope, Kind, seal, unseal
from failover.wire.keys import Keyring, Keys, file_content
from failover.wire.pairs import NotNow, Rings
from tests.failover.wire.places import NAMES, OBSERVER, OTHER_OBSERVER, WITNESS, A, B, Places

PLAN = Places().plan
PAIRS = pairs.pairs_of(PLAN)
CHANCE = Random(1).randbytes


def rings() -> dict[str, Keyring]:
    return pairs.completed({}, PLAN, CHANCE)


def keys(found: Rings, me: str, other: str) -> Keys:
    kept = found[me].of(other)
    assert kept is not None
    return kept


def test_each_centre_shares_a_key_with_everybody_and_nobody_else_does() -> None:
    assert {frozenset(pair) for pair in PAIRS} == {
        frozenset(pair)
        for pair in ((A, B), *((c, o) for c in (A, B) for o in (WITNESS, OBSERVER, OTHER_OBSERVER)))
    }
    made = rings()
    assert set(made) == set(NAMES)
    assert set(made[A].content) == set(NAMES) - {A}
    assert set(made[OBSERVER].content) == {A, B}
    assert list(pairs.findings(made, PLAN)) == []


def test_no_two_pairs_have_one_key() -> None:
    made = rings()
    assert len({keys(made, one, other).sends.for_file() for one, other in PAIRS}) == len(PAIRS)


def test_what_is_there_stays_and_only_what_is_missing_is_made() -> None:
    before = rings()
    less = {place: ring for place, ring in before.items() if place != OBSERVER}
    less[A] = Keyring({name: each for name, each in before[A].content.items() if name != OBSERVER})
    after = pairs.completed(less, PLAN, CHANCE)
    assert file_content(after[B]) == file_content(before[B])
    assert keys(after, OBSERVER, B).sends.same(keys(before, B, OBSERVER).sends)
    assert keys(after, OBSERVER, A).sends.same(keys(after, A, OBSERVER).sends)
    assert list(pairs.findings(after, PLAN)) == []


def test_a_file_reads_as_it_was_written(tmp_path: Path) -> None:
    made = rings()
    for step in (made, added := pairs.added(made, PAIRS, CHANCE), pairs.used(added, PAIRS)):
        path = tmp_path / "keys"
        path.write_bytes(file_content(step[A]))
        path.chmod(0o600)
        read = read_keyring(path)
        assert file_content(read) == file_content(step[A])
        for name, each in step[A].content.items():
            found = read.of(name)
            assert found is not None
            assert found.sends.same(each.sends)
            assert found.newer_accepted is each.newer_accepted


def steps_of_a_change() -> list[dict[str, Keyring]]:
    first = rings()
    added = pairs.added(first, PAIRS, CHANCE)
    used = pairs.used(added, PAIRS)
    return [first, added, used, pairs.dropped(used, PAIRS)]


def hears(speaker: Keys, hearer: Keys) -> bool:
    said = Envelope(Kind.BEAT, PathName.HEALTH, bytes(LIFE_BYTES), A, B, b"words")
    return unseal(seal(said, speaker), hearer) == said


@pytest.mark.parametrize("number", range(3))
def test_within_a_step_each_end_may_be_before_or_behind_the_other(number: int) -> None:
    steps = steps_of_a_change()[number : number + 2]
    for ours, theirs in product(steps, repeat=2):
        assert hears(keys(ours, A, B), keys(theirs, B, A))
        assert hears(keys(theirs, B, A), keys(ours, A, B))


def test_after_a_change_only_the_new_key_is_left() -> None:
    first, added, _, last = steps_of_a_change()
    for one, other in PAIRS:
        (fresh,) = keys(added, one, other).accepts
        assert keys(last, other, one).sends.same(fresh)
        assert keys(last, other, one).accepts == ()
        assert not keys(last, one, other).sends.same(keys(first, one, other).sends)


def test_a_step_that_was_broken_off_is_finished_by_doing_it_again() -> None:
    steps = steps_of_a_change()
    again: list[Callable[[Rings], dict[str, Keyring]]] = [
        lambda half: pairs.added(half, PAIRS, CHANCE),
        lambda half: pairs.used(half, PAIRS),
        lambda half: pairs.dropped(half, PAIRS),
    ]
    for (before, after), do in zip(pairwise(steps), again, strict=True):
        for written in NAMES:  # the only place whose file was written
            whole = do(before | {written: after[written]})
            assert list(pairs.findings(whole, PLAN)) == []
            for one, other in PAIRS:
                ours, theirs = keys(whole, one, other), keys(whole, other, one)
                assert ours.sends.same(theirs.sends)
                assert len(ours.accepts) == len(theirs.accepts) == len(keys(after, A, B).accepts)


def test_steps_come_in_their_order() -> None:
    first, added, used, last = steps_of_a_change()
    with pytest.raises(NotNow, match="no new key is there"):
        pairs.used(first, PAIRS)
    with pytest.raises(NotNow, match="does not send yet"):
        pairs.dropped(added, PAIRS)
    with pytest.raises(NotNow, match="still accepted"):
        pairs.added(used, PAIRS, CHANCE)
    with pytest.raises(NotNow, match="no key to change"):
        pairs.added({}, PAIRS, CHANCE)
    assert files(pairs.added(added, PAIRS, CHANCE)) == files(added)
    assert files(pairs.used(used, PAIRS)) == files(used)
    assert files(pairs.dropped(last, PAIRS)) == files(last)


def files(found: Rings) -> dict[str, bytes]:
    return {place: file_content(ring) for place, ring in found.items()}


def test_one_pair_alone_can_change() -> None:
    first = rings()
    (pair,) = (each for each in PAIRS if set(each) == {A, OBSERVER})
    after = pairs.added(first, (pair,), CHANCE)
    assert [place for place in NAMES if files(after)[place] != files(first)[place]] == [A, OBSERVER]


def test_what_is_wrong_is_found() -> None:
    made = rings()
    stranger = Keyring({"nobody": keys(made, A, B)})
    assert list(pairs.findings({"dc-c": stranger}, PLAN)) == ["dc-c: the plan has no such place"]
    held = dict(made[OBSERVER].content)
    wrong = made | {OBSERVER: Keyring({A: held[A], OTHER_OBSERVER: held[B]})}
    assert list(pairs.findings(wrong, PLAN)) == [
        f"{OBSERVER}: a key for `{OTHER_OBSERVER}`, with whom it does not speak",
        f"{OBSERVER}: no key for `{B}`",
        f"{B}: a key for `{OBSERVER}` is also one of {OBSERVER} and {OTHER_OBSERVER}",
    ]


def test_ends_that_do_not_hear_each_other_are_found() -> None:
    made = rings()
    other = made | {WITNESS: Keyring({**made[WITNESS].content, A: Keys(keys(made, A, B).sends)})}
    assert list(pairs.findings(other, PLAN)) == [
        f"{WITNESS}: does not accept the key that {A} sends under",
        f"{A}: does not accept the key that {WITNESS} sends under",
        f"{WITNESS}: a key for `{A}` is also one of {A} and {B}",
    ]
