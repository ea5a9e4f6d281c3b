"""`telemed-monitor metrics`: every metric there is."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from monitoring.cli.exits import ExitCode
from monitoring.metrics import METRICS, Metric, Source

HELP = "List every metric of the exporter."
HEAD = """\
# Metrics

What `telemed-monitor exporter` shows. This page is printed by `telemed-monitor metrics --markdown`;
a test keeps it current.

Unit `1` is a number, or yes (1) and no (0). A metric with a label that is a word (`state`, `owner`,
`verdict`, `action`, `stage`) has a series for each word: 1 for the one that holds, 0 for the
others. No metric names the centre: Prometheus adds the labels of the target (`instance`, `site`),
see [Monitoring](../guides/monitoring.md).
"""


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument("--markdown", action="store_true", help="print tables for a document")


def run(options: Namespace) -> ExitCode:
    """Print the list."""
    if options.json:
        text = json.dumps({"metrics": [_plain(each) for each in METRICS]}, indent=1) + "\n"
    elif options.markdown:
        text = HEAD + "".join(_markdown())
    else:
        text = "".join(f"{_series(each)}\n    {each.help}\n" for each in METRICS)
    sys.stdout.write(text)
    return ExitCode.DONE


def _markdown() -> Iterator[str]:
    for source in Source:
        where = source.value
        yield f"\n## {source.name.replace('_', ' ').capitalize()}\n\n"
        yield f"From {where}.\n\n"
        yield "| metric | kind | unit | labels | says |\n|---|---|---|---|---|\n"
        for metric in METRICS:
            if metric.source is source:
                labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
                cells = (f"`{metric.name}`", metric.kind.value, metric.unit, labels, metric.help)
                yield f"| {' | '.join(cells)} |\n"


def _plain(metric: Metric) -> dict[str, object]:
    return {
        "name": metric.name,
        "kind": metric.kind.value,
        "unit": metric.unit,
        "labels": list(metric.labels),
        "source": metric.source.name.lower(),
        "help": metric.help,
    }


def _series(metric: Metric) -> str:
    labels = f"{{{','.join(metric.labels)}}}" if metric.labels else ""
    return f"{metric.name}{labels} ({metric.kind.value}, {metric.unit})"
