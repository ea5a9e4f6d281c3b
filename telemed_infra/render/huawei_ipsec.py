"""Suites of IPsec in Huawei's words, alike on firewalls and routers.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from telemed_infra.render.tunnel_groups import Block
from telemed_infra.tunnels import EspSuite, IkeSuite, Tunnel

CIPHERS = {"aes-256": "aes-256", "aes-256-gcm": "aes-256-gcm-128", "sm4": "sm4"}
DIGESTS = {"sha-256": "sha2-256", "sha-384": "sha2-384", "sha-512": "sha2-512"}
Suite = TypeVar("Suite")


class Negotiation(NamedTuple):
    """What protects the negotiation, and for how long."""

    suite: IkeSuite
    seconds: int


def once(some: Iterable[Suite]) -> list[Suite]:
    """Each once; its place, from 1, is its number."""
    return list(dict.fromkeys(some))


def negotiation(one: Tunnel) -> Negotiation:
    """A tunnel's negotiation."""
    return Negotiation(one.ike, one.ike_lifetime_s)


def packet_blocks(origins: str, word: str, suites: Iterable[EspSuite], *more: str) -> list[Block]:
    """The suites of packets, named by the word and their number."""
    return [
        Block(origins, f"ipsec proposal {word}-{number}", (*more, *_esp(suite)))
        for number, suite in enumerate(suites, start=1)
    ]


def negotiation_blocks(origins: str, some: Iterable[Negotiation]) -> list[Block]:
    """The suites of negotiations, by their number."""
    return [
        Block(origins, f"ike proposal {number}", tuple(_ike(*one)))
        for number, one in enumerate(some, start=1)
    ]


def _esp(suite: EspSuite) -> Iterator[str]:
    """The device would add an integrity of its own where a cipher brings one."""
    if suite.integrity:
        yield f"esp authentication-algorithm {DIGESTS[suite.integrity]}"
    else:
        yield "undo esp authentication-algorithm"
    yield f"esp encryption-algorithm {CIPHERS[suite.cipher]}"


def _ike(suite: IkeSuite, seconds: int) -> Iterator[str]:
    yield f"encryption-algorithm {CIPHERS[suite.cipher]}"
    yield f"dh group{suite.group}"
    yield f"authentication-algorithm {DIGESTS[suite.prf]}"
    yield "authentication-method pre-share"
    if suite.integrity:
        yield f"integrity-algorithm hmac-{DIGESTS[suite.integrity]}"
    yield f"prf hmac-{DIGESTS[suite.prf]}"
    yield f"sa duration {seconds}"
