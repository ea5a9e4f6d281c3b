"""`telemed-failover agent | guard | witness | observer`: the processes of the field."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path

from failover.cli.command import Made
from failover.cli.exits import ExitCode, Refused
from failover.core.plan import Plan
from failover.plan_file import PlanProblem, read_plan
from failover.processes import agent, guard, observer, shadow, witness
from failover.processes.dead_man import SILENT_AFTER_S
from failover.processes.notify import Supervisor
from failover.processes.places import Place, place_of
from failover.processes.problem import CannotRun
from failover.words.spans import NoSpan, span_s

NODE = Path("/etc/telemed-failover/node.toml")
FORMAT = "%(levelname)s %(name)s: %(message)s"  # the supervisor's log adds the time

Run = Callable[[Place, Supervisor, Namespace], None]
Add = Callable[[ArgumentParser], None]


def _command(help_: str, process: Run, add: Add) -> Made:
    def run(options: Namespace) -> ExitCode:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=FORMAT)
        supervisor = Supervisor()
        try:
            process(place_of(options.node), supervisor, options)
        except CannotRun as cannot:
            raise Refused(ExitCode.FAILED, cannot.problem, cannot.hint) from cannot
        finally:
            supervisor.close()
        return ExitCode.DONE

    return Made(help_, add, run)


def _add_options(command: ArgumentParser) -> None:
    command.add_argument(
        "--node", type=Path, default=NODE, metavar="FILE", help=f"this place's file; {NODE}"
    )


def _add_watching(command: ArgumentParser, whom: str) -> None:
    _add_options(command)
    command.add_argument(
        "--silent-after",
        dest="silent_after_s",
        type=_span,
        default=SILENT_AFTER_S,
        metavar=f"{SILENT_AFTER_S:.0f}s",
        help=f"tell people, once, of {whom} that is silent for longer",
    )


def _add_agent(command: ArgumentParser) -> None:
    _add_watching(command, "a witness")
    command.add_argument(
        "--shadow",
        action="store_true",
        help="judge what the agent beside this one perceives, and do nothing: no door is opened, "
        "nothing written into the register, nothing moved; `drill shadow` compares",
    )
    command.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="with --shadow: judge by this plan; default: the node file's",
    )


def _agent(place: Place, supervisor: Supervisor, options: Namespace) -> None:
    if options.shadow:
        shadow.run(place, supervisor, None if options.plan is None else _plan(options.plan))
        return
    if options.plan is not None:
        problem = "--plan: only a shadow judges by another plan than its place's"
        raise Refused(ExitCode.MISUSED, problem, "add --shadow, or name the plan in the node file")
    agent.run(place, supervisor, options.silent_after_s)


def _witness(place: Place, supervisor: Supervisor, options: Namespace) -> None:
    witness.run(place, supervisor, options.silent_after_s)


def _plan(path: Path) -> Plan:
    try:
        return read_plan(path)
    except PlanProblem as problem:
        raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem


def _span(text: str) -> float:
    try:
        return span_s(text)
    except NoSpan as wrong:
        raise ArgumentTypeError(str(wrong)) from wrong


AGENT = _command("Run a centre's agent, until a signal ends it.", _agent, _add_agent)
GUARD = _command(
    "Run a centre's guard, until a signal ends it.",
    lambda place, supervisor, _options: guard.run(place, supervisor),
    _add_options,
)
WITNESS = _command(
    "Run the witness, until a signal ends it.",
    _witness,
    lambda command: _add_watching(command, "an agent"),
)
OBSERVER = _command(
    "Run a hospital's observer, until a signal ends it.",
    lambda place, supervisor, _options: observer.run(place, supervisor),
    _add_options,
)
