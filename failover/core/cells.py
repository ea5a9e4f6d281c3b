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

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from msgspec.json import Decoder, Encoder
from msgspec.structs import replace

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


class SessionCell(Struct, frozen=True, forbid_unknown_fields=True):
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


class OwnerCell(Struct, frozen=True, forbid_unknown_fields=True):
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


class ExposedCell(Struct, frozen=True, forbid_unknown_fields=True):
    """A synchronous group acknowledges writes that the other centre has not."""

    exposed: bool
    by: Incarnation
    nonce: str


class HoldCell(Struct, frozen=True, forbid_unknown_fields=True):
    """Not to be taken, for so long from when an agent first sees it."""

    length_s: float
    by: str
    reason: str
    nonce: str


class OrderKind(Enum):
    """What a person may order."""

    SWITCHOVER = "switchover"  # planned: nothing lost, rolled back when it does not work
    TAKEOVER = "takeover"  # forced: over gate, hold and damping, never over a running lease


class OrderCell(Struct, frozen=True, forbid_unknown_fields=True):
    """Move the group to a site, within so long from when an agent first sees it."""

    kind: OrderKind
    to: str
    length_s: float
    by: str
    nonce: str


class PlanCell(Struct, frozen=True, forbid_unknown_fields=True):
    """The plan in force."""

    hash: str
    nonce: str


class GenerationCell(Struct, frozen=True, forbid_unknown_fields=True):
    """The register's generation, and who broke the glass."""

    generation: int
    signers: tuple[str, ...]
    nonce: str


Content = SessionCell | OwnerCell | ExposedCell | HoldCell | OrderCell | PlanCell | GenerationCell


def encode(content: Content) -> bytes:
    """Canonical bytes: equal contents, equal bytes."""
    return _ENCODER.encode(content)


@lru_cache(maxsize=1024)
def decode(key: str, value: bytes) -> Content:
    """What a cell says. Raises CellUnreadable."""
    decoder = _DECODERS.get(key.partition("/")[0])
    if decoder is None:
        raise CellUnreadable(key, "no cell of this version is called so")
    try:
        return decoder.decode(value)
    except ValueError as error:
        raise CellUnreadable(key, str(error)) from error


class CellUnreadable(ValueError):
    """A cell that this version cannot read; it is never overwritten."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"register cell `{key}` cannot be read ({why})")
        self.key = key


_ENCODER = Encoder(order="sorted")
_DECODERS: Mapping[str, Decoder[Content]] = {
    "session": Decoder(SessionCell),
    "owner": Decoder(OwnerCell),
    "exposed": Decoder(ExposedCell),
    "hold": Decoder(HoldCell),
    "order": Decoder(OrderCell),
    PLAN: Decoder(PlanCell),
    GENERATION: Decoder(GenerationCell),
}
