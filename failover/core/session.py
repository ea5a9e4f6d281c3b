"""The centre's own session: one value at a time, repeated unchanged until its fate is known.

A value bears a nonce, and its deadline runs from the moment before its first send: whatever try
of it succeeds, and however late the answer comes, it is worth no more than that. A renewal compares
the ownership of every instance that it keeps open, so nothing is renewed over a seal or a take.
"""

from failover.core.cells import Incarnation, Position, SessionCell, encode, owner_key, session_key
from failover.core.plan import Plan
from failover.core.transaction import Put, Transaction
from failover.core.view import View


class Renewal:
    """One value of the session cell on its way."""

    __slots__ = ("name", "nonce", "opens", "sent_s", "transaction")

    def __init__(self, nonce: int, opens: frozenset[str], transaction: Transaction) -> None:
        self.nonce = nonce
        self.name = f"renewal {nonce}"
        self.opens = opens  # the instances that it keeps open
        self.transaction = transaction
        self.sent_s: float | None = None  # before its first send; None: not sent yet


class OwnSession:
    """What this agent has written, or tries to write, into its centre's session cell."""

    def __init__(self, plan: Plan, me: Incarnation) -> None:
        self._plan = plan
        self._me = me
        self._key = session_key(me.site)
        self._nonce = 0
        self.pending: Renewal | None = None
        self.confirmed_s: float | None = None  # when the newest confirmed value was first sent

    def draft(
        self, view: View, opens: frozenset[str], positions: tuple[tuple[str, Position], ...]
    ) -> Renewal:
        """The next value; only when the fate of the last one is known."""
        if self.pending is not None and self.pending.sent_s is not None:
            raise AssertionError("a value is on its way: repeat it, do not change it")
        self._nonce += 1
        content = SessionCell(
            self._me, self._nonce, self._plan.profile.lease, self._plan.hash, positions
        )
        compares = view.compare(self._key, *(owner_key(instance) for instance in sorted(opens)))
        put = Put(self._key, encode(content))
        self.pending = Renewal(self._nonce, opens, Transaction(compares, (put,)))
        return self.pending

    def confirm(self) -> Renewal:
        """The pending value is in the cell."""
        renewal = self._settle()
        self.confirmed_s = renewal.sent_s
        return renewal

    def drop(self) -> None:
        """The pending value was refused, or never sent."""
        self.pending = None

    def forget(self) -> None:
        """The register was started anew: whatever was written is void, or will never be known."""
        self.pending = self.confirmed_s = None

    def is_mine(self, view: View) -> bool:
        """Whether the cell, as known, holds a value of this very life."""
        cell = view.session(self._me.site)
        return cell is not None and cell.incarnation == self._me

    def doubled(self, view: View) -> bool:
        """Whether somebody else writes under this name: another life, or a clone of this one."""
        cell = view.session(self._me.site)
        if cell is None or self.confirmed_s is None:
            return False
        return cell.incarnation != self._me or cell.nonce > self._nonce

    def _settle(self) -> Renewal:
        renewal = self.pending
        if renewal is None:
            raise AssertionError("nothing is on its way")
        self.pending = None
        return renewal
