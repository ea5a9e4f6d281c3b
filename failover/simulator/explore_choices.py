"""The ways in which a step may go otherwise than well: every one of them is tried."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from failover.core.effects import (
    Actuate,
    Actuated,
    Answered,
    Arm,
    Armed,
    Closed,
    Commit,
    Flush,
    Grant,
    Look,
    Remember,
    SendBeat,
    Shut,
)
from failover.core.messages import PATHS
from failover.simulator.explore_places import third_place, way


class Kind(Enum):
    """What is disturbed."""

    COMMIT = "commit"
    LOOK = "look"
    BEAT = "beat"
    ACTUATOR = "actuator"
    KILL = "kill"
    FREEZE = "freeze"
    PATHS = "paths"
    LINKS = "links"  # with the register


class Choice(NamedTuple):
    """One way for one step."""

    kind: Kind
    name: str
    amount: float = 0.0  # of seconds, or of commits that come first
    ways: tuple[str, ...] = ()  # cut for so long, in place of what was cut


class Crossroads(NamedTuple):
    """A moment at which links may be cut or healed."""


APPLIED = "applied, answer lost"
LOST = "lost"
LATE = "late"
SLOW = "slow"
AGAIN = "again"
STALE = "stale"
FAILS = "fails"
RESTART = "killed, started again on the same boot"
REBOOT = "killed, its machine started anew"
FREEZE = "frozen"

_KINDS: dict[type, Kind] = {Commit: Kind.COMMIT, SendBeat: Kind.BEAT, Actuate: Kind.ACTUATOR}
_BEFORE = (Commit, SendBeat, Arm, Grant, Shut, Flush, Actuate, Remember)
_UPON = (Answered, Armed, Closed, Actuated)


class Choices:
    """All choices for plain steps, made once."""

    def __init__(self, kinds: frozenset[Kind], lease_s: float, sites: tuple[str, str]) -> None:
        table = (
            *(Choice(Kind.COMMIT, name) for name in (APPLIED, LOST, SLOW)),
            *(Choice(Kind.COMMIT, LATE, commits) for commits in (1, 2, 8)),
            Choice(Kind.LOOK, STALE, lease_s),
            Choice(Kind.BEAT, LOST),
            *(Choice(Kind.BEAT, name, lease_s) for name in (LATE, AGAIN)),
            Choice(Kind.ACTUATOR, FAILS),
            Choice(Kind.ACTUATOR, LATE, lease_s),
            Choice(Kind.KILL, RESTART, 0.05),
            *(Choice(Kind.KILL, name, 1.1 * lease_s) for name in (RESTART, REBOOT)),
            *(Choice(Kind.FREEZE, FREEZE, part * lease_s) for part in (1.0, 1.3)),
            *_cuts(sites, 1.3 * lease_s),
        )
        self._of: dict[Kind | None, tuple[Choice, ...]] = {
            kind: tuple(each for each in table if each.kind is kind and kind in kinds)
            for kind in Kind
        }

    def before(self, effect: object) -> tuple[Choice, ...]:
        """In place of an effect that is plainly carried out."""
        if isinstance(effect, Look):
            return self._of[Kind.LOOK]
        found = self._of.get(_KINDS.get(type(effect)), ())
        if isinstance(effect, _BEFORE):
            return found + self._of[Kind.KILL] + self._of[Kind.FREEZE]
        return found

    def upon(self, event: object) -> tuple[Choice, ...]:
        """In place of an event that is handled at once."""
        return self._of[Kind.FREEZE] if isinstance(event, _UPON) else ()

    def at_crossroads(self, cut: tuple[str, ...]) -> tuple[Choice, ...]:
        """In place of links that stay as they are."""
        every = self._of[Kind.PATHS] + self._of[Kind.LINKS]
        return tuple(choice for choice in every if choice.ways != cut)


def _cuts(sites: tuple[str, str], for_s: float) -> Iterator[Choice]:
    fibre = tuple(way("fibre", site) for site in sites)
    paths = tuple(way(path, site) for path in PATHS for site in sites)
    register = tuple(third_place(site) for site in sites)
    yield Choice(Kind.PATHS, "whole", for_s, ())
    yield Choice(Kind.PATHS, "fibre cut", for_s, fibre)
    yield Choice(Kind.PATHS, "both paths cut", for_s, paths)
    for site in sites:
        from_here = tuple(way(path, site) for path in PATHS)
        here = (third_place(site),)
        yield Choice(Kind.PATHS, f"no beat of {site} arrives", for_s, from_here)
        yield Choice(Kind.LINKS, f"{site} without register", for_s, here)
        yield Choice(Kind.LINKS, f"{site} cut off", for_s, paths + here)
    yield Choice(Kind.LINKS, "no register", for_s, register)
    yield Choice(Kind.LINKS, "all cut", for_s, register + paths)
