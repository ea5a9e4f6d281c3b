"""The whole pipeline: inventory in, proven build out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from jinja2 import FileSystemLoader

import telemed_infra
from telemed_infra.collector import collector_paused
from telemed_infra.intent.expectations import judge
from telemed_infra.model.files import Texts as Inventory
from telemed_infra.model.files import read_inventory
from telemed_infra.model.hosts import hosts_of
from telemed_infra.model.load import load_texts
from telemed_infra.model.network import Network
from telemed_infra.model.pattern import matching
from telemed_infra.model.rules.policies import holds_until
from telemed_infra.pipeline.errors import OutputError
from telemed_infra.pipeline.layout import batches_of
from telemed_infra.pipeline.manifest import (
    MANIFEST,
    NO_FILE,
    Manifest,
    content_hash,
    inputs_hash,
    read_manifest,
    standing,
)
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.native import NativeMode, ask
from telemed_infra.pipeline.origins import origin_text
from telemed_infra.pipeline.readiness import assert_buildable
from telemed_infra.pipeline.summary import ProofTotals, counts
from telemed_infra.pipeline.swap import (
    Output,
    next_output,
    remove_strangers,
    scratch_output,
    write_if_changed,
    writing,
)
from telemed_infra.pipeline.texts import Texts
from telemed_infra.pipeline.work import BatchResult, run
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
    refused: str = ""  # the folder where a build with findings lies, until the next one
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
            "refused": self.refused,
            "trusted": self.trusted,
        }


def build(request: BuildRequest) -> BuildResult:
    """Builds and proves; the build takes its place if there is no finding.

    Raises:
        InputError: the inventory has problems; nothing was written.
        OutputError: the output cannot be written; what stands there is untouched.
        PatternError: `limit` names nothing.
        WorkerLost: a process was ended from outside; what stands at `out` is untouched.
    """
    start = perf_counter()
    with collector_paused():
        inventory = read_inventory(request.inventory, request.environment)
        inputs = "" if request.limit is not None else _inputs(inventory)
        known = read_manifest(request.out / MANIFEST)
        current = known and known.current(inputs, request.as_of, request.native)
        if known and current and standing(request.out) == known.files:
            return _trusted(known, perf_counter() - start)
        result = _build(request, inventory, inputs)
    return replace(result, seconds=perf_counter() - start)


def _inputs(inventory: Inventory) -> str:
    program = Path(telemed_infra.__file__).parent
    return inputs_hash(inventory, [shipped("templates"), program])


def _trusted(known: Manifest, seconds: float) -> BuildResult:
    """What the build said that stands; its manifest is of this program, so it has each number."""
    shown = {
        key: value for key, value in known.summary.items() if key not in ("findings", "proven")
    }
    return BuildResult(
        **shown | {"trusted": known.inputs, "changed": 0, "seconds": seconds}, findings=()
    )


def _build(request: BuildRequest, inventory: Inventory, inputs: str) -> BuildResult:
    network = load_texts(inventory, as_of=request.as_of)
    assert_buildable(network)
    limit = _named(request.limit, network)
    meaning = Meaning(network)
    texts = Texts(meaning, environment(FileSystemLoader(shipped("templates"))))
    place = scratch_output if request.check_only else next_output
    with place(request.out) as output:
        before = _before(request, output.current)
        total = sum(map(len, batches_of(network, limit)))
        done = 0

        def progress(sites: int) -> None:
            nonlocal done
            done += sites
            request.progress(done, total)

        batches = run(texts, output, limit, request.jobs, progress)
        result, files = _judged(request, meaning, output, batches, before)
        if request.check_only:
            return result
        if not result.proven:
            return replace(result, refused=str(output.folder))
        with writing(output.folder):
            _finish(request, network, output, _Made(inputs, files, result), before)
        output.accept()
    return result


@dataclass(frozen=True, slots=True)
class _Before:
    """The build that stands: what its manifest says, and what is really there."""

    manifest: Manifest | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def _before(request: BuildRequest, current: Path | None) -> _Before:
    if current is None:
        return _Before()
    manifest = read_manifest(current / MANIFEST)
    if manifest is None and request.limit is not None:
        raise OutputError(
            f"{request.out}: its manifest is missing, damaged or of another version",
            "the rest of that build cannot be kept: build once without --limit",
        )
    return _Before(manifest, standing(current))


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
    before: _Before,
) -> tuple[BuildResult, dict[str, str]]:
    """Sums the batches, asks the expectations and the platforms' own programs."""
    network = meaning.network
    proof = ProofTotals()
    proof.join(one.proof for one in batches)
    files = {path: known for one in batches for path, known in one.files.items()}
    changed = {path for path, content in files.items() if before.files.get(path) != content}
    gone = before.files.keys() - files.keys() - {PROOF} if request.limit is None else set()
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
        frozenset(changed if before.files else ()),
    )
    findings += native.findings(partial(origin_text, output.folder))
    lines: Counter[str] = Counter()
    for one in batches:
        lines += one.lines
    result = BuildResult(
        counts=counts(network, meaning.plan),
        files=len(files),
        changed=len(changed) + len(gone),
        lines=dict(sorted(lines.items())),
        management_only=_management_only(network),
        proof=proof.as_json(),
        expectations=len(verdicts),
        native=native.as_json(),
        findings=tuple(findings),
        seconds=0.0,
    )
    return result, files


@dataclass(frozen=True, slots=True)
class _Made:
    """A build whose files are written."""

    inputs: str
    files: dict[str, str]
    result: BuildResult


def _finish(
    request: BuildRequest, network: Network, output: Output, made: _Made, before: _Before
) -> None:
    """Completes the folder: what a limited build leaves alone, proof, manifest; the rest goes."""
    files = made.files
    if request.limit is not None:
        files = _carried_over(output, before, files) | files
    whole = {"whole": request.limit is None, **made.result.proof}
    proof = json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"
    write_if_changed(output.folder / PROOF, proof)
    files[PROOF] = content_hash(proof)
    remove_strangers(output.folder, {*files, MANIFEST})
    manifest = Manifest(
        inputs=made.inputs,
        holds_until=holds_until(network.policies, network.review_months).isoformat(),
        reviewed=max((one.reviewed.isoformat() for one in network.policies), default=""),
        native=request.native,
        files=files,
        summary=made.result.as_json() | {"seconds": 0, "changed": 0},
    )
    (output.folder / MANIFEST).write_bytes(manifest.to_json())


def _carried_over(output: Output, before: _Before, made: Collection[str]) -> dict[str, str]:
    """With a limit, every other file of the current build comes along as it is.

    Its hash stays the manifest's: what was changed by hand is not approved by being copied.
    """
    if before.manifest is None or output.current is None:
        return {}
    known = before.manifest.files
    there = [
        path
        for path, content in before.files.items()
        if path in known and path not in made and content != NO_FILE
    ]
    for path in there:
        target = output.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_if_changed(target, (output.current / path).read_bytes())
    return {path: known[path] for path in there}


def _management_only(network: Network) -> dict[str, int]:
    return dict(
        sorted(Counter(device.role for device in network.devices if device.management_only).items())
    )
