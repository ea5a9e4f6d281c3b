"""The evidence that an agent had, out of the status document that it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from failover.core.evidence import Evidence, GateEvidence, GroupEvidence, PathEvidence
from failover.core.facts import Owner
from failover.core.order import order_of_takes
from failover.core.plan import Group, Plan

Document = Mapping[str, Any]


def evidence_of(document: Document, plan: Plan) -> Evidence:
    """The evidence that the agent had when it wrote the document.

    Raises KeyError, TypeError or ValueError for a document of another plan or version.
    """
    peer, register = document["peer"], document["register"]
    observers = peer["observers"]
    return Evidence(
        fibre=_path(document, "fibre"),
        health=_path(document, "health"),
        witness_age_s=document["witness_s_ago"],
        witness_reaches=document["witness_reaches"],
        register_age_s=register["answered_s_ago"],
        register_back=register["went_back"],
        session_over=register["looked"] and document["lease"]["peer_over_in_s"] <= 0,
        fresh=observers["fresh"],
        reach=observers["reach"],
        slow=observers["slow"],
        asks=peer["asks"],
        late=document["late"],
        changes=peer["changes"],
        groups=tuple(_group(document, group) for group in order_of_takes(plan.groups)),
    )


def _group(document: Document, group: Group) -> GroupEvidence:
    facts = document["groups"][group.name]
    owner, exposed_at = Owner(facts["owner"]), facts["exposed_at"]
    return GroupEvidence(
        name=group.name,
        owner=owner,
        fit=facts["fit"],
        guard_alive=document["obeyed"],
        gate=GateEvidence(**facts["gate"]),
        held_by=(facts["held_by"] or facts["damped_by"]) if facts["theirs"] else "",
        exposed=exposed_at != ""
        and (owner is Owner.MINE or exposed_at == document["peer"]["centre"]),
    )


def _path(document: Document, name: str) -> PathEvidence:
    path = document["paths"][name]
    return PathEvidence(path["heard_s_ago"], path["echoed_s_ago"])
