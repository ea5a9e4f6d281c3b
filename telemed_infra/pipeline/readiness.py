"""Can a sound inventory be built by this program? Platforms' limits, circuits, named files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from telemed_infra.model.finding import did_you_mean, listed
from telemed_infra.model.network import Network
from telemed_infra.plan.circuits import uncarried
from telemed_infra.plan.circuits_encrypted import encrypting_strangers
from telemed_infra.plan.gaps import administration_gaps
from telemed_infra.plan.limits import beyond_the_platforms
from telemed_infra.plan.network import network_plan
from telemed_infra.plan.tunnels import strangers
from telemed_infra.problem import InputError, Problem
from telemed_infra.resources import shipped

RULES = Path("suricata", "rules")


def assert_buildable(network: Network) -> None:
    """Nothing happens if it can.

    Raises:
        InputError: with everything that stands in the way.
    """
    problems = [
        *beyond_the_platforms(network),
        *administration_gaps(network),
        *uncarried(network),
        *strangers(network),
        *encrypting_strangers(network, network_plan(network)),
        *_rule_sets_without_a_file(network, shipped("templates")),
    ]
    if problems:
        raise InputError(problems)


def _rule_sets_without_a_file(network: Network, templates: Path) -> Iterator[Problem]:
    there = sorted(path.stem for path in (templates / RULES).glob("*.rules"))
    for name, rules in network.ids.rule_sets.items():
        if name not in there:
            yield Problem.at(
                rules.origin,
                f"rule_sets.{name}",
                f"there is no file templates/{RULES.as_posix()}/{name}.rules",
                did_you_mean(name, there) or f"there are: {listed(there, most=16)}",
            )
