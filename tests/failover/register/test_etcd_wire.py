"""Cells and transactions to JSON and back."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from failover.core.transaction import ABSENT, Cell, Committed, Compare, Put, Refused, Transaction
from failover.register.etcd_wire import (
    Malformed,
    cells,
    cells_text,
    cluster_of,
    commit_text,
    committed_or_refused,
    parsed,
)
from tests.failover.core.test_transaction import KEYS, transactions
from tests.failover.register.registers import change
from tests.failover.register.scripted import CLUSTER_ID, SmallEtcd

CELLS = st.dictionaries(KEYS, st.binary(max_size=50), max_size=8)


def test_the_question_is_what_the_gateway_takes() -> None:
    transaction = Transaction((Compare("a", 7), Compare("b", 0)), (Put("a", b"new"),))
    ranges = [{"request_range": {"key": key, "serializable": False}} for key in ("YQ==", "Yg==")]
    assert json.loads(commit_text(transaction)) == {
        "compare": [
            {"key": "YQ==", "target": "MOD", "result": "EQUAL", "mod_revision": "7"},
            {"key": "Yg==", "target": "MOD", "result": "EQUAL", "mod_revision": "0"},
        ],
        "success": [{"request_put": {"key": "YQ==", "value": "bmV3"}}, ranges[0]],
        "failure": ranges,
    }


@given(transactions())
def test_the_question_holds_all_of_the_transaction(transaction: Transaction) -> None:
    question = json.loads(commit_text(transaction))
    assert transaction == Transaction(
        tuple(
            Compare(b64decode(one["key"]).decode(), int(one["mod_revision"]))
            for one in question["compare"]
        ),
        tuple(
            Put(
                b64decode(one["request_put"]["key"]).decode(),
                b64decode(one["request_put"]["value"]),
            )
            for one in question["success"][:-1]
        ),
    )


@given(held=CELLS, others=st.sets(KEYS, max_size=4))
def test_cells_come_back_as_they_were_put(held: dict[str, bytes], others: set[str]) -> None:
    etcd = SmallEtcd()
    for key, value in held.items():
        etcd.put(key, value)
    expected = {
        key: Cell(value, revision) for revision, (key, value) in enumerate(held.items(), start=2)
    }
    wanted = [*held, *(others - held.keys())]
    answer = etcd.carry_out(cells_text(wanted, serializable=True))
    assert cells(parsed(answer), wanted) == dict.fromkeys(wanted, ABSENT) | expected
    assert cluster_of(parsed(answer)) == CLUSTER_ID


@given(transaction=transactions(), held=CELLS)
def test_an_answer_says_what_became_of_the_transaction(
    transaction: Transaction, held: dict[str, bytes]
) -> None:
    etcd = SmallEtcd()
    etcd.revision = 20
    for key, value in held.items():
        etcd.put(key, value)
    answer = etcd.carry_out(commit_text(transaction))
    now = {key.encode(): etcd.cells.get(key.encode()) for key in transaction.keys}
    match committed_or_refused(parsed(answer), transaction):
        case Committed(revision):
            assert revision == etcd.revision
            assert all(now[put.key.encode()] == (put.value, revision) for put in transaction.puts)
        case Refused(shown):
            assert shown == {
                key.decode(): Cell(*cell) if cell else ABSENT for key, cell in now.items()
            }


def shown(**fields: object) -> bytes:
    """An answer with one cell that is written by hand."""
    cell = {"key": "YQ==", "mod_revision": "2"} | fields
    return json.dumps({"responses": [{"response_range": {"kvs": [cell]}}]}).encode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'"a"', "without what it should hold"),
        (b'{"responses": {}}', "one thing for many"),
        (b'{"responses": [{"response_range": {}}, {"response_range": {}}]}', "2 cells for 1"),
        (b'{"responses": [{"response_range": {"kvs": [{}, {}]}}]}', "several cells"),
        (shown(key="Yg=="), "another cell"),
        (shown(mod_revision=None), "another cell"),
        (shown(mod_revision=2), "number that is none"),
        (shown(mod_revision="-2"), "number that is none"),
        (shown(mod_revision="²"), "number that is none"),
        (shown(mod_revision=str(1 << 63)), "too large"),
        (shown(mod_revision="9" * 5000), "number that is none"),
        (shown(value="not base64"), "not base64"),
        (shown(value=7), "something else for a text"),
    ],
)
def test_a_strange_answer_is_malformed(answer: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        cells(parsed(answer), ("a",))


def test_a_refusal_without_a_reason_is_malformed() -> None:
    answer = json.dumps({"responses": [{"response_range": {}}]}).encode()
    with pytest.raises(Malformed, match="as it should be"):
        committed_or_refused(parsed(answer), change("a", 0, b"x"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["header", "responses", "response_range", "kvs", "key", "succeeded"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
@example(b'{"succeeded": true, "responses": [{"response_range": {"kvs": [{"key": "YQ=="}]}}]}')
def test_whatever_answers_the_client_does_not_fall_over(answer: bytes) -> None:
    for read in (
        lambda: committed_or_refused(parsed(answer), change("a", 0, b"x")),
        lambda: cells(parsed(answer), ("a",)),
        lambda: cluster_of(parsed(answer)),
    ):
        with suppress(Malformed):
            read()


def test_large_values_pass() -> None:
    value = bytes(range(256)) * 400
    etcd = SmallEtcd()
    etcd.put("a", value)
    answer = etcd.carry_out(cells_text(("a",), serializable=False))
    assert cells(parsed(answer), ("a",)) == {"a": Cell(value, 2)}
    assert b64encode(value) in answer
