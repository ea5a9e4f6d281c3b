"""`telemed`: the commands, and what they exit with."""

from __future__ import annotations

from typing import Annotated

import typer

from telemed_infra import __version__
from telemed_infra.cli import build, check, site, verify, why
from telemed_infra.cli.exit_codes import exits

app = typer.Typer(
    name="telemed",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
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
    app()
