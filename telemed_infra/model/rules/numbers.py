"""Numbers, ids and short names: unique in their parent, never reused, inside their block."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from telemed_infra.model.downlinks import HOSPITALS_MAX
from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, listed
from telemed_infra.model.schema.site_file import County, SiteFile

Item = tuple[str, Path, object]  # file, path, value


class Block(NamedTuple):
    """A range of numbers that fills an address block. Source: docs/concepts/policies.md."""

    low: int
    high: int
    block: str
    way_out: str


PREFECTURES = Block(
    0,
    15,
    "10.0.0.0/8, one /12 a prefecture (the first is the province's own)",
    "the plan ends at 10.240.0.0/12: the sixteenth prefecture needs another province block",
)
COUNTIES = Block(
    1,
    24,
    "the prefecture's /12, one /17 a county after its first /14",
    "give the county to a second prefecture entry (a number of its own) in another file",
)
CITY_HOSPITALS = Block(
    48,
    63,
    "the prefecture's /12, its /20s number 48 to 63",
    "let a hospital without tenants of its own share another's block, or use a second "
    "prefecture number",
)
PROVINCIAL_HOSPITALS = Block(
    0,
    15,
    "10.13.0.0/16, one /20 a provincial hospital",
    "make it a city hospital of the prefecture where it stands",
)
COUNTY_HOSPITALS = Block(
    0,
    HOSPITALS_MAX - 1,
    "the county's aligned /19, two /20s",
    "a replaced hospital needs a second county number: add a county entry with the same code "
    "and its own `num`",
)
TOWNSHIPS = Block(
    1,
    56,
    "the county's /17, one /23 a township after the centre's first /20",
    "the county needs a second number: add a county entry with the same code and its own `num`",
)
COUNTY_CENTERS = Block(0, 0, "the first /20 of the county's /17", "leave `num` out")
DATA_CENTERS = Block(
    0, 1, "two data centres, each the other's refuge", "the plan knows numbers 0 and 1"
)


def check_numbers(draft: Draft) -> Iterator[Finding]:
    """Everything of the module, over all files."""
    yield from _ids(draft)
    yield from _data_centers(draft)
    yield from _prefectures(draft)
    for file, document in draft.sites.items():
        yield from _prefecture(file, document)
        for county_id, county in document.counties.items():
            yield from _county(file, ("counties", county_id), county)
    services = draft.services or {}
    file = draft.file("services.yml")
    yield from clashes("number", [(file, (name, "num"), s.num) for name, s in services.items()])


def clashes(what: str, items: Iterable[Item]) -> Iterator[Finding]:
    """A finding for each item whose value an earlier one has."""
    first: dict[object, tuple[str, Path]] = {}
    for file, path, value in items:
        if value in first:
            hint = f"give one of them another {what}"
            problem = f"the {what} `{value}` is that of {{other}}"
            yield Finding(file, path, problem, hint, other=first[value])
        else:
            first[value] = (file, path)


def _ids(draft: Draft) -> Iterator[Finding]:
    """Ids name things across files."""
    file = draft.file("data_centers.yml")
    sites: list[Item] = [(file, ("data_centers", name), name) for name in draft.centers()]
    for site in draft.placed():
        path = (*site.path, "id") if site.kind == "county-center" else site.path
        sites.append((site.file, path, site.id))
    yield from clashes("site id", sites)
    documents = draft.sites.items()
    yield from clashes(
        "prefecture id",
        [(file, ("prefecture", "id"), document.prefecture.id) for file, document in documents],
    )
    yield from clashes(
        "county id",
        [
            (file, ("counties", name), name)
            for file, document in documents
            for name in document.counties
        ],
    )
    yield from clashes(
        "circuit id",
        [
            (file, ("circuits", index, "id"), circuit.id)
            for file, document in documents
            for index, circuit in enumerate(document.circuits)
        ],
    )
    yield from clashes(
        "policy id",
        [
            (file, (index, "id"), policy.id)
            for file, policies in draft.policies.items()
            for index, policy in enumerate(policies)
        ],
    )
    file = draft.file("expectations.yml")
    yield from clashes(
        "expectation id",
        [(file, (index, "id"), item.id) for index, item in enumerate(draft.expectations or ())],
    )
    yield from clashes("kind", [(file, ("kind",), b.kind) for file, b in draft.blueprints.items()])


def _data_centers(draft: Draft) -> Iterator[Finding]:
    file = draft.file("data_centers.yml")
    centers = draft.centers()
    if draft.data_centers and len(centers) != 2:
        yield Finding(
            file,
            ("data_centers",),
            f"there are {len(centers)} data centres, not two",
            "each is the other's refuge",
        )
    yield from _inside(
        DATA_CENTERS,
        [(file, ("data_centers", name, "num"), center.num) for name, center in centers.items()],
    )
    numbers = ("as_number", "service_edge_as")
    yield from clashes(
        "AS number",
        [
            (file, ("data_centers", name, key), getattr(center, key))
            for name, center in centers.items()
            for key in numbers
        ],
    )
    for key in ("num", "short"):
        yield from clashes(
            _WORDS[key],
            [
                (file, ("data_centers", name, key), getattr(center, key))
                for name, center in centers.items()
            ],
        )


_WORDS = {"num": "number", "short": "short name", "code": "code"}


def _prefectures(draft: Draft) -> Iterator[Finding]:
    for key in ("num", "short", "code"):
        yield from clashes(
            _WORDS[key],
            [
                (file, ("prefecture", key), getattr(document.prefecture, key))
                for file, document in draft.sites.items()
            ],
        )
    yield from _provincial_names(draft)
    for file, document in draft.sites.items():
        prefecture = document.prefecture
        stem = f"{prefecture.code}-{prefecture.id}"
        yield from _inside(PREFECTURES, [(file, ("prefecture", "num"), prefecture.num)])
        if file != draft.file(f"sites/{stem}.yml"):
            yield Finding(
                file,
                ("prefecture", "id"),
                f"the file should be named `{stem}.yml`",
                "a file is named for its prefecture's code and id",
            )
        if prefecture.num == 0 and document.counties:
            yield Finding(
                file,
                ("counties",),
                "number 0 is the province itself, without counties",
                "put them into the file of their prefecture",
            )


def _provincial_names(draft: Draft) -> Iterator[Finding]:
    """Data centres and provincial hospitals may share what their devices' names begin with."""
    if draft.network is None:
        return
    centers = draft.file("data_centers.yml")
    items: list[Item] = [
        (centers, ("data_centers", name, "short"), f"{draft.network.short}-{center.short}")
        for name, center in draft.centers().items()
    ]
    for file, document in draft.sites.items():
        short = document.prefecture.short
        items += [
            (file, ("hospitals", name, "short"), f"{short}-{hospital.short}")
            for name, hospital in document.hospitals.items()
            if short == draft.network.short
        ]
    yield from clashes("beginning of device names", items)


def _prefecture(file: str, document: SiteFile) -> Iterator[Finding]:
    hospitals, counties = document.hospitals, document.counties
    numbers: list[Item] = [
        (file, ("hospitals", name, "num"), h.num) for name, h in hospitals.items()
    ]
    block = CITY_HOSPITALS if document.prefecture.num else PROVINCIAL_HOSPITALS
    yield from _numbers(block, numbers, document.prefecture.retired.get("hospitals", ()))
    yield from clashes(
        "short name",
        [(file, ("hospitals", name, "short"), h.short) for name, h in hospitals.items()],
    )
    numbers = [(file, ("counties", name, "num"), county.num) for name, county in counties.items()]
    yield from _numbers(COUNTIES, numbers, document.prefecture.retired.get("counties", ()))
    yield from clashes(
        "short name",
        [(file, ("counties", name, "short"), county.short) for name, county in counties.items()],
    )


def _county(file: str, path: Path, county: County) -> Iterator[Finding]:
    shorts: list[Item] = [(file, (*path, "center", "short"), county.center.short)]
    yield from _inside(COUNTY_CENTERS, [(file, (*path, "center", "num"), county.center.num)])
    for folder, sites, block in (
        ("hospitals", county.hospitals, COUNTY_HOSPITALS),
        ("townships", county.townships, TOWNSHIPS),
    ):
        numbers: list[Item] = []
        for name, site in sites.items():
            numbers.append((file, (*path, folder, name, "num"), site.num))
            shorts.append((file, (*path, folder, name, "short"), site.short))
        retired = county.retired.get("hospitals" if folder == "hospitals" else "townships", ())
        yield from _numbers(block, numbers, retired)
    yield from clashes("short name", shorts)


def _numbers(block: Block, items: list[Item], retired: Collection[int]) -> Iterator[Finding]:
    yield from clashes("number", items)
    yield from _inside(block, items)
    used = {value for _, _, value in items}
    for file, path, value in items:
        if value in retired:
            free = [
                n for n in range(block.low, block.high + 1) if n not in used and n not in retired
            ]
            yield Finding(
                file,
                path,
                f"the number {value} is retired and never used again",
                f"free numbers: {listed(map(str, free))}" if free else block.way_out,
            )


def _inside(block: Block, items: list[Item]) -> Iterator[Finding]:
    for file, path, value in items:
        if not isinstance(value, int) or not block.low <= value <= block.high:
            yield Finding(
                file,
                path,
                f"the number {value} is outside {block.low}–{block.high}: {block.block}",
                block.way_out,
            )
