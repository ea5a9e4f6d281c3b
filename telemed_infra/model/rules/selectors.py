"""Selectors: one sense each, zones that are there, and something that they match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, did_you_mean, listed
from telemed_infra.model.resolve import AGGREGATION
from telemed_infra.model.rules.known import Known, Space
from telemed_infra.model.schema.network_file import Kind
from telemed_infra.model.schema.policy_file import Selector

SENSES = (
    "zone", "service", "partner", "internet", "failover", "multicast", "management", "devices",
)  # fmt: skip
WITHOUT_SITES = {
    "service": "a service is no site",
    "partner": "a partner is no site",
    "internet": "the Internet is no site",
    "failover": "failover.yml says where its hosts are",
}
CONDITIONS: tuple[tuple[str, Space], ...] = (
    ("prefecture", "prefecture"),
    ("county", "county"),
    ("site", "site"),
    ("group", "group"),
)


class Reach:
    """Which sites each condition of a selector matches."""

    def __init__(self, draft: Draft) -> None:
        self.kinds = draft.by_kind()
        self.centers: Set[str] = draft.centers().keys()
        self.selectable = {
            name: zone.selectable
            for name, zone in (draft.network.zones if draft.network else {}).items()
        }
        lectures = draft.network.multicast if draft.network else None
        self.multicast = lectures.zone if lectures else None  # where groups are asked for
        self.without_multicast = draft.network is not None and lectures is None
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._kind: dict[str, Kind] = dict.fromkeys(draft.centers(), "data-center")
        self._hosts = {document.prefecture.aggregation_in for document in draft.sites.values()}
        for site in draft.placed():
            self._kind[site.id] = site.kind
            self._by["prefecture", site.document.prefecture.id].add(site.id)
            if site.county_id:
                self._by["county", site.county_id].add(site.id)
        self._kinds: frozenset[Kind] = frozenset(self._kind.values())
        for name, kind in self._kind.items():
            self._by["kind", kind].add(name)
            self._by["site", name].add(name)
        for name, group in (draft.groups or {}).items():
            self._by["group", name].update(self._kind.keys() & set(group.members))

    def sites(self, selector: Selector) -> Set[str]:
        """The sites for which every condition holds, whatever the zone."""
        conditions: list[Set[str]] = [
            self._by[key, value]
            for key, _ in CONDITIONS
            if (value := getattr(selector, key)) is not None
        ]
        if selector.kind:
            kinds = (selector.kind,) if isinstance(selector.kind, str) else selector.kind
            conditions.append(frozenset().union(*(self._by["kind", kind] for kind in kinds)))
        if not conditions:
            return self._kind.keys()
        first, *rest = sorted(conditions, key=len)
        return frozenset(first).intersection(*rest)

    def kinds_of(self, sites: Set[str]) -> set[Kind]:
        """The kinds of some sites."""
        return {kind for kind in self._kinds if not self._by["kind", kind].isdisjoint(sites)}

    def roles_of(self, sites: Set[str]) -> set[str]:
        """The device roles of some sites."""
        roles = {
            role
            for kind in self.kinds_of(sites)
            if kind in self.kinds
            for role in self.kinds[kind].devices
        }
        if AGGREGATION in self.kinds and not sites.isdisjoint(self._hosts):
            roles |= set(self.kinds[AGGREGATION].devices)
        return roles


def check_selector(
    file: str, path: Path, selector: Selector, reach: Reach, known: Known, *, guests: bool = False
) -> Iterator[Finding]:
    """Everything that is wrong with one selector of a policy or an expectation.

    `guests`: it may name a zone whose hosts reach the Internet alone.
    """
    findings = [
        *_sense(file, path, selector),
        *_names(file, path, selector, reach, known, guests=guests),
    ]
    yield from findings
    if not findings and known.whole("site", "group"):
        yield from _matches(file, path, selector, reach)


def _sense(file: str, path: Path, selector: Selector) -> Iterator[Finding]:
    given = [key for key in SENSES if getattr(selector, key) is not None]
    conditions = [
        key
        for key in ("kind", *(key for key, _ in CONDITIONS))
        if getattr(selector, key) is not None
    ]
    if not given:
        yield Finding(
            file,
            path,
            "does not say what it selects",
            "give `zone` (with kind, prefecture, county, site or group), `service`, "
            "`partner`, `internet`, `failover`, `multicast`, `management` or `devices`",
        )
    elif len(given) > 1:
        yield Finding(file, path, f"{listed(given)} contradict each other", "keep one of them")
    elif conditions and given[0] in WITHOUT_SITES:
        yield Finding(
            file,
            path,
            f"{listed(conditions)} does not go with `{given[0]}`",
            f"{WITHOUT_SITES[given[0]]}: remove it",
        )
    yield from _within(file, path, selector)
    if selector.multicast and path[-1] == "from":
        yield Finding(
            file, (*path, "multicast"), "belongs to `to`", "write it there: groups send nothing"
        )


def _within(file: str, path: Path, selector: Selector) -> Iterator[Finding]:
    if selector.within and path[-1] == "from":
        yield Finding(
            file, (*path, "within"), "belongs to `to`", "write it there: it compares both ends"
        )
    elif selector.within and selector.partner:
        yield Finding(
            file, (*path, "within"), "a partner lies in no county or prefecture", "remove it"
        )
    elif selector.within and selector.internet:
        yield Finding(file, (*path, "within"), "the Internet lies in no site", "remove it")
    elif selector.within and selector.failover:
        yield Finding(
            file, (*path, "within"), "failover's hosts watch across all sites", "remove it"
        )
    elif selector.within and selector.multicast:
        yield Finding(
            file, (*path, "within"), "a group lies in no county or prefecture", "remove it"
        )
    elif selector.within in ("county", "prefecture") and selector.management:
        yield Finding(
            file,
            (*path, "within"),
            f"a data centre lies in no {selector.within}",
            "remove it, or write `site`: servers of the own centre alone",
        )


def _names(
    file: str, path: Path, selector: Selector, reach: Reach, known: Known, *, guests: bool
) -> Iterator[Finding]:
    spaces: tuple[tuple[str, Space], ...] = (
        *CONDITIONS,
        ("zone", "zone"),
        ("service", "service"),
        ("partner", "partner"),
    )
    for key, space in spaces:
        name = getattr(selector, key)
        if name is not None:
            yield from known.refer(file, (*path, key), space, name)
    if selector.multicast and reach.without_multicast:
        yield Finding(
            file,
            (*path, "multicast"),
            "the network has no groups",
            "say which in network.yml: `multicast: {zone: TEACH, groups: 232.52.0.0/16}`",
        )
    yield from _servers(file, (*path, "management"), selector.management or (), known)
    if selector.zone and not guests and not reach.selectable.get(selector.zone, True):
        yield Finding(
            file,
            (*path, "zone"),
            f"the zone `{selector.zone}` reaches the Internet alone, and nobody reaches it",
            "network.yml says `selectable: false`: it goes with `to: {internet: true}` only",
        )


def _servers(file: str, path: Path, names: Sequence[str], known: Known) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(file, (*path, index), f"`{name}` stands there twice", "write it once")
        else:
            yield from known.refer(file, (*path, index), "management server", name)


def _matches(file: str, path: Path, selector: Selector, reach: Reach) -> Iterator[Finding]:
    """What stands nowhere, or not at the sites that the conditions leave."""
    if selector.service or selector.partner or selector.internet or selector.failover:
        return
    sites = reach.sites(selector)
    if not sites:
        yield Finding(file, path, "matches no site", "no site meets all of its conditions")
    elif selector.zone:
        yield from _zone(file, (*path, "zone"), selector.zone, selector, reach, sites)
    elif selector.multicast and reach.multicast:
        yield from _zone(file, (*path, "multicast"), reach.multicast, selector, reach, sites)
    elif selector.management and sites.isdisjoint(reach.centers):
        yield Finding(
            file,
            path,
            "matches no data centre, where the management servers stand",
            f"there are: {listed(reach.centers)}",
        )
    elif selector.devices not in ("all", None):
        yield from _devices(file, path, selector.devices or "", reach, sites)


def _devices(file: str, path: Path, role: str, reach: Reach, sites: Set[str]) -> Iterator[Finding]:
    roles = reach.roles_of(sites)
    if reach.kinds and role not in roles:
        yield Finding(
            file,
            (*path, "devices"),
            f"none of the sites has a device role `{role}`",
            did_you_mean(role, roles) or f"they have: {listed(sorted(roles), most=16)}",
        )


def _zone(
    file: str, path: Path, zone: str, selector: Selector, reach: Reach, sites: Set[str]
) -> Iterator[Finding]:
    """A kind that is named must have the zone; otherwise one of the sites."""
    there = {kind for kind, blueprint in reach.kinds.items() if zone in blueprint.zones}
    kinds = reach.kinds_of(sites) & set(reach.kinds)
    lacking = sorted(kinds - there)
    if not lacking or (not selector.kind and kinds & there):
        return
    has = listed(sorted(there)) or "no kind"
    yield Finding(
        file,
        path,
        f"a {' and a '.join(lacking)} has no zone `{zone}`",
        f"it is at: {has}",
    )
