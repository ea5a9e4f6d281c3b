"""Lists that other lines name: a name that nothing defines lets everything in, so it is refused.

On Comware a login filter whose access list is missing or empty admits everyone, and a BGP peer
whose route policy or prefix list is missing passes every route (correction 14). No opening depends
on these lists; that such a line says nothing must be told all the same.
"""

from __future__ import annotations

from telemed_infra.parse.reading import Reading
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

_OF_PEERS = {
    "route-policy": "route-policy",
    "prefix-list": "prefix-list",
    "filter-policy": "acl",
    "as-path-acl": "as-path",
}


def enter_acl(words: Words) -> Effect[SecPath]:
    """`acl [ipv6|mac] {basic|advanced|number} {<n>|name <name>} …`."""
    kind = "acl"
    if words[:1] in (("ipv6",), ("mac",)):
        kind, words = f"acl {words[0]}", words[1:]
    if words[:1] in (("basic",), ("advanced",), ("number",)):
        words = words[1:]
    if words[:1] == ("name",):
        words = words[1:]
    if not words:
        raise Unreadable("a list's number or name is expected")
    key = f"{kind} {words[0].lower()}"

    def effect(state: SecPath, _line: int) -> None:
        state.acl = key

    return effect


def add_acl_rule(words: Words) -> Effect[SecPath]:
    """A rule of an access list: one is enough for the list to say something."""
    if not words:
        raise Unreadable("a rule is expected")
    remark = words[1:2] == ("comment",)

    def effect(state: SecPath, _line: int) -> None:
        if not remark:
            state.defined.add(state.acl)

    return effect


def defines(kind: str) -> Reader[SecPath]:
    """A reader of the head of a list that its name defines."""

    def reader(words: Words) -> Effect[SecPath]:
        if not words:
            raise Unreadable("a name is expected")
        key = f"{kind} {words[0].lower()}"

        def effect(state: SecPath, _line: int) -> None:
            state.defined.add(key)

        return effect

    return reader


def peer(words: Words) -> Effect[SecPath]:
    """`peer <address> …`, which may name lists."""
    used = [
        f"{_OF_PEERS[word]} {words[place + 1].lower()}"
        for place, word in enumerate(words[:-1])
        if place and word in _OF_PEERS
    ]

    def effect(state: SecPath, line: int) -> None:
        for key in used:
            state.uses.append((key, line))

    return effect


def undo_peer(_words: Words) -> Effect[SecPath]:
    """`undo peer …`: what it took back is not followed, so the use stays and must be defined."""
    return lambda _state, _line: None


def refuse_undefined(state: SecPath, reading: Reading) -> None:
    """Refuse each line that names a list which does not exist, or is empty."""
    for key, line in state.uses:
        if key not in state.defined:
            reading.refuse(line, f"{key} is not defined or empty: every route passes")
