"""What every register promises, tried on each of them."""

from __future__ import annotations

import asyncio

import pytest

from failover.core.transaction import (
    ABSENT,
    CELLS_MAX,
    CELLS_READ_MAX,
    Cell,
    Committed,
    Compare,
    Put,
    Refused,
    Transaction,
    Unknown,
    written,
)
from tests.failover.register.loops import on_loop
from tests.failover.register.registers import LONG_S, Opened, change, commit, read


@on_loop
async def test_a_cell_is_made_where_there_is_none(opened: Opened, key: str) -> None:
    async with opened() as register:
        assert await read(register, key) == {key: ABSENT}
        revision = await commit(register, change(key, 0, b"first"))
        assert revision > 0
        assert await read(register, key) == {key: Cell(b"first", revision)}


@on_loop
async def test_a_cell_that_exists_is_not_made_again(opened: Opened, key: str) -> None:
    async with opened() as register:
        revision = await commit(register, change(key, 0, b"first"))
        refused = await register.commit(change(key, 0, b"second"), timeout_s=LONG_S)
        assert refused == Refused({key: Cell(b"first", revision)})


@on_loop
async def test_a_cell_that_changed_is_not_written_over(opened: Opened, key: str) -> None:
    async with opened() as register:
        first = await commit(register, change(key, 0, b"first"))
        second = await commit(register, change(key, first, b"second"))
        refused = await register.commit(change(key, first, b"third"), timeout_s=LONG_S)
        assert refused == Refused({key: Cell(b"second", second)})
        assert await read(register, key) == {key: Cell(b"second", second)}


@on_loop
async def test_a_revision_that_is_yet_to_come_is_refused(opened: Opened, key: str) -> None:
    async with opened() as register:
        revision = await commit(register, change(key, 0, b"first"))
        refused = await register.commit(change(key, revision + 999, b"x"), timeout_s=LONG_S)
        assert refused == Refused({key: Cell(b"first", revision)})


@on_loop
async def test_several_cells_change_together(opened: Opened, key: str) -> None:
    keys = [f"{key}/{number}" for number in range(CELLS_MAX)]
    transaction = Transaction(
        tuple(Compare(one, 0) for one in keys), tuple(Put(one, one.encode()) for one in keys)
    )
    async with opened() as register:
        revision = await commit(register, transaction)
        assert await read(register, *keys) == {one: Cell(one.encode(), revision) for one in keys}


@on_loop
async def test_one_failed_compare_stops_all(opened: Opened, key: str) -> None:
    taken, free, guard = f"{key}/taken", f"{key}/free", f"{key}/guard"
    async with opened() as register:
        revision = await commit(register, change(taken, 0, b"theirs"))
        transaction = Transaction(
            (Compare(free, 0), Compare(taken, 0), Compare(guard, 0)),
            (Put(taken, b"ours"), Put(free, b"ours")),
        )
        refused = await register.commit(transaction, timeout_s=LONG_S)
        assert refused == Refused({free: ABSENT, taken: Cell(b"theirs", revision), guard: ABSENT})
        assert (await read(register, free))[free] == ABSENT


@on_loop
async def test_a_cell_may_be_compared_and_left_alone(opened: Opened, key: str) -> None:
    hold, owner = f"{key}/hold", f"{key}/owner"
    async with opened() as register:
        held = await commit(register, change(hold, 0, b"hold"))
        kept = Transaction((Compare(owner, 0), Compare(hold, held)), (Put(owner, b"me"),))
        await commit(register, kept)
        gone = await commit(register, change(hold, held, b"other"))
        cells = await read(register, hold, owner)
        late = Transaction(
            (Compare(owner, cells[owner].revision), Compare(hold, held)), (Put(owner, b"x"),)
        )
        assert await register.commit(late, timeout_s=LONG_S) == Refused(cells)
        assert cells[hold] == Cell(b"other", gone)


@on_loop
async def test_the_same_transaction_again_is_ours(opened: Opened, key: str) -> None:
    keys = (f"{key}/1", f"{key}/2")
    transaction = Transaction(
        tuple(Compare(one, 0) for one in keys), tuple(Put(one, b"nonce") for one in keys)
    )
    async with opened() as register, opened() as other:
        revision = await commit(register, transaction)
        assert await commit(register, transaction) == revision
        assert await commit(other, transaction) == revision
        assert await read(register, *keys) == {one: Cell(b"nonce", revision) for one in keys}


@on_loop
async def test_it_is_no_longer_ours_when_another_wrote_over_it(opened: Opened, key: str) -> None:
    async with opened() as register:
        ours = change(key, 0, b"ours")
        revision = await commit(register, ours)
        theirs = await commit(register, change(key, revision, b"theirs"))
        refused = await register.commit(ours, timeout_s=LONG_S)
        assert refused == Refused({key: Cell(b"theirs", theirs)})


@on_loop
async def test_a_value_that_stood_there_before_is_not_ours(opened: Opened, key: str) -> None:
    """A put without a nonce, and a guard that failed: nothing of it was written."""
    guard = f"{key}/guard"
    async with opened() as register:
        revision = await commit(register, change(key, 0, b"same"))
        again = Transaction((Compare(key, revision), Compare(guard, 1)), (Put(key, b"same"),))
        refused = await register.commit(again, timeout_s=LONG_S)
        assert refused == Refused({key: Cell(b"same", revision), guard: ABSENT})


@on_loop
async def test_of_two_writers_exactly_one_wins(opened: Opened, key: str) -> None:
    async with opened() as one, opened() as two:
        revision = 0
        for number in range(50):
            transactions = [change(key, revision, b"%d of %d" % (me, number)) for me in (1, 2)]
            outcomes = await asyncio.gather(
                one.commit(transactions[0], timeout_s=LONG_S),
                two.commit(transactions[1], timeout_s=LONG_S),
            )
            ((won, value),) = (
                (outcome.revision, transaction.puts[0].value)
                for outcome, transaction in zip(outcomes, transactions, strict=True)
                if isinstance(outcome, Committed)
            )
            assert Refused({key: Cell(value, won)}) in outcomes
            assert await read(one, key) == await read(two, key) == {key: Cell(value, won)}
            assert won > revision
            revision = won


@on_loop
async def test_writers_of_crossing_cells_never_write_half(opened: Opened, key: str) -> None:
    left, right = f"{key}/left", f"{key}/right"
    async with opened() as one, opened() as two:
        for number in range(20):
            cells = await read(one, left, right)
            compares = [Compare(name, cells[name].revision) for name in (left, right)]
            await asyncio.gather(
                *(
                    register.commit(
                        Transaction(tuple(order), tuple(Put(one.key, value) for one in order)),
                        timeout_s=LONG_S,
                    )
                    for register, order, value in (
                        (one, compares, b"one %d" % number),
                        (two, compares[::-1], b"two %d" % number),
                    )
                )
            )
            cells = await read(one, left, right)
            assert cells[left] == cells[right] != ABSENT


@on_loop
async def test_revisions_only_grow(opened: Opened, key: str) -> None:
    async with opened() as register:
        revisions = [
            await commit(register, change(f"{key}/{number}", 0, b"x")) for number in range(5)
        ]
    assert revisions == sorted(set(revisions))


@pytest.mark.parametrize(
    "value",
    [b"", b"\0", b"\xff\xfe\0\n\r\"'\\", bytes(range(256)) * 400, "会诊".encode()],
    ids=["empty", "zero", "awkward", "100 kB", "Chinese"],
)
@on_loop
async def test_any_bytes_are_a_value(opened: Opened, key: str, value: bytes) -> None:
    async with opened() as register:
        revision = await commit(register, change(key, 0, value))
        assert await read(register, key) == {key: Cell(value, revision)}
        refused = await register.commit(change(key, 0, b"other"), timeout_s=LONG_S)
        assert refused == Refused({key: Cell(value, revision)})


@pytest.mark.parametrize(
    "name", ["医联体/会诊/毕节", "a b", "'; --", "é", "e\u0301", "%s", "\U0001f3e5"]
)
@on_loop
async def test_any_text_is_a_key(opened: Opened, key: str, name: str) -> None:
    whole = f"{key}/{name}"
    async with opened() as register:
        revision = await commit(register, change(whole, 0, b"x"))
        assert await read(register, whole, key) == {whole: Cell(b"x", revision), key: ABSENT}


@on_loop
async def test_looking_shows_what_was_written_here(opened: Opened, key: str) -> None:
    async with opened() as register:
        assert await register.look((key,), timeout_s=LONG_S) == {key: ABSENT}
        revision = await commit(register, change(key, 0, b"first"))
        # A look may be stale, even at once: it is repeated until it has caught up.
        seen = await register.look((key,), timeout_s=LONG_S)
        for _ in range(1000):
            if seen != {key: ABSENT}:
                break
            seen = await register.look((key,), timeout_s=LONG_S)
        assert seen == {key: Cell(b"first", revision)}
        assert await read(register, key) == seen


@on_loop
async def test_another_client_reads_what_was_written(opened: Opened, key: str) -> None:
    async with opened() as one, opened() as two:
        revision = await commit(one, change(key, 0, b"first"))
        assert await read(two, key) == {key: Cell(b"first", revision)}


@on_loop
async def test_an_unknown_outcome_is_settled_by_a_read(opened: Opened, key: str) -> None:
    ours, theirs = change(key, 0, b"our nonce"), change(key, 0, b"their nonce")
    async with opened() as register:
        await commit(register, ours)
        cells = await read(register, key)
    assert written(ours, cells)
    assert not written(theirs, cells)


@on_loop
async def test_without_time_nothing_is_begun(opened: Opened, key: str) -> None:
    async with opened() as register:
        outcome = await register.commit(change(key, 0, b"x"), timeout_s=0)
        assert isinstance(outcome, Unknown)
        assert outcome.why
        assert await register.look((key,), timeout_s=0) is None
        assert await register.read((key,), timeout_s=0) is None
        assert await read(register, key) == {key: ABSENT}


@on_loop
async def test_a_call_that_is_cancelled_leaves_the_register_usable(
    opened: Opened, key: str
) -> None:
    async with opened() as register:
        call = asyncio.ensure_future(register.commit(change(key, 0, b"x"), timeout_s=LONG_S))
        await register.look((key,), timeout_s=LONG_S)
        call.cancel()
        await asyncio.wait([call])
        cells = await read(register, key)
        outcome = await register.commit(change(key, cells[key].revision, b"y"), timeout_s=LONG_S)
        if isinstance(outcome, Refused):  # the cancelled one was written after the read
            assert outcome.cells[key].value == b"x"
            await commit(register, change(key, outcome.cells[key].revision, b"y"))
        assert (await read(register, key))[key].value == b"y"


@on_loop
async def test_as_many_keys_as_a_read_takes(opened: Opened, key: str) -> None:
    keys = [f"{key}/{number}" for number in range(CELLS_READ_MAX)]
    async with opened() as register:
        assert await read(register, *keys) == dict.fromkeys(keys, ABSENT)
        for wrong in ((), [*keys, key], ("",)):
            with pytest.raises(ValueError, match=r"keys in one read|is no key"):
                await register.read(wrong, timeout_s=LONG_S)


@on_loop
async def test_a_closed_register_answers_nothing(opened: Opened, key: str) -> None:
    async with opened() as register:
        await commit(register, change(key, 0, b"x"))
        await register.close()
        assert isinstance(await register.commit(change(key, 0, b"y"), timeout_s=0.2), Unknown)
        assert await register.look((key,), timeout_s=0.2) is None
        assert await register.read((key,), timeout_s=0.2) is None
        await register.close()
    async with opened() as register:
        assert (await read(register, key))[key].value == b"x"
