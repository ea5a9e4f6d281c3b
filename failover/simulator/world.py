"""The world: places, ways, register, data, agents, and who judges them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from failover.core.cells import (
    GENERATION,
    PLAN,
    GenerationCell,
    PlanCell,
    encode,
)
from failover.core.effects import Effect, Event, Heard, Page
from failover.core.guard import Slots
from failover.core.messages import Beat, PathName
from failover.core.plan import Group, Plan
from failover.core.transaction import Compare, Put, Transaction
from failover.simulator.actuators import Actuators
from failover.simulator.agents import AgentClass
from failover.simulator.client import Client
from failover.simulator.clock import Queue
from failover.simulator.data import Data
from failover.simulator.doors import Doors
from failover.simulator.evidence import Evidence
from failover.simulator.faults import begin
from failover.simulator.links import SITES, Links
from failover.simulator.machine import Machine
from failover.simulator.operators import Operators
from failover.simulator.places import Site, next_plan, plan_of
from failover.simulator.register import Register
from failover.simulator.safety import Safety
from failover.simulator.schedule import Schedule

SHIPPING_S = 0.4
STREAM_LOSS_MAX = 0.5  # a stream that loses more stands still
START_S = 0.3  # both agents start within this
DEPLOYING_S = 0.3  # an agent is away while it gets a new plan


class Violation(NamedTuple):
    """A rule that was broken."""

    rule: str
    at_s: float
    text: str


class Paged(NamedTuple):
    """A page to the people."""

    at_s: float
    site: str
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Damages of the world that a test plants."""

    wall_clock: bool = False  # agents are given the wall clock for the boot-time clock
    stops_established: bool = True  # the guard stands before conntrack
    plain_puts: bool = False  # the register does not compare
    new_guard_trusts: bool = False  # a guard that was started anew adopts what stands open
    clock_error: float = 0.005  # of each machine's rate: two differ by 1 % at most


class Recorder(NamedTuple):
    """Hears everything, for the story."""

    note: Callable[[float, str, str], None]
    told: Callable[[float, str, Event], None]
    done: Callable[[float, str, Effect], None]


class World:
    """Everything that is simulated under one seed."""

    plan: Plan
    plans: dict[str, Plan]  # which each centre runs
    groups: Mapping[str, Group]
    group_of: Mapping[str, str]  # of an instance
    instances: tuple[str, ...]
    links: Links
    register: Register
    doors: Doors
    safety: Safety
    data: Data
    evidence: Evidence

    def __init__(
        self,
        seed: int,
        schedule: Schedule,
        agent_class: AgentClass,
        slots_class: Callable[[], Slots],
        options: Options,
        recorder: Recorder | None = None,
    ) -> None:
        self.schedule = schedule
        self.options = options
        self.agent_class = agent_class
        self.slots_class = slots_class
        self._recorder = recorder
        self.recording = recorder is not None
        self.rng = Random(f"world {seed}")
        self.queue = Queue()
        self._fresh = 0
        self.turns = 0
        self.generation = 1
        self.witness_down = 0
        self.violations: list[Violation] = []
        self.excused: list[str] = []
        self.takeovers_s: list[float] = []
        self.pages: list[Paged] = []
        self.records: list[str] = []
        self.faults_begun: dict[str, int] = {}
        self.site_losses: list[tuple[float, str]] = []
        self._know(plan_of(schedule.profile, schedule.durability))
        self._lay_out(self.plan.profile.lease.length_s)
        self.client = Client(self.queue, self.links, self.register)
        self.client.answered = self.safety.answered
        self.actuators = Actuators(self)
        self.operators = Operators(self)
        self.evidence = Evidence(self)
        self.sites: Mapping[str, Site] = {site: Site(self, site) for site in SITES}

    def _know(self, plan: Plan) -> None:
        self.plan = plan
        self.plans = dict.fromkeys(SITES, plan)
        self.groups = {group.name: group for group in plan.groups}
        self.group_of = {each: group.name for group in plan.groups for each in group.instances}
        self.instances = tuple(self.group_of)

    def _lay_out(self, lease_s: float) -> None:
        queue = self.queue
        self.links = Links(queue, self.rng)
        self.register = Register(
            queue, self.rng, self.links, lease_s=lease_s, compares=not self.options.plain_puts
        )
        self.doors = Doors(
            queue,
            self.instances,
            lease_s=next_plan(self.plan).profile.lease.length_s,
            violated=self.violated,
        )
        self.doors.note = self.note if self.recording else None
        self.safety = Safety(
            queue, self.register, self.groups, self.violated, self._wall_clocks_true
        )
        self.register.committed = self.safety.committed
        self.data = Data(
            queue,
            self.plan.groups,
            share=self._share,
            streams=self._streams,
            judge=self.safety,
            busy=self.schedule.busy,
        )

    def begin(self) -> None:
        """Set up the register, start everything, and plan the faults."""
        self._set_up_register()
        for site in SITES:
            self.queue.at(self.rng.uniform(0, START_S), self.sites[site].first.start)
        self.evidence.begin()
        self.queue.at(SHIPPING_S, self._ship)
        for fault in self.schedule.faults:
            self.queue.at(fault.start_s, begin, self, fault)

    # --- what the parts ask of the whole ---------------------------------------------------

    def fresh(self, prefix: str) -> str:
        """A name that nobody had before."""
        self._fresh += 1
        return f"{prefix}{self._fresh}"

    def violated(self, rule: str, text: str) -> None:
        """A rule was broken."""
        self.note("judge", f"{rule} broken: {text}")
        self.violations.append(Violation(rule, self.queue.now_s, text))

    def note(self, who: str, text: str) -> None:
        """A line of the story."""
        if self._recorder is not None:
            self._recorder.note(self.queue.now_s, who, text)

    def told(self, who: str, event: Event) -> None:
        """An agent takes an event in; called while recording only."""
        if self._recorder is not None:
            self._recorder.told(self.queue.now_s, who, event)

    def done(self, who: str, effect: Effect) -> None:
        """An agent's effect is carried out; called while recording only."""
        if self._recorder is not None:
            self._recorder.done(self.queue.now_s, who, effect)

    def paged(self, site: str, page: Page) -> None:
        """An agent pages the people."""
        self.pages.append(Paged(self.queue.now_s, site, page))

    def recorded(self, text: str) -> None:
        """An agent writes to its journal."""
        self.records.append(text)

    def carry_beat(self, sender: str, path: str, beat: Beat) -> None:
        """A beat leaves a centre on one path."""
        receiver = self.plan.other(sender)
        self.links.get(path, sender, receiver).send(self._heard, receiver, Heard(path, beat))

    def deploy(self, site: str) -> str:
        """Give a centre the next plan: its agent is started anew with it. Its hash."""
        plan = next_plan(self.plan)
        self.plans[site] = plan
        for machine in self.sites[site].machines:
            shell = machine.agent
            shell.kills += 1
            shell.kill()
            self.queue.at(self.queue.now_s + DEPLOYING_S, self._deployed, machine)
        return plan.hash

    def _deployed(self, machine: Machine) -> None:
        machine.agent.kills -= 1
        machine.agent.start()

    def _heard(self, receiver: str, event: Heard) -> None:
        machine = self.sites[receiver].newest
        if machine.running:
            machine.agent.deliver(event)

    def _share(self, site: str, group: Group) -> float:
        return self.sites[site].share(group)

    def _streams(self, start: str, end: str) -> bool:
        """Whether a stream of a database gets from one centre to the other, on any path."""
        if not (self.sites[start].running and self.sites[end].running):
            return False
        fibre = self.links.get(PathName.FIBRE, start, end)
        if not fibre.cut and fibre.loss < STREAM_LOSS_MAX:
            return True
        health = self.links.get(PathName.HEALTH, start, end)
        return not health.cut and health.loss < STREAM_LOSS_MAX

    def _wall_clocks_true(self) -> bool:
        return all(each.wall_true for site in self.sites.values() for each in site.machines)

    def _ship(self) -> None:
        self.data.ship()
        self.queue.at(self.queue.now_s + SHIPPING_S, self._ship)

    def _set_up_register(self) -> None:
        cells = {
            PLAN: encode(PlanCell(self.plan.hash, self.fresh("plan-"))),
            GENERATION: encode(GenerationCell(1, (), self.fresh("generation-"))),
        }
        self.register.apply(
            Transaction(
                tuple(Compare(key, 0) for key in cells),
                tuple(Put(key, value) for key, value in cells.items()),
            )
        )
