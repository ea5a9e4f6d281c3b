"""An observer's endpoint: its reports to both centres, and the proofs that it lives."""

from __future__ import annotations

from collections.abc import Collection

from failover.core.messages import PathName, Report
from failover.plan_file.content import PlanFile
from failover.wire.directory import Role, speaker
from failover.wire.door import Letter
from failover.wire.envelope import Kind
from failover.wire.keys import Keyring
from failover.wire.post import UNSAYABLE, Outside, Post, unexpected
from failover.wire.refusal import Refused
from failover.wire.report_code import decode_nonce, encode_report


class ObserverEndpoint:
    """What one hospital's observer says and hears; `post` as in `CentreEndpoint`.

    Raises:
        WireProblem: the plan has no observer of this name; a centre's key is missing.
    """

    def __init__(
        self, plan: PlanFile, name: str, keyring: Keyring, outside: Outside | None = None
    ) -> None:
        self._sites = plan.plan.sites
        self.post = Post(
            plan,
            speaker(plan, name, Role.OBSERVER),
            keyring,
            self._received,
            outside or Outside(),
        )
        self._sequence = 0

    def report(self, reached: Collection[str], slow: Collection[str], *, uplink: bool) -> None:
        """Tells both centres what was found: the sites reached, the slow ones of them."""
        self._sequence += 1
        report = Report(
            self.post.me.name, self._sequence, frozenset(reached), frozenset(slow), uplink
        )
        for site in self._sites:
            try:
                body = encode_report(report)
            except Refused:
                self.post.counts.unsent[PathName.HEALTH, UNSAYABLE] += 1
            else:
                self.post.send(Kind.REPORT, PathName.HEALTH, site, body)

    def _received(self, letter: Letter) -> None:
        if letter.kind is not Kind.CHALLENGE:
            raise unexpected(letter)
        nonce = decode_nonce(letter.body)
        self.post.send(Kind.PROOF, letter.path, letter.sender, nonce)
