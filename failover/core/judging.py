"""From perceptions to verdicts: gathers the evidence, asks the tables, keeps the answer."""

from typing import NamedTuple

from failover.core.cells import Position, session_key
from failover.core.damping import Cause
from failover.core.effects import Effect, Page, Record
from failover.core.evidence import Evidence, GateEvidence, GroupEvidence, PathEvidence
from failover.core.facts import Action, InstanceVerdict, Owner
from failover.core.gate import gate
from failover.core.journal import record
from failover.core.judgement import Facts, Judgement, decide, facts_of
from failover.core.lease import wait_s
from failover.core.messages import PathName
from failover.core.plan import Group, Lease
from failover.core.senses import PathState
from failover.core.state import State

WENT_BACK = "the register went back in time: it is trusted after break-glass"
NO_LEASE = Lease(length_s=0.0, drift=0.0, margin_s=0.0)
OWN_COPY = GateEvidence(gap_bytes=0.0, allowed_bytes=0.0, why="this centre's own copy")


class _Waiting(NamedTuple):
    """Something that a person must decide, and from when on he is told."""

    text: str
    due_s: float


class Judging:
    """The latest judgement, and what of it is news."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._asked: tuple[Facts, bool] | None = None
        self._judged: tuple[Judgement, bool] | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._paged: set[str] = set()

    def turn(self, now_s: float) -> list[Effect]:
        """Judge; the record and the pages of a judgement that differs from the last one."""
        state = self._state
        evidence = self._evidence(now_s)
        asked = facts_of(evidence, state.plan), evidence.register_back
        if asked == self._asked:
            return self._due_pages(now_s)
        self._asked = asked
        judgement = decide(asked[0])
        judged = judgement, evidence.register_back
        if judged == self._judged:
            return self._due_pages(now_s)
        self._judged = judged
        state.site = judgement.site.verdict
        state.verdicts = {each.name: each.instance.verdict for each in judgement.groups}
        state.actions = {each.name: each.action.verdict for each in judgement.groups}
        effects: list[Effect] = [Record(record(state.me.site, now_s, evidence, state.plan))]
        self._wait_for_people(judgement, now_s)
        return effects + self._due_pages(now_s)

    def ready(self) -> tuple[tuple[str, Position | None], ...]:
        """The groups that this centre could take, and how far its copies are."""
        positions = self._state.senses.positions
        return tuple(
            [
                (name, positions.get(name))
                for name, verdict in self._state.verdicts.items()
                if verdict in (InstanceVerdict.STANDBY, InstanceVerdict.ORPHAN)
            ]
        )

    def _wait_for_people(self, judgement: Judgement, now_s: float) -> None:
        """What waits for a person. A centre that is just being lost looks so for one lease."""
        known, lease_s = self._waiting, wait_s(self._state.peer_lease())
        self._waiting = {}
        for each in judgement.groups:
            if each.action.verdict is Action.PAGE:
                text = f"{each.name}: {judgement.site.why}; {each.instance.why}; {each.action.why}"
                due_s = known[each.name].due_s if each.name in known else now_s + lease_s
                self._waiting[each.name] = _Waiting(text, due_s)
        if self._state.view.back:
            self._waiting["register"] = _Waiting(WENT_BACK, now_s)
        self._paged &= self._waiting.keys()

    def _due_pages(self, now_s: float) -> list[Effect]:
        """A page for each thing that still waits, once."""
        if not self._waiting:
            return []
        due = [
            name
            for name, each in self._waiting.items()
            if name not in self._paged and now_s >= each.due_s
        ]
        self._paged.update(due)
        return [Page(name, self._waiting[name].text) for name in sorted(due)]

    def _evidence(self, now_s: float) -> Evidence:
        state, senses = self._state, self._state.senses
        fresh, reach, slow = senses.observers(state.peer, now_s)
        return Evidence(  # in the order of its fields: made many times a second
            _path(senses.paths[PathName.FIBRE], now_s),
            _path(senses.paths[PathName.HEALTH], now_s),
            _age(senses.witness_s, now_s),
            senses.witness_reaches,
            _age(state.answered_s, now_s),
            state.view.back,
            state.view.looked and now_s >= state.view.over_s(state.peer),
            fresh,
            reach,
            slow,
            state.given.runs(now_s) or (senses.newest is not None and senses.newest.beat.asks),
            senses.late(now_s),
            senses.changes(now_s),
            tuple([self._group(each.group, now_s) for each in state.groups.values()]),
        )

    def _group(self, group: Group, now_s: float) -> GroupEvidence:
        name, state = group.name, self._state
        standing = state.standing(group)
        owner = state.owners[name] = standing.whose.at(now_s)
        exposed_at = state.view.exposed_at(name)
        exposed = exposed_at != "" and (owner is Owner.MINE or exposed_at == state.peer)
        fit = name not in state.senses.unfit
        # A hold keeps what is the other centre's there, and never closes.
        gate = gate_of(state, group)
        held_by = self._held_by(group, now_s) if standing.theirs else ""
        return GroupEvidence(name, owner, fit, state.doors.alive, gate, held_by, exposed)

    def _held_by(self, group: Group, now_s: float) -> str:
        hold = self._state.view.hold(group.name, now_s)
        if hold is not None:
            return f"{hold.by}: {hold.reason}"
        if self._state.damper.at_rest:
            return ""
        cause, key = self._state.cause(group)
        if cause is Cause.ORPHAN:
            return ""  # it is served by nobody: to keep it so would damp the wrong thing
        return self._state.damper.holds(group.name, cause, key, now_s)


def gate_of(state: State, group: Group) -> GateEvidence:
    """How far this centre's copy is behind what the owner last said it had committed.

    What it said before the register's generation is not its last word: the register went back, or
    was begun anew from a member that may lack the last writes.
    """
    standing, view = state.standing(group), state.view
    if not standing.theirs:
        return OWN_COPY
    session = view.session(state.peer)
    said = session if view.is_of_generation(session_key(state.peer)) else None
    lease = NO_LEASE if session is None or standing.left else session.lease
    return gate(
        said.position(group.name) if said is not None else None,
        state.senses.positions.get(group.name),
        group,
        lease,
        promised_s=0.0 if standing.left else state.given.beyond_s(view.over_s(state.peer)),
    )


def _path(path: PathState, now_s: float) -> PathEvidence:
    return PathEvidence(_age(path.heard_s, now_s), _age(path.echoed_s, now_s))


def _age(since_s: float | None, now_s: float) -> float | None:
    return None if since_s is None else now_s - since_s
