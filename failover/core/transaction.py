"""What is written to the register: compare-and-set over several cells, and its three outcomes."""

from collections.abc import Mapping
from typing import NamedTuple

CELLS_MAX = 128  # etcd's own limit of operations in one transaction (`--max-txn-ops`)


class Cell(NamedTuple):
    """One cell as the register holds it. An absent cell has revision 0 and no value."""

    value: bytes
    revision: int  # of the whole register, at the cell's last change


ABSENT = Cell(b"", 0)


class Compare(NamedTuple):
    """The cell must stand at this revision; 0: it must not exist."""

    key: str
    revision: int


class Put(NamedTuple):
    """Write the value. The cell is also compared: there is no plain put."""

    key: str
    value: bytes


class Transaction:
    """All compares hold and all puts are done, or nothing is.

    Raises ValueError for a put without a compare of its key, for no put, for a key named twice
    and for more than CELLS_MAX cells.
    """

    __slots__ = ("compares", "puts")

    def __init__(self, compares: tuple[Compare, ...], puts: tuple[Put, ...]) -> None:
        compared = {compare.key for compare in compares}
        written = {put.key for put in puts}
        if not puts:
            raise ValueError("a transaction without a put changes nothing")
        if len(compared) != len(compares) or len(written) != len(puts):
            raise ValueError("a transaction names a cell twice")
        if not written <= compared:
            raise ValueError(f"put without compare: {', '.join(sorted(written - compared))}")
        if len(compares) > CELLS_MAX:
            raise ValueError(f"{len(compares)} cells in one transaction, at most {CELLS_MAX}")
        self.compares = compares
        self.puts = puts


class Committed(NamedTuple):
    """The cells hold what was written, at this revision."""

    revision: int


class Refused(NamedTuple):
    """A compare failed, nothing was written. The compared cells as they stand."""

    cells: Mapping[str, Cell]


class Unknown(NamedTuple):
    """No answer in time: it may be written, now or later. Only a later answer tells."""

    why: str


Outcome = Committed | Refused | Unknown


def written(transaction: Transaction, cells: Mapping[str, Cell]) -> bool:
    """Whether the cells hold exactly the puts: a lost try of ours won.

    Sound because every value carries a nonce, so no other writer writes the same bytes.
    """
    return all(cells.get(put.key, ABSENT).value == put.value for put in transaction.puts)
