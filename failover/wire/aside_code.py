"""What centres say beside their beats, as bytes: pieces of a journal, and a drill's end.

COPY     32  hash of the entry that the receiver was last known to have
         …   how many bytes behind it this piece begins
         …   how many bytes the sender has behind this piece
         1   1: that hash is none of the receiver's; what lies between is missing
         …   the piece: a part of the lines of the journal's files
COPIED   32  hash of the last entry that is on the receiver's disk
         …   how many bytes behind it are held
ABORT    16  nonce, then who says it and at which centre, as UTF-8 in two words
ABORTED  16  the nonce
"""

from __future__ import annotations

from typing import NamedTuple

from failover.wire.octets import Reader, Writer, malformed
from failover.wire.report_code import NONCE_BYTES

HASH_BYTES = 32
PIECE_BYTES_MAX = 1_100  # with envelope and seal it stays in one packet
WORD_BYTES_MAX = 256


class Piece(NamedTuple):
    """A part of a journal's lines."""

    after: str  # hash of an entry, hexadecimal
    at: int  # bytes behind that entry's line
    left: int  # bytes that the sender has behind this piece
    anew: bool  # the receiver cannot go on from what it has: this begins anew
    content: bytes


class Stand(NamedTuple):
    """How far the receiver is."""

    last: str  # hash of its last entry, hexadecimal
    held: int  # bytes behind it that are no whole line yet


class Abort(NamedTuple):
    """A person ends whatever drill runs."""

    nonce: bytes
    by: str
    centre: str  # where it was said


def encode_piece(piece: Piece) -> bytes:
    """The body of a COPY. Raises Refused: the piece is too long."""
    if len(piece.content) > PIECE_BYTES_MAX:
        raise malformed(f"a piece of {len(piece.content)} bytes")
    writer = Writer()
    writer.raw(bytes.fromhex(piece.after))
    writer.natural(piece.at)
    writer.natural(piece.left)
    writer.byte(piece.anew)
    writer.raw(piece.content)
    return writer.content()


def decode_piece(body: bytes) -> Piece:
    """The piece in a body. Raises Refused."""
    reader = Reader(body)
    after = reader.raw(HASH_BYTES).hex()
    at, left, anew = reader.natural(), reader.natural(), reader.byte()
    if anew > 1:
        raise malformed("neither anew nor going on")
    content = reader.rest()
    if len(content) > PIECE_BYTES_MAX:
        raise malformed(f"a piece of {len(content)} bytes")
    return Piece(after, at, left, anew == 1, content)


def encode_stand(stand: Stand) -> bytes:
    """The body of a COPIED."""
    writer = Writer()
    writer.raw(bytes.fromhex(stand.last))
    writer.natural(stand.held)
    return writer.content()


def decode_stand(body: bytes) -> Stand:
    """How far the receiver is. Raises Refused."""
    reader = Reader(body)
    stand = Stand(reader.raw(HASH_BYTES).hex(), reader.natural())
    reader.end()
    return stand


def encode_abort(abort: Abort) -> bytes:
    """The body of an ABORT. Raises Refused: a name in it is empty or too long."""
    words = [abort.by.encode(), abort.centre.encode()]
    if any(not 0 < len(word) <= WORD_BYTES_MAX for word in words):
        raise malformed("an abort by nobody, or by too long a name")
    writer = Writer()
    writer.raw(abort.nonce)
    for word in words:
        writer.natural(len(word))
        writer.raw(word)
    return writer.content()


def decode_abort(body: bytes) -> Abort:
    """The abort in a body. Raises Refused."""
    reader = Reader(body)
    nonce = reader.raw(NONCE_BYTES)
    by, centre = _word(reader), _word(reader)
    reader.end()
    return Abort(nonce, by, centre)


def _word(reader: Reader) -> str:
    content = reader.raw(reader.natural(WORD_BYTES_MAX))
    try:
        word = content.decode()
    except UnicodeDecodeError as error:
        raise malformed("a name that is no UTF-8") from error
    if not word or not word.isprintable():
        raise malformed("a name that cannot be shown")
    return word
