"""What a VRP port does with hosts that nobody could judge: the events of an authentication profile.

Only one of them is read: no server answers, and hosts come into the VLAN of the port. The others
would let in who was refused, or who was never asked. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Protocol

from telemed_infra.management_plane import Method
from telemed_infra.parse.management.judged import Look
from telemed_infra.parse.vrp.arguments import VLAN_MAX, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.management_bound import hosts_asked

_KEEP = 0
_OTHER_VLAN = "while no server answers, hosts would come into VLAN {vlan}, not into that of a port"
_FOR_GOOD = (
    "hosts that came in stay when a server answers again: "
    "`authentication event authen-server-up action re-authen` is missing"
)
_NOT_ALONE = "hosts come in by this only where RADIUS alone judges them"


@dataclass(slots=True)
class Events:
    """Lines of one authentication profile: the VLAN while no server answers, and its line."""

    dead: tuple[int, int] = (_KEEP, 0)
    asks_again: bool = False


class AskingProfile(Protocol):
    """An authentication profile: its domain, "" for the common one, and its events."""

    domain: tuple[str, int]
    events: Events


def admits(profile: AskingProfile | None, vlans: Set[int], look: Look) -> bool:
    """Whether a port of these VLANs lets hosts in, while none of the servers answers."""
    vlan, line = profile.events.dead if profile else (_KEEP, 0)
    if profile is None or vlan == _KEEP:
        return False
    domain = profile.domain[0] or look.state.host_domain or "default"
    methods, _ = hosts_asked(domain, profile.domain[1] or line, look)
    why = ""
    if vlans != {vlan}:
        why = _OTHER_VLAN.format(vlan=vlan)
    elif not profile.events.asks_again:
        why = _FOR_GOOD
    elif set(methods) != {Method.RADIUS}:
        why = _NOT_ALONE
    if why:
        look.add(line, why)
    return not why


def authorize(words: Words) -> Effect[Any]:
    """`… authen-server-down action authorize {vlan <n> [response-fail] | keep [<answer>]}`.

    What a host is told changes nothing about its packets; `keep` lets nobody new in.
    """
    kind, rest = words[:1], words[1:]
    if kind not in (("vlan",), ("keep",)):
        raise Unreadable("what a service scheme or a group of users may do is not modelled")
    vlan = _KEEP
    if kind == ("vlan",):
        vlan, rest = number(rest[0] if rest else "", 1, VLAN_MAX), rest[1:]
    answers = ("response-fail",) if vlan else ("response-fail", "no-response")
    nothing(rest[1:] if rest[:1] and rest[0] in answers else rest)

    def effect(state: Any, line: int) -> None:
        events = _open(state)
        before, said = events.dead
        if said and _KEEP in (before, vlan) and before != vlan:
            raise Unreadable("which of two actions for one event holds is not known")
        events.dead = vlan, line

    return effect


def no_authorize(_words: Words) -> Effect[Any]:
    """Its undo, whatever the action was."""

    def effect(state: Any, _line: int) -> None:
        _open(state).dead = _KEEP, 0

    return effect


def ask_again(*, on: bool) -> Reader[Any]:
    """`… authen-server-up action re-authen`: off, if no line says it."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)

        def effect(state: Any, _line: int) -> None:
            _open(state).asks_again = on

        return effect

    return reader


def other_event(_words: Words) -> Effect[Any]:
    """Hosts that were refused, did not answer, or were not asked yet."""
    raise Unreadable("the port would let in a host that no server knows")


def no_other_event(_words: Words) -> Effect[Any]:
    """Its undo, which is how it is without a line."""
    return lambda _state, _line: None


def _open(state: Any) -> Events:
    found: Events = state.guards.profiles[state.guards.profile].events
    return found
