"""Batches of sites → files and proofs; the network that they share is made before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec.json import encode

from telemed_infra.model.network import Device, Site
from telemed_infra.native.check import READ, shape_of, units_of
from telemed_infra.native.report import NativeFile, NativeReport, Unit
from telemed_infra.native.shape import Shapes
from telemed_infra.pipeline.device import PROVEN, Prover, prover
from telemed_infra.pipeline.layout import site_folder
from telemed_infra.pipeline.manifest import content_hash
from telemed_infra.pipeline.native import Asking, NativeUnit
from telemed_infra.pipeline.origins import ORIGINS
from telemed_infra.pipeline.summary import ProofTotals
from telemed_infra.pipeline.swap import Output, write_if_changed, writing
from telemed_infra.pipeline.texts import DeviceText, Texts
from telemed_infra.prove.findings import DeviceProof


@dataclass(slots=True)
class BatchResult:
    """What became of a batch of sites."""

    sites: int = 0
    files: dict[str, str] = field(default_factory=dict)  # path below the build → hash
    lines: Counter[str] = field(default_factory=Counter)  # by platform
    proof: ProofTotals = field(default_factory=ProofTotals)
    units: list[NativeUnit] = field(default_factory=list)  # for the platforms' own programs
    native: list[NativeReport] = field(default_factory=list)  # if they are asked about every text


@dataclass(slots=True)
class Worker:
    """Makes, proves and writes sites."""

    texts: Texts
    folder: Path
    current: Path | None  # the build before, for what this one leaves as it is
    limit: frozenset[str] | None  # names of devices; None: all
    asking: Asking
    _prover: Prover
    _shapes: Shapes = field(default_factory=Shapes)

    def batch(self, sites: Sequence[str]) -> BatchResult:
        """All devices of some sites."""
        result = BatchResult(sites=len(sites))
        files: list[NativeFile] = []
        for name in sites:
            files += self._site(self.texts.meaning.network.sites[name], result)
        if self.asking.mode == "all":
            result.native.append(self.asking.about(files))
        return result

    def _site(self, site: Site, result: BatchResult) -> list[NativeFile]:
        folder = site_folder(site)
        with writing(self.folder / folder):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        origins = self._kept_origins(folder)
        native: list[NativeFile] = []
        for one in self.texts.of(site):
            device = one.device
            if self.limit is not None and device.name not in self.limit:
                continue
            text = one.rendered.text
            path = f"{folder}/{one.name}"
            self._write(path, text.encode(), result)
            origins[one.name] = one.rendered.origins
            native.append(
                NativeFile(path=Path(path), platform=one.platform, device=device.name, text=text)
            )
            result.lines[one.platform] += text.count("\n")
            if one.part in PROVEN:
                proof = self._proven(device, path, one)
                result.proof.add(device, proof, one.platform, one.part)
        result.units += map(self._unit, units_of(native))
        self._write(f"{folder}/{ORIGINS}", encode(origins) + b"\n", result)
        return native

    def _proven(self, device: Device, path: str, one: DeviceText) -> DeviceProof:
        """The proof, its findings with their file and the inventory lines that they come from."""
        rendered = one.rendered
        proof = self._prover.prove(device, rendered.text, one.part)
        if not proof.findings:
            return proof
        return replace(
            proof,
            findings=tuple(
                replace(each, device=path, origin=rendered.origin(each.line) or each.origin)
                for each in proof.findings
            ),
        )

    def _unit(self, unit: Unit) -> NativeUnit:
        paths = tuple(str(file.path) for file in unit.files)
        by_shape = self.asking.mode == "shape" and unit.platform in READ
        return NativeUnit(
            device=unit.device,
            platform=unit.platform,
            paths=paths,
            shape=shape_of(unit, self._shapes) if by_shape else "",
            size=sum(len(file.text) for file in unit.files),
        )

    def _kept_origins(self, folder: str) -> dict[str, object]:
        if self.limit is None or self.current is None:
            return {}
        try:
            kept = json.loads((self.current / folder / ORIGINS).read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, path: str, content: bytes, result: BatchResult) -> None:
        target = self.folder / path
        with writing(target):
            try:
                write_if_changed(target, content)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                write_if_changed(target, content)
        result.files[path] = content_hash(content)


def worker(texts: Texts, output: Output, limit: frozenset[str] | None, asking: Asking) -> Worker:
    """Who makes a build's sites; each process has a copy."""
    place = output.folder, output.current
    return Worker(texts, *place, limit, asking, prover(texts.meaning))
