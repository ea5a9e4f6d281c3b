"""Which life of another speaker is alive now. Pure.

A recording of an earlier life bears genuine seals: to somebody who was started since, it would look
like news, and would make him deaf for the life that really speaks. So a life is believed after it
has answered a challenge that was drawn a moment ago; whatever came before is dropped, and a life
that was replaced never comes back.

Not against somebody who keeps the datagrams of the present life back and passes them on late: that
makes a lost centre look alive for longer, which delays a take-over and permits none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from hmac import compare_digest

from failover.wire.refusal import Reason, Refused
from failover.wire.report_code import NONCE_BYTES

CHALLENGE_GOOD_S = 2.0  # for so long after it was drawn an answer counts
CHALLENGE_PACE_S = 0.1  # between two challenges on one path, whatever arrives from there
RETIRED_MAX = 16
NEVER_S = float("-inf")

RandomBytes = Callable[[int], bytes]


class Acquaintance:
    """What is known of one speaker's lives."""

    __slots__ = ("_challenge", "_drawn_s", "_random_bytes", "_retired", "_sent_s", "life")

    def __init__(self, random_bytes: RandomBytes) -> None:
        self._random_bytes = random_bytes
        self._challenge = b""
        self._drawn_s = NEVER_S
        self._sent_s: dict[str, float] = {}
        self._retired: deque[bytes] = deque(maxlen=RETIRED_MAX)
        self.life = b""  # the one that has answered; empty: none has

    def check(self, life: bytes) -> None:
        """Nothing, if this is the life that is known to be alive.

        Raises:
            Refused: REPLAYED, of a life that is over; UNPROVEN, of one that has not answered.
        """
        if life != self.life:
            if life in self._retired:
                raise Refused(Reason.REPLAYED, "of a life that is over")
            raise Refused(Reason.UNPROVEN, "of a life that has not answered yet")

    def challenge(self, path: str, now_s: float) -> bytes | None:
        """What to ask the speaker now on a path; None: it was asked there a moment ago.

        Each path is asked for itself: one of them may carry nothing back.
        """
        if now_s < self._sent_s.get(path, NEVER_S) + CHALLENGE_PACE_S:
            return None
        if now_s >= self._drawn_s + CHALLENGE_GOOD_S or not self._challenge:
            self._challenge, self._drawn_s = self._random_bytes(NONCE_BYTES), now_s
        self._sent_s[path] = now_s
        return self._challenge

    def prove(self, life: bytes, answer: bytes, now_s: float) -> None:
        """A life has answered: from now on it is the one that is alive.

        Raises:
            Refused: UNASKED, of an answer to nothing, or too late; REPLAYED, of a life that was.
        """
        if life == self.life:
            return  # it was asked on both paths
        late = now_s >= self._drawn_s + CHALLENGE_GOOD_S
        if late or not self._challenge or not compare_digest(answer, self._challenge):
            raise Refused(Reason.UNASKED, "the answer to no challenge of ours")
        if life in self._retired:
            raise Refused(Reason.REPLAYED, "of a life that is over")
        self._challenge = b""
        if self.life:
            self._retired.append(self.life)
        self.life = life
