"""What agent and guard say to each other, read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.effects import Arm, Armed, Closed, Flush, Grant, Leave, Shut
from failover.guard.wire import (
    PACKET_BYTES_MAX,
    Alive,
    Answer,
    Ended,
    Hello,
    Malformed,
    Ready,
    Terms,
    Wish,
    answer_of,
    packet_of,
    wish_of,
)

KNOWN = tuple(f"consultation-{'x' * 68}-{number}" for number in range(120))
TERMS = Terms(frozenset(KNOWN), 0.02, 10.0)

names = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=100)
instances = st.sets(st.sampled_from(KNOWN)).map(frozenset)
wishes: st.SearchStrategy[Wish] = st.one_of(
    st.builds(Hello, names, st.booleans()),
    st.builds(Alive),
    st.builds(Arm, names, instances, st.integers(20, 10_000).map(lambda number: number / 1000)),
    st.builds(Grant, names, instances),
    st.builds(Shut, instances),
    st.builds(Flush),
    st.builds(Leave),
)
answers: st.SearchStrategy[Answer] = st.one_of(
    st.builds(
        Ready,
        st.dictionaries(
            st.sampled_from(KNOWN), st.integers(0, 10_000).map(lambda number: number / 1000)
        ),
    ),
    st.builds(Armed, names),
    st.builds(Closed, instances),
    st.builds(Ended, st.text(st.characters(categories=["L", "N"]), max_size=100)),
)


@given(wishes)
def test_a_wish_is_read_as_it_was_said(wish: Wish) -> None:
    read = wish_of(packet_of(wish), TERMS)
    assert (type(read), read) == (type(wish), wish)


@given(answers)
def test_an_answer_is_read_as_it_was_said(answer: Answer) -> None:
    read = answer_of(packet_of(answer))
    assert (type(read), read) == (type(answer), answer)


def test_the_longest_wish_fits_into_a_packet() -> None:
    longest = Arm("n" * 100, frozenset(KNOWN), 10.0)
    assert len(packet_of(longest)) <= PACKET_BYTES_MAX / 2


@given(st.floats(0.02, 10.0))
def test_kernel_time_is_never_longer_than_was_asked_for(length_s: float) -> None:
    read = wish_of(packet_of(Arm("renewal 1", frozenset(), length_s)), TERMS)
    assert isinstance(read, Arm)
    assert length_s - 0.001 < read.length_s <= length_s + 1e-8


@given(st.dictionaries(st.sampled_from(KNOWN), st.floats(0.0, 10.0)))
def test_an_open_door_is_never_said_to_close_earlier_than_it_does(left_s: dict[str, float]) -> None:
    read = answer_of(packet_of(Ready(left_s)))
    assert isinstance(read, Ready)
    assert read.left_s.keys() == left_s.keys()
    assert all(left_s[each] - 1e-8 <= read.left_s[each] < left_s[each] + 0.001 for each in left_s)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b'{"say":"ready"}', "left_ms must be an object"),
        (b'{"say":"ready","left_ms":[]}', "left_ms must be an object"),
        (b'{"say":"ready","left_ms":{"a":1.5}}', "a must be a whole number, and not negative"),
        (b'{"say":"ready","left_ms":{"a":-1}}', "a must be a whole number, and not negative"),
    ],
)
def test_what_is_left_open_is_read_strictly(packet: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        answer_of(packet)


@given(st.binary(max_size=200))
def test_bytes_of_chance_are_refused_or_read_and_nothing_else_happens(packet: bytes) -> None:
    for read in (lambda: wish_of(packet, TERMS), lambda: answer_of(packet)):
        with pytest.raises(Malformed):
            read()


@given(wishes, st.data())
def test_a_damaged_wish_is_refused_or_is_another_wish(wish: Wish, data: st.DataObject) -> None:
    packet = bytearray(packet_of(wish))
    packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = wish_of(bytes(packet), TERMS)
    except Malformed:
        return
    assert wish_of(packet_of(read), TERMS) == read


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b'{"say":"arm","name":"a","instances":[],"length_ms":true}', "length_ms must be a whole"),
        (b'{"say":"arm","name":"a","instances":[],"length_ms":20.5}', "length_ms must be a whole"),
        (b'{"say":"arm","name":"a","instances":[],"length_ms":-20}', "length_ms must be a whole"),
        (b'{"say":"arm","name":"a","instances":[],"length_ms":19}', "the plan allows 0.02 to 10"),
        (b'{"say":"arm","name":"a","instances":[],"length_ms":10001}', "the plan allows 0.02 to"),
        (b'{"say":"arm","name":"a","instances":[1],"length_ms":20}', "must be a list of names"),
        (b'{"say":"arm","name":"a","instances":"a","length_ms":20}', "must be a list of names"),
        (b'{"say":"shut","instances":["records"]}', "shut: the guard's plan has no instance"),
        (b'{"say":"grant","name":"\\n","instances":[]}', "name must be at most 100 printable"),
        (b'{"say":"grant","name":1,"instances":[]}', "name must be at most 100 printable"),
        (b'{"say":"hello","version":1,"plan":""}', "speaks version 1, and the guard version 2"),
        (b'{"say":"hello","version":2,"plan":"a","adopts":1}', "adopts must be true or false"),
        (b'{"say":"flush","all":1}', "'all' does not belong there"),
        (b'{"say":"armed","name":"a"}', "an agent does not say 'armed'"),
        (b"[" * 5000 + b"]" * 5000, "it is not JSON"),
        (b'{"say":NaN}', "say must be at most"),
        (b"{}", "say must be at most"),
        (b"", "it is not JSON"),
    ],
)
def test_a_malformed_wish_says_what_is_wrong_with_it(packet: bytes, why: str) -> None:
    with pytest.raises(Malformed) as caught:
        wish_of(packet, TERMS)
    assert why in str(caught.value)


def test_a_reason_stays_within_its_bounds_and_prints() -> None:
    answer = answer_of(packet_of(Ended("refused\n" * 1000)))
    assert isinstance(answer, Ended)
    assert answer.why.isprintable()
    assert answer.why.startswith("refused refused")
