"""The witness's endpoint: it probes both centres, and tells each whether it reaches the other.

What it tells is as old as its last probes: a centre counts as reached while one of the probes sent
within the plan's `silence_s` was answered. A witness that was started or paused just now does not
know, and keeps silent: it never accuses a centre for its own absence.
"""

from __future__ import annotations

import asyncio

from failover.core.messages import PathName
from failover.core.plan import Profile
from failover.core.senses import LATE_BEATS
from failover.plan_file.content import PlanFile
from failover.wire.directory import Role, speaker
from failover.wire.door import Letter
from failover.wire.envelope import Kind
from failover.wire.keys import Keyring
from failover.wire.lives import RandomBytes
from failover.wire.post import Outside, Post, unexpected
from failover.wire.questions import Questions
from failover.wire.report_code import decode_nonce, encode_answer


class Reach:
    """Whether one centre answers. Pure."""

    __slots__ = ("_answered_s", "_profile", "_questions", "_turned_s", "_watched_s")

    def __init__(self, profile: Profile, random_bytes: RandomBytes) -> None:
        self._profile = profile
        self._questions = Questions(random_bytes, profile.silence_s)
        self._turned_s = self._watched_s = float("-inf")
        self._answered_s = float("-inf")  # when the newest probe was sent that was answered

    def probe(self, now_s: float) -> bytes:
        """The nonce of a probe that is sent now: each `beat_s`."""
        if now_s > self._turned_s + LATE_BEATS * self._profile.beat_s:
            self._watched_s = now_s
        self._turned_s = now_s
        return self._questions.ask(now_s)

    def answered(self, nonce: bytes, now_s: float) -> None:
        """An answer came. Raises Refused."""
        self._answered_s = max(self._answered_s, self._questions.answered(nonce, now_s))

    def reaches(self, now_s: float) -> bool | None:
        """Whether it answers; None: nobody has watched for long enough to say."""
        silence_s, beat_s = self._profile.silence_s, self._profile.beat_s
        if now_s <= self._answered_s + silence_s:
            return True
        paused = now_s > self._turned_s + LATE_BEATS * beat_s
        return None if paused or now_s <= self._watched_s + silence_s else False


class WitnessEndpoint:
    """What the witness says and hears; `post` as in `CentreEndpoint`.

    Raises:
        WireProblem: the plan's witness has another name; a key is missing.
    """

    def __init__(
        self, plan: PlanFile, name: str, keyring: Keyring, outside: Outside | None = None
    ) -> None:
        outside = outside or Outside()
        self._clock = outside.clock
        self._plan = plan.plan
        self.post = Post(plan, speaker(plan, name, Role.WITNESS), keyring, self._received, outside)
        self._reach = {
            site: Reach(plan.plan.profile, outside.random_bytes) for site in plan.plan.sites
        }

    def reaches(self, site: str) -> bool | None:
        """Whether a centre answers; None: nobody has watched for long enough to say."""
        return self._reach[site].reaches(self._clock())

    def probe(self) -> None:
        """Probes both centres once."""
        now_s = self._clock()
        for site, reach in self._reach.items():
            self.post.send(Kind.PROBE, PathName.HEALTH, site, reach.probe(now_s))

    async def run(self) -> None:
        """Probes both centres each beat, until it is cancelled."""
        while True:
            self.probe()
            await asyncio.sleep(self._plan.profile.beat_s)

    def _received(self, letter: Letter) -> None:
        nonce, now_s = decode_nonce(letter.body), self._clock()
        if letter.kind is Kind.PRESENT:
            self._reach[letter.sender].answered(nonce, now_s)
        elif letter.kind is Kind.ASK:
            self._tell(letter, nonce, now_s)
        else:
            raise unexpected(letter)

    def _tell(self, letter: Letter, nonce: bytes, now_s: float) -> None:
        reaches = self._reach[self._plan.other(letter.sender)].reaches(now_s)
        if reaches is not None:
            body = encode_answer(nonce, reaches=reaches)
            self.post.send(Kind.TELL, letter.path, letter.sender, body)
