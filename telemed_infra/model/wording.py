"""What the validator found → our own words, one finding a place, with the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from telemed_infra.model.documents import Document
from telemed_infra.model.finding import Finding, Path, did_you_mean, listed
from telemed_infra.model.json_schema import known_keys
from telemed_infra.model.places import Places

_NOUNS: Mapping[str, tuple[str, str]] = {
    # pattern of a field:                      what it describes, how to write it
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": (
        "an identifier",
        "small letters and digits joined by `-`, for example `bijie-h1`",
    ),
    r"^[A-Z][A-Z0-9]{0,5}$": (
        "a short name",
        "one to six capital letters and digits, for example `BJ`",
    ),
    r"^[A-Z][A-Z0-9]{1,9}$": (
        "a zone's name",
        "two to ten capital letters and digits, for example `IMAGING`",
    ),
    r"^[0-9]{1,5}-[0-9]{1,5}$": ("a port or a range of ports", "write `443` or `50000-50100`"),
    r"^[0-9a-fA-F.:]+/[0-9]{1,3}$": (
        "a prefix",
        "write an address and a length, for example `10.0.0.0/14`",
    ),
    r"^[1-9][0-9]*(s|m|h|d)$": (
        "a duration",
        "write a number and a unit, for example `90s`, `5m` or `1h`",
    ),
    r"^[1-9][0-9]*(ms|s|m|h)$": (
        "a short duration",
        "write a number and a unit, for example `400ms`, `2s` or `15m`",
    ),
    r"^[PN][0-9]{4}$": ("a policy's id", "write `P` or `N` and four digits, for example `P0301`"),
    r"^E[0-9]{3}$": ("an expectation's id", "write `E` and three digits, for example `E001`"),
    r"^[A-Z]{2,5}-[0-9]{1,6}$": ("a ticket", "write it as in `CHG-0301`"),
    r"^[0-9]{2,11}$": ("an official code", 'two to eleven digits in quotes, for example `"5205"`'),
    r"^(vault|env):[A-Za-z][A-Za-z0-9_-]{0,59}$": (
        "a reference to a secret",
        "write where the secret is kept, never the secret: `vault:name` or `env:NAME`",
    ),
    r"^(vault|env):[A-Za-z0-9_./-]{1,30}$": (
        "the beginning of references to secrets",
        "write where secrets are kept, for example `vault:ike-`",
    ),
    r"^[A-Z]{2,3}$": ("a device role", "two or three capital letters, for example `FW`"),
    r"^[A-Z]{2,3}[0-9]{2}$": ("a device of the site", "its role and number, for example `FW01`"),
    r"^[A-Z]{2,3}[0-9]{2}:[0-9]{1,2}$": (
        "a port of a device",
        "device and port number, for example `FW01:1`",
    ),
    r"^[0-9]{1,2}(-[0-9]{1,2})?$": ("port numbers", "write `5` or `5-24`, in quotes"),
    r"^[a-z0-9-]{1,12}$": ("an uplink's name", "small letters, digits and `-`, at most twelve"),
}

_WAYS_OUT: Mapping[tuple[str, str], str] = {
    # document and field whose limit is a block that is full
    ("services", "num"): "the service pool has sixteen /24 blocks, numbers 0 to 15: remove a "
    "service that is no longer run, or widen `addresses.service_pool`",
}
_SECRET = re.compile(r"pass|secret|token|psk|community|key", re.IGNORECASE)

# Which of several findings about one value tells most; the others come from alternatives.
_RANK = (
    "less_than_equal",
    "greater_than",
    "greater_than_equal",
    "string_pattern_mismatch",
    "literal_error",
)


def findings_of(
    file: str, document: Document, error: ValidationError, places: Places
) -> list[Finding]:
    """One finding for each place that the validator names."""
    chosen: dict[Path, Mapping[str, Any]] = {}
    for detail in error.errors(include_url=False):
        path = _path(file, detail, places)
        other = chosen.get(path)
        if other is None or _weight(detail) < _weight(other):
            chosen[path] = detail
    paths = [path for path in chosen if not _has_below(path, chosen)]
    unknown = [path for path in paths if chosen[path]["type"] == "extra_forbidden"]
    missing = [path for path in paths if chosen[path]["type"] == "missing"]
    found = []
    for path in unknown:
        keys = known_keys(document.name, path[:-1])
        hint = did_you_mean(str(path[-1]), keys) or f"keys here: {listed(keys, most=16)}"
        found.append(Finding(file, path, "the key is unknown here", hint))
        missing = [
            gone for gone in missing if f"`{gone[-1]}`?" not in hint or gone[:-1] != path[:-1]
        ]
    found += [Finding(file, path, "is missing") for path in missing]
    for path in paths:
        if path not in unknown and chosen[path]["type"] != "missing":
            found.append(_worded(file, document, path, chosen[path], places))
    return found


def _path(file: str, detail: Mapping[str, Any], places: Places) -> Path:
    """The location without the validator's own parts; a missing key is named."""
    location: Path = tuple(detail["loc"])
    path = places.known_part(file, location)
    return (*path, location[-1]) if detail["type"] == "missing" else path


def _has_below(path: Path, chosen: Mapping[Path, Mapping[str, Any]]) -> bool:
    """Whether the finding is about the whole of a list or mapping of which a part is wrong."""
    detail = chosen[path]
    whole = detail["type"] in ("too_short", "literal_error", "string_type", "tuple_type")
    return (
        whole
        and isinstance(detail["input"], list | dict)
        and any(other != path and other[: len(path)] == path for other in chosen)
    )


def _weight(detail: Mapping[str, Any]) -> int:
    kind = detail["type"]
    if (detail["loc"] and detail["loc"][-1] == "[key]") or kind == "too_short":
        return -1
    if kind == "int_type" and isinstance(detail["input"], str):
        return len(_RANK) + 1
    return _RANK.index(kind) if kind in _RANK else len(_RANK)


def _worded(
    file: str, document: Document, path: Path, detail: Mapping[str, Any], places: Places
) -> Finding:
    field = str(path[-1]) if path else ""
    value, text = detail["input"], places.scalar(file, path)
    shown = "the value" if _SECRET.search(field) else _shown(value, text)
    if detail["loc"] and detail["loc"][-1] == "[key]":
        shown = f"the key {_shown(value, None)}"
    problem, hint = _WORDS.get(detail["type"], _other)(shown, value, detail.get("ctx", {}), text)
    if detail["type"].startswith(("less_than", "greater_than")):
        hint = _WAYS_OUT.get((document.name, field), hint)
    return Finding(file, path, problem, hint)


def _shown(value: object, text: str | None) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    if value is None:
        return "no value"
    shown = str(value if text is None else text).replace("\n", " ")
    return f"`{shown[:40]}…`" if len(shown) > 40 else f"`{shown}`"


Words = tuple[str, str]
Context = Mapping[str, Any]


def _text(shown: str, value: object, _: Context, text: str | None) -> Words:
    quoted = f'quote it: "{text}"'
    match value:
        case None:
            return "has no value", "write one, or remove the key"
        case bool():
            return f"{shown} is read as yes or no, not as a text", quoted
        case int() | float():
            return f"{shown} is read as a number, not as a text", quoted
        case date():
            return f"{shown} is read as a date, not as a text", quoted
        case _:
            return f"{shown} where a text belongs", ""


def _whole_number(shown: str, value: object, _: Context, text: str | None) -> Words:
    if value is None:
        return "has no value", "write a number, or remove the key"
    if isinstance(value, str) and text is None and value.isdecimal():
        return f"{shown} is a text", "remove the quotes"
    return f"{shown} is not a whole number", ""


def _number(shown: str, *_: object) -> Words:
    return f"{shown} is not a number", ""


def _truth(shown: str, *_: object) -> Words:
    return f"{shown} is neither true nor false", "write `true` or `false`"


def _day(shown: str, value: object, _: Context, text: str | None) -> Words:
    quoted = isinstance(value, str) and text is None
    return f"{shown} is not a date", "remove the quotes" if quoted else "write it as 2026-03-01"


def _pattern(shown: str, _: object, context: Context, __: str | None) -> Words:
    noun, hint = _NOUNS.get(context["pattern"], ("in the form needed here", context["pattern"]))
    return f"{shown} is not {noun}", hint


def _choice(shown: str, value: object, context: Context, _: str | None) -> Words:
    expected = context["expected"]
    words = re.findall(r"'([^']*)'", expected) or re.findall(r"\d+|true", expected.lower())
    near = did_you_mean(str(value), words)
    return f"{shown} is none of {listed(words)}", near


def _mapping(shown: str, *_: object) -> Words:
    return f"{shown} where a mapping belongs", "write `key: value` lines"


def _list(shown: str, *_: object) -> Words:
    return f"{shown} where a list belongs", "write `[a, b]`, also for one item"


def _too_few(_: str, __: object, context: Context, ___: str | None) -> Words:
    least = context.get("min_length", 1)
    return (f"has fewer than {least} items" if least > 1 else "is empty"), "name at least one"


def _bound(words: str, key: str) -> Callable[[str, object, Context, str | None], Words]:
    def tell(shown: str, _: object, context: Context, __: str | None) -> Words:
        return f"{shown} is {words} {context[key]}", ""

    return tell


def _other(shown: str, *_: object) -> Words:
    return f"{shown} is not what belongs here", ""


_WORDS: Mapping[str, Callable[[str, object, Context, str | None], Words]] = {
    "string_type": _text,
    "int_type": _whole_number,
    "int_from_float": _whole_number,
    "float_type": _number,
    "float_parsing": _number,
    "finite_number": _number,
    "bool_type": _truth,
    "bool_parsing": _truth,
    "date_type": _day,
    "string_pattern_mismatch": _pattern,
    "literal_error": _choice,
    "dict_type": _mapping,
    "model_type": _mapping,
    "tuple_type": _list,
    "too_short": _too_few,
    "too_long": lambda *told: (f"has more than {told[2]['max_length']} items", ""),
    "string_too_long": lambda *told: (
        f"{told[0]} has more than {told[2]['max_length']} characters",
        "",
    ),
    "string_too_short": lambda *told: (
        "is empty"
        if not told[1]
        else f"{told[0]} has fewer than {told[2]['min_length']} characters",
        "",
    ),
    "less_than_equal": _bound("more than", "le"),
    "greater_than_equal": _bound("less than", "ge"),
    "greater_than": _bound("not more than", "gt"),
}
