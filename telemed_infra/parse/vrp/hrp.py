"""`hrp` lines of a USG: what keeps the two members of a pair alike, and which of them works.

Source: docs/reference/platforms.md, "Pairs".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from telemed_infra.parse.virtual_routers import Groups
from telemed_infra.parse.vrp.arguments import interface, ipv4, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.redundancy import Rank, StateSync, SyncKind

PREEMPT_S = 60  # without a line
_WATCHED = ("vlan", "bfd-session", "ip-link")
_COSTS = ("ospf-cost", "ospfv3-cost", "bgp-cost")
_HARMLESS = (
    "authentication-key", "timer hello", "timer hello-interval", "ip-packet priority",
    "configuration check", "tcp link-state check", "device", "escape enable",
    "auto-sync connection-status", "auto-sync config static-route",
    "auto-sync config policy-based-route", "nat resource", "encryption", "checksum",
    "track trunk-member enable", "mirror config enable", "base config enable",
)  # fmt: skip
"""Keys and timers, which ones own text shows alone; routes and lines that are carried over, too."""


@dataclass(slots=True)
class Hrp:
    """What the lines have said so far."""

    line: int = 0  # of `hrp enable`; 0: there is no pair
    first_line: int = 0  # of the first line that says something
    channels: dict[str, tuple[int | None, int]] = field(default_factory=dict)
    """By interface, the other member's address, and the line."""
    standby: bool = False
    preempt_s: int | None = PREEMPT_S
    sessions: bool = False
    configuration: bool = True
    costs: set[str] = field(default_factory=lambda: set(_COSTS))
    tracked: dict[str, int] = field(default_factory=dict)


class HasHrp(Protocol):
    """A state that has a pair."""

    hrp: Hrp


State = TypeVar("State", bound=HasHrp)


def hrp(words: Words) -> Effect[State]:
    """Any line that begins with `hrp`."""
    return _line(words, on=True)


def undo_hrp(words: Words) -> Effect[State]:
    """The same after `undo`."""
    return _line(words, on=False)


def _line(words: Words, *, on: bool) -> Effect[State]:
    found = _known(words, on=on)

    def effect(state: State, line: int) -> None:
        state.hrp.first_line = state.hrp.first_line or line
        found(state.hrp, line)

    return effect


def _known(words: Words, *, on: bool) -> Effect[Hrp]:
    switch = _SWITCHES.get(" ".join(words))
    if switch is not None:
        return _sets(switch, value=on)
    match words[:1]:
        case ("enable",):
            nothing(words[1:])
            return _enable(on=on)
        case ("interface",):
            return _channel(words[1:], on=on)
        case ("preempt",):
            return _sets("preempt_s", value=_delay(words[1:]) if on else None)
        case ("track",) if words[1:2] != ("trunk-member",):
            return _track(words[1:], on=on)
        case _:
            return _cost(words, on=on)


_SWITCHES: Mapping[str, str] = {
    "standby-device": "standby",
    "mirror session enable": "sessions",
    "auto-sync config": "configuration",
    "auto-sync": "configuration",
}


def _sets(name: str, *, value: object) -> Effect[Hrp]:
    def effect(state: Hrp, _line: int) -> None:
        setattr(state, name, value)

    return effect


def _enable(*, on: bool) -> Effect[Hrp]:
    def effect(state: Hrp, line: int) -> None:
        state.line = line if on else 0

    return effect


def _delay(words: Words) -> int:
    """`[delay <seconds>]`."""
    if not words:
        return PREEMPT_S
    if len(words) != 2 or words[0] != "delay":
        raise Unreadable("`delay` and seconds are expected")
    return number(words[1], 0, 1800)


def _channel(words: Words, *, on: bool) -> Effect[Hrp]:
    """`<interface> [remote <address>] [heartbeat-only]`."""
    if words[-1:] == ("heartbeat-only",):
        raise Unreadable("what is carried over elsewhere than by the heartbeat is not modelled")
    place = words.index("remote") if "remote" in words else len(words)
    port, rest = interface(words[:place]), words[place + 1 :]
    if len(rest) > 1 or (place < len(words) and not rest):
        raise Unreadable("one address is expected after `remote`")
    remote = ipv4(rest[0]) if rest else None

    def effect(state: Hrp, line: int) -> None:
        if on:
            state.channels[port] = remote, line
        elif state.channels.pop(port, None) is None:
            raise Unreadable(f"the heartbeat does not go by {port}")

    return effect


def _track(words: Words, *, on: bool) -> Effect[Hrp]:
    """`{interface X|vlan N|bfd-session N|ip-link N}`."""
    if words[:1] == ("interface",):
        name = interface(words[1:])
    elif len(words) == 2 and words[0] in _WATCHED:
        name = " ".join(words)
    else:
        raise Unreadable("`interface`, `vlan`, `bfd-session` or `ip-link` is expected")

    def effect(state: Hrp, line: int) -> None:
        if on:
            state.tracked[name] = line
        elif state.tracked.pop(name, None) is None:
            raise Unreadable(f"{name} is not watched")

    return effect


def _cost(words: Words, *, on: bool) -> Effect[Hrp]:
    """`adjust bgp-cost enable [n]`, or `bgp-cost adjust-enable [n]`; else what bears on nothing."""
    text = " ".join(words)
    for cost in _COSTS:
        for form in (f"adjust {cost} enable", f"{cost} adjust-enable"):
            if text == form or (text.startswith(f"{form} ") and text[len(form) + 1 :].isdigit()):
                return _adjusts(cost, on=on)
    if text.startswith("standby config enable") or text.startswith(_HARMLESS):
        return lambda _state, _line: None
    raise Unreadable("what this does to the pair is not modelled")


def _adjusts(cost: str, *, on: bool) -> Effect[Hrp]:
    def effect(state: Hrp, _line: int) -> None:
        (state.costs.add if on else state.costs.discard)(cost)

    return effect


def sync_of(hrp: Hrp, groups: Iterable[Groups]) -> StateSync | None:
    """The pair as the lines leave it; None without `hrp enable` and a channel to the other.

    Which address the member itself has there, only the block of the interface tells.
    """
    known = [(port, remote) for port, (remote, _) in hrp.channels.items() if remote is not None]
    if not hrp.line or not known:
        return None
    port, remote = known[0]
    return StateSync(
        kind=SyncKind.HRP,
        interface=port,
        own=None,
        remote=remote,
        first=_first(hrp, groups),
        sessions=hrp.sessions,
        configuration=hrp.configuration,
        preempt_s=hrp.preempt_s,
        tracked=frozenset(hrp.tracked),
        routes_follow="bgp-cost" in hrp.costs,
    )


def _first(hrp: Hrp, groups: Iterable[Groups]) -> bool | None:
    """`hrp standby-device`, or what the virtual routers say, if all say the same."""
    if hrp.standby:
        return False
    ranks = {group.rank for some in groups for group in some.values()}
    return {frozenset({Rank.ACTIVE}): True, frozenset({Rank.STANDBY}): False}.get(frozenset(ranks))
