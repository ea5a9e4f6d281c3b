"""The names that the documents define, and whether all of them could be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import WHOLE, Finding, Path, did_you_mean

Space = Literal[
    "zone", "class of service", "application", "data centre", "carrier", "conduit", "service",
    "group", "partner", "role", "prefecture", "county", "site",
]
_FILES: dict[Space, tuple[str, ...]] = {
    "zone": ("network.yml",),
    "class of service": ("network.yml",),
    "application": ("network.yml",),
    "data centre": ("data_centers.yml",),
    "carrier": ("data_centers.yml",),
    "conduit": ("data_centers.yml",),
    "service": ("services.yml",),
    "group": ("groups.yml",),
    "partner": ("partners.yml",),
    "role": ("people.yml",),
    "prefecture": ("sites",),
    "county": ("sites",),
    "site": ("sites", "data_centers.yml"),
}


class Known:
    """Every name by its space. Names of a file with errors are not missed; `unchecked` says so."""

    def __init__(self, draft: Draft) -> None:
        network, centers = draft.network, draft.data_centers
        documents = draft.sites.values()
        self._names: dict[Space, Collection[str]] = {
            "zone": network.zones if network else (),
            "class of service": network.dscp if network else (),
            "application": network.apps if network else (),
            "data centre": draft.centers(),
            "carrier": centers.carriers if centers else (),
            "conduit": centers.conduits if centers else (),
            "service": draft.services or (),
            "group": draft.groups or (),
            "partner": draft.partners or (),
            "role": draft.people.roles if draft.people else (),
            "prefecture": {document.prefecture.id for document in documents},
            "county": {county for document in documents for county in document.counties},
            "site": {site.id for site in draft.placed()} | set(draft.centers()),
        }
        self._broken = {space: _broken(draft, files) for space, files in _FILES.items()}
        self._unchecked: set[str] = set()

    def whole(self, *spaces: Space) -> bool:
        """Whether every name of the spaces is known; what is absent may be reported as such."""
        missing = [file for space in spaces for file in self._broken[space]]
        self._unchecked.update(missing)
        return not missing

    def refer(self, file: str, path: Path, space: Space, name: str) -> Iterator[Finding]:
        """A finding if the name is not defined."""
        names = self._names[space]
        if name not in names and self.whole(space):
            yield Finding(file, path, f"no {space} `{name}`", did_you_mean(name, names))

    def unchecked(self) -> Iterator[Finding]:
        """One finding for each file with errors whose names somebody asked for."""
        for file in sorted(self._unchecked):
            yield Finding(file, WHOLE, "has errors, so references to its names were not checked",
                          "mend them and check again")


def _broken(draft: Draft, files: tuple[str, ...]) -> tuple[str, ...]:
    starts = tuple(draft.file(name) for name in files)
    return tuple(file for file in sorted(draft.broken) if file.startswith(starts))
