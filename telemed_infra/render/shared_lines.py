"""Which lines of a pair's texts the devices carry over to each other: data, by platform.

Where a pair carries its configuration over (HRP, RBM), a shared line is entered at the active
member alone; the other one refuses it or takes it from there. Every other line is each member's
own, in doubt too: what is entered at both is refused loudly, what is entered at one alone and not
carried over would be missing silently.

Source: docs/concepts/redundancy.md, "What is each member's own".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

SEPARATOR = "#"  # between blocks, on both platforms
SHARED: Mapping[str, tuple[str, ...]] = {
    "huawei_usg": (
        "ip address-set",
        "ip service-set",
        "security-policy",
        "firewall zone",
        "nat server",
        "nat-policy",
    ),
    "h3c_secpath": ("app-profile", "object-group", "security-policy", "security-zone"),
}
"""How blocks begin that a pair shares. Of a platform that is not named here, none."""


class Block(NamedTuple):
    """Lines between two separators, without them."""

    shared: bool
    lines: tuple[str, ...]


def blocks(platform: str, text: str) -> Iterator[Block]:
    """The blocks of one member's text, in their order; empty ones are left out.

    Of a platform whose pairs carry nothing over, the text is one block and the member's own.
    """
    heads = SHARED.get(platform)
    lines = text.splitlines()
    if heads is None:
        yield Block(shared=False, lines=tuple(lines))
        return
    some: list[str] = []
    for line in (*lines, SEPARATOR):
        if line != SEPARATOR:
            some.append(line)
        elif some:
            yield Block(shared=_begins(some[0], heads), lines=tuple(some))
            some = []


def _begins(line: str, heads: tuple[str, ...]) -> bool:
    words = line.split()
    return any(words[: len(head.split())] == head.split() for head in heads)
