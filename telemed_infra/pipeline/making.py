"""An inventory's texts → a build: made, proven, judged, and put in its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from jinja2 import FileSystemLoader

from telemed_infra.intent.expectations import Verdict, judge
from telemed_infra.model.files import Texts as Inventory
from telemed_infra.model.hosts import hosts_of
from telemed_infra.model.load import load_texts
from telemed_infra.model.network import Network
from telemed_infra.model.pattern import matching
from telemed_infra.model.rules.policies import holds_until
from telemed_infra.pipeline.errors import OutputError
from telemed_infra.pipeline.failover import make_plan
from telemed_infra.pipeline.layout import batches_of
from telemed_infra.pipeline.manifest import (
    MANIFEST,
    NO_FILE,
    Manifest,
    content_hash,
    read_manifest,
    standing,
)
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.native import (
    Asking,
    NativeTotals,
    ask_about_shapes,
    prepare,
    totals_of,
)
from telemed_infra.pipeline.origins import origin_text
from telemed_infra.pipeline.parallel import each
from telemed_infra.pipeline.readiness import assert_buildable
from telemed_infra.pipeline.request import BuildRequest, BuildResult
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
from telemed_infra.pipeline.work import BatchResult, worker
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.routing import joins_sites
from telemed_infra.prove.findings import Finding, expectation_finding
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

PROOF = "proof.json"


def make(request: BuildRequest, inventory: Inventory, inputs: str) -> BuildResult:
    """Builds and proves; the build takes its place if there is no finding.

    `inputs` is the hash of what decides the build. Raises what `pipeline.build.build` does.
    """
    network = load_texts(inventory, as_of=request.as_of)
    assert_buildable(network)
    limit = _named(request.limit, network)
    meaning = Meaning(network)
    place = scratch_output if request.check_only else next_output
    with place(request.out) as output:
        before = _before(request, output.current)
        done = _done(request, meaning, output, limit)
        result, files = _judged(request, meaning, output, done, before)
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


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of all batches, and meanwhile of the expectations."""

    batches: list[BatchResult]
    verdicts: list[Verdict]
    asking: Asking


def _done(
    request: BuildRequest, meaning: Meaning, output: Output, limit: frozenset[str] | None
) -> _Done:
    """Makes all sites, by several processes; judges the expectations beside them."""
    network = meaning.network
    texts = Texts(meaning, environment(FileSystemLoader(shipped("templates"))))
    asking = prepare(request.native)
    batches = list(batches_of(network, limit))
    whole = sum(map(len, batches))
    made = 0
    verdicts: list[Verdict] = []

    def progress(result: BatchResult) -> None:
        nonlocal made
        made += result.sites
        request.progress(made, whole)

    def judge_all() -> None:
        verdicts.extend(judge(network, meaning.ends, meaning.intent.flows))

    work = worker(texts, output, limit, asking)
    done = each(work.batch, batches, request.jobs, progress, judge_all)
    return _Done([*done, make_plan(meaning, output)], verdicts, asking)


def _judged(
    request: BuildRequest, meaning: Meaning, output: Output, done: _Done, before: _Before
) -> tuple[BuildResult, dict[str, str]]:
    """Sums the batches; asks the platforms' own programs, unless the batches have."""
    network, batches = meaning.network, done.batches
    proof = ProofTotals()
    proof.join(one.proof for one in batches)
    files = {path: known for one in batches for path, known in one.files.items()}
    changed = {path for path, content in files.items() if before.files.get(path) != content}
    gone = before.files.keys() - files.keys() - {PROOF} if request.limit is None else set()
    findings = list(proof.findings)
    findings += [expectation_finding(one) for one in done.verdicts if not one.holds]
    if proof.empty and request.limit is None:
        findings.append(Finding(device="proof", line=0, kind="empty", says="nothing was proven"))
    native = _native(request, output, done, frozenset(changed if before.files else ()))
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
        unrouted=_unrouted(network),
        unsynchronised=_unsynchronised(network),
        proof=proof.as_json(),
        expectations=len(done.verdicts),
        native=native.as_json(),
        findings=tuple(findings),
        seconds=0.0,
    )
    return result, files


def _native(
    request: BuildRequest, output: Output, done: _Done, changed: frozenset[str]
) -> NativeTotals:
    units = [unit for one in done.batches for unit in one.units]
    reports = [report for one in done.batches for report in one.native]
    if request.native == "shape":
        reports = ask_about_shapes(done.asking, output.folder, units, request.jobs, changed)
    return totals_of(done.asking, units, reports, changed)


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


def _unrouted(network: Network) -> dict[str, int]:
    """Whose sessions and routes are planned and not written: nothing of them is proven."""
    found = Counter(
        device.platform
        for device in network.devices
        if joins_sites(device) and not PLATFORMS[device.platform].routing
    )
    return dict(sorted(found.items()))


def _unsynchronised(network: Network) -> dict[str, int]:
    """Firewalls in pairs that know nothing of each other's connections: what is open breaks."""
    found = Counter(
        device.platform
        for device in network.devices
        if device.role == device.site.blueprint.enforcing
        and device.blueprint.devices[device.role].count > 1
        and PLATFORMS[device.platform].sync is None
    )
    return dict(sorted(found.items()))
