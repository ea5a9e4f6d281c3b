"""`ansible-inventory --list` by our plugin; beside it Ansible's own YAML with the same content."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Row, memory, wall
from benchmarks.flat import flat_inventory
from benchmarks.process import BIN, Failed, measure

TARGET_S, TARGET_MB = 3.0, 150.0
PEER = "Ansible's own YAML, same hosts, groups, variables"
PROGRAM = BIN / "ansible-inventory"


def rows(bench: Bench) -> list[Row]:
    flat = bench.once(flat_inventory)
    bench.say("listing the province with ansible-inventory")
    environment = bench.ansible_environment()
    own, peer = [], []
    for _ in range(bench.runs):
        own.append(measure([PROGRAM, "--list"], environment=environment))
        peer.append(
            measure(
                [PROGRAM, "--list", "-i", flat],
                environment={**environment, "ANSIBLE_INVENTORY_ENABLED": "yaml"},
            )
        )
    mine, other = (canonical(json.loads(runs[-1].output)) for runs in (own, peer))
    if mine != other:
        raise Failed("the plugin and Ansible's own YAML do not list the same: no comparison")
    hosts = len(mine["_meta"]["hostvars"])
    return [
        Row(
            subject="inventory", what="`ansible-inventory --list`", target=TARGET_S,
            figure=wall(own), peer=PEER, beside=wall(peer),
            note=f"{hosts:,} hosts, {len(mine) - 1} groups; both listings compared, equal",
        ),
        Row(
            subject="inventory", what="memory of `ansible-inventory --list`", target=TARGET_MB,
            figure=memory(own), peer=PEER, beside=memory(peer),
        ),
    ]  # fmt: skip


def canonical(listed: dict[str, Any]) -> dict[str, Any]:
    """A listing without what depends on the order in which hosts and groups were found."""
    return {
        name: content if name == "_meta" else {key: sorted(value) for key, value in content.items()}
        for name, content in listed.items()
    }
