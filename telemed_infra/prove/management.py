"""How a device's text lets it be administered, against what is meant: field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from telemed_infra.management_plane import ManagementPlane
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import Finding

FAMILY_OF: Mapping[str, Family] = {"sources4": Family.V4, "sources6": Family.V6}


def prove_plane(
    device: str, found: ManagementPlane | None, expected: ManagementPlane | None
) -> Iterator[Finding]:
    """A finding for each field that differs; the words are those of the plane's own fields."""
    if found is None or expected is None:
        if found is not expected:
            says = "nothing is known of its management plane" if expected else "is not meant"
            yield Finding(device=device, line=0, kind="management", says=says)
        return
    for where, wanted, there in _differences("", expected, found):
        says = f"{where}: {there} in place of {wanted}"
        yield Finding(device=device, line=0, kind="management", says=says)


def fields_of(plane: ManagementPlane) -> int:
    """How many fields are compared."""
    return sum(1 for _ in _leaves("", plane))


def _differences(where: str, expected: object, found: object) -> Iterator[tuple[str, str, str]]:
    if expected == found:
        return
    if is_dataclass(expected) and type(expected) is type(found):
        for field in fields(expected):
            name = f"{where} {field.name}".strip()
            yield from _differences(name, getattr(expected, field.name), getattr(found, field.name))
        return
    name = where.rpartition(" ")[2]
    if isinstance(expected, frozenset) and isinstance(found, frozenset):
        yield (
            where.replace("_", " "),
            _set_words(expected - found, "nothing else"),
            _set_words(found - expected, "nothing"),
        )
        return
    yield where.replace("_", " "), _words(name, expected), _words(name, found)


def _leaves(where: str, value: object) -> Iterator[str]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(f"{where} {field.name}", getattr(value, field.name))
    else:
        yield where


def _set_words(some: Collection[object], otherwise: str) -> str:
    return ", ".join(sorted(_words("", one) for one in some)) or otherwise


def _words(name: str, value: object) -> str:
    """A value for people."""
    if name in FAMILY_OF:
        return _ranges(FAMILY_OF[name], value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return " ".join(_words("", one) for one in value) or "none"
    if isinstance(value, frozenset):
        return "+".join(sorted(_words("", one) for one in value)) or "none"
    if is_dataclass(value):
        return " ".join(_words("", getattr(value, field.name)) for field in fields(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def _ranges(family: Family, value: object) -> str:
    if value is None:
        return "anywhere"
    assert isinstance(value, tuple)
    ranges: Ranges = value
    texts = (
        address_text(family, low)
        if low == high
        else f"{address_text(family, low)}-{address_text(family, high)}"
        for low, high in ranges
    )
    return ", ".join(texts) or "nowhere"
