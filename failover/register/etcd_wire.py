"""Cells and transactions in the words of etcd's JSON gateway, and back. Pure.

Numbers of 64 bits are texts there, keys and values base64, and what is zero, empty or false is left
out. Source: the gateway of etcd 3.4, `rpc.swagger.json`, and what the server says.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TypeAlias

from failover.core.transaction import (
    ABSENT,
    Cell,
    Committed,
    Compare,
    Outcome,
    Put,
    Refused,
    Transaction,
    Unknown,
    settled,
)

TRANSACTION_PATH = "/v3/kv/txn"
INT64_MAX = (1 << 63) - 1
# A plan's cells are asked for five times a second, and few of them have changed since.
CELLS_KEPT = 512
QUESTIONS_KEPT = 16

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Answer: TypeAlias = Mapping[str, Json]  # as `parsed` gives it


class Malformed(Exception):
    """An answer that is not what the question asks for."""


def commit_text(transaction: Transaction) -> bytes:
    """The question that carries a transaction out.

    When it was written, the answer shows the first cell again: so it cannot be the answer to
    another question. When refused, it shows every compared cell.
    """
    first = transaction.puts[0].key
    return _text(
        {
            "compare": [_compare(one) for one in transaction.compares],
            "success": [*(_put(one) for one in transaction.puts), _range(first)],
            "failure": [_range(key) for key in transaction.keys],
        }
    )


def committed_or_refused(answer: Answer, transaction: Transaction) -> Committed | Refused:
    """What the answer to `commit_text` says.

    Raises:
        Malformed: Not the answer to this transaction.
    """
    shown = ranges(answer)
    if answer.get("succeeded") is True:
        first = transaction.puts[0]
        (cell,) = _cells(shown, (first.key,)).values()
        if cell.value != first.value:
            raise Malformed("the answer to another transaction")
        return Committed(cell.revision)
    outcome: Outcome = settled(transaction, _cells(shown, transaction.keys))
    if isinstance(outcome, Unknown):
        raise Malformed("refused, though all that was compared is as it should be")
    return outcome


def cells_text(keys: Collection[str], *, serializable: bool) -> bytes:
    """The question for cells: of one moment, as this server has them or as a quorum agrees."""
    return _cells_text(tuple(keys), serializable)


def cells(answer: Answer, keys: Collection[str]) -> Mapping[str, Cell]:
    """What the answer to `cells_text` shows; absent cells as `ABSENT`.

    Raises:
        Malformed: Not the answer for these keys.
    """
    return _cells(ranges(answer), keys)


def parsed(body: bytes) -> dict[str, Json]:
    """The object in an answer.

    Raises:
        Malformed: It is none.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("an answer that is not JSON") from error
    return record(answer)


def ranges(answer: Answer) -> list[dict[str, Json]]:
    """The parts of a transaction's answer that show cells, in order."""
    found = [record(one) for one in items(answer.get("responses"))]
    return [record(one["response_range"]) for one in found if "response_range" in one]


def cluster_of(answer: Answer) -> int:
    """The id of the cluster that answered."""
    return number(record(answer.get("header")).get("cluster_id"), most=(1 << 64) - 1)


def record(value: Json) -> dict[str, Json]:
    """An object, else `Malformed`."""
    if not isinstance(value, dict):
        raise Malformed("an answer without what it should hold")
    return value


def items(value: Json) -> list[Json]:
    """A list; what is left out is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed("an answer with one thing for many")
    return value


def number(value: Json, *, most: int = INT64_MAX) -> int:
    """A number of 64 bits, written as text; what is left out is zero."""
    if value is None:
        return 0
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20):
        raise Malformed("an answer with a number that is none")
    if int(value) > most:
        raise Malformed("an answer with a number that is too large")
    return int(value)


def words(value: Json) -> str:
    """A text; what is left out is empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed("an answer with something else for a text")
    return value


def _cells(shown: list[dict[str, Json]], keys: Collection[str]) -> dict[str, Cell]:
    if len(shown) != len(keys):
        raise Malformed(f"an answer with {len(shown)} cells for {len(keys)}")
    return {key: _cell(one, key) for key, one in zip(keys, shown, strict=True)}


def _cell(shown: Mapping[str, Json], key: str) -> Cell:
    found = items(shown.get("kvs"))
    if not found:
        return ABSENT
    if len(found) > 1:
        raise Malformed("an answer with several cells for one")
    one = record(found[0])
    return _known_cell(
        key, words(one.get("key")), words(one.get("value")), number(one.get("mod_revision"))
    )


@lru_cache(maxsize=CELLS_KEPT)
def _known_cell(key: str, shown_key: str, value: str, revision: int) -> Cell:
    cell = Cell(_bytes(value), revision)
    if _bytes(shown_key) != key.encode() or cell.revision == 0:
        raise Malformed("an answer with another cell")
    return cell


@lru_cache(maxsize=QUESTIONS_KEPT)
def _cells_text(keys: tuple[str, ...], serializable: bool) -> bytes:  # noqa: FBT001 (cached)
    return _text({"success": [_range(key, serializable=serializable) for key in keys]})


def _bytes(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except ValueError as error:
        raise Malformed("an answer with a value that is not base64") from error


def _compare(compare: Compare) -> Json:
    return {
        "key": _base64(compare.key.encode()),
        "target": "MOD",
        "result": "EQUAL",
        "mod_revision": str(compare.revision),
    }


def _put(put: Put) -> Json:
    return {"request_put": {"key": _base64(put.key.encode()), "value": _base64(put.value)}}


def _range(key: str, *, serializable: bool = False) -> Json:
    return {"request_range": {"key": _base64(key.encode()), "serializable": serializable}}


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def _text(question: Json) -> bytes:
    return json.dumps(question, separators=(",", ":")).encode("ascii")
