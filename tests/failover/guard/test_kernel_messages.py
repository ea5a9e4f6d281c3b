"""Packets for the kernel and from it, without a kernel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.guard import kernel_messages as nf
from failover.guard.kernel import TIMEOUT_MS_MIN, milliseconds, next_generation
from failover.guard.netlink import (
    NetlinkBroken,
    NetlinkRefusal,
    attribute,
    attributes,
    be32,
    be64,
    listed,
    name,
    nested,
    number,
    text,
)


@given(st.lists(st.tuples(st.integers(0, 0x3FFF), st.binary(max_size=40)), max_size=8))
def test_attributes_are_read_as_they_were_packed(packed: list[tuple[int, bytes]]) -> None:
    data = b"".join(attribute(kind, value) for kind, value in packed)
    assert len(data) % 4 == 0
    assert list(listed(data)) == packed
    inner = attributes(nested(5, data))
    assert inner == {5: data}


@given(st.binary(max_size=80))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        read = list(listed(data))
    except NetlinkBroken:
        return
    assert sum(len(value) + 4 for _, value in read) <= len(data)


def test_numbers_and_names_are_read_as_they_were_packed() -> None:
    found = attributes(be32(1, 2**32 - 300) + be64(2, 2**40) + text(3, "closed"))
    assert (number(found[1]), number(found[2])) == (2**32 - 300, 2**40)
    assert name(found[3]) == "closed"
    assert (number(b""), name(b"\xff\0")) == (0, "\\xff")


@pytest.mark.parametrize(
    ("timeout_s", "expected"),
    [(None, None), (2.0, 2000), (0.29, 290), (1.9999, 1999), (0.02, 20), (1.1, 1100)],
)
def test_a_timeout_is_whole_milliseconds_and_never_longer(
    timeout_s: float | None, expected: int | None
) -> None:
    assert milliseconds(timeout_s) == expected


@given(st.floats(-1.0, (TIMEOUT_MS_MIN - 1) / 1000))
def test_a_timeout_that_a_kernel_might_take_for_0_is_refused(timeout_s: float) -> None:
    with pytest.raises(ValueError, match="too short for a kernel to keep"):
        milliseconds(timeout_s)


@pytest.mark.parametrize("timeout_ms", [0, -1])
def test_no_packet_has_a_timeout_that_never_ends(timeout_ms: int) -> None:
    with pytest.raises(ValueError, match="would never end"):
        nf.fill("armed0_v4", [nf.element_key("10.12.0.1")], timeout_ms)


def test_a_generation_follows_as_the_kernel_counts() -> None:
    assert [next_generation(each) for each in (1, 2**32 - 2, 2**32 - 1)] == [2, 2**32 - 1, 1]


def test_a_refusal_names_the_error() -> None:
    assert str(NetlinkRefusal(1, 0)) == "EPERM: Operation not permitted"
    assert str(NetlinkRefusal(4000, 0)).startswith("4000: ")
