"""Writes the province as Ansible's own YAML inventory: same hosts, groups and variables, in full.

python -m benchmarks.flat INVENTORY FILE
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bench import INVENTORY, Bench, python
from telemed_infra.model.hosts import hosts_of
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.pipeline.hosts import host_variables
from telemed_infra.plan.network import network_plan


def flat_inventory(bench: Bench) -> Path:
    """The file, written in a process of its own."""
    bench.say("writing the province as Ansible's own YAML")
    path = bench.folder("flat") / "province.yml"
    python("benchmarks.flat", INVENTORY, path)
    return path


def flattened(network: Network) -> dict[str, Any]:
    """Ansible's own layout: each host with its variables once, then groups by name."""
    plan = network_plan(network)
    hosts = hosts_of(network)
    below = {child for children in hosts.children.values() for child in children}

    def group(name: str) -> dict[str, Any]:
        content: dict[str, Any] = {"hosts": {host: {} for host in hosts.own(name)}}
        if name in hosts.children:
            content["children"] = {child: group(child) for child in hosts.children[name]}
        return content

    return {
        "all": {
            "hosts": {one.name: host_variables(one, plan) for one in network.devices},
            "children": {name: group(name) for name in hosts.groups if name not in below},
        }
    }


def _main(inventory: Path, file: Path) -> None:
    data = flattened(load(inventory, as_of=None))
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(data, stream, Dumper=dumper, sort_keys=False, allow_unicode=True)


if __name__ == "__main__":
    _main(*map(Path, sys.argv[1:]))
