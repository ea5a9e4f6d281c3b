"""Authentication profiles of VRP switches: how the ports that name them ask who is there.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from telemed_infra.parse.vrp.arguments import name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.options import keyword
from telemed_infra.parse.vrp.switch_events import Events


@dataclass(slots=True)
class Profile:
    """An authentication profile: the access profiles and the domain that it names."""

    line: int
    asks: dict[str, tuple[str, int]] = field(default_factory=dict)
    domain: tuple[str, int] = ("", 0)
    users_max: int | None = None
    events: Events = field(default_factory=Events)


def access_profile(kind: str, *, on: bool) -> Reader[Any]:
    """`{dot1x|mac}-access-profile name <n>`."""

    def reader(words: Words) -> Effect[Any]:
        title = _named(words)

        def effect(state: Any, _line: int) -> None:
            held = state.guards.accesses
            (held.add if on else held.discard)((kind, title))

        return effect

    return reader


def enter_profile(words: Words) -> Effect[Any]:
    """`authentication-profile name <p>`."""
    title = _named(words)

    def effect(state: Any, line: int) -> None:
        state.guards.profiles.setdefault(title, Profile(line))
        state.guards.profile = title

    return effect


def undo_enter_profile(words: Words) -> Effect[Any]:
    """`undo authentication-profile name <p>`."""
    title = _named(words)

    def effect(state: Any, _line: int) -> None:
        state.guards.profiles.pop(title, None)

    return effect


def profile_asks(kind: str, *, on: bool) -> Reader[Any]:
    """`{dot1x|mac}-access-profile <n>` in the view of an authentication profile."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words) if on else ""

        def effect(state: Any, line: int) -> None:
            asks = state.guards.profiles[state.guards.profile].asks
            if on:
                asks[kind] = title, line
            else:
                asks.pop(kind, None)

        return effect

    return reader


def profile_domain(words: Words) -> Effect[Any]:
    """`access-domain <d> [dot1x|mac-authen] [force]`."""
    if not words or any(word not in ("force", "dot1x", "mac-authen") for word in words[1:]):
        raise Unreadable("a domain is expected")
    title = name(words[0])

    def effect(state: Any, line: int) -> None:
        state.guards.profiles[state.guards.profile].domain = title, line

    return effect


def no_profile_domain(_words: Words) -> Effect[Any]:
    """Its undo."""

    def effect(state: Any, _line: int) -> None:
        state.guards.profiles[state.guards.profile].domain = "", 0

    return effect


def profile_mode(words: Words) -> Effect[Any]:
    """`authentication mode {single-terminal|multi-authen [max-user <n>]|…}`."""
    modes = ("single-terminal", "single-voice-with-data", "multi-share", "multi-authen")
    mode = keyword(words[0], modes) if words else one(words)
    rest = words[1:]
    if mode == "single-voice-with-data":
        raise Unreadable("a telephone and one more host: a limit by kind is not modelled")
    if mode == "multi-share":
        raise Unreadable("whoever stands behind a known host is let in unasked")
    if rest and mode == "multi-authen":
        keyword(rest[0], ("max-user",))
        most: int | None = number(one(rest[1:]), 1, 1 << 16)
    else:
        nothing(rest)
        most = 1 if mode == "single-terminal" else None
    return _users_max(most)


def no_profile_mode(words: Words) -> Effect[Any]:
    """Back to `multi-authen` without a limit."""
    if words not in ((), ("multi-authen", "max-user")):
        raise Unreadable("a limit by kind is not modelled")
    return _users_max(None)


def _users_max(most: int | None) -> Effect[Any]:
    def effect(state: Any, _line: int) -> None:
        state.guards.profiles[state.guards.profile].users_max = most

    return effect


def _named(words: Words) -> str:
    if len(words) != 2 or words[0] != "name":
        raise Unreadable("`name` and a name are expected")
    return name(words[1])
