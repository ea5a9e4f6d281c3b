"""What an agent perceives, kept as times and counts, and made into evidence when it judges."""

from collections import deque
from typing import NamedTuple

from failover.core.cells import Incarnation, Position
from failover.core.messages import PATHS, Beat, Echo, Report
from failover.core.plan import Plan
from failover.core.promises import Asked

LATE_BEATS = 3  # a gap of so many beats between two turns: this agent was paused


class PathState:
    """One heartbeat path, as this side hears it."""

    __slots__ = ("echoed_s", "heard_s", "last")

    def __init__(self) -> None:
        self.heard_s: float | None = None
        self.echoed_s: float | None = None  # sending time of the newest own beat that came back
        self.last: Echo | None = None


class Newest(NamedTuple):
    """The newest beat of the other centre on any path, and when it came."""

    beat: Beat
    heard_s: float


class Senses:
    """The agent's perceptions. A pause of its own wipes those that accuse."""

    def __init__(self, plan: Plan, me: Incarnation, now_s: float) -> None:
        self._plan = plan
        self._me = me
        self._turned_s = now_s
        self._late_until_s = 0.0
        self.paths = {name: PathState() for name in PATHS}
        self.newest: Newest | None = None
        self._retired: deque[Incarnation] = deque(maxlen=16)
        self._heard = False
        self._changes: deque[float] = deque(maxlen=64)
        self._reports: dict[str, tuple[Report, float]] = {}
        self.witness_s: float | None = None
        self.witness_reaches: bool | None = None
        self.unfit: set[str] = set()
        self.positions: dict[str, Position] = {}
        self.mirrored: set[str] = set()  # every write is on both sides; in neither set: unknown
        self.unmirrored: set[str] = set()

    def turn(self, now_s: float) -> bool:
        """Once in each turn; whether the agent was paused, and has dropped its evidence."""
        gap_s = now_s - self._turned_s
        self._turned_s = now_s
        paused = gap_s > LATE_BEATS * self._plan.profile.beat_s
        if paused:
            self._late_until_s = now_s + self._plan.profile.silence_s
            for path in self.paths.values():
                path.heard_s = path.echoed_s = None
            self.witness_s = None
            self._reports.clear()
        return paused

    def late(self, now_s: float) -> bool:
        """Whether this agent was paused lately."""
        return now_s < self._late_until_s

    def beat(self, path: str, beat: Beat, asked: Asked, now_s: float) -> bool:
        """A beat came; whether it is the newest on its path. Old and doubled ones say nothing."""
        state = self.paths[path]
        if beat.sender in self._retired:
            return False
        if state.last is not None and state.last.incarnation == beat.sender:
            if beat.sequence <= state.last.sequence:
                return False
        elif state.last is not None:
            self._retired.append(state.last.incarnation)
        state.last = Echo(beat.sender, beat.sequence)
        state.heard_s = now_s
        if beat.echo is not None and beat.echo.incarnation == self._me:
            state.echoed_s = asked.sent_s(beat.echo.sequence)
        self._renew(beat, now_s)
        return True

    def report(self, report: Report, now_s: float) -> None:
        """An observer's report came."""
        known = self._reports.get(report.observer)
        if known is None or report.sequence > known[0].sequence:
            self._reports[report.observer] = (report, now_s)

    def observers(self, site: str, now_s: float) -> tuple[int, int, int]:
        """How many observers have a fresh word on a site, reach it, and find it slow."""
        fresh = reach = slow = 0
        oldest_s = now_s - self._plan.panel.fresh_s
        for report, came_s in self._reports.values():
            if came_s >= oldest_s and report.uplink:
                fresh += 1
                if site in report.reached:
                    reach += 1
                    slow += site in report.slow
        return fresh, reach, slow

    def hears(self, now_s: float) -> bool:
        """Whether the other centre is heard on any path."""
        oldest_s = now_s - self._plan.profile.silence_s
        for path in self.paths.values():
            if path.heard_s is not None and path.heard_s >= oldest_s:
                return True
        return False

    def answers(self, since_s: float) -> bool:
        """Whether the other centre has answered a beat that was sent since then."""
        return any(
            path.echoed_s is not None and path.echoed_s >= since_s for path in self.paths.values()
        )

    def changes(self, now_s: float) -> int:
        """How often the other centre came and went within the window, as seen when asked."""
        self._count_changes(now_s)
        oldest_s = now_s - self._plan.damping.flap_window_s
        while self._changes and self._changes[0] < oldest_s:
            self._changes.popleft()
        return len(self._changes)

    def _renew(self, beat: Beat, now_s: float) -> None:
        newest = self.newest
        if (
            newest is None
            or newest.beat.sender != beat.sender
            or newest.beat.sequence < beat.sequence
        ):
            self.newest = Newest(beat, now_s)

    def _count_changes(self, now_s: float) -> None:
        heard = self.hears(now_s)
        if heard != self._heard:
            self._heard = heard
            self._changes.append(now_s)
