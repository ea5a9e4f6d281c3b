"""Who speaks with whom, and from where: the plan, seen from one of its places.

The two centres have an address on each path. Witness and observers have one, and speak with the
centres' addresses in the health network: what carries the hospitals carries their word.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from failover.core.messages import PathName
from failover.plan_file.content import PlanFile
from failover.wire.problem import WireProblem

Address = tuple[str, int]  # IPv4, UDP port


class Role(Enum):
    """What a speaker is."""

    CENTRE = "centre"
    WITNESS = "witness"
    OBSERVER = "observer"


class Speaker(NamedTuple):
    """One place of the plan."""

    name: str
    role: Role
    addresses: Mapping[str, Address]  # by path


def speaker(plan: PlanFile, name: str, role: Role) -> Speaker:
    """This place itself.

    Raises:
        WireProblem: the plan has no such name in this role.
    """
    known = {one.name: one for one in _everybody(plan) if one.role is role}
    if name not in known:
        raise WireProblem(
            "settings",
            f"the plan has no {role.value} `{name}`",
            f"names of this role: {', '.join(known) or 'none'}",
        )
    return known[name]


def partners(plan: PlanFile, me: Speaker) -> dict[str, Speaker]:
    """Whom this place speaks with, by name: a centre with all others, they with the centres."""
    return {
        one.name: one
        for one in _everybody(plan)
        if one.name != me.name and Role.CENTRE in (one.role, me.role)
    }


def _everybody(plan: PlanFile) -> list[Speaker]:
    def at(address: str) -> Address:
        return address, plan.port

    def inside(name: str, role: Role, address: str) -> Speaker:
        return Speaker(name, role, {PathName.HEALTH: at(address)})

    return [
        *(
            Speaker(site.name, Role.CENTRE, {path: at(one) for path, one in site.addresses.items()})
            for site in plan.sites
        ),
        inside(plan.witness.name, Role.WITNESS, plan.witness.address),
        *(inside(one.name, Role.OBSERVER, one.address) for one in plan.observers),
    ]
