"""Guests who leave a site by its line, against those who should: the same way, and no others.

Both halves of a break-out, the way and the address outside, must be there for a reader to give it;
so what is compared has both, and a half is told as one that lacks. What else a text says of policy
routes and of changed sources is unread. Knows nothing of how the text was made.

Source: docs/concepts/policies.md, "Guests".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import Family, Range
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import Finding

KIND = "break-out"
_BOTH = "their way and their address outside"


def prove_break_outs(
    device: str,
    found: Collection[BreakOut],
    lines: Mapping[str, int],
    expected: Collection[BreakOut],
) -> Iterator[Finding]:
    """A finding for each that lacks, differs or is too many.

    `lines`: the interface behind which guests are → where the text speaks of them, also of a half.
    """
    for ingress in dict.fromkeys([*(one.ingress for one in (*expected, *found)), *lines]):
        line = lines.get(ingress, 0)
        there = {one for one in found if one.ingress == ingress}
        wanted = {one for one in expected if one.ingress == ingress}
        half = ingress in lines and not there
        for says in _of_interface(ingress, there, wanted, half=half):
            yield Finding(device=device, line=line, kind=KIND, says=says)


def _of_interface(
    ingress: str, there: set[BreakOut], wanted: set[BreakOut], *, half: bool
) -> Iterator[str]:
    lost, more = sorted(wanted - there, key=_order), sorted(there - wanted, key=_order)
    if len(lost) == len(more) == 1:
        yield from _differences(more[0], lost[0])
        return
    for one in lost:
        says = f"{_words(one)} do not leave by {one.egress}"
        if half:
            yield f"{says}: of {_BOTH} one half is missing, off or of others: write it"
        else:
            yield f"{says}: write {_BOTH}{_way(one)}"
    for one in more:
        yield f"{_words(one)} leave by {one.egress}, which is not planned: take both halves away"
    if half and not wanted:
        yield f"half a break-out of {ingress}, where none is planned: take it away"


def _differences(there: BreakOut, wanted: BreakOut) -> Iterator[str]:
    guests = f"guests behind {wanted.ingress}"
    if there.egress != wanted.egress:
        yield f"{guests} leave by {there.egress} in place of {wanted.egress}: write the planned one"
    if there.sources != wanted.sources:
        yield (
            f"{guests} who leave are {_range(there.sources)} in place of "
            f"{_range(wanted.sources)}: write these in both halves"
        )
    if there.next_hop != wanted.next_hop:
        yield (f"{guests} go to {_hop(there)} in place of {_hop(wanted)}: write the planned way")


def _order(one: BreakOut) -> tuple[str, Range, int]:
    return one.egress, one.sources, one.next_hop or 0


def _words(one: BreakOut) -> str:
    return f"guests {_range(one.sources)} behind {one.ingress}"


def _way(one: BreakOut) -> str:
    return "" if one.next_hop is None else f", to {_hop(one)}"


def _hop(one: BreakOut) -> str:
    if one.next_hop is None:
        return "where their mark leads"
    return address_text(Family.V4, one.next_hop)


def _range(addresses: Range) -> str:
    first, last = (address_text(Family.V4, one) for one in addresses)
    return f"{first}-{last}"
