"""People at the keyboard: orders and holds, right ones and wrong ones, at any moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from failover.core import requests
from failover.core.cells import (
    EVERY_GROUP,
    HoldCell,
    OrderCell,
    OrderKind,
    PlanCell,
    encode,
)
from failover.core.cells import PLAN as PLAN_KEY
from failover.core.transaction import ABSENT, Committed, Compare, Put, Transaction
from failover.simulator.links import MEMBERS
from failover.simulator.register import Cells

if TYPE_CHECKING:
    from failover.simulator.world import World

TRIES = 5
PATIENT_TRIES = 600  # without it the agents trust nothing: whoever is on call goes on
RETRY_S = 1.0
WHO = "on-call"

Build = Callable[[Cells], Transaction]


class Operators:
    """Writes what people want into the register, as the command line does."""

    def __init__(self, world: World) -> None:
        self._world = world

    def hold(self, group: str, length_s: float) -> None:
        """Keep a group where it is."""
        cell = HoldCell(length_s, WHO, "maintenance", self._world.fresh("hold-"))
        plan = self._world.plan
        self._write(f"hold {group} for {length_s:.1f} s", lambda cells: requests.hold(
            plan, group, cell, cells
        ))  # fmt: skip

    def resume(self, group: str) -> None:
        """End a hold."""
        nonce, plan = self._world.fresh("resume-"), self._world.plan
        self._write(f"resume {group}", lambda cells: requests.resume(
            plan, group, WHO, nonce, cells
        ))  # fmt: skip

    def order(self, kind: OrderKind, group: str, to: str, length_s: float) -> None:
        """Order a group to a centre."""
        cell = OrderCell(kind, to, length_s, WHO, self._world.fresh("order-"))
        plan = self._world.plan
        self._write(f"{kind.value} of {group} to {to}", lambda cells: requests.order(
            plan, group, cell, cells
        ))  # fmt: skip

    def drill(self, group: str, away: str, back: str, after_s: float) -> None:
        """A switchover there and, later, back."""
        self.order(OrderKind.SWITCHOVER, group, away, 5.0)
        queue = self._world.queue
        queue.at(queue.now_s + after_s, self.order, OrderKind.SWITCHOVER, group, back, 5.0)

    def new_generation(self) -> None:
        """Break the glass after a backup was restored, as people do by hand."""
        nonce, known = self._world.fresh("generation-"), self._world.generation
        self._world.generation += 1

        def build(cells: Cells) -> Transaction:
            return requests.break_glass((WHO, "second"), nonce, cells, known)

        self._write("a new generation, after the backup was restored", build, PATIENT_TRIES)

    def deploy(self, plan_hash: str) -> None:
        """Put a new plan in force."""
        cell = PlanCell(plan_hash, self._world.fresh("plan-"))
        self._write(f"plan {plan_hash} in force", lambda cells: _put(cells, PLAN_KEY, encode(cell)))

    def _write(self, what: str, build: Build, tries: int = TRIES) -> None:
        world = self._world
        member = next((each for each in MEMBERS if world.register.serves(each)), None)
        if member is not None:
            try:
                transaction = build(world.register.cells)
            except ValueError as error:
                world.note(WHO, f"{what}: refused: {error}")
                return
            outcome = world.register.receive(member, transaction)
            world.note(WHO, f"{what}: {type(outcome).__name__}")
            if isinstance(outcome, Committed):
                return
        if tries > 1:
            queue = world.queue
            queue.at(queue.now_s + RETRY_S, self._write, what, build, tries - 1)


def hold_all() -> str:
    """The name by which every group is held."""
    return EVERY_GROUP


def _put(cells: Cells, key: str, value: bytes) -> Transaction:
    revision = cells.get(key, ABSENT).revision
    return Transaction((Compare(key, revision),), (Put(key, value),))
