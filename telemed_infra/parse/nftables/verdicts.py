"""What a rule does with what it matches. Source: nft(8), "Verdict statement"."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from telemed_infra.parse.nftables.tokens import Unreadable


class Kind(StrEnum):
    """The verdicts that say whether a packet passes."""

    ACCEPT = "accept"
    DROP = "drop"
    RETURN = "return"
    CONTINUE = "continue"
    JUMP = "jump"
    GOTO = "goto"


class Verdict(NamedTuple):
    """A verdict, and for `jump` and `goto` the chain that judges on."""

    kind: Kind
    target: str = ""


PLAIN: Mapping[str, Verdict] = {
    kind.value: Verdict(kind) for kind in Kind if kind not in {Kind.JUMP, Kind.GOTO}
}
ACCEPT, DROP = PLAIN["accept"], PLAIN["drop"]
_TO_CHAIN = {"jump": Kind.JUMP, "goto": Kind.GOTO}


def verdict_at(words: list[str], at: int) -> tuple[Verdict, int] | None:
    """The verdict that begins at a word, and where the words go on."""
    plain = PLAIN.get(words[at])
    if plain is not None:
        return plain, at + 1
    kind = _TO_CHAIN.get(words[at])
    if kind is None:
        return None
    target = words[at + 1].strip('"')
    if not target:
        raise Unreadable(f"`{kind.value}` without a chain")
    return Verdict(kind, target), at + 2
