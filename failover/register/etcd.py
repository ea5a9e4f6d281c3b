"""The register in etcd: three members, in both data centres and at the witness.

What is asked first is the own member, then the witness's, then the other data centre's: after a cut
of the fibre the own member may have lost its leader, and only the witness's hears both sides. What
the cluster must be like is checked at the start: `failover.register.etcd_checks`.

Source: design §6; etcd's JSON gateway, `/v3/kv/txn`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from failover.core.transaction import (
    Cell,
    Committed,
    Outcome,
    Refused,
    Transaction,
    Unknown,
    readable,
)
from failover.register import etcd_wire
from failover.register.etcd_gateway import Endpoint, Gateway, Question
from failover.register.etcd_wire import Answer
from failover.register.hedging import Failure, Pace, first_answer

AnswerT = TypeVar("AnswerT")


class EtcdRegister:
    """`Register` on etcd.

    `endpoints` in the order in which they are asked: own, witness, other. With `cluster_id`, the
    answers of another cluster (a member set up anew, a restored backup) count as failures.
    """

    def __init__(
        self,
        gateway: Gateway,
        endpoints: Sequence[Endpoint],
        *,
        pace: Pace | None = None,
        cluster_id: int | None = None,
    ) -> None:
        if len({endpoint.name for endpoint in endpoints}) != len(endpoints) or not endpoints:
            raise ValueError("endpoints have names of their own, and there is one at least")
        self._gateway = gateway
        self._endpoints = tuple(endpoints)
        self._pace = pace or Pace()
        self._cluster_id = cluster_id
        self._closed = False

    async def commit(self, transaction: Transaction, *, timeout_s: float) -> Outcome:
        """See `Register.commit`. A try that etcd has taken in may be written up to 7 s later.

        Source: etcd's request timeout, 5 s and two elections; measured 6 s in the spike.
        """

        def understood(answer: Answer) -> Committed | Refused:
            return etcd_wire.committed_or_refused(answer, transaction)

        answer = await self._ask(etcd_wire.commit_text(transaction), understood, timeout_s)
        return Unknown(answer.why) if isinstance(answer, Failure) else answer

    async def look(self, keys: Collection[str], *, timeout_s: float) -> Mapping[str, Cell] | None:
        """See `Register.look`. A member that is cut off answers from what it has."""
        return await self._cells(keys, timeout_s, serializable=True)

    async def read(self, keys: Collection[str], *, timeout_s: float) -> Mapping[str, Cell] | None:
        """See `Register.read`."""
        return await self._cells(keys, timeout_s, serializable=False)

    async def close(self) -> None:
        """Ends the connections."""
        self._closed = True
        await self._gateway.close()

    async def _cells(
        self, keys: Collection[str], timeout_s: float, *, serializable: bool
    ) -> Mapping[str, Cell] | None:
        wanted = readable(keys)

        def understood(answer: Answer) -> Mapping[str, Cell]:
            return etcd_wire.cells(answer, wanted)

        question = etcd_wire.cells_text(wanted, serializable=serializable)
        answer = await self._ask(question, understood, timeout_s)
        return None if isinstance(answer, Failure) else answer

    async def _ask(
        self, body: bytes, understood: Callable[[Answer], AnswerT], timeout_s: float
    ) -> AnswerT | Failure:
        if self._closed:
            return Failure("closed")
        question = Question(etcd_wire.TRANSACTION_PATH, body)

        async def ask(endpoint: Endpoint) -> AnswerT | Failure:
            said = await self._gateway.ask(endpoint, question)
            if isinstance(said, Failure):
                return said
            try:
                answer = etcd_wire.parsed(said)
                self._refuse_strangers(answer)
                return understood(answer)
            except etcd_wire.Malformed as error:
                return Failure(str(error))

        return await first_answer(self._endpoints, ask, pace=self._pace, timeout_s=timeout_s)

    def _refuse_strangers(self, answer: Answer) -> None:
        if self._cluster_id is not None and etcd_wire.cluster_of(answer) != self._cluster_id:
            raise etcd_wire.Malformed("an answer of another cluster")
