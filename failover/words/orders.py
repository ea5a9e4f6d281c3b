"""A person's order on its way: what the register shows of it, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from failover.core.cells import (
    EVERY_GROUP,
    HoldCell,
    OrderCell,
    OwnerCell,
    OwnerState,
    PlanCell,
    SessionCell,
    decode,
    hold_key,
    order_key,
    owner_key,
    session_key,
)
from failover.core.cells import PLAN as PLAN_KEY
from failover.core.plan import Durability, Group, Plan
from failover.core.transaction import ABSENT, Cell


class Step(Enum):
    """How far an order has come."""

    WAITS = "waits"
    SEALED = "sealed"
    SURRENDERED = "surrendered"
    TAKEN = "taken"  # and not renewed since: the doors are still closed
    DONE = "done"
    REPLACED = "replaced"  # by another person's order


class Progress(NamedTuple):
    """A step and its sentence."""

    step: Step
    sentence: str


def keys_of_order(plan: Plan, group: Group) -> tuple[str, ...]:
    """All cells that an order about the group depends on."""
    return (
        PLAN_KEY,
        order_key(group.name),
        hold_key(group.name),
        hold_key(EVERY_GROUP),
        *map(session_key, plan.sites),
        *map(owner_key, group.instances),
    )


def progress(group: Group, order: OrderCell, cells: Mapping[str, Cell]) -> Progress:
    """What the cells say of an order. Raises CellUnreadable."""
    current = _content(cells, order_key(group.name))
    owners = _owners(group, cells)
    if owners and all(each.order == order.nonce and _owns(each, order.to) for each in owners):
        epoch = max(each.term.epoch for each in owners)
        if not _renewed_since(group, order.to, cells):
            return Progress(Step.TAKEN, f"{order.to} has taken it as epoch {epoch}")
        return Progress(Step.DONE, f"{order.to} owns it as epoch {epoch} and has renewed it")
    if isinstance(current, OrderCell) and current.nonce != order.nonce:
        return Progress(
            Step.REPLACED,
            f"{current.by} ordered {current.kind.value} to {current.to} in its place",
        )
    states = {each.state for each in owners}
    if OwnerState.SEALED in states:
        return Progress(Step.SEALED, "its owner may not renew it any more: it closes, or runs out")
    if states == {OwnerState.SURRENDERED}:
        return Progress(Step.SURRENDERED, f"its owner has closed it: {order.to} takes it")
    return Progress(Step.WAITS, "the order stands in the register; no agent has acted on it yet")


def owner_of(group: Group, cells: Mapping[str, Cell]) -> str:
    """The centre that owns every instance of the group now; empty: none does."""
    sites = {each.owner.site for each in _owners(group, cells) if each.state is OwnerState.OWNED}
    whole = len(_owners(group, cells)) == len(group.instances)
    return sites.pop() if whole and len(sites) == 1 else ""


def obstacles(plan: Plan, group: Group, cells: Mapping[str, Cell]) -> list[str]:
    """What the register shows that may keep a switchover from being done."""
    found = []
    for name in (group.name, EVERY_GROUP):
        hold = _content(cells, hold_key(name))
        if isinstance(hold, HoldCell) and hold.length_s > 0:
            what = "every group" if name == EVERY_GROUP else name
            found.append(f"a hold on {what} by {hold.by} ({hold.reason}), unless it has run out")
    for site in plan.sites:
        session = _content(cells, session_key(site))
        if not isinstance(session, SessionCell):
            found.append(f"{site} has never had a lease: its agent did not start yet")
        elif session.plan != plan.hash:
            found.append(f"{site} runs another plan ({session.plan[:12]})")
    force = _content(cells, PLAN_KEY)
    if isinstance(force, PlanCell) and force.hash != plan.hash:
        found.append(f"another plan is in force ({force.hash[:12]})")
    return found


def lost_by(group: Group) -> str:
    """What a forced move may lose, by the group's class."""
    match group.durability:
        case Durability.STATELESS:
            return "nothing: it keeps no data"
        case Durability.SYNCHRONOUS:
            return "nothing, unless it is exposed: then all that its owner acknowledged alone"
        case Durability.ASYNCHRONOUS:
            return (
                "what its owner acknowledged and the other copy does not have, at up to "
                f"{group.rate_bytes_s:.0f} bytes/s; the gate is passed over"
            )


def _content(cells: Mapping[str, Cell], key: str) -> object:
    cell = cells.get(key, ABSENT)
    return decode(key, cell.value) if cell.revision else None


def _owners(group: Group, cells: Mapping[str, Cell]) -> list[OwnerCell]:
    found = (_content(cells, owner_key(instance)) for instance in group.instances)
    return [each for each in found if isinstance(each, OwnerCell)]


def _owns(cell: OwnerCell, site: str) -> bool:
    return cell.owner.site == site and cell.state is OwnerState.OWNED


def _renewed_since(group: Group, site: str, cells: Mapping[str, Cell]) -> bool:
    taken = max(cells[owner_key(instance)].revision for instance in group.instances)
    return cells.get(session_key(site), ABSENT).revision > taken
