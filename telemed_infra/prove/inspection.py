"""What a firewall looks into: what it permits across its site's boundary, and nothing else.

By rule, not by packet: a rule that permits packets between interfaces of which some pair crosses
the boundary has to be inspected, whatever else it permits; one of which no pair does must not be.
What is merely tolerated across it may be either. A pair of interfaces of no zone is not asked for:
what passes there is no policy's, which `compare_ways` tells.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.behaviour import Action, Chain, Interfaces, Rule
from telemed_infra.plan.boundary import crosses_boundary
from telemed_infra.prove.filters import lets_pass, steps_of
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.firewall import WayProducts, WaysProof
from telemed_infra.prove.sweep import Judge, Kind, compare

Ends = tuple[Interfaces, Interfaces]
ZoneWay = tuple[str, str]


def with_inspection(compared: WaysProof, leading_elsewhere: Collection[str]) -> WaysProof:
    """The comparison, with a finding for each permit that is inspected and should not be, or not.

    `leading_elsewhere`: the zones that lead to other sites.
    """
    found = [
        one
        for chain in compared.chains
        if chain.judges_forwarded
        for one in _of_chain(chain, compared, leading_elsewhere)
    ]
    if not found:
        return compared
    return dataclasses.replace(compared, findings=(*compared.findings, *found))


def _of_chain(
    chain: Chain, compared: WaysProof, leading_elsewhere: Collection[str]
) -> Iterator[Finding]:
    known: dict[Ends, frozenset[ZoneWay] | None] = {}  # thousands of rules, few pairs of zones
    for rule in chain.rules:
        if rule.action is not Action.PERMIT:
            continue
        ends = rule.ingress, rule.egress
        if ends in known:
            ways = known[ends]
        else:
            ways = known[ends] = _crossings(ends, compared, leading_elsewhere)
        if ways is not None and rule.inspected != bool(ways) and lets_pass(rule):
            if rule.inspected:
                yield _overinspected(rule)
            elif not _is_tolerated(rule, ways, compared):
                yield _uninspected(rule, min(ways))


def _crossings(
    ends: Ends, compared: WaysProof, leading_elsewhere: Collection[str]
) -> frozenset[ZoneWay] | None:
    """The ways from zone to zone, between these interfaces, that cross the boundary.

    None where no interface of a zone is on one side: nothing is known of where that leads, and what
    must pass there is told as missing.
    """
    ingress, egress = (
        {zone for name, zone in compared.zones.items() if names is None or name in names}
        for names in ends
    )
    if not ingress or not egress:
        return None
    return frozenset(
        (one, other)
        for one in ingress
        for other in egress
        if crosses_boundary(one, other, leading_elsewhere)
    )


def _is_tolerated(rule: Rule, ways: Collection[ZoneWay], compared: WaysProof) -> bool:
    """Whether all that it permits on these ways may pass and need not."""
    if not rule.certain:
        return True
    wanted = [compared.products[way] for way in ways if way in compared.products]
    return len(wanted) == len(ways) and all(
        _may_alone(rule, way, family) for way in wanted for family in FAMILIES
    )


def _may_alone(rule: Rule, way: WayProducts, family: Family) -> bool:
    """Whether nothing else than what may pass does by this rule, and nothing that must."""
    steps = steps_of(rule, family)
    denying = [replace(step, action=Action.DENY) for step in steps]
    beyond = compare(family, (), way.may[family], [Judge(steps, Action.DENY)])
    without = compare(family, way.must[family], (), [Judge(denying, Action.PERMIT)])
    return not beyond and all(one.kind is not Kind.MISSING for one in without)


def _uninspected(rule: Rule, way: ZoneWay) -> Finding:
    says = (
        f"{_named(rule)} permits packets from {way[0]} to {way[1]}, across the site's boundary, "
        "without a search for intrusions and malware: bind profiles of both that stop what they "
        "find"
    )
    return Finding(device="", line=rule.line, kind="uninspected", says=says)


def _overinspected(rule: Rule) -> Finding:
    says = (
        f"{_named(rule)} searches for intrusions and malware in packets that do not cross the "
        "site's boundary: take its profiles off"
    )
    return Finding(device="", line=rule.line, kind="overinspected", says=says)


def _named(rule: Rule) -> str:
    return f"rule {rule.name}" if rule.name else "it"
