"""An etcd of a few lines, and a gateway to it that fails as a script says.

For orders of events that real servers produce too seldom. A question that is sent is carried out
when its time has come, whether or not its sender still waits: as in a real cluster.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from failover.register.etcd_gateway import Endpoint, Question
from failover.register.hedging import Failure

NEVER = None
CLUSTER_ID = 7


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one question: seconds from its sending; None: never."""

    carried_out_s: float | None = 0.001
    answered_s: float | None = 0.001
    answer: bytes | Failure | None = None  # instead of the true one


LOST = Step(carried_out_s=NEVER, answered_s=NEVER)
UNANSWERED = Step(answered_s=NEVER)
BROKEN = Step(answer=Failure("broken"))


class SmallEtcd:
    """Cells with revisions; carries out the transactions of the JSON gateway."""

    def __init__(self) -> None:
        self.revision = 1
        self.cells: dict[bytes, tuple[bytes, int]] = {}
        self.history: dict[bytes, list[bytes]] = defaultdict(list)

    def carry_out(self, body: bytes) -> bytes:
        question: dict[str, Any] = json.loads(body)
        compares = question.get("compare", [])
        fine = all(self._holds(one) for one in compares)
        steps = question["success" if fine else "failure"]
        self.revision += any("request_put" in step for step in steps)
        answer = {
            "header": {"cluster_id": str(CLUSTER_ID), "revision": str(self.revision)},
            "responses": [self._step(step) for step in steps],
        }
        return json.dumps(answer | ({"succeeded": True} if fine else {})).encode()

    def put(self, key: str, value: bytes) -> None:
        """Somebody else writes."""
        self.revision += 1
        self._put(key.encode(), value)

    def _holds(self, compare: Mapping[str, str]) -> bool:
        assert (compare["target"], compare["result"]) == ("MOD", "EQUAL")
        _, revision = self.cells.get(b64decode(compare["key"]), (b"", 0))
        return revision == int(compare["mod_revision"])

    def _step(self, step: Mapping[str, Mapping[str, str]]) -> object:
        if put := step.get("request_put"):
            self._put(b64decode(put["key"]), b64decode(put["value"]))
            return {"response_put": {}}
        key = b64decode(step["request_range"]["key"])
        if key not in self.cells:
            return {"response_range": {}}
        value, revision = self.cells[key]
        cell = {"key": b64encode(key).decode(), "mod_revision": str(revision)}
        cell |= {"value": b64encode(value).decode()} if value else {}
        return {"response_range": {"kvs": [cell], "count": "1"}}

    def _put(self, key: bytes, value: bytes) -> None:
        self.cells[key] = (value, self.revision)
        self.history[key].append(value)


class ScriptedGateway:
    """`Gateway` with a script for each endpoint: its steps in order, then the last one for ever."""

    def __init__(self, etcd: SmallEtcd, script: Mapping[str, Sequence[Step]]) -> None:
        self.etcd = etcd
        self.asked: list[tuple[float, str, bytes]] = []
        self.cancelled: list[str] = []
        self._script = {name: list(steps) for name, steps in script.items()}

    async def ask(self, endpoint: Endpoint, question: Question) -> bytes | Failure:
        loop = asyncio.get_running_loop()
        self.asked.append((round(loop.time(), 3), endpoint.name, question.body))
        steps = self._script[endpoint.name]
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        answered: asyncio.Future[bytes | Failure] = loop.create_future()
        self._plan(step, question, answered)
        try:
            return await answered
        except asyncio.CancelledError:
            self.cancelled.append(endpoint.name)
            raise

    async def close(self) -> None:
        pass

    def _plan(
        self, step: Step, question: Question, answered: asyncio.Future[bytes | Failure]
    ) -> None:
        loop = asyncio.get_running_loop()
        answers: list[bytes | Failure] = [step.answer] if step.answer is not None else []

        def carry_out() -> None:
            answers.append(self.etcd.carry_out(question.body))

        def answer() -> None:
            if not answered.done():
                answered.set_result(answers[0])

        if step.carried_out_s is not None:
            loop.call_later(step.carried_out_s, carry_out)
        if step.answered_s is not None:
            loop.call_later(max(step.answered_s, step.carried_out_s or 0) + 1e-6, answer)


def endpoints(names: Iterable[str]) -> tuple[Endpoint, ...]:
    return tuple(Endpoint(name, "127.0.0.1", 1 + number) for number, name in enumerate(names))
