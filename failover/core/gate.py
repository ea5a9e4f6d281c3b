"""The gate before a take: how much of what was acknowledged would be lost, and how much may be.

Positions are compared as (system identifier, timeline, LSN): bytes of one history say nothing about
another. The owner's last position is the one in its session cell; what it acknowledged after that
renewal is not known, so the busiest rate is assumed for as long as it may have gone on. The cell
does so already for the time from when the position was told to the renewal.
"""

from failover.core.cells import Position
from failover.core.evidence import GateEvidence
from failover.core.plan import Durability, Group, Lease


def gate(
    committed: Position | None,
    applied: Position | None,
    group: Group,
    lease: Lease,
    *,
    promised_s: float = 0.0,
) -> GateEvidence:
    """How far `applied`, this centre's copy, is behind `committed`, the owner's last position.

    `lease` is the one in the cell that holds `committed`; `promised_s`: for how long after that
    lease the owner may have gone on by promise. A synchronous owner that acknowledges alone says so
    in the register: that is a fact of its own (`Exposure`), and no matter of positions.
    """
    allowed_bytes = _allowed_bytes(group)
    if group.durability is Durability.STATELESS:
        return GateEvidence(0.0, allowed_bytes, "nothing to lose")
    if committed is None or applied is None:
        return GateEvidence(None, allowed_bytes, _unknown(committed))
    if committed[:2] != applied[:2]:
        return GateEvidence(None, allowed_bytes, _other_history(committed, applied))
    if group.durability is Durability.SYNCHRONOUS:
        return GateEvidence(0.0, 0.0, "every acknowledged write is on both sides")
    unseen_bytes = group.rate_bytes_s * (lease.length_s + promised_s)
    gap_bytes = max(0, committed.lsn - applied.lsn) + unseen_bytes
    return GateEvidence(gap_bytes, allowed_bytes, _told(gap_bytes, allowed_bytes))


def _allowed_bytes(group: Group) -> float:
    loses = group.durability is Durability.ASYNCHRONOUS
    return group.rate_bytes_s * group.rpo_s if loses else 0.0


def _unknown(committed: Position | None) -> str:
    whose = "the owner's last position" if committed is None else "the position of this copy"
    return f"{whose} is unknown"


def _other_history(committed: Position, applied: Position) -> str:
    if committed.system != applied.system:
        return f"another database: system {applied.system}, the owner's is {committed.system}"
    return f"another history: timeline {applied.timeline}, the owner's is {committed.timeline}"


def _told(gap_bytes: float, allowed_bytes: float) -> str:
    relation = "within" if gap_bytes <= allowed_bytes else "more than"
    return f"{gap_bytes:.0f} bytes may be lost, {relation} the {allowed_bytes:.0f} allowed"
