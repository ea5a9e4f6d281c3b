"""Lines of an interface of VRP about IPsec and about tunnels.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from typing import Any, Protocol

from telemed_infra.parse.vrp.arguments import interface, number, one
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Reader,
    Unreadable,
    Words,
    inert,
    notes,
)
from telemed_infra.parse.vrp.tunnels_state import Bound, Said
from telemed_infra.parse.vrp.tunnels_words import among, one_address

WHY = "a part of a tunnel: tunnels are compared with the plan by themselves"
_OCTETS_MAX = 65_535


class HasPort(Protocol):
    """A state whose open interface says what it binds."""

    @property
    def bound(self) -> Bound:
        """Of the interface whose view is open."""


def _bind(words: Words) -> Effect[Any]:
    """`ipsec policy <group> [auto-neg|master|slave]`; what stands `alone` a partner cannot take."""
    if len(words) not in (1, 2) or words[1:] not in ((), ("auto-neg",), ("master",), ("slave",)):
        raise Unreadable("the name of a policy is expected, and maybe `master` or `slave`")

    def effect(state: HasPort, line: int) -> None:
        state.bound.policy = Said(words, line)

    return effect


def _unbind(words: Words) -> Effect[Any]:
    if len(words) > 1:
        raise Unreadable("the name of a policy is expected")

    def effect(state: HasPort, _line: int) -> None:
        state.bound.policy = None

    return effect


def _tunnel_protocol(words: Words) -> Effect[Any]:
    (protocol,) = among("ipsec", "gre", "none")(words)

    def effect(state: HasPort, _line: int) -> None:
        state.bound.protocol = protocol

    return effect


def _source(words: Words) -> Effect[Any]:
    """`source {<address>|<interface>}` of a tunnel."""
    numbers = bool(words) and words[0][:1].isdigit()
    plain = one_address(words) if numbers else (interface(words),)

    def effect(state: HasPort, line: int) -> None:
        state.bound.source = Said(plain, line)

    return effect


def _end(words: Words) -> Effect[Any]:
    """`destination <address>` of a tunnel."""
    plain = one_address(words)

    def effect(state: HasPort, line: int) -> None:
        state.bound.destination = Said(plain, line)

    return effect


def _size(field: str) -> tuple[Reader[Any], Reader[Any]]:
    """A number of octets that an interface has, and its `undo`."""

    def reader(words: Words) -> Effect[Any]:
        plain = str(number(words[0], 1, _OCTETS_MAX)) if words else one(words)

        def effect(state: HasPort, line: int) -> None:
            setattr(state.bound, field, Said((plain,), line))

        return effect

    def undo(words: Words) -> Effect[Any]:
        if len(words) > 1:
            raise Unreadable("nothing, or the number, is expected")

        def effect(state: HasPort, _line: int) -> None:
            setattr(state.bound, field, None)

        return effect

    return reader, undo


def _odd(words: Words) -> Effect[Any]:
    def effect(state: HasPort, line: int) -> None:
        state.bound.odd = Said(words, line)

    return effect


def _even(_words: Words) -> Effect[Any]:
    def effect(state: HasPort, _line: int) -> None:
        state.bound.odd = None

    return effect


TUNNEL_INTERFACE: tuple[Command[Any], ...] = (
    notes("ipsec policy", _bind, WHY, undo=_unbind),
    notes("tunnel-protocol", _tunnel_protocol, "what a tunnel's packets are wrapped in"),
    notes("source", _source, "the tunnel's own end"),
    notes("destination", _end, "the tunnel's other end"),
    *(
        notes(head, reader, "how large packets are", undo=undo)
        for head, (reader, undo) in (("mtu", _size("mtu")), ("tcp adjust-mss", _size("segments")))
    ),
    *(
        notes(head, _odd, "what the other end of a tunnel has to know, too", undo=_even)
        for head in ("gre key", "gre checksum", "keepalive")
    ),
    *inert("ip address unnumbered interface", "a tunnel that borrows an address"),
)
