"""A schedule told step by step, as a person reads it, with the disturbances that replay it."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from failover.core.effects import (
    Actuate,
    Actuated,
    Answered,
    Arm,
    Commit,
    Effect,
    Event,
    Grant,
    Page,
    Shut,
)
from failover.core.guard import Slots
from failover.core.transaction import Refused, Unknown
from failover.simulator.explore import Bound, Deviation, Explored
from failover.simulator.explore_choices import Choice
from failover.simulator.explore_rules import Broken
from failover.simulator.explore_scenes import settling, staged, within
from failover.simulator.explore_steps import perform
from failover.simulator.explore_world import Apply, Begin, Happen, Item, Step, World


def summary(bound: Bound, explored: Explored) -> str:
    """The bound, and how much was explored within it."""
    found = "; ".join(violation.rule for violation in explored.violations) or "no violation"
    return (
        f"{bound.scene.value}: at most {bound.deviations} disturbances "
        f"({', '.join(sorted(kind.value for kind in bound.kinds))}) "
        f"in {bound.begin_s:.2f}–{bound.end_s:.2f} s, clocks {bound.rates}, "
        f"groups {bound.groups}: {explored.paths:,} schedules "
        f"({explored.merged:,} of them joined another), {explored.states:,} states: {found}"
    )


def tell(
    bound: Bound, deviations: tuple[Deviation, ...], guard: Callable[[], Slots] = Slots
) -> Iterator[str]:
    """Replay a schedule; one line for each step that matters, the last tells what is broken."""
    chosen: dict[int, Choice] = dict(deviations)
    yield f"{bound.scene.value}, clocks {bound.rates}"
    world = staged(bound.scene, bound.rates, bound.groups, guard, bound.begin_s, bound.end_s)
    end_s = world.now_s + bound.end_s - bound.begin_s
    steps = chain(within(world, end_s), settling(world, bound.rest_s))
    try:
        for number, step in enumerate(steps):
            choice = chosen.get(number)
            revision = world.register.revision
            perform(world, step, choice)
            if line := _line(world, step, choice, revision):
                yield line
    except Broken as broken:
        yield f"{world.now_s:8.3f} s  broken: {broken}"
    yield f"replay: deviations={deviations!r}"


def _line(world: World, step: Step, choice: Choice | None, revision: int) -> str:
    text = _TEXTS[type(step.what)](step.what) if type(step.what) in _TEXTS else ""
    if isinstance(step.what, Apply):
        done = world.register.revision > revision
        text += f": revision {world.register.revision}" if done else ": refused"
    if choice is not None:
        text = f"{text or type(step.what).__name__}  <-- {_disturbance(choice)}"
    return f"{step.at_s:8.3f} s  {step.site or ' '}  {text}" if text else ""


def _disturbance(choice: Choice) -> str:
    return f"{choice.kind.value}: {choice.name}" + (f" {choice.amount:g}" if choice.amount else "")


def _committed(effect: Commit) -> str:
    return f"sends request {effect.request} ({_puts(effect.transaction.puts)})"


def _applied(item: Apply) -> str:
    return f"   {item.site}'s request {item.request} ({_puts(item.transaction.puts)})"


def _answered(event: Answered) -> str:
    outcome = event.outcome
    how = "unknown" if isinstance(outcome, Unknown) else "refused"
    if not isinstance(outcome, Unknown | Refused):
        how = f"revision {outcome.revision}"
    return f"has the answer of request {event.request}: {how}"


def _puts(puts: tuple[Any, ...]) -> str:
    return ", ".join(put.key for put in puts)


def _names(instances: frozenset[str]) -> str:
    return ", ".join(sorted(instances)) or "nothing"


_TEXTS: dict[type[Effect | Event | Item], Callable[[Any], str]] = {
    Commit: _committed,
    Answered: _answered,
    Apply: _applied,
    Arm: lambda effect: (
        f"arms {effect.name} for {effect.length_s:.3f} s: {_names(effect.instances)}"
    ),
    Grant: lambda effect: f"opens by {effect.name}: {_names(effect.instances)}",
    Shut: lambda effect: f"shuts {_names(effect.instances)}",
    Actuate: lambda effect: f"asks {effect.group} to {effect.verb.value}",
    Actuated: lambda event: (
        f"{event.group}: {event.verb.value} {'done' if event.done else 'failed'}"
    ),
    Page: lambda effect: f"pages: {effect.text}",
    Begin: lambda item: f"   {item.site} is started{' anew' if item.boots else ''}",
    Happen: lambda item: f"   {item.name}",
}
