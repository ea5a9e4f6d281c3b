"""A plan, and the evidence of an agent for which all is well. Tests change what they are about.

EVIDENCE._replace(register_age_s=None)
EVIDENCE._replace(groups=(GROUP._replace(owner=Owner.FREE),))
"""

from __future__ import annotations

from msgspec.structs import replace

from failover.core.evidence import Evidence, GateEvidence, GroupEvidence, PathEvidence
from failover.core.facts import Owner
from failover.core.plan import Durability, Group, Lease, Plan, Profile

LEASE = Lease(length_s=2.0, drift=0.01, margin_s=0.15)
PROFILE = Profile(lease=LEASE, renewal_s=0.4, beat_s=0.2, silence_s=1.0, patience_s=10.0)


def group(
    name: str,
    *,
    priority: int = 5,
    after: tuple[str, ...] = (),
    durability: Durability = Durability.ASYNCHRONOUS,
    rpo_s: float = 10.0,
    rate_bytes_s: float = 100.0,
) -> Group:
    return Group(
        name=name,
        instances=(f"{name}-1",),
        home="dc-a",
        priority=priority,
        after=after,
        rto_s=30.0,
        rpo_s=rpo_s,
        rate_bytes_s=rate_bytes_s,
        durability=durability,
    )


PLAN = Plan(
    hash="5ead" * 16,
    sites=("dc-a", "dc-b"),
    witness="witness-1",
    profile=PROFILE,
    groups=(group("imaging"), group("referral")),
)

UP = PathEvidence(heard_age_s=0.1, echo_age_s=0.2)
DEAF = PathEvidence(heard_age_s=0.1, echo_age_s=None)  # we hear the peer, it does not hear us
DOWN = PathEvidence(heard_age_s=7.0, echo_age_s=7.1)

GROUP = GroupEvidence(
    name="imaging",
    owner=Owner.MINE,
    fit=True,
    guard_alive=True,
    gate=GateEvidence(gap_bytes=200.0, allowed_bytes=1000.0, why="200 bytes may be lost"),
    held_by="",
    exposed=False,
)
EVIDENCE = Evidence(
    fibre=UP,
    health=UP,
    witness_age_s=0.5,
    witness_reaches=True,
    register_age_s=0.2,
    register_back=False,
    session_over=False,
    fresh=10,
    reach=10,
    slow=0,
    asks=True,
    late=False,
    changes=0,
    groups=(GROUP, replace(GROUP, name="referral", owner=Owner.THEIRS)),
)
