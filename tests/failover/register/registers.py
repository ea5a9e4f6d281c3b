"""Short words for what the tests do with a register."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from failover.core.transaction import Cell, Committed, Compare, Put, Transaction
from failover.register.port import Register

Opened: TypeAlias = Callable[[], AbstractAsyncContextManager[Register]]
LONG_S = 30.0  # never waited for, unless something is wrong


def opener(make: Callable[[], Register]) -> Opened:
    """Closes what `make` opens."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Register]:
        register = make()
        try:
            yield register
        finally:
            await register.close()

    return opened


def change(key: str, revision: int, value: bytes) -> Transaction:
    """One cell changes."""
    return Transaction((Compare(key, revision),), (Put(key, value),))


async def commit(register: Register, transaction: Transaction) -> int:
    """The revision at which it was written; it must be."""
    outcome = await register.commit(transaction, timeout_s=LONG_S)
    assert isinstance(outcome, Committed), outcome
    return outcome.revision


async def read(register: Register, *keys: str) -> dict[str, Cell]:
    """Cells as they are; there must be an answer."""
    cells = await register.read(keys, timeout_s=LONG_S)
    assert cells is not None
    return dict(cells)
