"""The leader goes to the witness, when the witness can lead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from failover.register.etcd_cluster import NOBODY, EtcdCluster, Status
from failover.register.etcd_gateway import HttpsGateway
from failover.register.etcd_leader import (
    BEHIND_MAX,
    Hand,
    Handed,
    Kept,
    hand_leadership_to,
    leadership_move,
)
from failover.register.hedging import Failure
from tests.failover.register.loops import on_loop
from tests.failover.register.processes import EtcdProcesses

A, WITNESS, B = 1, 2, 3
SILENCE = Failure("silence")
NO_LEADER = "the leader does not answer, or no longer leads"


def statuses(leader: int = A, **witness: Any) -> dict[str, Status | Failure]:
    def status(member: int) -> Status:
        return Status(
            member=member,
            cluster=7,
            version="3.4.23",
            leader=leader,
            term=3,
            index=1000,
            applied=1000,
            learner=False,
            errors=(),
        )

    return {
        "dc-a": status(A),
        "witness": replace(status(WITNESS), **witness),
        "dc-b": status(B),
    }


@pytest.mark.parametrize(
    ("seen", "move"),
    [
        (statuses(), Hand("dc-a", WITNESS)),
        (statuses(leader=B), Hand("dc-b", WITNESS)),
        (statuses() | {"dc-b": SILENCE}, Hand("dc-a", WITNESS)),
        (statuses(applied=1000 - BEHIND_MAX), Hand("dc-a", WITNESS)),
        (statuses(applied=999 - BEHIND_MAX), Kept("witness is 51 entries behind")),
        (statuses(term=2), Kept("witness is 0 entries behind")),
        (statuses(leader=WITNESS), Kept("witness leads")),
        (statuses(leader=NOBODY), Kept("witness knows no leader")),
        (statuses(learner=True), Kept("witness is not fit to lead: a learner")),
        (statuses(errors=("NOSPACE",)), Kept("witness is not fit to lead: NOSPACE")),
        (statuses(leader=9), Kept(NO_LEADER)),
        (statuses() | {"dc-a": SILENCE}, Kept(NO_LEADER)),
        (statuses() | {"dc-a": statuses(leader=NOBODY)["dc-a"]}, Kept(NO_LEADER)),
        (statuses() | {"witness": SILENCE}, Kept("witness does not answer: silence")),
        ({}, Kept("witness does not answer: it is not in the plan")),
    ],
)
def test_the_leader_hands_over_to_a_witness_that_can_lead(
    seen: dict[str, Status | Failure], move: Hand | Kept
) -> None:
    assert leadership_move(seen, "witness") == move


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
class TestRealMembers:
    @on_loop
    async def test_it_is_handed_to_the_witness_and_stays_there(self, etcd: EtcdProcesses) -> None:
        gateway = HttpsGateway(etcd.client)
        cluster = EtcdCluster(gateway, etcd.endpoints, answer_s=5.0)
        await hand_leadership_to(cluster, "dc-a")
        assert etcd.leader.name == "dc-a"
        assert await hand_leadership_to(cluster, "witness") == Handed("dc-a")
        assert etcd.leader.name == "witness"
        assert await hand_leadership_to(cluster, "witness") == Kept("witness leads")
        await gateway.close()

    @on_loop
    async def test_a_frozen_witness_is_left_alone(self, etcd: EtcdProcesses) -> None:
        gateway = HttpsGateway(etcd.client)
        cluster = EtcdCluster(gateway, etcd.endpoints, answer_s=0.5)
        etcd["witness"].freeze()
        assert await hand_leadership_to(cluster, "witness") == Kept(
            "witness does not answer: no answer in 0.5 s"
        )
        etcd["witness"].thaw()
        await gateway.close()

    @on_loop
    async def test_only_the_leader_takes_the_order(self, etcd: EtcdProcesses) -> None:
        gateway = HttpsGateway(etcd.client)
        cluster = EtcdCluster(gateway, etcd.endpoints, answer_s=5.0)
        follower = next(one for one in etcd.members if one is not etcd.leader)
        refused = await cluster.transfer(follower.endpoint, 1, timeout_s=5.0)
        assert isinstance(refused, Failure)
        assert "not leader" in refused.why
        await gateway.close()
