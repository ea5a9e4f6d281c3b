"""The validated documents before their references are resolved: what the rules read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.model.finding import Path
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.failover_file import FailoverFile
from telemed_infra.model.schema.network_file import BlueprintKind, Kind, NetworkFile
from telemed_infra.model.schema.policy_file import (
    Expectation,
    Group,
    IdsFile,
    Partner,
    PeopleFile,
    Policy,
    Service,
)
from telemed_infra.model.schema.site_file import (
    Center,
    County,
    DataCenter,
    DataCentersFile,
    Hospital,
    SiteFile,
    Township,
)


class Placed(NamedTuple):
    """A site with everything that says where it belongs, and where it is written."""

    file: str
    path: Path
    id: str
    kind: Kind
    item: Hospital | Center | Township
    document: SiteFile
    county_id: str | None
    county: County | None


@dataclass(slots=True)
class Draft:
    """Documents by file; what is broken is absent."""

    folder: str
    broken: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)  # of the broken: not there
    rough: dict[str, object] = field(default_factory=dict)  # of the broken: data against the schema
    network: NetworkFile | None = None
    data_centers: DataCentersFile | None = None
    services: Mapping[str, Service] | None = None
    failover: FailoverFile | None = None
    groups: Mapping[str, Group] | None = None
    partners: Mapping[str, Partner] | None = None
    ids: IdsFile | None = None
    people: PeopleFile | None = None
    expectations: tuple[Expectation, ...] | None = None
    blueprints: dict[str, BlueprintFile] = field(default_factory=dict)
    sites: dict[str, SiteFile] = field(default_factory=dict)
    policies: dict[str, tuple[Policy, ...]] = field(default_factory=dict)
    _placed: list[Placed] | None = None

    def file(self, relative: str) -> str:
        """A file's name as messages show it."""
        return f"{self.folder}/{relative}"

    def by_kind(self) -> dict[BlueprintKind, BlueprintFile]:
        """Blueprints by the kind that they say they are."""
        return {blueprint.kind: blueprint for blueprint in self.blueprints.values()}

    def centers(self) -> Mapping[str, DataCenter]:
        """The data centres, none where their file is broken."""
        return self.data_centers.data_centers if self.data_centers else {}

    def placed(self) -> list[Placed]:
        """Every site below the data centres, in the order of the files."""
        if self._placed is None:
            self._placed = [
                site for file, document in self.sites.items() for site in _placed(file, document)
            ]
        return self._placed


def _placed(file: str, document: SiteFile) -> Iterator[Placed]:
    kind: Kind = "provincial-hospital" if document.prefecture.num == 0 else "city-hospital"
    for name, hospital in document.hospitals.items():
        yield Placed(file, ("hospitals", name), name, kind, hospital, document, None, None)
    for county_id, county in document.counties.items():
        path = ("counties", county_id)
        center = county.center
        yield Placed(
            file, (*path, "center"), center.id, "county-center", center, document, county_id, county
        )
        for name, hospital in county.hospitals.items():
            yield Placed(
                file,
                (*path, "hospitals", name),
                name,
                "county-hospital",
                hospital,
                document,
                county_id,
                county,
            )
        for name, township in county.townships.items():
            yield Placed(
                file,
                (*path, "townships", name),
                name,
                "township",
                township,
                document,
                county_id,
                county,
            )
