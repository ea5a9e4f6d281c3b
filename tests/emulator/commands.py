"""What is no configuration: to enter and leave views, to read, to save, to time a commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.emulator.grammar import Refused
from tests.emulator.machine import Kind

if TYPE_CHECKING:
    from tests.emulator.session import Session

Handler = Callable[["Session", list[str]], None]
Command = tuple[str, str, Handler]  # where (user, config, both), words, what it does


def find(
    commands: list[Command], words: list[str], session: Session
) -> tuple[Handler, list[str]] | None:
    """The command of a line; in a view of configuration its first word is written out."""
    inside = session.path is not None
    best: tuple[int, Handler, list[str]] | None = None
    for where, phrase, handler in commands:
        want = phrase.split()
        if where == ("user" if inside else "config") or len(words) < len(want):
            continue
        if inside and words[0] not in (want[0], "dis"):
            continue
        fits = all(full.startswith(said) for said, full in zip(words, want, strict=False))
        if fits and (best is None or len(want) > best[0]):
            best = len(want), handler, words[len(want) :]
    return best[1:] if best else None


def enter_config(session: Session, rest: list[str]) -> None:
    machine = session.machine
    if rest and rest[0] != "revert":
        raise Refused("unknown", 1)
    if not session.enabled:
        raise Refused("unknown", 0)
    if machine.fault(Kind.UNCOMMITTED) and not machine.platform.two_stage:
        raise Refused("says", 0, "The configuration is locked by another user.")
    if rest:
        _revert_timer(session, rest)
    if machine.platform.vendor == "cisco":
        session.say("Enter configuration commands, one per line.  End with CNTL/Z.")
    elif machine.platform.vendor == "huawei":
        session.say("Enter system view, return user view with Ctrl+Z.")
    session.path = []


def _revert_timer(session: Session, rest: list[str]) -> None:
    machine = session.machine
    archive = machine.configuration.root.children.get(("archive",))
    if machine.platform.timed != "revert":
        raise Refused("unknown", 2)
    if len(rest) != 3 or rest[1] != "timer" or not rest[2].isdecimal():
        raise Refused("incomplete", 3)
    if archive is None or ("path",) not in {key[:1] for key in archive.children}:
        raise Refused("says", 0, "Rollback: the archive is not configured")
    machine.restore_after(int(rest[2]) * 60, "revert", machine.running)
    session.say("Rollback Confirmed Change: Backing up current running config")


def confirm(session: Session, rest: list[str]) -> None:
    if session.machine.timers.pop("revert", None) is None:
        raise Refused("says", 0, "No Rollback Confirmed Change pending")


def revert_now(session: Session, rest: list[str]) -> None:
    timer = session.machine.timers.pop("revert", None)
    if timer is None:
        raise Refused("says", 0, "No Rollback Confirmed Change pending")
    timer.act()


def up(session: Session, rest: list[str]) -> None:
    if session.path is None:
        session.close()
    elif session.path:
        session.path = session.path[:-1]
    else:
        leave(session, rest)


def leave(session: Session, rest: list[str]) -> None:
    """Back to the user view; two-stage platforms ask what becomes of the candidate."""
    machine = session.machine
    if machine.candidate is None:
        session.path = None
        return

    def answer(said: str) -> None:
        if said[:1].lower() == "y":
            _put_in_force(session)
        if said[:1].lower() == "n":
            machine.candidate = None
        if said[:1].lower() in ("y", "n"):
            session.path = None

    session.ask("Warning: Uncommitted configurations found. Are you sure to commit them before "
                "exiting? [Y(yes)/N(no)/C(cancel)]:", answer)  # fmt: skip


def _put_in_force(session: Session) -> None:
    machine = session.machine
    if machine.candidate is not None:
        machine.configuration, machine.candidate = machine.candidate, None
    session.dirty = False


def commit(session: Session, rest: list[str]) -> None:
    machine = session.machine
    if not machine.platform.two_stage:
        raise Refused("unknown", 0)
    if rest[:1] == ["trial"]:
        seconds = int(rest[1]) if rest[1:] and rest[1].isdecimal() else 600
        if not 60 <= seconds <= 65535:
            raise Refused("wrong", 2)
        machine.restore_after(seconds, "trial", machine.running)
    elif machine.timers.pop("trial", None):
        session.say("Info: The trial configuration is confirmed.")
    _put_in_force(session)


def abort_trial(session: Session, rest: list[str]) -> None:
    timer = session.machine.timers.pop("trial", None)
    if timer is None:
        raise Refused("says", 0, "No trial configuration exists.")
    timer.act()


def clear_candidate(session: Session, rest: list[str]) -> None:
    session.machine.candidate, session.dirty = None, False


def commit_delay(session: Session, rest: list[str]) -> None:
    if len(rest) != 1 or not rest[0].isdecimal():
        raise Refused("incomplete", 3)
    machine = session.machine
    machine.restore_after(int(rest[0]) * 60, "delay", machine.running)


def commit_now(session: Session, rest: list[str]) -> None:
    session.machine.timers.pop("delay", None)


def show_running(session: Session, rest: list[str]) -> None:
    session.say(_header(session) + session.machine.running)


def show_startup(session: Session, rest: list[str]) -> None:
    session.say(_header(session) + session.machine.startup)


def _header(session: Session) -> str:
    platform, text = session.machine.platform, session.machine.running
    if platform.vendor == "cisco":
        return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n"
    return "!Software Version V200R022C00SPC500\n" if platform.vendor == "huawei" else ""


def show_version(session: Session, rest: list[str]) -> None:
    session.say(session.machine.platform.version)


def no_pager(session: Session, rest: list[str]) -> None:
    if rest and rest[0] not in ("0", "temporary"):
        return
    session.paging = False


def nothing(session: Session, rest: list[str]) -> None:
    """Changes how a terminal looks; no matter here."""


def save(session: Session, rest: list[str]) -> None:
    if rest[:1] == ["force"]:
        _save(session)
        return
    question = (
        "Warning: The current configuration will be written to the device. "
        "Are you sure to continue? [Y/N]:"
    )
    session.ask(question, lambda said: _save(session) if said[:1].lower() == "y" else None)


def _save(session: Session) -> None:
    if not session.machine.save():
        raise_full(session)
        return
    session.say({"huawei": "Info: Save the configuration successfully.",
                 "h3c": "Configuration is saved to device successfully.",
                 "cisco": "[OK]"}[session.machine.platform.vendor])  # fmt: skip


def raise_full(session: Session) -> None:
    session.say({"huawei": "Error: The storage space is not enough.",
                 "h3c": " % Not enough space on the device.",
                 "cisco": "%Error writing nvram:/startup-config (No space left on device)",
                 }[session.machine.platform.vendor])  # fmt: skip


def write_memory(session: Session, rest: list[str]) -> None:
    if not session.enabled:
        raise Refused("unknown", 0)
    session.say("Building configuration...")
    _save(session)


def enable(session: Session, rest: list[str]) -> None:
    if session.enabled:
        return

    def answer(said: str) -> None:
        session.enabled = said == session.machine.device.enable
        if not session.enabled:
            session.say("% Access denied")

    session.ask("Password: ", answer, echo=False)


def do(session: Session, rest: list[str]) -> None:
    path, session.path = session.path, None
    try:
        session.execute(" ".join(rest))
    finally:
        session.path = path


def reboot_later(session: Session, rest: list[str]) -> None:
    if len(rest) != 1 or not rest[0].isdecimal():
        raise Refused("incomplete", 3)
    machine = session.machine
    machine.after(int(rest[0]) * 60, "reboot", machine.reboot)


def no_reboot(session: Session, rest: list[str]) -> None:
    session.machine.timers.pop("reboot", None)


HUAWEI: list[Command] = [
    ("user", "system-view", enter_config), ("both", "quit", up), ("both", "return", leave),
    ("both", "display current-configuration", show_running),
    ("both", "display saved-configuration", show_startup),
    ("both", "display version", show_version), ("user", "screen-length 0 temporary", no_pager),
    ("user", "save", save), ("user", "schedule reboot delay", reboot_later),
    ("user", "undo schedule reboot", no_reboot), ("config", "commit", commit),
    ("config", "abort trial", abort_trial),
    ("config", "clear configuration candidate", clear_candidate),
]  # fmt: skip
H3C: list[Command] = [
    ("user", "system-view", enter_config), ("both", "quit", up), ("both", "return", leave),
    ("both", "display current-configuration", show_running),
    ("both", "display saved-configuration", show_startup),
    ("both", "display version", show_version), ("user", "screen-length disable", no_pager),
    ("both", "save", save), ("user", "scheduler reboot delay", reboot_later),
    ("user", "undo scheduler reboot", no_reboot),
    ("config", "configuration commit delay", commit_delay),
    ("config", "configuration commit", commit_now),
]  # fmt: skip
CISCO: list[Command] = [
    ("user", "configure terminal", enter_config), ("user", "configure confirm", confirm),
    ("user", "configure revert now", revert_now), ("both", "exit", up), ("config", "end", leave),
    ("user", "quit", up), ("user", "show running-config", show_running),
    ("user", "show startup-config", show_startup), ("user", "show version", show_version),
    ("user", "terminal length 0", no_pager), ("user", "terminal width", nothing),
    ("user", "write", write_memory), ("user", "enable", enable), ("config", "do", do),
    ("user", "reload in", reboot_later), ("user", "reload cancel", no_reboot),
]  # fmt: skip
COMMANDS = {"huawei": HUAWEI, "h3c": H3C, "cisco": CISCO}
