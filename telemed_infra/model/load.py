"""The door: a folder of YAML files → `Network`, or every problem at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from telemed_infra.collector import collector_paused
from telemed_infra.model.documents import DOCUMENTS, document_of
from telemed_infra.model.draft import Draft
from telemed_infra.model.files import Texts, read_inventory
from telemed_infra.model.finding import WHOLE, Finding
from telemed_infra.model.network import Network
from telemed_infra.model.overlay import apply_overlay
from telemed_infra.model.places import Places
from telemed_infra.model.resolve import resolve
from telemed_infra.model.rules import check
from telemed_infra.model.rules.secrets import literal_secrets
from telemed_infra.model.schema.of_document import ADAPTERS
from telemed_infra.model.traps import syntax_error, traps
from telemed_infra.model.wording import findings_of
from telemed_infra.model.yaml_text import Reader
from telemed_infra.problem import InputError


def load(inventory: Path, *, as_of: date | None, environment: str | None = None) -> Network:
    """Reads, validates and resolves an inventory.

    Args:
        inventory: the folder; origins and messages begin with its name.
        as_of: the day for which reviews and expiries are judged; None judges none.
        environment: the name of an overlay in `environments/`.

    Raises:
        InputError: with every problem of every file, each at its line.
    """
    return load_texts(read_inventory(inventory, environment), as_of=as_of)


def load_texts(texts: Texts, *, as_of: date | None) -> Network:
    """As `load`, from texts that are already read."""
    with collector_paused():
        places = Places(texts.folder, texts.by_file, texts.overlay)
        findings = list(texts.findings)
        draft = _draft(texts, places, findings)
        findings += check(draft, as_of)
        if findings:
            raise InputError(places.problem(finding) for finding in findings)
        return resolve(draft, texts.by_file)


def _draft(texts: Texts, places: Places, findings: list[Finding]) -> Draft:
    draft = Draft(texts.folder, broken=set(texts.unread))
    data: dict[str, object] = {}
    trapped: set[tuple[str, tuple[str | int, ...]]] = set()
    for file, text in texts.by_file.items():
        findings += literal_secrets(file, text)
        reader = Reader(file)
        try:
            data[file] = reader.read(text)
        except yaml.YAMLError as error:
            findings.append(syntax_error(file, text, error))
            draft.broken.add(file)
            continue
        if reader.odd:
            odd = list(traps(file, text))
            findings += odd
            trapped |= {(file, finding.path) for finding in odd}
            if any(finding.path == WHOLE for finding in odd):
                draft.broken.add(file)
                del data[file]
    data, misplaced = apply_overlay(data, texts.folder, texts.overlay)
    findings += misplaced
    for file, value in data.items():
        findings += [
            finding
            for finding in _validate(draft, places, file, value)
            if (*places.source(file, finding.path),) not in trapped
        ]
    _missing(draft, texts, findings)
    return draft


def _validate(draft: Draft, places: Places, file: str, value: object) -> list[Finding]:
    relative = places.relative(file)
    document = document_of(relative)
    assert document is not None
    if value is None:
        draft.broken.add(file)
        empty = "write `[]`" if document.name in ("policies", "expectations") else "write `{}`"
        return [Finding(file, WHOLE, "is empty", f"{empty}, or fill it in")]
    try:
        valid: Any = ADAPTERS[document.name].validate_python(value)
    except ValidationError as error:
        draft.broken.add(file)
        draft.rough[file] = value
        return findings_of(file, document, error, places)
    if document.folder:
        getattr(draft, document.name)[file] = valid
    else:
        setattr(draft, document.name, valid)
    return []


def _missing(draft: Draft, texts: Texts, findings: list[Finding]) -> None:
    """Files that every inventory has. A folder must hold one document at least."""
    there = set(texts.by_file) | texts.unread
    for document in DOCUMENTS:
        if document.folder:
            file = draft.file(document.name)
            missing = not any(name.startswith(f"{file}/") for name in there)
        else:
            file = draft.file(f"{document.name}.yml")
            missing = file not in there
        if missing:
            draft.broken.add(file)
            draft.missing.add(file)
            findings.append(
                Finding(file, WHOLE, "is missing", f"it holds: {document.title.lower()}")
            )
