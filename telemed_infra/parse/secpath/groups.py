"""What the commands about object groups of a SecPath firewall do.

A line of a group may begin with the object's id. The tables know lines by their first word, so
`numbered` turns `10 network …` into `network <10> …` before the tables are asked.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.secpath.arguments import GROUP_NAME_MAX, host, limited, span, subnet
from telemed_infra.parse.secpath.services import PREDEFINED, service
from telemed_infra.parse.secpath.state import (
    ANY,
    OBJECT_ID_MAX,
    AddressTerm,
    Group,
    SecPath,
    ServiceTerm,
)
from telemed_infra.parse.vrp.arguments import Addresses, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Step, Unreadable, Words

WHOLE_OBJECT = "<id>"
"""Stands for the head of `undo 10`, which has none."""
_BLANKS = " \t\r"
_KEYWORDS = ("network", "service", "port")


def numbered(reader: Callable[[str], Step[SecPath]]) -> Callable[[str], Step[SecPath]]:
    """A reader of a group's lines that takes an object's id before the keyword."""

    def read(raw: str) -> Step[SecPath]:
        if not (raw.isprintable() or raw.strip(_BLANKS).replace("\t", " ").isprintable()):
            return reader(raw)
        words = raw.split(None, 3)
        undo = "undo " if words[:1] == ["undo"] else ""
        if undo:
            del words[0]
        if not words or not words[0].isdigit():
            return reader(raw)
        indent = raw[: len(raw) - len(raw.lstrip())]
        if words[1:] and words[1] in _KEYWORDS:
            return reader(f"{indent}{undo}{words[1]} <{words[0]}> {' '.join(words[2:])}")
        if undo and len(words) == 1:
            return reader(f"{indent}undo {WHOLE_OBJECT} {words[0]}")
        return reader(raw)

    return read


# Groups -----------------------------------------------------------------------------------------


def enter_address_group(family: Family) -> Reader[SecPath]:
    """A reader of `object-group {ip|ipv6} address <name>`."""

    def reader(words: Words) -> Effect[SecPath]:
        title = _title(words)

        def effect(state: SecPath, line: int) -> None:
            groups = state.address_groups[family]
            if title.lower() not in groups:
                _free(state, title)
            made: Group[AddressTerm] = Group(title, line, family)
            state.address_group = groups.setdefault(title.lower(), made)

        return effect

    return reader


def undo_address_group(family: Family) -> Reader[SecPath]:
    """The device refuses it while the group is used: then the use is found to be undefined."""

    def reader(words: Words) -> Effect[SecPath]:
        title = _title(words)

        def effect(state: SecPath, _line: int) -> None:
            if state.address_groups[family].pop(title.lower(), None) is None:
                raise Unreadable(f"there is no group {title}")

        return effect

    return reader


def enter_service_group(words: Words) -> Effect[SecPath]:
    """`object-group service <name>`; not by the name of a group that the device brings along."""
    title = _title(words)
    if title.lower() in PREDEFINED:
        raise Unreadable(f"the device has a group {title} of its own")

    def effect(state: SecPath, line: int) -> None:
        if title.lower() not in state.service_groups:
            _free(state, title)
        made: Group[ServiceTerm] = Group(title, line, None)
        state.service_group = state.service_groups.setdefault(title.lower(), made)

    return effect


def undo_service_group(words: Words) -> Effect[SecPath]:
    """As `undo_address_group`."""
    title = _title(words)

    def effect(state: SecPath, _line: int) -> None:
        if state.service_groups.pop(title.lower(), None) is None:
            raise Unreadable(f"there is no group {title}")

    return effect


def _title(words: Words) -> str:
    title = limited(one(words), GROUP_NAME_MAX)
    if title.lower() == ANY:
        raise Unreadable("the group `any` cannot be changed")
    return title


def _free(state: SecPath, title: str) -> None:
    """Groups of every type share one space of names."""
    folded = title.lower()
    addresses = any(folded in state.address_groups[family] for family in FAMILIES)
    if addresses or folded in state.service_groups:
        raise Unreadable(f"{title} is the name of a group of another type")


# Objects ----------------------------------------------------------------------------------------


def add_network(words: Words) -> Effect[SecPath]:
    """`[<id>] network {host address|subnet|range|group-object} …`, `<id> network exclude <ip>`."""
    identity, words = _identity(words)
    if words[:1] == ("exclude",):
        return _exclusion(identity, words[1:], remove=False)
    return partial(_put_network, identity, _network(words))


def undo_network(words: Words) -> Effect[SecPath]:
    """`undo network …` by what the object says, or `undo <id> network exclude <ip>`."""
    identity, words = _identity(words)
    if words[:1] == ("exclude",):
        return _exclusion(identity, words[1:], remove=True)
    if identity is not None:
        raise Unreadable("`undo` takes an id or what the object says")
    term = _network(words)
    return lambda state, _line: state.address_group.drop_value(term)


def drop_network(words: Words) -> Effect[SecPath]:
    """`undo <id>` in an address group."""
    identity = number(one(words), 0, OBJECT_ID_MAX)
    return lambda state, _line: state.address_group.drop(identity)


def add_service(words: Words) -> Effect[SecPath]:
    """`[<id>] service {<protocol> …|group-object <name>}`."""
    identity, words = _identity(words)
    term = _service(words)
    return lambda state, line: state.service_group.put(identity, term, line)


def undo_service(words: Words) -> Effect[SecPath]:
    """`undo service …` by what the object says."""
    term = _service(words)
    return lambda state, _line: state.service_group.drop_value(term)


def drop_service(words: Words) -> Effect[SecPath]:
    """`undo <id>` in a service group."""
    identity = number(one(words), 0, OBJECT_ID_MAX)
    return lambda state, _line: state.service_group.drop(identity)


@lru_cache(maxsize=1 << 14)
def _network(words: Words) -> AddressTerm:
    if words[:2] == ("host", "address"):
        return host(words[2:])
    if words[:1] == ("subnet",):
        return subnet(words[1:])
    if words[:1] == ("range",):
        return span(words[1:])
    if words[:1] == ("group-object",):
        return _title(words[1:]).lower()
    raise Unreadable("`host address`, `subnet`, `range` or `group-object` is expected")


def _service(words: Words) -> ServiceTerm:
    if words[:1] == ("group-object",):
        return limited(one(words[1:]), GROUP_NAME_MAX).lower()
    return service(words)


def _put_network(identity: int | None, term: AddressTerm, state: SecPath, line: int) -> None:
    group = state.address_group
    if not isinstance(term, str):
        of_family(term, group.family)
    group.put(identity, term, line)


def of_family(term: Addresses, family: Family | None) -> None:
    """Refuses addresses of another family than that of the group or policy they stand in."""
    if term.v6 if family is Family.V4 else term.v4:
        raise Unreadable("the address is of the other family")


def _exclusion(identity: int | None, words: Words, *, remove: bool) -> Effect[SecPath]:
    term = host(words)
    if identity is None:
        raise Unreadable("an exclusion begins with the id of the object that it narrows")

    def effect(state: SecPath, line: int) -> None:
        of_family(term, state.address_group.family)
        held = state.address_group.entries.get(identity)
        if held is None or isinstance(held.value, str):
            raise Unreadable(f"there is no subnet or range {identity} to narrow")
        if remove:
            if held.excluded.pop(term, None) is None:
                raise Unreadable("that was not excluded")
        else:
            held.excluded.setdefault(term, line)

    return effect


def _identity(words: Words) -> tuple[int | None, Words]:
    """The id that `numbered` has put behind the keyword."""
    if words and words[0][0] == "<" and words[0][-1] == ">":
        return number(words[0][1:-1], 0, OBJECT_ID_MAX), words[1:]
    return None, words
