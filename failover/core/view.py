"""The register as one agent knows it: each cell's newest content, and when it was first seen.

A look may be stale, so it only ever moves a cell forward. A refusal comes from the register's
majority: a cell that stands lower there than was known means that the register went back.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from failover.core import cells
from failover.core.cells import (
    CellUnreadable,
    Content,
    ExposedCell,
    GenerationCell,
    HoldCell,
    Incarnation,
    OrderCell,
    OwnerCell,
    OwnerState,
    PlanCell,
    SessionCell,
    Term,
)
from failover.core.lease import over_at_s
from failover.core.plan import Group
from failover.core.transaction import ABSENT, Cell, Compare, Put

FIRST_GENERATION = 1
NEVER_S = float("inf")


class Holding(NamedTuple):
    """A hold as this agent sees it; `ends_s` on its own clock."""

    by: str
    reason: str
    length_s: float
    ends_s: float


class View:
    """What the cells hold, typed; `seen_s` is the agent's own clock."""

    def __init__(self, owners_changed: int = 0) -> None:
        self._cells: dict[str, Cell] = {}
        self._single: dict[str, Content] = {}  # cells of which there is one
        self._seen_s: dict[str, float] = {}
        self._owners: dict[str, OwnerCell] = {}
        self._sessions: dict[str, SessionCell] = {}
        self._exposed: dict[str, ExposedCell] = {}
        self._orders: dict[str, OrderCell] = {}
        self._holds: dict[str, HoldCell] = {}
        self._of_kind: dict[str, dict[str, Any]] = {
            "owner": self._owners,
            "session": self._sessions,
            "exposed": self._exposed,
            "order": self._orders,
            "hold": self._holds,
        }
        self.owners_changed = owners_changed  # so many times, with those of the view before
        self._over_s: dict[str, float] = {}
        self._renewed_s: dict[str, tuple[float, float]] = {}  # when the last two were first seen
        self.unreadable: dict[str, str] = {}
        self.looked_s = NEVER_S  # the first time
        self.back = False
        self._under: dict[str, int] = {}  # the generation in force when each cell was seen
        self._trusted = FIRST_GENERATION  # the one that a register went back from

    @property
    def looked(self) -> bool:
        """Whether anything was seen of the register."""
        return self.looked_s < NEVER_S

    def hint(self, found: Mapping[str, Cell], now_s: float, *, at_once: bool = True) -> bool:
        """Take over what a look shows; whether anything was news. A mere renewal is none.

        A stale look shows less of everything. One that shows a cell lower than it was known, and
        another higher than that, is of a register that went back: it has other history.
        """
        self.looked_s = min(self.looked_s, now_s)
        known = self._cells
        news = self._generation_first(found, now_s)
        behind: list[str] = []
        for key, cell in found.items():
            before = known.get(key, ABSENT)
            if cell is before:
                continue
            if cell.revision > before.revision:
                news |= self._set(key, cell, now_s)
            elif cell.revision < before.revision:
                behind.append(key)
        if not behind or not at_once or self.back:
            return news
        lowest = min(known[key].revision for key in behind)
        if lowest > max(cell.revision for cell in found.values()):
            return news
        self._went_back(behind)
        return True

    def reborn(self, found: Mapping[str, Cell]) -> bool:
        """Whether a register that went back has been given a new generation; then all is new."""
        cell = found.get(cells.GENERATION, ABSENT)
        if not self.back or not cell.revision:
            return False
        try:
            content = cells.decode(cells.GENERATION, cell.value)
        except CellUnreadable:
            return False
        return isinstance(content, GenerationCell) and content.generation > self._trusted

    def fact(self, found: Mapping[str, Cell], now_s: float) -> None:
        """Take over what a refusal shows."""
        self._generation_first(found, now_s)
        behind = [key for key, cell in found.items() if cell.revision < self.revision(key)]
        if behind and not self.back:
            self._went_back(behind)
        for key, cell in found.items():
            if cell.revision > self.revision(key):
                self._set(key, cell, now_s)

    def wrote(self, puts: Iterable[Put], revision: int, now_s: float) -> None:
        """Take over what a commit of ours has written."""
        for put in puts:
            self._set(put.key, Cell(put.value, revision), now_s)

    def revision(self, key: str) -> int:
        """The newest known revision of a cell; 0: none."""
        return self._cells.get(key, ABSENT).revision

    def compare(self, *keys: str) -> tuple[Compare, ...]:
        """The cells must still stand as they are known."""
        return tuple([Compare(key, self.revision(key)) for key in keys])

    def session(self, site: str) -> SessionCell | None:
        """A centre's lease."""
        return self._sessions.get(site)

    def owner(self, instance: str) -> OwnerCell | None:
        """An instance's ownership."""
        return self._owners.get(instance)

    def owners(self, group: Group) -> list[OwnerCell | None]:
        """The ownership of each instance of a group."""
        return [self._owners.get(instance) for instance in group.instances]

    def owners_seen_s(self, group: Group) -> float:
        """When the newest of a group's ownerships was first seen; 0: none is known."""
        keys = (cells.owner_key(instance) for instance in group.instances)
        return max((self._seen_s[key] for key in keys if key in self._seen_s), default=0.0)

    def generation_seen_s(self) -> float:
        """When the register's generation was first seen; 0: it has none."""
        return self._seen_s.get(cells.GENERATION, 0.0)

    def exposed_at(self, group: str) -> str:
        """The centre at which a group is registered as acknowledging alone; empty: nowhere."""
        content = self._exposed.get(group)
        return content.by.site if content is not None and content.exposed else ""

    def order(self, group: str, now_s: float) -> OrderCell | None:
        """A person's order about a group, while it is in force."""
        content = self._orders.get(group)
        if content is None:
            return None
        ends_s = self._seen_s[cells.order_key(group)] + content.length_s
        return content if now_s < ends_s else None

    def hold(self, group: str, now_s: float) -> HoldCell | None:
        """A person's hold on a group, while it is in force."""
        for name in (group, cells.EVERY_GROUP) if self._holds else ():
            content = self._holds.get(name)
            if content is None:
                continue
            if now_s < self._seen_s[cells.hold_key(name)] + content.length_s:
                return content
        return None

    def holdings(self) -> dict[str, Holding]:
        """All holds that were seen and not ended by a person, and when each ends by itself."""
        seen_s = self._seen_s
        return {
            name: Holding(
                cell.by, cell.reason, cell.length_s, seen_s[cells.hold_key(name)] + cell.length_s
            )
            for name, cell in self._holds.items()
            if cell.length_s > 0
        }

    def plan_hash(self) -> str:
        """The hash of the plan in force; empty: none was registered yet."""
        content = self._single.get(cells.PLAN)
        return content.hash if isinstance(content, PlanCell) else ""

    def generation(self) -> int:
        """The register's generation."""
        content = self._single.get(cells.GENERATION)
        return content.generation if isinstance(content, GenerationCell) else FIRST_GENERATION

    def is_of_generation(self, key: str) -> bool:
        """Whether a cell was written since the register's generation began."""
        return self.revision(key) > self.revision(cells.GENERATION)

    def over_s(self, site: str) -> float:
        """When a centre's lease is surely over, by what is written in its cell; 0: it has none."""
        return self._over_s.get(site, 0.0)

    def renewed_since(self, site: str, since_s: float) -> bool:
        """Whether a centre was seen to renew since then: twice, the first may be an old value."""
        return site in self._renewed_s and self._renewed_s[site][0] > since_s

    def mine(self, instance: str, me: Incarnation) -> bool:
        """Whether this very life of the agent owns the instance, unsealed."""
        cell = self.owner(instance)
        return cell is not None and cell.owner == me and cell.state is OwnerState.OWNED

    def terms(self) -> dict[str, Term]:
        """The newest known term of each instance."""
        return {instance: cell.term for instance, cell in self._owners.items()}

    def _went_back(self, behind: Iterable[str]) -> None:
        """It lacks what was seen under a generation: only a higher one makes it trusted again."""
        self.back = True
        self._trusted = min(self._under[key] for key in behind)

    def _generation_first(self, found: Mapping[str, Cell], now_s: float) -> bool:
        """Take over a new generation before the cells that are seen together with it."""
        cell = found.get(cells.GENERATION, ABSENT)
        newer = cell.revision > self.revision(cells.GENERATION)
        return newer and self._set(cells.GENERATION, cell, now_s)

    def _set(self, key: str, cell: Cell, now_s: float) -> bool:
        """Take over one cell; whether it says more than that a centre goes on as before."""
        self._cells[key] = cell
        self._seen_s[key] = now_s
        if self.unreadable:
            self.unreadable.pop(key, None)
        kind, _, name = key.partition("/")
        contents = self._of_kind.get(kind, self._single)
        # What cannot be read is not there: nothing is built on it.
        known = contents.pop(name or key, None)
        self.owners_changed += kind == "owner"
        try:
            content = cells.decode(key, cell.value)
        except CellUnreadable as error:
            self.unreadable[key] = str(error)
            self._under[key] = self.generation()
            return True
        contents[name or key] = content
        self._under[key] = self.generation()
        if not isinstance(content, SessionCell):
            return True
        self._over_s[name] = over_at_s(now_s, content.lease)
        if known is not None:
            self._renewed_s[name] = self._renewed_s.get(name, (0.0, 0.0))[1], now_s
        return known is None or not content.continues(known)
