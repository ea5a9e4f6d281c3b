"""What lines of the management plane say, kept as text until the whole configuration is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Said(NamedTuple):
    """What stands after a command's own words, and the line."""

    text: str
    line: int


ON, OFF = "on", "off"
"""What a command without arguments says, and its `no` form."""
_NOTHING: Mapping[str, Said] = {}


@dataclass(slots=True)
class Sayings:
    """Of the device, a port, a terminal line or a named block: commands by their own words.

    A command that stands once has the key ""; of others each is kept by its name or its text.
    """

    held: dict[str, dict[str, Said]] = field(default_factory=dict)

    def put(self, head: str, key: str, said: Said) -> None:
        """A line; what was said with the same key is forgotten, its place in the order too."""
        held = self.held.setdefault(head, {})
        held.pop(key, None)
        held[key] = said

    def drop(self, head: str, key: str) -> None:
        """A `no` line: takes away what it names, or all that begins so; without a name, all."""
        held = self.held.get(head, {})
        for one in [one for one in held if not key or one == key or one.startswith(f"{key} ")]:
            del held[one]

    def one(self, head: str) -> Said | None:
        """What a command says that stands once."""
        return self.held.get(head, _NOTHING).get("")

    def all(self, head: str) -> Mapping[str, Said]:
        """What a command says that may stand several times, in the order of the text."""
        return self.held.get(head, _NOTHING)

    def is_on(self, head: str, *, default: bool = False) -> bool:
        """Whether something is on that a line may turn on or off."""
        said = self.one(head)
        return default if said is None else said.text != OFF

    def in_order(self, *heads: str) -> Iterator[tuple[str, Said]]:
        """What several commands say, in the order of the text."""
        found = [(said, head) for head in heads for said in self.all(head).values()]
        return ((head, said) for said, head in sorted(found, key=lambda one: one[0].line))


@dataclass(slots=True)
class Block:
    """A named block: what its head says besides the name, and what stands in it."""

    line: int
    text: str
    said: Sayings = field(default_factory=Sayings)


@dataclass(slots=True)
class Plane:
    """All that a text says of the management plane."""

    said: Sayings = field(default_factory=Sayings)
    blocks: dict[str, dict[str, Block]] = field(default_factory=dict)
    """By the words of the head, then by name."""
    console: Sayings | None = None  # of `line con 0`, as far as the text has it
    auxiliary: Sayings | None = None
    banners: dict[str, Said] = field(default_factory=dict)  # by kind
    lines_end: int | None = None  # a `no line vty N` left so many
    open: list[Sayings] = field(default_factory=list)
    """Where the lines of the view go in which the reader stands."""

    def named(self, head: str) -> Mapping[str, Block]:
        """The blocks of one kind."""
        return self.blocks.get(head, {})
