"""Who has been silent for too long: people are told once, and once more when it is over. Pure.

The witness watches both agents by this, and each agent the witness, so that whichever of the three
places dies, somebody living says so. That all three are dead is seen by monitoring's own watchdog.
"""

from __future__ import annotations

from typing import Any

from failover.core.effects import Page

SILENT_AFTER_S = 30.0
TURN_S = 1.0  # between two turns
PAUSED_S = 5.0  # a longer gap between two turns: we were away, and accuse nobody for it


class Silence:
    """One speaker. It is told again only after it was heard for as long as it may be silent."""

    def __init__(self, who: str, after_s: float, now_s: float) -> None:
        self._who = who
        self._after_s = after_s
        self._turned_s = now_s
        self._heard_s = now_s  # when it was last heard, or we began to listen
        self._since_s: float | None = None  # heard without interruption from then on
        self.paged = False  # people know of a silence that is not over, or was a moment ago

    def turn(self, now_s: float, *, heard: bool) -> Page | None:
        """Each second: whether it is heard now. The page that is due."""
        if now_s > self._turned_s + PAUSED_S:
            self._heard_s, self._since_s = now_s, None
        self._turned_s = now_s
        if heard:
            return self._heard(now_s)
        self._since_s = None
        silent_s = now_s - self._heard_s
        if self.paged or silent_s < self._after_s:
            return None
        self.paged = True
        return Page(f"{self._who} silent", f"{self._who} has been silent for {silent_s:.0f} s")

    def document(self, now_s: float) -> dict[str, Any]:
        """For the status."""
        silent_s = round(max(0.0, now_s - self._heard_s), 1)
        return {"silent_for_s": silent_s, "after_s": self._after_s, "paged": self.paged}

    def _heard(self, now_s: float) -> Page | None:
        self._heard_s = now_s
        if self._since_s is None:
            self._since_s = now_s
        if not self.paged or now_s < self._since_s + self._after_s:
            return None
        self.paged = False
        for_s = now_s - self._since_s
        text = f"{self._who} is heard again, for {for_s:.0f} s without a break"
        return Page(f"{self._who} silent over", text)
