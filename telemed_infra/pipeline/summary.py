"""The numbers of a run, summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemed_infra.pipeline.layout import Part
from telemed_infra.plan.network import instances

if TYPE_CHECKING:  # `telemed check` counts, and never waits for the proof
    from telemed_infra.model.network import Device, Network
    from telemed_infra.plan.network import NetworkPlan
    from telemed_infra.prove.findings import DeviceProof, Finding


def counts(network: Network, plan: NetworkPlan | None = None) -> dict[str, int]:
    """What the inventory holds, as `check --json` shows it; `plan` if it is made already."""
    kinds = Counter(site.kind for site in network.sites.values())
    return {
        "sites": len(network.sites),
        "data_centers": kinds["data-center"],
        "hospitals": kinds["provincial-hospital"]
        + kinds["city-hospital"]
        + kinds["county-hospital"],
        "county_centers": kinds["county-center"],
        "townships": kinds["township"],
        "devices": len(network.devices),
        "endpoints": sum(site.endpoints for site in network.sites.values()),
        "services": len(network.services),
        "instances": len(plan.instances if plan else instances(network)),
        "policies": len(network.policies),
    }


@dataclass(slots=True)
class RoleTotals:
    """What the texts of one role do, and how long they are."""

    devices: int = 0
    lines: int = 0
    effective: int = 0  # of them saying which packets, frames and routes pass
    functions: Counter[str] = field(default_factory=Counter)  # devices by function

    def join(self, other: RoleTotals) -> None:
        """Adds those of another worker."""
        self.devices += other.devices
        self.lines += other.lines
        self.effective += other.effective
        self.functions += other.functions

    def as_json(self) -> dict[str, object]:
        """For `proof.json`."""
        return {
            "devices": self.devices,
            "lines": self.lines,
            "lines_effective": self.effective,
            "functions": dict(sorted(self.functions.items())),
        }


@dataclass(slots=True)
class ProofTotals:
    """Sizes of the proof, so that an empty one shows."""

    devices: int = 0
    must: int = 0
    may: int = 0
    rules: int = 0
    ways: int = 0
    lines: int = 0
    covered: int = 0
    effective: int = 0
    by_platform: Counter[str] = field(default_factory=Counter)
    by_role: dict[str, RoleTotals] = field(default_factory=dict)  # kind of site and role
    findings: list[Finding] = field(default_factory=list)

    def add(self, device: Device, proof: DeviceProof, platform: str, part: Part) -> None:
        """One more file; a device is counted by the one that is all of it, or its filter."""
        role = self.by_role.setdefault(f"{device.blueprint.kind} {device.role}", RoleTotals())
        role.devices += part is Part.DEVICE
        role.lines += proof.lines
        role.effective += proof.effective
        role.functions.update(proof.functions)
        self.devices += part is Part.DEVICE
        self.must += proof.must
        self.may += proof.may
        self.rules += proof.rules
        self.ways += proof.ways
        self.lines += proof.lines
        self.covered += proof.covered
        self.effective += proof.effective
        self.by_platform[platform] += 1
        self.findings.extend(proof.findings)

    def join(self, others: Iterable[ProofTotals]) -> None:
        """Adds the totals of other workers."""
        for other in others:
            for name in (
                "devices",
                "must",
                "may",
                "rules",
                "ways",
                "lines",
                "covered",
                "effective",
            ):
                setattr(self, name, getattr(self, name) + getattr(other, name))
            self.by_platform += other.by_platform
            for name, role in other.by_role.items():
                self.by_role.setdefault(name, RoleTotals()).join(role)
            self.findings += other.findings

    @property
    def empty(self) -> bool:
        """A proof about nothing proves nothing."""
        return not (self.devices and self.must and self.rules and self.ways)

    def as_json(self) -> dict[str, object]:
        """For `proof.json`."""
        return {
            "devices": self.devices,
            "by_platform": dict(sorted(self.by_platform.items())),
            "by_role": {name: role.as_json() for name, role in sorted(self.by_role.items())},
            "openings_must": self.must,
            "openings_may": self.may,
            "rules": self.rules,
            "ways": self.ways,
            "lines": self.lines,
            "coverage": round(self.covered / self.lines, 6) if self.lines else 0.0,
            "lines_effective": self.effective,
            "findings": [
                {
                    "device": one.device,
                    "line": one.line,
                    "kind": one.kind,
                    "says": one.says,
                    "policies": list(one.policies),
                }
                for one in self.findings
            ],
        }
