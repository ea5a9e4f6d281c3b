"""What is written to the register: compare-and-set over several cells, and its three outcomes.

Two promises of every register carry the rest:

- A revision belongs to one transaction of the whole store and only grows; cells are never removed.
  So a compare that failed once fails for ever, and a transaction that was refused cannot be written
  later by a delayed try of it.
- Each value that is put holds a nonce, so nobody else writes the same bytes. A cell that holds what
  we wanted to write was written by us.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

# etcd takes 128 operations a transaction (`--max-txn-ops`): one for each compare and for each put,
# and one that reads back what was put.
CELLS_MAX = 127
CELLS_READ_MAX = 128
# All keys and values of one transaction; etcd refuses 1.5 MiB (`--max-request-bytes`).
TRANSACTION_BYTES_MAX = 1 << 20


class Cell(Struct, frozen=True):
    """What a key holds, and the store's revision at its last change. Revision 0: never written."""

    value: bytes
    revision: int


ABSENT = Cell(b"", 0)


class Compare(Struct, frozen=True):
    """The cell was last changed at this revision; 0: it must not exist."""

    key: str
    revision: int


class Put(Struct, frozen=True):
    """The cell shall hold this value, which holds a nonce."""

    key: str
    value: bytes


class Transaction(Struct, frozen=True):
    """All puts at once if all compares hold, else nothing.

    Born valid: no put without a compare of the same key (a plain put is how ownership gets lost),
    something to put, each key once, at most `CELLS_MAX` of both.

    Raises:
        ValueError: It is none of the above; a mistake of the program, not of its input.
    """

    compares: tuple[Compare, ...]
    puts: tuple[Put, ...]

    def __post_init__(self) -> None:
        wrong = next(_faults(self.compares, self.puts), None)
        if wrong:
            raise ValueError(wrong)

    @property
    def keys(self) -> tuple[str, ...]:
        """The compared keys, in order; every put key is among them."""
        return tuple(compare.key for compare in self.compares)


class Committed(Struct, frozen=True):
    """Written, by this try or an earlier one of the same transaction, at this revision."""

    revision: int


class Refused(Struct, frozen=True):
    """Not written, or no longer held; and never to be written by a late try.

    `cells` has every compared key as it was when the compare failed.
    """

    cells: Mapping[str, Cell]


class Unknown(Struct, frozen=True):
    """No answer in time. It may be written, or may yet be: nobody knows before a read says so."""

    why: str


Outcome: TypeAlias = Committed | Refused | Unknown


def written(transaction: Transaction, cells: Mapping[str, Cell]) -> bool:
    """Whether these cells show that the transaction was written, and nothing over it.

    Every put key holds exactly our value, at one revision, which is newer than the compared one: so
    neither a value that stood there before nor two half-matching writes of others count as ours.
    """
    compared = {compare.key: compare.revision for compare in transaction.compares}
    held = [cells.get(put.key, ABSENT) for put in transaction.puts]
    return (
        all(put.value == cell.value for put, cell in zip(transaction.puts, held, strict=True))
        and all(
            compared[put.key] < cell.revision
            for put, cell in zip(transaction.puts, held, strict=True)
        )
        and len({cell.revision for cell in held}) == 1
    )


def settled(transaction: Transaction, cells: Mapping[str, Cell]) -> Outcome:
    """What linearizable cells say of a transaction whose outcome was unknown.

    `Unknown` remains where every compare still holds: a try that is under way may yet be written.
    Writing over a compared cell, or repeating the transaction, ends the doubt.
    """
    if written(transaction, cells):
        return Committed(cells[transaction.puts[0].key].revision)
    compares = transaction.compares
    if all(cells.get(one.key, ABSENT).revision == one.revision for one in compares):
        return Unknown("not written so far; a late try may still be")
    return Refused({key: cells.get(key, ABSENT) for key in transaction.keys})


def readable(keys: Collection[str]) -> tuple[str, ...]:
    """The keys of a read, each once, in order.

    Raises:
        ValueError: None, too many, or one that no cell can have.
    """
    once = tuple(dict.fromkeys(keys))
    if not 0 < len(once) <= CELLS_READ_MAX:
        raise ValueError(f"{len(once)} keys in one read; it takes 1 to {CELLS_READ_MAX}")
    wrong = next(_key_faults(once), None)
    if wrong:
        raise ValueError(wrong)
    return once


def _faults(compares: tuple[Compare, ...], puts: tuple[Put, ...]) -> Iterator[str]:
    if not puts:
        yield "a transaction puts something"
    compared = [one.key for one in compares]
    written = [one.key for one in puts]
    once = set(compared)
    for name, keys, count in (
        ("compared", compared, len(once)),
        ("put", written, len(set(written))),
    ):
        if len(keys) > CELLS_MAX:
            yield f"{len(keys)} cells {name} in one transaction; it takes {CELLS_MAX}"
        if count < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            yield f"{twice!r} is {name} twice"
    if not once.issuperset(written):
        yield f"{min(set(written) - once)!r} is put but not compared"
    yield from _key_faults(once)
    yield from (f"{one.key!r} at revision {one.revision}" for one in compares if one.revision < 0)
    size = sum([len(one.key) + len(one.value) for one in puts])
    if size > TRANSACTION_BYTES_MAX:
        yield f"{size} bytes in one transaction; it takes {TRANSACTION_BYTES_MAX}"


def _key_faults(keys: Iterable[str]) -> Iterator[str]:
    """A key is some text that UTF-8 can write; etcd takes no empty one, SQLite text no zero."""
    for key in keys:
        if not key or "\0" in key or not (key.isascii() or _is_utf8(key)):
            yield f"{key!r} is no key"


def _is_utf8(key: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in key)
