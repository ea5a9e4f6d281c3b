"""A site's vendor has a platform for every role of the site's blueprints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.model.draft import Draft, Placed
from telemed_infra.model.finding import Finding, Path, listed
from telemed_infra.model.resolve import AGGREGATION
from telemed_infra.model.schema.network_file import BlueprintKind, Vendor


class _Chosen(NamedTuple):
    """Who chose the vendor of some sites, and the kinds of blueprints that have to know it."""

    file: str
    path: Path
    vendor: Vendor
    kind: BlueprintKind


def check_vendors(draft: Draft) -> Iterator[Finding]:
    """What a county or the network chose is told once for each kind of site."""
    kinds = draft.by_kind()
    for one in dict.fromkeys(_choices(draft)):
        blueprint = kinds.get(one.kind)
        for role, device in blueprint.devices.items() if blueprint else ():
            if device.platform_of(one.vendor) is None:
                assert not isinstance(device.platform, str)
                yield Finding(
                    one.file,
                    one.path,
                    f"`{one.vendor}` has no platform for {role} of a {one.kind}",
                    f"name one in blueprints/{one.kind}.yml, `devices.{role}.platform`; "
                    f"it names one for {listed(device.platform)}",
                )


def _choices(draft: Draft) -> Iterator[_Chosen]:
    if draft.network is None:
        return
    common = _Chosen(draft.file("network.yml"), ("vendor",), draft.network.vendor, "data-center")
    for name, center in draft.centers().items():
        if center.vendor is None:
            yield common
        else:
            path = ("data_centers", name, "vendor")
            yield _Chosen(draft.file("data_centers.yml"), path, center.vendor, "data-center")
    for placed in draft.placed():
        chosen = _site(placed, common)
        yield chosen
        if placed.document.prefecture.aggregation_in == placed.id:
            yield chosen._replace(kind=AGGREGATION)


def _site(placed: Placed, common: _Chosen) -> _Chosen:
    if placed.item.vendor is not None:
        path = (*placed.path, "vendor")
        return _Chosen(placed.file, path, placed.item.vendor, placed.kind)
    county = placed.county
    if county is not None and county.vendor is not None:
        path = ("counties", str(placed.county_id), "vendor")
        return _Chosen(placed.file, path, county.vendor, placed.kind)
    return common._replace(kind=placed.kind)
