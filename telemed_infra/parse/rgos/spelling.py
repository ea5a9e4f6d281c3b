"""Lines that say what a line of IOS says, in other words: noted in those of IOS.

So one judge reads both (`parse/ios/plane`). What RGOS has no word for is refused here, also where
IOS has one. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.ios.state import Ios
from telemed_infra.parse.rgos.names import fused

_CIPHERS = {"des56": "des56", "3des": "3des", **{f"aes{n}": f"aes {n}" for n in (128, 192, 256)}}
_DIGESTS = {"md5": "md5", "sha": "sha", **{f"sha2-{n}": f"sha-2 {n}" for n in (224, 256, 384, 512)}}
_USER_NAMES = 3  # user, group and version stand before the algorithms
_TEST = re.compile(
    r" test username \S+(?: ignore-auth-port| ignore-acct-port| idle-time \d+)*", re.IGNORECASE
)


def in_words_of_ios(head: str, *, why: str) -> Iterator[Row[Ios]]:
    """A command that may stand several times; its `no` form takes away all that begins so."""
    spell = _SPELLINGS[head]

    def put(state: Ios, args: Args, line: int) -> None:
        text = spell(args[0])
        state.plane.said.put(head, text, Said(text, line))

    def drop(state: Ios, args: Args, _line: int) -> None:
        state.plane.said.drop(head, spell(args[0]))

    yield Row(f"{head} LINE", put, inert=True, why=why)
    for no in ("no", "default"):
        yield Row(f"{no} {head} LINE", drop, inert=True, why=why)


def host(head: str, *, why: str) -> Iterator[Row[Ios]]:
    """`radius-server host A …`: one line for each address, the last holds; tests do not count."""

    def put(state: Ios, args: Args, line: int) -> None:
        text = _TEST.sub("", " ".join(filter(None, args)))
        state.plane.said.put(head, args[0], Said(text, line))

    def drop(state: Ios, args: Args, _line: int) -> None:
        state.plane.said.drop(head, args[0])

    yield Row(f"{head} WORD [LINE]", put, inert=True, why=why)
    for no in ("no", "default"):
        yield Row(f"{no} {head} WORD [LINE]", drop, inert=True, why=why)


def _user(text: str) -> str:
    """`U G v3 [encrypted] [auth {md5|sha|sha2-256} K [priv {des56|aes128} K]] [access L]`."""
    words = text.split()
    for head, table in (("auth", _DIGESTS), ("priv", _CIPHERS)):
        for place in range(_USER_NAMES, len(words) - 1):
            if words[place].lower() == head:
                words[place + 1] = _spelled(words[place + 1], table)
                break
    return " ".join(words)


def _spelled(word: str, table: Mapping[str, str]) -> str:
    found = table.get(word.lower())
    if found is None:
        raise Unreadable("the algorithm is not one of RGOS")
    return found


def _community(text: str) -> str:
    """`[0|7] NAME [view V] [ro|rw] [ipv6 L] [L]`."""
    words = text.split()
    if words[0] in ("0", "7") and words[1:] and words[1] not in ("view", "ro", "rw", "ipv6"):
        del words[0]
    return " ".join(words)


def _key(text: str) -> str:
    """`N md5 K [0|7]`."""
    words = text.split()
    if words[1:] and words[1].lower() != "md5":
        raise Unreadable("keys of time are for md5")
    return text


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "ntp authentication-key": _key,
    "ntp server": fused,
    "snmp-server community": _community,
    "snmp-server user": _user,
}
