"""`telemed why`: which inventory lines a configuration line comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telemed_infra.cli.exit_codes import ExitCode
from telemed_infra.cli.options import AsJson
from telemed_infra.cli.talk import error, out, print_json
from telemed_infra.pipeline.origins import OriginError, origins_of


def why(
    place: Annotated[
        str, typer.Argument(metavar="FILE:LINE", help="Or DEVICE:LINE, DEVICE.ext:LINE.")
    ],
    build: Annotated[Path, typer.Option(metavar="DIR", help="The build.")] = Path("build"),
    as_json: AsJson = False,
) -> int:
    """Say which lines of the inventory a line of a configuration comes from."""
    try:
        found = origins_of(build, place)
    except OriginError as refused:
        error(refused.problem, refused.hint)
        return ExitCode.MISUSED
    if as_json:
        print_json(
            {
                "file": found.file,
                "line": found.line,
                "text": found.text,
                "origins": list(found.origins),
            }
        )
        return ExitCode.DONE
    out.print(f"{found.file}:{found.line}: {found.text.strip()}", markup=False)
    for origin in found.origins:
        out.print(f"  from {origin}", markup=False)
    return ExitCode.DONE
