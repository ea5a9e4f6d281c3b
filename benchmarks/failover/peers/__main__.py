"""`python -m benchmarks.failover.peers`: keepalived and Patroni under our faults, in one table.

Needs root and Debian's packages keepalived, patroni, python3-etcd, python3-idna, etcd-server and
postgresql. What is missing is said, and the other peer is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.failover.peers import measuring
from benchmarks.failover.peers.outcome import Outcome, spread
from failover.laboratory.problem import NoLaboratory, Stranded

WIDTH = 160  # characters, where there is no terminal to ask
HEADINGS = ("peer", "settings", "fault", "s, min / median / max (runs)", "both, s at most", "note")
PEERS: dict[str, Callable[[int], Iterator[Outcome]]] = {
    "keepalived": measuring.keepalived,
    "patroni": measuring.patroni,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print. 0 done, 1 a peer could not be measured."""
    options = _options(arguments)
    outcomes, code = [], 0
    for name in options.peers or PEERS:
        try:
            for outcome in PEERS[name](options.runs):
                print("… " + " | ".join(cells(outcome)), file=sys.stderr, flush=True)
                outcomes.append(outcome)
        except NoLaboratory as error:
            print(f"error: {name}: {error.problem}\nhint: {error.hint}", file=sys.stderr)
            code = 1
        except Stranded as error:
            print(f"error: {name}: {error}", file=sys.stderr)
            code = 1
    if options.as_json:
        print(json.dumps([each.as_json() for each in outcomes], indent=2))
    elif outcomes:
        _print(outcomes)
    return code


def cells(outcome: Outcome) -> tuple[str, ...]:
    """One line of the table, in the order of the headings."""
    seconds = spread(outcome.seconds)
    if outcome.never:
        seconds = f"{seconds}, never in {outcome.never}" if outcome.seconds else "never"
    both = f"{max(outcome.split_s):.2f}" if any(outcome.split_s) else "0"
    return outcome.peer, outcome.settings, outcome.what, seconds, both, outcome.note


def _print(outcomes: Sequence[Outcome]) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    table = Table(*HEADINGS)
    for each in outcomes:
        table.add_row(*cells(each))
    console.print(table)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.failover.peers", description=__doc__
    )
    parser.add_argument("peers", nargs="*", metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--runs", type=_positive, default=1, help="of each fault; default: 1")
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    for name in options.peers:
        if name not in PEERS:
            parser.error(f"no peer `{name}`; there are: {', '.join(PEERS)}")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
