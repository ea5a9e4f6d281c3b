"""All kinds of faults: what each does to the world when it begins, and what undoes it at its end.

Faults overlap, so each counts up what it breaks and down what it mends. `value` is a number between
0 and 1 that says how bad this one is, or which of several it hits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from failover.core.cells import OrderKind
from failover.simulator.faults_of_places import (
    agent_frozen,
    agent_killed,
    both_frozen,
    cloned,
    disk_forgets,
    disk_stalls,
    guard_broken,
    half_deployed,
    leader_moves,
    member_down,
    planned_restart,
    quota_full,
    rebooted,
    register_outage,
    restored,
    site_isolated,
    site_lost,
    suspended,
    vm_paused,
    wall_jumps,
    watchdog_killed,
    witness_lost,
)
from failover.simulator.faults_of_ways import (
    Fault,
    Undo,
    count,
    cut,
    fibre_flaps,
    fibre_links,
    group_of,
    health_links,
    line_links,
    lossy,
    nothing,
    some_hospitals,
    together,
    worsen,
)
from failover.simulator.links import HOSPITALS, WITNESS, Trouble

if TYPE_CHECKING:
    from failover.simulator.world import World

Doing = Callable[["World", Fault], Undo]


def begin(world: World, fault: Fault) -> None:
    """Let a fault happen, and plan its end."""
    world.note("fault", f"{fault.kind} at {fault.site} begins ({fault.length_s:.2f} s)")
    world.faults_begun[fault.kind] = world.faults_begun.get(fault.kind, 0) + 1
    undo = KINDS[fault.kind](world, fault)
    world.queue.at(fault.start_s + fault.length_s, _end, world, fault, undo)


def _end(world: World, fault: Fault, undo: Undo) -> None:
    world.note("fault", f"{fault.kind} at {fault.site} ends")
    undo()


def _hold(world: World, fault: Fault) -> Undo:
    group = "*" if fault.value < 0.2 else group_of(world, fault)
    world.operators.hold(group, 0.5 + fault.length_s)
    return nothing


def _resume(world: World, fault: Fault) -> Undo:
    world.operators.resume("*" if fault.value < 0.2 else group_of(world, fault))
    return nothing


def _order(kind: OrderKind) -> Doing:
    def doing(world: World, fault: Fault) -> Undo:
        world.operators.order(kind, group_of(world, fault), fault.site, 5.0)
        return nothing

    return doing


def _drill(world: World, fault: Fault) -> Undo:
    group = group_of(world, fault)
    home = world.data.groups[group].home
    away = world.plan.other(home)
    world.operators.drill(group, away, home, fault.length_s)
    return nothing


def _wrong_order(world: World, fault: Fault) -> Undo:
    """A group or a centre that does not exist."""
    if fault.value < 0.5:
        world.operators.order(OrderKind.TAKEOVER, "no-such-group", fault.site, 5.0)
    else:
        world.operators.order(OrderKind.SWITCHOVER, next(iter(world.data.groups)), "C", 5.0)
    return nothing


KINDS: Mapping[str, Doing] = {
    "fibre cut": lambda world, fault: cut(world, fibre_links(world, fault)),
    "fibre one way": lambda world, fault: cut(world, world.links.fibre(fault.site, fault.other)),
    "fibre loses": lambda world, fault: lossy(fibre_links(world, fault), fault),
    "fibre slow": lambda world, fault: worsen(
        fibre_links(world, fault), Trouble(slow_s=0.05 + 3 * fault.value**3)
    ),
    "fibre repeats": lambda world, fault: worsen(
        fibre_links(world, fault), Trouble(repeats=0.5, slow_s=0.05)
    ),
    "fibre flaps": fibre_flaps,
    "health path cut": lambda world, fault: cut(world, health_links(world, fault)),
    "health path one way": lambda world, fault: cut(
        world, world.links.health(fault.site, fault.other)
    ),
    "health path loses": lambda world, fault: lossy(health_links(world, fault), fault),
    "both paths cut": lambda world, fault: cut(
        world, fibre_links(world, fault) + health_links(world, fault)
    ),
    "line to the witness cut": lambda world, fault: cut(world, line_links(world, fault)),
    "line to the witness one way": lambda world, fault: cut(
        world,
        world.links.line(fault.site, WITNESS)
        if fault.value < 0.5
        else world.links.line(WITNESS, fault.site),
    ),
    "line to the witness loses": lambda world, fault: lossy(line_links(world, fault), fault),
    "members not asked": lambda world, fault: cut(world, world.links.calls(fault.site)),
    "members' answers lost": lambda world, fault: cut(world, world.links.answers(fault.site)),
    "requests late": lambda world, fault: worsen(
        world.links.calls(fault.site) + world.links.answers(fault.site),
        Trouble(slow_s=0.1 + 2 * fault.value, repeats=0.2),
    ),
    "members' answers late": lambda world, fault: worsen(
        world.links.answers(fault.site), Trouble(slow_s=0.1 + 2 * fault.value)
    ),
    "hospitals lose a centre": lambda world, fault: cut(
        world, world.links.access(fault.site, HOSPITALS)
    ),
    "some hospitals lose a centre": lambda world, fault: cut(
        world, world.links.access(fault.site, some_hospitals(fault, 0.4))
    ),
    "hospitals blind": lambda world, fault: together(
        cut(world, world.links.access("A", some_hospitals(fault, 0.8))),
        cut(world, world.links.access("B", some_hospitals(fault, 0.8))),
        count(world.evidence.no_uplink, some_hospitals(fault, 0.8)),
    ),
    "hospitals lie": lambda world, fault: count(world.evidence.lying, some_hospitals(fault, 0.4)),
    "hospitals vanish": lambda world, fault: count(world.evidence.gone, some_hospitals(fault, 0.8)),
    "a centre slow": lambda world, fault: count(world.evidence.slow, [fault.site]),
    "site lost": site_lost,
    "site isolated": site_isolated,
    "site deaf": lambda world, fault: cut(world, world.links.entering(fault.site)),
    "site mute": lambda world, fault: cut(world, world.links.leaving(fault.site)),
    "witness lost": witness_lost,
    "register outage": register_outage,
    "member down": member_down,
    "leader moves": leader_moves,
    "quota full": quota_full,
    "register restored": restored,
    "agent killed": agent_killed,
    "planned restart": planned_restart,
    "agent frozen": agent_frozen,
    "watchdog killed": watchdog_killed,
    "agent and watchdog frozen": both_frozen,
    "machine suspended": suspended,
    "machine paused": vm_paused,
    "machine rebooted": rebooted,
    "machine cloned": cloned,
    "guard broken": guard_broken,
    "wall clock jumps": wall_jumps,
    "disk stalls": disk_stalls,
    "disk forgets": disk_forgets,
    "service fails": lambda world, fault: count(
        world.sites[fault.site].failed, [group_of(world, fault)]
    ),
    "probes lie": lambda world, fault: count(world.evidence.probes_lie, [fault.site]),
    "probes vanish": lambda world, fault: count(world.evidence.probes_gone, [fault.site]),
    "actuator fails": lambda world, fault: count(
        world.sites[fault.site].failing, world.data.groups
    ),
    "actuator hangs": lambda world, fault: count(
        world.sites[fault.site].hanging, world.data.groups
    ),
    "replication stalls": lambda world, fault: count(
        world.data.stalled, [group_of(world, fault)]
    ),
    "plan half deployed": half_deployed,
    "hold": _hold,
    "resume": _resume,
    "switchover": _order(OrderKind.SWITCHOVER),
    "takeover": _order(OrderKind.TAKEOVER),
    "drill": _drill,
    "wrong order": _wrong_order,
}  # fmt: skip
