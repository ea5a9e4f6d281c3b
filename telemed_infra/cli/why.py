"""`telemed why`: which inventory lines a configuration line comes from, or who wants a policy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from telemed_infra.cli.exit_codes import ExitCode
from telemed_infra.cli.options import AsJson, Environment, Inventory, inventory_folder
from telemed_infra.cli.talk import out, print_json, refusals

if TYPE_CHECKING:
    from telemed_infra.pipeline.policies import PolicyLines

POLICY = re.compile(r"[A-Z][0-9]{4}")


def why(
    place: Annotated[
        str,
        typer.Argument(
            metavar="FILE:LINE",
            help="Or DEVICE:LINE, DEVICE.ext:LINE; or a policy's id, for example P0301.",
        ),
    ],
    build: Annotated[Path, typer.Option(metavar="DIR", help="The build.")] = Path("build"),
    inventory: Inventory = None,
    environment: Environment = None,
    as_json: AsJson = False,
) -> int:
    """Say which lines of the inventory a line of a configuration comes from.

    Of a policy: its line, who answers for it, and how many lines of which devices come from it.
    """
    # Not above: the other commands need not wait for what reads a build.
    from telemed_infra.model.load import load
    from telemed_infra.pipeline.origins import origins_of
    from telemed_infra.pipeline.policies import lines_of, policy_of

    with refusals(as_json=as_json):
        if POLICY.fullmatch(place):
            network = load(inventory_folder(inventory), as_of=None, environment=environment)
            return _policy(lines_of(build, policy_of(network, place)), as_json=as_json)
        found = origins_of(build, place)
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
    if not found.origins:
        out.print("  from no line of the inventory: the template's own words")
    return ExitCode.DONE


def _policy(found: PolicyLines, *, as_json: bool) -> int:
    policy = found.policy
    facts = {
        "reason": policy.reason,
        "owner": policy.owner,
        "requester": policy.requester,
        "approved_by": policy.approved_by,
        "ticket": policy.ticket,
        "reviewed": policy.reviewed.isoformat(),
        "expires": policy.expires.isoformat() if policy.expires else None,
    }
    if as_json:
        origin = {"policy": policy.id, "origin": policy.origin}
        print_json({**origin, **facts, "lines": dict(found.lines)})
        return ExitCode.DONE
    out.print(f"{policy.origin}: {policy.id}: {policy.reason}", markup=False)
    for name, value in list(facts.items())[1:]:
        if value:
            out.print(f"  {name.replace('_', ' '):<12}{value}", markup=False)
    out.print(f"  {'gives':<12}{found.lines.total():,} lines in {len(found.lines):,} files")
    return ExitCode.DONE
