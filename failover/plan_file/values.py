"""JSON read strictly: each value knows where it stands, and is what it should be or a problem."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from json import dumps
from re import Pattern
from typing import NamedTuple

SHOWN_MAX = 40  # characters of a value in a message


class PlanProblem(Exception):
    """What is wrong with a plan file; `place` is like `plan.json: groups[3].after`."""

    def __init__(self, place: str, message: str, hint: str = "") -> None:
        super().__init__(f"{place}: {message}" + (f"\nhint: {hint}" if hint else ""))
        self.place = place
        self.message = message
        self.hint = hint


class Text(NamedTuple):
    """A kind of text, with a noun for messages."""

    noun: str
    pattern: Pattern[str]
    most: int = 256  # characters


class Number(NamedTuple):
    """A range of numbers. `above`: the lowest one is not in it."""

    low: float
    high: float
    above: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a JSON document."""

    file: str
    path: str  # `groups[3].after`; empty: the whole document
    raw: object

    def problem(self, message: str, hint: str = "") -> PlanProblem:
        """What is wrong here."""
        place = f"{self.file}: {self.path}" if self.path else self.file
        return PlanProblem(place, message, hint)

    def keys(self, needed: Collection[str], optional: Collection[str] = ()) -> dict[str, "Value"]:
        """The members of an object that has exactly these keys."""
        members = self.members()
        known = [*needed, *optional]
        for key, member in members.items():
            if key not in known:
                raise member.problem("the key is unknown here", f"keys here: {', '.join(known)}")
        for key in needed:
            if key not in members:
                raise self._member(key, None).problem("is missing")
        return members

    def members(self) -> dict[str, "Value"]:
        """The members of an object, whatever their keys."""
        if not isinstance(self.raw, dict):
            raise self.problem(f"{self._shown()} where an object belongs")
        return {key: self._member(key, raw) for key, raw in self.raw.items()}

    def items(self, least: int = 0, most: int = 1000) -> list["Value"]:
        """The items of a list of `least` to `most`."""
        if not isinstance(self.raw, list):
            raise self.problem(f"{self._shown()} where a list belongs")
        if not least <= len(self.raw) <= most:
            wanted = f"{least} to {most}" if least < most else str(least)
            raise self.problem(f"has {len(self.raw)} items, not {wanted}")
        return list(self._items(self.raw))

    def text(self, kind: Text) -> str:
        """A text of a kind."""
        if not isinstance(self.raw, str):
            raise self.problem(f"{self._shown()} where a text belongs")
        if len(self.raw) > kind.most or not kind.pattern.fullmatch(self.raw):
            raise self.problem(f"{self._shown()} is not {kind.noun}")
        return self.raw

    def texts(self, kind: Text) -> tuple[str, ...]:
        """A list of texts of a kind, each once."""
        found: list[str] = []
        for item in self.items():
            text = item.text(kind)
            if text in found:
                raise item.problem(f"`{text}` stands there twice")
            found.append(text)
        return tuple(found)

    def number(self, range_: Number) -> float:
        """A number of a range."""
        if isinstance(self.raw, bool) or not isinstance(self.raw, int | float):
            raise self.problem(f"{self._shown()} where a number belongs")
        low, high, above = range_
        if not low <= self.raw <= high or (above and self.raw == low):
            bounds = f"more than {low:g} and at most {high:g}" if above else f"{low:g} to {high:g}"
            raise self.problem(f"{self._shown()} is out of range", f"it is {bounds}")
        return float(self.raw)

    def whole(self, low: int, high: int) -> int:
        """A whole number of a range; `2.0` is one, as JSON Schema has it."""
        number = self.number(Number(low, high))
        if not number.is_integer():
            raise self.problem(f"{self._shown()} is not a whole number")
        return int(number)

    def truth(self) -> bool:
        """True or false."""
        if not isinstance(self.raw, bool):
            raise self.problem(f"{self._shown()} where true or false belongs")
        return self.raw

    def choice(self, words: Collection[str]) -> str:
        """One of some words."""
        if not isinstance(self.raw, str) or self.raw not in words:
            raise self.problem(f"{self._shown()} is none of {', '.join(words)}")
        return self.raw

    def _member(self, key: str, raw: object) -> "Value":
        return Value(self.file, f"{self.path}.{key}" if self.path else key, raw)

    def _items(self, raw: list[object]) -> Iterator["Value"]:
        for index, item in enumerate(raw):
            yield Value(self.file, f"{self.path}[{index}]", item)

    def _shown(self) -> str:
        if isinstance(self.raw, dict | list):
            return "an object" if isinstance(self.raw, dict) else "a list"
        shown = dumps(self.raw)
        return f"`{shown[:SHOWN_MAX]}…`" if len(shown) > SHOWN_MAX else f"`{shown}`"
