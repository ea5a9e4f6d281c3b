"""The moves as the register sees them: which cells are compared, which are put.

Each also compares the own session's cell (`Move.transaction`), so that a move of unknown fate is
dead as soon as a later renewal is in.
"""

from typing import NamedTuple

from failover.core import cells
from failover.core.cells import ExposedCell, OwnerCell, OwnerState, PlanCell, encode
from failover.core.damping import Cause
from failover.core.plan import Group
from failover.core.state import State
from failover.core.transaction import Compare, Put, Transaction


class Taken(NamedTuple):
    """What damping must know of a take from the other centre."""

    cause: Cause
    key: str  # of the decision that it is part of


class Move(NamedTuple):
    """One change of ownership, or about it."""

    groups: frozenset[str]
    compares: tuple[Compare, ...]
    puts: tuple[Put, ...]
    taken: Taken | None = None
    surrenders: bool = False  # the doors stay closed until its fate is known

    def transaction(self, state: State) -> Transaction:
        """The same puts each time; only the own session's revision is the newest."""
        return Transaction(state.view.compare(state.own_session_key()) + self.compares, self.puts)


def take(state: State, group: Group, order: str, *, forced: bool) -> Move:
    """Own every instance of the group that is not mine yet, each at its next term."""
    view, nonce, puts = state.view, state.nonce(), []
    for instance in group.instances:
        if state.owns(instance):
            continue
        old = view.owner(instance)
        epoch = old.term.epoch if old is not None else 0
        term = cells.Term(view.generation(), epoch + 1)
        cell = OwnerCell(term, state.me, OwnerState.OWNED, nonce, state.me, order)
        puts.append(Put(cells.owner_key(instance), encode(cell)))
    keys = [cells.owner_key(instance) for instance in group.instances]
    keys += [cells.PLAN, cells.GENERATION, cells.exposed_key(group.name)]
    keys += [cells.hold_key(group.name), cells.hold_key(cells.EVERY_GROUP)]
    if any(_held_by_lease(cell, state) for cell in view.owners(group)):
        keys.append(cells.session_key(state.peer))
    taken = None
    if state.theirs(group):
        cause, key = state.cause(group)
        taken = Taken(Cause.ORDERED if forced else cause, key)
    return _move(group, view.compare(*keys), puts)._replace(taken=taken)


def seal(state: State, group: Group) -> Move:
    """Forbid the other centre to renew the group."""
    return _change(state, group, OwnerState.SEALED, mine=False)


def surrender(state: State, group: Group, order: str = "") -> Move:
    """Give the group up; its doors are closed. `order`: by which it was handed over, all of it."""
    move = _change(state, group, OwnerState.SURRENDERED, mine=True, order=order)
    return move._replace(surrenders=True)


def expose(state: State, group: Group, *, exposed: bool) -> Move:
    """Register that the group acknowledges alone from now on, or no longer."""
    key = cells.exposed_key(group.name)
    keys = [key, *(cells.owner_key(instance) for instance in group.instances)]
    put = Put(key, encode(ExposedCell(exposed, state.me, state.nonce())))
    return _move(group, state.view.compare(*keys), [put])


def register_plan(state: State) -> Move:
    """Put the plan that both centres run in force."""
    put = Put(cells.PLAN, encode(PlanCell(state.plan.hash, state.nonce())))
    return Move(frozenset(), state.view.compare(cells.PLAN), (put,))


def _change(state: State, group: Group, to: OwnerState, *, mine: bool, order: str = "") -> Move:
    view, nonce, puts = state.view, state.nonce(), []
    for instance in group.instances:
        cell = view.owner(instance)
        if cell is not None and (cell.owner == state.me) is mine:
            changed = cell.changed(to, by=state.me, nonce=nonce, order=order)
            puts.append(Put(cells.owner_key(instance), encode(changed)))
    compares = view.compare(*(put.key for put in puts))
    return _move(group, compares, puts)


def _held_by_lease(cell: OwnerCell | None, state: State) -> bool:
    """Whether the other centre's lease stands behind the ownership, or may begin to."""
    return cell is None or (cell.owner.site == state.peer and cell.state is OwnerState.OWNED)


def _move(group: Group, compares: tuple[Compare, ...], puts: list[Put]) -> Move:
    return Move(frozenset((group.name,)), compares, tuple(puts))
