"""What is written can be read, equal contents are equal bytes, and nothing else is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core import cells
from failover.core.cells import (
    CellUnreadable,
    Content,
    ExposedCell,
    GenerationCell,
    HoldCell,
    Incarnation,
    OrderCell,
    OrderKind,
    OwnerCell,
    OwnerState,
    PlanCell,
    Position,
    SessionCell,
    Term,
    decode,
    encode,
    keys_of,
)
from failover.core.plan import Lease
from tests.failover.core.bench import PLAN
from tests.failover.core.healthy import LEASE

ME = Incarnation("dc-a", "boot-a", "life-a")
AGAIN = ME._replace(life="life-b")

words = st.text(max_size=8)
seconds = st.floats(0.0, 1e6)
numbers = st.integers(0, 2**63)
incarnations = st.builds(Incarnation, words, words, words)
terms = st.builds(Term, numbers, numbers)
positions = st.lists(st.tuples(words, st.builds(Position, words, numbers, numbers)), max_size=3)
leases = st.builds(Lease, length_s=seconds, drift=seconds, margin_s=seconds)
sessions = st.builds(SessionCell, incarnations, numbers, leases, words, positions.map(tuple))
owners = st.builds(
    OwnerCell, terms, incarnations, st.sampled_from(OwnerState), words, incarnations, words
)
CONTENTS: dict[str, st.SearchStrategy[Content]] = {
    "session/dc-a": sessions,
    "owner/imaging-1": owners,
    "exposed/imaging": st.builds(ExposedCell, st.booleans(), incarnations, words),
    "hold/*": st.builds(HoldCell, seconds, words, words, words),
    "order/imaging": st.builds(OrderCell, st.sampled_from(OrderKind), words, seconds, words, words),
    "plan": st.builds(PlanCell, words, words),
    "generation": st.builds(GenerationCell, numbers, st.lists(words, max_size=2).map(tuple), words),
}
kept = st.sampled_from(sorted(CONTENTS)).flatmap(lambda key: st.tuples(st.just(key), CONTENTS[key]))
SESSION = SessionCell(ME, 7, LEASE, "5ead", (("imaging", Position("7412", 1, 9)),))


def test_a_session_tells_how_far_each_log_had_come() -> None:
    assert SESSION.position("imaging") == Position("7412", 1, 9)
    assert SESSION.position("dispatch") is None


@given(kept)
def test_what_is_written_can_be_read(written: tuple[str, Content]) -> None:
    key, content = written
    assert decode(key, encode(content)) == content


@given(kept)
def test_the_bytes_are_canonical(written: tuple[str, Content]) -> None:
    key, content = written
    value = encode(content)
    assert encode(decode(key, value)) == value
    plain = json.loads(value)
    assert list(plain) == sorted(plain)
    letters = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    assert len(value) <= len(letters.encode())  # no space; a number may be written shorter


@given(kept, kept)
def test_different_contents_are_different_bytes(
    one: tuple[str, Content], other: tuple[str, Content]
) -> None:
    if one[0] == other[0]:
        assert (one[1] == other[1]) == (encode(one[1]) == encode(other[1]))


def test_a_person_can_read_a_cell() -> None:
    assert encode(SESSION) == (
        b'{"incarnation":["dc-a","boot-a","life-a"],'
        b'"lease":{"drift":0.01,"length_s":2.0,"margin_s":0.15},'
        b'"nonce":7,"plan":"5ead","positions":[["imaging",["7412",1,9]]]}'
    )


def test_a_plan_has_these_cells() -> None:
    keys = keys_of(PLAN)
    assert len(set(keys)) == len(keys)
    assert {"plan", "generation", "session/dc-a", "session/dc-b", "hold/*"} < set(keys)
    assert {"owner/imaging-2", "exposed/imaging", "hold/imaging", "order/imaging"} < set(keys)


def test_each_cell_has_its_key() -> None:
    assert cells.session_key("dc-a") == "session/dc-a"
    assert cells.owner_key("imaging-1") == "owner/imaging-1"
    assert cells.exposed_key("imaging") == "exposed/imaging"
    assert cells.hold_key(cells.EVERY_GROUP) == "hold/*"
    assert cells.order_key("imaging") == "order/imaging"


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("plan", b"", "Input data was truncated"),
        ("plan", b"\xff", "JSON is malformed: invalid character (byte 0)"),
        ("plan", b'{"hash":"\xff","nonce":"1"}', "'utf-8' codec can't decode byte 0xff"),
        ("plan", b"[]", "Expected `object`, got `array`"),
        ("plan", b'{"hash":"5ead"}', "Object missing required field `nonce`"),
        ("plan", b'{"hash":"5ead","nonce":1}', "Expected `str`, got `int` - at `$.nonce`"),
        ("plan", b'{"hash":"5ead","nonce":"1","colour":"red"}', "Object contains unknown field"),
        ("owner/imaging-1", b"null", "Expected `object`, got `null`"),
        ("owner/imaging-1", b"{}", "Object missing required field `term`"),
        ("owner/imaging-1", b"[" * 100_000, "Expected `object`, got `array`"),
        ("order/imaging", b'{"kind":"swap"}', "Invalid enum value 'swap' - at `$.kind`"),
        (
            "session/dc-a",
            encode(SESSION).replace(b'"drift":0.01,', b""),
            "Object missing required field `drift` - at `$.lease`",
        ),
        ("colour/imaging", b"{}", "no cell of this version is called so"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(key: str, value: bytes, why: str) -> None:
    with pytest.raises(CellUnreadable) as unreadable:
        decode(key, value)
    assert unreadable.value.key == key
    assert str(unreadable.value).startswith(f"register cell `{key}` cannot be read ({why}")


def test_a_boot_is_of_one_site() -> None:
    assert ME.same_boot(AGAIN)
    assert not ME.same_boot(ME._replace(boot="boot-b"))
    assert not ME.same_boot(ME._replace(site="dc-b"))


def test_a_generation_outranks_every_epoch_before_it() -> None:
    assert Term(1, 9) < Term(2, 1) < Term(2, 2)


def test_an_ownership_changes_its_state_and_nothing_else() -> None:
    owned = OwnerCell(Term(1, 3), ME, OwnerState.OWNED, "one", ME, "order-1")
    sealed = owned.changed(OwnerState.SEALED, by=AGAIN, nonce="two")
    assert sealed == OwnerCell(Term(1, 3), ME, OwnerState.SEALED, "two", AGAIN, "order-1")
