"""What agent and guard say to each other: one JSON object in each packet of a local socket.

    the agent says                                    the guard answers
    {"say": "hello", "version": 2, "plan": HASH,      {"say": "ready", "left_ms": {…}}: what stands
     "adopts": false}                                  open, by instance; every other door is shut
    {"say": "arm", "name": …, "instances": […],       {"say": "armed", "name": …}
     "length_ms": 2000}
    {"say": "grant", "name": …, "instances": […]}     nothing
    {"say": "shut", "instances": […]}                 {"say": "closed", "instances": […]}
    {"say": "flush"}, {"say": "alive"}                nothing
    {"say": "leave"}                                  nothing; the connection closes
    anything that is not one of these                 {"say": "ended", "why": …}

Answers come in the order of what was said. `ended` is the guard's last word: what this connection
had opened is shut, and the connection closes. After `leave` it is not shut, but runs out, and the
next connection that `adopts` is told of it. Read strictly, into the core's own types: what comes
after may trust. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, NamedTuple, TypeAlias

from failover.core.effects import Arm, Armed, Closed, Flush, Grant, Leave, Shut

VERSION = 2
PACKET_BYTES_MAX = 1 << 15  # of 120 instances with names of 81 letters: 10 kB
_NAME_LETTERS_MAX = 100
_WHY_LETTERS_MAX = 1000
_ROUNDING_MS = 1e-6
_SHOWN_BYTES = 80  # of a packet that is not understood


class Malformed(Exception):
    """A packet that says nothing, or asks for what nobody may ask; says what is wrong with it."""


class Hello(NamedTuple):
    """The first word of a connection."""

    plan: str  # its hash: both must know the same instances and addresses
    adopts: bool = False  # it takes over what the last one left open


class Alive(NamedTuple):
    """The agent has finished a turn."""


class Ready(NamedTuple):
    """The guard obeys this connection. Every door is shut, but what was left open for it."""

    left_s: Mapping[str, float]  # by instance: for how long at most


class Ended(NamedTuple):
    """The guard does not obey this connection, or no longer. What it had opened is shut."""

    why: str


Wish: TypeAlias = Hello | Alive | Arm | Grant | Shut | Flush | Leave
Answer: TypeAlias = Ready | Armed | Closed | Ended


class Terms(NamedTuple):
    """What may be asked of a guard."""

    instances: frozenset[str]
    length_s_min: float  # of kernel time
    length_s_max: float  # the plan's lease


def packet_of(said: Wish | Answer) -> bytes:
    """The packet that says it."""
    document = {"say": type(said).__name__.lower(), **_WRITERS[type(said)](said)}
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def wish_of(packet: bytes, terms: Terms) -> Wish:
    """What an agent says.

    Raises:
        Malformed: it is none of its words, or asks for what these terms do not allow.
    """
    word, fields = _document(packet)
    reader = _WISHES.get(word)
    if reader is None:
        raise Malformed(f"an agent does not say {word!r}")
    wish = reader(fields)
    fields.end()
    if isinstance(wish, Arm | Grant | Shut):
        unknown = sorted(wish.instances - terms.instances)
        if unknown:
            raise Malformed(f"{word}: the guard's plan has no instance {unknown[0]!r}")
    if isinstance(wish, Arm) and not terms.length_s_min <= wish.length_s <= terms.length_s_max:
        raise Malformed(
            f"arm: {wish.length_s:g} s of kernel time; "
            f"the plan allows {terms.length_s_min:g} to {terms.length_s_max:g} s"
        )
    return wish


def answer_of(packet: bytes) -> Answer:
    """What a guard says.

    Raises:
        Malformed: it is none of its words.
    """
    word, fields = _document(packet)
    reader = _ANSWERS.get(word)
    if reader is None:
        raise Malformed(f"a guard does not say {word!r}")
    answer = reader(fields)
    fields.end()
    return answer


class _Fields:
    """The fields of one object, each taken once."""

    def __init__(self, document: dict[str, object]) -> None:
        self._left = document

    def text(self, key: str, letters_max: int = _NAME_LETTERS_MAX) -> str:
        """A field of printable text."""
        value = self._left.pop(key, None)
        if not isinstance(value, str) or not value.isprintable() or len(value) > letters_max:
            raise Malformed(f"{key} must be at most {letters_max} printable letters")
        return value

    def whole(self, key: str) -> int:
        """A field that is a whole number, not negative."""
        value = self._left.pop(key, None)
        if type(value) is not int or value < 0:
            raise Malformed(f"{key} must be a whole number, and not negative")
        return value

    def names(self, key: str) -> frozenset[str]:
        """A field that is a list of names."""
        value = self._left.pop(key, None)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise Malformed(f"{key} must be a list of names")
        return frozenset(value)

    def flag(self, key: str) -> bool:
        """A field that is true or false."""
        value = self._left.pop(key, None)
        if not isinstance(value, bool):
            raise Malformed(f"{key} must be true or false")
        return value

    def times_s(self, key: str) -> dict[str, float]:
        """A field of whole milliseconds by name, in seconds."""
        value = self._left.pop(key, None)
        if not isinstance(value, dict):
            raise Malformed(f"{key} must be an object")
        times = _Fields(value)
        return {name: times.whole(name) / 1000 for name in list(value)}

    def end(self) -> None:
        """There is nothing else."""
        if self._left:
            raise Malformed(f"{min(self._left)!r} does not belong there")


def _document(packet: bytes) -> tuple[str, _Fields]:
    try:
        found = json.loads(packet.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"it is not JSON: {packet[:_SHOWN_BYTES]!r}") from error
    if not isinstance(found, dict):
        raise Malformed("it is not a JSON object")
    fields = _Fields(found)
    return fields.text("say"), fields


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _hello(fields: _Fields) -> Hello:
    version = fields.whole("version")
    if version != VERSION:
        raise Malformed(f"the agent speaks version {version}, and the guard version {VERSION}")
    return Hello(fields.text("plan"), fields.flag("adopts"))


def _arm(fields: _Fields) -> Arm:
    return Arm(fields.text("name"), fields.names("instances"), fields.whole("length_ms") / 1000)


_WISHES: Mapping[str, Callable[[_Fields], Wish]] = {
    "hello": _hello,
    "alive": lambda _: Alive(),
    "arm": _arm,
    "grant": lambda fields: Grant(fields.text("name"), fields.names("instances")),
    "shut": lambda fields: Shut(fields.names("instances")),
    "flush": lambda _: Flush(),
    "leave": lambda _: Leave(),
}
_ANSWERS: Mapping[str, Callable[[_Fields], Answer]] = {
    "ready": lambda fields: Ready(fields.times_s("left_ms")),
    "armed": lambda fields: Armed(fields.text("name")),
    "closed": lambda fields: Closed(fields.names("instances")),
    "ended": lambda fields: Ended(fields.text("why", _WHY_LETTERS_MAX)),
}
_WRITERS: Mapping[type, Callable[[Any], dict[str, object]]] = {
    Hello: lambda said: {"version": VERSION, "plan": said.plan, "adopts": said.adopts},
    Arm: lambda said: {
        "name": said.name,
        "instances": sorted(said.instances),
        "length_ms": int(said.length_s * 1000 + _ROUNDING_MS),
    },
    Grant: lambda said: {"name": said.name, "instances": sorted(said.instances)},
    Shut: lambda said: {"instances": sorted(said.instances)},
    Armed: lambda said: {"name": said.name},
    Closed: lambda said: {"instances": sorted(said.instances)},
    Ended: lambda said: {"why": _printable(said.why)},
    Alive: lambda _: {},
    Flush: lambda _: {},
    Leave: lambda _: {},
    # Rounded up: the kernel must not close later than the agent is told.
    Ready: lambda said: {
        "left_ms": {
            each: ceil(said.left_s[each] * 1000 - _ROUNDING_MS) for each in sorted(said.left_s)
        }
    },
}


def _printable(why: str) -> str:
    clean = "".join(letter if letter.isprintable() else " " for letter in why)
    return clean[:_WHY_LETTERS_MAX]
