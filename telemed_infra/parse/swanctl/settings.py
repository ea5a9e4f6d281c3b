"""Settings `key = value` and their sections: which there are, and what kinds of value they take.

Source: swanctl.conf(5) of strongSwan 5.9.8; its parser of settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from telemed_infra.packets import Family, Range, union
from telemed_infra.parse.braces import (
    Reader,
    Reading,
    Statement,
    Table,
    Unreadable,
    hide,
    one,
    parse,
)
from telemed_infra.tunnels import Selector

Check = Callable[[str], Any]
"""A value's meaning; may raise `Unreadable`."""
_QUOTED = re.compile(r'=[ \t]*"[^"\\]*"[ \t\r]*(?=$|[}#])')
_SECRET = re.compile(r"(\bsecret\b\s*=).*")
_TIME = re.compile(r"([0-9]{1,8})([smhd]?)\Z")
_GRE = re.compile(r"\[(?:gre|47)\]\Z")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


class Said(NamedTuple):
    """A value, and where it stands."""

    value: Any
    line: int


@dataclass(slots=True)
class Section:
    """What stands in one section, by its keys; `broken`: a value in it is not understood."""

    line: int
    held: dict[str, Said] = field(default_factory=dict)
    broken: bool = False

    def get(self, key: str, default: Any = None) -> Any:
        """A value, or what holds without it."""
        return self.held[key].value if key in self.held else default

    def place(self, key: str) -> int:
        """Where a key stands, or where its section begins."""
        return self.held[key].line if key in self.held else self.line

    def table(self, kept: Mapping[str, Check], harmless: Mapping[str, Check]) -> Table:
        """Readers of its settings; on harmless ones nothing depends, once they are checked."""
        return {
            **{key: self._keeps(check) for key, check in kept.items()},
            **{key: (self._keeps(check),) for key, check in harmless.items()},
        }

    def _keeps(self, check: Check) -> Reader:
        def reader(statement: Statement) -> None:
            try:
                self.held[statement.words[0]] = Said(check(one(statement)), statement.line)
            except Unreadable:
                self.broken = True
                raise

        return reader


def statements(text: str) -> tuple[list[Statement], Reading]:
    """The sections and settings of a text: words are a name, or a key and its value.

    What stands twice, or in a form that is not modelled, is unread and left out.
    """
    outermost, reading = parse(text, "#")
    odd = [
        number
        for number, raw in enumerate(reading.texts, 1)
        if '"' in raw and '"' in _QUOTED.sub("=", raw).partition("#")[0]
    ]
    reading.texts = [_SECRET.sub(r"\1 …", raw) for raw in reading.texts]
    for line in odd:
        reading.refuse(line, "a value in quotes ends on its line, and nothing stands beside it")
    return _settled(outermost, reading), reading


def _settled(body: Iterable[Statement], reading: Reading) -> list[Statement]:
    found: dict[str, Statement] = {}
    twice: set[str] = set()
    for each in body:
        if each.body is None:
            key, sign, value = " ".join(each.words).partition("=")
            each.words = (key.strip(), value.strip())
        else:
            sign = "" if ":" in "".join(each.words) or len(each.words) != 1 else "{"
        if each.words[0].startswith("include "):
            hide(each, "what another file says is not known here", reading)
        elif not sign or not each.words[0]:
            hide(each, "`key = value` or `name { … }` is expected", reading)
        elif each.words[0] in found or each.words[0] in twice:
            twice.add(each.words[0])
            hide(each, f"{each.words[0]} stands there twice", reading)
        else:
            found[each.words[0]] = each
            each.body = each.body and _settled(each.body, reading)
    for name in twice:  # which of them holds, a reader of one file cannot know
        hide(found.pop(name), f"{name} stands there twice", reading)
    return list(found.values())


# Values -------------------------------------------------------------------------------------------


def seconds(value: str) -> int:
    """A time: a number and `s`, `m`, `h` or `d`; seconds without."""
    found = _TIME.match(value)
    if not found:
        raise Unreadable(f"{value} is not a time")
    return int(found[1]) * _UNITS[found[2]]


def yes_no(value: str) -> bool:
    """`yes` or `no`, in each spelling that strongSwan takes."""
    lower = value.lower()
    if lower in ("yes", "true", "enabled", "1"):
        return True
    if lower in ("no", "false", "disabled", "0"):
        return False
    raise Unreadable(f"{value} is neither yes nor no")


def one_of(*words: str) -> Check:
    """One of some words."""

    def check(value: str) -> str:
        if value not in words:
            raise Unreadable(f"{value} is none of {', '.join(words)}")
        return value

    return check


def only(word: str, why: str) -> Check:
    """One value alone, mostly the default; what another one does is not modelled."""

    def check(value: str) -> str:
        if value != word:
            raise Unreadable(why)
        return value

    return check


def address(value: str) -> int | None:
    """One IPv4 address; None: `%any`."""
    if value in ("%any", "%any4", "0.0.0.0/0"):
        return None
    try:
        return int(IPv4Address(value))
    except ValueError:
        raise Unreadable(f"{value} is not one IPv4 address") from None


def identity(value: str) -> str:
    """A name that goes as ID_FQDN."""
    name = value.removeprefix("fqdn:").removeprefix("@")
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", name):
        raise Unreadable(f"{value} is not a name, the one kind of identity that is modelled")
    try:
        ip_address(name)
    except ValueError:
        return name
    raise Unreadable(f"{value} goes as an address, not as a name")


class Traffic(NamedTuple):
    """What one end of a child selects: every protocol of some addresses, or GRE alone."""

    addresses: Selector
    gre: bool


def traffic(value: str) -> Traffic:
    """Networks and addresses, separated by commas; `[gre]` behind each of them, or behind none."""
    words = [part.strip() for part in value.split(",")]
    kept = [_GRE.sub("", word) for word in words]
    wrapped = {before != after for before, after in zip(words, kept, strict=True)}
    if len(wrapped) > 1:
        raise Unreadable("all of it is `[gre]`, or nothing")
    ranges: dict[Family, list[Range]] = {Family.V4: [], Family.V6: []}
    for word in kept:
        family, low, high = _range(word)
        ranges[family].append((low, high))
    return Traffic(Selector(union(ranges[Family.V4]), union(ranges[Family.V6])), wrapped == {True})


def _range(word: str) -> tuple[Family, int, int]:
    if word == "dynamic":
        raise Unreadable("`dynamic` selects the outer address, not the networks behind it")
    if "[" in word:
        raise Unreadable("selectors of protocols and ports are not modelled, but for `[gre]`")
    first, dash, last = word.partition("-")
    try:
        if dash:
            low, high = ip_address(first.strip()), ip_address(last.strip())
            return _ordered(low, high)
        network = ip_network(word)
    except ValueError:
        raise Unreadable(f"{word} is not a network") from None
    return Family(network.version), int(network[0]), int(network[-1])


def _ordered(
    low: IPv4Address | IPv6Address, high: IPv4Address | IPv6Address
) -> tuple[Family, int, int]:
    if low.version != high.version or int(low) > int(high):
        raise ValueError
    return Family(low.version), int(low), int(high)
