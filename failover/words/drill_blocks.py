"""What keeps a drill from being begun, and what ends one that runs: the agents' own alarms.

A drill needs a network that could bear a real failure at the same moment. So whatever is not well
blocks it, and a failure while it runs takes its orders away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from failover.core.cells import EVERY_GROUP, OwnerState
from failover.core.facts import Action, LinkVerdict, SiteVerdict
from failover.core.judgement import judge
from failover.core.plan import Group, Plan
from failover.processes.evidence_of_status import Document, evidence_of
from failover.words.known import Known, Source
from failover.words.spans import told_span

REST_S = 3600.0  # between two drills of a group: four half-lives of the default damping
DRILL = "drill-"  # how the nonces of a drill's orders begin


def blocking(
    known: Known, plan: Plan, group: Group, to: str, drills: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Every reason not to begin; empty: none. `drills`: the reports of earlier ones."""
    if known.told is None or not known.told.fresh:
        return ["the agent here does not live: nothing would be seen of a failure"]
    document = known.told.document
    if document["plan"] != plan.hash:
        return [f"the agent here runs another plan ({document['plan'][:12]})"]
    return [
        *_register(known),
        *alarms(document, plan),
        *_words(known, plan, group),
        *_readiness(document, known, group, to),
        *_lately(known.at, group, drills),
    ]


def alarms(document: Document, plan: Plan, moving: str = "") -> list[str]:
    """What is not well now, by the agent's own word; also what ends a drill that runs.

    `moving`: a group that is being moved, so that nobody serves it and its copy is not there yet.
    """
    found = []
    if document["halted"]:
        found.append(f"the agent here has halted: {document['halted']}")
    if not document["obeyed"]:
        found.append("the guard here does not obey")
    if document["register"]["went_back"]:
        found.append("the register went back in time")
    if document["peer"]["plan"] not in ("", document["plan"]):
        found.append("the two centres run different plans")
    judged = judge(evidence_of(document, plan), plan)
    if judged.link.verdict is not LinkVerdict.NORMAL:
        found.append(f"links: {judged.link.verdict.value}: {judged.link.why}")
    if judged.site.verdict is not SiteVerdict.NORMAL:
        found.append(f"peer: {judged.site.verdict.value}: {judged.site.why}")
    exposed = sorted(
        name for name, group in document["groups"].items() if group["exposed_at"] and name != moving
    )
    if exposed:
        found.append(f"exposed: {', '.join(exposed)}: one centre alone has acknowledged writes")
    found += [
        f"a person must decide about {each.name}: {each.instance.why}"
        for each in judged.groups
        if each.action.verdict is Action.PAGE and each.name != moving
    ]
    return found


def not_ready(document: Document, group: str, to: str) -> str:
    """Why a centre is not ready to take a group; empty: it is, by its agent's word."""
    if to != document["centre"]:
        return "" if group in document["peer"]["ready"] else "it does not say that it is"
    said = document["groups"][group]
    if said["fit"] and said["verdict"] == "standby":
        return ""
    why = said["gate"]["why"] if said["verdict"] == "gated" else "not judged yet"
    return f"{said['verdict']}: {why}" if said["verdict"] else why


def owner_now(known: Known, group: Group) -> str:
    """The centre that owns all of a group, by the register; empty: none does."""
    cells = known.view.owners(group)
    sites = {
        cell.owner.site if cell is not None and cell.state is OwnerState.OWNED else ""
        for cell in cells
    }
    return sites.pop() if len(sites) == 1 else ""


def _register(known: Known) -> Iterator[str]:
    if known.source is not Source.QUORUM:
        yield "the register does not answer by a majority"
    yield from known.view.unreadable.values()


def _words(known: Known, plan: Plan, group: Group) -> Iterator[str]:
    holdings = known.view.holdings()
    for name in (group.name, EVERY_GROUP):
        if name in holdings and known.view.hold(group.name, 0.0) is not None:
            what = "every group" if name == EVERY_GROUP else name
            holding = holdings[name]
            yield f"a hold on {what} by {holding.by} ({holding.reason}), unless it has run out"
    document = known.told.document if known.told else {}
    for each in plan.groups:
        order = document["groups"][each.name]["order"]
        if order is not None and not order["done"] and not order["rolled_back"]:
            drill = " (a drill)" if order["nonce"].startswith(DRILL) else ""
            yield f"an order for {each.name} to {order['to']} by {order['by']} stands{drill}"


def _readiness(document: Document, known: Known, group: Group, to: str) -> Iterator[str]:
    said = document["groups"][group.name]
    owner = owner_now(known, group)
    if not owner:
        yield f"{group.name} is owned by nobody, or by parts"
    elif owner == to:
        yield f"{group.name} is at {to} already"
    if said["damped_by"]:
        yield f"{group.name}: {said['damped_by']}"
    if said["stage"] != "none":
        yield f"{group.name} is {said['stage']}"
    why = not_ready(document, group.name, to)
    if why and owner != to:
        yield f"{to} is not ready to take {group.name}: {why}"


def _lately(now: float, group: Group, drills: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for drill in reversed(drills):
        ago_s = now - drill["began_at"]
        if drill.get("group") == group.name and drill.get("moves") and ago_s < REST_S:
            yield (
                f"the last drill of {group.name} ({drill['id']}) was {told_span(ago_s)} ago: "
                f"its moves count for damping; wait for {told_span(REST_S - ago_s)}"
            )
            return
