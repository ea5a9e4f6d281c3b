"""What moves a group: it takes its time, may fail, and may hang."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from failover.core.effects import Actuate, Verb
from failover.simulator.shell import actuated

if TYPE_CHECKING:
    from failover.simulator.shell import Shell
    from failover.simulator.world import World

FAST_S, SLOW_S = 0.05, 0.3
LIMIT_S = 3.0  # what is not done by then is given up
DONE_ANYWAY_SHARE = 0.3  # of those that hang have done their work
AGAIN_S = 0.1


class Job:
    """One thing to be done to one group."""

    __slots__ = ("acted", "boot", "effect", "hangs", "life", "shell", "until_s")

    def __init__(self, shell: Shell, effect: Actuate, *, hangs: bool) -> None:
        self.shell = shell
        self.life = shell.lives
        self.boot = shell.machine.boot
        self.effect = effect
        self.hangs = hangs
        self.acted = False
        self.until_s = 0.0


class Actuators:
    """Drives the databases of both centres: in each group one thing after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._jobs: dict[tuple[str, str], deque[Job]] = {}

    def drive(self, shell: Shell, effect: Actuate) -> None:
        """Begin, or wait for what is going on; the agent hears once, unless its life ends."""
        key = shell.machine.name, effect.group
        hangs = bool(self._world.sites[shell.site].hanging[effect.group])
        jobs = self._jobs.setdefault(key, deque())
        jobs.append(Job(shell, effect, hangs=hangs))
        if len(jobs) == 1:
            self._start(key)

    def _start(self, key: tuple[str, str]) -> None:
        world, job = self._world, self._jobs[key][0]
        now_s = world.queue.now_s
        job.until_s = now_s + LIMIT_S
        wait_s = LIMIT_S if job.hangs else world.rng.uniform(FAST_S, SLOW_S)
        world.queue.at(now_s + wait_s, self._work, key, job)

    def _work(self, key: tuple[str, str], job: Job) -> None:
        world, machine = self._world, job.shell.machine
        if machine.down or machine.boot != job.boot:
            self._next(key)
            return
        why = "" if machine.paused else self._act(job)
        if machine.paused or (why == "not yet" and world.queue.now_s < job.until_s):
            world.queue.at(world.queue.now_s + AGAIN_S, self._work, key, job)
            return
        effect = job.effect
        world.note(machine.name, f"{effect.verb.value} of {effect.group}: {why or 'done'}")
        self._next(key)
        if job.shell.lives == job.life:
            job.shell.deliver(actuated(effect, why))

    def _next(self, key: tuple[str, str]) -> None:
        jobs = self._jobs[key]
        jobs.popleft()
        if jobs:
            self._start(key)

    def _act(self, job: Job) -> str:
        """Do it; why it is not done, `not yet` if it may be later."""
        place, group = self._world.sites[job.shell.site], job.effect.group
        if job.hangs:
            if self._world.rng.random() < DONE_ANYWAY_SHARE:
                self._change(job)
            return "no end after the limit"
        if place.failing[group]:
            return "the hook failed"
        if job.shell.machine is not place.first:
            return ""  # a clone drives the clone of the database, which nobody judges
        return self._change(job)

    def _change(self, job: Job) -> str:
        data, site = self._world.data, job.shell.site
        group, verb, term = job.effect.group, job.effect.verb, job.effect.term
        if verb is Verb.TAKE:
            return "" if data.take(group, site, term) else "the database refuses the term"
        if verb is Verb.RELEASE:
            data.release(group, site)
        elif verb is Verb.PREPARE:
            return "" if data.prepare(group, site) else "the standby does not follow"
        elif not job.acted:
            job.acted = True
            data.relax(group, site, relaxed=verb is Verb.RELAX)
        # Only what both centres have may be called tight.
        tight = verb is not Verb.TIGHTEN or data.confirmed(group, site)
        return "" if tight else "not yet"
