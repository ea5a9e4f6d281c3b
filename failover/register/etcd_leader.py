"""The leader's place is the witness: then a lost centre costs no election, and a cut no gap.

Source: design §6; the spike, §3 and §4: leader at the witness, no renewal was late in any cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from failover.register.etcd_cluster import NOBODY, EtcdCluster, Status
from failover.register.hedging import Failure

# Entries that the witness may be behind: the two were not asked in the same moment.
BEHIND_MAX = 50
HAND_OVER_S = 5.0


@dataclass(frozen=True, slots=True)
class Hand:
    """The leader shall hand over: whose endpoint to ask, and the witness's id."""

    leader: str
    target: int


@dataclass(frozen=True, slots=True)
class Handed:
    """The witness's member leads now."""

    leader_before: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The leader stays where it is."""

    why: str


def leadership_move(statuses: Mapping[str, Status | Failure], witness: str) -> Hand | Kept:
    """Whether the leader should hand over to the witness's member, which must be fit to lead."""
    there = statuses.get(witness, Failure("it is not in the plan"))
    if isinstance(there, Failure):
        return Kept(f"{witness} does not answer: {there.why}")
    if there.leader == there.member:
        return Kept(f"{witness} leads")
    if there.leader == NOBODY:
        return Kept(f"{witness} knows no leader")
    if there.learner or there.errors:
        return Kept(f"{witness} is not fit to lead: {', '.join(there.errors) or 'a learner'}")
    leaders = (
        (name, status)
        for name, status in statuses.items()
        if isinstance(status, Status) and status.member == there.leader == status.leader
    )
    name, leader = next(leaders, ("", there))
    if not name:
        return Kept("the leader does not answer, or no longer leads")
    if there.term != leader.term or leader.index - there.applied > BEHIND_MAX:
        return Kept(f"{witness} is {leader.index - there.applied} entries behind")
    return Hand(leader=name, target=there.member)


async def hand_leadership_to(
    cluster: EtcdCluster, witness: str, *, timeout_s: float = HAND_OVER_S
) -> Handed | Kept:
    """Asks the members, and the leader to hand over if it should; all of it is done once."""
    move = leadership_move(await cluster.statuses(), witness)
    if isinstance(move, Kept):
        return move
    (leader,) = (one for one in cluster.endpoints if one.name == move.leader)
    failure = await cluster.transfer(leader, move.target, timeout_s=timeout_s)
    if failure:
        return Kept(f"{leader.name} did not hand over: {failure.why}")
    return Handed(leader_before=leader.name)
