"""What the lines of `remote-backup group` build up."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Backup:
    """What the view has said so far; sessions and shared lines are carried over by default."""

    line: int = 0
    first: bool | None = None
    own: int | None = None
    remote: int | None = None
    port: int = 60064  # TCP, of both
    channel: str = ""
    sessions: bool = True
    configuration: bool = True
    preempt_s: int | None = None
    routes_follow: bool = False
    tracked: dict[str, int] = field(default_factory=dict)
    """Interfaces, or the numbers of track entries, with their lines."""
