"""`telemed verify`: prove a build again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
        proof = result.proof
        out.print(
            f"{proof['devices']:,} devices, {proof['openings_must']:,} openings must and "
            f"{proof['openings_may']:,} may pass, {proof['rules']:,} rules, "
            f"{proof['ways']:,} ways, {share(proof['coverage'])} of {proof['lines']:,} lines "
            f"understood, {result.expectations} expectations"
        )
        verdict = "not proven" if result.findings else "proven"
        out.print(f"{verdict} from {result.basis} ({result.seconds:.1f} s)")
    print_findings(result.findings)
    return ExitCode.FINDINGS if result.findings else ExitCode.DONE
