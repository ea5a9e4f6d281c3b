"""One question to several servers: the next is asked before the one before has failed.

Only for questions that may be asked twice. Answers of any try count; what is still under way when
one has come is cancelled. Nothing is remembered from one question to the next: a server that was
dead a second ago is asked first again.
"""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

WHY_LETTERS_MAX = 200  # of one server's words, so that a line of reasons stays a line


@dataclass(frozen=True, slots=True)
class Failure:
    """A try without an answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one try waits, and when the next server is asked; seconds.

    A try that reaches a server without a leader is lost for good: etcd forwards it to the dead
    leader and nobody repeats it. So a try is short, and the same question is asked again.
    Source: measured in the spike: take-over 2.05 s with tries of 1 s, 1.23 s with 0.15 s.
    """

    try_s: float = 0.150
    hedge_s: float = 0.100

    def __post_init__(self) -> None:
        if not (self.try_s > 0 and self.hedge_s > 0):
            raise ValueError("a try and a hedge take time")


class Named(Protocol):
    """A server, as the reasons call it."""

    @property
    def name(self) -> str:
        """Unique among the servers that are asked."""
        ...


ServerT = TypeVar("ServerT", bound=Named)
AnswerT = TypeVar("AnswerT")


async def first_answer(
    servers: Sequence[ServerT],
    ask: Callable[[ServerT], Awaitable[AnswerT | Failure]],
    *,
    pace: Pace,
    timeout_s: float,
) -> AnswerT | Failure:
    """The first answer of any server, asked in order and round again until the timeout.

    The next try starts when the newest has failed or is `hedge_s` old; no server is asked twice
    within `hedge_s`, so the tries are at most `len(servers) * (1 + timeout_s / hedge_s)`. The
    failure names what each server did last.
    """
    race = _Race(servers, ask, pace, asyncio.get_running_loop().time() + timeout_s)
    try:
        return await race.run()
    finally:
        await race.cancel()


class _Race(Generic[ServerT, AnswerT]):
    """The tries of one question."""

    def __init__(
        self,
        servers: Sequence[ServerT],
        ask: Callable[[ServerT], Awaitable[AnswerT | Failure]],
        pace: Pace,
        deadline: float,
    ) -> None:
        self._servers = servers
        self._ask = ask
        self._pace = pace
        self._deadline = deadline
        self._clock = asyncio.get_running_loop().time
        self._tries: list[tuple[ServerT, Task[AnswerT | Failure]]] = []
        self._started: dict[str, float] = {}
        self._failures: dict[str, str] = {}

    async def run(self) -> AnswerT | Failure:
        number, start_at = 0, self._clock()
        while (now := self._clock()) < self._deadline:
            if now >= start_at:
                self._start(self._servers[number % len(self._servers)], now)
                number, start_at = number + 1, now + self._pace.hedge_s
            await self._wait(min(start_at, self._deadline) - now)
            newest_failed = bool(self._tries) and self._tries[-1][1].done()
            for answer in self._ended():
                return answer
            if newest_failed:
                start_at = self._free_at(self._servers[number % len(self._servers)])
        return Failure("; ".join(self._reasons()) or "no time for a try")

    async def cancel(self) -> None:
        tasks = [task for _, task in self._tries]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, server: ServerT, now: float) -> None:
        self._started[server.name] = now
        self._tries.append((server, asyncio.create_task(self._try(server))))

    async def _try(self, server: ServerT) -> AnswerT | Failure:
        try:
            async with asyncio.timeout(self._pace.try_s):
                return await self._ask(server)
        except TimeoutError:
            return Failure(f"no answer in {self._pace.try_s * 1000:.0f} ms")

    async def _wait(self, seconds: float) -> None:
        """Until a try ends, at most so long."""
        if tasks := [task for _, task in self._tries]:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)

    def _ended(self) -> Iterator[AnswerT]:
        """Answers of the tries that ended, in the order of their starts; failures are noted."""
        ended = [one for one in self._tries if one[1].done()]
        self._tries = [one for one in self._tries if not one[1].done()]
        for server, task in ended:
            result = task.result()
            if isinstance(result, Failure):
                self._failures[server.name] = result.why
            else:
                yield result

    def _free_at(self, server: ServerT) -> float:
        """When this server may be asked again."""
        started = self._started.get(server.name, float("-inf"))
        return max(self._clock(), started + self._pace.hedge_s)

    def _reasons(self) -> Iterator[str]:
        for server in self._servers:
            if server.name in self._started:
                why = self._failures.get(server.name, "no answer yet")
                yield f"{server.name}: {why[:WHY_LETTERS_MAX]}"
