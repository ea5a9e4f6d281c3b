"""Accounts on the device, rules for their passwords, and how long who fails has to wait."""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.management_plane import Account, Listener, Lockout, Login, Method, Passwords
from telemed_infra.packets import TCP, Family, intersect, ports
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import Block, Said

_LEVEL = 1
_KINDS = ("upper-case", "lower-case", "numeric-count", "special-case")
_NEVER = Lockout(0, 0)
_LOGINS = (ports(TCP, 22), ports(TCP, 23))
_SERVED = (Listener.SSH, Listener.TELNET, Listener.SCP, Listener.NETCONF)


class _Part(NamedTuple):
    """What one line says of an account; None where it says nothing."""

    level: int | None = None
    secret: str | None = None
    policy: str | None = None


def accounts(
    context: Context, login: Login, listeners: frozenset[Listener]
) -> tuple[frozenset[Account], Passwords]:
    """The accounts, and the rules that hold for the worst of them.

    An account has no services of its own: it serves where the device asks its own accounts.
    """
    services = frozenset(
        (*((one for one in _SERVED if one in listeners) if Method.LOCAL in login.methods else ()),
         *((Listener.CONSOLE,) if Method.LOCAL in login.console else ())),
    )  # fmt: skip
    found: dict[str, _Part] = {}
    lines: dict[str, Said] = {}
    policies: dict[str, Said] = {}
    for key, said in context.said.all("username").items():
        name = key.rpartition(" ")[0]
        part = context.value(_part, said)
        if part is None:
            continue
        held = found.get(name, _Part())
        found[name] = _Part(
            held.level if part.level is None else part.level,
            held.secret if part.secret is None else part.secret,
            held.policy if part.policy is None else part.policy,
        )
        lines[name] = said
        if part.policy is not None:
            policies[name] = said
    for name, part in found.items():
        if part.secret is None:
            context.refuse(lines[name], "an account without a secret")
    made = frozenset(
        Account(
            name=name,
            level=_LEVEL if part.level is None else part.level,
            services=services,
            secret=part.secret or "",
        )
        for name, part in found.items()
    )
    return made, _passwords(context, found, policies)


def _part(text: str) -> _Part:
    """`[privilege N] [common-criteria-policy P] [algorithm-type A] [secret [5] S]`."""
    words, found = Words(text), _Part()
    while words.rest:
        word = words.one_of("privilege", "secret", "algorithm-type", "common-criteria-policy")
        if word == "privilege":
            found = found._replace(level=words.number(0, 15))
        elif word == "common-criteria-policy":
            found = found._replace(policy=words.word())
        elif word == "algorithm-type":
            words.one_of("md5", "sha256", "scrypt")
        else:
            return found._replace(secret=words.secret())
    return found


def _passwords(context: Context, found: dict[str, _Part], lines: dict[str, Said]) -> Passwords:
    """The weakest of the rules that hold for some account; the device's own, if there is none."""
    said = context.said.one("security passwords min-length")
    shortest = (context.value(_length, said) or 0) if said else 0
    rules = []
    for name, part in found.items():
        block = context.plane.named("aaa common-criteria policy").get(part.policy or "")
        if part.policy is not None and block is None:
            context.refuse(lines[name], f"there is no policy {part.policy}")
        rules.append(_rules(context, block, shortest))
    if not rules:
        return Passwords(length_min=shortest)
    return Passwords(
        length_min=min(one.length_min for one in rules),
        kinds_min=min(one.kinds_min for one in rules),
        lifetime_days=_longest([one.lifetime_days for one in rules]),
    )


def _length(text: str) -> int:
    words = Words(text)
    found = words.number(0, 127)
    words.end()
    return found


def _longest(days: list[int]) -> int:
    """The longest life of several; 0, which is for ever, is longer than any."""
    return 0 if 0 in days else max(days)


def _rules(context: Context, block: Block | None, shortest: int) -> Passwords:
    if block is None:
        return Passwords(length_min=shortest)
    counts = {
        head: context.value(_length, said) or 0
        for head in ("min-length", *_KINDS)
        if (said := block.said.one(head))
    }
    life = block.said.one("lifetime")
    return Passwords(
        length_min=max(shortest, counts.get("min-length", 0)),
        kinds_min=sum(1 for head in _KINDS if counts.get(head)),
        lifetime_days=(context.value(_days, life) or 0) if life else 0,
    )


def _days(text: str) -> int:
    """`lifetime day N`."""
    words = Words(text)
    words.one_of("day")
    found = words.number(1, 1_000_000)
    words.end()
    return found


def lockout(context: Context, login: Login) -> Lockout:
    """How often somebody may fail, and how long all have to wait then.

    Never, if a list spares somebody who may log in.
    """
    said = context.said.one("login block-for")
    locked = context.said.one("aaa local authentication attempts max-fail")
    if locked is not None and said is None:
        context.refuse(locked, "a lock that only an administrator opens")
    if said is None or _spares(context, login):
        return _NEVER
    return context.value(_blocked, said) or _NEVER


def _spares(context: Context, login: Login) -> bool:
    """Whether a list lets somebody try on who may log in by IPv4."""
    said = context.said.one("login quiet-mode access-class")
    if said is None:
        return False
    spared = context.sources(said.text, said.line, Family.V4, _LOGINS)
    if spared is None or login.sources4 is None:
        return spared is None or spared != ()
    return intersect(spared, login.sources4) != ()


def _blocked(text: str) -> Lockout:
    """`login block-for SECONDS attempts N within SECONDS`."""
    words = Words(text)
    seconds = words.number(1, 65535)
    words.one_of("attempts")
    attempts = words.number(1, 65535)
    words.one_of("within")
    words.number(1, 65535)
    words.end()
    return Lockout(attempts, seconds)
