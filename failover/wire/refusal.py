"""Why a datagram is not let in: one error, its reasons, and counts for the metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum


class Reason(Enum):
    """Why a datagram was refused. The words are the labels of the metric."""

    MALFORMED = "malformed"  # none of ours: too long, cut off, or a field of another type or range
    OTHER_VERSION = "other version"  # of this format: the peer runs another release
    STALE = "stale"  # it waited in the socket while this process stood still
    STRANGE = "strange"  # nobody of the plan speaks from this address
    WRONG_PATH = "wrong path"  # who speaks from it belongs on another path, or says so
    FORGED = "forged"  # no accepted key of this pair makes this code
    REFLECTED = "reflected"  # our own words
    NOT_FOR_US = "not for us"  # under a key of ours, from or to another name
    UNENTITLED = "unentitled"  # known and genuine, but such a thing is not this speaker's to say
    OTHER_PLAN = "other plan"  # a beat of an agent that runs another plan
    UNPROVEN = "unproven"  # a life that has not answered yet: one or two at its start, no more
    REPLAYED = "replayed"  # a life that is over, or a report that was there before
    UNASKED = "unasked"  # an answer without a question: late, doubled or old


class Refused(Exception):
    """A datagram, or a part of one, that is not let in."""

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why


@dataclass(slots=True)
class Counts:
    """What went through one speaker's sockets since it started; keys are few and bounded.

    The first part of each key is the path. `unsent` has the system's name of the error
    (`EHOSTUNREACH`, `ENOBUFS`, …), or `unsayable` where something did not fit the format.
    """

    received: Counter[tuple[str, str]] = field(default_factory=Counter)  # by kind
    refused: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)  # by kind
    unsent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def refusals(self, reason: Reason) -> int:
        """How many were refused for this reason, on all paths."""
        return sum(count for (_, why), count in self.refused.items() if why is reason)
