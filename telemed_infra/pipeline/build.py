"""The whole pipeline: inventory in, proven build out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from jinja2 import FileSystemLoader

import telemed_infra
from telemed_infra.intent.expectations import judge
from telemed_infra.model.hosts import hosts_of
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.model.pattern import matching
from telemed_infra.model.rules.policies import holds_until
from telemed_infra.pipeline.manifest import Manifest, content_hash, inputs_hash, read_manifest
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.native import NativeMode, ask
from telemed_infra.pipeline.origins import origin_text
from telemed_infra.pipeline.summary import ProofTotals, counts
from telemed_infra.pipeline.swap import (
    MANIFEST,
    Output,
    next_output,
    remove_strangers,
    write_if_changed,
)
from telemed_infra.pipeline.texts import Texts
from telemed_infra.pipeline.work import BatchResult, batches_of, run
from telemed_infra.prove.findings import Finding, expectation_finding
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

PROOF = "proof.json"


def _silent(done: int, whole: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What to build and how."""

    inventory: Path
    out: Path = Path("build")
    limit: frozenset[str] | str | None = None  # devices by name, or a pattern; None: all
    jobs: int = 2
    environment: str | None = None
    native: NativeMode = "shape"
    as_of: date | None = None
    check_only: bool = False  # prove, and write nothing that stays
    progress: Callable[[int, int], None] = field(default=_silent)  # sites done, of all


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What a build came to. Without findings it stands at `out`; with findings the old one does."""

    counts: dict[str, int]
    files: int
    changed: int  # files that differ from what stood there
    lines: dict[str, int]  # by platform
    management_only: dict[str, int]  # devices by role whose own function comes later
    proof: dict[str, Any]
    expectations: int
    native: dict[str, Any]
    findings: tuple[Finding, ...]
    seconds: float
    trusted: str = ""  # hash of the inputs, if nothing had changed and nothing was done

    @property
    def proven(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "counts": self.counts,
            "files": self.files,
            "changed": self.changed,
            "lines": self.lines,
            "management_only": self.management_only,
            "proof": self.proof,
            "expectations": self.expectations,
            "native": self.native,
            "findings": [str(one) for one in self.findings],
            "proven": self.proven,
            "seconds": round(self.seconds, 3),
            "trusted": self.trusted,
        }


def build(request: BuildRequest) -> BuildResult:
    """Builds and proves; the build takes its place if there is no finding.

    Raises:
        InputError: the inventory has problems; nothing was written.
        OutputError: the output cannot be written; what stands there is untouched.
        PatternError: `limit` names nothing.
    """
    start = perf_counter()
    if request.check_only:
        with TemporaryDirectory(prefix="telemed-") as scratch:
            return _build(replace(request, out=Path(scratch, "build")), "", start)
    inputs = "" if request.limit is not None else _inputs(request)
    known = read_manifest(request.out / MANIFEST)
    if known and known.current(inputs, request.as_of, request.native) and known.intact(request.out):
        return _trusted(known, perf_counter() - start)
    return _build(request, inputs, start)


def _inputs(request: BuildRequest) -> str:
    program = Path(telemed_infra.__file__).parent
    return inputs_hash([request.inventory, shipped("templates"), program], request.environment)


def _trusted(known: Manifest, seconds: float) -> BuildResult:
    shown = dict(known.summary)
    for name in ("findings", "proven", "seconds"):
        shown.pop(name)
    return BuildResult(
        **shown | {"trusted": known.inputs, "changed": 0}, findings=(), seconds=seconds
    )


def _build(request: BuildRequest, inputs: str, start: float) -> BuildResult:
    network = load(request.inventory, as_of=request.as_of, environment=request.environment)
    limit = _named(request.limit, network)
    meaning = Meaning(network)
    texts = Texts(meaning, environment(FileSystemLoader(shipped("templates"))))
    with next_output(request.out) as output:
        before = read_manifest(output.current / MANIFEST) if output.current else None
        total = sum(map(len, batches_of(network, limit)))
        done = 0

        def progress(sites: int) -> None:
            nonlocal done
            done += sites
            request.progress(done, total)

        batches = run(texts, output, limit, request.jobs, progress)
        result, files = _judged(request, meaning, output, batches, before)
        result = replace(result, seconds=perf_counter() - start)
        if result.proven:
            _finish(request, network, output, files, inputs, result)
            output.accept()
    return result


def _named(limit: frozenset[str] | str | None, network: Network) -> frozenset[str] | None:
    if not isinstance(limit, str):
        return limit
    hosts = hosts_of(network)
    return frozenset(matching(limit, hosts.names, hosts.groups))


def _judged(
    request: BuildRequest,
    meaning: Meaning,
    output: Output,
    batches: list[BatchResult],
    before: Manifest | None,
) -> tuple[BuildResult, dict[str, str]]:
    """Sums the batches, asks the expectations and the platforms' own programs."""
    network = meaning.network
    proof = ProofTotals()
    proof.join(one.proof for one in batches)
    files = {path: known for one in batches for path, known in one.files.items()}
    known = before.files if before else {}
    changed = [path for path, content in files.items() if known.get(path) != content]
    verdicts = judge(network, meaning.ends, meaning.intent.flows)
    findings = list(proof.findings)
    findings += [expectation_finding(one) for one in verdicts if not one.holds]
    if proof.empty and request.limit is None:
        findings.append(Finding(device="proof", line=0, kind="empty", says="nothing was proven"))
    native = ask(
        output.folder,
        [unit for one in batches for unit in one.units],
        request.native,
        request.jobs,
        frozenset(changed if before else ()),
    )
    findings += native.findings(partial(origin_text, output.folder))
    lines: Counter[str] = Counter()
    for one in batches:
        lines += one.lines
    result = BuildResult(
        counts=counts(network, meaning.plan),
        files=len(files),
        changed=len(changed),
        lines=dict(sorted(lines.items())),
        management_only=_management_only(network),
        proof=proof.as_json(),
        expectations=len(verdicts),
        native=native.as_json(),
        findings=tuple(findings),
        seconds=0.0,
    )
    return result, files


def _finish(
    request: BuildRequest,
    network: Network,
    output: Output,
    files: dict[str, str],
    inputs: str,
    result: BuildResult,
) -> None:
    """Completes the folder: what a limited build leaves alone, proof and manifest; the rest goes."""
    if request.limit is not None:
        files = _carried_over(output, files)
    proof = json.dumps(result.proof, indent=1, ensure_ascii=False).encode() + b"\n"
    write_if_changed(output.folder / PROOF, proof)
    files[PROOF] = content_hash(proof)
    remove_strangers(output.folder, {*files, MANIFEST})
    manifest = Manifest(
        inputs=inputs,
        holds_until=holds_until(network.policies, network.review_months).isoformat(),
        native=request.native,
        files=files,
        summary=result.as_json() | {"seconds": 0, "changed": 0},
    )
    (output.folder / MANIFEST).write_bytes(manifest.to_json())


def _carried_over(output: Output, files: dict[str, str]) -> dict[str, str]:
    """With a limit, every other file of the current build comes along as it is."""
    before = read_manifest(output.current / MANIFEST) if output.current else None
    if before is None or output.current is None:
        return files
    for path in before.files.keys() - files.keys() - {PROOF}:
        target = output.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_if_changed(target, (output.current / path).read_bytes())
    return {**before.files, **files}


def _management_only(network: Network) -> dict[str, int]:
    return dict(
        sorted(Counter(device.role for device in network.devices if device.management_only).items())
    )
