"""`telemed site add`: a new site, its number allotted and its line written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from telemed_infra.cli.exit_codes import ExitCode, exits
from telemed_infra.cli.options import AsJson
from telemed_infra.cli.talk import err, out, print_json, refusals
from telemed_infra.model.add_kind import AddKind

if TYPE_CHECKING:
    from telemed_infra.model.site_add import Change

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Add sites to the inventory.")


@app.callback()
def site() -> None:
    """Add sites to the inventory."""


def add(
    *,
    kind: Annotated[AddKind, typer.Argument(help="Kind of site.")],
    site_id: Annotated[
        str, typer.Argument(metavar="ID", help="Its id, for example weining-caohai-2.")
    ],
    parent: Annotated[
        str, typer.Option(help="County of a township or county hospital, prefecture of the others.")
    ],
    name: Annotated[str, typer.Option(help="Its name.")],
    uplink_mbps: Annotated[int, typer.Option(help="Bandwidth of its line.")],
    short: Annotated[str | None, typer.Option(help="Part of its devices' names.")] = None,
    code: Annotated[str | None, typer.Option(help="Official code, of a township.")] = None,
    carrier: Annotated[str | None, typer.Option(help="Carrier of its line.")] = None,
    endpoints: Annotated[int, typer.Option(min=0, help="Sets of telemedicine equipment.")] = 0,
    lte: Annotated[bool, typer.Option(help="A township's second line.")] = True,
    inventory: Annotated[
        Path, typer.Option(help="Folder of the inventory that is changed.")
    ] = Path("inventory"),
    yes: Annotated[
        bool, typer.Option("--yes", help="Write; without it the change is shown.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Allot a free number and write the site's line; comments and layout stay as they are."""
    # Not above: the other commands need not wait for the schemas.
    from telemed_infra.model.site_add import SiteRequest, add_site, apply

    for text in (site_id, parent, name, short, code, carrier):
        _readable(text)
    with refusals(as_json=as_json):
        change = add_site(
            inventory,
            SiteRequest(
                kind=kind,
                id=site_id,
                name=name,
                parent=parent,
                uplink_mbps=uplink_mbps,
                short=short,
                code=code,
                carrier=carrier,
                endpoints=endpoints,
                lte=lte,
            ),
        )
        if yes:
            apply(change)
    _show(change, written=yes, as_json=as_json)
    return ExitCode.DONE


def _show(change: Change, *, written: bool, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "site": change.site,
                "num": change.num,
                "short": change.short,
                "file": change.file,
                "written": written,
                "diff": change.diff(),
            }
        )
        return
    out.print(change.diff(), end="", markup=False)
    err.print(
        f"{change.site}: number {change.num}, short {change.short}"
        + (f", written to {change.path}" if written else "; nothing written: add --yes"),
        markup=False,
    )


def _readable(text: str | None) -> None:
    """A terminal of another encoding sends bytes that are no UTF-8; YAML is."""
    if text and not text.isprintable():
        raise typer.BadParameter(f"{text!r} holds what cannot be printed: is the locale UTF-8?")


app.command("add")(exits(add))
