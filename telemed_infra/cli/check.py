"""`telemed check`: is the inventory sound?"""

from __future__ import annotations

from time import perf_counter

from telemed_infra.cli.exit_codes import ExitCode
from telemed_infra.cli.options import AsJson, AsOf, Environment, Inventory, day, inventory_folder
from telemed_infra.cli.talk import out, print_json, refusals


def check(
    inventory: Inventory = None,
    as_of: AsOf = None,
    environment: Environment = None,
    as_json: AsJson = False,
) -> int:
    """Validate the inventory and print what it holds. Exit code 3 with every problem at once."""
    # Not above: `telemed build` need not wait for the schemas if nothing changed.
    from telemed_infra.model.load import load
    from telemed_infra.pipeline.readiness import assert_buildable
    from telemed_infra.pipeline.summary import counts

    start = perf_counter()
    judged = day(as_of)
    with refusals(as_json=as_json):
        network = load(inventory_folder(inventory), as_of=judged, environment=environment)
        assert_buildable(network)
        found = counts(network)
    if as_json:
        print_json({"as_of": judged.isoformat(), "counts": found, "problems": []})
        return ExitCode.DONE
    for name, number in found.items():
        out.print(f"{name.replace('_', ' '):<16}{number:>7,}")
    out.print(f"sound on {judged} ({perf_counter() - start:.2f} s)")
    return ExitCode.DONE
