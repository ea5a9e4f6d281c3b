"""JSON Schemas of the documents: editors complete from them; messages take known keys from them."""

from __future__ import annotations

from functools import cache
from typing import Any

from telemed_infra.model.documents import BY_NAME, DOCUMENTS
from telemed_infra.model.finding import Path
from telemed_infra.model.schema.of_document import ADAPTERS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, dict[str, Any]]:
    """One schema for each kind of document, by the document's name."""
    return {document.name: schema_of(document.name) for document in DOCUMENTS}


@cache
def schema_of(name: str) -> dict[str, Any]:
    """The schema of one kind of document, without what only the reader sets."""
    document = BY_NAME[name]
    schema = _tidy(ADAPTERS[document.name].json_schema(by_alias=True))
    assert isinstance(schema, dict)
    return {"$schema": DIALECT, **schema, "title": document.title}


def known_keys(name: str, path: Path) -> tuple[str, ...]:
    """The keys that a document of this name may have at a path, sorted."""
    schema = schema_of(name)
    here = [schema]
    for part in path:
        here = [below for node in _open(schema, here) for below in _below(node, part)]
    return tuple(
        sorted({key for node in _open(schema, here) for key in node.get("properties", ())})
    )


def _tidy(node: object) -> object:
    """Without the hidden key `@`, without titles made from names, and in the order of keys."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        key: {name: _tidy(value) for name, value in below.items() if name != "@"}
        if key in ("properties", "$defs")
        else _tidy(below)
        for key, below in node.items()
        if not (key == "title" and isinstance(below, str))
    }
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False  # a key that no pattern matches
    return tidy


def _open(schema: dict[str, Any], nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes with references followed and alternatives spread out."""
    found = []
    for node in nodes:
        if "$ref" in node:
            found += _open(schema, [schema["$defs"][node["$ref"].rpartition("/")[2]]])
        elif "anyOf" in node:
            found += _open(schema, node["anyOf"])
        else:
            found.append(node)
    return found


def _below(node: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    if isinstance(part, int):
        items = node.get("items")
        return [items] if isinstance(items, dict) else list(node.get("prefixItems", ()))
    if part in node.get("properties", {}):
        return [node["properties"][part]]
    found = list(node.get("patternProperties", {}).values())
    if isinstance(node.get("additionalProperties"), dict):
        found.append(node["additionalProperties"])
    return found


def editor_settings(folder: str) -> dict[str, list[str]]:
    """The value of VS Code's `yaml.schemas`: schema file in `folder` → files of the inventory."""
    return {
        f"{folder}/{document.name}.json": [
            f"inventory/{document.name}/*.yml"
            if document.folder
            else f"inventory/{document.name}.yml"
        ]
        for document in DOCUMENTS
    }
