r"""Every schedule within a bound: not one chosen by chance, but all with so many disturbances.

The world goes well but for at most `Bound.deviations` disturbances, each at some step of a window
of time; all ways to place them are tried, depth first, from copies of the world. Two schedules that
lead to equal worlds are followed once. After the window everything is healed, and each instance
must come to have one open door. (`summary` and `tell` are in `explore_story`.)

    bound = Bound(scene=Scene.LOST, deviations=2, begin_s=1.4, end_s=3.0)
    explored = explore(bound)
    print(summary(bound, explored))
    for violation in explored.violations:
        print(*tell(bound, violation.deviations), sep="\n")
"""

import io
import marshal
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from types import FunctionType
from typing import Any, NamedTuple

from failover.core.effects import Commit, Look
from failover.core.guard import Slots
from failover.simulator.explore_choices import Choice, Choices, Crossroads, Kind
from failover.simulator.explore_places import third_place
from failover.simulator.explore_rules import Broken
from failover.simulator.explore_scenes import PLAN_LEASE_S, Scene, settling, staged, within
from failover.simulator.explore_steps import perform
from failover.simulator.explore_world import Step, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is explored."""

    scene: Scene
    deviations: int = 1  # at most so many disturbances in a schedule
    kinds: frozenset[Kind] = frozenset(Kind)
    begin_s: float = 0.0  # the window, since the scene's event
    end_s: float = PLAN_LEASE_S
    rates: tuple[float, float] = (1.0, 1.01)  # of the two centres' clocks
    groups: int = 1
    rest_s: float = 0.0  # to go on after healing, at least
    violations_max: int = 1  # stop then


class Deviation(NamedTuple):
    """One disturbance: at which step since the window's begin, and which."""

    step: int
    choice: Choice


class Violation(NamedTuple):
    """A rule that does not hold, and the disturbances that show it."""

    rule: str
    seen: str
    deviations: tuple[Deviation, ...]


@dataclass(slots=True)
class Explored:
    """What was found."""

    paths: int = 0  # schedules followed to their end, or to a world that was met before
    merged: int = 0  # the latter of them
    states: int = 0  # steps after which the rules were asked
    violations: list[Violation] = field(default_factory=list)


class _Branch(NamedTuple):
    copy: bytes
    step: int
    deviations: tuple[Deviation, ...]


def explore(bound: Bound, guard: Callable[[], Slots] = Slots) -> Explored:
    """Follow all schedules within the bound, or until enough violations are found."""
    search = _Search(bound, guard)
    while search.branches and len(search.found.violations) < bound.violations_max:
        search.follow(search.branches.pop())
    return search.found


class _Search:
    def __init__(self, bound: Bound, guard: Callable[[], Slots]) -> None:
        self.found = Explored()
        self._bound = bound
        self._choices = Choices(bound.kinds, PLAN_LEASE_S, ("a", "b"))
        world = staged(bound.scene, bound.rates, bound.groups, guard, bound.begin_s, bound.end_s)
        self._end_s = world.now_s + bound.end_s - bound.begin_s
        self.branches = [_Branch(copied(world), 0, ())]
        self._met: dict[bytes, int] = {}  # worlds, and the disturbances that were left then

    def follow(self, branch: _Branch) -> None:
        self.found.paths += 1
        world: World = pickle.loads(branch.copy)
        try:
            if not self._window(world, branch):
                self.found.merged += 1
                return
            for step in settling(world, self._bound.rest_s):
                perform(world, step)
                self.found.states += 1
        except Broken as broken:
            violation = Violation(broken.rule, broken.seen, branch.deviations)
            self.found.violations.append(violation)

    def _window(self, world: World, branch: _Branch) -> bool:
        """Go to the window's end; False: only to where another schedule has been."""
        number, left = branch.step, self._bound.deviations - len(branch.deviations)
        choice = branch.deviations[-1].choice if branch.deviations else None
        for step in within(world, self._end_s):
            if choice is None and left and (choices := self._choices_at(world, step)):
                copy = copied(world)
                if self._was_met(copy, left):
                    return False
                self.branches += [
                    _Branch(copy, number, (*branch.deviations, Deviation(number, each)))
                    for each in choices
                ]
            perform(world, step, choice)
            choice = None
            number += 1
            self.found.states += 1
        return not self._was_met(copied(world), 0)

    def _choices_at(self, world: World, step: Step) -> tuple[Choice, ...]:
        if isinstance(step.what, Crossroads):
            return self._choices.at_crossroads(world.cut)
        if not step.site:
            return ()
        if not step.effect:
            return self._choices.upon(step.what)
        if isinstance(step.what, Commit | Look) and third_place(step.site) in world.cut:
            return ()
        return self._choices.before(step.what)

    def _was_met(self, copy: bytes, left: int) -> bool:
        digest = blake2b(copy, digest_size=16).digest()
        if self._met.get(digest, -1) >= left:
            return True
        self._met[digest] = left
        return False


def copied(world: World) -> bytes:
    """A world as bytes; equal bytes, equal worlds."""
    buffer = io.BytesIO()
    _Copier(buffer, pickle.HIGHEST_PROTOCOL).dump(world)
    return buffer.getvalue()


class _Copier(pickle.Pickler):
    """Copies also the small functions that an agent keeps, if they keep nothing themselves."""

    def reducer_override(self, thing: Any) -> Any:
        if type(thing) is not FunctionType or "<locals>" not in thing.__qualname__:
            return NotImplemented
        if thing.__closure__:
            raise TypeError(f"{thing.__qualname__} holds variables: a copy would share them")
        return _function, (thing.__module__, marshal.dumps(thing.__code__))


@lru_cache(maxsize=64)
def _function(module: str, code: bytes) -> FunctionType:
    return FunctionType(marshal.loads(code), vars(sys.modules[module]))
