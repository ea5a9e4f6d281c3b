"""More rules than a platform holds are told at the site's line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.prove import budgets
from telemed_infra.prove.budgets import within_budget
from telemed_infra.prove.findings import DeviceProof
from tests.plan.variants import mixed, network


@pytest.mark.parametrize(("rules", "findings"), [(100, 0), (101, 1)])
def test_a_budget(rules: int, findings: int, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(PLATFORMS["h3c_secpath"], rules_max=100)
    monkeypatch.setattr(budgets, "PLATFORMS", PLATFORMS | {"h3c_secpath": small})
    device = next(one for one in network(mixed()).devices if one.platform == "h3c_secpath")
    proof = within_budget(device, DeviceProof(device=device.name, rules=rules))
    assert proof.rules == rules
    told = (
        f"{device.name}: budget: 101 rules, and h3c_secpath holds 100: choose another vendor for "
        f"the site, or policies with fewer selectors (from {device.origin})"
    )
    assert [str(one) for one in proof.findings] == [told] * findings
    assert device.origin.startswith("inventory/data_centers.yml:")
