"""What clients got: started at a place, read as they go, and measured afterwards.

    traffic = Traffic(lab, HOSPITAL, addresses, marks=BOTH_CENTRES)
    traffic.first(address, "dc-b", since_s)     when it was first answered from there
    traffic.pause_s(address, since_s, until_s)  the longest time without an answer

Times are those of `time.monotonic()`, which all processes of a machine share.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from failover.laboratory.lab import Lab
from failover.laboratory.network import CENTRES, MARKS
from failover.laboratory.places import SERVICES

BOTH_CENTRES = tuple(MARKS[centre] for centre in CENTRES)
EVERY_S = 0.01
SERVER, CLIENT = "failover.laboratory.server", "failover.laboratory.client"
RECORD = "carried-out"


class Answer(NamedTuple):
    """What became of one request. `answered_s` None: nothing came in time."""

    address: str
    sent_s: float
    answered_s: float | None
    centre: str


def start_service(
    lab: Lab, centre: str, addresses: Iterable[str] = tuple(SERVICES.values())
) -> Path:
    """Start the service of a centre for all addresses; the file that records what it does."""
    record = lab.folder / centre / RECORD
    words = ["--name", centre, "--record", str(record), *addresses]
    lab.processes.run(centre, "service", [sys.executable, "-m", SERVER, *words])
    return record


class Traffic:
    """One client, running; `close` ends it, and the laboratory's end does."""

    def __init__(
        self,
        lab: Lab,
        place: str,
        addresses: Sequence[str],
        *,
        means: str = "udp",
        marks: Sequence[int] = (0,),
        every_s: float = EVERY_S,
    ) -> None:
        self._lab, self._place = lab, place
        self._name = f"client-{means}"
        self._path = lab.folder / place / f"{self._name}.txt"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._answers: dict[str, list[Answer]] = {address: [] for address in addresses}
        self._read, self._rest = 0, ""
        words = ["--means", means, "--every", str(every_s)]
        words += ["--marks", ",".join(map(str, marks)), *addresses]
        out = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            command = [sys.executable, "-m", CLIENT, *words]
            lab.processes.run(place, self._name, command, out=out)
        finally:
            os.close(out)

    def close(self) -> None:
        """End the client."""
        self._lab.kill(self._place, self._name)

    def answers(self, address: str) -> list[Answer]:
        """All that is known of an address so far, in the order in which it became known."""
        self._look()
        return self._answers[address]

    def first(self, address: str, centre: str, since_s: float) -> float | None:
        """When a request sent since then was first answered from a centre; None: not yet."""
        return next(
            (
                each.answered_s
                for each in _from(self.answers(address), since_s)
                if each.centre == centre and each.sent_s >= since_s
            ),
            None,
        )

    def first_failed(self, address: str, since_s: float) -> float | None:
        """When the first request was sent that got no answer in time; None: none yet."""
        failed = [
            each.sent_s
            for each in _from(self.answers(address), since_s)
            if each.answered_s is None and each.sent_s >= since_s
        ]
        return min(failed, default=None)

    def pause_s(self, address: str, since_s: float, until_s: float) -> float:
        """The longest time between two answers, of those that came between two moments."""
        times_s = sorted(
            each.answered_s
            for each in self.answers(address)
            if each.answered_s is not None and since_s <= each.answered_s <= until_s
        )
        moments_s = [since_s, *times_s, until_s]
        return max(after_s - before_s for before_s, after_s in pairwise(moments_s))

    def count(self, address: str, centre: str, since_s: float, until_s: float) -> int:
        """How many answers of a centre came between two moments."""
        return sum(
            each.centre == centre
            and each.answered_s is not None
            and since_s < each.answered_s <= until_s
            for each in self.answers(address)
        )

    def _look(self) -> None:
        with self._path.open(encoding="ascii") as stream:
            stream.seek(self._read)
            text = stream.read()
            self._read = stream.tell()
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            address, sent, answered, centre = line.split()
            answered_s = None if answered == "-" else float(answered)
            self._answers[address].append(Answer(address, float(sent), answered_s, centre))


def carried_out(record: Path) -> Mapping[str, float]:
    """What a service did: when (monotonic seconds), by request."""
    found: dict[str, float] = {}
    for line in record.read_text("ascii").splitlines():
        at, _, request = line.partition(" ")
        found[request] = float(at)
    return found


def _from(answers: Sequence[Answer], since_s: float) -> Iterator[Answer]:
    """Those that may matter since a moment: the newest part, without reading all of it."""
    start = len(answers)
    while start and (answers[start - 1].answered_s or answers[start - 1].sent_s) >= since_s - 1:
        start -= 1
    return iter(answers[start:])
