"""The door of one speaker: who may come in by which path. Pure.

A datagram is looked at from outside to inside, the cheap first: where it comes from, its seal, its
names and path, whether its kind is this speaker's to say. Each pair has a key of its own, so a
stolen key of a hospital makes reports of that hospital, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from failover.wire.directory import Address, Role, Speaker
from failover.wire.envelope import Envelope, Kind, seal, unseal
from failover.wire.keys import Keyring
from failover.wire.refusal import Reason, Refused

# Whose each kind is to say.
ENTITLED: Mapping[Kind, frozenset[Role]] = {
    Kind.BEAT: frozenset({Role.CENTRE}),
    Kind.REPORT: frozenset({Role.OBSERVER}),
    Kind.CHALLENGE: frozenset({Role.CENTRE}),
    Kind.PROOF: frozenset({Role.CENTRE, Role.OBSERVER}),
    Kind.ASK: frozenset({Role.CENTRE}),
    Kind.TELL: frozenset({Role.WITNESS}),
    Kind.PROBE: frozenset({Role.WITNESS}),
    Kind.PRESENT: frozenset({Role.CENTRE}),
    Kind.COPY: frozenset({Role.CENTRE}),
    Kind.COPIED: frozenset({Role.CENTRE}),
    Kind.ABORT: frozenset({Role.CENTRE}),
    Kind.ABORTED: frozenset({Role.CENTRE}),
}


class Letter(NamedTuple):
    """A datagram that was let in."""

    kind: Kind
    path: str
    sender: str
    life: bytes
    body: bytes


class Door:
    """Opens what comes to one speaker, and seals what goes out."""

    def __init__(
        self, me: Speaker, partners: Mapping[str, Speaker], keyring: Keyring, life: bytes
    ) -> None:
        self._me = me.name
        self._life = life
        self._partners = dict(partners)
        self._pins: dict[str, dict[Address, Speaker]] = {path: {} for path in me.addresses}
        self._elsewhere: set[Address] = set()
        for partner in partners.values():
            for path, address in partner.addresses.items():
                self._elsewhere.add(address)
                if path in self._pins:
                    self._pins[path][address] = partner
        self.keyring = keyring

    def admit(self, path: str, source: Address, datagram: bytes) -> Letter:
        """The letter in a datagram that came to the socket of a path.

        Raises:
            Refused: it is not let in.
        """
        speaker = self._pins[path].get(source)
        if speaker is None:
            reason = Reason.WRONG_PATH if source in self._elsewhere else Reason.STRANGE
            raise Refused(reason, f"from {source[0]}:{source[1]}")
        keys = self.keyring.of(speaker.name)
        if keys is None:
            raise Refused(Reason.FORGED, f"there is no key of `{speaker.name}`")
        envelope = unseal(datagram, keys)
        if envelope.sender == self._me:
            raise Refused(Reason.REFLECTED, "our own words")
        if (envelope.sender, envelope.receiver) != (speaker.name, self._me):
            raise Refused(Reason.NOT_FOR_US, f"{envelope.sender} to {envelope.receiver}")
        if envelope.path != path:
            raise Refused(Reason.WRONG_PATH, f"said over {envelope.path}")
        if speaker.role not in ENTITLED[envelope.kind]:
            raise Refused(Reason.UNENTITLED, f"a {envelope.kind.word} of a {speaker.role.value}")
        return Letter(envelope.kind, path, speaker.name, envelope.life, envelope.body)

    def seal(self, kind: Kind, path: str, to: str, body: bytes) -> tuple[Address, bytes]:
        """Where a message goes, and the datagram.

        Raises:
            Refused: there is no key for them, or it does not fit the format.
        """
        keys = self.keyring.of(to)
        if keys is None:
            raise Refused(Reason.UNENTITLED, f"there is no key to speak to `{to}`")
        envelope = Envelope(kind, path, self._life, self._me, to, body)
        return self._partners[to].addresses[path], seal(envelope, keys)
