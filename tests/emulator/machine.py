"""One emulated device: what it runs, what it starts with, and what it does when time goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from tests.emulator.configuration import Configuration
from tests.emulator.platforms import PLATFORMS, Platform


class Kind(Enum):
    """How a device fails on request."""

    LOGIN_REFUSED = "the password is not taken"
    DROPS = "the session ends after `number` lines of configuration"
    LINE_REFUSED = "the line of configuration with this `number` is refused"
    SLOW = "each answer comes `seconds` late"
    WRONG_HOST_KEY = "the key is not the one that `known_hosts` names"
    UNCOMMITTED = "somebody else has changes there, or holds the configuration"
    DISK_FULL = "nothing can be saved"
    SILENT = "takes the connection and says nothing"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    number: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What a test asks for."""

    name: str
    platform: str
    address: str
    running: str = ""
    startup: str | None = None  # None: what it runs
    port: int = 2222
    username: str = "admin"
    password: str = "Emulated-1"
    enable: str = ""  # the word that IOS and RGOS ask for, if any
    active: bool | None = None  # of a pair: whether this unit is the active one
    fault: Fault | None = None
    lenient: bool = False  # lines of `running` that the device refuses are left out


class NotLoaded(ValueError):
    """A device does not take the text that it shall begin with."""


@dataclass(slots=True)
class Timer:
    due: float
    why: str
    act: Callable[[], None]


@dataclass(slots=True)
class Machine:
    device: Device
    platform: Platform
    configuration: Configuration
    startup: str = ""
    candidate: Configuration | None = None  # two-stage platforms: changes not in force
    entered: list[str] = field(default_factory=list)  # lines of configuration, refused ones too
    timers: dict[str, Timer] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    now: float = 0.0
    config_lines: int = 0
    hang_up: Callable[[], None] = lambda: None  # ends all sessions
    boots: int = 0

    @property
    def name(self) -> str:
        head = "hostname" if self.platform.vendor == "cisco" else "sysname"
        node = self.configuration.root.children.get((head,)) or next(
            (each for key, each in self.configuration.root.children.items() if key[0] == head), None
        )
        return node.words[1] if node else self.device.name

    @property
    def running(self) -> str:
        """As the device prints it."""
        return self.printed(self.configuration)

    def printed(self, configuration: Configuration) -> str:
        end = "end" if self.platform.vendor == "cisco" else "return"
        return f"{configuration.text()}{end}\n"

    def fault(self, kind: Kind) -> Fault | None:
        fault = self.device.fault
        return fault if fault and fault.kind is kind else None

    def save(self) -> bool:
        if self.fault(Kind.DISK_FULL):
            return False
        self.startup = self.running
        return True

    def put(self, text: str) -> list[str]:
        """Runs another text instead; the lines of it that were refused."""
        other = Configuration(self.platform.dialect)
        refused = other.load(text)
        self.configuration = other
        self.candidate = None
        return [line for _, line, _ in refused]

    def after(self, seconds: float, why: str, act: Callable[[], None]) -> None:
        """One timer of a kind; a new one takes the place of the old."""
        self.timers[why] = Timer(self.now + seconds, why, act)

    def restore_after(self, seconds: float, why: str, before: str) -> None:
        self.after(seconds, why, lambda: self._restore(before))

    def _restore(self, before: str) -> None:
        self.put(before)

    def reboot(self) -> None:
        self.boots += 1
        self.timers.clear()
        self.put(self.startup)
        self.hang_up()

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [each for each in self.timers.values() if each.due <= until]:
            first = min(due, key=lambda timer: timer.due)
            self.now = first.due
            del self.timers[first.why]
            first.act()
        self.now = until


def machine_of(device: Device) -> Machine:
    """A device that runs the text it was given.

    Raises:
        NotLoaded: names each line that the platform refuses, unless the device is lenient
    """
    platform = PLATFORMS[device.platform]
    configuration = Configuration(platform.dialect)
    head = "hostname" if platform.vendor == "cisco" else "sysname"
    configuration.enter([configuration.root], f"{head} {device.name}")
    refused = configuration.load(device.running)
    if refused and not device.lenient:
        told = "\n".join(f"  line {number}: {line}: {why}" for number, line, why in refused)
        raise NotLoaded(f"{device.name} ({device.platform}) refuses\n{told}")
    machine = Machine(device=device, platform=platform, configuration=configuration)
    machine.startup = machine.running if device.startup is None else device.startup
    if machine.fault(Kind.UNCOMMITTED) and platform.two_stage:
        machine.candidate = configuration.copy()
        machine.candidate.enter([machine.candidate.root], "info-center timestamp log date")
    return machine
