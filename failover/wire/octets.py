"""Values as bytes and back. Each value has one form, so what was read is written the same again.

    natural   7 bits a byte, low ones first, the top bit says that more follow (LEB128)
    text      a byte with its length, then printable ASCII without blanks
    number    IEEE 754, 8 bytes, high ones first

Whatever is read has a bound; everything that is wrong raises `Refused` and nothing else.
"""

from __future__ import annotations

import struct

from failover.plan_file.values import Number
from failover.wire.refusal import Reason, Refused

NATURAL_MAX = (1 << 63) - 1
_NUMBER = struct.Struct(">d")
_PRINTABLE = frozenset(range(0x21, 0x7F))


class Writer:
    """Puts values one behind the other."""

    __slots__ = ("_content",)

    def __init__(self) -> None:
        self._content = bytearray()

    def content(self) -> bytes:
        """All of it."""
        return bytes(self._content)

    def raw(self, content: bytes) -> None:
        """Bytes of a length that the reader knows."""
        self._content += content

    def byte(self, value: int) -> None:
        """One byte."""
        self._content.append(value)

    def natural(self, value: int, most: int = NATURAL_MAX) -> None:
        """A whole number from zero to `most`."""
        if not 0 <= value <= most:
            raise malformed(f"{value} is not from 0 to {most}")
        while value > 0x7F:
            self._content.append(value & 0x7F | 0x80)
            value >>= 7
        self._content.append(value)

    def text(self, value: str, most: int) -> None:
        """A word of 1 to `most` letters."""
        content = value.encode("ascii", "replace") if value.isascii() else b""
        _check_word(content, most)
        self._content.append(len(content))
        self._content += content

    def number(self, value: float, range_: Number) -> None:
        """A number of a range."""
        _check_number(value, range_)
        self._content += _NUMBER.pack(value)


class Reader:
    """Takes values one after the other."""

    __slots__ = ("_at", "_content")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def raw(self, length: int) -> bytes:
        """So many bytes."""
        end = self._at + length
        if end > len(self._content):
            raise malformed("cut off")
        found = self._content[self._at : end]
        self._at = end
        return found

    def byte(self) -> int:
        """One byte."""
        at = self._at
        if at >= len(self._content):
            raise malformed("cut off")
        self._at = at + 1
        return self._content[at]

    def natural(self, most: int = NATURAL_MAX) -> int:
        """A whole number from zero to `most`."""
        value = shift = 0
        while (byte := self.byte()) > 0x7F:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise malformed("a number without end")
        if shift and not byte:
            raise malformed("a number with leading zeros")
        value |= byte << shift
        if value > most:
            raise malformed(f"{value} is more than {most}")
        return value

    def text(self, most: int) -> str:
        """A word of 1 to `most` letters."""
        content = self.raw(self.byte())
        _check_word(content, most)
        return content.decode("ascii")

    def number(self, range_: Number) -> float:
        """A number of a range."""
        (value,) = _NUMBER.unpack(self.raw(_NUMBER.size))
        _check_number(value, range_)
        return float(value)

    def rest(self) -> bytes:
        """All that was not taken yet."""
        return self.raw(len(self._content) - self._at)

    def end(self) -> None:
        """Nothing may be left."""
        if self._at != len(self._content):
            raise malformed(f"{len(self._content) - self._at} bytes too many")


def malformed(why: str) -> Refused:
    """What is raised for bytes, or values, that this format does not have."""
    return Refused(Reason.MALFORMED, why)


def _check_word(content: bytes, most: int) -> None:
    if not 1 <= len(content) <= most:
        raise malformed(f"a word of {len(content)} letters, not of 1 to {most}")
    if not _PRINTABLE.issuperset(content):
        raise malformed("a word with a letter that is not printable ASCII")


def _check_number(value: float, range_: Number) -> None:
    low, high, above = range_
    # Not a number compares as false, and is refused with all that is out of range.
    if not low <= value <= high or (above and value == low):
        raise malformed(f"{value} is out of range")
