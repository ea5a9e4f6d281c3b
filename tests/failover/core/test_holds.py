"""Holds end by themselves: people hear of it before and after."""

from failover.core.cells import HoldCell, hold_key
from failover.core.effects import Page
from tests.failover.core.bench import Bench

LENGTH_S = 40.0


def well() -> Bench:
    return Bench().settle()


def held(bench: Bench, group: str = "archive", length_s: float = LENGTH_S) -> float:
    """Hold a group; when the hold ends, about."""
    content = HoldCell(length_s, "li", "works", f"hold {bench.now_s}")
    bench.register.write(hold_key(group), content)
    return bench.now_s + length_s


def told(bench: Bench, key: str) -> list[str]:
    return [each.text for each in bench.asked(Page) if each.key == key]


def test_people_are_told_before_a_hold_ends_and_when_it_is_over() -> None:
    bench = well()
    ends_s = held(bench)
    bench.run(ends_s - LENGTH_S / 10 - 1.0 - bench.now_s)
    assert not bench.pages()
    bench.run(2.0)
    (text,) = told(bench, "hold archive")
    assert "archive by li (works) ends in" in text
    bench.run(LENGTH_S)
    assert len(told(bench, "hold archive")) == 1
    (text,) = told(bench, "hold archive over")
    assert "may be taken" in text


def test_a_hold_on_every_group_says_so() -> None:
    bench = well()
    held(bench, "*")
    bench.run(LENGTH_S + 2.0)
    assert "every group" in told(bench, "hold * over")[0]


def test_who_prolongs_a_hold_in_time_is_told_of_its_new_end_alone() -> None:
    bench = well()
    ends_s = held(bench)
    bench.run(ends_s - 1.0 - bench.now_s)
    held(bench)
    bench.run(10.0)
    assert len(told(bench, "hold archive")) == 1
    assert not told(bench, "hold archive over")
    bench.run(LENGTH_S)
    assert len(told(bench, "hold archive")) == 2
    assert len(told(bench, "hold archive over")) == 1


def test_a_hold_that_a_person_ends_is_not_told() -> None:
    bench = well()
    held(bench)
    bench.run(5.0)
    bench.register.write(hold_key("archive"), HoldCell(0.0, "li", "resumed", "nonce"))
    bench.run(2 * LENGTH_S)
    assert not bench.pages()
