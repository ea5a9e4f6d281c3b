"""A centre's endpoint: beats on both paths, the witness's word, the observers' reports.

    core                      here                                    the others
    SendBeat ───────────────► send ── BEAT ─────────────────────────► the other centre
    Heard ◄────────────────── BEAT, of a life that has answered ◄──── the other centre
                              ASK, each beat ───────────────────────► the witness
    Witnessed ◄────────────── TELL, to a question of ours ◄────────── the witness
                              PROBE ◄─► PRESENT                       the witness
    Observed ◄─────────────── REPORT, of a life that has answered ◄── observers

Beside these, COPY, COPIED, ABORT and ABORTED go between the centres; `hear` gives them, of a life
that has answered, to whoever asked for them.

Source: design §6; ADR-0019.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from failover.core.effects import Heard, Observed, SendBeat, Witnessed
from failover.core.messages import PathName
from failover.plan_file.content import PlanFile
from failover.wire.beat_code import Codebook, Talk, decode_beat, encode_beat
from failover.wire.directory import Role, speaker
from failover.wire.door import Letter
from failover.wire.envelope import Kind
from failover.wire.keys import Keyring
from failover.wire.lives import Acquaintance
from failover.wire.post import UNSAYABLE, Outside, Post, unexpected
from failover.wire.questions import Questions
from failover.wire.refusal import Refused
from failover.wire.report_code import decode_answer, decode_nonce, decode_report
from failover.wire.reports import ReportOrder

Told = Heard | Observed | Witnessed


class CentreEndpoint:
    """What one centre's agent says and hears. `tell` gets the events, in the loop's own thread.

    `post` is opened before and closed after; it has the counts, and takes other keys.

    Raises:
        WireProblem: the plan has no centre of this name; a key is missing.
    """

    def __init__(
        self,
        plan: PlanFile,
        site: str,
        keyring: Keyring,
        tell: Callable[[Told], None],
        outside: Outside | None = None,
    ) -> None:
        outside = outside or Outside()
        self._clock = outside.clock
        self._tell = tell
        self.post = Post(plan, speaker(plan, site, Role.CENTRE), keyring, self._received, outside)
        self._book = Codebook(plan.plan)
        self._sites = plan.plan.sites
        self._witness = plan.witness.name
        self._peer = plan.plan.other(site)
        self._out, self._in = Talk(site, self._peer), Talk(self._peer, site)
        self._questions = Questions(outside.random_bytes, plan.plan.profile.silence_s)
        self._lives = {
            one.name: Acquaintance(outside.random_bytes)
            for one in self.post.partners.values()
            if one.role is not Role.WITNESS
        }
        self._orders = {one.name: ReportOrder() for one in plan.observers}
        self._handlers: dict[Kind, Callable[[Letter], None]] = {
            Kind.BEAT: self._beat,
            Kind.REPORT: self._report,
            Kind.CHALLENGE: partial(self._answer, Kind.PROOF),
            Kind.PROBE: partial(self._answer, Kind.PRESENT),
            Kind.PROOF: self._proof,
            Kind.TELL: self._testimony,
        }

    def knows(self, name: str) -> bool:
        """Whether a life of this centre or observer has answered since the start."""
        return bool(self._lives[name].life)

    def send(self, effect: SendBeat) -> None:
        """Says a beat, once; a question to the witness goes along. Never raises for a network."""
        if effect.path == PathName.HEALTH:
            self.ask_witness()
        try:
            body = encode_beat(effect.beat, self._out, self._book)
        except Refused:
            self.post.counts.unsent[effect.path, UNSAYABLE] += 1
            return
        self.post.send(Kind.BEAT, effect.path, self._peer, body)

    def say(self, kind: Kind, path: str, body: bytes) -> None:
        """Says something else to the other centre, once."""
        self.post.send(kind, path, self._peer, body)

    def hear(self, kind: Kind, handle: Callable[[Letter], None]) -> None:
        """From now on letters of a kind go there; it may raise Refused."""

        def checked(letter: Letter) -> None:
            self._check_life(letter)
            handle(letter)

        self._handlers[kind] = checked

    def ask_witness(self) -> None:
        """Asks the witness whether it reaches the other centre."""
        nonce = self._questions.ask(self._clock())
        self.post.send(Kind.ASK, PathName.HEALTH, self._witness, nonce)

    # --- what comes in ---------------------------------------------------------------------

    def _received(self, letter: Letter) -> None:
        handler = self._handlers.get(letter.kind)
        if handler is None:
            raise unexpected(letter)
        handler(letter)

    def _beat(self, letter: Letter) -> None:
        self._check_life(letter)
        self._tell(Heard(letter.path, decode_beat(letter.body, self._in, self._book)))

    def _report(self, letter: Letter) -> None:
        self._check_life(letter)
        report = decode_report(letter.body, letter.sender, self._sites)
        self._tell(Observed(self._orders[letter.sender].numbered(letter.life, report)))

    def _testimony(self, letter: Letter) -> None:
        nonce, reaches = decode_answer(letter.body)
        self._questions.answered(nonce, self._clock())
        self._tell(Witnessed(reaches))

    def _answer(self, kind: Kind, letter: Letter) -> None:
        self.post.send(kind, letter.path, letter.sender, decode_nonce(letter.body))

    def _proof(self, letter: Letter) -> None:
        answer = decode_nonce(letter.body)
        self._lives[letter.sender].prove(letter.life, answer, self._clock())

    def _check_life(self, letter: Letter) -> None:
        """Refuses what an unproven life says, and asks it to prove itself."""
        acquaintance = self._lives[letter.sender]
        try:
            acquaintance.check(letter.life)
        except Refused:
            nonce = acquaintance.challenge(letter.path, self._clock())
            if nonce is not None:
                self.post.send(Kind.CHALLENGE, letter.path, letter.sender, nonce)
            raise
