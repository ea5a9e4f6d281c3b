"""One speaker's post: its sockets, its door, its counts. The endpoints differ in what they say."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from failover.core.senses import LATE_BEATS
from failover.plan_file.content import PlanFile
from failover.wire.directory import Address, Role, Speaker, partners
from failover.wire.door import Door, Letter
from failover.wire.envelope import LIFE_BYTES, Kind
from failover.wire.keys import Keyring
from failover.wire.lives import RandomBytes
from failover.wire.problem import WireProblem
from failover.wire.refusal import Counts, Reason, Refused
from failover.wire.udp import UdpSocket

UNSAYABLE = "unsayable"


def boot_time_s() -> float:
    """Seconds since the machine started, pauses counted: the clock of all decisions."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What an endpoint takes from outside; a test brings its own."""

    clock: Callable[[], float] = boot_time_s  # seconds; only differences count
    # Seconds, as the kernel stamps datagrams with; only read to see how long one has waited.
    wall_clock: Callable[[], float] = time.time
    random_bytes: RandomBytes = secrets.token_bytes
    # By path: the interface that its datagrams must use. Without it, the fibre's would go over the
    # health network as soon as the fibre's route is gone, and a cut would not be seen.
    interfaces: Mapping[str, str] = field(default_factory=dict)


class Post:
    """Sends letters to partners, and hands those that are let in to `handle`.

    `handle` may raise `Refused`: that is counted like what the door refuses.
    """

    def __init__(
        self,
        plan: PlanFile,
        me: Speaker,
        keyring: Keyring,
        handle: Callable[[Letter], None],
        outside: Outside,
    ) -> None:
        self.me = me
        self.partners = partners(plan, me)
        self.counts = Counts()
        self._handle = handle
        self._wall_clock = outside.wall_clock
        self._stale_s = LATE_BEATS * plan.plan.profile.beat_s
        check_keys(keyring, self.partners)
        self._door = Door(me, self.partners, keyring, outside.random_bytes(LIFE_BYTES))
        self._sockets = {
            path: UdpSocket(
                own, partial(self._received, path), interface=outside.interfaces.get(path, "")
            )
            for path, own in me.addresses.items()
        }

    def open(self) -> None:
        """Listens on the running loop.

        Raises:
            WireProblem: an address or an interface cannot be had; nothing is left open then.
        """
        try:
            for one in self._sockets.values():
                one.open()
        except WireProblem:
            self.close()
            raise

    def close(self) -> None:
        """Stops listening. May be called twice."""
        for one in self._sockets.values():
            one.close()

    def rekey(self, keyring: Keyring) -> None:
        """Goes by other keys from now on; lives that are known stay known.

        Raises:
            WireProblem: one that must be there is missing; the old ones stay then.
        """
        check_keys(keyring, self.partners)
        self._door.keyring = keyring

    def send(self, kind: Kind, path: str, to: str, body: bytes) -> None:
        """Says something once. What cannot be sent is counted and forgotten."""
        try:
            address, datagram = self._door.seal(kind, path, to, body)
        except Refused:
            self.counts.unsent[path, UNSAYABLE] += 1
            return
        why = self._sockets[path].send(address, datagram)
        if why:
            self.counts.unsent[path, why] += 1
        else:
            self.counts.sent[path, kind.word] += 1

    def _received(self, path: str, source: Address, datagram: bytes, arrived_s: float) -> None:
        try:
            self._check_age(arrived_s)
            letter = self._door.admit(path, source, datagram)
            self._handle(letter)
        except Refused as refused:
            self.counts.refused[path, refused.reason] += 1
        else:
            self.counts.received[path, letter.kind.word] += 1

    def _check_age(self, arrived_s: float) -> None:
        """After a pause the socket is full of words that were true before it."""
        waited_s = self._wall_clock() - arrived_s
        if waited_s > self._stale_s:
            raise Refused(Reason.STALE, f"it has waited for {waited_s:.1f} s")


def unexpected(letter: Letter) -> Refused:
    """What is raised for a kind that an endpoint has no use for, though its sender may say it."""
    return Refused(Reason.UNENTITLED, f"a {letter.kind.word} says nothing here")


def check_keys(keyring: Keyring, speakers: Mapping[str, Speaker]) -> None:
    """Nothing, if there is a key for each centre and the witness.

    An observer without a key is no reason not to start: it is not believed, and its datagrams count
    as forged; `Keyring.missing` names it.

    Raises:
        WireProblem: one is missing.
    """
    needed = [one.name for one in speakers.values() if one.role is not Role.OBSERVER]
    missing = keyring.missing(needed)
    if missing:
        raise WireProblem(
            "keyring",
            f"has no key for `{missing[0]}`",
            f"make one with `openssl rand -base64 32`; a line `{missing[0]} send KEY` here, "
            "and the same key under this place's name there",
        )
