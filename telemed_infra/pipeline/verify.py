"""Proves a build again, from its texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from telemed_infra.intent.expectations import judge
from telemed_infra.model.load import load
from telemed_infra.model.network import Device
from telemed_infra.pipeline.device import Prover, prover
from telemed_infra.pipeline.manifest import content_hash, read_manifest
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.parallel import each
from telemed_infra.pipeline.summary import ProofTotals
from telemed_infra.pipeline.swap import MANIFEST
from telemed_infra.pipeline.work import batches_of, site_folder
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.prove.findings import Finding, expectation_finding


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """What to prove again."""

    inventory: Path
    build: Path
    proof_only: bool = False  # from texts and inventory alone: no manifest is read
    jobs: int = 2
    environment: str | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What the proof came to."""

    basis: str  # what it stands on, in words
    proof: dict[str, Any]
    expectations: int
    findings: tuple[Finding, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "basis": self.basis,
            "proof": self.proof,
            "expectations": self.expectations,
            "findings": [str(one) for one in self.findings],
            "proven": not self.findings,
            "seconds": round(self.seconds, 3),
        }


def verify(request: VerifyRequest) -> VerifyResult:
    """Proves every text of a build against the inventory.

    Raises:
        InputError: the inventory has problems.
        FileNotFoundError: there is no build.
    """
    start = perf_counter()
    if not request.build.is_dir():
        raise FileNotFoundError(request.build)
    network = load(request.inventory, as_of=request.as_of, environment=request.environment)
    meaning = Meaning(network)
    worker = _Worker(request.build, meaning, prover(meaning))
    totals = ProofTotals()
    totals.join(each(worker.batch, list(batches_of(network, None)), request.jobs))
    findings = list(totals.findings)
    verdicts = judge(network, meaning.ends, meaning.intent.flows)
    findings += [expectation_finding(one) for one in verdicts if not one.holds]
    if totals.empty:
        findings.append(Finding(device="proof", line=0, kind="empty", says="nothing was proven"))
    basis = "configuration texts and inventory"
    if not request.proof_only:
        findings += _against_manifest(request.build)
        basis += ", and the manifest's hashes"
    return VerifyResult(
        basis=basis,
        proof=totals.as_json(),
        expectations=len(verdicts),
        findings=tuple(findings),
        seconds=perf_counter() - start,
    )


@dataclass(slots=True)
class _Worker:
    build: Path
    meaning: Meaning
    prover: Prover

    def batch(self, sites: list[str]) -> ProofTotals:
        """Every device of some sites; a device without a text is a finding."""
        totals = ProofTotals()
        for name in sites:
            site = self.meaning.network.sites[name]
            for device in self.meaning.network.devices_of(site):
                if device.platform == "suricata":
                    continue  # detects, and lets nothing pass or stop
                self._device(device, f"{site_folder(site)}/{device_file(device)}", totals)
        return totals

    def _device(self, device: Device, path: str, totals: ProofTotals) -> None:
        try:
            text = (self.build / path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            totals.findings.append(
                Finding(
                    device=device.name,
                    line=0,
                    kind="unread",
                    says=f"{path} cannot be read: {error}",
                )
            )
            return
        totals.add(self.prover.prove(device, text), device.platform)


def device_file(device: Device) -> str:
    """The name of a device's configuration."""
    return f"{device.name}.{PLATFORMS[device.platform].extension}"


def _against_manifest(build: Path) -> Iterator[Finding]:
    manifest = read_manifest(build / MANIFEST)
    if manifest is None:
        yield Finding(device=MANIFEST, line=0, kind="manifest", says="is missing or damaged")
        return
    for name, known in manifest.files.items():
        try:
            content = (build / name).read_bytes()
        except OSError:
            yield Finding(device=name, line=0, kind="manifest", says="is missing")
            continue
        if content_hash(content) != known:
            yield Finding(device=name, line=0, kind="manifest", says="was changed after the build")
    for path in sorted(build.rglob("*")):
        name = path.relative_to(build).as_posix()
        if path.is_file() and name != MANIFEST and name not in manifest.files:
            yield Finding(device=name, line=0, kind="manifest", says="does not belong to the build")
