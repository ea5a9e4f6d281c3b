"""Reports and answers as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.messages import Report
from failover.wire.octets import NATURAL_MAX, Reader, Writer
from failover.wire.refusal import Reason, Refused
from failover.wire.report_code import (
    NONCE_BYTES,
    decode_answer,
    decode_nonce,
    decode_report,
    encode_answer,
    encode_report,
)
from tests.failover.wire.places import OBSERVER, A, B

SITES = (A, B)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    reached = draw(st.frozensets(st.sampled_from(SITES)))
    slow = frozenset(site for site in reached if draw(st.booleans()))
    return Report(OBSERVER, draw(st.integers(0, NATURAL_MAX)), reached, slow, draw(st.booleans()))


@given(reports())
def test_what_goes_out_comes_in(said: Report) -> None:
    assert decode_report(encode_report(said), OBSERVER, SITES) == said


@given(st.binary(max_size=40))
def test_any_bytes_are_a_report_or_refused(content: bytes) -> None:
    check(content)


@given(reports(), st.data())
def test_a_damaged_report_is_another_or_refused(said: Report, data: st.DataObject) -> None:
    content = bytearray(encode_report(said))
    place = data.draw(st.integers(0, len(content)))
    content[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    check(bytes(content))


def check(content: bytes) -> None:
    found = read(content)
    if isinstance(found, Reason):
        assert found is Reason.MALFORMED
    else:
        assert encode_report(found) == content


def read(content: bytes) -> Report | Reason:
    try:
        return decode_report(content, OBSERVER, SITES)
    except Refused as refused:
        return refused.reason


@pytest.mark.parametrize(
    ("reached", "slow"), [({A}, {B}), ({A, B, "dc-c"}, ()), ({""}, ()), ({"two words"}, ())]
)
def test_what_no_report_says_is_not_said(reached: set[str], slow: set[str]) -> None:
    with pytest.raises(Refused):
        encode_report(Report(OBSERVER, 1, frozenset(reached), frozenset(slow), uplink=True))


def test_a_site_that_is_not_in_the_plan_is_refused() -> None:
    said = Report(OBSERVER, 1, frozenset({"dc-c"}), frozenset(), uplink=True)
    with pytest.raises(Refused):
        decode_report(encode_report(said), OBSERVER, SITES)


@given(st.binary(max_size=NONCE_BYTES + 4))
def test_an_answer_is_a_nonce_and_a_truth(content: bytes) -> None:
    try:
        nonce, reaches = decode_answer(content)
    except Refused:
        assert len(content) != NONCE_BYTES + 1 or content[-1] > 1
    else:
        assert encode_answer(nonce, reaches=reaches) == content


@given(st.binary(max_size=NONCE_BYTES + 4))
def test_a_nonce_has_its_length(content: bytes) -> None:
    try:
        assert decode_nonce(content) == content
    except Refused:
        assert len(content) != NONCE_BYTES


@given(st.integers(0, NATURAL_MAX), st.binary(max_size=3))
def test_a_number_has_one_form(value: int, behind: bytes) -> None:
    writer = Writer()
    writer.natural(value)
    reader = Reader(writer.content() + behind)
    assert reader.natural() == value
    assert reader.rest() == behind


@pytest.mark.parametrize("content", [b"\x80\x00", b"\x80" * 10 + b"\x01", b"\xff" * 12, b"\x80"])
def test_other_forms_of_a_number_are_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        Reader(content).natural()
