"""The devices as hosts and groups: what `--limit`, playbooks and Ansible's inventory choose from.

A group is named by its kind of group and an id, `county_weining` or `role_fw`: lower-case letters,
digits and `_` alone. A device's name has capitals and `-`, so the two never clash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from telemed_infra.model.network import Device, Network

GROUPINGS = ("kind", "prefecture", "county", "role", "platform", "home", "group")
"""What devices are grouped by; the first word of a group's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Every device, and every group that has one. All orders are part of the value: `[0]` is one.

    A group comes before its children. Its members are those that stand in no child of it, then
    each child's.
    """

    names: tuple[str, ...]  # in the order of `Network.devices`
    groups: Mapping[str, tuple[str, ...]]  # name → members, those of its children too
    children: Mapping[str, tuple[str, ...]]  # a prefecture's group → its counties'

    def own(self, group: str) -> tuple[str, ...]:
        """The members of a group that stand in none of its children."""
        below = {name for child in self.children.get(group, ()) for name in self.groups[child]}
        return tuple(name for name in self.groups[group] if name not in below)


def hosts_of(network: Network) -> Hosts:
    """The hosts and groups of a network."""
    found: dict[str, dict[str, list[str]]] = {grouping: {} for grouping in GROUPINGS}
    for device in network.devices:
        for grouping, identifier in _memberships(device):
            found[grouping].setdefault(group_name(grouping, identifier), []).append(device.name)
    groups = {name: members for by_name in found.values() for name, members in by_name.items()}
    children = _children(network, groups)
    for parent, counties in children.items():
        below = [name for county in counties for name in groups[county]]
        inside = frozenset(below)
        groups[parent] = [name for name in groups[parent] if name not in inside] + below
    return Hosts(
        names=tuple(device.name for device in network.devices),
        groups={name: tuple(members) for name, members in groups.items()},
        children=children,
    )


def group_name(grouping: str, identifier: str) -> str:
    """The name of a group; two identifiers never give one name, for they have no `_`."""
    return f"{grouping}_{identifier.lower().replace('-', '_')}"


def home_of(device: Device) -> str:
    """The data centre that a device's site calls home; a data centre is its own."""
    prefecture = device.site.prefecture
    return prefecture.home if prefecture else device.site.id


def _memberships(device: Device) -> Iterator[tuple[str, str]]:
    site = device.site
    yield "kind", site.kind
    if site.prefecture:
        yield "prefecture", site.prefecture.id
    if site.county_id:
        yield "county", site.county_id
    yield "role", device.role
    yield "platform", device.platform
    yield "home", home_of(device)
    for group in sorted(site.groups):
        yield "group", group


def _children(network: Network, groups: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    children: dict[str, tuple[str, ...]] = {}
    for county in network.counties.values():
        parent, child = (
            group_name("prefecture", county.prefecture.id),
            group_name("county", county.id),
        )
        if child in groups:
            children[parent] = (*children.get(parent, ()), child)
    return children
