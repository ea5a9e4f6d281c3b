"""What this centre is doing with each move group: what was started, and what was confirmed."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from failover.core.cells import Incarnation, OwnerState, Term
from failover.core.effects import Actuate, Effect, Verb
from failover.core.facts import Owner
from failover.core.plan import Group, Plan
from failover.core.view import View

ACTUATOR_LIMIT_S = 5.0  # an actuator that says nothing for so long has failed
ACTUATOR_PACE_S = 1.0  # between two tries
NO_TERM = Term(0, 0)
NEVER_S = float("-inf")


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

    __slots__ = (
        "_closed",
        "_open_s",
        "failed_order",
        "group",
        "handing_s",
        "positioned_s",
        "role",
        "rule",
        "stage",
    )

    def __init__(self, group: Group) -> None:
        self.group = group
        self.stage = Stage.NONE
        self.handing_s = 0.0  # when the planned move closed it
        self.positioned_s = 0.0  # when the position of its data was last told
        self.failed_order = ""  # the nonce of an order that was rolled back
        self.role = Ask()  # take, release, prepare
        self.rule = Ask()  # relax, tighten
        self._closed = True  # as of the last renewal
        self._open_s = 0.0  # until then it may have written

    def taken(self, term: Term) -> bool:
        """Whether the actuators have taken the group for this term, and nothing since."""
        return self.role.done == (Verb.TAKE, term)

    def unsaid_bytes(self, now_s: float, *, closed: bool) -> float:
        """What it may have written since its position was told; asked at each renewal.

        `closed`: its doors are, now; they may have been open until then.
        """
        if not (closed and self._closed):
            self._open_s = now_s
        self._closed = closed
        return self.group.rate_bytes_s * max(0.0, self._open_s - self.positioned_s)


class Whose(NamedTuple):
    """Whose something is: as if the other centre's until a time, and from then on this owner's."""

    owner: Owner
    theirs_until_s: float

    def at(self, now_s: float) -> Owner:
        """Whose it is now."""
        return Owner.THEIRS if now_s < self.theirs_until_s else self.owner


class Ownership:
    """Whose a group is, as the cells of its instances say together."""

    def __init__(self, plan: Plan, me: Incarnation) -> None:
        self._plan = plan
        self._me = me
        self.highest: dict[str, Term] = {}  # seen anywhere: less is a register that went back
        self.changed = 0  # so many times
        # This centre's own when a register went back, or at the end of its last life.
        self._kept: dict[str, Term] = {}
        self._left: dict[str, Term] = {}  # and what it had given up by then

    def of(self, view: View, group: Group, booted_s: float) -> Whose:
        """MINE only if all are; THEIRS if any is; else FREE for me to take.

        `booted_s`: from when on an ended life of this centre on another boot is surely over.
        """
        found = [self._one(instance, view, group, booted_s) for instance in group.instances]
        owners = {each.owner for each in found}
        until_s = max(each.theirs_until_s for each in found)
        if Owner.THEIRS in owners:
            return Whose(Owner.THEIRS, until_s)
        return Whose(Owner.MINE if owners == {Owner.MINE} else Owner.FREE, until_s)

    def saw(self, terms: Iterable[tuple[str, Term]]) -> bool:
        """Terms that exist, by the register or by the other centre's word; whether any is news."""
        news = False
        for instance, term in terms:
            if term > self.highest.get(instance, NO_TERM):
                self.highest[instance] = term
                self.changed += 1
                news = True
        return news

    def keep(self, owned: Iterable[tuple[str, Term]]) -> None:
        """This centre's own, as it last knew: its to take again where a register went back."""
        self._kept.update(owned)
        self.changed += 1

    def leave(self, surrendered: Iterable[tuple[str, Term]]) -> None:
        """What this centre had given up when a register went back: nobody else may know of it."""
        self._left.update(surrendered)
        self.changed += 1

    def is_left(self, instance: str) -> bool:
        """Whether this centre had given it up when the register went back, and nobody has it."""
        return self._left.get(instance) == self.highest.get(instance, NO_TERM)

    def is_void(self, instance: str, view: View) -> bool:
        """Whether the cell is of before the register went back, and a later ownership was seen.

        Whoever had that one takes it again at once, if he is there; to all others it is nobody's.
        """
        cell = view.owner(instance)
        if cell is None or cell.term.generation >= view.generation():
            return False
        return self.is_left(instance) or cell.term < self.highest.get(instance, NO_TERM)

    def is_kept(self, instance: str) -> bool:
        """Whether it was this centre's when the register went back, and nobody's since."""
        return self._kept.get(instance) == self.highest.get(instance, NO_TERM)

    def _one(self, instance: str, view: View, group: Group, booted_s: float) -> Whose:
        me = self._me
        cell = view.owner(instance)
        if cell is None:
            return self._never_written(instance, view, group)
        if self.is_kept(instance) and cell.term < self.highest[instance]:
            return _FREE
        if cell.owner.site == me.site and self.is_void(instance, view):
            return self._after_patience(view, group)
        if cell.term < self.highest.get(instance, NO_TERM):
            return _THEIRS
        if cell.state is OwnerState.SURRENDERED:
            return _FREE if cell.owner.site != me.site else self._after_patience(view, group)
        if cell.owner == me:
            return _MINE
        if cell.state is OwnerState.SEALED or cell.owner.site != me.site:
            return _THEIRS
        return _FREE if cell.owner.same_boot(me) else Whose(Owner.FREE, booted_s)

    def _never_written(self, instance: str, view: View, group: Group) -> Whose:
        """Its home's at once, unless it is known from a register that is no more."""
        if self.is_kept(instance):
            return _FREE
        if group.home != self._me.site:
            return _THEIRS
        return self._after_patience(view, group) if instance in self.highest else _FREE

    def _after_patience(self, view: View, group: Group) -> Whose:
        """The other centre comes first to what this one has given up."""
        since_s = max(view.owners_seen_s(group), view.generation_seen_s())
        return Whose(Owner.FREE, since_s + self._plan.profile.patience_s)


_FREE, _MINE, _THEIRS = (Whose(owner, NEVER_S) for owner in (Owner.FREE, Owner.MINE, Owner.THEIRS))
