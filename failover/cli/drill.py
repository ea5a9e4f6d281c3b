"""`telemed-failover drill`: what would happen, what would have happened, and a move to try it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from failover.cli import drill_field, drill_paper
from failover.cli.exits import ExitCode
from failover.cli.node import add_by, add_node, length
from failover.words.scenarios import NAMES

HELP = "Try what would happen: on paper, in the simulator, in a shadow's journal, or by a move."
SCENARIOS = f"one of {', '.join(NAMES)}; a centre's own name does too, as `dc-a-lost`"
TABLETOP = "Say what would happen now, by whom, when, and what is lost. Touches nothing."
SIMULATE = (
    "Run the agents' code under this place's plan in the simulator. Groups and times are the "
    "plan's; ways, clocks, disks and databases are the simulator's, so its seconds are no "
    "measurement."
)
SHADOW = "Compare what the shadow agent here would have decided with what the living one did."
SWITCHOVER = "Move a group to the other centre as planned, and back. Blocked by any alarm."
ABORT = "End whatever drill runs, at either centre, in 5 s, with or without the register."
STAY, TIME_BOX = "10s", "2m"
Run = Callable[[Namespace], ExitCode]


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    kinds = command.add_subparsers(metavar="KIND", required=True, dest="kind")

    def kind(name: str, help_: str, run_kind: Run) -> ArgumentParser:
        found = kinds.add_parser(name, help=help_, description=help_, allow_abbrev=False)
        found.set_defaults(run_kind=run_kind)
        return found

    _add_tabletop(kind("tabletop", TABLETOP, drill_paper.tabletop))
    _add_simulate(kind("simulate", SIMULATE, drill_paper.simulate))
    _add_shadow(kind("shadow", SHADOW, drill_paper.shadow))
    _add_request(kind("request", "Write what two people sign before a drill.", drill_field.request))
    _add_switchover(kind("switchover", SWITCHOVER, drill_field.switchover))
    _add_abort(kind("abort", ABORT, drill_field.abort))


def run(options: Namespace) -> ExitCode:
    """One kind of drill."""
    run_kind: Run = options.run_kind
    return run_kind(options)


def _add_tabletop(command: ArgumentParser) -> None:
    command.add_argument("scenario", metavar="SCENARIO", help=SCENARIOS)
    command.add_argument(
        "--assume",
        action="store_true",
        help="suppose that all is well and at home, instead of going by the agent's status",
    )
    add_node(command)


def _add_simulate(command: ArgumentParser) -> None:
    command.add_argument("scenario", metavar="SCENARIO", help=SCENARIOS)
    command.add_argument("--seeds", type=int, default=100, metavar="N", help="how many; 100")
    command.add_argument("--first-seed", type=int, default=0, metavar="S", help="the first; 0")
    command.add_argument("--jobs", type=int, default=1, metavar="J", help="processes; 1")
    add_node(command)


def _add_shadow(command: ArgumentParser) -> None:
    command.add_argument(
        "--since", metavar="TIME", help="`2h` ago, or `2026-02-03T04:05`; default: everything"
    )
    add_node(command)


def _add_group(command: ArgumentParser) -> None:
    command.add_argument("group", metavar="GROUP", help="a move group")
    command.add_argument("--to", required=True, metavar="CENTRE", help="the centre to try it at")


def _add_request(command: ArgumentParser) -> None:
    _add_group(command)
    command.add_argument(
        "--out", type=Path, default=Path("drill.json"), metavar="FILE", help="where to; drill.json"
    )
    add_by(command)
    add_node(command)


def _add_switchover(command: ArgumentParser) -> None:
    _add_group(command)
    command.add_argument("--reason", required=True, metavar="TEXT", help="why; for the report")
    command.add_argument(
        "--stay",
        type=length,
        default=length(STAY),
        metavar=STAY,
        help="how long it is served there",
    )
    command.add_argument(
        "--time-box",
        type=length,
        default=length(TIME_BOX),
        metavar=TIME_BOX,
        help="the drill gives way after this, wherever it is; at most 30m",
    )
    command.add_argument(
        "--window",
        action="append",
        default=[],
        metavar="02:00-04:00",
        help="begin only within this time of the day, if the time box fits; may be given often",
    )
    command.add_argument(
        "--approved",
        nargs=3,
        type=Path,
        metavar=("REQUEST", "SIG1", "SIG2"),
        help="two people's signatures of a request; needed where the node file names `signers`",
    )
    command.add_argument(
        "--yes", action="store_true", help="do it; without it only what blocks is told"
    )
    add_by(command)
    add_node(command)


def _add_abort(command: ArgumentParser) -> None:
    add_by(command)
    add_node(command)
