"""A device to which a configuration is brought: what every driver can do, and how it fails.

A driver speaks with one device over one session. It blocks; whoever wants many devices at once
gives each a thread. It holds no secret longer than its session, and none in what it raises.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Undo(Enum):
    """Who brings a device back if nobody confirms in time, and how."""

    DEVICE = "the device itself, by a timed commit"
    JOB = "a job that was left on the device"
    HERE = "whoever watches from here: a device that cannot be reached again stays as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a platform's command line offers to whoever changes it."""

    atomic: bool  # a commit is whole or nothing; else line by line, each in force at once
    undo: Undo
    replaces: bool  # takes a whole text; else commands that lead from one to the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From what a device runs to what it shall run.

    Secrets stand in the lines: a change is made just before it is brought there, and never kept.
    """

    commands: tuple[str, ...]  # in order, from the outermost view
    way_back: tuple[str, ...]  # what undoes them, computed before
    whole: str  # all that the device shall run, for platforms that replace


class Driver(Protocol):
    """One device. In this order: open, running, load, compare, commit, confirm or rollback."""

    @property
    def abilities(self) -> Abilities:
        """What the platform offers; known before `open`."""
        ...

    def open(self) -> None:
        """Logs in; the host key is one that the inventory knows.

        Raises:
            Unreachable, HostKeyDiffers, LoginRefused, NotAlone
        """
        ...

    def running(self) -> str:
        """The running configuration as the device prints it, without prompts and pager."""
        ...

    def load(self, change: Change) -> None:
        """Brings a change there; nothing of it is in force yet.

        Raises:
            LineRefused: a platform with a candidate refuses a line; nothing has changed.
        """
        ...

    def compare(self) -> str:
        """What a commit would change: the device's own words, or else the lines to be entered."""
        ...

    def commit(self, revert_in_s: int) -> None:
        """Puts it in force for so many seconds; then `Undo` decides unless it was confirmed.

        Raises:
            LineRefused: at that line it stopped; what stood before is in force again.
            SessionLost: what is in force is not known; open anew, read and judge.
        """
        ...

    def confirm(self) -> None:
        """It stays, and is what the device starts with from now on.

        Raises:
            NotSaved: it is in force, and the device would forget it when it starts anew.
        """
        ...

    def rollback(self) -> None:
        """As it was before `commit`; before a commit, forgets what was loaded."""
        ...

    def close(self) -> None:
        """Ends the session; never raises, and may be called twice."""
        ...


class DeviceError(Exception):
    """Something went wrong with one device. Its words hold no secret."""

    def __init__(self, device: str, says: str, mend: str = "") -> None:
        super().__init__(f"{device}: {says}" + (f"\n  {mend}" if mend else ""))
        self.device, self.says, self.mend = device, says, mend


class Unreachable(DeviceError):
    """No session: no route, nobody listens, no answer in time."""


class HostKeyDiffers(DeviceError):
    """The key is not one that the inventory knows for this device; nothing was sent."""


class LoginRefused(DeviceError):
    """The device does not know who asks, or wants another word."""


class NotAlone(DeviceError):
    """Somebody else has changes there that are not in force yet, or holds the configuration."""


class LineRefused(DeviceError):
    """The device refused a line: `line` is 1-based in the commands, without secrets."""

    def __init__(self, device: str, says: str, mend: str = "", *, line: int) -> None:
        super().__init__(device, says, mend)
        self.line = line


class SessionLost(DeviceError):
    """The session ended by itself."""


class NotSaved(DeviceError):
    """In force, but not what the device starts with: its storage is full, or refuses."""
