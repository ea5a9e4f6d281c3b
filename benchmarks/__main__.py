"""`python -m benchmarks [SUBJECT…]`: measures, and prints one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.console import Console

from benchmarks import (
    ansible_inventory,
    ansible_template,
    building,
    loading,
    many_policies,
    proving,
    rendering,
    simulating,
)
from benchmarks.bench import Bench
from benchmarks.figures import Row
from benchmarks.machine import load, machine
from benchmarks.options import positive
from benchmarks.process import ROOT, Failed
from benchmarks.table import print_table, to_json, to_markdown, write

WIDTH = 160  # characters, where there is no terminal to ask

# Short things first: what follows a long build on a small machine finds it warm and busy.
SUBJECTS: Mapping[str, Callable[[Bench], list[Row]]] = {
    "load": loading.rows,
    "policies": many_policies.rows,
    "inventory": ansible_inventory.rows,
    "jinja": rendering.rows,
    "build": building.rows,
    "simulate": simulating.rows,
    "verify": proving.rows,
    "template": ansible_template.rows,
}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    subjects = options.subjects or list(SUBJECTS)
    if options.write and set(subjects) != set(SUBJECTS):
        print("error: --write needs every subject: one table is one run", file=sys.stderr)
        return 2
    start = perf_counter()
    # Below the checkout, so on the file system that people build on; removed at the very end.
    with TemporaryDirectory(prefix="build-bench-", dir=ROOT) as scratch:
        bench = Bench(Path(scratch), runs=options.runs, jobs=options.jobs)
        facts = machine(bench.scratch)
        try:
            rows = [row for name in SUBJECTS if name in subjects for row in SUBJECTS[name](bench)]
        except Failed as failed:
            print(f"error: {failed}", file=sys.stderr)
            return 1
        facts["load after"] = load()
        facts["took"] = f"{perf_counter() - start:.0f} s"
    if options.as_json:
        print(to_json(rows, facts))
    else:
        console = Console()
        if not console.is_terminal:
            console.width = WIDTH
        print_table(console, rows, facts)
    if options.write:
        write(options.write, to_markdown(rows, facts))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--runs", type=positive, default=3, help="of what is cheap; default: 3")
    parser.add_argument("--jobs", type=positive, default=2, help="processes of a build; default: 2")
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")
    parser.add_argument("--write", type=Path, metavar="FILE", help="update the table in a file")
    options = parser.parse_args(arguments)
    for name in options.subjects:
        if name not in SUBJECTS:
            parser.error(f"no subject `{name}`; there are: {', '.join(SUBJECTS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
