"""Options that several commands share."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from telemed_infra.resources import shipped

Inventory = Annotated[
    Path | None,
    typer.Option(help="Folder of the inventory; default: ./inventory, else the one shipped."),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="Day for which reviews and expiries are judged; default: today.",
    ),
]
Environment = Annotated[
    str | None, typer.Option(metavar="NAME", help="Overlay environments/NAME.yml.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
JOBS = min(64, len(os.sched_getaffinity(0)))
Jobs = Annotated[
    int, typer.Option(min=1, max=64, help="Processes.", show_default="one a processor")
]


def inventory_folder(given: Path | None) -> Path:
    """The inventory to read."""
    if given is not None:
        return given
    here = Path("inventory")
    return here if (here / "network.yml").is_file() else shipped("inventory")


def day(given: datetime | None) -> date:
    """The day to judge reviews for."""
    return (given or datetime.now()).date()  # noqa: DTZ005  # the user's own calendar day
