"""Rules for passwords on a Huawei device, and how long who fails to log in must wait.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.parse.management.state import Management
from telemed_infra.parse.vrp.arguments import nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.options import does, keyword

WRONG_PASSWORD = {"retry-interval": 5, "retry-time": 3, "block-time": 5}
LOCKS = (3, 1800)  # of `lock-authentication`, where a text does not say more


def password_policy(words: Words) -> Effect[Any]:
    """`local-aaa-user password policy administrator`: rules, with defaults that its view hides."""
    nothing(words)

    def change(state: Management, _line: int) -> None:
        state.passwords.on = True
        state.passwords.rules.setdefault("history", 5)
        state.passwords.rules.setdefault("aging", 90)

    return does(change)


def no_password_policy(words: Words) -> Effect[Any]:
    """`undo local-aaa-user password policy administrator`."""
    nothing(words)

    def change(state: Management, _line: int) -> None:
        for subject in ("history", "aging"):
            state.passwords.rules.pop(subject, None)

    return does(change)


def password_rule(subject: str, high: int, default: int) -> tuple[Reader[Any], Reader[Any]]:
    """Readers of `<head> <n>` and of its undo, which brings the default back."""

    def rules(value: int) -> Effect[Any]:
        def change(state: Management, _line: int) -> None:
            state.passwords.on = True
            state.passwords.rules[subject] = value

        return does(change)

    def reader(words: Words) -> Effect[Any]:
        return rules(number(one(words), 0, high))

    return reader, lambda _words: rules(default)


def complexity(words: Words) -> Effect[Any]:
    """`user-password complexity-check [three-of-kinds]`: two kinds of signs, or three."""
    if words not in ((), ("three-of-kinds",)):
        raise Unreadable(f"{words[0]} is not modelled")
    return _kinds(3 if words else 2)


def no_complexity(_words: Words) -> Effect[Any]:
    """`undo user-password complexity-check`."""
    return _kinds(0)


def wrong_password(words: Words) -> Effect[Any]:
    """`… wrong-password retry-interval <min> retry-time <n> block-time <min>`."""
    found = dict(WRONG_PASSWORD)
    for at in range(0, len(words) - 1, 2):
        found[keyword(words[at], WRONG_PASSWORD)] = number(words[at + 1], 0, 65535)
    if len(words) % 2:
        raise Unreadable("a value is expected")

    def change(state: Management, _line: int) -> None:
        state.passwords.lock_on = True
        state.passwords.lockout = found["retry-time"], found["block-time"] * 60

    return does(change)


def no_lockout(_words: Words) -> Effect[Any]:
    """`undo local-aaa-user wrong-password`, `undo lock-authentication enable`."""
    return does(lambda state, _line: setattr(state.passwords, "lock_on", False))


def lock(subject: str) -> Reader[Any]:
    """`lock-authentication {enable | failed-count <n> | timeout <min>}` of a firewall."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words) if subject == "enable" else None
        value = 0 if subject == "enable" else number(one(words), 1, 65535)

        def change(state: Management, _line: int) -> None:
            attempts, seconds = state.passwords.lockout or LOCKS
            if subject == "failed-count":
                attempts = value
            elif subject == "timeout":
                seconds = value * 60
            state.passwords.lockout = attempts, seconds
            if subject == "enable" or state.passwords.lock_on is None:
                state.passwords.lock_on = True

        return does(change)

    return reader


def _kinds(count: int) -> Effect[Any]:
    def change(state: Management, _line: int) -> None:
        state.passwords.on = True
        state.passwords.rules["kinds"] = count

    return does(change)


LENGTH = password_rule("length", 128, 0)
"""Of `user-password min-length`, `set password min-length`: signs."""
