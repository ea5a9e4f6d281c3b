"""`vrrp` lines of interfaces, as VRP and Comware write them, each with words of its own.

What a line says is a change of one group of the open interface. Source:
docs/reference/platforms.md, "Pairs".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from telemed_infra.packets import Family
from telemed_infra.parse.virtual_routers import (
    ADDRESSES_MAX,
    NUMBER_MAX,
    PRIORITY_MAX,
    REDUCED_BY,
    Group,
    GroupKey,
    Groups,
    is_link_local,
)
from telemed_infra.parse.vrp.arguments import address, ipv4, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.redundancy import Rank

Change = Callable[[Group, int], None]
"""What a line does to its group; the number is that of the line. May raise `Unreadable`."""
Part = Callable[[Words], Change]
"""From the words after a part's head to the change."""

HOLDS = "which of two devices holds an address"
_RANKS = {"active": Rank.ACTIVE, "standby": Rank.STANDBY}
_PAIR_DECIDES = "the pair's state decides about this group, so a priority or delay has no effect"


class Port(Protocol):
    """An interface with groups."""

    groups: Groups


class HasPort(Protocol):
    """A state whose open interface is known."""

    @property
    def port(self) -> Port:
        """The interface whose view is open."""


State = TypeVar("State", bound=HasPort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What may stand after `vrrp vrid N` on one platform."""

    says: Mapping[str, Part]
    undoes: Mapping[str, Part]
    harmless: tuple[str, ...]  # heads of lines that no group's claim depends on
    strict: bool = False  # priorities are refused where the pair's state decides


def vrrp(family: Family, parts: Parts) -> Reader[State]:
    """Lines that begin with `vrrp`, `vrrp6` or `vrrp ipv6`, which stands before the words."""
    return _reader(family, parts, parts.says, made=True)


def undo_vrrp(family: Family, parts: Parts) -> Reader[State]:
    """The same after `undo`; without more words the group goes."""
    return _reader(family, parts, {**parts.undoes, "virtual-ip": _no_address}, made=False)


def _reader(
    family: Family, parts: Parts, known: Mapping[str, Part], *, made: bool
) -> Reader[State]:
    def reader(words: Words) -> Effect[State]:
        if words[:1] != ("vrid",):
            if " ".join(words[:2]).startswith(parts.harmless):
                return lambda _state, _line: None
            raise Unreadable("`vrid` is expected")
        if len(words) < 2:
            raise Unreadable("the number of a group is expected")
        key = GroupKey(family, number(words[1], 1, NUMBER_MAX))
        if len(words) == 2:
            return _removes(key) if not made else _refuses("`virtual-ip` is expected")
        return _changes(key, words, known, made=made, strict=parts.strict)

    return reader


def _changes(
    key: GroupKey, words: Words, known: Mapping[str, Part], *, made: bool, strict: bool
) -> Effect[State]:
    if words[2] == "description":
        return lambda _state, _line: None
    part = known.get(words[2])
    if part is None:
        raise Unreadable(f"what `{words[2]}` does to a group is not modelled")
    begins = made and words[2] == "virtual-ip"
    change = _address(key.family)(words[3:]) if begins else part(words[3:])

    def effect(state: State, line: int) -> None:
        group = state.port.groups.get(key)
        if group is None:
            if not begins:
                raise Unreadable(f"there is no group {key.number} here: `virtual-ip` comes first")
            group = Group(line)
        change(group, line)
        if strict and group.numbered and group.rank is not Rank.BY_PRIORITY:
            raise Unreadable(_PAIR_DECIDES)
        if group.addresses:
            state.port.groups[key] = group
        else:
            state.port.groups.pop(key, None)

    return effect


def _removes(key: GroupKey) -> Effect[State]:
    def effect(state: State, _line: int) -> None:
        if state.port.groups.pop(key, None) is None:
            raise Unreadable(f"there is no group {key.number} to remove")

    return effect


def _refuses(why: str) -> Effect[State]:
    raise Unreadable(why)


# Addresses ---------------------------------------------------------------------------------------


def _address(family: Family) -> Part:
    """`A [MASK|LEN] [link-local] [active|standby]`."""

    def part(words: Words) -> Change:
        rank = _RANKS.get(words[-1]) if words else None
        rest = words[:-1] if rank else words
        if not rest:
            raise Unreadable("a virtual address is expected")
        of, value = address(rest[0])
        if of is not family:
            raise Unreadable(f"{rest[0]} is of another family than the group")
        masked = _masked(family, value, rest[1:])
        return _adds(value, rank, masked=masked)

    return part


def _masked(family: Family, value: int, words: Words) -> bool:
    """Whether the address has a mask of its own, so that it may stand in another network."""
    if family is Family.V6:
        if words == ("link-local",):
            if not is_link_local(value):
                raise Unreadable("`link-local` is for addresses of fe80::/10")
        else:
            nothing(words)
        return False
    if not words:
        return False
    nothing(words[1:])
    if "." in words[0]:
        ipv4(words[0])
    else:
        number(words[0], 1, 32)
    return True


def _adds(value: int, rank: Rank | None, *, masked: bool) -> Change:
    """The first address says whether the pair decides; another one need not repeat it."""

    def change(group: Group, line: int) -> None:
        if group.addresses and rank not in (group.rank, None):
            raise Unreadable(f"the group is {group.rank.value} by an address before")
        if len(group.addresses) >= ADDRESSES_MAX:
            raise Unreadable(f"a group has at most {ADDRESSES_MAX} addresses")
        group.rank = group.rank if rank is None else rank
        group.addresses.setdefault(value, line)
        if masked:
            group.elsewhere.add(value)

    return change


def _no_address(words: Words) -> Change:
    if words and words[-1] in _RANKS:
        words = words[:-1]
    if not words:
        raise Unreadable("which address this removes is not known")
    _, value = address(words[0])

    def change(group: Group, _line: int) -> None:
        if group.addresses.pop(value, None) is None:
            raise Unreadable(f"the group does not have {words[0]}")

    return change


# Numbers -----------------------------------------------------------------------------------------


def _numbered(change: Change) -> Change:
    """A change of what counts only where no pair decides."""

    def effect(group: Group, line: int) -> None:
        group.numbered = line
        change(group, line)

    return effect


def _field(name: str, value: object) -> Change:
    def change(group: Group, _line: int) -> None:
        setattr(group, name, value)

    return change


def _set(name: str, value: object) -> Part:
    """A bare part."""

    def part(words: Words) -> Change:
        nothing(words)
        return _field(name, value)

    return part


def _single(words: Words, low: int, high: int) -> int:
    if len(words) != 1:
        raise Unreadable("one number is expected")
    return number(words[0], low, high)


def _priority(words: Words) -> Change:
    return _numbered(_field("priority", _single(words, 1, PRIORITY_MAX)))


def _after(head: str, words: Words) -> Words:
    wanted = tuple(head.split())
    if words[: len(wanted)] != wanted:
        raise Unreadable(f"`{head}` is expected")
    return words[len(wanted) :]


def _watch(name: str, reduced_by: int) -> Change:
    def change(group: Group, line: int) -> None:
        group.tracked[name] = reduced_by, line

    return _numbered(change)


def _no_watch(name: str) -> Change:
    def change(group: Group, _line: int) -> None:
        if not name:
            group.tracked.clear()
        elif group.tracked.pop(name, None) is None:
            raise Unreadable(f"the group does not watch {name}")

    return change


# VRP ---------------------------------------------------------------------------------------------


def _preempt_vrp(words: Words) -> Change:
    """`disable`, or `timer delay <seconds>`."""
    if words == ("disable",):
        return _numbered(_field("preempt_s", None))
    return _numbered(_field("preempt_s", _single(_after("timer delay", words), 0, 3600)))


def _timer_vrp(words: Words) -> Change:
    """`advertise <seconds>`."""
    seconds = _single(_after("advertise", words), 1, 255)
    return _numbered(_field("advertised_ms", 1000 * seconds))


def _track_vrp(interface: Callable[[Words], str]) -> Part:
    """`{interface X|bfd-session N|ip-link N|nqa A T} [reduced n]`; `increased` is not modelled."""

    def part(words: Words) -> Change:
        reduced_by = REDUCED_BY
        if "increased" in words:
            raise Unreadable("a priority that rises while something is down is not modelled")
        if len(words) > 2 and words[-2] == "reduced":
            reduced_by, words = number(words[-1], 1, 255), words[:-2]
        return _watch(_watched(words, interface), reduced_by)

    return part


def _no_track_vrp(interface: Callable[[Words], str]) -> Part:
    return lambda words: _no_watch(_watched(words, interface) if words else "")


def _watched(words: Words, interface: Callable[[Words], str]) -> str:
    if words[:1] == ("interface",):
        return interface(words[1:])
    if len(words) < 2 or words[0] not in ("bfd-session", "ip-link", "nqa"):
        raise Unreadable("`interface` and its name are expected")
    return " ".join(words)


def _no_timer(words: Words) -> Change:
    nothing(_after("advertise", words))
    return _field("advertised_ms", 1000)


def vrp_parts(interface: Callable[[Words], str]) -> Parts:
    """VRP and USG: seconds, and interfaces are watched by name."""
    return Parts(
        says={
            "virtual-ip": _no_address,  # placeholder of the head; `_changes` reads it by family
            "priority": _priority,
            "preempt-mode": _preempt_vrp,
            "timer": _timer_vrp,
            "track": _track_vrp(interface),
        },
        undoes={
            "priority": _set("priority", 100),
            "preempt-mode": _set("preempt_s", 0),
            "timer": _no_timer,
            "track": _no_track_vrp(interface),
        },
        harmless=("virtual-mac enable", "un-check ttl", "gratuitous-arp", "recover-delay"),
        strict=True,
    )


# Comware -----------------------------------------------------------------------------------------


def _preempt_comware(words: Words) -> Change:
    """`[delay <centiseconds>]`."""
    if not words:
        return _numbered(_field("preempt_s", 0))
    centiseconds = _single(_after("delay", words), 0, 180_000)
    if centiseconds % 100:
        raise Unreadable("the delay is in hundredths of a second; this is no whole second")
    return _numbered(_field("preempt_s", centiseconds // 100))


def _timer_comware(words: Words) -> Change:
    """`advertise <centiseconds>`."""
    centiseconds = _single(_after("advertise", words), 10, 4095)
    return _numbered(_field("advertised_ms", 10 * centiseconds))


def _track_comware(words: Words) -> Change:
    """`<entry> [[priority] reduced [n]]`; what takes over at once is not modelled."""
    if not words:
        raise Unreadable("the number of a track entry is expected")
    entry = str(number(words[0], 1, 1024))
    rest = words[2:] if words[1:2] == ("priority",) else words[1:]
    if rest[:1] not in ((), ("reduced",)) or len(rest) > 2:
        raise Unreadable("a track entry that does more than lower the priority is not modelled")
    return _watch(entry, number(rest[1], 1, 255) if len(rest) == 2 else REDUCED_BY)


COMWARE = Parts(
    says={
        "virtual-ip": _no_address,
        "priority": _priority,
        "preempt-mode": _preempt_comware,
        "timer": _timer_comware,
        "track": _track_comware,
        "shutdown": _set("off", value=True),
    },
    undoes={
        "priority": _set("priority", 100),
        "preempt-mode": _set("preempt_s", None),
        "timer": _no_timer,
        "track": lambda words: _no_watch(words[0] if words else ""),
        "shutdown": _set("off", value=False),
    },
    harmless=("version 3", "check-ttl enable", "send-gratuitous-arp"),
)
"""Hundredths of a second, and track entries are watched by their number."""
