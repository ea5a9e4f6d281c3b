"""Whether a device can hold what was read from its text."""

from __future__ import annotations

from dataclasses import replace

from telemed_infra.model.network import Device
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.prove.findings import DeviceProof, Finding


def within_budget(device: Device, proof: DeviceProof) -> DeviceProof:
    """The proof, with a finding at the site's line if there are more rules than the platform takes.

    Source: docs/reference/platforms.md, "Limits".
    """
    most = PLATFORMS[device.platform].rules_max
    if proof.rules <= most:
        return proof
    finding = Finding(
        device=device.name,
        line=0,
        kind="budget",
        says=f"{proof.rules:,} rules, and {device.platform} holds {most:,}: "
        "choose another vendor for the site, or policies with fewer selectors",
        origin=device.origin,
    )
    return replace(proof, findings=(*proof.findings, finding))
