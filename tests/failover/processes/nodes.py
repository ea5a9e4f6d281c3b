"""A place of the laboratory's plan with a node file of a test's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from failover.laboratory.places import plan_document
from failover.node_file.content import NodeFile
from failover.plan_file.reading import hash_of, plan_file_of
from failover.processes.places import Place

NOWHERE = Path("/nowhere")


def place_with(actuators: Mapping[str, object] | None = None, **described: Any) -> Place:
    """`described`: what the node file of dc-a says besides; `actuators`: the first group's."""
    document = plan_document()
    if actuators is not None:
        document["groups"][0]["actuators"] = actuators
        document["hash"] = hash_of(document)
    node = NodeFile(
        name="dc-a",
        plan=NOWHERE / "plan.json",
        keys=NOWHERE,
        run=NOWHERE,
        state=NOWHERE,
        register=None,
        page=(),
        **described,
    )
    return Place(node=node, plan=plan_file_of("plan.json", json.dumps(document).encode()))
