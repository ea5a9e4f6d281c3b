"""`telemed-failover demo`: a centre is lost and taken over, with real processes, on one machine."""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from failover.cli.exits import ExitCode, Refused
from failover.laboratory.folder import empty_folder, keep_logs, own_folder
from failover.laboratory.problem import NoLaboratory, Stranded
from failover.laboratory.scene import LOST, MOVED, STAYING, TAKER, Moment, Outcome, play

HELP = (
    "Lose a centre and see it taken over: real processes in namespaces of this machine, some 15 s. "
    "Needs root, etcd and openssl; leaves nothing behind."
)
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LAST_WORDS = "the ends of the logs are above; `--keep-logs DIR` keeps them whole"


class Interrupted(Exception):
    """A signal asked for the end."""


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument("--json", action="store_true", help="print one JSON document at the end")
    command.add_argument(
        "--keep-logs", type=Path, metavar="DIR", help="copy logs, journals and answers there"
    )


def run(options: Namespace) -> ExitCode:
    """Play the scene, and take everything away."""
    tell = _nothing if options.json else _line
    with ExitStack() as stack:
        signals = stack.enter_context(_signals())
        try:
            to = empty_folder(options.keep_logs) if options.keep_logs else None
            folder = stack.enter_context(own_folder())
            if to is not None:
                stack.callback(keep_logs, folder, to)
            outcome = play(folder, tell, signals.check)
        except (NoLaboratory, Stranded, Interrupted) as error:
            raise _refused(error, interrupted=signals.came) from error
    if options.json:
        sys.stdout.write(json.dumps(outcome.as_json, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(_summary(outcome)) + "\n")
    return ExitCode.FINDINGS if outcome.answered_by_both else ExitCode.DONE


def _refused(error: NoLaboratory | Stranded | Interrupted, *, interrupted: bool) -> Refused:
    """A program that a Ctrl-C killed before it had a group of its own is no fault of its own."""
    if interrupted or isinstance(error, Interrupted):
        return Refused(ExitCode.FAILED, "interrupted; everything was taken away")
    if isinstance(error, NoLaboratory):
        return Refused(ExitCode.FAILED, error.problem, error.hint)
    what, _, logs = str(error).partition("\n")
    sys.stderr.write(f"{logs}\n")
    return Refused(ExitCode.FAILED, f"the scene broke off: {what}", LAST_WORDS)


def _summary(outcome: Outcome) -> Iterator[str]:
    yield ""
    yield f"{outcome.takeover_s:6.2f} s  {LOST} lost → {MOVED} answered by {TAKER}"
    yield f"{outcome.survivor_pause_s:6.2f} s  longest pause of {STAYING} in {TAKER} meanwhile"
    yield f"{outcome.switchover_pause_s:6.2f} s  pause of {MOVED} in the planned move back"
    yield f"{outcome.answered_by_both:6}    answers of an old owner after a new one's first"


def _line(moment: Moment) -> None:
    sys.stdout.write(f"{moment.at_s:6.2f}  {moment.text}\n")
    sys.stdout.flush()


def _nothing(_moment: Moment) -> None:
    """Everything is told at the end."""


class _Signals:
    """Remembers that a signal came: the scene ends at its next look, and never in between."""

    def __init__(self) -> None:
        self.came = False

    def hear(self, _number: int, _frame: object) -> None:
        self.came = True

    def check(self) -> None:
        if self.came:
            raise Interrupted


@contextmanager
def _signals() -> Iterator[_Signals]:
    heard = _Signals()
    before = [signal.signal(number, heard.hear) for number in STOPS]
    try:
        yield heard
    finally:
        for number, handler in zip(STOPS, before, strict=True):
            signal.signal(number, handler)
