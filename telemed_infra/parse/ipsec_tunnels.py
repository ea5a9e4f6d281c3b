"""From what lines of IPsec have built to tunnels, on every platform that is read by these words.

A tunnel is read only if everything that it needs is there and bound. What is missing is told at
the line that needs it, which thereby is unread: such a text is not proven.

Where several algorithms are offered the other end chooses, so that the weakest of them counts; that
is not modelled, and told. A profile that accepts several identities makes a tunnel of each one for
which there is a key. Keys are looked for as devices do: who begins knows the other end's address
alone; who answers looks for the identity first, then for the address.

Source: docs/concepts/tunnels.md; RFC 7296.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from telemed_infra.parse.ipsec import (
    IkePolicy,
    IkeProfile,
    Ipsec,
    KeyPeer,
    Keyring,
    Named,
    Proposal,
    Protection,
    TransformSet,
)
from telemed_infra.parse.tunnels import Flow, selectors
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel

Refuse = Callable[[int, str], None]
"""Turns a line into an unread one, and says why."""
Thing = TypeVar("Thing")
Word = TypeVar("Word", str, int)

TCP_HEADERS = 40  # octets, of IPv4 and TCP
_SECRET = "pre-share"
_GCM = "-gcm"
_WRONG_MODE = {
    Mode.TUNNEL: "transport mode carries no packets of others",
    Mode.GRE: "tunnel mode wraps GRE twice: transport mode is meant",
}


class LackingError(ValueError):
    """Something that a tunnel needs is not there; the line that needs it, and what it is."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class Bound(NamedTuple):
    """A protection with all that its interface says."""

    line: int  # that binds it
    interface: str
    below: str
    own_address: int
    peer_address: int | None
    protection: Protection
    flows: tuple[Flow, ...]
    preference: int
    starts: bool
    one_peer: bool = False  # the interface leads to one other end
    mode: Mode = Mode.TUNNEL
    mtu: int = 0  # of GRE


class Found(NamedTuple):
    """The tunnels of a text, and where it begins to speak of each other end."""

    tunnels: tuple[Tunnel, ...]
    lines: dict[str, int]


def found(ipsec: Ipsec, bound: Iterable[Bound], refuse: Refuse) -> Found:
    """The tunnels of all that is bound; who is accepted twice at one address is told.

    Two that differ in the family that they carry, and in nothing else, are one tunnel.
    """
    tunnels: dict[tuple[str, int | None], Tunnel] = {}
    for one in bound:
        for tunnel in _tunnels(ipsec, one, refuse):
            key = (tunnel.peer_identity, tunnel.own_address)
            both = _of_both_families(tunnels.get(key, tunnel), tunnel)
            if both is None:
                refuse(one.line, f"{tunnel.peer_identity} is accepted here and elsewhere")
            else:
                tunnels[key] = both
    return Found(tuple(tunnels.values()), _lines(ipsec))


def named(held: Mapping[str, Thing], name: Named, what: str) -> Thing:
    """A thing by its name."""
    if name.name not in held:
        raise LackingError(name.line, f"there is no {what} {name.name}")
    return held[name.name]


def gre_mtu(mtu: int, mtu6: int, segment: int, line: int) -> int:
    """The MTU of GRE's interface, as its lines say it; 0 where none does."""
    if mtu6 not in (0, mtu):
        raise LackingError(line, "its packets of IPv4 and of IPv6 have not one size")
    if (mtu or segment) and segment != mtu - TCP_HEADERS:
        raise LackingError(line, f"TCP's segments are not {TCP_HEADERS} octets less than its MTU")
    return mtu


def _of_both_families(one: Tunnel, other: Tunnel) -> Tunnel | None:
    """The tunnel that two make; None if they are two."""
    if one is other:
        return one
    if one._replace(own=other.own, peer=other.peer) != other:
        return None
    if (one.own.v4 and other.own.v4) or (one.own.v6 and other.own.v6):
        return None
    sides = ((one.own, other.own), (one.peer, other.peer))
    own, peer = (Selector(a.v4 or b.v4, a.v6 or b.v6) for a, b in sides)
    return one._replace(own=own, peer=peer)


def _lines(ipsec: Ipsec) -> dict[str, int]:
    lines: dict[str, int] = {}
    named_here = [
        *(
            (match.value, line)
            for profile in ipsec.profiles.values()
            for match, line in profile.remote.items()
            if match.kind == "name"
        ),
        *(
            (peer.identity.name, peer.line)
            for ring in ipsec.keyrings.values()
            for peer in ring.peers.values()
            if peer.identity
        ),
    ]
    for identity, line in named_here:
        lines[identity] = min(line, lines.get(identity, line))
    return lines


def _tunnels(ipsec: Ipsec, bound: Bound, refuse: Refuse) -> Iterator[Tunnel]:
    try:
        profile = _profile(ipsec, bound)
        ring = named(ipsec.keyrings, _needed(profile.keyring, profile.line, "keys"), "keyring")
        common = _common(ipsec, bound, profile)
        partners = _partners(bound, profile, ring, refuse)
        if bound.one_peer and len(partners) > 1:
            raise LackingError(bound.line, "its interface has one other end, its profile several")
    except LackingError as error:
        refuse(error.line, str(error))
        return
    for identity, key in partners.items():
        yield common._replace(
            peer_identity=identity,
            peer_address=bound.peer_address or _host(key, identity),
            secret=key.own,
        )


def _common(ipsec: Ipsec, bound: Bound, profile: IkeProfile) -> Tunnel:
    """All that does not depend on who the other end is."""
    protection = bound.protection
    own, peer = _selectors(bound.flows, protection.flows.line if protection.flows else bound.line)
    liveness = profile.liveness_s
    return Tunnel(
        interface=bound.interface,
        below=bound.below,
        own_address=bound.own_address,
        peer_address=None,
        own_identity=profile.own_identity,
        peer_identity="",
        secret="",
        starts=bound.starts,
        own=own,
        peer=peer,
        preference=bound.preference,
        ike=_ike(ipsec, bound),
        esp=_esp(ipsec, bound),
        ike_lifetime_s=profile.lifetime_s,
        esp_lifetime_s=protection.lifetime_s or ipsec.lifetime_s,
        liveness_s=ipsec.liveness_s if liveness is None else liveness,
        mtu=bound.mtu,
        mode=bound.mode,
    )


def _selectors(flows: Sequence[Flow], line: int) -> tuple[Selector, Selector]:
    try:
        own, peer = selectors(flows)
    except ValueError as error:
        raise LackingError(line, str(error)) from None
    if not any(own):
        raise LackingError(line, "it selects no packet")
    return own, peer


# Who the ends are --------------------------------------------------------------------------------


def _needed(name: Named | None, line: int, what: str) -> Named:
    if name is None:
        raise LackingError(line, f"it names no {what}")
    return name


def _profile(ipsec: Ipsec, bound: Bound) -> IkeProfile:
    """The profile of IKEv2, if it is whole."""
    name = bound.protection.profile
    if name is None:
        raise LackingError(bound.protection.line, "it names no profile of IKEv2: IKEv1 is accepted")
    profile = named(ipsec.profiles, name, "profile of IKEv2")
    if {*profile.own_proofs} != {_SECRET} or {*profile.peer_proofs} != {_SECRET}:
        raise LackingError(profile.line, "not both ends prove themselves by a shared secret alone")
    if not profile.own_identity:
        raise LackingError(profile.line, "its own identity is no name")
    if not _serves(profile.places, bound):
        raise LackingError(bound.line, f"profile {profile.name} is for another local address")
    if not profile.remote:
        raise LackingError(profile.line, "it accepts nobody")
    return profile


def _serves(places: Mapping[int | str, int], bound: Bound) -> bool:
    return not places or bound.own_address in places or bound.below in places


def _partners(
    bound: Bound, profile: IkeProfile, ring: Keyring, refuse: Refuse
) -> dict[str, KeyPeer]:
    """The identities that are accepted, each with its key."""
    names = dict(_names(profile, ring, refuse))
    if bound.starts:
        return _the_one(bound, ring, names)
    partners = {}
    for identity, line in names.items():
        key = _key_of(ring, identity, bound.peer_address)
        if key is None:
            refuse(line, f"keyring {ring.name} has no key for {identity}")
        elif not key.own or key.own != key.peer:
            refuse(key.line, "it has not one secret for both ends")
        elif not _may_be_at(key, bound.peer_address):
            refuse(key.line, "it is for another address than the other end's")
        else:
            partners[identity] = key
    return partners


def _the_one(bound: Bound, ring: Keyring, names: Mapping[str, int]) -> dict[str, KeyPeer]:
    """To whom a device begins a tunnel: it knows the address."""
    assert bound.peer_address is not None
    key = _by_address(ring, bound.peer_address)
    if key is None:
        raise LackingError(bound.line, f"keyring {ring.name} has no key for the other end")
    if not key.own or key.own != key.peer:
        raise LackingError(key.line, "it has not one secret for both ends")
    fitting = [one for one in names if key.identity is None or one == key.identity.name]
    if len(fitting) != 1:
        raise LackingError(bound.line, "which identity the other end has is not said")
    return {fitting[0]: key}


def _names(profile: IkeProfile, ring: Keyring, refuse: Refuse) -> Iterator[tuple[str, int]]:
    """Identities that a profile accepts, with its line."""
    keyed = [one.identity.name for one in ring.peers.values() if one.identity]
    for match, line in profile.remote.items():
        if match.kind == "name":
            yield match.value, line
        elif match.kind not in ("domain", "any"):
            refuse(line, "an identity that is no name is not modelled")
        elif any(peer.addresses and not peer.identity for peer in ring.peers.values()):
            refuse(line, "who knows the key of an address may take every such name")
        else:
            tail = f".{match.value}" if match.kind == "domain" else ""
            yield from ((one, line) for one in keyed if one.endswith(tail))


def _key_of(ring: Keyring, identity: str, address: int | None) -> KeyPeer | None:
    for peer in ring.peers.values():
        if peer.identity and peer.identity.name == identity:
            return peer
    if address is not None:
        return _by_address(ring, address)
    anybody = ((0, (1 << 32) - 1),)
    return next((one for one in ring.peers.values() if one.addresses == anybody), None)


def _may_be_at(key: KeyPeer, address: int | None) -> bool:
    if address is None or not key.addresses:
        return True
    return any(low <= address <= high for low, high in key.addresses)


def _by_address(ring: Keyring, address: int) -> KeyPeer | None:
    """The key of the smallest network that the address is in."""
    fitting = [
        (high - low, peer)
        for peer in ring.peers.values()
        for low, high in peer.addresses
        if low <= address <= high
    ]
    return min(fitting, key=lambda one: one[0])[1] if fitting else None


def _host(key: KeyPeer, identity: str) -> int | None:
    """The one address of a key that is found by its identity."""
    if not key.identity or key.identity.name != identity or len(key.addresses) != 1:
        return None
    ((low, high),) = key.addresses
    return low if low == high else None


# Algorithms --------------------------------------------------------------------------------------


def _ike(ipsec: Ipsec, bound: Bound) -> IkeSuite:
    policy = _policy(ipsec, bound)
    if len(policy.proposals) != 1:
        raise LackingError(policy.line, "it needs one proposal: of several, the weakest counts")
    ((name, line),) = policy.proposals.items()
    held: Proposal = named(ipsec.proposals, Named(name, line), "proposal of IKEv2")
    cipher = _one(held.ciphers, held.line, "cipher")
    group = _one(held.groups, held.line, "group")
    prf = _one(held.prfs or held.digests, held.line, "pseudorandom function")
    if cipher.endswith(_GCM):
        return IkeSuite(cipher, "", prf, group)
    return IkeSuite(cipher, _one(held.digests, held.line, "integrity"), prf, group)


def _policy(ipsec: Ipsec, bound: Bound) -> IkePolicy:
    """The policy that a device asks for the local address."""
    fitting = [one for one in ipsec.policies.values() if _serves(one.places, bound)]
    if not fitting:
        raise LackingError(
            bound.line, "no policy of IKEv2 is for it: the default one offers weak algorithms"
        )
    return min(fitting, key=lambda one: (not one.places, one.priority))


def _esp(ipsec: Ipsec, bound: Bound) -> EspSuite:
    sets = bound.protection.sets
    if len(sets) != 1:
        raise LackingError(
            bound.protection.line, "it needs one transform set: of several, the weakest counts"
        )
    ((name, line),) = sets.items()
    held: TransformSet = named(ipsec.sets, Named(name, line), "transform set")
    if held.tunnels is (bound.mode is Mode.GRE):
        raise LackingError(held.line, _WRONG_MODE[bound.mode])
    cipher = _one(held.ciphers, held.line, "cipher")
    group = bound.protection.group or held.group
    if cipher.endswith(_GCM):
        return EspSuite(cipher, "", group)
    return EspSuite(cipher, _one(held.digests, held.line, "integrity"), group)


def _one(words: Sequence[Word], line: int, what: str) -> Word:
    if len(words) != 1:
        missing = "offers several: the weakest counts" if words else "names none"
        raise LackingError(line, f"{what}: it {missing}")
    return words[0]
