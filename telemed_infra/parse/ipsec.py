"""IPsec as the lines of a text build it, in words of no platform: mutable, lives for one text.

Platforms differ in how they write these things and in what holds without a line; the things
themselves, and how one names another, are the same. What becomes of them is told in
`ipsec_tunnels`.

Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.packets import FAMILIES, Family, Ranges
from telemed_infra.parse.tunnels import Flow

IKE_LIFETIME_S, ESP_LIFETIME_S = 86_400, 3600
"""Without a line, on every platform that is read by these words."""


class Named(NamedTuple):
    """What a line names, and the line."""

    name: str
    line: int


class Match(NamedTuple):
    """Whom a profile accepts: `name`, `domain` (names below it), `any`, or a kind of no name."""

    kind: str
    value: str


@dataclass(slots=True)
class Proposal:
    """Algorithms of a negotiation."""

    name: str
    line: int
    ciphers: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    prfs: tuple[str, ...] = ()  # (): the digests
    groups: tuple[int, ...] = ()


@dataclass(slots=True)
class IkePolicy:
    """Which proposals serve which local addresses."""

    name: str
    line: int
    priority: int = 100  # the lowest is asked first
    proposals: dict[str, int] = field(default_factory=dict)
    places: dict[int | str, int] = field(default_factory=dict)
    """Addresses and interfaces that it is for; none: for all."""


@dataclass(slots=True)
class KeyPeer:
    """Whose key it is."""

    name: str
    line: int
    identity: Named | None = None
    addresses: Ranges = ()
    other: int = 0  # a line that says whose it is by something that is not modelled
    own: str = ""  # the secret of this end
    peer: str = ""  # of the other end


@dataclass(slots=True)
class Keyring:
    """Keys by the name of their block."""

    name: str
    line: int
    peers: dict[str, KeyPeer] = field(default_factory=dict)


@dataclass(slots=True)
class IkeProfile:
    """How two ends prove who they are."""

    name: str
    line: int
    own_identity: str = ""  # "": its address
    remote: dict[Match, int] = field(default_factory=dict)
    own_proofs: dict[str, int] = field(default_factory=dict)
    peer_proofs: dict[str, int] = field(default_factory=dict)
    keyring: Named | None = None
    places: dict[int | str, int] = field(default_factory=dict)
    """Local addresses and interfaces that it is for; none: for all."""
    lifetime_s: int = IKE_LIFETIME_S
    liveness_s: int | None = None  # None: as it is said for all
    template: Named | None = None  # the interface that is cloned for each peer


@dataclass(slots=True)
class TransformSet:
    """Algorithms of packets."""

    name: str
    line: int
    ciphers: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    group: int = 0  # where the set says it
    tunnels: bool = True  # not transport mode


@dataclass(slots=True)
class Protection:
    """How packets are protected: a policy's entry, a template, a profile, an entry of a map."""

    name: str
    line: int
    sets: dict[str, int] = field(default_factory=dict)
    profile: Named | None = None  # of IKEv2
    group: int = 0  # where the profile says it
    lifetime_s: int | None = None  # None: as it is said for all
    own_address: int | None = None
    peer_address: int | None = None
    flows: Named | None = None  # the access list that selects packets
    injects: bool = False  # a route to the peer's addresses stands while the tunnel does
    preference: int | None = None
    answers_only: bool = False
    template: Named | None = None  # it is one of the entries of a template


@dataclass(slots=True)
class Ipsec:
    """All of it, by name, and the objects whose views are open."""

    proposals: dict[str, Proposal] = field(default_factory=dict)
    policies: dict[str, IkePolicy] = field(default_factory=dict)
    keyrings: dict[str, Keyring] = field(default_factory=dict)
    profiles: dict[str, IkeProfile] = field(default_factory=dict)
    sets: dict[str, TransformSet] = field(default_factory=dict)
    protections: dict[str, Protection] = field(default_factory=dict)
    """Profiles of IPsec."""
    entries: dict[str, dict[int, Protection]] = field(default_factory=dict)
    """Policies or maps: their entries by number."""
    templates: dict[str, dict[int, Protection]] = field(default_factory=dict)
    """What entries may be made of, when a peer comes."""
    flows: dict[str, dict[int, tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    """Rules of access lists, as words with their line, where selectors have lists of their own."""
    sources: dict[str, Named] = field(default_factory=dict)
    """Of policies or maps: the interface whose address they speak with."""
    routes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Static routes by the interface that they leave by: preference by destination."""
    lifetime_s: int = ESP_LIFETIME_S
    liveness_s: int = 0  # 0: nobody asks
    proposal: Proposal = field(default_factory=lambda: Proposal("", 0))
    policy: IkePolicy = field(default_factory=lambda: IkePolicy("", 0))
    keyring: Keyring = field(default_factory=lambda: Keyring("", 0))
    peer: KeyPeer = field(default_factory=lambda: KeyPeer("", 0))
    profile: IkeProfile = field(default_factory=lambda: IkeProfile("", 0))
    transforms: TransformSet = field(default_factory=lambda: TransformSet("", 0))
    protection: Protection = field(default_factory=lambda: Protection("", 0))


ALL_PACKETS = {family: (Flow(family, *[family.every_address] * 2),) for family in FAMILIES}
"""Flows that select every packet of a family."""


def between(own: int, peer: int) -> tuple[Flow, ...]:
    """What a circuit's tunnel selects: packets of IPv4, of GRE alone, between two addresses."""
    return (Flow(Family.V4, ((own, own),), ((peer, peer),)),)
