"""What an agent wants done, in this order, and what it is told.

The shell carries effects out one after the other and may freeze before, between and after any of
them. Every answer comes back as an event of its own.
"""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from failover.core.cells import Incarnation, Position, Term
from failover.core.messages import Beat, Report
from failover.core.transaction import Cell, Outcome, Transaction

# --- effects -------------------------------------------------------------------------------


class Commit(Struct, frozen=True):
    """Write to the register. Answered once, by `Answered`, after at most `timeout_s`."""

    request: int
    transaction: Transaction
    timeout_s: float


class Look(Struct, frozen=True):
    """Read all cells of this plan, serializably: a hint. Answered by `Looked`."""


class SendBeat(Struct, frozen=True):
    """Send the beat on one path."""

    path: str
    beat: Beat


class Arm(Struct, frozen=True):
    """Start kernel time for these instances in the slot that is not live; opens nothing.

    Answered by `Armed`. Forgets what was armed under another name in that slot.
    """

    name: str
    instances: frozenset[str]
    length_s: float


class Grant(Struct, frozen=True):
    """Open the doors of these instances for the rest of the time armed under this name."""

    name: str
    instances: frozenset[str]


class Shut(Struct, frozen=True):
    """Close the doors of these instances at once, in both slots. Answered by `Closed`."""

    instances: frozenset[str]


class Flush(Struct, frozen=True):
    """Empty all sets of the guard, as after a start: every door is shut."""


class Leave(Struct, frozen=True):
    """The guard's last word of this life: what stands open stays, until its kernel time is over."""


class Verb(Enum):
    """What an actuator is asked."""

    PREPARE = "prepare"  # before a planned move: catch up
    TAKE = "take"  # promote, announce; writes wait for the other centre until RELAX
    RELEASE = "release"  # demote, withdraw, rejoin
    RELAX = "relax"  # acknowledge writes alone: only after the exposure is registered
    TIGHTEN = "tighten"  # wait for the other centre again


class Actuate(Struct, frozen=True):
    """Drive one group's actuators. Idempotent; answered by `Actuated`, within their own limits."""

    group: str
    verb: Verb
    term: Term
    request: int

    def answered(self, *, done: bool, why: str = "") -> "Actuated":
        """What became of it."""
        return Actuated(self.group, self.verb, self.term, self.request, done, why)


class Memory(Struct, frozen=True):
    """What survives a restart: written whole, or not at all."""

    terms: tuple[tuple[str, Term], ...] = ()  # highest seen of each instance
    promised_s: float = 0.0  # the longest wait that a promise of ours ever bound us to
    owned: tuple[tuple[str, Term], ...] = ()  # what this centre owned, and at which term
    boot: str = ""  # of the life that remembered it: another one may be a clone's


class Remember(Struct, frozen=True):
    """Write the memory to disk. Answered by `Remembered`; never waited for by a renewal."""

    memory: Memory


class Page(Struct, frozen=True):
    """Tell the people. One page per key until it is over."""

    key: str
    text: str


class Record(Struct, frozen=True):
    """Append a decision to the journal: canonical JSON that `explain` replays."""

    text: str


class Exit(Struct, frozen=True):
    """End this process; its supervisor starts another life after a while."""

    why: str


Effect = (
    Commit
    | Look
    | SendBeat
    | Arm
    | Grant
    | Shut
    | Flush
    | Leave
    | Actuate
    | Remember
    | Page
    | Record
    | Exit
)

# --- events --------------------------------------------------------------------------------


class Tick(Struct, frozen=True):
    """Time has passed: sent when `Agent.due_s` comes."""


class Answered(Struct, frozen=True):
    """The register's answer to a `Commit`."""

    request: int
    outcome: Outcome


class Looked(Struct, frozen=True):
    """The cells as some member has them, perhaps stale; None: no answer."""

    cells: Mapping[str, Cell] | None
    at_once: bool = True  # all of them in one read, so as they stood at one revision


class Heard(Struct, frozen=True):
    """A beat of the other centre arrived on a path."""

    path: str
    beat: Beat


class Armed(Struct, frozen=True):
    """The guard has started kernel time under this name."""

    name: str


class Closed(Struct, frozen=True):
    """The guard has shut these doors."""

    instances: frozenset[str]


class Adopted(Struct, frozen=True):
    """The guard obeys this life, said once: what an earlier one left open, for how long at most."""

    left_s: Mapping[str, float]  # by instance, from now on


class GuardState(Struct, frozen=True):
    """The guard obeys again, with every door shut, or no longer."""

    alive: bool


class Observed(Struct, frozen=True):
    """An observer's report arrived."""

    report: Report


class Probed(Struct, frozen=True):
    """This centre's own copy of a group's service was tried."""

    group: str
    fit: bool


class Witnessed(Struct, frozen=True):
    """The witness answered: whether it reaches the other centre."""

    reaches: bool


class Positioned(Struct, frozen=True):
    """How far this centre's copy of a group's data is: committed if it owns it, applied if not."""

    group: str
    position: Position


class Mirrored(Struct, frozen=True):
    """Whether the other centre confirms each write of a synchronous group."""

    group: str
    confirmed: bool


class Actuated(Struct, frozen=True):
    """An actuator has done what it was asked, or not."""

    group: str
    verb: Verb
    term: Term
    request: int  # which `Actuate` this answers: what was asked meanwhile may differ
    done: bool
    why: str = ""


class Remembered(Struct, frozen=True):
    """The memory is on disk."""


Event = (
    Tick
    | Answered
    | Looked
    | Heard
    | Armed
    | Closed
    | Adopted
    | GuardState
    | Observed
    | Probed
    | Witnessed
    | Positioned
    | Mirrored
    | Actuated
    | Remembered
)


class Start(Struct, frozen=True):
    """What an agent starts with."""

    incarnation: Incarnation
    memory: Memory
    now_s: float
