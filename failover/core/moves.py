"""What an agent does about each group, from the tables' actions and from people's orders.

Nothing is remembered that can be seen: each turn looks at the cells, the doors and the verdicts,
and does the next thing that is due.
"""

from failover.core import writes
from failover.core.cells import OrderCell, OrderKind, OwnerState
from failover.core.effects import Effect, Page, Verb
from failover.core.facts import Action, InstanceVerdict, Owner
from failover.core.groups import NEVER_S, GroupState, Stage
from failover.core.permission import plan_to_register, refusal
from failover.core.plan import Durability, Group
from failover.core.state import State
from failover.core.writes import Move

HANDOVER_LIMIT_S = 2.0  # a planned move that is not through by then is rolled back


class Moves:
    """Takes, surrenders, seals, planned moves, exposure."""

    def __init__(self, state: State) -> None:
        self._state = state

    def turn(self, now_s: float) -> list[Effect]:
        """What is to be done beside the register."""
        effects: list[Effect] = []
        for group in self._state.groups.values():
            owner = self._state.owners[group.group.name]
            if owner is Owner.MINE:
                effects += self._keep(group, now_s)
            else:
                effects += self._let_go(group, owner, now_s)
        return effects

    def next(self, now_s: float) -> Move | None:
        """The next thing to write into the register; None: nothing."""
        state = self._state
        if not state.may_write():
            return None
        for group in state.groups.values():
            move = self._next_of(group, now_s)
            if move is not None:
                return move
        return writes.register_plan(state) if plan_to_register(state) else None

    def besides(self, now_s: float) -> frozenset[str]:
        """The groups that this agent does not promise to leave alone."""
        state = self._state
        ordered = {
            name
            for name, group in state.groups.items()
            if self._forced(group.group, now_s) is not None
        }
        return frozenset(ordered) | state.unresolved

    # --- mine ------------------------------------------------------------------------------

    def _keep(self, group: GroupState, now_s: float) -> list[Effect]:
        state, plan = self._state, group.group
        standing = state.standing(plan)
        term = standing.term
        if standing.sealed:
            group.stage = Stage.LEAVING
            return state.doors.shut(plan.instances)
        effects = self._rule(group, now_s) if group.taken(term) else []
        if group.stage is Stage.HANDING_OVER:
            return effects + self._hand_over(group, now_s)
        if self._fails(plan.name, now_s):
            group.stage = Stage.LEAVING
            return effects + state.doors.shut(plan.instances)
        group.stage = Stage.NONE
        effects += group.role.actuate(plan.name, Verb.TAKE, term, now_s)
        order = self._switchover(group, now_s)
        if order is not None and state.refuge_ready(plan.name, now_s) and group.taken(term):
            group.stage, group.handing_s = Stage.HANDING_OVER, now_s
            effects += state.doors.shut(plan.instances)
        return effects

    def _fails(self, name: str, now_s: float) -> bool:
        """Whether the group is to be given up: it cannot be served here, and could be there."""
        if self._state.actions.get(name) not in (Action.SURRENDER, Action.CLOSE):
            return False
        return not self._state.doors.alive or self._state.refuge_ready(name, now_s)

    def _rule(self, group: GroupState, now_s: float) -> list[Effect]:
        """A synchronous group may acknowledge alone only after that is registered."""
        plan = group.group
        if plan.durability is not Durability.SYNCHRONOUS:
            return []
        state, term = self._state, self._state.term(plan)
        exposed_at = state.view.exposed_at(plan.name)
        if exposed_at and plan.name in state.senses.mirrored:
            return group.rule.actuate(plan.name, Verb.TIGHTEN, term, now_s)
        registered = exposed_at == state.me.site and plan.name not in state.unresolved
        if registered and plan.name in state.senses.unmirrored:
            return group.rule.actuate(plan.name, Verb.RELAX, term, now_s)
        return []

    def _switchover(self, group: GroupState, now_s: float) -> OrderCell | None:
        """A planned move away from here that is still to be done."""
        order = self._state.view.order(group.group.name, now_s)
        if order is None or order.to == self._state.me.site or order.nonce == group.failed_order:
            return None
        return order if self._not_done(group.group, order) else None

    def _hand_over(self, group: GroupState, now_s: float) -> list[Effect]:
        """Roll a planned move back that does not get through."""
        if now_s < group.handing_s + HANDOVER_LIMIT_S:
            return []
        order = self._state.view.order(group.group.name, now_s)
        group.failed_order = order.nonce if order is not None else ""
        group.stage = Stage.NONE
        self._state.renew_now = True
        text = f"{group.group.name}: the planned move did not get through in time; rolled back"
        return [Page(f"switchover {group.group.name}", text)]

    def _caught_up(self, group: GroupState, now_s: float) -> bool:
        """Whether the other centre has all that was committed here before the doors closed."""
        plan, senses = group.group, self._state.senses
        if plan.durability is Durability.STATELESS:
            return True
        newest = senses.newest
        if newest is None or not senses.hears(now_s) or group.positioned_s <= group.handing_s:
            return False
        own = senses.positions.get(plan.name)
        theirs = dict(newest.beat.ready).get(plan.name)
        if own is None or theirs is None:
            return False
        return theirs[:2] == own[:2] and theirs.lsn >= own.lsn

    # --- not mine --------------------------------------------------------------------------

    def _let_go(self, group: GroupState, owner: Owner, now_s: float) -> list[Effect]:
        state, plan = self._state, group.group
        group.stage = Stage.NONE
        closing = state.to_shut(plan) if state.doors.adopted else plan.instances
        effects = state.doors.shut(closing)
        if owner is not Owner.THEIRS or not state.view.looked:
            return effects
        order = state.view.order(plan.name, now_s)
        planned = order is not None and order.to == state.me.site and self._not_done(plan, order)
        verb = Verb.PREPARE if planned and group.role.done is not None else Verb.RELEASE
        return effects + group.role.actuate(plan.name, verb, state.term(plan), now_s)

    # --- the register ----------------------------------------------------------------------

    def _next_of(self, group: GroupState, now_s: float) -> Move | None:
        if self._state.owners[group.group.name] is Owner.MINE:
            return self._next_of_mine(group, now_s)
        return self._next_of_other(group, now_s)

    def _next_of_mine(self, group: GroupState, now_s: float) -> Move | None:
        state, plan = self._state, group.group
        closed = state.doors.is_closed(plan.instances)
        if group.stage is Stage.LEAVING and closed:
            if self._alone_unsaid(group):
                return writes.expose(state, plan, exposed=True)
            return writes.surrender(state, plan)
        if group.stage is Stage.HANDING_OVER:
            order = state.view.order(plan.name, now_s)
            if order is None or not closed or not self._caught_up(group, now_s):
                return None
            return writes.surrender(state, plan, order.nonce)
        if plan.durability is not Durability.SYNCHRONOUS:
            return None
        exposed_at = state.view.exposed_at(plan.name)
        if plan.name in state.senses.unmirrored and exposed_at != state.me.site:
            return writes.expose(state, plan, exposed=True)
        tight = group.rule.done == (Verb.TIGHTEN, state.term(plan))
        if exposed_at and plan.name in state.senses.mirrored and tight:
            return writes.expose(state, plan, exposed=False)
        return None

    def _alone_unsaid(self, group: GroupState) -> bool:
        """Whether it acknowledged alone, and the register, which went back, says no more so."""
        rule = group.rule.done
        relaxed = rule is not None and rule[0] is Verb.RELAX
        return relaxed and self._state.view.exposed_at(group.group.name) != self._state.me.site

    def _next_of_other(self, group: GroupState, now_s: float) -> Move | None:
        state, plan = self._state, group.group
        if not state.doors.told:
            return None  # what is not known to be shut cannot be given up again
        forced = self._forced(plan, now_s)
        if forced is not None:
            return self._take_by_force(plan, forced, now_s)
        action = state.actions.get(plan.name)
        if action not in (Action.TAKE, Action.TAKE_AFTER_PATIENCE):
            return None
        if now_s < self._not_before_s(plan, action):
            return None
        if refusal(state, plan, now_s):
            return None
        order = state.view.order(plan.name, now_s)
        if order is not None and order.to != state.me.site:
            group.failed_order = order.nonce  # it has failed: it is not begun again
            order = None
        handed_over = order is not None and not self._not_done(plan, order)
        return writes.take(state, plan, order.nonce if order and handed_over else "", forced=False)

    def _not_before_s(self, group: Group, action: Action) -> float:
        """Until when what speaks for the other centre is waited for."""
        state = self._state
        if state.verdicts[group.name] is InstanceVerdict.ORPHAN:
            return NEVER_S
        unseen_s = state.unseen_until_s()
        if action is Action.TAKE:
            return unseen_s
        return max(unseen_s, state.view.over_s(state.peer) + state.plan.profile.patience_s)

    def _forced(self, group: Group, now_s: float) -> OrderCell | None:
        """A person's word that this centre shall take the group, whatever the tables say."""
        order = self._state.view.order(group.name, now_s)
        if order is None or order.kind is not OrderKind.TAKEOVER:
            return None
        if order.to != self._state.me.site or not self._not_done(group, order):
            return None
        verdict = self._state.verdicts.get(group.name)
        return None if verdict is InstanceVerdict.UNFIT else order

    def _take_by_force(self, group: Group, order: OrderCell, now_s: float) -> Move | None:
        state = self._state
        if not refusal(state, group, now_s):
            return writes.take(state, group, order.nonce, forced=True)
        cells = state.view.owners(group)
        sealable = any(
            cell is not None and cell.owner.site == state.peer and cell.state is OwnerState.OWNED
            for cell in cells
        )
        plans_agree = state.view.plan_hash() == state.plan.hash
        return writes.seal(state, group) if sealable and plans_agree else None

    def _not_done(self, group: Group, order: OrderCell) -> bool:
        cells = self._state.view.owners(group)
        return any(cell is None or cell.order != order.nonce for cell in cells)
