"""All that one agent knows and holds, in one place for the parts that act on it."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import NamedTuple

from failover.core.cells import OwnerState, Position, Term, session_key
from failover.core.damping import Cause, Damper
from failover.core.doors import Doors
from failover.core.effects import Start
from failover.core.facts import Action, InstanceVerdict, Owner, SiteVerdict
from failover.core.groups import NEVER_S, NO_TERM, GroupState, Ownership, Stage, Whose
from failover.core.lease import longest, over_at_s
from failover.core.order import order_of_takes
from failover.core.plan import Durability, Group, Lease, Plan
from failover.core.promises import Asked, Given
from failover.core.senses import Senses
from failover.core.session import OwnSession
from failover.core.view import View

ASKING_PERIODS = 1.5  # a door prolonged so many renewals ago: ask the other centre to promise
REGAIN_SHARE = 0.5  # of a renewal's period: enough to replace the first adopted door in time


class Standing(NamedTuple):
    """What the ownership cells of one group say together."""

    term: Term  # the newest
    theirs: bool  # the other centre was the last to own one of them, or is their home
    left: bool  # and has surrendered all that were its own
    surrendered: bool  # all of them
    sealed: bool  # one of them, against me
    whose: Whose
    owned: frozenset[str]  # the instances that this life owns
    told: tuple[tuple[str, Term], ...]  # what the other centre is told of


class State:
    """The agent's knowledge. Its parts change it; nothing here acts."""

    def __init__(self, plan: Plan, start: Start) -> None:
        self.plan = plan
        self.me = start.incarnation
        self.peer = plan.other(start.incarnation.site)
        self.started_s = start.now_s
        self.view = View()
        self.senses = Senses(plan, self.me, start.now_s)
        self.doors = Doors()
        self.session = OwnSession(plan, self.me)
        self.given = Given(start.now_s, plan.profile.lease, start.memory.promised_s)
        self.asked = Asked()
        self.ownership = Ownership(plan, self.me)
        self.ownership.saw(start.memory.terms)
        self.ownership.keep(start.memory.owned)
        self.damper = Damper(plan.damping)
        # No other life of this centre can take anything: none is known on another boot.
        self._alone = start.memory.boot == self.me.boot
        self.groups = {group.name: GroupState(group) for group in order_of_takes(plan.groups)}
        self._by_name = sorted(self.groups.items())
        self._standing: dict[str, Standing] = {}
        self._standing_of = -1  # the version that they were found at
        self.owners = dict.fromkeys(self.groups, Owner.THEIRS)  # as of the last judgement
        self.site = SiteVerdict.NORMAL
        self.verdicts: dict[str, InstanceVerdict] = {}
        self.actions: dict[str, Action] = {}
        self.answered_s: float | None = None  # when the register last answered a write
        self.unresolved: frozenset[str] = frozenset()  # groups of a move of unknown fate
        self.surrendering: frozenset[str] = frozenset()  # those of them that may be given up
        self.held_again_s = NEVER_S  # since this centre's lease holds again, after a time without
        self.resumed_s: float | None = None  # the same, while doors wait for the other's answer
        self.regains_s = 0.0  # until then nothing opens without all that was adopted
        self.renew_now = False
        self.stirred = True  # something has changed that a move may follow from
        self.news = True  # something has changed that a judgement may follow from
        self.nonces = 0

    def nonce(self) -> str:
        """A word that no other write bears."""
        self.nonces += 1
        return f"{self.me.life}-{self.nonces}"

    def standing(self, group: Group) -> Standing:
        """What the ownership cells of a group say together; found anew when one has changed."""
        version = self.view.owners_changed + self.ownership.changed  # both only grow
        if version != self._standing_of:
            self._standing.clear()
            self._standing_of = version
        standing = self._standing.get(group.name)
        if standing is None:
            standing = self._standing[group.name] = self._found(group)
        return standing

    def version(self) -> int:
        """Another number whenever an ownership, or what is known of one, has changed."""
        return self.view.owners_changed + self.ownership.changed

    def term(self, group: Group) -> Term:
        """The newest term of the group's instances."""
        return self.standing(group).term

    def owned(self) -> dict[str, Term]:
        """The instances that this life owns, and their terms."""
        return {name: term for name, term in self.view.terms().items() if self.owns(name)}

    def resume(self, now_s: float) -> None:
        """This centre's lease holds again: what was decided meanwhile may be unknown to it."""
        self.held_again_s = self.resumed_s = now_s

    def start_generation(self, now_s: float) -> None:
        """Trust a register again that went back, and that two people gave a new generation."""
        self.resume(now_s)
        self.ownership.keep(self.owned().items())
        self.ownership.leave(self._surrendered().items())
        self.view = View(self.view.owners_changed)
        self.session.forget()
        self.unresolved = self.surrendering = frozenset()

    def may_write(self) -> bool:
        """Whether the register is this agent's to write moves into."""
        return (
            self.session.pending is None
            and self.session.is_mine(self.view)
            and self.session.confirmed_s is not None
            and not self.view.back
        )

    def adopt(self, left_s: Mapping[str, float], now_s: float) -> None:
        """The guard obeys, and an earlier life left these doors open for so long at most.

        To arm twice shuts what is not armed. So what is taken again opens together: when all is,
        or a moment before the first adopted door closes.
        """
        self.news = True
        self.doors.adopt(left_s, now_s)
        if left_s:
            first_s = now_s + min(left_s.values())
            self.regains_s = first_s - REGAIN_SHARE * self.plan.profile.renewal_s

    def to_shut(self, group: Group) -> tuple[str, ...]:
        """Of a group that is not this life's: all but the adopted that it is to take again."""
        adopted = self.doors.adopted
        return tuple(
            each for each in group.instances if each not in adopted or not self._is_left_to_me(each)
        )

    def asks(self, now_s: float) -> bool:
        """Whether doors are open here that nothing has prolonged lately: a promise is wanted.

        What counts is the door and not the register's last answer: a renewal that was sent without
        kernel time prolongs no door.
        """
        profile = self.plan.profile
        prolonged_s = self.doors.first_until_s - profile.lease.length_s
        return now_s > prolonged_s + ASKING_PERIODS * profile.renewal_s

    def speaks_for_centre(self) -> bool:
        """Whether a promise of this life binds its centre: no life on another boot holds the lease.

        A clone, or a machine that was set up anew, must be silent until it holds the lease itself.
        """
        cell = self.view.session(self.me.site)
        if cell is not None:
            self._alone = cell.incarnation.same_boot(self.me)
        return self._alone

    def cause(self, group: Group) -> tuple[Cause, str]:
        """Why the group would be taken from the other centre, and as part of which decision."""
        if self.standing(group).surrendered:
            return Cause.ORPHAN, f"{group.name} {self.term(group)}"
        session = self.view.session(self.peer)
        key = f"{session.incarnation.life} {session.nonce}" if session is not None else ""
        return Cause.LOST if self.site is SiteVerdict.LOST else Cause.ISOLATED, key

    def theirs(self, group: Group) -> bool:
        """Whether the other centre was the last to own any of the group, or is its home."""
        return self.standing(group).theirs

    def refuge_ready(self, group: str, now_s: float) -> bool:
        """Whether the other centre has just said that it could take the group."""
        newest = self.senses.newest
        if newest is None or not self.senses.hears(now_s):
            return False
        return any(name == group for name, _ in newest.beat.ready)

    def reopens(self, now_s: float) -> bool:
        """Whether doors that closed with this centre's own lease may open again.

        While it had none, the other centre may have taken what is behind them, and the register
        may have gone back since and say nothing of it: then those doors are open for a lease yet.
        Its answer to a beat of this centre says what it owns.
        """
        if self.resumed_s is None:
            return True
        if self.senses.answers(self.resumed_s) or now_s >= over_at_s(
            self.resumed_s, self.peer_lease()
        ):
            self.resumed_s = None
        return self.resumed_s is None

    def to_open(self, now_s: float) -> frozenset[str]:
        """The instances that the next renewal shall keep open."""
        if not self.doors.alive:
            return frozenset()
        opens: set[str] = set()
        for name, group in self.groups.items():
            if group.stage is Stage.NONE and name not in self.surrendering:
                standing = self.standing(group.group)
                if group.taken(standing.term):
                    opens |= standing.owned
        waits = now_s < self.regains_s and not self.doors.adopted.keys() <= opens
        if waits or not self.reopens(now_s):
            return self.doors.opened() & opens
        return frozenset(opens)

    def reached(self, now_s: float) -> tuple[tuple[str, Position], ...]:
        """How far each log may have come by now: an asynchronous one grows at its busiest rate.

        A position is told now and then, and whoever takes over counts from this renewal on.
        """
        known = self.senses.positions
        reached = []
        for name, state in self._by_name:
            position = known.get(name)
            if position is None:
                continue
            if state.group.durability is Durability.ASYNCHRONOUS:
                closed = self.doors.is_closed(state.group.instances)
                lsn = position.lsn + ceil(state.unsaid_bytes(now_s, closed=closed))
                position = Position(position.system, position.timeline, lsn)
            reached.append((name, position))
        return tuple(reached)

    def owns(self, instance: str) -> bool:
        """Whether this life owns the instance, and nobody is known to own it at a higher term."""
        cell = self.view.owner(instance)
        if cell is None or not self.view.mine(instance, self.me):
            return False
        if self.ownership.is_left(instance):
            return False  # it was given up: this is what stood there before
        return cell.term >= self.ownership.highest.get(instance, NO_TERM)

    def lease(self) -> Lease:
        """The lease of this centre's own plan."""
        return self.plan.profile.lease

    def peer_lease(self) -> Lease:
        """The lease that the other centre counts with: its own, where it is longer than ours."""
        session = self.view.session(self.peer)
        return self.lease() if session is None else longest(self.lease(), session.lease)

    def unseen_until_s(self) -> float:
        """Until when nothing that the other centre may own is taken, because it was not seen.

        A register in which this agent has not seen it renew, for as long as it follows it, may have
        gone back to when the other was well, and people come first to say so.
        """
        follows_s = max(self.view.looked_s, self.held_again_s)
        if self.view.renewed_since(self.peer, follows_s):
            return NEVER_S
        return follows_s + self.plan.profile.patience_s

    def own_session_key(self) -> str:
        """The key of this centre's session cell."""
        return session_key(self.me.site)

    def _is_left_to_me(self, instance: str) -> bool:
        """Whether a life on this boot owns it, by the newest term that is known."""
        if not self.view.looked:
            return True
        cell = self.view.owner(instance)
        if cell is None or not cell.owner.same_boot(self.me) or cell.state is not OwnerState.OWNED:
            return False
        return cell.term >= self.ownership.highest.get(instance, NO_TERM)

    def _surrendered(self) -> dict[str, Term]:
        """What this centre has given up, and nobody has taken since as far as is known."""
        cells = ((name, self.view.owner(name)) for name in self.view.terms())
        return {
            name: cell.term
            for name, cell in cells
            if cell is not None
            if cell.owner.site == self.me.site and cell.state is OwnerState.SURRENDERED
        }

    def _found(self, group: Group) -> Standing:
        view, surrendered = self.view, {OwnerState.SURRENDERED}
        cells = [cell for cell in view.owners(group) if cell is not None]
        theirs = {cell.state for cell in cells if cell.owner.site == self.peer}
        return Standing(
            term=max((cell.term for cell in cells), default=NO_TERM),
            theirs=bool(theirs) or (not cells and group.home == self.peer),
            left=theirs == surrendered,
            surrendered={cell.state for cell in cells} == surrendered,
            sealed=any(cell.owner == self.me and cell.state is OwnerState.SEALED for cell in cells),
            whose=self.ownership.of(view, group, self.given.started_until_s()),
            owned=frozenset(instance for instance in group.instances if self.owns(instance)),
            told=tuple(self._told(group)),
        )

    def _told(self, group: Group) -> Iterator[tuple[str, Term]]:
        """What the cells name as this life's, and what is known at a term that they do not show.

        Of the latter the other centre may know nothing, if its disk forgot or it was away.
        """
        for instance in group.instances:
            cell = self.view.owner(instance)
            term = cell.term if cell is not None else NO_TERM
            highest = self.ownership.highest.get(instance, NO_TERM)
            if highest > term or self.view.mine(instance, self.me):
                yield instance, max(highest, term)
