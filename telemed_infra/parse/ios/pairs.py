"""What two members of a pair of routers share, so that the second is read in its own lines only.

Shared are blocks that a device prints: groups, access lists, class maps, policy maps, zones and
pairs of zones. All else is a member's own. Both are read as if each stood alone, which is the same
as the text read through, because

* a shared block begins with a command of the outermost view and holds nothing that view knows, and
  what follows it is known to no view of such blocks: neither reads the other's lines;
* own lines may neither make nor change what shared blocks make: if they do, they are refused here,
  and the text is read whole;
* what chains depend on in own lines is compared: zones, families, lists on interfaces and lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from telemed_infra.parse.frr.engine import CONFIG, Args, Grammar, Row, View
from telemed_infra.parse.ios.firewall_grammar import FIREWALL, ZONES
from telemed_infra.parse.ios.list_grammar import LIST_VIEWS, LISTS
from telemed_infra.parse.ios.reading import read_ios
from telemed_infra.parse.ios.state import Ios, refused
from telemed_infra.parse.ios.ways import spoken_families
from telemed_infra.parse.reading import Reading

SHARED_VIEWS = ("zone", "pair", "class-map", "policy-map", "policy-class", *LIST_VIEWS)
"""The views of shared blocks."""
_HEADS = (
    r"ip access-list (?:standard|extended) \S+",
    r"ipv6 access-list \S+",
    r"object-group service \S+",
    r"class-map type inspect (?:match-any |match-all )?\S+",
    r"policy-map type inspect \S+",
    r"zone security \S+",
    r"zone-pair security \S+ source \S+ destination \S+",
)
INNER_WORDS = (
    *("permit", "deny", "remark", "sequence", "match", "class", "inspect", "pass", "drop"),
    *("service-policy", "range", "group-object", "any", "tcp", "udp", "icmp", "tcp-udp"),
)
"""With which words lines of a shared block begin, or with a figure; the outermost view knows none
of them, and they begin no banner, no certificate and no way out of a view."""
_INNER = rf"(?: +(?:\d[\d.]*|{'|'.join(map(re.escape, INNER_WORDS))})(?: .*)?\n|!.*\n)"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_HOST = rf" +host {_OCTET}(?:\.{_OCTET}){{3}}\n"
"""Of groups only, and only if they take it: elsewhere `host` stands for `hostname`."""
_SHARED = re.compile(
    rf"^(?:(?:{'|'.join(_HEADS)})\n{_INNER}*"
    rf"|object-group network \S+\n(?:{_HOST}|{_INNER})*)+",
    re.MULTILINE,
)
_LEAVES = re.compile(r"\s*(?:ex|exit\S*|quit)\s*$", re.MULTILINE | re.IGNORECASE)
_BETWEEN = "between"
_NOT_HERE = "what pairs share stands in blocks of its own"


@dataclass(slots=True)
class Own(Ios):
    """What a member's own lines have built up; `begun` are the lines where shared parts begin."""

    begun: list[int] = field(default_factory=list)


class Parts(NamedTuple):
    """A text in its two parts; numbers are those of lines of the whole text."""

    shared: str
    numbers: tuple[int, ...]  # of the shared lines, in order
    begins: tuple[int, ...]  # where stretches of shared lines begin
    own: str  # without the shared lines but the first of each stretch: the others are empty


class Matter(NamedTuple):
    """All that chains depend on in own lines, but for their numbers."""

    ports: tuple[tuple[object, ...], ...]
    terminals: tuple[tuple[object, ...], ...]
    forwards: tuple[bool | None, bool]
    logs_drops: bool


def split(text: str) -> Parts | None:
    """The parts of a text; None if nothing is shared, or if a shared part is left by a command."""
    shared: list[str] = []
    own: list[str] = []
    numbers: list[int] = []
    begins: list[int] = []
    place = 0
    line = 1
    for found in _SHARED.finditer(text):
        if _LEAVES.match(text, found.end()):
            return None
        before, stretch = text[place : found.start()], found[0]
        line += before.count("\n")
        length = stretch.count("\n")
        shared.append(stretch)
        own += [before, stretch[: stretch.index("\n")], "\n" * length]
        begins.append(line)
        numbers += range(line, line + length)
        line += length
        place = found.end()
    own.append(text[place:])
    return Parts("".join(shared), tuple(numbers), tuple(begins), "".join(own)) if shared else None


def read_own(parts: Parts) -> tuple[Own, Reading] | None:
    """A member's own lines; None if they bear on what is shared, or if one is not understood."""
    state = Own()
    reading = read_ios(_OWN_LINES, state, parts.own)
    if reading.unread or tuple(state.begun) != parts.begins:
        return None
    return state, reading


def matter(state: Ios) -> Matter:
    """What of a state comes from own lines and bears on chains."""
    return Matter(
        ports=tuple(
            (
                name,
                port.zone.name if port.zone else None,
                spoken_families(port),
                port.shut,
                port.vlan,
                tuple((key, bound.name) for key, bound in port.filters.items()),
            )
            for name, port in state.ports.items()
        ),
        terminals=tuple(
            (name, held.closed, tuple((key, bound.name) for key, bound in held.filters.items()))
            for name, held in state.terminals.items()
        ),
        forwards=(state.routes4, state.routes6),
        logs_drops=state.logs_drops,
    )


def bindings(state: Ios) -> Iterator[int]:
    """Own lines that chains name: of two states with the same `matter`, in the same order."""
    yield 1
    for port in state.ports.values():
        yield from (bound.line for bound in port.filters.values())
    for terminal in state.terminals.values():
        yield from (bound.line for bound in terminal.filters.values())


def _begin(state: Ios, _args: Args, line: int) -> None:
    assert isinstance(state, Own)
    state.begun.append(line)


def _refusals() -> Iterator[Row[Ios]]:
    """Whatever a view of shared blocks knows."""
    refuse = refused(_NOT_HERE)
    for name in SHARED_VIEWS:
        for row in FIREWALL[name].rows:
            yield Row(row.pattern, refuse)
            if row.inert:
                yield Row(f"no {row.pattern}", refuse)


_SHARING = tuple(row for row in (*LISTS, *ZONES) if row in LISTS or not row.inert)
_OWN_LINES: Grammar[Ios] = {
    **FIREWALL,
    CONFIG: View(
        tuple(
            replace(row, effect=_begin, enters=_BETWEEN) if row in _SHARING else row
            for row in FIREWALL[CONFIG].rows
        )
    ),
    _BETWEEN: View(tuple(_refusals())),
}
