"""The names that the documents define, and whether all of them could be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import WHOLE, Finding, Path, did_you_mean

Space = Literal[
    "zone",
    "class of service",
    "application",
    "data centre",
    "carrier",
    "conduit",
    "service",
    "group",
    "partner",
    "management server",
    "role",
    "prefecture",
    "county",
    "site",
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
    "management server": ("network.yml",),
    "role": ("people.yml",),
    "prefecture": ("sites",),
    "county": ("sites",),
    "site": ("sites", "data_centers.yml"),
}


# Where the keys, and the values, of a document that breaks its schema are names; `*` is any key.
_KEYS: dict[Space, tuple[tuple[str, ...], ...]] = {
    "zone": (("zones",),),
    "class of service": (("dscp",),),
    "application": (("apps",),),
    "data centre": (("data_centers",),),
    "carrier": (("carriers",),),
    "conduit": (("conduits",),),
    "service": ((),),
    "group": ((),),
    "partner": ((),),
    "management server": (("management", "hosts"),),
    "role": (("roles",),),
    "prefecture": (),
    "county": (("counties",),),
    "site": (
        ("data_centers",),
        ("hospitals",),
        ("counties", "*", "hospitals"),
        ("counties", "*", "townships"),
    ),
}
_VALUES: dict[Space, tuple[str, ...]] = {
    "prefecture": ("prefecture", "id"),
    "site": ("counties", "*", "center", "id"),
}


class Known:
    """Every name by its space, those of documents that break their schema too.

    Names of a file that could not be parsed are not missed; `unchecked` says so.
    """

    def __init__(self, draft: Draft) -> None:
        network, centers = draft.network, draft.data_centers
        documents = draft.sites.values()
        names: dict[Space, Iterable[str]] = {
            "zone": network.zones if network else (),
            "class of service": network.dscp if network else (),
            "application": network.apps if network else (),
            "data centre": draft.centers(),
            "carrier": centers.carriers if centers else (),
            "conduit": centers.conduits if centers else (),
            "service": draft.services or (),
            "group": draft.groups or (),
            "partner": draft.partners or (),
            "management server": network.management.hosts if network else (),
            "role": draft.people.roles if draft.people else (),
            "prefecture": [document.prefecture.id for document in documents],
            "county": [county for document in documents for county in document.counties],
            "site": [*(site.id for site in draft.placed()), *draft.centers()],
        }
        self._names = {
            space: {*found, *_rough_names(draft, space)} for space, found in names.items()
        }
        self._broken = {space: _files(draft, space) & draft.broken for space in names}
        self._unparsed = draft.broken - draft.rough.keys()
        self._missing = draft.missing
        self._unchecked: set[str] = set()

    def whole(self, *spaces: Space) -> bool:
        """Whether all documents that define such names are valid."""
        return not any(self._broken[space] for space in spaces)

    def refer(self, file: str, path: Path, space: Space, name: str) -> Iterator[Finding]:
        """A finding if the name is not defined."""
        names = self._names[space]
        if name in names:
            return
        unparsed = self._broken[space] & self._unparsed
        self._unchecked |= unparsed
        if not unparsed:
            yield Finding(file, path, f"no {space} `{name}`", did_you_mean(name, names))

    def unchecked(self) -> Iterator[Finding]:
        """One finding for each file with errors whose names somebody asked for."""
        for file in sorted(self._unchecked - self._missing):
            yield Finding(
                file, WHOLE, "could not be read, so references to its names were not checked"
            )


def _files(draft: Draft, space: Space) -> set[str]:
    starts = tuple(draft.file(name) for name in _FILES[space])
    return {file for file in draft.broken if file.startswith(starts)}


def _rough_names(draft: Draft, space: Space) -> Iterator[str]:
    for file in sorted(_files(draft, space)):
        data = draft.rough.get(file)
        for path in _KEYS[space]:
            for found in _below(data, path):
                yield from found if isinstance(found, dict) else ()
        if space in _VALUES:
            yield from (name for name in _below(data, _VALUES[space]) if isinstance(name, str))


def _below(data: object, path: tuple[str, ...]) -> Iterator[object]:
    """Everything at a path of data whose shape is not known."""
    if not path:
        yield data
    elif isinstance(data, dict):
        for value in data.values() if path[0] == "*" else [data.get(path[0])]:
            yield from _below(value, path[1:])
