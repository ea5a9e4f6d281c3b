"""Proves a build again, from its texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from telemed_infra.collector import collector_paused
from telemed_infra.intent.expectations import Verdict, judge
from telemed_infra.model.load import load
from telemed_infra.model.network import Device
from telemed_infra.pipeline.device import PROVEN, Prover, prover
from telemed_infra.pipeline.errors import NoBuild
from telemed_infra.pipeline.layout import (
    FAILOVER_PLAN,
    ConfigFile,
    batches_of,
    site_folder,
    written_files,
)
from telemed_infra.pipeline.manifest import MANIFEST, read_manifest, standing
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.parallel import each
from telemed_infra.pipeline.summary import ProofTotals
from telemed_infra.prove.failover_plan import prove_plan
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
        NoBuild: there is no build.
        WorkerLost: a process was ended from outside.
    """
    start = perf_counter()
    if not (request.build / "configs").is_dir():
        raise NoBuild(request.build)
    with collector_paused():
        network = load(request.inventory, as_of=request.as_of, environment=request.environment)
        meaning = Meaning(network)
        worker = _Worker(request.build, meaning, prover(meaning))
        totals = ProofTotals()
        verdicts: list[Verdict] = []

        def judge_all() -> None:
            verdicts.extend(judge(network, meaning.ends, meaning.intent.flows))

        batches = list(batches_of(network, None))
        totals.join(each(worker.batch, batches, request.jobs, meanwhile=judge_all))
        findings = list(totals.findings)
    findings += [expectation_finding(one) for one in verdicts if not one.holds]
    if totals.empty:
        findings.append(Finding(device="proof", line=0, kind="empty", says="nothing was proven"))
    basis = "configuration texts and inventory"
    if not request.proof_only:
        findings += _plan(request.build, meaning)
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
            for device in self.meaning.network.devices_of(self.meaning.network.sites[name]):
                for file in written_files(self.meaning, device):
                    if file.part in PROVEN:  # a sensor lets nothing pass or stop
                        self._file(device, file, totals)
        return totals

    def _file(self, device: Device, file: ConfigFile, totals: ProofTotals) -> None:
        path = f"{site_folder(device.site)}/{file.name}"
        try:
            # Not `read_text`, to which a lone carriage return would be the end of a line.
            text = (self.build / path).read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            totals.findings.append(
                Finding(device=path, line=0, kind="unread", says=f"cannot be read: {why}")
            )
            return
        proof = self.prover.prove(device, text, file.part)
        if proof.findings:
            found = tuple(replace(one, device=path) for one in proof.findings)
            proof = replace(proof, findings=found)
        totals.add(device, proof, file.platform, file.part)


def _plan(build: Path, meaning: Meaning) -> list[Finding]:
    try:
        content = (build / FAILOVER_PLAN).read_bytes()
    except OSError as error:
        says = f"cannot be read: {error.strerror}"
        return [Finding(device=FAILOVER_PLAN, line=0, kind="unread", says=says)]
    return prove_plan(FAILOVER_PLAN, content, meaning.network, meaning.plan)


def _against_manifest(build: Path) -> Iterator[Finding]:
    manifest = read_manifest(build / MANIFEST)
    if manifest is None:
        yield _manifest_finding(MANIFEST, "is missing, damaged or of another version")
        return
    known, there = manifest.files, standing(build)
    for name in sorted(known.keys() | there.keys()):
        if name not in there:
            yield _manifest_finding(name, "is missing")
        elif name not in known:
            yield _manifest_finding(name, "does not belong to the build")
        elif there[name] != known[name]:
            yield _manifest_finding(name, "was changed after the build")


def _manifest_finding(name: str, says: str) -> Finding:
    return Finding(device=name, line=0, kind="manifest", says=says)
