"""JSON files of others, read at the door: small, whole, of the right types, or `Unreadable`.

Unreadable      it is there, and cannot be read or says what it may not; `str()` says why
Absent          it is not there
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn


class Unreadable(Exception):
    """It is there, and cannot be read or says what it may not."""


class Absent(Unreadable):
    """It is not there."""


def read_bytes(path: Path, bytes_max: int) -> bytes:
    """A regular file's content. A pipe, which might never end, is refused unread.

    Raises:
        Unreadable: or Absent.
    """
    try:
        # Non-blocking: a pipe without a writer opens at once.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("it is no regular file")
            content = file.read(bytes_max + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Absent("it is not there") from error
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    if len(content) > bytes_max:
        raise Unreadable(f"it has more than {bytes_max} bytes")
    return content


def fields_of(content: bytes) -> Fields:
    """The JSON object that a text is. Raises Unreadable."""
    try:
        value = json.loads(content)
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except ValueError as error:
        raise Unreadable(f"it is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Unreadable("it is no JSON object")
    return Fields(value)


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object whose fields are asked for by type. Every method raises Unreadable."""

    values: Mapping[str, object]
    place: str = ""

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __iter__(self) -> Iterator[str]:
        for key in self.values:
            if not _is_text(key):
                raise Unreadable(f"{self.place or 'it'} has a key that is no text")
            yield key

    def number(self, key: str) -> float:
        """A finite number."""
        return self._number(key, self._value(key))

    def number_or_none(self, key: str) -> float | None:
        """A finite number, or null."""
        value = self._value(key)
        return None if value is None else self._number(key, value)

    def text(self, key: str) -> str:
        """A text."""
        value = self._value(key)
        return value if isinstance(value, str) and _is_text(value) else self._wrong(key, "a text")

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._value(key)
        return value if isinstance(value, bool) else self._wrong(key, "true or false")

    def flag_or_none(self, key: str) -> bool | None:
        """True or false, or null."""
        return None if self._value(key) is None else self.flag(key)

    def items(self, key: str) -> list[object]:
        """A list of anything."""
        value = self._value(key)
        return value if isinstance(value, list) else self._wrong(key, "a list")

    def below(self, key: str) -> Fields:
        """An object."""
        value = self._value(key)
        if not isinstance(value, dict):
            self._wrong(key, "an object")
        return Fields(value, self._at(key))

    def numbers(self) -> dict[str, float]:
        """All fields, each a number."""
        return {key: self.number(key) for key in self}

    def _number(self, key: str, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            self._wrong(key, "a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        return number if math.isfinite(number) else self._wrong(key, "a number")  # as 1e999

    def _value(self, key: str) -> object:
        if key not in self.values:
            raise Unreadable(f"{self._at(key)} is missing")
        return self.values[key]

    def _wrong(self, key: str, wanted: str) -> NoReturn:
        raise Unreadable(f"{self._at(key)} is not {wanted}")

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def _is_text(value: str) -> bool:
    """A lone surrogate, half of a character, is none: it could not be shown as a label."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
