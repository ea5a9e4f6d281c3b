"""`telemed-monitor exporter`: the metrics, once or for Prometheus to scrape."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from monitoring.cli.exits import ExitCode, Refused

if TYPE_CHECKING:  # an extra: only this command needs it
    from monitoring.exporter import Listen

HELP = "Show the status file of an agent or a witness, and a build, to Prometheus."
LISTEN = "127.0.0.1:9742"
FORMAT = "%(levelname)s %(name)s: %(message)s"  # the supervisor's log adds the time
PORT_MAX = 65535


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    command.add_argument(
        "--status", type=Path, metavar="FILE", help="status.json in the run folder of an agent"
    )
    command.add_argument(
        "--witness", type=Path, metavar="FILE", help="witness.json in the run folder of a witness"
    )
    command.add_argument("--build", type=Path, metavar="DIR", help="folder that telemed build made")
    form = command.add_mutually_exclusive_group()
    form.add_argument(
        "--listen",
        type=_listen,
        default=LISTEN,
        metavar="ADDRESS:PORT",
        help=f"where to answer; {LISTEN}. No encryption, no password: choose a managed address",
    )
    form.add_argument("--once", action="store_true", help="print the metrics, and end")


def run(options: Namespace) -> ExitCode:
    """Print or serve the metrics."""
    given = (options.status, options.witness, options.build)
    if all(each is None for each in given):
        raise Refused(
            ExitCode.MISUSED,
            "nothing to show",
            "name an agent's file by --status, a witness's by --witness, a build by --build",
        )
    try:
        # Not above: who writes targets needs no prometheus-client.
        from monitoring import exporter  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if missing.name is None or not missing.name.startswith("prometheus_client"):
            raise
        raise Refused(
            ExitCode.FAILED,
            "the Python package prometheus-client is missing",
            "install `telemed-infra[monitoring]`",
        ) from missing
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=FORMAT)
    sources = exporter.Sources(status=options.status, witness=options.witness, build=options.build)
    collector = exporter.FilesCollector(sources)
    if options.once:
        sys.stdout.write(exporter.exposition(collector))
        return ExitCode.DONE
    listen = exporter.Listen(*options.listen)
    try:
        exporter.serve(collector, listen, _ready)
    except exporter.CannotListen as cannot:
        raise Refused(
            ExitCode.FAILED,
            f"--listen: {listen}: {cannot}",
            "choose an address of this machine and a port that nobody has",
        ) from cannot
    return ExitCode.DONE


def _ready(listen: Listen) -> None:
    logging.getLogger("telemed.monitor").info("answers on http://%s/metrics", listen)


def _listen(text: str) -> tuple[str, int]:
    """An address and a port: `127.0.0.1:9742`, `[::1]:9742`. No name: nobody is asked for it."""
    address, _, port = text.rpartition(":")
    bare = address.removeprefix("[").removesuffix("]")
    try:
        host = ip_address(bare)
    except ValueError:
        host = None
    bracketed = address == f"[{bare}]"
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else PORT_MAX + 1
    if host is None or bracketed != (host.version == 6) or number > PORT_MAX:
        raise ArgumentTypeError(f"`{text}` is no address and port, for example {LISTEN}")
    return bare, number
