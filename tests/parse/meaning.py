"""What any reader made of a text, without the places that its lines have there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from msgspec import Struct

PLACES = frozenset(
    {
        *("line", "lines", "effective", "inert", "moved", "own", "pair_lines", "rest", "unread"),
        *("translation_lines", "tunnel_lines", "multicast_lines", "snooped_lines"),
        "break_out_lines",
    }
)


def meaning(value: object) -> object:
    """Equal for texts that mean the same, however their lines are laid out."""
    if isinstance(value, Struct):
        names = value.__struct_fields__
        return [(name, meaning(getattr(value, name))) for name in names if name not in PLACES]
    if is_dataclass(value):
        named = ((one.name, getattr(value, one.name)) for one in fields(value))
        return [(name, meaning(one)) for name, one in named if name not in PLACES]
    if isinstance(value, tuple):
        names = getattr(value, "_fields", ("",) * len(value))
        pairs = zip(names, value, strict=True)
        return tuple(meaning(one) for name, one in pairs if name not in PLACES)
    if isinstance(value, Mapping):
        return {name: meaning(one) for name, one in value.items()}
    return value
