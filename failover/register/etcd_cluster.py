"""What etcd's members say of themselves: state, members, alarms, how they were started.

For the checks at the start and for the place of the leader; no renewal waits for any of it.

What the members tell, tried on etcd 3.4.23:

- `/v3/maintenance/status`: version, leader, term, indexes. Answered without a quorum.
- `/debug/vars`: `cmdline`, the command line of the running process. It is there without
  `--enable-pprof` and behind the same client certificate. It does not show the environment
  (`ETCD_PRE_VOTE=true`).
- `/metrics`: `etcd_server_quota_backend_bytes`, `process_start_time_seconds`. Nothing there, in the
  v3 API or under `/config` tells of pre-vote or of the election timeout.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from failover.register import etcd_wire as wire
from failover.register.etcd_gateway import Endpoint, Gateway, Question
from failover.register.hedging import Failure, Pace, first_answer

UINT64_MAX = (1 << 64) - 1  # ids of members and clusters
NOBODY = 0  # the leader's id where there is none
METRIC = re.compile(r"^([A-Za-z_:]\w*) ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$", re.MULTILINE)

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How one member sees itself and the cluster."""

    member: int
    cluster: int
    version: str
    leader: int  # `NOBODY`: it knows of none
    term: int
    index: int  # of the last entry in its log
    applied: int  # of the last entry that its cells show
    learner: bool
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member, as the cluster lists it."""

    id: int
    name: str  # empty until it has started once
    learner: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that stands until a person lifts it: NOSPACE, CORRUPT."""

    member: int
    kind: str


class EtcdCluster:
    """Asks members about themselves. `answer_s` is how long each question may take."""

    def __init__(
        self, gateway: Gateway, endpoints: Sequence[Endpoint], *, answer_s: float = 1.0
    ) -> None:
        self.endpoints = tuple(endpoints)
        self._gateway = gateway
        self._answer_s = answer_s

    async def statuses(self) -> Mapping[str, Status | Failure]:
        """Every member's, asked at once; by the endpoint's name."""
        question = _post("/v3/maintenance/status")
        answers = await asyncio.gather(
            *(self._ask(endpoint, question, status_of) for endpoint in self.endpoints)
        )
        return {
            endpoint.name: answer for endpoint, answer in zip(self.endpoints, answers, strict=True)
        }

    async def members(self) -> tuple[Member, ...] | Failure:
        """The list that the cluster keeps, from the first that answers."""
        return await self._ask_any(_post("/v3/cluster/member/list"), members_of)

    async def alarms(self) -> tuple[Alarm, ...] | Failure:
        """The alarms that stand. A quorum must answer."""
        return await self._ask_any(_post("/v3/maintenance/alarm", action="GET"), alarms_of)

    async def command_line(self, endpoint: Endpoint) -> tuple[str, ...] | Failure:
        """The words that started the process, without its environment."""
        return await self._ask(endpoint, Question("/debug/vars"), command_line_of)

    async def metrics(self, endpoint: Endpoint) -> Mapping[str, float] | Failure:
        """The metrics without labels, by name."""
        return await self._ask(endpoint, Question("/metrics"), metrics_of)

    async def transfer(self, leader: Endpoint, target: int, *, timeout_s: float) -> Failure | None:
        """Has the leader hand its office over. Only the leader's own endpoint takes this."""
        question = _post("/v3/maintenance/transfer-leadership", targetID=str(target))
        answer = await self._ask(leader, question, wire.parsed, timeout_s=timeout_s)
        return answer if isinstance(answer, Failure) else None

    async def _ask(
        self,
        endpoint: Endpoint,
        question: Question,
        understood: Callable[[bytes], AnswerT],
        *,
        timeout_s: float | None = None,
    ) -> AnswerT | Failure:
        timeout_s = timeout_s or self._answer_s
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._gateway.ask(endpoint, question)
        except TimeoutError:
            return Failure(f"no answer in {timeout_s:g} s")
        if isinstance(answer, Failure):
            return answer
        try:
            return understood(answer)
        except wire.Malformed as error:
            return Failure(str(error))

    async def _ask_any(
        self, question: Question, understood: Callable[[bytes], AnswerT]
    ) -> AnswerT | Failure:
        async def ask(endpoint: Endpoint) -> AnswerT | Failure:
            return await self._ask(endpoint, question, understood)

        return await first_answer(
            self.endpoints, ask, pace=Pace(try_s=self._answer_s), timeout_s=2 * self._answer_s
        )


def status_of(body: bytes) -> Status:
    """Reads `/v3/maintenance/status`; raises `Malformed`."""
    answer = wire.parsed(body)
    header = wire.record(answer.get("header"))
    return Status(
        member=wire.number(header.get("member_id"), most=UINT64_MAX),
        cluster=wire.number(header.get("cluster_id"), most=UINT64_MAX),
        version=wire.words(answer.get("version")),
        leader=wire.number(answer.get("leader"), most=UINT64_MAX),
        term=wire.number(answer.get("raftTerm"), most=UINT64_MAX),
        index=wire.number(answer.get("raftIndex"), most=UINT64_MAX),
        applied=wire.number(answer.get("raftAppliedIndex"), most=UINT64_MAX),
        learner=answer.get("isLearner") is True,
        errors=tuple(wire.words(one).strip() for one in wire.items(answer.get("errors"))),
    )


def members_of(body: bytes) -> tuple[Member, ...]:
    """Reads `/v3/cluster/member/list`; raises `Malformed`."""
    found = [wire.record(one) for one in wire.items(wire.parsed(body).get("members"))]
    return tuple(
        Member(
            wire.number(one.get("ID"), most=UINT64_MAX),
            wire.words(one.get("name")),
            one.get("isLearner") is True,
        )
        for one in found
    )


def alarms_of(body: bytes) -> tuple[Alarm, ...]:
    """Reads `/v3/maintenance/alarm`; raises `Malformed`."""
    found = [wire.record(one) for one in wire.items(wire.parsed(body).get("alarms"))]
    return tuple(
        Alarm(wire.number(one.get("memberID"), most=UINT64_MAX), wire.words(one.get("alarm")))
        for one in found
    )


def command_line_of(body: bytes) -> tuple[str, ...]:
    """Reads `/debug/vars`; raises `Malformed`."""
    found = wire.items(wire.parsed(body).get("cmdline"))
    if not found:
        raise wire.Malformed("an answer without a command line")
    return tuple(wire.words(one) for one in found)


def metrics_of(body: bytes) -> Mapping[str, float]:
    """Reads `/metrics`: what has no labels and is a number of zero or more."""
    return {name: float(value) for name, value in METRIC.findall(body.decode("utf-8", "replace"))}


def _post(path: str, **fields: str) -> Question:
    return Question(path, json.dumps(fields).encode("ascii"))
