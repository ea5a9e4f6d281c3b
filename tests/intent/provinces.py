"""A network whose policies and expectations can be others, and words to write them with."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from telemed_infra.intent.ends import Ends
from telemed_infra.intent.expectations import Verdict, judge
from telemed_infra.intent.network import Flow
from telemed_infra.intent.scope import scopes
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.model.schema.policy_file import Expectation, Policy, Selector
from telemed_infra.plan.network import network_plan

INVENTORY = Path(__file__).parents[2] / "inventory"
SITES = ["township", "county-center", "county-hospital", "city-hospital", "provincial-hospital"]
TOWNSHIPS = {"kind": "township", "zone": "IMAGING"}
HOSPITALS = {"kind": ["county-hospital", "county-center"], "zone": "IMAGING"}


class Province:
    """A network whose policies and expectations can be others."""

    def __init__(self, inventory: Path) -> None:
        self.network = load(inventory, as_of=None)
        self.ends = Ends(self.network, network_plan(self.network))

    def judge(self, **fields: Iterable[Expectation] | Iterable[Policy]) -> list[Verdict]:
        """With other `expectations` or `policies`."""
        network = self.changed(**{name: tuple(items) for name, items in fields.items()}).network
        return judge(network, self.ends, self.flows(network))

    def flows(self, network: Network) -> list[Flow]:
        return [
            Flow(policy, sources, targets)
            for policy in network.policies
            for _, sources, targets in scopes(
                policy, self.ends.of(policy.source), self.ends.of(policy.to)
            )
        ]

    def one(self, asked: Expectation, *policies: Policy) -> Verdict:
        (verdict,) = self.judge(expectations=[asked], policies=policies)
        return verdict

    def changed(self, **fields: Any) -> Province:
        other = copy(self)
        other.network = replace(self.network, **fields)
        return other

    def without(self, name: str) -> list[Policy]:
        return [policy for policy in self.network.policies if policy.id != name]


Words = dict[str, Any]


def expect(
    verdict: str, source: Words, to: Words, apps: list[str] | None = None, name: str = "E001"
) -> Expectation:
    return Expectation.model_validate(
        {"id": name, "says": "what must hold", "from": source, "to": to, "verdict": verdict}
        | ({"apps": apps} if apps else {})
    )


def allow(source: Words, to: Words, apps: list[str], name: str = "P0001") -> Policy:
    words = dict.fromkeys(["owner", "requester", "approved_by"], "somebody")
    words |= {"reason": "a test", "ticket": "CHG-1"}
    return Policy.model_validate(
        {"id": name, "from": source, "to": to, "apps": apps, "reviewed": date(2026, 1, 1), **words}
    )


def selected(selector: Selector) -> Words:
    return selector.model_dump(exclude_none=True)
