"""`telemed-failover agent | guard | witness | observer`: the processes of the field."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from failover.cli.command import Made
from failover.cli.exits import ExitCode, Refused
from failover.processes import agent, guard, observer, witness
from failover.processes.notify import Supervisor
from failover.processes.places import Place, place_of
from failover.processes.problem import CannotRun

NODE = Path("/etc/telemed-failover/node.toml")
FORMAT = "%(levelname)s %(name)s: %(message)s"  # the supervisor's log adds the time

Run = Callable[[Place, Supervisor], None]


def _command(help_: str, process: Run) -> Made:
    def run(options: Namespace) -> ExitCode:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=FORMAT)
        supervisor = Supervisor()
        try:
            process(place_of(options.node), supervisor)
        except CannotRun as cannot:
            raise Refused(ExitCode.FAILED, cannot.problem, cannot.hint) from cannot
        finally:
            supervisor.close()
        return ExitCode.DONE

    return Made(help_, _add_options, run)


def _add_options(command: ArgumentParser) -> None:
    command.add_argument(
        "--node", type=Path, default=NODE, metavar="FILE", help=f"this place's file; {NODE}"
    )


AGENT = _command("Run a centre's agent, until a signal ends it.", agent.run)
GUARD = _command("Run a centre's guard, until a signal ends it.", guard.run)
WITNESS = _command("Run the witness, until a signal ends it.", witness.run)
OBSERVER = _command("Run a hospital's observer, until a signal ends it.", observer.run)
