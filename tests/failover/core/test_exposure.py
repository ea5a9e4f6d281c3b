"""A synchronous group that goes on alone: registered before it is relaxed, tightened before not."""

from __future__ import annotations

from failover.core.cells import ExposedCell, OwnerState, exposed_key
from failover.core.effects import Mirrored, Probed, Verb
from tests.failover.core.bench import HERE, OWN, Bench, Fate
from tests.failover.core.peer import Said

RELAX, TIGHTEN = Verb.RELAX, Verb.TIGHTEN


def well() -> Bench:
    return Bench().settle()


def exposed(bench: Bench) -> bool | None:
    cell = bench.cell(exposed_key("records"))
    return cell.exposed if isinstance(cell, ExposedCell) else None


def rules(bench: Bench, since_s: float = 0.0) -> list[Verb]:
    return [verb for verb in bench.verbs("records", since_s) if verb in (RELAX, TIGHTEN)]


def test_an_exposure_is_registered_before_the_rule_is_relaxed() -> None:
    bench = well()
    bench.fates["exposed"] = Fate.UNANSWERED
    bench.looks = False
    bench.tell(Mirrored("records", confirmed=False))
    bench.run(1.0)
    assert rules(bench) == []
    bench.fates.clear()
    bench.run(1.5)
    assert rules(bench) == [RELAX]
    assert exposed(bench) is True


def test_the_rule_is_tightened_before_the_exposure_is_taken_back() -> None:
    bench = well()
    bench.tell(Mirrored("records", confirmed=False))
    bench.run(1.0)
    bench.hangs.add(("records", TIGHTEN))
    bench.tell(Mirrored("records", confirmed=True))
    bench.run(1.0)
    assert rules(bench)[-1] is TIGHTEN
    assert exposed(bench) is True
    bench.hangs.clear()
    bench.run(6.0)
    assert exposed(bench) is False
    assert bench.opened() == OWN


def test_while_it_may_be_taken_back_the_rule_is_not_relaxed_again() -> None:
    bench = well()
    bench.tell(Mirrored("records", confirmed=False))
    bench.run(1.0)
    bench.fates["exposed"] = Fate.UNANSWERED
    bench.looks = False
    bench.tell(Mirrored("records", confirmed=True))
    bench.wait_for(lambda: exposed(bench) is False, limit_s=1.0)
    since_s = bench.now_s
    bench.tell(Mirrored("records", confirmed=False))
    bench.run(3.0)
    assert RELAX not in rules(bench, since_s)
    bench.fates.clear()
    bench.run(3.0)
    assert exposed(bench) is True
    assert rules(bench)[-1] is RELAX


def test_only_a_synchronous_group_is_ever_exposed() -> None:
    bench = well()
    bench.tell(Mirrored("imaging", confirmed=False))
    bench.run(2.0)
    assert bench.verbs("imaging") == [Verb.TAKE]
    assert bench.cell(exposed_key("imaging")) is None


def test_the_exposure_of_the_other_centre_is_taken_back_by_who_took_the_group() -> None:
    bench = well()
    bench.register.write(exposed_key("records"), ExposedCell(True, bench.peer.me, "nonce"))
    bench.run(1.0)
    assert exposed(bench) is True
    bench.tell(Mirrored("records", confirmed=True))
    bench.run(1.0)
    assert exposed(bench) is False
    assert rules(bench) == [TIGHTEN]


def test_a_second_exposure_is_registered_under_this_name() -> None:
    bench = well()
    bench.register.write(exposed_key("records"), ExposedCell(True, bench.peer.me, "nonce"))
    bench.tell(Mirrored("records", confirmed=False))
    bench.run(1.5)
    cell = bench.cell(exposed_key("records"))
    assert isinstance(cell, ExposedCell)
    assert (cell.exposed, cell.by) == (True, bench.agent.state.me)
    assert rules(bench)[-1] is RELAX


def test_a_forgotten_exposure_is_said_again_before_the_group_is_given_up() -> None:
    """The register went back to before it: whoever takes the group must know."""
    bench = well()
    bench.tell(Mirrored("records", confirmed=False))
    bench.run(1.5)
    assert rules(bench)[-1] is RELAX
    bench.peer.said = Said(ready=(("records", HERE),))
    bench.run(0.6)
    bench.fates["exposed"] = Fate.LOST
    bench.register.write(exposed_key("records"), ExposedCell(False, bench.agent.state.me, "gone"))
    bench.agent.state.view.hint(bench.register.cells, bench.now_s)
    bench.tell(Probed("records", fit=False))
    bench.run(3.0)
    assert bench.state_of("records-1") is OwnerState.OWNED
    bench.fates.clear()
    bench.wait_for(lambda: bench.state_of("records-1") is OwnerState.SURRENDERED)
    assert exposed(bench) is True
