"""Whether a divergent tail of the log holds anything that was acknowledged; in doubt it does.

Counted first, by kind of record, which costs little. Only where there are commits and messages are
they looked at one by one: a pulse says in a message of its own transaction that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from failover.actuators.postgresql.files import Files
from failover.actuators.postgresql.history import Fork, lsn_text
from failover.actuators.programs import OUTPUT_BYTES_MAX, Ended

COMMIT, MESSAGE = "Transaction/COMMIT", "LogicalMessage/MESSAGE"
# Nothing is acknowledged or visible without one of these. What else is in a log, a server writes by
# itself (checkpoints, pruning), or it was never committed.
COMMITS = frozenset((COMMIT, "Transaction/COMMIT_PREPARED", "Transaction/PREPARE"))
OUTSIDE = ("LogicalMessage/", "custom")  # may count without a commit
PULSED = frozenset((COMMIT, MESSAGE))
COUNTED = re.compile(r"([A-Za-z0-9]+/\S+)\s+([0-9]+)\s+\(")
LISTED = re.compile(r"rmgr: (\w+) .* tx: +([0-9]+), lsn: ([0-9A-F]+/[0-9A-F]+), .* desc: (.*)")
PULSE = 'MESSAGE transactional, prefix "telemed.pulse"'
PORTION = 200  # lines that are surely kept of a program's output
PORTIONS_MAX = 2000  # more than a day of pulses
LOOK_S = 60.0


async def is_worth_keeping(files: Files, fork: Fork) -> bool:
    """Whether anything but pulses was committed after the fork; in doubt it was."""
    ended = await _dump(files, fork, lsn_text(fork.lsn), "--stats=record")
    lines = (COUNTED.match(line.strip()) for line in ended.output.splitlines())
    counted = {line[1]: int(line[2]) for line in lines if line}
    if not counted:
        return True
    found = {
        record: number
        for record, number in counted.items()
        if number and (record in COMMITS or record.startswith(OUTSIDE))
    }
    if not found:
        return False
    if found.keys() != PULSED or found[COMMIT] > found[MESSAGE]:
        return True
    # Counted twice, by two ways: a listing that broke off is no proof.
    return await _pulses(files, fork) != (found[COMMIT], found[MESSAGE])


class _Reading:
    """Of a log's listing: how many commits were pulses, and how many messages said so."""

    def __init__(self) -> None:
        self.commits = 0
        self._messages: set[str] = set()

    @property
    def counted(self) -> tuple[int, int]:
        return self.commits, len(self._messages)

    def is_of_a_pulse(self, rmgr: str, number: str, said: str) -> bool:
        """`number`: of the transaction. What is no commit and no message is of nobody."""
        if rmgr == "LogicalMessage":
            self._messages.add(number)
            return said.startswith(PULSE)
        if said.startswith("COMMIT"):
            self.commits += 1
            return number in self._messages
        return True


async def _pulses(files: Files, fork: Fork) -> tuple[int, int] | None:
    """How many commits and messages were pulses; None: one was not, or it cannot be told."""
    reading, after = _Reading(), ""
    for _ in range(PORTIONS_MAX):
        lines = await _portion(files, fork, after or lsn_text(fork.lsn))
        if lines is None:
            return None
        for rmgr, number, lsn, said in (line.groups() for line in lines):
            # The last record of the portion before comes once more.
            if lsn != after and not reading.is_of_a_pulse(rmgr, number, said):
                return None
        if len(lines) < PORTION:
            return reading.counted
        after = lines[-1][3]
    return None


async def _portion(files: Files, fork: Fork, lsn: str) -> Sequence[re.Match[str]] | None:
    """Some commits and messages from there on, in order; None: too long to be read."""
    options = ("-n", str(PORTION), "-r", "Transaction", "-r", "LogicalMessage")
    ended = await _dump(files, fork, lsn, *options)
    if len(ended.output) >= OUTPUT_BYTES_MAX:
        return None
    return [found for line in ended.output.splitlines() if (found := LISTED.match(line))]


async def _dump(files: Files, fork: Fork, lsn: str, *options: str) -> Ended:
    return await files.run(
        "pg_waldump", "-p", str(files.cluster.data / "pg_wal"), "-t", str(fork.timeline),
        "-s", lsn, *options, limit_s=LOOK_S,
    )  # fmt: skip
