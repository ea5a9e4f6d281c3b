"""Editors complete from committed schemas: they are current, and a foreign reader agrees."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from telemed_infra.model.documents import DOCUMENTS, Document
from telemed_infra.model.json_schema import editor_settings, json_schemas, known_keys, schema_of
from telemed_infra.model.schema.of_document import ADAPTERS
from tests.model.small_province import changed, write

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "reference" / "schema"


def as_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def foreign_check(document: Document, inventory: Path) -> subprocess.CompletedProcess[str]:
    files = sorted(
        inventory.glob(f"{document.name}/*.yml" if document.folder else f"{document.name}.yml")
    )
    assert files
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile",
         str(SCHEMAS / f"{document.name}.json"), *map(str, files)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("name", [document.name for document in DOCUMENTS])
def test_committed_schemas_are_current(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(SCHEMAS / f"{name}.json", as_text(schema_of(name)))


def test_every_document_has_a_schema() -> None:
    assert list(ADAPTERS) == [document.name for document in DOCUMENTS]


def test_editors_find_the_schemas(golden: Callable[[Path, str], None]) -> None:
    settings = {"yaml.schemas": editor_settings("./docs/reference/schema")}
    golden(ROOT / ".vscode" / "settings.json", as_text(settings))


def test_no_other_schema_lies_there() -> None:
    assert {path.stem for path in SCHEMAS.iterdir()} == set(json_schemas())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_shipped_inventory_fits_for_a_foreign_reader(document: Document) -> None:
    run = foreign_check(document, ROOT / "inventory")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("services.yml", "rto: 15s", "rto: 5 minutes"),
        ("services.yml", "rto: 15s", "rta: 15s"),
        ("services.yml", "portal:", "Portal:"),
        ("groups.yml", "outside: 57", "outside: -1"),
    ],
)
def test_a_foreign_reader_sees_mistakes_too(file: str, old: str, new: str, tmp_path: Path) -> None:
    inventory = write(tmp_path, changed(file, old, new))
    document = next(d for d in DOCUMENTS if f"{d.name}.yml" == file)
    assert foreign_check(document, inventory).returncode == 1


def test_known_keys() -> None:
    assert "lte" in known_keys("sites", ("counties", "weining", "townships", "weining-caohai"))
    assert "within" in known_keys("policies", (0, "to"))
    assert known_keys("services", ("imaging", "num")) == ()
