"""`python -m benchmarks.failover [SUBJECT…]`: the failover, measured in the laboratory."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.console import Console

from benchmarks.failover import freezing, going_on, idle, moving, taking
from benchmarks.failover.field import Bench
from benchmarks.failover.figures import Row
from benchmarks.failover.peers import rows as peers
from benchmarks.failover.table import print_table, to_json, to_markdown, write
from benchmarks.machine import load, machine
from benchmarks.options import positive
from benchmarks.process import ROOT
from failover.laboratory.lab import PROGRAMS, check_machine
from failover.laboratory.problem import NoLaboratory, Stranded

WIDTH = 160  # characters, where there is no terminal to ask
RUNS, PEER_RUNS = 30, 3

SUBJECTS: Mapping[str, Callable[[Bench], list[Row]]] = {
    "default": taking.default,
    "fast": taking.fast,
    "leaders": taking.leaders,
    "fibre": going_on.fibre,
    "register": going_on.register,
    "agent": going_on.agent,
    "planned": going_on.planned,
    "guard": going_on.guard,
    "freeze": freezing.rows,
    "switchover": moving.rows,
    "idle": idle.rows,
    "keepalived": peers.keepalived,
    "patroni": peers.patroni,
}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    subjects = options.subjects or list(SUBJECTS)
    if options.write and set(subjects) != set(SUBJECTS):
        return _failed("--write needs every subject", "one table is one run", 2)
    try:
        check_machine(PROGRAMS)
    except NoLaboratory as error:
        return _failed(error.problem, error.hint, 1)
    start, rows, broken = perf_counter(), list[Row](), list[str]()
    # Below the checkout, so on a disk: the register syncs each write. Removed at the very end.
    with TemporaryDirectory(prefix="build-bench-", dir=ROOT) as scratch:
        bench = Bench(Path(scratch), runs=options.runs, peer_runs=options.peer_runs)
        facts = machine(bench.scratch)
        for name in subjects:
            try:
                rows += SUBJECTS[name](bench)
            except Stranded as stranded:
                broken.append(name)
                _failed(f"{name}: {stranded}", "the other subjects go on", 1)
            except NoLaboratory as error:
                broken.append(name)
                _failed(f"{name}: {error.problem}", error.hint, 1)
        facts |= {"load after": load(), "took": f"{perf_counter() - start:.0f} s"}
    if options.as_json:
        print(to_json(rows, facts))
    else:
        width = None if sys.stdout.isatty() else WIDTH
        print_table(Console(width=width), rows, facts)
    if options.write and not broken:
        write(options.write, to_markdown(rows, facts))
    return 1 if broken else 0


def _failed(problem: str, hint: str, code: int) -> int:
    print(f"error: {problem}\nhint: {hint}", file=sys.stderr)
    return code


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.failover", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument(
        "--runs",
        type=positive,
        default=RUNS,
        help=f"take-overs of a profile; the rest a third. Default: {RUNS}",
    )
    parser.add_argument(
        "--peer-runs", type=positive, default=PEER_RUNS, help=f"default: {PEER_RUNS}"
    )
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")
    parser.add_argument("--write", type=Path, metavar="FILE", help="update the table in a file")
    options = parser.parse_args(arguments)
    for name in options.subjects:
        if name not in SUBJECTS:
            parser.error(f"no subject `{name}`; there are: {', '.join(SUBJECTS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
