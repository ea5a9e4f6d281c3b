"""The words of a decision: what is known of the links, of a site, of an instance, and the verdicts.

Facts are what an agent believes at one moment; a verdict is what the tables make of them; an action
is what follows. `failover.core.tables` joins them and is total: every combination has one answer.
"""

from enum import Enum
from typing import NamedTuple


class Word(Enum):
    """A word of the tables. Hashed by identity: a table is looked into a few times each beat."""

    __hash__ = object.__hash__


class Path(Word):
    """One heartbeat path between the centres, as its two directions stand."""

    UP = "up"
    ONE_WAY = "one way"  # one side hears, the other does not: the echo says so
    DOWN = "down"


class Witness(Word):
    """Whether the witness in the third place answers."""

    REACHED = "reached"
    SILENT = "silent"


class RegisterAnswer(Word):
    """Whether the register confirms what this agent writes."""

    ANSWERS = "answers"
    SILENT = "silent"  # or it went back in time: a restored backup counts as no register


class LinkFacts(NamedTuple):
    """What an agent knows of the links between the places."""

    fibre: Path
    health: Path  # the second path, through the health network
    witness: Witness
    register: RegisterAnswer


class LinkVerdict(Word):
    """How the places hang together, seen from one of them."""

    NORMAL = "normal"
    SECOND_PATH_LOST = "second path lost"
    FIBRE_CUT = "fibre cut"
    WITNESS_LOST = "witness lost"
    PEER_SILENT = "peer silent"
    REGISTER_SILENT = "register silent"
    CUT_OFF = "cut off"


class Session(Word):
    """The peer's lease, as the register's cell and this agent's own clock have it."""

    LIVE = "live"
    OVER = "over"  # its length, drift and margin have been waited out from first sight


class Hearing(Word):
    """Whether the peer's heartbeats arrive, on any path."""

    HEARD = "heard"
    IDLE = "idle"  # heard, with no promise and no wish for one: without a lease all is shut there
    SILENT = "silent"


class Observers(Word):
    """What the hospitals that watch the peer say of it."""

    REACH = "reach"
    SLOW = "slow"  # they reach it, and it answers badly
    SOME = "some"
    NONE = "none"
    BLIND = "blind"  # too few fresh reports, or their own lines are bad


class Indirect(Word):
    """What the witness says when asked to probe the peer."""

    REACHES = "reaches"
    FAILS = "fails"
    BLIND = "blind"  # no answer from the witness


class Punctuality(Word):
    """Whether this agent itself was on time lately."""

    ON_TIME = "on time"
    LATE = "late"  # it was paused, or starved: it doubts itself first


class Steadiness(Word):
    """Whether the peer comes and goes."""

    STEADY = "steady"
    FLAPPING = "flapping"


class SiteFacts(NamedTuple):
    """What an agent knows of the other centre, and of its own fitness to judge it."""

    session: Session
    hearing: Hearing
    observers: Observers
    indirect: Indirect
    punctuality: Punctuality
    steadiness: Steadiness


class SiteVerdict(Word):
    """What the other centre is."""

    NORMAL = "normal"
    LOST = "lost"
    ISOLATED = "isolated"  # it holds no lease, and something still speaks for its life
    STOOD_DOWN = "stood down"  # it holds no lease, is heard, and has nothing open
    ACCESS_LOST = "access lost"  # it lives, and no hospital reaches it
    PARTIAL = "partial"  # it lives, and some hospitals do not reach it
    GRAY = "gray"  # it lives, and serves badly
    PAUSED = "paused"  # this agent was: it does not judge
    FLAPPING = "flapping"


class Owner(Word):
    """Whose an instance is, as its ownership cell says."""

    MINE = "mine"
    THEIRS = "theirs"
    FREE = "free"  # surrendered, or an ended incarnation of my own site held it


class Service(Word):
    """The probe of this centre's own copy of the service."""

    FIT = "fit"
    FAILING = "failing"


class Guard(Word):
    """Whether this centre's guard obeys."""

    ALIVE = "alive"
    DEAD = "dead"


class Gate(Word):
    """Whether this centre's copy of the data is near enough to what was acknowledged."""

    OPEN = "open"
    SHUT = "shut"  # too far behind, another history, or unknown


class Hold(Word):
    """Whether a person or the damping keeps the instance where it is."""

    NONE = "none"
    HELD = "held"


class Exposure(Word):
    """Whether a synchronous instance acknowledges writes that the other centre has not."""

    NO = "no"
    YES = "yes"


class InstanceFacts(NamedTuple):
    """What an agent knows of one move group of instances at its own centre."""

    owner: Owner
    service: Service
    guard: Guard
    gate: Gate
    hold: Hold
    exposure: Exposure


class InstanceVerdict(Word):
    """What the instance is at this centre."""

    SERVING = "serving"
    EXPOSED = "exposed"
    FAILED = "failed"  # mine, and it cannot be served here
    STANDBY = "standby"  # theirs, and I could take it
    ORPHAN = "orphan"  # nobody's, and I can take it
    STRANDED = "stranded"  # nobody's, and I may not or cannot take it
    UNFIT = "unfit"  # not mine, and it could not be served here
    GATED = "gated"  # not mine, and too much would be lost
    HELD = "held"  # not mine, and not to be taken


class Action(Word):
    """What an agent does about one instance."""

    SERVE = "serve"
    RUN_OUT = "run out"  # serve to the end of the lease, then be closed by it
    SURRENDER = "surrender"
    CLOSE = "close"  # like surrender, but the register cannot be told
    TAKE = "take"
    TAKE_AFTER_PATIENCE = "take after patience"
    STAY = "stay"
    PAGE = "page"  # a person must decide
