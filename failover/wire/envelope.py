"""What stands around each message: who to whom, over which path, of which life; and its seal.

    2   TF
    1   version of this format
    1   kind
    1   path: 0 fibre, 1 health network
    16  life of the sender: random, new at each start
    …   sender, receiver: each a byte with its length, then its id in the plan
    …   body
    32  HMAC-SHA-256 over all bytes before it, by the key of this pair

Names and path stand under the seal: a datagram that is sent back, sent to somebody else or over the
other path is genuine and yet refused, and counted as what it is. Nothing is encrypted: what is said
is no secret.

Source: ADR-0019; RFC 2104 (HMAC).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from failover.core.messages import PATHS
from failover.wire.keys import Keys
from failover.wire.octets import Reader, Writer, malformed
from failover.wire.refusal import Reason, Refused

MAGIC = b"TF"
VERSION = 1
LIFE_BYTES = 16
NAME_LETTERS_MAX = 40  # as in the plan
SEAL_BYTES = 32
BYTES_MAX = 12_288  # no beat of a legal plan is longer; see tests/failover/wire/test_beat_code.py


class Kind(Enum):
    """What is said."""

    BEAT = 1  # centre → centre: a heartbeat
    REPORT = 2  # observer → centre: which centre it reaches
    CHALLENGE = 3  # centre → centre or observer: are you alive now?
    PROOF = 4  # the answer to that
    ASK = 5  # centre → witness: do you reach the other centre?
    TELL = 6  # the answer to that
    PROBE = 7  # witness → centre: are you there?
    PRESENT = 8  # the answer to that
    COPY = 9  # centre → centre: a piece of its journal
    COPIED = 10  # the answer to that
    ABORT = 11  # centre → centre: a person ends the drill
    ABORTED = 12  # the answer to that

    @property
    def word(self) -> str:
        """As a label of a metric."""
        return self.name.lower()


_KINDS = {kind.value: kind for kind in Kind}


class Envelope(NamedTuple):
    """A message with its address."""

    kind: Kind
    path: str
    life: bytes  # of the sender
    sender: str
    receiver: str
    body: bytes


def seal(envelope: Envelope, keys: Keys) -> bytes:
    """The datagram, under the key that is used to send.

    Raises:
        Refused: a part of it does not fit the format, or all of it is too long.
    """
    kind, path, life, sender, receiver, body = envelope
    writer = Writer()
    writer.raw(MAGIC)
    writer.byte(VERSION)
    writer.byte(kind.value)
    writer.byte(PATHS.index(path))
    writer.raw(life)
    writer.text(sender, NAME_LETTERS_MAX)
    writer.text(receiver, NAME_LETTERS_MAX)
    writer.raw(body)
    content = writer.content()
    if len(content) + SEAL_BYTES > BYTES_MAX:
        raise malformed(f"{len(content) + SEAL_BYTES} bytes are more than {BYTES_MAX}")
    return content + keys.sends.code(content)


def unseal(datagram: bytes, keys: Keys) -> Envelope:
    """What is in a datagram that one of these keys has sealed; the seal is looked at first.

    Raises:
        Refused: MALFORMED, OTHER_VERSION, FORGED.
    """
    if len(datagram) > BYTES_MAX:
        raise malformed(f"more than {BYTES_MAX} bytes")
    content, code = datagram[:-SEAL_BYTES], datagram[-SEAL_BYTES:]
    reader = Reader(content)
    if reader.raw(len(MAGIC)) != MAGIC:
        raise malformed("another protocol")
    if (version := reader.byte()) != VERSION:
        raise Refused(Reason.OTHER_VERSION, f"{version} instead of {VERSION}")
    if not keys.accept(content, code):
        raise Refused(Reason.FORGED, "no accepted key of this pair makes its code")
    kind, path = _KINDS.get(reader.byte()), reader.byte()
    if kind is None or path >= len(PATHS):
        raise malformed("a kind or a path that does not exist")
    return Envelope(
        kind=kind,
        path=PATHS[path],
        life=reader.raw(LIFE_BYTES),
        sender=reader.text(NAME_LETTERS_MAX),
        receiver=reader.text(NAME_LETTERS_MAX),
        body=reader.rest(),
    )
