"""`telemed build`: the whole pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from telemed_infra.cli.exit_codes import ExitCode
from telemed_infra.cli.options import (
    JOBS,
    AsJson,
    AsOf,
    Environment,
    Inventory,
    Jobs,
    day,
    inventory_folder,
)
from telemed_infra.cli.talk import (
    err,
    out,
    print_findings,
    print_json,
    refusals,
    share,
)

if TYPE_CHECKING:
    from telemed_infra.pipeline.build import BuildResult

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the build goes.")]
Limit = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        help="Only these devices, in Ansible's own grammar: "
        "county_weining, role_fw:&prefecture_bijie, all:!kind_township.",
    ),
]
Native = Annotated[
    Literal["none", "shape", "all"],
    typer.Option(
        help="Texts that nft, suricata and vrp-ir read: none, one of each shape and "
        "what changed, or all."
    ),
]


def build(
    *,
    inventory: Inventory = None,
    out_folder: Out = Path("build"),
    limit: Limit = None,
    jobs: Jobs = JOBS,
    environment: Environment = None,
    native: Native = "shape",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Build every device's configuration, read it back and prove it.

    The build takes its place as a whole and only if everything holds; otherwise what stood
    before stays, and the exit code is 3.
    """
    # Not above: the other commands need not wait for the pipeline.
    from telemed_infra.cli.progress import SiteProgress
    from telemed_infra.pipeline import build as pipeline

    with refusals(as_json=as_json), SiteProgress() as progress:
        result = pipeline.build(
            pipeline.BuildRequest(
                inventory=inventory_folder(inventory),
                out=out_folder,
                limit=limit,
                jobs=jobs,
                environment=environment,
                native=native,
                as_of=day(as_of),
                progress=progress.show,
            )
        )
    if as_json:
        print_json(result.as_json())
    else:
        _summary(result, out_folder)
    if result.proven:
        return ExitCode.DONE
    print_findings(result.findings)
    count = len(result.findings)
    err.print(
        f"{count} finding{'s' * (count != 1)}: {out_folder} was left as it was; "
        f"what was refused lies in {result.refused}",
        markup=False,
    )
    return ExitCode.FINDINGS


def _summary(result: BuildResult, folder: Path) -> None:
    found = result.counts
    out.print(
        f"province   {found['sites']:,} sites, {found['devices']:,} devices, "
        f"{found['instances']} instances of {found['services']} services, "
        f"{found['policies']} policies"
    )
    lines = ", ".join(f"{name} {count:,}" for name, count in result.lines.items())
    out.print(f"texts      {result.files:,} files, {sum(result.lines.values()):,} lines ({lines})")
    proof = result.proof
    out.print(
        f"proof      {proof['devices']:,} devices: {proof['openings_must']:,} openings that must "
        f"and {proof['openings_may']:,} that may pass, {proof['rules']:,} rules read back, "
        f"{proof['ways']:,} ways between interfaces and VLANs on ports"
    )
    out.print(
        f"           {share(proof['coverage'])} of {proof['lines']:,} lines understood, "
        f"{proof['lines_effective']:,} of them decide what passes; "
        f"{result.expectations} expectations judged"
    )
    for line in result.native["lines"]:
        out.print(f"native     {line}", markup=False)
    later = ", ".join(f"{role} {count}" for role, count in result.management_only.items())
    out.print(f"later      management and VLANs only as yet: {later}")
    if result.unrouted:
        unrouted = ", ".join(f"{name} {count}" for name, count in result.unrouted.items())
        out.print(f"           routing between sites planned and not written: {unrouted}")
    if result.unsynchronised:
        alone = ", ".join(f"{name} {count}" for name, count in result.unsynchronised.items())
        out.print(f"pairs      whose connections break when a member fails: {alone}")
    _verdict(result, folder)


def _verdict(result: BuildResult, folder: Path) -> None:
    if result.trusted:
        out.print(
            f"unchanged  inputs and all files are as the manifest says: {result.trusted} "
            f"({result.seconds:.1f} s); `telemed verify` proves again"
        )
    elif result.proven:
        out.print(
            f"[bold green]proven[/]     {escape(str(folder))} "
            f"({result.changed:,} files changed, {result.seconds:.1f} s)"
        )
    else:
        out.print(f"[bold red]not proven[/] ({result.seconds:.1f} s)")
