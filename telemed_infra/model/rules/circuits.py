"""Circuits: both ends are devices that exist, and none lies in the fibre's duct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, did_you_mean, listed
from telemed_infra.model.resolve import AGGREGATION, device_numbers
from telemed_infra.model.rules.known import Known
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.network_file import BlueprintKind


def check_circuits(draft: Draft, known: Known) -> Iterator[Finding]:
    """All circuits of all files, and the fibre's ends."""
    kinds = draft.by_kind()
    kind_of: dict[str, BlueprintKind] = {site.id: site.kind for site in draft.placed()}
    kind_of |= dict.fromkeys(draft.centers(), "data-center")
    hosts = {document.prefecture.aggregation_in for document in draft.sites.values()}
    fibre = draft.data_centers.fibre if draft.data_centers else None
    if fibre and fibre.ends[0] == fibre.ends[1]:
        yield Finding(
            draft.file("data_centers.yml"),
            ("fibre", "ends"),
            "both ends are one data centre",
            "name the two",
        )
    for file, document in draft.sites.items():
        for index, circuit in enumerate(document.circuits):
            path: Path = ("circuits", index)
            if fibre and circuit.conduit == fibre.conduit:
                yield Finding(
                    file,
                    (*path, "conduit"),
                    f"`{circuit.conduit}` is the fibre's own: one cut would take both",
                    "choose a carrier's line in another conduit",
                )
            if circuit.ends[0] == circuit.ends[1]:
                yield Finding(file, (*path, "ends"), "both ends are one device", "name the two")
            for number, end in enumerate(circuit.ends):
                site, _, device = end.partition(".")
                yield from _end(
                    file,
                    (*path, "ends", number),
                    site,
                    device,
                    _names(kinds, kind_of.get(site), hosting=site in hosts),
                    known,
                )


def _names(
    kinds: Mapping[BlueprintKind, BlueprintFile], kind: BlueprintKind | None, *, hosting: bool
) -> set[str] | None:
    """Names of a site's devices; None if its blueprint is not known."""
    if kind is None or kind not in kinds or (hosting and AGGREGATION not in kinds):
        return None
    last: dict[str, int] = {}
    own: list[BlueprintFile] = [kinds[kind]]
    if hosting:
        own.append(kinds[AGGREGATION])
    return {
        f"{role}{number:02d}"
        for blueprint in own
        for role, _, number in device_numbers(blueprint, last)
    }


def _end(
    file: str, path: Path, site: str, device: str, devices: set[str] | None, known: Known
) -> Iterator[Finding]:
    missing = list(known.refer(file, path, "site", site))
    yield from missing
    if devices is None or missing:
        return
    if device not in devices:
        yield Finding(
            file,
            path,
            f"`{site}` has no device `{device}`",
            did_you_mean(device, devices) or f"it has: {listed(sorted(devices), 12)}",
        )
