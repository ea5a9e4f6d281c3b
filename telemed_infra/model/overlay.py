"""An environment: partial documents that replace values of the inventory, for a lab or a trial."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.documents import OVERLAYS, document_of
from telemed_infra.model.finding import WHOLE, Finding, did_you_mean
from telemed_infra.model.schema.base import PlacedMapping


def apply_overlay(
    data: dict[str, object], folder: str, overlay: str
) -> tuple[dict[str, object], list[Finding]]:
    """The data by file with the overlay's laid over it, and without the overlay itself.

    The overlay maps a file's name below the inventory to a part of its document. Mappings are
    merged key by key; lists and single values replace what was there.
    """
    base = {file: value for file, value in data.items() if file != overlay}
    above = data.get(overlay)
    if above is None:
        return base, []
    if not isinstance(above, dict):
        return base, [
            Finding(
                overlay,
                WHOLE,
                "is not a mapping of file names to documents",
                "begin with, for example, `services.yml:`",
            )
        ]
    findings = list(_misplaced(base, folder, overlay, above))
    for name, part in above.items():
        file = f"{folder}/{name}"
        if file in base:
            base[file] = merged(base[file], part)
    return base, findings


def merged(below: object, above: object) -> object:
    """`above` over `below`; a mapping that was there keeps its place."""
    if not (isinstance(below, PlacedMapping) and isinstance(above, PlacedMapping)):
        return above
    result = PlacedMapping(below)
    result.origin = below.origin
    for key, value in above.items():
        result[key] = merged(below[key], value) if key in below else value
    return result


def _misplaced(
    base: dict[str, object], folder: str, overlay: str, above: dict[str, object]
) -> Iterator[Finding]:
    known = [file.removeprefix(f"{folder}/") for file in base]
    for name in above:
        if f"{folder}/{name}" not in base or document_of(name) is None:
            yield Finding(
                overlay,
                (name,),
                "is no file of the inventory",
                did_you_mean(name, known) or f"name a file that is not in {OVERLAYS}/",
            )
