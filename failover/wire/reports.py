"""Observers' reports as they come in at a centre. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from failover.core.messages import Report
from failover.wire.refusal import Reason, Refused


class ReportOrder:
    """One observer's reports, numbered on through all its lives.

    An observer counts from 1 in each life, and keeps nothing on a disk. The agent goes by rising
    numbers alone, so those of a new life go on where the last one's ended.
    """

    __slots__ = ("_base", "_last", "_life")

    def __init__(self) -> None:
        self._life = b""
        self._base = 0  # what the reports of this life count from
        self._last = 0  # within this life

    def numbered(self, life: bytes, report: Report) -> Report:
        """The report under a number that is higher than all before.

        Raises:
            Refused: REPLAYED, of one that is not newer than the last of its life.
        """
        if life != self._life:
            self._base += self._last
            self._life, self._last = life, 0
        if report.sequence <= self._last:
            raise Refused(Reason.REPLAYED, f"report {report.sequence} after {self._last}")
        self._last = report.sequence
        return replace(report, sequence=self._base + report.sequence)
