"""A place of its own in a folder, with the register in a file: for the words, without processes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from failover.core.cells import (
    Content,
    Incarnation,
    OwnerCell,
    OwnerState,
    Term,
    decode,
    encode,
    keys_of,
    owner_key,
)
from failover.core.transaction import ABSENT, Compare, Put, Transaction
from failover.laboratory.places import plan_document
from failover.plan_file.reading import hash_of
from failover.processes.places import Place, place_of, register_of

LIFE = {site: Incarnation(site, f"boot-{site}", f"life-{site}") for site in ("dc-a", "dc-b")}


def make_place(folder: Path, extra: str = "") -> Path:
    """Plan, node file and folders; the node file's path."""
    document: dict[str, Any] = plan_document()
    document.pop("hash")
    document["register"] = {"kind": "sqlite", "path": str(folder / "register.db")}
    for number, site in enumerate(document["sites"]):
        site["addresses"] = {"fibre": f"127.0.1.{number}", "health": f"127.0.2.{number}"}
    document["witness"]["address"] = "127.0.2.8"
    document["observers"][0]["address"] = "127.0.2.9"
    (folder / "plan.json").write_text(json.dumps(document | {"hash": hash_of(document)}), "utf-8")
    (folder / "run").mkdir()
    node = folder / "node.toml"
    node.write_text(
        'name = "dc-a"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\nstate = "state"\n' + extra,
        "utf-8",
    )
    return node


def cells(node: Path) -> dict[str, Content]:
    """What the register holds."""
    return asyncio.run(_cells(place_of(node)))


def own(node: Path, instance: str, site: str, epoch: int = 1) -> None:
    """Write an ownership."""
    cell = OwnerCell(Term(1, epoch), LIFE[site], OwnerState.OWNED, f"nonce-{epoch}", LIFE[site])
    asyncio.run(_put(place_of(node), owner_key(instance), encode(cell)))


async def _cells(place: Place) -> dict[str, Content]:
    register = register_of(place).register
    found = await register.read(keys_of(place.plan.plan), timeout_s=2.0)
    await register.close()
    assert found is not None
    return {key: decode(key, cell.value) for key, cell in found.items() if cell.revision}


async def _put(place: Place, key: str, value: bytes) -> None:
    register = register_of(place).register
    found = await register.read([key], timeout_s=2.0)
    assert found is not None
    revision = found.get(key, ABSENT).revision
    await register.commit(Transaction((Compare(key, revision),), (Put(key, value),)), timeout_s=2.0)
    await register.close()
