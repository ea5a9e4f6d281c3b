"""What an agent has measured at one moment, and the facts that it amounts to under a plan.

Plain numbers and words only: the journal keeps evidence as it is, and the same verdicts can be
derived from it later. Ages are in seconds; None: never, or forgotten after a pause.
"""

from msgspec import Struct

from failover.core.facts import (
    Exposure,
    Gate,
    Guard,
    Hearing,
    Hold,
    Indirect,
    InstanceFacts,
    LinkFacts,
    Observers,
    Owner,
    Path,
    Punctuality,
    RegisterAnswer,
    Service,
    Session,
    SiteFacts,
    Steadiness,
    Witness,
)
from failover.core.plan import Panel, Plan


class PathEvidence(Struct, frozen=True):
    """One heartbeat path."""

    heard_age_s: float | None  # of the last beat of the peer
    echo_age_s: float | None  # since the sending of the newest own beat that the peer echoed


class GateEvidence(Struct, frozen=True):
    """How much a take would lose. Made by `failover.core.gate`."""

    gap_bytes: float | None  # None: nobody can tell
    allowed_bytes: float
    why: str


class GroupEvidence(Struct, frozen=True):
    """One move group at this centre."""

    name: str
    owner: Owner
    fit: bool
    guard_alive: bool
    gate: GateEvidence
    held_by: str  # who or what keeps it where it is; '': nobody
    exposed: bool  # mine: the peer lacks writes; else: this centre does (never after my own life)


class Evidence(Struct, frozen=True):
    """Everything that a judgement rests on, besides the plan."""

    fibre: PathEvidence
    health: PathEvidence
    witness_age_s: float | None  # of the witness's last answer
    witness_reaches: bool | None  # whether it reaches the peer
    register_age_s: float | None  # since the register last confirmed a write of ours
    register_back: bool  # it shows an older state than was seen: restored from a backup
    session_over: bool  # the peer's lease has been waited out from first sight
    fresh: int  # observers with a fresh word and a good line of their own
    reach: int  # those of them that reach the peer
    slow: int  # those of these that find it slow
    asks: bool  # the peer asks for a promise, or goes on by one: something is open there
    late: bool  # this agent was paused lately
    changes: int  # of the peer between heard and silent, within the window
    groups: tuple[GroupEvidence, ...]


# The words for no and for yes, picked by index: looking an enumeration's member up by name is slow.
_REGISTER = (RegisterAnswer.SILENT, RegisterAnswer.ANSWERS)
_WITNESS = (Witness.SILENT, Witness.REACHED)
_SESSION = (Session.LIVE, Session.OVER)
_HEARING = (Hearing.SILENT, Hearing.IDLE, Hearing.HEARD)
_INDIRECT = (Indirect.FAILS, Indirect.REACHES)
_PUNCTUALITY = (Punctuality.ON_TIME, Punctuality.LATE)
_STEADINESS = (Steadiness.STEADY, Steadiness.FLAPPING)
_SERVICE = (Service.FAILING, Service.FIT)
_GUARD = (Guard.DEAD, Guard.ALIVE)
_GATE = (Gate.SHUT, Gate.OPEN)
_HOLD = (Hold.NONE, Hold.HELD)
_EXPOSURE = (Exposure.NO, Exposure.YES)
_PATH = (Path.DOWN, Path.ONE_WAY, Path.UP)  # by how many of its directions are up


def link_facts(evidence: Evidence, plan: Plan) -> LinkFacts:
    """How the links stand."""
    silence_s = plan.profile.silence_s
    confirmed = _within(evidence.register_age_s, plan.profile.lease.length_s)
    return LinkFacts(
        _path(evidence.fibre, silence_s),
        _path(evidence.health, silence_s),
        _WITNESS[_within(evidence.witness_age_s, plan.panel.fresh_s)],
        _REGISTER[confirmed and not evidence.register_back],
    )


def site_facts(evidence: Evidence, plan: Plan) -> SiteFacts:
    """How the peer is, and whether this agent may judge it."""
    silence_s = plan.profile.silence_s
    fibre, health = evidence.fibre, evidence.health
    heard = _within(fibre.heard_age_s, silence_s) or _within(health.heard_age_s, silence_s)
    return SiteFacts(
        _SESSION[evidence.session_over],
        _HEARING[heard and 1 + evidence.asks],
        _observers(evidence, plan.panel),
        _indirect(evidence, plan.panel),
        _PUNCTUALITY[evidence.late],
        _STEADINESS[evidence.changes >= plan.damping.flap_changes],
    )


def instance_facts(group: GroupEvidence) -> InstanceFacts:
    """How a group stands at this centre."""
    gate = group.gate
    return InstanceFacts(
        group.owner,
        _SERVICE[group.fit],
        _GUARD[group.guard_alive],
        _GATE[_within(gate.gap_bytes, gate.allowed_bytes)],
        _HOLD[group.held_by != ""],
        _EXPOSURE[group.exposed],
    )


def _path(path: PathEvidence, silence_s: float) -> Path:
    return _PATH[_within(path.heard_age_s, silence_s) + _within(path.echo_age_s, silence_s)]


def _within(measured: float | None, limit: float) -> bool:
    return measured is not None and measured <= limit


def _indirect(evidence: Evidence, panel: Panel) -> Indirect:
    reaches = evidence.witness_reaches
    if reaches is None or not _within(evidence.witness_age_s, panel.fresh_s):
        return Indirect.BLIND
    return _INDIRECT[reaches]


def _observers(evidence: Evidence, panel: Panel) -> Observers:
    fresh, reach = evidence.fresh, evidence.reach
    if fresh < max(panel.observers_min, 1):
        return Observers.BLIND
    # Quotients, not products: 3/5 is the same float as 0.6, and a share counts when it is met.
    share = reach / fresh
    if share <= panel.lost_share:
        return Observers.NONE
    if share < panel.reach_share:
        return Observers.SOME
    return Observers.SLOW if evidence.slow / reach >= panel.slow_share else Observers.REACH
