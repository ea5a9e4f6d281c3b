"""`telemed-monitor targets`: what Prometheus is to watch, out of the inventory."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from monitoring.cli.exits import ExitCode, Problems, Refused
from telemed_infra.problem import InputError

HELP = "Write the targets of Prometheus' file-based discovery, out of the inventory."


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument(
        "--inventory", type=Path, required=True, metavar="DIR", help="folder of the inventory"
    )
    command.add_argument(
        "--environment", metavar="NAME", help="overlay environments/NAME.yml of the inventory"
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the file, replaced as a whole"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: Namespace) -> ExitCode:
    """Write the file, if it changes."""
    # Not above: the exporter never loads an inventory.
    from monitoring.targets import targets_of, targets_text, write_targets  # noqa: PLC0415
    from telemed_infra.model.load import load  # noqa: PLC0415
    from telemed_infra.plan.network import network_plan  # noqa: PLC0415

    try:
        network = load(options.inventory, as_of=None, environment=options.environment)
    except InputError as refused:
        raise Problems(
            [
                (f"{one.file}:{one.line}: {one.field}: {one.problem}", one.hint)
                for one in refused.problems
            ]
        ) from refused
    targets = targets_of(network, network_plan(network))
    try:
        changed = write_targets(options.out, targets_text(targets))
    except OSError as error:
        raise Refused(
            ExitCode.FAILED,
            f"{options.out}: {error.strerror}",
            "name a file in a folder that is there and may be written to; nothing was changed",
        ) from error
    counts = Counter(target.probe.value for target in targets)
    if options.json:
        document = {"out": str(options.out), "changed": changed, "targets": dict(counts)}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        shown = ", ".join(f"{count:,} {probe}" for probe, count in counts.items())
        state = "written" if changed else "unchanged"
        sys.stdout.write(f"{state:<10} {options.out}: {shown}\n")
    return ExitCode.DONE
