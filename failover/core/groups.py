"""What this centre is doing with each move group: what was started, and what was confirmed."""

from collections.abc import Iterable
from enum import Enum

from failover.core.cells import Incarnation, OwnerState, Term
from failover.core.effects import Actuate, Effect, Verb
from failover.core.facts import Owner
from failover.core.plan import Group, Plan
from failover.core.view import View

ACTUATOR_LIMIT_S = 5.0  # an actuator that says nothing for so long has failed
ACTUATOR_PACE_S = 1.0  # between two tries
NO_TERM = Term(0, 0)


class Stage(Enum):
    """Why a group of this centre's is closed, or being closed."""

    NONE = "none"
    HANDING_OVER = "handing over"  # a planned move: closed, and waiting for the other's copy
    LEAVING = "leaving"  # to be surrendered as soon as it is closed


class Ask:
    """One thing that actuators keep as it was last asked: what was asked, and what was done."""

    __slots__ = ("_asked", "_asked_s", "_request", "done")

    def __init__(self) -> None:
        self._asked: tuple[Verb, Term] | None = None
        self._asked_s = 0.0
        self._request = 0
        self.done: tuple[Verb, Term] | None = None

    def actuate(self, group: str, verb: Verb, term: Term, now_s: float) -> list[Effect]:
        """Ask, unless it is done, or something is being done."""
        if self._asked is None and self.done == (verb, term):
            return []
        if self._asked is not None and now_s < self._asked_s + ACTUATOR_LIMIT_S:
            return []
        self._request += 1
        self._asked, self._asked_s, self.done = (verb, term), now_s, None
        return [Actuate(group, verb, term, self._request)]

    def answered(self, request: int, *, done: bool, now_s: float) -> None:
        """What the actuators answered; a failure is tried again after a while."""
        if request != self._request or self._asked is None:
            return
        if done:
            self._asked, self.done = None, self._asked
        else:
            self._asked_s = now_s - ACTUATOR_LIMIT_S + ACTUATOR_PACE_S


class GroupState:
    """One group at this centre."""

    __slots__ = ("failed_order", "group", "handing_s", "positioned_s", "role", "rule", "stage")

    def __init__(self, group: Group) -> None:
        self.group = group
        self.stage = Stage.NONE
        self.handing_s = 0.0  # when the planned move closed it
        self.positioned_s = 0.0  # when the position of its data was last told
        self.failed_order = ""  # the nonce of an order that was rolled back
        self.role = Ask()  # take, release, prepare
        self.rule = Ask()  # relax, tighten

    def taken(self, term: Term) -> bool:
        """Whether the actuators have taken the group for this term, and nothing since."""
        return self.role.done == (Verb.TAKE, term)


class Ownership:
    """Whose a group is, as the cells of its instances say together."""

    def __init__(self, plan: Plan, me: Incarnation) -> None:
        self._plan = plan
        self._me = me
        self.highest: dict[str, Term] = {}  # seen anywhere: less is a register that went back
        self._kept: dict[
            str, Term
        ] = {}  # this centre's own when a register went back, or at the end

    def of(self, view: View, group: Group, now_s: float, booted_s: float) -> Owner:
        """MINE only if all are; THEIRS if any is; else FREE for me to take.

        `booted_s`: from when on an ended life of this centre on another boot is surely over.
        """
        facts = {self._one(instance, view, group, now_s, booted_s) for instance in group.instances}
        if Owner.THEIRS in facts:
            return Owner.THEIRS
        return Owner.MINE if facts == {Owner.MINE} else Owner.FREE

    def saw(self, terms: Iterable[tuple[str, Term]]) -> bool:
        """Terms that exist, by the register or by the other centre's word; whether any is news."""
        news = False
        for instance, term in terms:
            if term > self.highest.get(instance, NO_TERM):
                self.highest[instance] = term
                news = True
        return news

    def keep(self, owned: Iterable[tuple[str, Term]]) -> None:
        """This centre's own, as it last knew: its to take again where a register went back."""
        self._kept.update(owned)

    def is_kept(self, instance: str) -> bool:
        """Whether it was this centre's when the register went back, and nobody's since."""
        return self._kept.get(instance) == self.highest.get(instance, NO_TERM)

    def _one(self, instance: str, view: View, group: Group, now_s: float, booted_s: float) -> Owner:
        me = self._me
        cell = view.owner(instance)
        if cell is None:
            mine = group.home == me.site or self.is_kept(instance)
            return Owner.FREE if mine else Owner.THEIRS
        highest = self.highest.get(instance, NO_TERM)
        if cell.term < highest:
            return Owner.FREE if self.is_kept(instance) else Owner.THEIRS
        if cell.state is OwnerState.SURRENDERED:
            rested = now_s >= view.owners_seen_s(group) + self._plan.profile.patience_s
            return Owner.FREE if cell.owner.site != me.site or rested else Owner.THEIRS
        if cell.owner == me:
            return Owner.MINE
        if cell.state is OwnerState.SEALED:
            return Owner.THEIRS
        ended = cell.owner.same_boot(me) or (cell.owner.site == me.site and now_s >= booted_s)
        return Owner.FREE if ended else Owner.THEIRS
