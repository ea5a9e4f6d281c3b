"""Pieces of a journal and a drill's end: as bytes and back, and nothing else is read."""

from __future__ import annotations

import pytest

from failover.wire.aside_code import (
    PIECE_BYTES_MAX,
    Abort,
    Piece,
    Stand,
    decode_abort,
    decode_piece,
    decode_stand,
    encode_abort,
    encode_piece,
    encode_stand,
)
from failover.wire.refusal import Refused

HASH = "ab" * 32
PIECE = Piece(HASH, 300, 1 << 33, anew=True, content=b"some of a line\n")
ABORT = Abort(bytes(16), "李娜", "dc-a")


def test_what_was_written_is_read() -> None:
    assert decode_piece(encode_piece(PIECE)) == PIECE
    assert decode_stand(encode_stand(Stand(HASH, 7))) == Stand(HASH, 7)
    assert decode_abort(encode_abort(ABORT)) == ABORT


def test_a_piece_stays_in_one_packet() -> None:
    full = PIECE._replace(content=bytes(PIECE_BYTES_MAX))
    assert len(encode_piece(full)) < 1_200
    with pytest.raises(Refused):
        encode_piece(PIECE._replace(content=bytes(PIECE_BYTES_MAX + 1)))


def test_an_abort_is_somebody_s() -> None:
    for wrong in (ABORT._replace(by=""), ABORT._replace(centre="x" * 300)):
        with pytest.raises(Refused):
            encode_abort(wrong)


@pytest.mark.parametrize(
    "body",
    [b"", bytes(31), bytes(32), bytes(34) + b"\2", bytes(35) + bytes(PIECE_BYTES_MAX + 1)],
)
def test_what_is_no_piece_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        decode_piece(body)


@pytest.mark.parametrize(
    "body",
    [
        bytes(15),
        bytes(16) + b"\0\4dc-a",
        bytes(16) + b"\2\xff\xff\4dc-a",
        bytes(16) + b"\2li\4dc-a ",
        bytes(16) + b"\2l\n\4dc-a",
    ],
)
def test_what_is_no_abort_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        decode_abort(body)


@pytest.mark.parametrize("body", [bytes(31), bytes(32), bytes(34)])
def test_what_is_no_stand_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        decode_stand(body)
