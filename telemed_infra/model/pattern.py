"""Which devices a pattern names: Ansible's own grammar, so that one pattern serves both.

    county_weining,county_hezhang       either; `:` separates too
    role_fw:&prefecture_bijie           both
    all:!kind_township                  all but
    BJ-*-FW0?   ~^(BJ|ZY)-              wildcards; a regular expression, from the name's beginning
    role_fw[0]  role_fw[-1]  role_fw[0:9]   a place, counted from 0; from place to place, both kept

Names first, then `&`, then `!`, wherever they stand. Stricter than Ansible in one thing: a part
that names nothing is an error and not a warning, for a misspelt `!name` would let devices through.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from telemed_infra.model.finding import did_you_mean

SUBSCRIPT = re.compile(r"(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]")
# What stands between colons and blanks; a bracketed part keeps its own, as in `role_fw[0:9]`.
BETWEEN_COLONS = re.compile(r"(?:[^\s:\[\]]|\[[^\]]*\])+")
PLACES = "`[…]` of digits at a name's end is a place in the list; `[12]*` is one character of two"
GLOB_SIGNS = frozenset(".?*[")


class PatternError(Exception):
    """A pattern that says nothing sensible; `hint` tells the way out, or is empty."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}\nhint: {hint}" if hint else problem)


def matching(
    pattern: str, hosts: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """The hosts that a pattern names, each once, in the order in which Ansible would visit them.

    Args:
        pattern: what `--limit` was given.
        hosts: every name, in the inventory's order.
        groups: members by group, those of its children too; without Ansible's own two groups.

    Raises:
        PatternError: a part cannot be read or names nothing, or the whole leaves no host.
    """
    known = {"all": hosts, "ungrouped": (), **groups}
    chosen: dict[str, None] = {}
    for part in _in_order(_parts(pattern)):
        found = _named(part[1:] if part[0] in "&!" else part, hosts, known)
        if part.startswith("!"):
            excluded = frozenset(found)
            chosen = {name: None for name in chosen if name not in excluded}
        elif part.startswith("&"):
            kept = frozenset(found)
            chosen = {name: None for name in chosen if name in kept}
        else:
            chosen |= dict.fromkeys(found)
    if not chosen:
        raise PatternError(f"`{pattern}` leaves no device")
    return tuple(chosen)


def _parts(pattern: str) -> list[str]:
    """The pattern's parts: between commas if there is one, else between colons and blanks."""
    found = pattern.split(",") if "," in pattern else BETWEEN_COLONS.findall(pattern)
    parts = [part.strip() for part in found if part.strip()]
    if not parts:
        raise PatternError("the pattern is empty", "write `all` for every device")
    for part in parts:
        if part.startswith("@"):
            raise PatternError(
                f"`{part}`: a file of names is not read here",
                f"write its names, separated by commas: `$(paste -sd, {part[1:] or 'FILE'})`",
            )
    return parts


def _in_order(parts: Iterable[str]) -> list[str]:
    """Names, then what they must also be, then what they must not be."""
    ordered = sorted(parts, key=lambda part: "&!".find(part[0]) + 1)
    return ordered if ordered[0][0] not in "&!" else ["all", *ordered]


def _named(part: str, hosts: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    """What one part names, without its `&` or `!`; a host may come twice, and `[0]` counts both."""
    expression, subscript = _subscripted(part)
    matches = _matcher(expression)
    found_groups = [name for name in groups if matches(name)]
    found = [host for name in found_groups for host in groups[name]]
    if not found_groups or expression[0] == "~" or GLOB_SIGNS & set(expression):
        found += [host for host in hosts if matches(host)]
    if not found and not found_groups:
        raise PatternError(
            f"no device and no group is named `{expression}`",
            _meant(expression, hosts, groups) if subscript is None else PLACES,
        )
    if not found or subscript is None:
        return found
    if not (chosen := found[subscript]):
        count = "1 device" if len(found) == 1 else f"{len(found)} devices"
        raise PatternError(f"`{part}` names nothing", f"`{expression}` has {count}, from [0] on")
    return chosen


def _meant(expression: str, hosts: Iterable[str], groups: Iterable[str]) -> str:
    """A hint: the group of that identifier, `county_weining` for `weining`, or the nearest name."""
    identifier = expression.lower().replace("-", "_")
    whole = [group for group in groups if group.endswith(f"_{identifier}") or group == identifier]
    return did_you_mean(whole[0], whole) if whole else did_you_mean(expression, (*groups, *hosts))


def _subscripted(part: str) -> tuple[str, slice | None]:
    """A part's expression and its places. In a regular expression `[0]` is a set of characters."""
    found = None if part.startswith("~") else SUBSCRIPT.fullmatch(part)
    if found is None:
        return part, None
    expression, place, first, last = found.groups()
    if place or (last and not int(last)):  # to Ansible `[3:0]` is `[3]`, and so it is here
        start = int(place or first)
        return expression, slice(start, start + 1 or None)
    return expression, slice(int(first), int(last) + 1 if last else None)


def _matcher(expression: str) -> Callable[[str], object]:
    """Tells whether a name is meant: the whole of it by wildcards, its beginning by `~`."""
    if not expression or expression == "~":
        raise PatternError("`&`, `!` or `~` stands alone", "write a name directly after it")
    if not expression.startswith("~"):
        return re.compile(fnmatch.translate(expression)).match
    try:
        return re.compile(expression[1:]).match
    except re.error as error:
        raise PatternError(
            f"`{expression}` is no regular expression: {error}",
            "a `,` or `:` ends a part, in a regular expression too",
        ) from error
