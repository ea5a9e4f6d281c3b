"""`telemed-failover`: the commands, and what they exit with."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

from failover.cli.command import Command
from failover.cli.exits import ExitCode, Refused, say

PROGRAM = "telemed-failover"
# By module, and name in it: who says a command waits for no other one's modules to be read.
COMMANDS: dict[str, str] = {
    "agent": "process.AGENT",
    "guard": "process.GUARD",
    "witness": "process.WITNESS",
    "observer": "process.OBSERVER",
    "status": "status",
    "hold": "words.HOLD",
    "resume": "words.RESUME",
    "switchover": "words.SWITCHOVER",
    "takeover": "words.TAKEOVER",
    "break-glass": "break_glass",
    "drill": "drill",
    "handover": "handover",
    "database": "database",
    "history": "history",
    "keys": "keys",
    "table": "table",
    "explain": "explain",
    "simulate": "simulate",
    "demo": "demo",
}
CODES = "Exit codes: 0 done, 1 failed, 2 misused, 3 findings, 4 a person must decide."


class _Parser(argparse.ArgumentParser):
    """Says errors as all commands do. The way argparse asks for: a subclass."""

    def error(self, message: str) -> NoReturn:
        raise Refused(ExitCode.MISUSED, message, f"`{self.prog} --help` shows what can be said")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name may hold what the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser(words[:1]).parse_args(words)
        command: Callable[[argparse.Namespace], ExitCode] = options.command
        code = command(options)
        sys.stdout.flush()
        return code
    except Refused as refused:
        if "--json" in words:
            document = {"error": refused.problem, "hint": refused.hint}
            sys.stdout.write(json.dumps(document, indent=1) + "\n")
        say(refused.problem, refused.hint)
        return refused.code
    except BrokenPipeError:
        _drop_output()  # who reads us has seen enough
        return ExitCode.FAILED


def _command(name: str) -> Command:
    module, _, value = COMMANDS[name].partition(".")
    found = import_module(f"failover.cli.{module}")
    command: Command = getattr(found, value) if value else found
    return command


def _parser(said: Sequence[str]) -> argparse.ArgumentParser:
    """Knows the command that is said; where none is, all of them."""
    parser = _Parser(
        prog=PROGRAM,
        description="The processes of failover, the on-call's words, and what is decided and why.",
        epilog=CODES,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    for name in COMMANDS.keys() & said or COMMANDS:
        module = _command(name)
        command = commands.add_parser(
            name, help=module.HELP, description=module.HELP, epilog=CODES, allow_abbrev=False
        )
        module.add_options(command)
        command.set_defaults(command=module.run)
    return parser


def _drop_output() -> None:
    """What is still in the buffer cannot be written: the interpreter's end would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
