"""The faults of places, of the register, of machines and processes, and of what they run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from failover.simulator.faults_of_ways import (
    Fault,
    Undo,
    count,
    cut,
    nothing,
    site_links,
    together,
)
from failover.simulator.links import MEMBERS, SITES, WITNESS

AWAY_S_MAX = 6.0  # of a planned restart: it may begin late, by an agent that is frozen

if TYPE_CHECKING:
    from failover.simulator.world import World


def members_down(world: World, members: Iterable[str]) -> Undo:
    """Stop members of the register."""
    undo = count(world.register.down, members)
    world.register.reassess()

    def back() -> None:
        undo()
        world.register.reassess()

    return back


def power_off(world: World, site: str) -> Undo:
    """Switch all of a centre's machines off."""
    machines = [each for each in world.sites[site].machines if not each.scrapped]
    for machine in machines:
        machine.power_off()

    def undo() -> None:
        for machine in machines:
            machine.power_on()

    return undo


def site_lost(world: World, fault: Fault) -> Undo:
    """A centre is gone: power, ways, member."""
    world.site_losses.append((world.queue.now_s, fault.site))
    return together(
        cut(world, site_links(world, fault)),
        members_down(world, [fault.site]),
        power_off(world, fault.site),
    )


def site_isolated(world: World, fault: Fault) -> Undo:
    """Nothing enters or leaves a centre; inside it all runs on."""
    return cut(world, site_links(world, fault))


def witness_lost(world: World, fault: Fault) -> Undo:
    """The witness's place is gone."""
    del fault
    world.witness_down += 1
    links = [
        link
        for site in SITES
        for link in world.links.line(site, WITNESS) + world.links.line(WITNESS, site)
    ]
    undo = together(cut(world, links), members_down(world, [WITNESS]))

    def back() -> None:
        world.witness_down -= 1
        undo()

    return back


def register_outage(world: World, fault: Fault) -> Undo:
    """Two of three members stop."""
    first = int(fault.value * len(MEMBERS))
    return members_down(world, [MEMBERS[first], MEMBERS[(first + 1) % len(MEMBERS)]])


def member_down(world: World, fault: Fault) -> Undo:
    """One member stops."""
    return members_down(world, [MEMBERS[int(fault.value * len(MEMBERS))]])


def leader_moves(world: World, fault: Fault) -> Undo:
    """The leader steps down, an election follows."""
    world.register.lead(None)
    del fault
    return lambda: world.register.lead(WITNESS) if world.register.serves(WITNESS) else None


def quota_full(world: World, fault: Fault) -> Undo:
    """Every commit is refused until somebody makes room."""
    del fault
    world.register.full += 1

    def undo() -> None:
        world.register.full -= 1

    return undo


def restored(world: World, fault: Fault) -> Undo:
    """All members stop, a backup some seconds old comes back, a person counts the generation up."""
    undo = members_down(world, MEMBERS)
    age_s = 1 + 15 * fault.value
    able = [each for each in world.register.snapshots if each.at_s <= world.queue.now_s - age_s]
    snapshot = able[-1] if able else world.register.snapshots[0]

    def back() -> None:
        world.register.restore(snapshot)
        world.safety.restored()
        undo()
        world.queue.at(world.queue.now_s + 1 + 3 * fault.value, world.operators.new_generation)

    return back


def agent_killed(world: World, fault: Fault) -> Undo:
    """The agent dies, and is started again at the end."""
    shell = world.sites[fault.site].first.agent
    shell.kills += 1
    shell.kill()

    def undo() -> None:
        shell.kills -= 1
        shell.start()

    return undo


def planned_restart(world: World, fault: Fault) -> Undo:
    """The agent leaves its doors to its next life. Its supervisor starts it after so long."""
    world.sites[fault.site].first.agent.leave(min(fault.length_s, AWAY_S_MAX), fault.value)
    return nothing


def agent_frozen(world: World, fault: Fault) -> Undo:
    """SIGSTOP after so many more effects."""
    shell = world.sites[fault.site].first.agent
    shell.set_trap(int(fault.value * 16))
    return shell.spring_trap


def watchdog_killed(world: World, fault: Fault) -> Undo:
    """The second process dies, and is started again at the end."""
    machine = world.sites[fault.site].first
    machine.watchdog.alive = False

    def undo() -> None:
        if not machine.down and not machine.watchdog.alive:
            machine.watchdog.start()

    return undo


def both_frozen(world: World, fault: Fault) -> Undo:
    """Both processes stand still; the machine goes on."""
    machine = world.sites[fault.site].first
    machine.watchdog.frozen += 1
    machine.agent.set_trap(int(fault.value * 16))

    def undo() -> None:
        machine.watchdog.frozen -= 1
        machine.agent.spring_trap()

    return undo


def suspended(world: World, fault: Fault) -> Undo:
    """The machine stands still; its boot-time clock counts, its kernel's timers do not."""
    machine = world.sites[fault.site].first
    machine.pause(clock=False)
    return machine.thaw


def vm_paused(world: World, fault: Fault) -> Undo:
    """The machine stands still and both its clocks do."""
    machine = world.sites[fault.site].first
    machine.pause(clock=True)

    def undo() -> None:
        if fault.value < 0.5:  # the hypervisor corrects the wall clock, or it does not
            machine.wall_s += fault.length_s
        else:
            machine.wall_true = False
        machine.thaw()

    return undo


def rebooted(world: World, fault: Fault) -> Undo:
    """A new boot: kernel sets are gone."""
    machine = world.sites[fault.site].first
    machine.power_off()
    return machine.power_on


def cloned(world: World, fault: Fault) -> Undo:
    """A second machine of the same name, with a copy of the disk."""
    place = world.sites[fault.site]
    clone = place.clone()
    clone.start()

    def undo() -> None:
        clone.scrapped = True
        clone.power_off()

    return undo


def guard_broken(world: World, fault: Fault) -> Undo:
    """The guard's calls fail."""
    machine = world.sites[fault.site].first
    machine.guard_broken += 1
    machine.guard.breaks()

    def undo() -> None:
        machine.guard_broken -= 1
        if not machine.guard_broken:
            machine.agent.guard_repaired()

    return undo


def wall_jumps(world: World, fault: Fault) -> Undo:
    """The wall clock is set."""
    machine = world.sites[fault.site].first
    machine.wall_s += 40 * (fault.value - 0.5)
    machine.wall_true = False
    return nothing


def disk_stalls(world: World, fault: Fault) -> Undo:
    """What is written comes late."""
    disk = world.sites[fault.site].first.disk
    disk.stalled += 1

    def undo() -> None:
        disk.stalled -= 1

    return undo


def disk_forgets(world: World, fault: Fault) -> Undo:
    """The last write does not survive this crash."""
    machine = world.sites[fault.site].first
    machine.disk.loses += 1
    world.safety.forgetful.add(fault.site)
    machine.power_off()

    def undo() -> None:
        machine.disk.loses -= 1
        machine.power_on()

    return undo


def half_deployed(world: World, fault: Fault) -> Undo:
    """One centre gets the new plan, and later the other."""
    world.deploy(fault.site)

    def undo() -> None:
        world.operators.deploy(world.deploy(fault.other))

    return undo
