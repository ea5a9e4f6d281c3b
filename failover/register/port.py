"""The port to the register: cells that change only by compare-and-set.

A decision makes a `Transaction` as a value; an adapter carries it out and answers with a value.
Source: design §6; measured in the spike on etcd 3.4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from failover.core.transaction import Cell, Outcome, Transaction


class Register(Protocol):
    """Linearizable cells. No method raises for what a network, a server or a disk does."""

    async def commit(self, transaction: Transaction, *, timeout_s: float) -> Outcome:
        """Carries a transaction out; tries the *same* one again until an answer or the timeout.

        A refusal whose put cells all hold what was to be put is `Committed`: a repeated or hedged
        try of ours had won. This rests on the nonces.
        """
        ...

    async def look(self, keys: Collection[str], *, timeout_s: float) -> Mapping[str, Cell] | None:
        """Cells as one server has them, perhaps stale: a hint that only a compare can confirm.

        None: no answer. Absent keys are in the answer, as `ABSENT`. At most `CELLS_READ_MAX` keys.
        """
        ...

    async def read(self, keys: Collection[str], *, timeout_s: float) -> Mapping[str, Cell] | None:
        """Cells as they are, agreed by a quorum; otherwise like `look`.

        For people's commands and to settle an `Unknown`; never on the way of a renewal, because it
        waits as long as the servers are at odds.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections and files. A call after it answers `Unknown` or None."""
        ...
