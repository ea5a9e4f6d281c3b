"""Whether a group may be taken now: permission comes from register and promise alone.

Evidence says when; this says whether. Each refusal is a sentence.
"""

from failover.core.cells import OwnerCell, OwnerState, Term
from failover.core.groups import NO_TERM
from failover.core.lease import over_at_s
from failover.core.plan import Group
from failover.core.state import State


def refusal(state: State, group: Group, now_s: float) -> str:
    """Why the group must not be taken now; empty: it may be."""
    if not state.may_write():
        return "this centre's own session is not in the register"
    if state.view.unreadable:
        return next(iter(state.view.unreadable.values()))
    for instance in group.instances:
        if not state.owns(instance):
            why = _refusal_of(state, group, instance, now_s)
            if why:
                return why
    return ""


def _refusal_of(state: State, group: Group, instance: str, now_s: float) -> str:
    cell = state.view.owner(instance)
    epoch = cell.term.epoch if cell is not None else 0
    highest = state.ownership.highest.get(instance, NO_TERM)
    if Term(state.view.generation(), epoch + 1) <= highest:
        return f"`{instance}` is known at {highest}: the register went back"
    if state.ownership.is_kept(instance):
        return ""
    if cell is not None and cell.owner.site == state.me.site:
        # The other centre may have had it in a register that is no more, and go on by promise.
        is_void = state.ownership.is_void(instance, state.view)
        return _refusal_by_promise(state, group, now_s) if is_void else ""
    if state.view.plan_hash() != state.plan.hash:
        return "this centre's plan is not the one in force"
    if cell is not None and cell.state is OwnerState.SURRENDERED:
        return ""
    if cell is None and group.home == state.me.site:
        had = instance in state.ownership.highest
        return _refusal_by_promise(state, group, now_s) if had else ""
    return _refusal_by_time(state, group, cell, now_s)


def _refusal_by_time(state: State, group: Group, cell: OwnerCell | None, now_s: float) -> str:
    refused = _refusal_by_promise(state, group, now_s)
    if refused:
        return refused
    session = state.view.session(state.peer)
    if session is not None and session.plan != state.plan.hash:
        return "the two centres run different plans"
    over_s = state.view.over_s(state.peer)
    if cell is not None and cell.state is OwnerState.SEALED and session is not None:
        over_s = over_at_s(state.view.owners_seen_s(group), session.lease)
    if now_s < over_s:
        return "the other centre's lease may still run"
    return ""


def _refusal_by_promise(state: State, group: Group, now_s: float) -> str:
    is_bound = now_s < state.given.until_s(group.name)
    return "the other centre still has this one's promise" if is_bound else ""


def plan_to_register(state: State) -> bool:
    """Whether both centres run this plan, and the register does not say so yet."""
    if state.view.plan_hash() == state.plan.hash:
        return False
    session = state.view.session(state.peer)
    return session is None or session.plan == state.plan.hash
