"""Accounts on the device, rules for their passwords, and how long who fails has to wait.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.management_plane import Account, Listener, Lockout, Login, Method, Passwords
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import Said

_LEVEL = 1
_FILES = frozenset((Listener.SCP, Listener.SFTP))
_BY_MODE = {
    "console": frozenset((Listener.CONSOLE,)),
    "ssh": frozenset((Listener.SSH, Listener.SCP, Listener.SFTP)),
    "telnet": frozenset((Listener.TELNET,)),
}
_STRONG = 2
"""Kinds of signs in a strong password: letters alone and digits alone are refused."""
_NEVER = Lockout(0, 0)
_ATTEMPTS, _MINUTES = 3, 15
"""What holds of one of the two where only the other is said."""


class _Part(NamedTuple):
    """What the lines of one name say of an account; None where they say nothing."""

    level: int | None = None
    secret: str | None = None
    modes: frozenset[Listener] | None = None  # by these ways alone

    def and_then(self, later: _Part) -> _Part:
        """With what a later line says; ways add up."""
        modes = later.modes if self.modes is None else self.modes | (later.modes or frozenset())
        return _Part(
            self.level if later.level is None else later.level,
            self.secret if later.secret is None else later.secret,
            modes,
        )


def accounts(context: Context, login: Login, listeners: frozenset[Listener]) -> frozenset[Account]:
    """The accounts; one serves where the device asks its own accounts, and its lines let it."""
    asked = Method.LOCAL in login.methods
    services = login.listeners | (listeners & _FILES) if asked else frozenset()
    if Method.LOCAL in login.console:
        services |= {Listener.CONSOLE}
    found: dict[str, _Part] = {}
    lines: dict[str, Said] = {}
    for key, said in context.said.all("username").items():
        name = key.rpartition(" ")[0]
        part = context.value(_part, said)
        if part is not None:
            found[name] = found.get(name, _Part()).and_then(part)
            lines[name] = said
    for name, part in found.items():
        if part.secret is None:
            context.refuse(lines[name], "an account without a secret")
    return frozenset(
        Account(
            name=name,
            level=_LEVEL if part.level is None else part.level,
            services=services if part.modes is None else services & part.modes,
            secret=part.secret or "",
        )
        for name, part in found.items()
    )


def _part(text: str) -> _Part:
    """`[login mode M] [privilege N] [{password|secret} [7] S]`, also each on a line of its own."""
    words, found = Words(text), _Part()
    while words.rest:
        word = words.one_of("privilege", "password", "secret", "login", "reject", "online")
        if word == "privilege":
            found = found._replace(level=words.number(0, 15))
        elif word == "login":
            words.one_of("mode")
            found = found._replace(modes=_BY_MODE[words.one_of(*_BY_MODE)])
        elif word == "reject":
            words.one_of("remote-login")
            found = found._replace(modes=_BY_MODE["console"])
        elif word == "online":
            words.one_of("amount")
            words.number(1, 255)
        else:
            return found._replace(secret=words.secret())
    if not text:
        raise Unreadable("nothing is said of the account")
    return found


def passwords(context: Context) -> Passwords:
    """The rules, which hold for all accounts."""
    said = context.said

    def count(head: str, most: int) -> int:
        line = said.one(f"password policy {head}")
        return (context.value(lambda text: _number(text, most), line) or 0) if line else 0

    return Passwords(
        length_min=count("min-size", 127),
        kinds_min=_STRONG if said.is_on("password policy strong") else 0,
        history=count("no-repeat-times", 31),
        lifetime_days=count("life-cycle", 65535),
    )


def lockout(context: Context) -> Lockout:
    """How often somebody may fail, and how long that account has to wait then.

    Only of accounts that AAA asks. Where neither line is there, none is relied on. Older releases
    take the number for hours: the shorter reading counts.
    """
    said = context.said
    tries, wait = (
        said.one(f"aaa local authentication {head}") for head in ("attempts", "lockout-time")
    )
    if not said.is_on("aaa new-model") or (tries is None and wait is None):
        return _NEVER
    attempts = context.value(_whole, tries) if tries else _ATTEMPTS
    minutes = context.value(_whole, wait) if wait else _MINUTES
    return Lockout(attempts, 60 * minutes) if attempts and minutes else _NEVER


def _whole(text: str) -> int:
    return _number(text, 2147483647)


def _number(text: str, most: int) -> int:
    words = Words(text)
    found = words.number(1, most)
    words.end()
    return found
