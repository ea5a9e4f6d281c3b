"""The checks at the start: the judgement, and what real members tell."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from failover.register.etcd_checks import (
    START_METRIC,
    ConfigFile,
    Observed,
    check_cluster,
    judged,
    read_config_file,
)
from failover.register.etcd_cluster import Alarm, EtcdCluster, Member, Status
from failover.register.etcd_gateway import HttpsGateway
from failover.register.finding import Finding, Weight
from failover.register.hedging import Failure
from tests.failover.register.authority import SERVER
from tests.failover.register.loops import on_loop
from tests.failover.register.processes import EtcdProcesses, running

NAMES = ("dc-a", "witness", "dc-b")
FILE = "/etc/telemed/etcd.json"
GOOD_TEXT = """{
  "pre-vote": true, "heartbeat-interval": 50, "election-timeout": 500,
  "quota-backend-bytes": 268435456, "auto-compaction-mode": "revision",
  "auto-compaction-retention": "5000", "enable-grpc-gateway": true
}"""


def status(member: int) -> Status:
    return Status(
        member=member,
        cluster=7,
        version="3.4.23",
        leader=2,
        term=3,
        index=9,
        applied=9,
        learner=False,
        errors=(),
    )


GOOD = Observed(
    own="dc-a",
    statuses={name: status(number) for number, name in enumerate(NAMES, start=1)},
    members=tuple(Member(number, name, False) for number, name in enumerate(NAMES, start=1)),
    alarms=(),
    command_lines=dict.fromkeys(NAMES, ("etcd", "--config-file", FILE)),
    metrics={START_METRIC: 1000.0},
    config_file=ConfigFile(FILE, GOOD_TEXT, changed_at=999.0),
)


def judge(**changes: Any) -> tuple[Finding, ...]:
    return judged(replace(GOOD, **changes), lease_s=2.0, try_s=0.15)


def with_status(name: str, **changes: Any) -> dict[str, object]:
    good = GOOD.statuses[name]
    assert isinstance(good, Status)
    return {"statuses": dict(GOOD.statuses) | {name: replace(good, **changes)}}


def test_a_good_cluster_has_no_findings() -> None:
    assert judge() == ()


SILENT = {"statuses": dict(GOOD.statuses) | {"dc-b": Failure("HTTP 503: no")}}
REFUSE, WARN = Weight.REFUSE, Weight.WARN


@pytest.mark.parametrize(
    ("changes", "weight", "words"),
    [
        (SILENT, WARN, "dc-b: not checked, it does not answer: HTTP 503: no\nhint: its cert"),
        (with_status("witness", cluster=8), REFUSE, "several clusters: dc-a 7, witness 8, dc-b 7"),
        (with_status("dc-b", member=1), REFUSE, "one and the same member answers at dc-a, dc-b"),
        (with_status("dc-b", member=2), REFUSE, "etcd member dc-b: at its address answers witness"),
        (with_status("dc-a", version="3.3.25"), REFUSE, "etcd member dc-a: its version is 3.3.25"),
        (with_status("dc-b", version=""), WARN, "etcd member dc-b: its version is not told"),
        (with_status("dc-b", version="3.5.16"), WARN, "the versions differ: dc-a 3.4.23"),
        ({"members": Failure("silence")}, WARN, "the list of members was not checked: silence"),
        (
            {"members": GOOD.members[:2]},  # type: ignore[index]
            REFUSE,
            "its members are dc-a, witness; the plan has dc-a, dc-b, witness",
        ),
        (
            {"members": (*GOOD.members[:2], Member(3, "", False))},  # type: ignore[index]
            REFUSE,
            "its members are one without a name, dc-a, witness",
        ),
        (
            {"members": (*GOOD.members[:2], Member(3, "dc-b", True))},  # type: ignore[index]
            REFUSE,
            "etcd member dc-b: it is a learner",
        ),
        ({"alarms": Failure("silence")}, WARN, "alarms were not checked: silence"),
        ({"alarms": (Alarm(2, "NOSPACE"),)}, WARN, "etcd member witness: the alarm NOSPACE"),
        ({"alarms": (Alarm(9, "CORRUPT"),)}, REFUSE, "etcd member 9: the alarm CORRUPT"),
        ({"config_file": Failure("it cannot be read")}, REFUSE, "not checked: it cannot be read"),
        (
            {"config_file": ConfigFile("/other", GOOD_TEXT, 0.0)},
            REFUSE,
            f"it was started with {FILE}, and /other was to be checked",
        ),
        ({"config_file": ConfigFile(FILE, "pre-vote: true", 0.0)}, REFUSE, "it is not JSON"),
        ({"config_file": ConfigFile(FILE, GOOD_TEXT, 2000.0)}, WARN, "changed after etcd started"),
        ({"metrics": Failure("silence")}, WARN, "changed after etcd started, or nobody knows"),
        ({"metrics": {START_METRIC: float("nan")}}, WARN, "or nobody knows"),
        (
            {"command_lines": dict(GOOD.command_lines) | {"dc-b": Failure("silence")}},
            WARN,
            "etcd member dc-b: its settings were not checked: silence",
        ),
        (
            {"config_file": ConfigFile(FILE, GOOD_TEXT.replace('"pre-vote": true,', ""), 0.0)},
            REFUSE,
            "etcd member dc-a: pre-vote: it is not set",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_found(
    changes: dict[str, object], weight: Weight, words: str
) -> None:
    found = judge(**changes)
    assert [finding.weight for finding in found if words in str(finding)] == [weight]
    assert all(finding.mend for finding in found)


def test_flags_are_judged_of_every_member_but_only_the_own_refuses() -> None:
    flags = ("etcd", "--heartbeat-interval=50", "--election-timeout=500")
    found = judge(command_lines=dict.fromkeys(NAMES, flags))
    own = {one.weight for one in found if one.place.startswith("etcd member dc-a")}
    others = {one.weight for one in found if not one.place.startswith("etcd member dc-a")}
    assert (own, others) == ({REFUSE}, {WARN})
    assert [one.weight for one in found] == sorted((one.weight for one in found), key=str)


def test_a_lost_centre_does_not_keep_the_survivor_from_starting() -> None:
    silence = Failure("no answer in 1 s")
    found = judge(
        statuses=dict(GOOD.statuses) | {"dc-b": silence},
        command_lines=dict(GOOD.command_lines) | {"dc-b": silence},
    )
    assert [(one.weight, one.place) for one in found] == [(WARN, "etcd member dc-b")]


def test_a_file_that_nobody_named_or_can_read(tmp_path: Path) -> None:
    assert read_config_file(None) == Failure("the agent was not told which")
    (tmp_path / "odd").write_bytes(b"\xff")
    for path in (tmp_path / "none", tmp_path / "odd"):
        found = read_config_file(path)
        assert isinstance(found, Failure)
        assert str(path) in found.why


@asynccontextmanager
async def cluster_of(etcd: EtcdProcesses, answer_s: float = 5.0) -> AsyncIterator[EtcdCluster]:
    gateway = HttpsGateway(etcd.client)
    try:
        yield EtcdCluster(gateway, etcd.endpoints, answer_s=answer_s)
    finally:
        await gateway.close()


async def check(
    etcd: EtcdProcesses, lease_s: float = 2.0, answer_s: float = 5.0
) -> tuple[Finding, ...]:
    async with cluster_of(etcd, answer_s) as cluster:
        return await check_cluster(
            cluster, lease_s=lease_s, try_s=0.15, config_file=etcd.members[0].config_file
        )


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
class TestRealMembers:
    @on_loop
    async def test_a_good_cluster_has_no_findings(self, etcd: EtcdProcesses) -> None:
        assert await check(etcd) == ()

    @on_loop
    async def test_the_command_line_is_told_to_clients(self, etcd: EtcdProcesses) -> None:
        async with cluster_of(etcd) as cluster:
            for member in etcd.members:
                line = await cluster.command_line(member.endpoint)
                assert line == ("etcd", "--config-file", str(member.config_file))

    @on_loop
    async def test_the_metrics_tell_the_start_of_the_process(self, etcd: EtcdProcesses) -> None:
        async with cluster_of(etcd) as cluster:
            metrics = await cluster.metrics(etcd.endpoints[0])
        assert not isinstance(metrics, Failure)
        assert metrics[START_METRIC] > 1.7e9
        assert metrics["etcd_server_quota_backend_bytes"] == 1 << 28

    @on_loop
    async def test_a_lease_that_is_too_short_is_found(self, etcd: EtcdProcesses) -> None:
        (finding,) = await check(etcd, lease_s=1.0)
        assert finding.place == "etcd member dc-a: election-timeout"
        assert "take 1.15 s, the lease is 1 s" in finding.sentence

    @on_loop
    async def test_a_full_store_is_found(self, etcd: EtcdProcesses) -> None:
        header = etcd["witness"].ask("/v3/maintenance/status", {})["header"]
        assert isinstance(header, dict)
        alarm = {"memberID": header["member_id"], "alarm": "NOSPACE"}
        etcd["dc-a"].ask("/v3/maintenance/alarm", {"action": "ACTIVATE", **alarm})
        try:
            (finding,) = await check(etcd)
        finally:
            etcd["dc-a"].ask("/v3/maintenance/alarm", {"action": "DEACTIVATE", **alarm})
        assert finding.place == "etcd member witness"
        assert finding.sentence == "the alarm NOSPACE stands"

    @on_loop
    async def test_a_dead_member_only_warns(self, etcd: EtcdProcesses) -> None:
        etcd["dc-b"].kill()
        (finding,) = await check(etcd)
        assert (finding.weight, finding.place) == (WARN, "etcd member dc-b")

    @on_loop
    async def test_a_file_that_changed_under_the_process_is_found(
        self, etcd: EtcdProcesses
    ) -> None:
        file = etcd["dc-a"].config_file
        before = file.stat()
        os.utime(file, (before.st_atime, before.st_mtime + 3600))
        try:
            (finding,) = await check(etcd)
        finally:
            os.utime(file, (before.st_atime, before.st_mtime))
        assert finding.weight is WARN
        assert f"{file} was changed after etcd started" in finding.sentence

    @on_loop
    async def test_pre_vote_that_is_off_is_found_in_the_file(self, tmp_path: Path) -> None:
        with running(tmp_path, ["dc-a"], pre_vote=False) as etcd:
            found = await check(etcd)
        assert [str(one.place) for one in found if one.weight is REFUSE] == [
            "etcd",  # one member, where there should be three
            "etcd member dc-a: pre-vote",
        ]

    @on_loop
    async def test_pre_vote_that_is_not_said_is_found_on_the_command_line(
        self, tmp_path: Path
    ) -> None:
        with running(tmp_path, ["dc-a"], by_flags=True, without="pre-vote") as etcd:
            found = await check(etcd)
        assert [str(one.place) for one in found] == ["etcd", "etcd member dc-a: pre-vote"]
        assert found[1].mend == "start the member with --pre-vote=true"

    @on_loop
    async def test_a_member_that_cannot_answer_json_is_told_why(self, tmp_path: Path) -> None:
        with running(tmp_path / "1", ["dc-a"], without="enable-grpc-gateway") as etcd:
            found = {one.mend for one in await check(etcd, answer_s=0.2)}
        assert '"enable-grpc-gateway": true belongs into its configuration file' in found
        with running(tmp_path / "2", ["dc-a"], purposes=[SERVER]) as etcd:
            found = {one.mend for one in await check(etcd, answer_s=0.2)}
        assert "its certificate needs both purposes, serverAuth and clientAuth" in found
