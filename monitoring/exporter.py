"""The exporter: reads the files at each scrape, and answers on one address.

    collector = FilesCollector(Sources(status=path, build=path))
    exposition(collector)             the text, once
    serve(collector, listen, ready)   until SIGTERM or SIGINT

It only ever reads files, so nothing that it watches notices when it dies.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from threading import BoundedSemaphore, Lock
from typing import Any, NamedTuple
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, generate_latest, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from monitoring.build import BuildFolder, BuildReading, BuildState
from monitoring.metrics import METRICS, Kind, Metric
from monitoring.samples import Sample, build_samples, status_samples, witness_samples
from monitoring.status import (
    Now,
    State,
    StatusReading,
    WitnessReading,
    read_status,
    read_witness,
)

BOOT = Path("/proc/sys/kernel/random/boot_id")
REQUEST_S_MAX = 10.0  # a client that says nothing for so long is let go
REQUESTS_MAX = 16  # at once

Family = GaugeMetricFamily | CounterMetricFamily
_log = logging.getLogger("telemed.monitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The files to read; None: say nothing of it."""

    status: Path | None
    build: Path | None
    witness: Path | None = None


class Listen(NamedTuple):
    """An address of this machine."""

    address: str
    port: int

    def __str__(self) -> str:
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{shown}:{self.port}"


class CannotListen(Exception):
    """The address cannot be had; `str()` says why."""


class FilesCollector(Collector):  # the way prometheus-client asks for
    """Reads the files whenever it is asked. A file that fails is a metric, and one line of log."""

    def __init__(self, sources: Sources, clock: Callable[[], Now] | None = None) -> None:
        self._sources = sources
        self._build = BuildFolder(sources.build) if sources.build else None
        self._clock = clock or _now
        self._said: dict[str, str] = {}  # what was last logged of each source
        self._one_at_a_time = Lock()

    def collect(self) -> Iterator[Family]:
        """All families that have a sample, in the order of the list of metrics."""
        with self._one_at_a_time:
            samples = list(self._samples())
        yield from families(samples)

    def _samples(self) -> Iterator[Sample]:
        if self._sources.status is not None:
            status = read_status(self._sources.status, self._clock())
            self._tell_status("status", self._sources.status, status)
            yield from status_samples(status)
        if self._sources.witness is not None:
            witness = read_witness(self._sources.witness, self._clock())
            self._tell_status("witness", self._sources.witness, witness)
            yield from witness_samples(witness)
        if self._sources.build is not None and self._build is not None:
            build = self._build.read()
            self._tell_build(self._sources.build, build)
            yield from build_samples(build)

    def _tell_status(self, source: str, path: Path, status: StatusReading | WitnessReading) -> None:
        fine = status.state is State.FRESH
        self._tell(source, f"{path}: {status.state.value}", status.why, fine=fine)

    def _tell_build(self, path: Path, build: BuildReading) -> None:
        fine = build.state is BuildState.STANDING
        self._tell("build", f"{path}: {build.state.value}", build.why, fine=fine)

    def _tell(self, source: str, what: str, why: str, *, fine: bool) -> None:
        """One line for each change."""
        before = self._said.get(source)
        if what != before:
            self._said[source] = what
            level = logging.INFO if fine else logging.WARNING
            _log.log(level, "%s%s", what, f": {why}" if why else "")


def families(samples: Iterable[Sample]) -> Iterator[Family]:
    """Samples by metric, as prometheus-client wants them."""
    of_metric: dict[str, list[Sample]] = {}
    for sample in samples:
        of_metric.setdefault(sample.metric.name, []).append(sample)
    for metric in METRICS:
        found = of_metric.get(metric.name)
        if found:
            family = _family(metric)
            for sample in found:
                family.add_metric(sample.labels, sample.value)
            yield family


def _now() -> Now:
    boot = ""  # unknown: then every status file is old
    with suppress(OSError):
        boot = BOOT.read_text("ascii").strip()
    return Now(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME), boot)


def _family(metric: Metric) -> Family:
    if metric.kind is Kind.COUNTER:
        return CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)


def exposition(collector: FilesCollector) -> str:
    """All metrics as text, in Prometheus' format 0.0.4."""
    return generate_latest(_registry(collector)).decode("utf-8")


def serve(collector: FilesCollector, listen: Listen, ready: Callable[[Listen], None]) -> None:
    """Answer scrapes until SIGTERM or SIGINT. `ready` is told where, if port 0 was asked for.

    Raises:
        CannotListen: the address cannot be had.
    """
    with _server(listen) as server:
        server.set_app(make_wsgi_app(_registry(collector)))
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _leave)
            ready(Listen(listen.address, server.server_address[1]))
            server.serve_forever()
        except KeyboardInterrupt:
            _log.info("ends")


def _leave(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _registry(collector: FilesCollector) -> CollectorRegistry:
    # Nothing of the process itself: those metrics are in no list of ours.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return registry


class _Handler(WSGIRequestHandler):
    timeout = REQUEST_S_MAX

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — its own word
        """A scrape is no event."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listen: Listen) -> None:
        self._free = BoundedSemaphore(REQUESTS_MAX)
        super().__init__((listen.address, listen.port), _Handler)

    def server_bind(self) -> None:
        """As the parent does, but for the name server, which it would ask for this machine."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own; one too many is let go at once."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As the parent does."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """A client that went away is no event."""
        _log.debug("a request failed", exc_info=True)


class _Server6(_Server):
    address_family = socket.AF_INET6


def _server(listen: Listen) -> _Server:
    kind = _Server6 if ":" in listen.address else _Server
    try:
        return kind(listen)
    except (OSError, OverflowError) as error:
        raise CannotListen(getattr(error, "strerror", None) or str(error)) from error
