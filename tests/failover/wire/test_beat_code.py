"""Beats as bytes: what goes out comes in, and nothing else does."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from failover.core.cells import Incarnation, Position, Term
from failover.core.messages import Beat, Echo, Promise
from failover.core.plan import Lease
from failover.plan_file.content import INSTANCES_MAX
from failover.wire.beat_code import (
    LSN_MAX,
    SYSTEM_LETTERS_MAX,
    TIMELINE_MAX,
    WORD_LETTERS_MAX,
    Codebook,
    Talk,
    decode_beat,
    encode_beat,
)
from failover.wire.envelope import (
    BYTES_MAX,
    LIFE_BYTES,
    NAME_LETTERS_MAX,
    Envelope,
    Kind,
    seal,
)
from failover.wire.octets import NATURAL_MAX
from failover.wire.refusal import Reason, Refused
from tests.failover.wire.places import A, B, Places, beat, keys_of, large_plan, province_beat

UNFRAGMENTED = 1200  # bytes that every path carries in one piece. Source: RFC 9000 §14
PLACES = Places()
PLAN = PLACES.plan.plan
BOOK = Codebook(PLAN)
TALK = Talk(A, B)

words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)
naturals = st.integers(0, NATURAL_MAX)
positions = st.builds(
    Position,
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40),
    st.integers(0, TIMELINE_MAX),
    st.integers(0, LSN_MAX),
)
leases = st.builds(
    Lease,
    length_s=st.floats(0, 86_400, exclude_min=True),
    drift=st.floats(0, 0.1, exclude_min=True),
    margin_s=st.floats(0, 86_400, exclude_min=True),
)


def spoken(site: str) -> st.SearchStrategy[Echo]:
    return st.builds(Echo, st.builds(Incarnation, st.just(site), words, words), naturals)


def some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Some of the names, in their order."""
    return st.sets(st.sampled_from(names)).map(lambda found: [n for n in names if n in found])


@st.composite
def beats(draw: st.DrawFn) -> Beat:
    return Beat(
        sender=draw(spoken(A)).incarnation,
        sequence=draw(naturals),
        plan=PLAN.hash,
        asks=draw(st.booleans()),
        terms=tuple(
            (name, Term(draw(naturals), draw(naturals))) for name in draw(some(BOOK.instances))
        ),
        ready=tuple(
            (name, draw(st.none() | positions)) for name in draw(some(BOOK.groups))
        ),
        echo=draw(st.none() | spoken(B)),
        promise=draw(
            st.none()
            | st.builds(
                Promise, spoken(B), leases, st.frozensets(st.sampled_from(BOOK.groups))
            )
        ),
    )  # fmt: skip


@given(beats())
def test_what_goes_out_comes_in(said: Beat) -> None:
    assert decode_beat(encode_beat(said, TALK, BOOK), TALK, BOOK) == said


@given(beats(), st.randoms(use_true_random=False))
def test_equal_beats_are_equal_bytes(said: Beat, chance: Random) -> None:
    terms, ready = list(said.terms), list(said.ready)
    chance.shuffle(terms)
    chance.shuffle(ready)
    shuffled = replace(said, terms=tuple(terms), ready=tuple(ready))
    assert encode_beat(shuffled, TALK, BOOK) == encode_beat(said, TALK, BOOK)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_a_beat_or_refused(content: bytes, known: bool) -> None:
    check((BOOK.digest if known else b"") + content)


@given(beats(), st.data())
def test_a_damaged_beat_is_another_beat_or_refused(said: Beat, data: st.DataObject) -> None:
    content = bytearray(encode_beat(said, TALK, BOOK))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    check(bytes(content))


def check(content: bytes) -> None:
    """Each beat has one form: what is understood is written the same again."""
    found = read(content)
    if isinstance(found, Reason):
        assert found in (Reason.MALFORMED, Reason.OTHER_PLAN)
    else:
        assert encode_beat(found, TALK, BOOK) == content


def read(content: bytes) -> Beat | Reason:
    try:
        return decode_beat(content, TALK, BOOK)
    except Refused as refused:
        return refused.reason


def test_each_truncation_and_each_addition_is_refused() -> None:
    content = encode_beat(beat(PLACES), TALK, BOOK)
    for length in range(len(content)):
        assert read(content[:length]) is Reason.MALFORMED
    assert read(content + b"\0") is Reason.MALFORMED


def test_another_plan_is_not_read() -> None:
    other = Codebook(structs.replace(PLAN, hash="0" * 64))
    said = replace(beat(PLACES), plan="0" * 64)
    assert read(encode_beat(said, TALK, other)) is Reason.OTHER_PLAN


GOOD = beat(PLACES)
FOREIGN = Echo(Incarnation(A, "boot", "life"), 1)
PROMISE = GOOD.promise
assert PROMISE is not None


WRONG_LEASE = Lease(length_s=float("nan"), drift=0.01, margin_s=0.1)
NO_LEASE = Lease(length_s=0.0, drift=0.01, margin_s=0.1)
UNSAYABLE = {
    "another plan": replace(GOOD, plan="0" * 64),
    "another sender": replace(GOOD, sender=Incarnation(B, "boot", "life")),
    "no boot": replace(GOOD, sender=Incarnation(A, "", "life")),
    "a long life": replace(GOOD, sender=Incarnation(A, "boot", "l" * 65)),
    "a blank": replace(GOOD, sender=Incarnation(A, "boot", "two words")),
    "no ASCII": replace(GOOD, sender=Incarnation(A, "boot", "贵阳")),
    "below zero": replace(GOOD, sequence=-1),
    "too many": replace(GOOD, sequence=NATURAL_MAX + 1),
    "an echo of its own": replace(GOOD, echo=FOREIGN),
    "a promise to itself": replace(GOOD, promise=replace(PROMISE, to=FOREIGN)),
    "besides nobody": replace(GOOD, promise=replace(PROMISE, besides=frozenset({"nobody"}))),
    "no lease": replace(GOOD, promise=replace(PROMISE, lease=NO_LEASE)),
    "not a number": replace(GOOD, promise=replace(PROMISE, lease=WRONG_LEASE)),
    "a term of nobody": replace(GOOD, terms=(("nobody", Term(1, 1)),)),
    "two terms": replace(GOOD, terms=(("portal-bijie", Term(1, 1)), ("portal-bijie", Term(1, 2)))),
    "ready twice": replace(GOOD, ready=(("portal@dc-a", None), ("portal@dc-a", None))),
    "no timeline": replace(GOOD, ready=(("portal@dc-a", Position("1", -1, 0)),)),
    "a long log": replace(GOOD, ready=(("portal@dc-a", Position("1", 1, LSN_MAX + 1)),)),
}


@pytest.mark.parametrize("case", UNSAYABLE)
def test_what_no_beat_says_is_not_said(case: str) -> None:
    with pytest.raises(Refused):
        encode_beat(UNSAYABLE[case], TALK, BOOK)


def test_each_flag_and_each_truth_has_its_meaning() -> None:
    """A byte that no encoder writes."""
    bare = replace(GOOD, echo=None, promise=None, terms=(), ready=(("portal@dc-a", None),))
    content = bytearray(encode_beat(bare, TALK, BOOK))
    content[len(BOOK.digest)] |= 8
    assert read(bytes(content)) is Reason.MALFORMED
    content = bytearray(encode_beat(bare, TALK, BOOK))
    content[-1] = 2
    assert read(bytes(content)) is Reason.MALFORMED


@pytest.mark.parametrize("numbers", [b"\0\0", b"\1\0", b"\0\x7f"])
def test_numbers_ascend_and_are_in_the_plan(numbers: bytes) -> None:
    bare = replace(GOOD, echo=None, promise=None, terms=(), ready=())
    content = encode_beat(bare, TALK, BOOK)[:-2]  # without both lists
    terms = b"\2" + b"".join(bytes([number, 1, 1]) for number in numbers)
    assert read(content + terms + b"\0") is Reason.MALFORMED
    ready = b"\2" + b"".join(bytes([number, 0]) for number in numbers)
    assert read(content + b"\0" + ready) is Reason.MALFORMED


def test_a_plan_without_a_hash_has_no_numbers() -> None:
    with pytest.raises(ValueError, match="the hash of a plan, not `plan-1`"):
        Codebook(structs.replace(PLAN, hash="plan-1"))


def test_the_longest_beat_of_the_largest_plan_fits() -> None:
    plan = large_plan(groups=INSTANCES_MAX, instances=INSTANCES_MAX)
    book = Codebook(plan)
    talk = Talk("a" * NAME_LETTERS_MAX, "b" * NAME_LETTERS_MAX)
    word = "w" * WORD_LETTERS_MAX
    last = Echo(Incarnation(talk.receiver, word, word), NATURAL_MAX)
    position = Position("s" * SYSTEM_LETTERS_MAX, TIMELINE_MAX, LSN_MAX)
    said = Beat(
        sender=Incarnation(talk.sender, word, word),
        sequence=NATURAL_MAX,
        plan=plan.hash,
        asks=True,
        terms=tuple((name, Term(NATURAL_MAX, NATURAL_MAX)) for name in book.instances),
        ready=tuple((name, position) for name in book.groups),
        echo=last,
        promise=Promise(
            last, Lease(length_s=1.0, drift=0.01, margin_s=0.1), frozenset(book.groups)
        ),
    )
    body = encode_beat(said, talk, book)
    assert len(sealed(talk, body)) <= BYTES_MAX
    assert decode_beat(body, talk, book) == said


@pytest.mark.parametrize("owned", range(21))
def test_a_beat_of_a_province_is_not_fragmented(owned: int) -> None:
    """As many groups and instances as the shipped province has, however they are shared out."""
    plan = large_plan(groups=20, instances=84)
    body = encode_beat(province_beat(plan, owned), TALK, Codebook(plan))
    assert len(sealed(TALK, body)) <= UNFRAGMENTED


def sealed(talk: Talk, body: bytes) -> bytes:
    life = bytes(LIFE_BYTES)
    return seal(Envelope(Kind.BEAT, "fibre", life, *talk, body), keys_of(*talk))
