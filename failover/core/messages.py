"""What the agents say to each other, and what observers and probes say to them.

A beat goes over each path, each with its own echo. It is signed, and its replay refused, at the
door; the core only sees beats that are what they say.
"""

from msgspec import Struct

from failover.core.cells import Incarnation, Position, Term
from failover.core.plan import Lease


class Echo(Struct, frozen=True):
    """The last beat of the other side that arrived on a path."""

    incarnation: Incarnation
    sequence: int


class Promise(Struct, frozen=True):
    """The sender takes nothing of the other's within this lease, besides these groups.

    Binding from the moment it is sent; the promiser waits out the lease from its last promise.
    """

    to: Echo  # the newest beat of the other side on any path
    lease: Lease
    besides: frozenset[str]  # groups not promised: a person ordered them to be taken


class Beat(Struct, frozen=True):
    """One heartbeat of an agent."""

    sender: Incarnation
    sequence: int  # counts up within an incarnation; the same on both paths
    plan: str
    asks: bool  # it has doors open, or would: it wants a promise
    terms: tuple[
        tuple[str, Term], ...
    ]  # of what it owns, and of what the register says less of: one that went back shows
    ready: tuple[tuple[str, Position | None], ...]  # the groups that it could take, and how far
    echo: Echo | None  # on this path
    promise: Promise | None


class PathName:
    """The two paths between the centres."""

    FIBRE = "fibre"
    HEALTH = "health"


PATHS = (PathName.FIBRE, PathName.HEALTH)


class Report(Struct, frozen=True):
    """What one observer, a hospital, finds of the centres. Evidence, never a vote."""

    observer: str
    sequence: int
    reached: frozenset[str]
    slow: frozenset[str]
    uplink: bool  # it reaches its neutral target: if not, its word counts for nothing
