"""`telemed verify`: prove a build again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from telemed_infra.cli.talk import out, print_findings, print_json, refusals, share

if TYPE_CHECKING:
    from telemed_infra.pipeline.verify import VerifyResult


def verify(
    *,
    build: Annotated[Path, typer.Argument(help="The build.")] = Path("build"),
    proof_only: Annotated[
        bool,
        typer.Option(
            "--proof-only",
            help="From configuration texts and inventory alone: "
            "no manifest, origins, cache or templates.",
        ),
    ] = False,
    functions: Annotated[
        bool,
        typer.Option("--functions", help="Print what each role does, and how long its texts are."),
    ] = False,
    inventory: Inventory = None,
    jobs: Jobs = JOBS,
    environment: Environment = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Read every text of a build and prove it against the inventory. Exit code 3 if it fails."""
    # Not above: the other commands need not wait for the parsers.
    from telemed_infra.pipeline import verify as pipeline

    with refusals(as_json=as_json):
        result = pipeline.verify(
            pipeline.VerifyRequest(
                inventory=inventory_folder(inventory),
                build=build,
                proof_only=proof_only,
                jobs=jobs,
                environment=environment,
                as_of=day(as_of),
            )
        )
    if as_json:
        print_json(result.as_json())
    else:
        print_result(result, functions=functions)
    print_findings(result.findings)
    return ExitCode.FINDINGS if result.findings else ExitCode.DONE


def print_result(result: VerifyResult, *, functions: bool) -> None:
    """What was proven, in two lines; before the second one, if asked, what each role does."""
    proof = result.proof
    out.print(
        f"{proof['devices']:,} devices, {proof['openings_must']:,} openings must and "
        f"{proof['openings_may']:,} may pass, {proof['rules']:,} rules, "
        f"{proof['ways']:,} ways, {share(proof['coverage'])} of {proof['lines']:,} lines "
        f"understood, {result.expectations} expectations"
    )
    if functions:
        print_functions(proof["by_role"])
    verdict = "not proven" if result.findings else "proven"
    out.print(f"{verdict} from {result.basis} ({result.seconds:.1f} s)")


def print_functions(roles: Mapping[str, Mapping[str, Any]]) -> None:
    """What each role does, by device; a function that only some of them have is counted."""
    for name, role in roles.items():
        devices = role["devices"]
        out.print(
            f"{name:24} {devices:,} devices, {role['lines']:,} lines, "
            f"{role['lines_effective']:,} of them decide what passes",
            highlight=False,
        )
        for function, number in role["functions"].items():
            share_of = "" if number == devices else f"   {number:,} of {devices:,}"
            out.print(f"    {function}{share_of}", highlight=False)
