"""What people write into the register: holds, orders, a new generation; by compare-and-set."""

from collections.abc import Mapping

from failover.core.cells import (
    EVERY_GROUP,
    GENERATION,
    GenerationCell,
    HoldCell,
    OrderCell,
    decode,
    encode,
    hold_key,
    order_key,
)
from failover.core.plan import Plan
from failover.core.transaction import ABSENT, Cell, Compare, Put, Transaction


def hold(plan: Plan, group: str, content: HoldCell, cells: Mapping[str, Cell]) -> Transaction:
    """Keep a group, or every group (`*`), from being taken for so long. Never closes anything.

    Raises ValueError for an unknown group or a length that is not positive.
    """
    _known(plan, group, every=True)
    _positive(content.length_s)
    return _write(hold_key(group), encode(content), cells)


def resume(plan: Plan, group: str, by: str, nonce: str, cells: Mapping[str, Cell]) -> Transaction:
    """End a hold."""
    _known(plan, group, every=True)
    return _write(hold_key(group), encode(HoldCell(0.0, by, "resumed", nonce)), cells)


def order(plan: Plan, group: str, content: OrderCell, cells: Mapping[str, Cell]) -> Transaction:
    """Order a group to a site, to be begun within so long.

    Raises ValueError for an unknown group or site or a length that is not positive.
    """
    _known(plan, group, every=False)
    _positive(content.length_s)
    if content.to not in plan.sites:
        raise ValueError(f"`{content.to}` is not a data centre: choose {' or '.join(plan.sites)}")
    return _write(order_key(group), encode(content), cells)


def break_glass(
    signers: tuple[str, ...], nonce: str, cells: Mapping[str, Cell], highest: int
) -> Transaction:
    """Start a new generation: what older generations own is void.

    `highest`: the highest generation that is known anywhere. Raises ValueError for fewer than two
    different signers.
    """
    if len(set(signers)) < 2:
        raise ValueError("break-glass needs the signatures of two different people")
    cell = cells.get(GENERATION, ABSENT)
    known = highest
    if cell.revision:
        content = decode(GENERATION, cell.value)
        assert isinstance(content, GenerationCell)
        known = max(known, content.generation)
    return _write(GENERATION, encode(GenerationCell(known + 1, signers, nonce)), cells)


def _write(key: str, value: bytes, cells: Mapping[str, Cell]) -> Transaction:
    compare = Compare(key, cells.get(key, ABSENT).revision)
    return Transaction((compare,), (Put(key, value),))


def _known(plan: Plan, group: str, *, every: bool) -> None:
    names = [each.name for each in plan.groups]
    if group not in names and not (every and group == EVERY_GROUP):
        raise ValueError(f"`{group}` is not a move group: choose one of {', '.join(names)}")


def _positive(length_s: float) -> None:
    if length_s <= 0:
        raise ValueError(f"a length of {length_s} s is no time at all")
