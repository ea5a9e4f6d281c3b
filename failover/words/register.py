"""A person's word to the register: read by a quorum, written by compare-and-set, and settled.

An answer that is lost is not guessed at: the cells are read back until they say what became of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from failover.core.transaction import (
    CELLS_READ_MAX,
    Cell,
    Committed,
    Outcome,
    Transaction,
    Unknown,
    settled,
)
from failover.processes.places import Place, void_certificates
from failover.processes.problem import CannotRun
from failover.register.port import Register

READ_S = 2.0  # one question
SETTLED_S = 15.0  # all questions about one write
AGAIN_S = 0.2
NO_ANSWER = "the register does not answer: no majority of its members could be asked"
NO_ANSWER_HINT = "bring two of its three members back; `status` shows what is known without it"


class NoAnswer(CannotRun):
    """The register could not be read: nothing was written."""


Request = Callable[[Mapping[str, Cell]], Transaction]


async def read_all(
    register: Register, keys: Sequence[str], *, stale: bool = False, timeout_s: float = READ_S
) -> dict[str, Cell] | None:
    """Cells as a quorum has them, or, `stale`, as one member has. None: no answer.

    More than one read takes are read in parts: each part is of one moment, the whole is not.
    """
    ask = register.look if stale else register.read
    parts = [keys[at : at + CELLS_READ_MAX] for at in range(0, len(keys), CELLS_READ_MAX)]
    found = await asyncio.gather(*(ask(part, timeout_s=timeout_s) for part in parts))
    cells: dict[str, Cell] = {}
    for part in found:
        if part is None:
            return None
        cells.update(part)
    return cells


async def write(
    register: Register, keys: Sequence[str], request: Request
) -> tuple[Outcome, Mapping[str, Cell]]:
    """Write a request over what stands there; what became of it, and what stood there.

    Raises NoAnswer if nothing could be read: then nothing was written.
    """
    before = await read_all(register, keys)
    if before is None:
        raise NoAnswer(NO_ANSWER, NO_ANSWER_HINT)
    transaction = request(before)
    end_s = monotonic() + SETTLED_S
    while True:
        outcome = await register.commit(transaction, timeout_s=READ_S)
        if isinstance(outcome, Unknown):
            outcome = await _settled(register, transaction)
        if not isinstance(outcome, Unknown) or monotonic() > end_s:
            return outcome, before
        await asyncio.sleep(AGAIN_S)  # the same transaction again: it can be written only once


async def _settled(register: Register, transaction: Transaction) -> Outcome:
    cells = await read_all(register, transaction.keys)
    return Unknown(NO_ANSWER) if cells is None else settled(transaction, cells)


def hint_at(place: Place) -> str:
    """What a person can do at a place to which no member answers: a certificate may have ended."""
    void = [f"{each.place}: {each.sentence}; {each.mend}" for each in void_certificates(place)]
    return "; and ".join([*void, NO_ANSWER_HINT])


def is_written(outcome: Outcome) -> bool:
    """Whether it stands in the register."""
    return isinstance(outcome, Committed)
