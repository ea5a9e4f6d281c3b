"""The port to what is moved: each actuator can look, and do five things, each any number of times.

Look, don't remember: an actuator finds out what is there and does what is missing, so that a verb
twice in a row, or after a crash in the middle of it, comes to the same end. Nothing here decides:
the core says which verb, for which term.

No method raises for what a server, a disk, a network or another program does; it answers in words
for a person, which name no secret. Every method ends by itself within the actuator's own limits.
Source: design §6 (Actuators).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from failover.core.cells import Position, Term


class Result(NamedTuple):
    """Whether it is done; if not, it may be asked again, and `why` says what stands in the way."""

    done: bool
    why: str = ""  # a sentence without a full stop; may also tell something when it is done


DONE = Result(done=True)


def done(why: str) -> Result:
    """It is done, and there is something to tell."""
    return Result(done=True, why=why)


def not_done(why: str) -> Result:
    """It is not done; it may be asked again."""
    return Result(done=False, why=why)


class Role(Enum):
    """What this centre's copy is at the moment."""

    SERVES = "serves"  # a primary, an announced address, a published name
    STANDS_BY = "stands by"
    DOWN = "down"  # there, and not running
    UNKNOWN = "unknown"  # no answer: it may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen in one look."""

    role: Role
    fit: bool  # it serves, or could be taken now
    why: str  # a sentence for a person
    position: Position | None = None  # None: there is none, or it could not be seen
    mirrored: bool | None = None  # a primary: the other centre confirms; None: no question here
    following: bool | None = None  # a standby: it streams from the owner; None: no question here
    term: Term | None = None  # the highest that the thing itself has seen


class Actuator(Protocol):
    """One thing that moves with a group, at one centre."""

    @property
    def name(self) -> str:
        """For words to a person: `postgresql`, `hook announce`."""
        ...

    async def observe(self) -> Observation:
        """Looks, and changes nothing."""
        ...

    async def prepare(self, term: Term) -> Result:
        """Before a planned move to here: ready, and close behind the owner."""
        ...

    async def take(self, term: Term) -> Result:
        """Serves from now on. A term lower than one that the thing has seen is refused.

        A synchronous copy that is promoted waits for the other centre with every write until
        `relax`; one that serves already keeps its rule.
        """
        ...

    async def release(self, term: Term) -> Result:
        """Serves no longer, and follows the owner as soon as there is one to follow.

        Not done as long as the way back is under way: to be asked again.
        """
        ...

    async def relax(self, term: Term) -> Result:
        """Acknowledges writes alone. Only after the exposure is registered."""
        ...

    async def tighten(self, term: Term) -> Result:
        """Waits for the other centre with each write; done when that has all there is."""
        ...

    async def close(self) -> None:
        """Lets go of connections and of work in the background; what serves goes on serving."""
        ...
