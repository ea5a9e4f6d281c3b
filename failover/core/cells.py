"""The register's cells: what they are called, what is in them, and their bytes.

    session/<site>      one lease for each centre, renewed all the time
    owner/<instance>    who owns it; changes on moves only
    exposed/<group>     since when a synchronous group acknowledges alone
    hold/<group>, hold/*   a person's word: not to be taken
    order/<group>       a person's word: move it
    plan                the hash of the plan in force
    generation          grows when a register is started anew after break-glass

Every value is canonical JSON and carries a nonce, so equal bytes mean the same write.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from failover.core.plan import Lease, Plan

PLAN = "plan"
GENERATION = "generation"
EVERY_GROUP = "*"


def session_key(site: str) -> str:
    """The cell of a centre's lease."""
    return f"session/{site}"


def owner_key(instance: str) -> str:
    """The cell of an instance's ownership."""
    return f"owner/{instance}"


def exposed_key(group: str) -> str:
    """The cell of a synchronous group's exposure."""
    return f"exposed/{group}"


def hold_key(group: str) -> str:
    """The cell of a hold on a group, or on every group."""
    return f"hold/{group}"


def order_key(group: str) -> str:
    """The cell of a person's order about a group."""
    return f"order/{group}"


def keys_of(plan: Plan) -> tuple[str, ...]:
    """Every cell of a plan."""
    groups = [group.name for group in plan.groups]
    return (
        PLAN,
        GENERATION,
        *map(session_key, plan.sites),
        *(owner_key(instance) for group in plan.groups for instance in group.instances),
        *map(exposed_key, groups),
        *map(hold_key, (EVERY_GROUP, *groups)),
        *map(order_key, groups),
    )


class Incarnation(NamedTuple):
    """One life of one agent. The boot tells a restart from a reboot and from a clone elsewhere."""

    site: str
    boot: str
    life: str  # random, new at each start

    def same_boot(self, other: "Incarnation") -> bool:
        """Whether both lived on one machine, between one start of it and its end."""
        return self.site == other.site and self.boot == other.boot


class Position(NamedTuple):
    """How far a log has come: PostgreSQL's system identifier, timeline and LSN in bytes."""

    system: str
    timeline: int
    lsn: int


@dataclass(frozen=True, slots=True)
class SessionCell:
    """A centre's lease."""

    incarnation: Incarnation
    nonce: int  # counts up within an incarnation
    lease: Lease
    plan: str  # the hash of the plan that this agent runs
    positions: tuple[tuple[str, Position], ...] = ()  # how far each log may have come by then

    def position(self, group: str) -> Position | None:
        """How far the group's log had come; None: not told."""
        for name, position in self.positions:
            if name == group:
                return position
        return None

    def continues(self, before: "SessionCell") -> bool:
        """Whether the same life goes on under the same plan: a renewal and nothing else."""
        return (self.incarnation, self.lease, self.plan) == (
            before.incarnation,
            before.lease,
            before.plan,
        )


class OwnerState(Enum):
    """What an ownership cell says of its instance."""

    OWNED = "owned"
    SEALED = "sealed"  # the refuge forbids the owner to renew; it closes and surrenders
    SURRENDERED = "surrendered"  # the owner has closed: no wait is needed


class Term(NamedTuple):
    """The order of ownerships: a generation of the register, an epoch within it."""

    generation: int
    epoch: int


@dataclass(frozen=True, slots=True)
class OwnerCell:
    """Who owns an instance."""

    term: Term
    owner: Incarnation
    state: OwnerState
    nonce: str  # of this write
    by: Incarnation  # who wrote it: the owner, or the refuge that seals
    order: str = ""  # the nonce of the person's order that caused it, if one did

    def changed(
        self, state: OwnerState, *, by: Incarnation, nonce: str, order: str = ""
    ) -> "OwnerCell":
        """The same ownership in another state."""
        return replace(self, state=state, by=by, nonce=nonce, order=order or self.order)


@dataclass(frozen=True, slots=True)
class ExposedCell:
    """A synchronous group acknowledges writes that the other centre has not."""

    exposed: bool
    by: Incarnation
    nonce: str


@dataclass(frozen=True, slots=True)
class HoldCell:
    """Not to be taken, for so long from when an agent first sees it."""

    length_s: float
    by: str
    reason: str
    nonce: str


class OrderKind(Enum):
    """What a person may order."""

    SWITCHOVER = "switchover"  # planned: nothing lost, rolled back when it does not work
    TAKEOVER = "takeover"  # forced: over gate, hold and damping, never over a running lease


@dataclass(frozen=True, slots=True)
class OrderCell:
    """Move the group to a site, within so long from when an agent first sees it."""

    kind: OrderKind
    to: str
    length_s: float
    by: str
    nonce: str


@dataclass(frozen=True, slots=True)
class PlanCell:
    """The plan in force."""

    hash: str
    nonce: str


@dataclass(frozen=True, slots=True)
class GenerationCell:
    """The register's generation, and who broke the glass."""

    generation: int
    signers: tuple[str, ...]
    nonce: str


Content = SessionCell | OwnerCell | ExposedCell | HoldCell | OrderCell | PlanCell | GenerationCell


def encode(content: Content) -> bytes:
    """Canonical bytes: equal contents, equal bytes."""
    return _JSON.encode(_fields(content)).encode()


@lru_cache(maxsize=1024)
def decode(key: str, value: bytes) -> Content:
    """What a cell says. Raises CellUnreadable."""
    kind = key.partition("/")[0]
    try:
        return _READERS[kind](json.loads(value.decode()))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise CellUnreadable(key, f"{type(error).__name__}: {error}") from error


class CellUnreadable(ValueError):
    """A cell that this version cannot read; it is never overwritten."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"register cell `{key}` cannot be read ({why})")
        self.key = key


def _plain(value: object) -> Any:
    return value.value if isinstance(value, Enum) else _fields(value)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


_JSON = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), default=_plain, check_circular=False
)


_lease = lru_cache(maxsize=64)(Lease)  # few are ever written, again and again


def _session(raw: dict[str, Any]) -> SessionCell:
    positions = tuple((group, Position(*position)) for group, position in raw.pop("positions"))
    return SessionCell(
        incarnation=Incarnation(*raw.pop("incarnation")),
        lease=_lease(**raw.pop("lease")),
        positions=positions,
        **raw,
    )


def _owner(raw: dict[str, Any]) -> OwnerCell:
    return OwnerCell(
        term=Term(*raw.pop("term")),
        owner=Incarnation(*raw.pop("owner")),
        state=OwnerState(raw.pop("state")),
        by=Incarnation(*raw.pop("by")),
        **raw,
    )


def _exposed(raw: dict[str, Any]) -> ExposedCell:
    return ExposedCell(by=Incarnation(*raw.pop("by")), **raw)


def _order(raw: dict[str, Any]) -> OrderCell:
    return OrderCell(kind=OrderKind(raw.pop("kind")), **raw)


def _generation(raw: dict[str, Any]) -> GenerationCell:
    return GenerationCell(signers=tuple(raw.pop("signers")), **raw)


_READERS: dict[str, Callable[[dict[str, Any]], Content]] = {
    "session": _session,
    "owner": _owner,
    "exposed": _exposed,
    "hold": lambda raw: HoldCell(**raw),
    "order": _order,
    PLAN: lambda raw: PlanCell(**raw),
    GENERATION: _generation,
}
