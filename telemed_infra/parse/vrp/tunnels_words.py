"""What the lines of a USG about IKE and IPsec take behind their heads.

Every function takes words and returns them in their plain form, or raises `Unreadable`.
Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.parse.vrp.arguments import ipv4, nothing, number, one
from telemed_infra.parse.vrp.engine import Unreadable, Words
from telemed_infra.parse.vrp.options import secret

Check = Callable[[Words], Words]
"""The words of a line in their plain form; may raise `Unreadable`."""
_PREFERENCE_MAX = 255
_NAME_MAX = 255


def bare(words: Words) -> Words:
    """Nothing."""
    nothing(words)
    return words


def algorithms(words: Words) -> Words:
    """Algorithms, of which a line may name several."""
    if not 1 <= len(words) <= 8:
        raise Unreadable("an algorithm is expected, or several")
    return tuple(word.lower() for word in words)


def names(words: Words) -> Words:
    """Names, of which a line may have several."""
    return words if len(words) > 1 else single(words)


def single(words: Words) -> Words:
    """One name."""
    return (one(words),)


def among(*choices: str) -> Check:
    """One of some words."""

    def check(words: Words) -> Words:
        if len(words) != 1 or words[0] not in choices:
            raise Unreadable(f"one of {', '.join(choices)} is expected")
        return words

    return check


def within(low: int, high: int) -> Check:
    """A number between two bounds, both included."""

    def check(words: Words) -> Words:
        return (str(number(one(words), low, high)),)

    return check


def one_address(words: Words) -> Words:
    """One IPv4 address: of several, a device would try one after the other."""
    if len(words) != 1:
        raise Unreadable("one IPv4 address is expected")
    ipv4(words[0])
    return words


def own_end(words: Words) -> Words:
    """One address, or that of the interface to which the policy is applied."""
    return words if words == ("applied-interface",) else one_address(words)


def identity_kind(words: Words) -> Words:
    """`fqdn [<name>]`: older releases name the identity on the same line."""
    kinds = ("ip", "fqdn", "user-fqdn", "dn", "key-id", "any", "none", "name")
    if not 1 <= len(words) <= 2 or words[0] not in kinds:
        raise Unreadable(f"one of {', '.join(kinds)} is expected")
    return words


def identity(words: Words) -> Words:
    """The name of an end."""
    title = one(words)
    if len(title) > _NAME_MAX:
        raise Unreadable("the name is too long")
    return (title,)


def shared_secret(words: Words) -> Words:
    """A secret, or a reference to one, without the signs that mark it as encrypted."""
    found, rest = secret(words)
    nothing(rest)
    return (found.removeprefix("%^%#").removesuffix("%^%#"),)


def injection(words: Words) -> Words:
    """`{static|dynamic} [preference <n>]`."""
    if len(words) not in (1, 3) or words[0] not in ("static", "dynamic"):
        raise Unreadable("`static` or `dynamic`, and maybe a preference, are expected")
    if len(words) == 1:
        return words
    if words[1] != "preference":
        raise Unreadable(f"what `{words[1]}` does to the routes is not modelled")
    return words[0], str(number(words[2], 1, _PREFERENCE_MAX))


def interval(words: Words) -> Words:
    """`ike dpd interval <seconds> [<seconds>]`."""
    if not 1 <= len(words) <= 2:
        raise Unreadable("one or two numbers of seconds are expected")
    return tuple(str(number(word, 1, 3600)) for word in words)
