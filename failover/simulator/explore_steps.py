"""What happens at each step of the exploration's world, well or in a chosen other way."""

from collections.abc import Callable
from typing import Any

from failover.core.agent import Agent
from failover.core.cells import Incarnation
from failover.core.effects import (
    Actuate,
    Adopted,
    Answered,
    Arm,
    Armed,
    Closed,
    Commit,
    Event,
    Flush,
    Grant,
    Heard,
    Look,
    Looked,
    Observed,
    Page,
    Record,
    Remember,
    Remembered,
    SendBeat,
    Shut,
    Start,
    Witnessed,
)
from failover.core.guard import SetChange
from failover.core.messages import Report
from failover.core.transaction import Committed, Outcome, Unknown
from failover.simulator.explore_choices import (
    FAILS,
    LATE,
    LOST,
    REBOOT,
    SLOW,
    Choice,
    Crossroads,
    Kind,
)
from failover.simulator.explore_places import third_place, way
from failover.simulator.explore_rules import one_door
from failover.simulator.explore_world import (
    Apply,
    Begin,
    Deliver,
    Happen,
    Sense,
    Site,
    Step,
    Stored,
    World,
)

TRIP_S = 0.01  # one way to the register, or to the other centre
GUARD_S = 0.001
LOOK_S = 0.15  # until a look without an answer is given up
WORK_S = 0.05  # of an actuator
HINTS = (Kind.PATHS, Kind.BEAT, Kind.LOOK)  # disturbed, they must move nothing


def perform(world: World, step: Step, choice: Choice | None = None) -> None:
    """Let it happen, well or as chosen. Raises Broken."""
    world.now_s = step.at_s
    if choice is not None:
        _disturb(world, choice)
    elif world.disturbed_until_s <= world.now_s:
        world.disturbed_until_s = 0.0  # worlds in which it has run out are equal
    if not step.site:
        _outside(world, choice)
    elif choice is not None and choice.kind is Kind.FREEZE:
        world.sites[step.site].frozen_until_s = world.now_s + choice.amount
    elif choice is not None and choice.kind is Kind.KILL:
        _kill(world, world.sites[step.site], choice)
    elif step.effect:
        site = world.sites[step.site]
        del site.outbox[0]
        _EFFECTS[type(step.what)](world, site, step.what, choice)
    else:
        world.sites[step.site].handle(world.now_s)


def _disturb(world: World, choice: Choice) -> None:
    if choice.kind not in HINTS:
        world.judge.anyone_may_move = True
    if choice.kind is not Kind.COMMIT:
        world.disturbed_until_s = max(world.disturbed_until_s, world.now_s + choice.amount)


def _kill(world: World, site: Site, choice: Choice) -> None:
    site.kill()
    if choice.name == REBOOT:
        site.kernel.forget()
    world.at(world.now_s + choice.amount, Begin(site.name, boots=choice.name == REBOOT))


def _outside(world: World, choice: Choice | None) -> None:
    item = world.queue.pop(0)[1]
    if choice is not None:
        world.cut = choice.ways
        world.cut_until_s = round(world.now_s + choice.amount, 6)
        world.at(world.cut_until_s, Happen("the disturbance of the links is over"))
    if not isinstance(item, Crossroads):
        _ITEMS[type(item)](world, item)


# --- what happens outside --------------------------------------------------------------------


def _deliver(world: World, item: Deliver) -> None:
    site = world.sites[item.site]
    if site.agent is not None and item.life in (0, site.life) and item.by not in world.cut:
        site.inbox.append(item.event)


def _apply(world: World, item: Apply) -> None:
    outcome: Outcome = world.register.apply(item.transaction, world.now_s)
    if isinstance(outcome, Committed):
        world.judge.written(item.site, item.name, item.transaction, outcome.revision)
    answer_s = world.now_s + TRIP_S
    if third_place(item.site) in world.cut:
        outcome, answer_s = Unknown("the answer is lost"), item.deadline_s
    if item.answered:
        answer = Answered(item.request, outcome)
        world.at(answer_s, Deliver(item.site, item.life, answer))
    world.late = [(commits - 1, late) for commits, late in world.late]
    for _, late in [entry for entry in world.late if not entry[0]]:
        world.at(world.now_s + GUARD_S, late)
    world.late = [entry for entry in world.late if entry[0]]


def _begin(world: World, item: Begin) -> None:
    site = world.sites[item.site]
    if site.agent is not None:
        return
    if item.boots:
        site.kernel.forget()
        site.boot += 1
        site.clock = site.clock._replace(started_s=world.now_s - site.uptime_s)
    site.life += 1
    site.slots = world.guard()
    me = Incarnation(site.name, f"boot {site.boot}", f"life {site.life}")
    start = Start(me, site.memory, site.clock.local_s(world.now_s))
    site.agent = Agent(world.plan, start)
    site.outbox += site.agent.begin()
    site.due_s = world.now_s
    _change(world, site, site.slots.flush())
    _soon(world, site, GUARD_S, Adopted({}))


def _stored(world: World, item: Stored) -> None:
    site = world.sites[item.site]
    if site.agent is not None and site.life == item.life:
        site.memory = item.memory
        site.inbox.append(Remembered())


def _sense(world: World, item: Sense) -> None:
    world.at(world.now_s + world.plan.profile.beat_s, item)
    site = world.sites[item.site]
    if site.agent is None or third_place(site.name) in world.cut:
        return
    seen = frozenset(each.name for each in world.sites.values() if _seems_well(world, each))
    report = Report("hospital", round(world.now_s * 1000), seen, frozenset(), uplink=True)
    reaches = world.plan.other(site.name) in seen
    site.inbox += [Witnessed(reaches), Observed(report)]


def _seems_well(world: World, site: Site) -> bool:
    # A frozen machine may still answer; the worst for safety is that it does not.
    awake = site.agent is not None and site.frozen_until_s <= world.now_s
    return awake and third_place(site.name) not in world.cut


def _happen(world: World, item: Happen) -> None:
    if item.cut is not None:
        world.scene_cut = item.cut
    if world.cut_until_s <= world.now_s:  # a later disturbance of the links goes on
        world.cut, world.cut_until_s = world.scene_cut, 0.0
    if item.lost:
        world.sites[item.lost].kill()
        world.sites[item.lost].kernel.forget()
    if item.writes is not None:
        world.register.apply(item.writes, world.now_s)


# --- what a centre does ----------------------------------------------------------------------


def _commit(world: World, site: Site, effect: Commit, choice: Choice | None) -> None:
    how = choice.name if choice is not None else ""
    deadline_s = world.now_s + effect.timeout_s / site.clock.rate
    name = world.judge.sent(site.name, effect.transaction)
    sent = Apply(
        site.name,
        site.life,
        effect.request,
        effect.transaction,
        name,
        deadline_s,
        answered=how in ("", SLOW),
    )
    lost = third_place(site.name) in world.cut or how == LOST
    if lost or not sent.answered:
        unknown = Answered(effect.request, Unknown("no answer in time"))
        world.at(deadline_s, Deliver(site.name, site.life, unknown))
    if how == LATE and choice is not None:
        world.late.append((round(choice.amount), sent))
    elif not lost:
        slow_s = deadline_s - world.now_s - 2 * TRIP_S if how == SLOW else 0.0
        world.at(world.now_s + TRIP_S + slow_s, sent)


def _look(world: World, site: Site, _effect: Look, choice: Choice | None) -> None:
    if third_place(site.name) in world.cut:
        world.at(world.now_s + LOOK_S, Deliver(site.name, site.life, Looked(None)))
        return
    as_of_s = world.now_s - (choice.amount if choice is not None else 0.0)
    looked = Looked(world.register.stale(as_of_s))
    world.at(world.now_s + 2 * TRIP_S, Deliver(site.name, site.life, looked))


def _send_beat(world: World, site: Site, effect: SendBeat, choice: Choice | None) -> None:
    how = choice.name if choice is not None else ""
    by = way(effect.path, site.name)
    if by in world.cut or how == LOST:
        return
    heard = Deliver(world.plan.other(site.name), 0, Heard(effect.path, effect.beat), by)
    if how != LATE:
        world.at(world.now_s + TRIP_S, heard)
    if choice is not None:
        world.at(world.now_s + choice.amount, heard)


def _arm(world: World, site: Site, effect: Arm, _choice: Choice | None) -> None:
    world.judge.armed(site.name, _renewal(site, effect.name))
    _change(world, site, site.slots.arm(effect.name, effect.instances, effect.length_s))
    _soon(world, site, GUARD_S, Armed(effect.name))


def _grant(world: World, site: Site, effect: Grant, _choice: Choice | None) -> None:
    world.judge.granted(site.name, _renewal(site, effect.name), effect.instances)
    _change(world, site, site.slots.grant(effect.name, effect.instances))


def _shut(world: World, site: Site, effect: Shut, _choice: Choice | None) -> None:
    _change(world, site, site.slots.shut(effect.instances))
    _soon(world, site, GUARD_S, Closed(effect.instances))


def _flush(world: World, site: Site, _effect: Flush, _choice: Choice | None) -> None:
    _change(world, site, site.slots.flush())


def _actuate(world: World, site: Site, effect: Actuate, choice: Choice | None) -> None:
    late_s = choice.amount if choice is not None else 0.0
    done = choice is None or choice.name != FAILS
    _soon(world, site, WORK_S + late_s, effect.answered(done=done))


def _remember(world: World, site: Site, effect: Remember, _choice: Choice | None) -> None:
    world.at(world.now_s + GUARD_S, Stored(site.name, site.life, effect.memory))


def _tell(world: World, site: Site, effect: Page | Record, _choice: Choice | None) -> None:
    """Words for people change nothing here."""


def _renewal(site: Site, name: str) -> str:
    return f"{name} of life {site.life}"


def _change(world: World, site: Site, changes: list[SetChange]) -> None:
    for change in changes:
        site.kernel.change(change, world.now_s, site.clock.rate)
    one_door(world.kernels, world.instances, world.now_s)


def _soon(world: World, site: Site, after_s: float, event: Event) -> None:
    world.at(world.now_s + after_s, Deliver(site.name, site.life, event))


_EFFECTS: dict[type, Callable[[World, Site, Any, Choice | None], None]] = {
    Commit: _commit,
    Look: _look,
    SendBeat: _send_beat,
    Arm: _arm,
    Grant: _grant,
    Shut: _shut,
    Flush: _flush,
    Actuate: _actuate,
    Remember: _remember,
    Page: _tell,
    Record: _tell,
}
_ITEMS: dict[type, Callable[[World, Any], None]] = {
    Deliver: _deliver,
    Apply: _apply,
    Begin: _begin,
    Stored: _stored,
    Sense: _sense,
    Happen: _happen,
}
