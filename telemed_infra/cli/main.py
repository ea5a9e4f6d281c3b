"""`telemed`: the commands, and what they exit with."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from telemed_infra import __version__
from telemed_infra.cli import build, check, site, verify, why
from telemed_infra.cli.exit_codes import ExitCode, exits
from telemed_infra.cli.talk import err, refusals, refuse

# All that typer raises for a wrong command line. It exports the leaf only, and its root moved from
# `click` into a part of typer that is its own.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="telemed",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # frames break when a text is copied, and change with every width
    help="A province's telemedicine network: inventory in, proven device configurations out.",
    epilog="Exit codes: 0 done, 1 failed, 2 misused, 3 findings, 4 a person must decide.",
)
app.command("check")(exits(check.check))
app.command("build")(exits(build.build))
app.command("verify")(exits(verify.verify))
app.command("why")(exits(why.why))
app.add_typer(site.app, name="site")


def _version(asked: bool) -> None:  # typer calls it with the flag
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def telemed(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A province's telemedicine network: inventory in, proven device configurations out."""


def run() -> None:
    """The entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name may hold what the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    as_json = "--json" in sys.argv
    with refusals(as_json=as_json):
        try:
            sys.exit(app(standalone_mode=False, prog_name="telemed"))
        except UsageError as misused:
            _misused(misused, as_json=as_json)
            sys.exit(ExitCode.MISUSED)


def _misused(misused: Any, *, as_json: bool) -> None:
    problem: str = misused.format_message().replace("Value error, ", "")
    path = misused.ctx.command_path if misused.ctx else "telemed"
    if problem.startswith("Usage:"):  # a command was called with nothing: the whole help
        err.print(problem, markup=False)
        problem = "which command?"
    refuse(problem, f"`{path} --help` shows what can be said", as_json=as_json)
