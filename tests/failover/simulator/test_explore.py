r"""All schedules within small bounds; planted mistakes show that the exploration can fail.

A larger exploration, some 20,000 schedules and a minute or two on one core:

    bound = Bound(scene=Scene.TAKEOVER, deviations=2, end_s=1.4)
    explored = explore(bound)
    print(summary(bound, explored))
    for violation in explored.violations:
        print(*tell(bound, violation.deviations), sep="\n")
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from failover.core import lease
from failover.core.cells import Incarnation, OwnerCell, OwnerState, Term, encode, owner_key
from failover.core.guard import AddElements, FlushSet, SetChange, Slots
from failover.core.plan import Lease
from failover.core.transaction import ABSENT, Compare, Outcome, Put, Transaction
from failover.simulator.explore import Bound, Explored, copied, explore
from failover.simulator.explore_choices import Kind
from failover.simulator.explore_places import Register
from failover.simulator.explore_rules import Broken, Judge
from failover.simulator.explore_scenes import Scene, staged, within
from failover.simulator.explore_steps import perform
from failover.simulator.explore_story import summary, tell
from failover.simulator.explore_world import Step, World

ROOT = Path(__file__).resolve().parents[3]

# Each scene in which something is decided; both corners of the clocks where a lease is waited for.
BOUNDS = {
    "steady": Bound(scene=Scene.STEADY),
    "fibre cut": Bound(scene=Scene.FIBRE_CUT, groups=2),
    "both paths cut": Bound(scene=Scene.PEER_SILENT),
    "lost, before the take": Bound(scene=Scene.LOST, deviations=2, begin_s=1.8, end_s=2.0),
    "lost, two groups": Bound(scene=Scene.LOST, end_s=3.0, groups=2, rest_s=2.6),
    "cut off": Bound(scene=Scene.CUT_OFF, begin_s=1.0, end_s=3.0),
    "cut off, other clocks": Bound(scene=Scene.CUT_OFF, begin_s=1.0, end_s=3.0, rates=(1.01, 1.0)),
    "no register": Bound(scene=Scene.REGISTER_SILENT),
    "switchover": Bound(scene=Scene.SWITCHOVER),
    "switchover, two cuts": Bound(
        scene=Scene.SWITCHOVER,
        deviations=2,
        end_s=1.4,
        rates=(1.01, 1.0),
        kinds=frozenset({Kind.LINKS}),
    ),
    "takeover": Bound(scene=Scene.TAKEOVER, rates=(1.01, 1.0)),
    "takeover, two disturbances": Bound(
        scene=Scene.TAKEOVER,
        deviations=2,
        end_s=0.18,
        kinds=frozenset({Kind.COMMIT, Kind.KILL, Kind.FREEZE}),
    ),
}


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=BOUNDS)
def test_no_schedule_breaks_a_rule(
    bound: Bound, record_property: Callable[[str, object], None]
) -> None:
    explored = explore(bound)
    record_property("explored", summary(bound, explored))
    assert not explored.violations, shown(bound, explored)


def test_both_ends_of_a_bound_are_kept() -> None:
    bound = Bound(scene=Scene.STEADY, deviations=0)
    assert explore(bound).paths == 1
    assert explore(dataclasses.replace(bound, deviations=3, kinds=frozenset())).paths == 1


# --- planted mistakes ---------------------------------------------------------------------------


class NeverEnding(Slots):
    """What is armed never runs out."""

    def arm(self, name: str, instances: frozenset[str], length_s: float) -> list[SetChange]:
        return super().arm(name, instances, 1000 * length_s)


class FromTheAnswer(Slots):
    """Kernel time starts when the answer has come, not before the request is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[AddElements] = []

    def arm(self, name: str, instances: frozenset[str], length_s: float) -> list[SetChange]:
        changes = super().arm(name, instances, length_s)
        self.kept = [change for change in changes if isinstance(change, AddElements)]
        return [change for change in changes if isinstance(change, FlushSet)]

    def grant(self, name: str, instances: frozenset[str]) -> list[SetChange]:
        changes = super().grant(name, instances)
        return [*self.kept, *changes] if changes else []


class NeverShut(Slots):
    """An owner that gives up an instance leaves its door open."""

    def shut(self, instances: frozenset[str]) -> list[SetChange]:
        super().shut(instances)
        return []


@pytest.mark.parametrize(
    ("guard", "scene"),
    [
        (NeverEnding, Scene.STEADY),
        (NeverEnding, Scene.CUT_OFF),
        (FromTheAnswer, Scene.PEER_SILENT),
        (NeverShut, Scene.SWITCHOVER),
    ],
)
def test_a_wrong_guard_is_found(guard: type[Slots], scene: Scene) -> None:
    assert_found(Bound(scene=scene), guard)


@pytest.mark.parametrize("scene", [Scene.STEADY, Scene.CUT_OFF, Scene.TAKEOVER])
def test_half_a_wait_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_s = lease.wait_s

    def half_s(of: Lease) -> float:
        return whole_s(of) / 2

    monkeypatch.setattr(lease, "wait_s", half_s)
    assert_found(Bound(scene=scene))


@pytest.mark.parametrize("prefix", ["owner/", ""])
@pytest.mark.parametrize(
    ("scene", "rule"),
    [
        (Scene.SWITCHOVER, "a term has one owner"),
        (Scene.TAKEOVER, "nothing is renewed over a seal"),
    ],
)
def test_a_register_that_does_not_compare_is_found(
    scene: Scene, rule: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doors alone would not show it: who was without a lease asks the other centre first."""
    compares = Register.apply

    def apply(self: Register, transaction: Transaction, now_s: float) -> Outcome:
        kept = tuple(
            Compare(one.key, self.cells.get(one.key, ABSENT).revision)
            if one.key.startswith(prefix)
            else one
            for one in transaction.compares
        )
        return compares(self, Transaction(kept, transaction.puts), now_s)

    monkeypatch.setattr(Register, "apply", apply)
    assert_found(Bound(scene=scene), rule=rule)


def assert_found(
    bound: Bound, guard: Callable[[], Slots] = Slots, rule: str = "never two open doors"
) -> None:
    explored = explore(bound, guard)
    assert [violation.rule for violation in explored.violations] == [rule]
    (violation,) = explored.violations
    *story, broken, replay = tell(bound, violation.deviations, guard)
    assert violation.rule in broken
    assert violation.seen in broken
    assert repr(violation.deviations) in replay
    assert sum("<--" in line for line in story) == len(violation.deviations)


def shown(bound: Bound, explored: Explored) -> str:
    stories = (tell(bound, violation.deviations) for violation in explored.violations)
    return "\n".join([summary(bound, explored), *(line for story in stories for line in story)])


# --- the exploration itself ---------------------------------------------------------------------

DETERMINED = """
from failover.simulator.explore import Bound, explore
from failover.simulator.explore_scenes import Scene
from failover.simulator.explore_story import summary
bound = Bound(scene=Scene.LOST, groups=2, begin_s=1.5, end_s=2.4)
print(summary(bound, explore(bound)))
"""


def test_it_explores_the_same_schedules_whatever_the_hash_seed() -> None:
    def explored(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", DETERMINED]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    first = explored("1")
    assert "no violation" in first
    assert explored("2") == first


def test_a_copy_goes_on_as_its_original_does() -> None:
    original = staged(Scene.SWITCHOVER, (1.0, 1.01), 2, Slots, 0.0, 2.0)
    copy: World = pickle.loads(copied(original))
    seen = [
        [(step.at_s, step.site, type(step.what)) for step in performed(world)]
        for world in (original, copy)
    ]
    assert seen[0] == seen[1]
    assert original.register.cells == copy.register.cells


def performed(world: World) -> list[Step]:
    steps = []
    for step in within(world, world.now_s + 3.0):
        perform(world, step)
        steps.append(step)
    return steps


# --- its rules ----------------------------------------------------------------------------------

A, B = Incarnation("a", "boot", "life"), Incarnation("b", "boot", "life")
OWNED = OwnerCell(Term(1, 5), A, OwnerState.OWNED, "nonce", A)
SEALED = OWNED.changed(OwnerState.SEALED, by=B, nonce="seal")


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (replace(OWNED, term=Term(1, 4)), "terms only grow"),
        (replace(OWNED, owner=B), "a term has one owner"),
        (replace(OWNED, owner=B, term=Term(1, 6)), "lost beats move nothing"),
    ],
)
def test_the_judge_knows_what_an_owner_cell_may_become(cell: OwnerCell, rule: str) -> None:
    judge = Judge()
    judge.anyone_may_move = False
    judge.written("a", "", puts(OWNED), 7)
    with pytest.raises(Broken) as broken:
        judge.written("b", "", puts(cell), 8)
    assert broken.value.rule == rule


@pytest.mark.parametrize(("revision", "over"), [(7, False), (9, True)])
def test_the_judge_knows_a_renewal_over_a_seal(revision: int, over: bool) -> None:
    judge = Judge()
    judge.written("b", "", puts(SEALED), 8)
    judge.written("a", "renewal 3", puts(OWNED, "session/a"), revision)
    if not over:
        judge.granted("a", "renewal 3", ["i0"])
        return
    with pytest.raises(Broken, match="nothing is renewed over a seal"):
        judge.granted("a", "renewal 3", ["i0"])


def puts(cell: OwnerCell, key: str = owner_key("i0")) -> Transaction:
    return Transaction((Compare(key, 0),), (Put(key, encode(cell)),))
