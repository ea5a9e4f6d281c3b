"""Questions that wait for their answers: each is answered once, in time, or not at all. Pure."""

from __future__ import annotations

from failover.wire.lives import RandomBytes
from failover.wire.refusal import Reason, Refused
from failover.wire.report_code import NONCE_BYTES

OPEN_MAX = 16


class Questions:
    """The nonces that were sent to one speaker, and when."""

    __slots__ = ("_good_s", "_random_bytes", "_sent_s")

    def __init__(self, random_bytes: RandomBytes, good_s: float) -> None:
        self._random_bytes = random_bytes
        self._good_s = good_s  # for so long after it was asked an answer counts
        self._sent_s: dict[bytes, float] = {}

    def ask(self, now_s: float) -> bytes:
        """A new nonce, to be sent now; of too many the oldest is given up."""
        self._forget(now_s)
        while len(self._sent_s) >= OPEN_MAX:
            del self._sent_s[next(iter(self._sent_s))]
        nonce = self._random_bytes(NONCE_BYTES)
        self._sent_s[nonce] = now_s
        return nonce

    def answered(self, nonce: bytes, now_s: float) -> float:
        """When the question was sent that this nonce answers; it is answered with that.

        Raises:
            Refused: UNASKED.
        """
        self._forget(now_s)
        sent_s = self._sent_s.pop(nonce, None)
        if sent_s is None:
            raise Refused(Reason.UNASKED, "the answer to no question of ours")
        return sent_s

    def _forget(self, now_s: float) -> None:
        """In the order of their asking, so the oldest are in front."""
        while self._sent_s:
            oldest = next(iter(self._sent_s))
            if now_s <= self._sent_s[oldest] + self._good_s:
                return
            del self._sent_s[oldest]
