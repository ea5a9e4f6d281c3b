"""Guests who leave by a line, against those who should; and halves put together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import Range, network_range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.break_out import TOO_MANY, Cover, Way, towards, whole
from telemed_infra.prove.break_out import prove_break_outs
from telemed_infra.prove.functions import Function, of_changes, of_firewall


def v4(prefix: str) -> Range:
    return network_range(prefix)[1]


GUESTS, HOP = v4("172.31.0.0/23"), v4("10.9.7.1/32")[0]
PLANNED = BreakOut("GE1.80", "GE8", GUESTS, HOP)
MARKED = PLANNED._replace(next_hop=None)
LINES = {"GE1.80": 7}


def findings(
    *found: BreakOut,
    lines: dict[str, int] | None = None,
    planned: tuple[BreakOut, ...] = (PLANNED,),
) -> list[str]:
    known = {one.ingress: 7 for one in found} if lines is None else lines
    return [str(one) for one in prove_break_outs("FW", found, known, planned)]


def test_what_is_planned_is_read() -> None:
    assert findings(PLANNED) == []
    assert findings(MARKED, planned=(MARKED,)) == []
    assert findings(planned=()) == []


@pytest.mark.parametrize(
    ("found", "lines", "says"),
    [
        pytest.param(
            (), {},
            "FW: break-out: guests 172.31.0.0-172.31.1.255 behind GE1.80 do not leave by GE8: "
            "write their way and their address outside, to 10.9.7.1",
            id="lacks",
        ),
        pytest.param(
            (), LINES,
            "FW:7: break-out: guests 172.31.0.0-172.31.1.255 behind GE1.80 do not leave by GE8: "
            "of their way and their address outside one half is missing, off or of others: "
            "write it",
            id="a half",
        ),
        pytest.param(
            (PLANNED._replace(egress="GE0"),), LINES,
            "FW:7: break-out: guests behind GE1.80 leave by GE0 in place of GE8: "
            "write the planned one",
            id="another line",
        ),
        pytest.param(
            (PLANNED._replace(sources=v4("172.31.0.0/24")),), LINES,
            "FW:7: break-out: guests behind GE1.80 who leave are 172.31.0.0-172.31.0.255 in place "
            "of 172.31.0.0-172.31.1.255: write these in both halves",
            id="other guests",
        ),
        pytest.param(
            (PLANNED._replace(next_hop=HOP + 1),), LINES,
            "FW:7: break-out: guests behind GE1.80 go to 10.9.7.2 in place of 10.9.7.1: "
            "write the planned way",
            id="another way",
        ),
        pytest.param(
            (MARKED,), LINES,
            "FW:7: break-out: guests behind GE1.80 go to where their mark leads in place of "
            "10.9.7.1: write the planned way",
            id="no way of its own",
        ),
    ],
)  # fmt: skip
def test_each_difference_has_its_sentence(
    found: tuple[BreakOut, ...], lines: dict[str, int], says: str
) -> None:
    assert findings(*found, lines=lines) == [says]


def test_what_is_too_many() -> None:
    other = PLANNED._replace(ingress="GE1.10", sources=v4("10.1.0.0/24"))
    assert findings(PLANNED, other) == [
        (
            "FW:7: break-out: guests 10.1.0.0-10.1.0.255 behind GE1.10 leave by GE8, "
            "which is not planned: take both halves away"
        )
    ]
    more = PLANNED._replace(sources=v4("10.1.0.0/24"))
    assert len(findings(PLANNED, more)) == 1
    assert findings(PLANNED, lines={**LINES, "GE1.10": 9}) == [
        "FW:9: break-out: half a break-out of GE1.10, where none is planned: take it away"
    ]


_ENDS = st.sampled_from(["GE1", "GE2"])
_SOME = st.lists(
    st.builds(BreakOut, _ENDS, _ENDS, st.sampled_from([GUESTS, v4("10.0.0.0/8")]), st.just(HOP)),
    max_size=3,
)


@given(_SOME, _SOME)
def test_nothing_is_said_exactly_if_nothing_differs(
    found: list[BreakOut], planned: list[BreakOut]
) -> None:
    assert (findings(*found, planned=tuple(planned)) == []) == (set(found) == set(planned))


# Halves ------------------------------------------------------------------------------------------


WAY = Way("GE1.80", "GE8", (GUESTS,), HOP, 3)
COVER = Cover("GE8", (GUESTS,), 5)
LOWER, UPPER = v4("172.31.0.0/24"), v4("172.31.1.0/24")


def joined(*halves: Way | Cover) -> tuple[tuple[BreakOut, ...], list[tuple[int, str]]]:
    refused: list[tuple[int, str]] = []
    ways = [one for one in halves if isinstance(one, Way)]
    covers = [one for one in halves if isinstance(one, Cover)]
    return whole(ways, covers, lambda *told: refused.append(told)).found, refused


def test_two_halves_are_one() -> None:
    assert joined(WAY, COVER) == ((PLANNED,), [])
    assert joined(WAY._replace(egress=None, next_hop=None), COVER) == ((MARKED,), [])
    assert joined(WAY, COVER._replace(ingress=frozenset({"GE1.80"}))) == ((PLANNED,), [])


def test_covers_of_parts_are_as_good() -> None:
    parts = [COVER._replace(sources=(part,)) for part in (LOWER, UPPER)]
    assert joined(WAY, *parts) == ((PLANNED,), [])
    assert joined(WAY, parts[0]) == ((), [])


def test_one_cover_may_be_for_several_interfaces() -> None:
    ways = [WAY._replace(sources=(LOWER,)), WAY._replace(ingress="GE2", sources=(UPPER,))]
    found, refused = joined(*ways, COVER)
    assert [(one.ingress, one.sources) for one in found] == [("GE1.80", LOWER), ("GE2", UPPER)]
    assert refused == []


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one._replace(sources=(v4("172.31.0.0/22"),)),
        lambda one: one._replace(egress="GE0"),
        lambda one: one._replace(ingress=frozenset({"GE1.10"})),
        lambda one: one._replace(sources=()),
    ],
)
def test_a_cover_of_others_is_told(change: Callable[[Cover], Cover]) -> None:
    assert joined(WAY, change(COVER)) == ((), [(5, TOO_MANY)])
    assert joined(change(COVER)) == ((), [(5, TOO_MANY)])


def test_a_half_is_none() -> None:
    assert joined(WAY) == ((), [])
    assert joined(WAY._replace(works=False), COVER) == ((), [])
    assert joined(WAY._replace(egress=None), COVER, COVER._replace(egress="GE7")) == ((), [])
    assert whole([WAY], [], lambda *_: None).lines == {"GE1.80": 3}


@given(st.lists(st.sampled_from([LOWER, UPPER, GUESTS, v4("10.0.0.0/8")]), max_size=3))
def test_what_is_read_is_sent_and_hidden(sources: list[Range]) -> None:
    found, _ = joined(WAY, *(COVER._replace(sources=(one,)) for one in sources))
    hidden = {GUESTS} <= set(sources) or {LOWER, UPPER} <= set(sources)
    assert found == ((PLANNED,) if hidden else ())


def test_the_interface_of_a_next_hop() -> None:
    addresses = {"GE8": ("10.9.7.2/29", "2001:db8::2/64"), "GE0": ("10.9.0.2/31",)}
    assert towards(HOP, addresses) == "GE8"
    assert towards(v4("10.9.0.3/32")[0], addresses) == "GE0"
    assert towards(v4("10.9.9.1/32")[0], addresses) is None
    assert towards(HOP, {**addresses, "GE9": ("10.9.7.3/29",)}) is None


def test_it_is_a_function_of_its_own() -> None:
    read = FirewallBehaviour(
        hostname="", chains=(), zones={}, addresses={}, vlans={}, unread=(), break_outs=(PLANNED,)
    )
    assert of_firewall(read) == of_changes((), (PLANNED,)) == {Function.BREAK_OUT}
    assert of_changes((), ()) == frozenset()
