"""What a policy is, who answers for it, and which lines of a build come from it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from telemed_infra.intent.derived import DERIVED
from telemed_infra.model.finding import did_you_mean
from telemed_infra.model.network import Network
from telemed_infra.model.schema.policy_file import Policy
from telemed_infra.pipeline.errors import NoBuild, OriginError
from telemed_infra.pipeline.origins import ORIGINS


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLines:
    """A policy, and how many lines of each device's texts come from it."""

    policy: Policy
    lines: Counter[str]  # by file of the build, below `configs/`


def policy_of(network: Network, name: str) -> Policy:
    """The policy of that id.

    Raises:
        OriginError: the inventory has none.
    """
    for policy in network.policies:
        if policy.id == name:
            return policy
    for one in DERIVED:
        if one.id == name:
            raise OriginError(
                f"`{name}` is no policy of the inventory but the network's own: {one.title}",
                "name a line of a configuration: `telemed why DEVICE:LINE`",
            )
    raise OriginError(
        f"no policy `{name}`", did_you_mean(name, [one.id for one in network.policies])
    )


def lines_of(build: Path, policy: Policy) -> PolicyLines:
    """The lines of a build that come from a policy, by the origins beside them.

    Raises:
        NoBuild: there is no build.
        OriginError: the origins of a site cannot be read.
    """
    configs = build / "configs"
    if not configs.is_dir():
        raise NoBuild(build)
    lines: Counter[str] = Counter()
    for path in sorted(configs.rglob(ORIGINS)):
        try:
            known = json.loads(path.read_bytes())
            for name, pairs in known.items():
                if count := _lines(path.parent / name, pairs, policy.origin):
                    lines[(path.parent / name).relative_to(configs).as_posix()] = count
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise OriginError(
                f"{path} cannot be read: {error}", "build again with `telemed build`"
            ) from error
    return PolicyLines(policy=policy, lines=lines)


def _lines(path: Path, pairs: list[tuple[int, str]], origin: str) -> int:
    """How many lines have the origin; each pair holds up to the next, the last to the end."""
    starts = [first for first, _ in pairs]
    mine = [number for number, (_, origins) in enumerate(pairs) if origin in origins.split()]
    if mine and mine[-1] == len(pairs) - 1:
        starts.append(path.read_bytes().count(b"\n") + 1)
    return sum(starts[number + 1] - starts[number] for number in mine)
