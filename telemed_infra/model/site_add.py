"""`telemed site add`: the next free number, a short name and one new line in the right file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from telemed_infra.model.add_kind import AddKind
from telemed_infra.model.files import Texts, read_inventory, replace_file
from telemed_infra.model.finding import Path as Keys
from telemed_infra.model.finding import did_you_mean
from telemed_infra.model.insertion import NoPlace, insert_entry
from telemed_infra.model.load import load_texts
from telemed_infra.model.network import Network
from telemed_infra.model.rules.numbers import (
    CITY_HOSPITALS,
    COUNTY_HOSPITALS,
    PROVINCIAL_HOSPITALS,
    TOWNSHIPS,
    Block,
)
from telemed_infra.model.schema.network_file import Vendor
from telemed_infra.model.schema.site_file import Hospital, Prefecture, SiteRole, Township
from telemed_infra.problem import InputError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRequest:
    """What a new site is. Its number is allotted; its short name too, unless it is given."""

    kind: AddKind
    id: str
    name: str
    parent: str  # county of a township or county hospital, prefecture of the others
    uplink_mbps: int
    short: str | None = None
    code: str | None = None  # official code: townships have one
    carrier: str | None = None
    vendor: Vendor | None = None
    endpoints: int = 0
    roles: tuple[SiteRole, ...] = ()
    lte: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file's text before and after; `apply` writes it."""

    path: Path
    file: str  # as messages and the diff show it
    before: str = field(repr=False)
    after: str = field(repr=False)
    site: str
    num: int
    short: str

    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.file}",
            f"b/{self.file}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class _Parent:
    """Where the new site goes, and what its siblings have taken."""

    prefecture: Prefecture
    path: Keys
    block: Block
    numbers: frozenset[int]
    retired: frozenset[int]
    shorts: frozenset[str]


def add_site(inventory: Path, request: SiteRequest) -> Change:
    """The change that adds a site, checked by loading the whole with it; nothing is written.

    Raises:
        InputError: the inventory or the request is wrong, or the block is full.
    """
    texts = read_inventory(inventory)
    network = load_texts(texts, as_of=None)
    parent = _parent(network, request)
    if request.id in network.sites:
        raise _refused("id", f"the site `{request.id}` is there", "choose another id")
    num, short = _free_number(parent, request), _free_short(parent, request)
    prefecture = parent.prefecture
    file = f"{texts.folder}/sites/{prefecture.code}-{prefecture.id}.yml"
    before = texts.by_file[file]
    try:
        after = insert_entry(before, parent.path, _line(request, num, short))
    except NoPlace as error:
        raise InputError([Problem(file, 1, ".".join(map(str, parent.path)), str(error))]) from error
    load_texts(_with(texts, file, after), as_of=None)
    path = inventory / "sites" / f"{prefecture.code}-{prefecture.id}.yml"
    return Change(
        path=path, file=file, before=before, after=after, site=request.id, num=num, short=short
    )


def apply(change: Change) -> None:
    """Writes the change, unless the file was changed meanwhile.

    Raises:
        InputError: somebody else wrote the file.
        OSError: the disk refuses; the file is as it was.
    """
    if not replace_file(change.path, change.after, expected=change.before):
        problem = "was changed while the site was being added"
        raise InputError([Problem(change.file, 1, "(file)", problem, "run the command again")])


def _with(texts: Texts, file: str, text: str) -> Texts:
    return replace(texts, by_file={**texts.by_file, file: text})


def _refused(name: str, problem: str, hint: str = "") -> InputError:
    return InputError([Problem("(request)", 1, name, problem, hint)])


def _parent(network: Network, request: SiteRequest) -> _Parent:
    if request.kind in ("township", "county-hospital"):
        return _county(network, request)
    prefectures = network.prefectures
    if request.parent not in prefectures:
        problem = f"no prefecture `{request.parent}`"
        raise _refused("parent", problem, did_you_mean(request.parent, prefectures))
    prefecture = prefectures[request.parent]
    if (prefecture.num == 0) != (request.kind == "provincial-hospital"):
        problem = f"`{prefecture.id}` has no {request.kind}s"
        raise _refused("kind", problem, "provincial hospitals belong to the province, number 0")
    siblings = [
        site
        for site in network.sites.values()
        if site.county is None and site.prefecture is not None
        if site.prefecture.id == prefecture.id
    ]
    shorts = {site.short for site in siblings}
    if prefecture.short == network.short:
        shorts |= {center.short for center in network.data_centers.values()}
    return _Parent(
        prefecture,
        ("hospitals",),
        CITY_HOSPITALS if prefecture.num else PROVINCIAL_HOSPITALS,
        frozenset(site.num for site in siblings),
        frozenset(prefecture.retired.get("hospitals", ())),
        frozenset(shorts),
    )


def _county(network: Network, request: SiteRequest) -> _Parent:
    if request.parent not in network.counties:
        problem = f"no county `{request.parent}`"
        raise _refused("parent", problem, did_you_mean(request.parent, network.counties))
    record = network.counties[request.parent]
    county = record.item
    shorts = {
        county.center.short,
        *(site.short for site in county.hospitals.values()),
        *(site.short for site in county.townships.values()),
    }
    township = request.kind == "township"
    siblings: Mapping[str, Hospital | Township] = county.townships if township else county.hospitals
    return _Parent(
        record.prefecture,
        ("counties", record.id, "townships" if township else "hospitals"),
        TOWNSHIPS if township else COUNTY_HOSPITALS,
        frozenset(site.num for site in siblings.values()),
        frozenset(county.retired.get("townships" if township else "hospitals", ())),
        frozenset(shorts),
    )


def _free_number(parent: _Parent, request: SiteRequest) -> int:
    """The number after the highest ever used; a gap only when the end of the block is reached."""
    block = parent.block
    taken = parent.numbers | parent.retired
    free = [number for number in range(block.low, block.high + 1) if number not in taken]
    if not free:
        problem = f"no number is left in `{request.parent}`: {block.block}"
        raise _refused("num", problem, block.way_out)
    above = [number for number in free if number > max(taken, default=-1)]
    return (above or free)[0]


def _free_short(parent: _Parent, request: SiteRequest) -> str:
    if request.short is not None:
        if request.short in parent.shorts:
            problem = f"the short name `{request.short}` is taken in `{request.parent}`"
            raise _refused("short", problem, "choose another one, or leave it out")
        return request.short
    return next(short for short in _shorts(request) if short not in parent.shorts)


def _shorts(request: SiteRequest) -> Iterator[str]:
    """H1, H2, … for a hospital; for a township the letters of its id, longer and longer."""
    if request.kind == "township":
        letters = re.sub("[^A-Z0-9]", "", request.id.rpartition("-")[2].upper())
        start = 0 if letters[:1].isalpha() else None
        if start is not None:
            yield from (letters[:length] for length in range(2, min(6, len(letters)) + 1))
        yield from (f"{letters[:2] if start is not None else 'T'}{n}" for n in range(2, 1000))
    yield from (f"H{number}" for number in range(1, 1000))


def _line(request: SiteRequest, num: int, short: str) -> str:
    """The new entry, as the shipped files write theirs."""
    fields = [f"num: {num}", f"short: {_scalar(short)}"]
    if request.kind == "township":
        fields.append(f'code: "{_digits(request.code)}"')
    fields += [f"name: {_scalar(request.name)}", f"uplink_mbps: {request.uplink_mbps}"]
    for key in ("carrier", "vendor"):
        value = getattr(request, key)
        if value is not None:
            fields.append(f"{key}: {_scalar(value)}")
    if request.endpoints:
        fields.append(f"endpoints: {request.endpoints}")
    if request.roles:
        fields.append(f"roles: [{', '.join(map(_scalar, request.roles))}]")
    if request.kind == "township" and not request.lte:
        fields.append("lte: false")
    return f"{_scalar(request.id)}: {{{', '.join(fields)}}}"


def _digits(code: str | None) -> str:
    if code is None or not code.isascii() or not code.isdigit():
        hint = "give the official code of its division, for example 520526100"
        raise _refused("code", "a township needs its code, digits only", hint)
    return code


_PLAIN = re.compile(r"[^\W\d_][\w-]*")
_MISREAD: Collection[str] = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def _scalar(text: str) -> str:
    """Plain if nobody can misread it, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _MISREAD:
        return text
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise _refused("name", "has control characters", "write it on one line")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
