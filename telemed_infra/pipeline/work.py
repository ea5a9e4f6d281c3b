"""Batches of sites → files and proofs; the network that they share is made before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from telemed_infra.model.network import Device, Site
from telemed_infra.native.check import shape_of
from telemed_infra.native.report import NativeFile, NativeReport, Unit
from telemed_infra.native.shape import Shapes
from telemed_infra.pipeline.device import Prover, prover
from telemed_infra.pipeline.layout import site_folder
from telemed_infra.pipeline.manifest import content_hash
from telemed_infra.pipeline.native import Asking, NativeUnit
from telemed_infra.pipeline.origins import ORIGINS
from telemed_infra.pipeline.summary import ProofTotals
from telemed_infra.pipeline.swap import Output, write_if_changed, writing
from telemed_infra.pipeline.texts import Texts
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.render.text import Rendered


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
        native: dict[str, list[NativeFile]] = {}
        for one in self.texts.of(site):
            device = one.device
            if self.limit is not None and device.name not in self.limit:
                continue
            text = one.rendered.text
            path = f"{folder}/{one.name}"
            self._write(path, text, result)
            origins[one.name] = one.rendered.origins
            native.setdefault(device.name, []).append(
                NativeFile(path=Path(path), platform=device.platform, device=device.name, text=text)
            )
            result.lines[device.platform] += text.count("\n")
            if device.platform != "suricata":
                result.proof.add(self._proven(device, path, one.rendered), device.platform)
        result.units += map(self._unit, native.values())
        content = json.dumps(origins, separators=(",", ":"), ensure_ascii=False)
        self._write(f"{folder}/{ORIGINS}", content + "\n", result)
        return [file for files in native.values() for file in files]

    def _proven(self, device: Device, path: str, rendered: Rendered) -> DeviceProof:
        """The proof, its findings with their file and the inventory lines that they come from."""
        proof = self._prover.prove(device, rendered.text)
        if not proof.findings:
            return proof
        return replace(
            proof,
            findings=tuple(
                replace(one, device=path, origin=rendered.origin(one.line))
                for one in proof.findings
            ),
        )

    def _unit(self, files: list[NativeFile]) -> NativeUnit:
        unit = Unit(platform=files[0].platform, files=tuple(files))
        paths = tuple(str(file.path) for file in files)
        return NativeUnit(
            device=unit.device,
            platform=unit.platform,
            paths=paths,
            shape=shape_of(unit, self._shapes) if self.asking.mode == "shape" else "",
            size=sum(len(file.text) for file in files),
        )

    def _kept_origins(self, folder: str) -> dict[str, object]:
        if self.limit is None or self.current is None:
            return {}
        try:
            kept = json.loads((self.current / folder / ORIGINS).read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, path: str, text: str, result: BatchResult) -> None:
        content = text.encode()
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
