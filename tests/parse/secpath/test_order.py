"""Rules stand where commands have put them: a list of the test's own says where that is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.parse.secpath.texts import policy

IDS = range(6)
ids = st.sampled_from(IDS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("move rule {} before {}"), ids, ids),
        st.tuples(st.just("move rule {} after {}"), ids, ids),
        st.tuples(st.just("move rule name N{} before name N{}"), ids, ids),
        st.tuples(st.just("move rule name N{} after name N{}"), ids, ids),
        st.tuples(st.just("move rule name N{} top"), ids, ids),
        st.tuples(st.just("move rule {} bottom"), ids, ids),
        st.tuples(st.just("move rule {} up"), ids, ids),
        st.tuples(st.just("move rule name N{} down"), ids, ids),
        st.tuples(st.just("undo rule {}"), ids, ids),
        st.tuples(st.just("undo rule name N{}"), ids, ids),
        st.builds(lambda each: ("rule {} name N{}", each, each), ids),
    ),
    max_size=12,
)


def expected(order: list[int], line: str, one: int, other: int) -> list[int] | None:
    """What a line leaves of the order; None if the device refuses it."""
    if line.startswith("rule"):
        return order if one in order else [*order, one]
    if one not in order or (("before" in line or "after" in line) and other not in order):
        return None
    rest = [each for each in order if each != one]
    place = order.index(one)
    if "before" in line or "after" in line:
        if one == other:
            return None
        at = rest.index(other) + ("after" in line)
        return [*rest[:at], one, *rest[at:]]
    if line.startswith("undo"):
        return rest
    at = {"top": 0, "bottom": len(rest), "up": max(place - 1, 0), "down": place + 1}[
        line.rsplit(maxsplit=1)[-1]
    ]
    return [*rest[:at], one, *rest[at:]]


@given(steps)
def test_the_order_is_that_of_the_device(found: list[tuple[str, int, int]]) -> None:
    order = list(IDS)
    lines = [f"rule {each} name N{each}" for each in IDS]
    refused = []
    for line, one, other in found:
        text = line.format(one, other)
        lines.append(text)
        after = expected(order, line, one, other)
        refused += [text] if after is None else []
        order = order if after is None else after
    read = policy("\n".join(lines))
    assert [rule.name for rule in read.chains[0].rules] == [f"N{each}" for each in order]
    assert [item.text for item in read.unread] == refused
