"""`nat static outbound`: addresses of a SecPath's own hosts, changed one to one in both ways.

A map acts on every interface that says `nat static enable`: what goes out there bears the outside
addresses, and what comes in there for them is sent inside. The policy judges the addresses inside.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from telemed_infra.packets import Range
from telemed_infra.parse.secpath.arguments import subnet
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.arguments import ipv4, nothing
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.translation import Translation, joined

ADDRESSES_MAX = 255
"""Of one line."""
_FORMS = (
    "`nat static outbound` is read with two single addresses, or as "
    "`net-to-net FIRST LAST global NETWORK {LENGTH|MASK}`"
)


class Translated(NamedTuple):
    """What a text changes, and where it speaks of it."""

    translations: tuple[Translation, ...]
    lines: Mapping[Range, int]


def static(words: Words) -> Effect[SecPath]:
    """`nat static outbound`, of one address or of a net."""
    inside, outside = _net(words[1:]) if words[:1] == ("net-to-net",) else _single(words)

    def effect(state: SecPath, line: int) -> None:
        if state.statics.setdefault(inside, (outside, line))[0] != outside:
            raise Unreadable("these inside addresses are changed into others already")

    return effect


def undo_static(words: Words) -> Effect[SecPath]:
    """`undo nat static outbound {A [B]|net-to-net FIRST LAST …}`: it goes by the inside ones."""
    is_net = words[:1] == ("net-to-net",)
    if len(words) < (3 if is_net else 1):
        raise Unreadable(_FORMS)
    inside = (ipv4(words[1]), ipv4(words[2])) if is_net else (ipv4(words[0]), ipv4(words[0]))

    def effect(state: SecPath, _line: int) -> None:
        if state.statics.pop(inside, None) is None:
            raise Unreadable("there is no such change of addresses to remove")

    return effect


def enable(words: Words) -> Effect[SecPath]:
    """`nat static enable` on an interface."""
    nothing(words)

    def effect(state: SecPath, _line: int) -> None:
        state.port.translates = True

    return effect


def disable(words: Words) -> Effect[SecPath]:
    """`undo nat static enable`."""
    nothing(words)

    def effect(state: SecPath, _line: int) -> None:
        state.port.translates = False

    return effect


def translated(state: SecPath) -> Translated:
    """All maps of a text read through; lines that go on from each other are one translation."""
    boundary = frozenset(name for name, port in state.ports.items() if port.translates)
    statics = state.statics.items()
    found = joined(Translation(inside, outside, boundary) for inside, (outside, _) in statics)
    return Translated(found, {outside: line for _, (outside, line) in statics})


def _single(words: Words) -> tuple[Range, Range]:
    if len(words) != 2:
        raise Unreadable(_FORMS)
    inside, outside = ipv4(words[0]), ipv4(words[1])
    return (inside, inside), (outside, outside)


def _net(words: Words) -> tuple[Range, Range]:
    if len(words) != 5 or words[2] != "global":
        raise Unreadable(_FORMS)
    first, last = ipv4(words[0]), ipv4(words[1])
    (outside,) = subnet(words[3:]).v4 or ((0, -1),)
    size = last - first + 1
    if outside[0] != ipv4(words[3]) or outside[1] - outside[0] + 1 != size or first % size:
        raise Unreadable("a range and a network of unlike size, or not from their first address on")
    if not 1 < size <= ADDRESSES_MAX:
        raise Unreadable(f"a net has 2 to {ADDRESSES_MAX} addresses in a line")
    return (first, last), outside
